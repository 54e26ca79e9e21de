package control

import "context"

// On iOS the lock screen belongs to the shell in cmd/mobile/ios, which speaks to
// MPNowPlayingInfoCenter and MPRemoteCommandCenter itself.
func serve(context.Context, Session, Options) error { return ErrUnsupported }
