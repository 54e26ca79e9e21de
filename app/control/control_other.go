//go:build !(linux || freebsd || openbsd || netbsd || dragonfly || windows || darwin)

package control

import "context"

// Of the media controls of any other system nothing is known here.
func serve(context.Context, Session, Options) error { return ErrUnsupported }
