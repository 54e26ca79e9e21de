package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/alecthomas/kong"

	"github.com/ninth-coop/ninth/app"
)

// cli is the command line.
type cli struct {
	Demo       bool   `help:"Use the demo co-op: free music, a listener of its own, nothing leaves this machine."`
	DemoServer string `placeholder:"URL" help:"With --demo: use a demo co-op that runs already, such as 'coopd --demo'."`
	Home       string `env:"NINTH_HOME" type:"path" placeholder:"DIR" help:"Where everything is kept."`
	Verbose    bool   `short:"v" help:"Tell on standard error what happens inside."`

	Window   windowCmd   `cmd:"" default:"withargs" help:"Open the window; in a terminal without display, play there."`
	Login    loginCmd    `cmd:"" help:"Sign in to your co-op."`
	Logout   logoutCmd   `cmd:"" help:"Sign out, here and at the co-op."`
	Status   statusCmd   `cmd:"" help:"Tell who is signed in, what is here and what waits."`
	Search   searchCmd   `cmd:"" help:"Search what this machine knows."`
	Play     playCmd     `cmd:"" help:"Play tracks, releases, playlists or files."`
	Playlist playlistCmd `cmd:"" help:"List, make, change, import and export playlists."`
	Devices  devicesCmd  `cmd:"" help:"List where the sound can go; the system's choice is marked."`
	Local    localCmd    `cmd:"" help:"Folders of your own music: list, add, remove, scan."`
	Sync     syncCmd     `cmd:"" help:"Bring library and co-op in step, and download owned tracks."`
	Outbox   outboxCmd   `cmd:"" help:"List what was done here and has not reached the co-op; answer what failed."`
	Disk     diskCmd     `cmd:"" help:"List what is on this machine's disk and why; keep things there, or let them go."`
	Export   exportCmd   `cmd:"" help:"Write owned tracks as files, with their tags and covers."`
	Doctor   doctorCmd   `cmd:"" help:"Check everything Ninth needs, and say what is wrong."`
}

// usageError is a command line that makes no sense.
type usageError struct{ err error }

func (u usageError) Error() string { return "ninth: reading the command line: " + u.err.Error() }

// Sentence is what app.Explain says of it.
func (u usageError) Sentence() string { return u.err.Error() + ": see 'ninth --help'." }

// ExitCode is what kong uses for such.
func (u usageError) ExitCode() int { return 80 }

// run is the whole program behind its arguments.
func run(ctx context.Context, args []string, t terminal) error {
	var c cli
	code := -1
	parser, err := kong.New(&c,
		kong.Name("ninth"),
		kong.Description("The player for music that its listeners and artists own together."),
		kong.Writers(t.out, t.err),
		kong.Exit(func(n int) { code = n }),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		return fmt.Errorf("ninth: reading the command line: %w", err)
	}
	parsed, err := parser.Parse(args)
	if code >= 0 { // --help
		return nil
	}
	if err != nil {
		return usageError{err}
	}
	if c.Home == "" {
		if c.Home, err = app.DefaultHome(); err != nil {
			return err
		}
	}
	if c.Home, err = filepath.Abs(c.Home); err != nil {
		return fmt.Errorf("ninth: finding the home folder: %w", err)
	}
	e := &environment{cli: &c, terminal: t}
	err = parsed.Run(e)
	if err != nil {
		e.logger().Debug("the command failed", "error", err)
	}
	return err
}

// environment is what every command is given.
type environment struct {
	*cli
	terminal
}

func (e *environment) logger() *slog.Logger {
	if !e.Verbose {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(e.err, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// open opens a session, and with --demo the demo co-op with it, signed in. The
// returned function closes both.
func (e *environment) open(ctx context.Context, cfg app.Config) (_ *app.Session, closing func() error, err error) {
	cfg.Home, cfg.Logger = e.Home, e.logger()
	if e.Demo {
		return e.openDemo(ctx, cfg)
	}
	s, err := app.Open(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	return s, s.Close, nil
}

// patience is how long a command waits for the co-op before it goes on
// without it.
const patience = 10 * time.Second
