package stage

import (
	"context"
	"strings"
	"testing"
	"time"
)

// SessionBus starts a bus for the length of a test, without the rest of a stage,
// as the session bus of this process. stop ends it early.
func SessionBus(t testing.TB) (stop func()) {
	t.Helper()
	return bus(t, "DBUS_SESSION_BUS_ADDRESS")
}

// SystemBus is a SessionBus as the system bus of this process.
func SystemBus(t testing.TB) (stop func()) {
	t.Helper()
	return bus(t, "DBUS_SYSTEM_BUS_ADDRESS")
}

// bus starts a bus that this process finds by the environment variable.
func bus(t testing.TB, variable string) (stop func()) {
	t.Helper()
	dir := t.TempDir()
	s := &Stage{dir: dir, crew: newCrew(dir), env: map[string]string{}}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(s.crew.lastWords())
		}
		s.crew.close()
	})
	if err := s.openBus(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Setenv(variable, s.env["DBUS_SESSION_BUS_ADDRESS"])
	return s.crew.close
}

// SoundServer is a stage on whose sound card this process plays too, whatever it
// opens itself. Its methods fail the test when they cannot do what they say.
type SoundServer struct {
	*Stage
	t testing.TB
}

// NewSoundServer opens a stage for the length of a test, and makes this process
// find its sound server.
func NewSoundServer(t testing.TB) *SoundServer {
	t.Helper()
	s := New(t, Options{})
	for name, value := range s.env {
		if strings.HasPrefix(name, "PULSE_") {
			t.Setenv(name, value)
		}
	}
	return &SoundServer{Stage: s, t: t}
}

// Pactl asks the server something with pactl, and gives what that prints.
func (s *SoundServer) Pactl(args ...string) string {
	s.t.Helper()
	out, err := s.run(s.t.Context(), "pactl", args...)
	if err != nil {
		s.t.Fatalf("%v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

// Unload takes away the server's modules, such as sinks, whose name or arguments
// contain what.
func (s *SoundServer) Unload(what string) {
	s.t.Helper()
	for line := range strings.Lines(s.Pactl("list", "short", "modules")) {
		if strings.Contains(line, what) {
			s.Pactl("unload-module", strings.Fields(line)[0])
		}
	}
}

// Until waits for a condition that nobody announces, and fails the test when it
// has not been met after 20 seconds.
func Until(t testing.TB, what string, met func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for !met() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waiting until %s", what)
		}
	}
}
