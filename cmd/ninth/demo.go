package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/api/server"
	"github.com/ninth-coop/ninth/api/server/demo"
	"github.com/ninth-coop/ninth/app"
)

// openDemo opens a session with the demo co-op, which runs in this process
// unless --demo-server names one, and signs in by the same flow as any
// listener, filling in the form itself.
func (e *environment) openDemo(ctx context.Context, cfg app.Config) (_ *app.Session, closing func() error, err error) {
	cfg.Home = filepath.Join(cfg.Home, "demo")
	if cfg.Tokens == nil {
		// The demo's sign-in is no secret, and needs no keyring to ask for a
		// password.
		cfg.Tokens = auth.NewSealedFile(filepath.Join(cfg.Home, "tokens"))
	}
	// The library comes first: its lock tells that another demo runs.
	s, err := app.Open(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	closers := []func() error{s.Close}
	closing = func() (err error) {
		for i := len(closers) - 1; i >= 0; i-- {
			err = errors.Join(err, closers[i]())
		}
		return err
	}
	address := e.DemoServer
	if address == "" {
		stop, running, err := startDemo(ctx, cfg.Home, e)
		if err != nil {
			return nil, nil, errors.Join(err, closing())
		}
		address = running
		closers = append(closers, stop)
	}
	if err := signInDemo(ctx, s, address); err != nil {
		return nil, nil, errors.Join(err, closing())
	}
	return s, closing, nil
}

// signInDemo signs in as the demo's listener, unless that has been done.
func signInDemo(ctx context.Context, s *app.Session, address string) error {
	if st := s.Status(); st.SignedIn && !st.Expired && s.CoOp().Address == address {
		return nil
	}
	listener := demo.Mara()
	err := s.SignIn(ctx, app.SignIn{
		CoOp:    app.CoOp{Address: address},
		Browser: auth.FormBrowser(nil, listener.Email, listener.Password),
	})
	if err != nil {
		return fmt.Errorf("ninth: signing in to the demo: %w", err)
	}
	return nil
}

// startDemo runs the demo co-op on loopback, below home. It takes the port of
// last time if that is free, so that what is known of it stays true.
func startDemo(ctx context.Context, home string, e *environment) (stop func() error, address string, err error) {
	cfg, err := demo.Config(filepath.Join(home, "coop"))
	if err != nil {
		return nil, "", err
	}
	cfg.Logger = e.logger()
	srv, err := server.New(ctx, cfg)
	if err != nil {
		return nil, "", err
	}
	l, err := listenLikeLastTime(ctx, filepath.Join(home, "port"))
	if err != nil {
		return nil, "", errors.Join(err, srv.Close())
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ctx, l) }()
	stop = func() error {
		cancel()
		return errors.Join(<-served, srv.Close())
	}
	return stop, "http://" + l.Addr().String(), nil
}

func listenLikeLastTime(ctx context.Context, file string) (net.Listener, error) {
	var config net.ListenConfig
	if text, err := os.ReadFile(file); err == nil {
		if port, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 16); err == nil {
			if l, err := config.Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", strconv.FormatUint(port, 10))); err == nil {
				return l, nil
			}
		}
	}
	l, err := config.Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("ninth: starting the demo co-op: %w", err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err == nil {
		err = os.WriteFile(file, []byte(port+"\n"), 0o600)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("ninth: remembering the demo's port: %w", err), l.Close())
	}
	return l, nil
}
