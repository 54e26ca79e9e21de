package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/player/output"
)

type windowCmd struct {
	Size  string `placeholder:"WxH" help:"Size of the window, such as 1280x800; under 600 wide it is arranged as on a phone."`
	Page  string `placeholder:"PLACE" help:"Where to begin: home, search, library, releases, release/ID, …"`
	Theme string `enum:"auto,dark,light" default:"auto" help:"Colours: ${enum}."`
}

// Run opens the window. Without a display it plays in the terminal, and with
// neither it shows what it can do by playing for a short while.
func (w *windowCmd) Run(ctx context.Context, e *environment) error {
	if hasDisplay() {
		return w.open(ctx, e)
	}
	if e.interactive() {
		fmt.Fprintln(e.out, "There is no display: playing here.")
		return (&playCmd{Output: "oto"}).Run(ctx, e)
	}
	fmt.Fprintf(e.out, "There is neither display nor terminal: playing for %s.\n", sample)
	return e.sample(ctx)
}

// sample is how long Ninth plays where nobody can control it.
const sample = 20 * time.Second

// sample signs in, plays a little, and tells what was done. Where nobody can
// hear it only the demo plays, which costs nothing.
func (e *environment) sample(ctx context.Context) error {
	err := (&playCmd{Output: "oto", For: sample}).Run(ctx, e)
	if e.Demo && errors.Is(err, output.ErrNoDevice) {
		fmt.Fprintln(e.out, "Nor is there a sound device: nobody hears it.")
		err = (&playCmd{Output: "null", For: sample}).Run(ctx, e)
	}
	if err != nil {
		return err
	}
	s, closing, err := e.open(ctx, app.Config{Device: silent()})
	if err != nil {
		return err
	}
	r, err := newReport(s)
	if err == nil {
		fmt.Fprintf(e.out, "Played %s. Here is how things stand:\n", sample)
		r.print(e)
	}
	return errors.Join(err, closing())
}

// prepare fills an empty library from the co-op, before a command that needs
// something in it. What is there already is enough, however old.
func (e *environment) prepare(ctx context.Context, s *app.Session) error {
	filled, err := s.Filled()
	if err != nil || filled || !s.Status().SignedIn {
		return err
	}
	return s.Refresh(ctx)
}
