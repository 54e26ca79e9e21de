package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"fyne.io/fyne/v2"

	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/control"
	"github.com/ninth-coop/ninth/app/ui"
	"github.com/ninth-coop/ninth/app/ui/look"
)

// errSize: --size is not a size.
type errSize string

func (s errSize) Error() string { return fmt.Sprintf("ninth: %q is not a size", string(s)) }

// Sentence is what app.Explain says of it.
func (s errSize) Sentence() string {
	return fmt.Sprintf("%q is not the size of a window: write it like 1280x800.", string(s))
}

// open opens the window and returns when it is closed. The person's sign-in is
// taken up again; without one they are asked how to begin.
func (w *windowCmd) open(ctx context.Context, e *environment) error {
	size, err := w.size()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	sessions := &sessions{environment: e, ctx: ctx, quit: stop}
	err = ui.Run(ctx, ui.Options{
		Open: sessions.first, Connect: sessions.connect, Mode: look.Mode(w.Theme), Size: size, Start: w.Page,
	})
	stop()
	return errors.Join(err, sessions.close())
}

func (w *windowCmd) size() (size fyne.Size, err error) {
	if w.Size == "" {
		return size, nil
	}
	const least, most = 200, 20000 // dp
	_, err = fmt.Sscanf(w.Size, "%fx%f", &size.Width, &size.Height)
	if err != nil || min(size.Width, size.Height) < least || max(size.Width, size.Height) > most {
		return size, errSize(w.Size)
	}
	return size, nil
}

// sessions opens the sessions of a window, one at a time: a person may try the
// demo first and sign in to their own co-op afterwards.
type sessions struct {
	*environment
	ctx context.Context //nolint:containedctx // the window's life, which outlasts every call of connect

	quit func() // closes the window

	mu      sync.Mutex
	current *app.Session
	home    string // whose session is current
	stop    func() error
}

// first opens the session to begin with.
func (s *sessions) first(ctx context.Context) (ui.Session, error) {
	session, err := s.open(ctx, s.Demo)
	if err != nil {
		return nil, err // not (*app.Session)(nil) in the interface
	}
	return session, nil
}

// connect carries out how a person chose to begin.
func (s *sessions) connect(ctx context.Context, c ui.Choice) (ui.Session, error) {
	session, err := s.open(ctx, c.Demo)
	if err != nil {
		return nil, err
	}
	if c.Demo {
		return session, nil
	}
	// Signing in again goes on as the client that the co-op knows.
	coop := session.CoOp()
	if coop.Address != strings.TrimRight(c.Address, "/") {
		coop = app.CoOp{Address: c.Address}
	}
	how := app.SignIn{CoOp: coop, Browser: c.Browse}
	if c.ByCode {
		how.Browser = nil
		how.Device = func(code auth.DeviceCode) { c.ShowCode(code.URL, code.UserCode) }
	}
	return session, session.SignIn(ctx, how)
}

// open gives the session of the demo or of the person's own co-op, and serves
// it. It closes the other one.
func (s *sessions) open(ctx context.Context, demo bool) (*app.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.ctx.Err(); err != nil {
		return nil, err // the window closed before its session had begun to open
	}
	e := *s.environment.cli
	e.Demo = demo
	home := "own"
	if demo {
		home = "demo"
	}
	if s.current != nil && s.home == home {
		return s.current, nil
	}
	if err := s.closeLocked(); err != nil {
		return nil, err
	}
	env := &environment{cli: &e, terminal: s.terminal}
	session, closing, err := env.open(ctx, app.Config{})
	if err != nil {
		return nil, err
	}
	serving, cancel := context.WithCancel(s.ctx)
	served := make(chan error, 1)
	go func() { served <- session.Serve(serving) }()
	var controls sync.WaitGroup
	controls.Go(func() { s.serveControls(serving, session, control.Options{Quit: s.quit}) })
	s.current, s.home = session, home
	s.stop = func() error {
		cancel()
		controls.Wait()
		return errors.Join(<-served, closing())
	}
	return session, nil
}

// close ends the current session, if there is one.
func (s *sessions) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closeLocked()
}

func (s *sessions) closeLocked() error {
	if s.stop == nil {
		return nil
	}
	stop := s.stop
	s.current, s.stop = nil, nil
	return stop()
}
