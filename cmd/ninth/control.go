package main

import (
	"context"
	"errors"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/control"
)

// serveControls lets the system's media keys and panels control the session
// until the context ends. Where the system has none, or none that Ninth knows,
// it plays on without them.
func (e *environment) serveControls(ctx context.Context, s *app.Session, opts control.Options) {
	err := control.Serve(ctx, s, opts)
	if err == nil || errors.Is(err, control.ErrNoBus) || errors.Is(err, control.ErrUnsupported) {
		return
	}
	e.logger().Warn("the media controls ended", "error", err)
}
