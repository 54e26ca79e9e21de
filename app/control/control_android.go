package control

import "context"

// On Android the media session belongs to the shell in cmd/mobile/android: it
// must live in a service of Java's world.
func serve(context.Context, Session, Options) error { return ErrUnsupported }
