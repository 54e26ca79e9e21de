//go:build !ios

package control

import "context"

// On macOS there are no media controls yet: Ninth is not in Control Centre and
// does not hear the media keys. What is missing is MPNowPlayingInfoCenter and
// MPRemoteCommandCenter.
func serve(context.Context, Session, Options) error { return ErrUnsupported }
