// Package stage gives an end-to-end test a room of its own: an X display with a
// window manager, a session bus, a sound card that nobody hears and a folder for
// everything written. A test starts the program under test there, clicks and
// types as a person does, looks at the screen, and records what is played.
//
//	s := stage.New(t, stage.Options{})
//	p, err := s.Start(stage.Program{Path: "bin/ninth", Args: []string{"--demo"}})
//	w, err := s.Window(ctx, "Ninth")
//	recording := s.Record()
//	err = w.Click(ctx, 640, 400)
//	err = recording.WaitSound(ctx, 10*time.Second)
//	sound := recording.Stop()
//
// Nothing here sleeps to wait: every wait is for a condition (a socket, a window,
// a number of frames recorded) and ends with its context. Nothing is shared with
// the machine's own session, so tests may run side by side and as any user, root
// included. A stage ends only the processes that it started, and they end with
// it even when the test is killed.
//
// It needs the Debian packages xvfb, openbox, xdotool, x11-apps, dbus-daemon,
// pulseaudio, pulseaudio-utils and libgl1-mesa-dri, which
// `make test` installs; a [MissingError] names the one that is not there.
package stage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Options says what a stage should be like. The zero value is a desktop of
// 1280 by 800 pixels with sound at 48 kHz.
type Options struct {
	// Width and Height of the screen, in pixels.
	Width, Height int
	// Rate of the sound card in Hz. Programs that play at another rate are
	// resampled by the sound server, well but not exactly.
	Rate int
	// Grain is how much the sound card plays at a time, 1 ms at least. A program's
	// sound begins with one of these blocks, so that is how finely its beginning
	// can be told. It comes of the recorder's asking for its sound so soon, and
	// the card then takes what programs play in such blocks too: with fewer
	// milliseconds it wakes more often than one that nobody records, for every
	// program alike. It is real-time then, where the system allows that, as that
	// of a desktop is: it waits for nobody, and nobody who is late is waited for.
	//
	// 0 is for tests: 10 ms, and a card that on a busy machine is as late as all
	// others are.
	Grain time.Duration
	// Mute leaves the sound card out: programs find no device at all.
	Mute bool
}

// Stage is a running room. Its methods may be called from several goroutines.
type Stage struct {
	dir     string
	env     map[string]string
	crew    *crew
	sound   *sound
	display string
}

// MissingError names a program that a stage needs and the Debian package it comes in.
type MissingError struct {
	Program, Package string
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("stage: %s is missing: run `sudo apt-get install -y %s`", e.Program, e.Package)
}

// startupTime bounds how long any one part of a stage may take to be ready. It
// is long because CI machines are slow, not because the parts are: all of them
// together take about a second.
const startupTime = 30 * time.Second

// New opens a stage for the length of a test, and fails the test when it cannot.
// After a failed test it logs the last lines that each program wrote.
func New(t testing.TB, options Options) *Stage {
	t.Helper()
	s, err := Open(context.Background(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(s.crew.lastWords())
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Open starts a stage and returns when every part of it is ready. The context
// bounds the start only; the stage lives until Close.
func Open(ctx context.Context, options Options) (*Stage, error) {
	options = options.withDefaults()
	dir, err := os.MkdirTemp("", "stage-")
	if err != nil {
		return nil, fmt.Errorf("stage: making its folder: %w", err)
	}
	s := &Stage{dir: dir, crew: newCrew(dir), env: baseEnv(dir)}
	if err := s.open(ctx, options); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (o Options) withDefaults() Options {
	if o.Width == 0 {
		o.Width = 1280
	}
	if o.Height == 0 {
		o.Height = 800
	}
	if o.Rate == 0 {
		o.Rate = 48000
	}
	return o
}

func (s *Stage) open(ctx context.Context, options Options) error {
	for _, folder := range []string{"run", "config", "cache", "data", "state"} {
		if err := os.Mkdir(filepath.Join(s.dir, folder), 0o700); err != nil {
			return fmt.Errorf("stage: making its folder: %w", err)
		}
	}
	if err := s.openDisplay(ctx, options.Width, options.Height); err != nil {
		return err
	}
	if err := s.openBus(ctx); err != nil {
		return err
	}
	if options.Mute {
		return nil
	}
	return s.openSound(ctx, options.Rate, options.Grain)
}

// Close ends every program started on the stage, the last one first, and removes
// the stage's folder. Closing twice is fine.
func (s *Stage) Close() error {
	s.crew.close()
	if err := os.RemoveAll(s.dir); err != nil {
		return fmt.Errorf("stage: removing its folder: %w", err)
	}
	return nil
}

// Dir is the stage's own folder. It is removed by Close.
func (s *Stage) Dir() string { return s.dir }

// Display is the X display, such as ":7".
func (s *Stage) Display() string { return s.display }

// Env is the environment for programs on the stage: the test's own, with display,
// session bus, sound server and XDG folders replaced by the stage's. Software
// rendering is asked for, so that every machine draws the same.
func (s *Stage) Env() []string {
	foreign := []string{"DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS"}
	var env []string
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		_, replaced := s.env[name]
		if !replaced && !slices.Contains(foreign, name) && !strings.HasPrefix(name, "PULSE_") {
			env = append(env, entry)
		}
	}
	for name, value := range s.env {
		env = append(env, name+"="+value)
	}
	slices.Sort(env)
	return env
}

func baseEnv(dir string) map[string]string {
	return map[string]string{
		"XDG_RUNTIME_DIR":       filepath.Join(dir, "run"),
		"XDG_CONFIG_HOME":       filepath.Join(dir, "config"),
		"XDG_CACHE_HOME":        filepath.Join(dir, "cache"),
		"XDG_DATA_HOME":         filepath.Join(dir, "data"),
		"XDG_STATE_HOME":        filepath.Join(dir, "state"),
		"XDG_SESSION_TYPE":      "x11",
		"LIBGL_ALWAYS_SOFTWARE": "1",
		"GALLIUM_DRIVER":        "llvmpipe",
	}
}

// Program says what to start on a stage.
type Program struct {
	// Path of the program, or its name when it is on the PATH.
	Path string
	Args []string
	// Env holds further NAME=value entries, over the stage's own.
	Env []string
	// Dir is the working folder; empty is the test's.
	Dir string
}

// Start starts a program on the stage. Close ends it if it is still running.
func (s *Stage) Start(p Program) (*Process, error) {
	cmd := s.command(p.Path, p.Args...)
	cmd.Env, cmd.Dir = append(cmd.Env, p.Env...), p.Dir
	return s.crew.start(filepath.Base(p.Path), cmd)
}

// command prepares a program that lives until the stage closes.
func (s *Stage) command(path string, args ...string) *exec.Cmd {
	cmd := exec.Command(path, args...) //nolint:noctx // The crew ends it; no context does.
	cmd.Env = s.Env()
	return cmd
}

// run runs one of the stage's tools to its end and gives what it printed.
func (s *Stage) run(ctx context.Context, name string, args ...string) ([]byte, error) {
	path, err := lookUp(name)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = s.Env()
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, strings.TrimSpace(string(exit.Stderr)))
		}
		return nil, fmt.Errorf("stage: %s: %w", name, err)
	}
	return out, nil
}

// pollEvery is how often a condition that nobody announces is looked at.
const pollEvery = 20 * time.Millisecond

// until waits for a condition that can only be asked for. It gives the
// condition's last error when the context ends first.
func until(ctx context.Context, what string, condition func() error) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		err := condition()
		var missing *MissingError
		if err == nil || errors.As(err, &missing) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("stage: waiting for %s: %w (%w)", what, ctx.Err(), err)
		case <-tick.C:
		}
	}
}
