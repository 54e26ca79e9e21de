package stage_test

import (
	"context"
	"errors"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ninth-coop/ninth/internal/audiomatch"
	"github.com/ninth-coop/ninth/internal/stage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds each wait; a passing test uses a small part of it.
func patience(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// sweep gives seconds of a tone that rises, so that every stretch is unlike any other.
func sweep(rate int, seconds float64) []float32 {
	out := make([]float32, int(seconds*float64(rate)))
	for i := range out {
		t := float64(i) / float64(rate)
		out[i] = float32(0.4 * math.Sin(2*math.Pi*(200*t+150*t*t)))
	}
	return out
}

func TestWhatIsPlayedIsRecordedWhole(t *testing.T) {
	s, ctx := stage.New(t, stage.Options{}), patience(t)
	reference := sweep(48000, 2)
	file := filepath.Join(t.TempDir(), "sweep.wav")
	if err := (stage.Sound{Rate: 48000, Channels: 1, Samples: reference}).WriteWAV(file); err != nil {
		t.Fatal(err)
	}

	recording := s.Record()
	player, err := s.Start(stage.Program{Path: "paplay", Args: []string{file}})
	if err != nil {
		t.Fatal(err)
	}
	if err := recording.WaitSound(ctx, time.Second); err != nil {
		t.Fatal(err)
	}
	if err := player.Wait(); err != nil {
		t.Fatal(err, player.Output())
	}
	if err := recording.WaitSilence(ctx, 100*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	sound := recording.Stop()
	match, err := audiomatch.Find(reference, sound.Mono())
	if err != nil {
		t.Fatal(err)
	}
	t.Log(match)
	if match.Frames != len(reference) || match.Gap != 0 || match.SNR < 90 {
		t.Errorf("played %d frames and found %v; want all of them, no gap, 90 dB", len(reference), match)
	}
}

func TestPointerAndKeysReachTheProgram(t *testing.T) {
	s, ctx := stage.New(t, stage.Options{Width: 800, Height: 600, Mute: true}), patience(t)
	// xev prints every event that its window gets.
	program, err := s.Start(stage.Program{Path: "xev", Args: []string{"-name", "event tester", "-geometry", "300x200+50+50"}})
	if err != nil {
		t.Fatal(err)
	}
	w, err := s.Window(ctx, "event tester")
	if err != nil {
		t.Fatal(err)
	}
	for what, do := range map[string]func() error{
		"click":  func() error { return w.Click(ctx, 120, 90) },
		"key":    func() error { return w.Key(ctx, "ctrl+f") },
		"text":   func() error { return w.Type(ctx, "9z") },
		"scroll": func() error { return w.Scroll(ctx, 10, 20, -2) },
		"drag":   func() error { return w.Drag(ctx, image.Pt(10, 10), image.Pt(200, 150)) },
		"resize": func() error { return w.Resize(ctx, 411, 320) },
	} {
		if err := do(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := w.Type(ctx, "é"); err == nil {
		t.Error("a character without a key was typed")
	}
	if size, err := w.Size(ctx); err != nil || size != image.Pt(411, 320) {
		t.Errorf("size %v, %v; want 411 by 320", size, err)
	}
	for _, want := range []string{"(120,90)", "button 1", "button 4", "(200,150)", "keysym 0x66, f", "keysym 0x39, 9", "keysym 0x7a, z"} {
		err := error(nil)
		for err == nil && !strings.Contains(program.Output(), want) {
			// A round trip through the display gives the program time.
			_, err = w.Size(ctx)
		}
		if err != nil {
			t.Errorf("the program never printed %q: %v", want, err)
		}
	}
}

func TestScreenshotShowsTheProgram(t *testing.T) {
	s, ctx := stage.New(t, stage.Options{Width: 400, Height: 300, Mute: true}), patience(t)
	if _, err := s.Start(stage.Program{Path: "xlogo", Args: []string{"-fg", "#FF5A36", "-bg", "#12110F", "-geometry", "200x200"}}); err != nil {
		t.Fatal(err)
	}
	w, err := s.Window(ctx, "xlogo")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.WaitImage(ctx, "the logo", stage.Still(2)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "logo.png")
	if err := w.Screenshot(ctx, path); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	shot, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	// An empty ground has one colour; the logo has two.
	if err := stage.Drawn(shot); err == nil {
		t.Error("two colours count as drawn")
	}
	found := map[[3]uint32]bool{}
	for y := range shot.Bounds().Dy() {
		for x := range shot.Bounds().Dx() {
			r, g, b, _ := shot.At(x, y).RGBA()
			found[[3]uint32{r >> 8, g >> 8, b >> 8}] = true
		}
	}
	if shot.Bounds().Dx() != 200 || !found[[3]uint32{0xFF, 0x5A, 0x36}] || !found[[3]uint32{0x12, 0x11, 0x0F}] {
		t.Errorf("a picture of %v with %d colours, not the logo's", shot.Bounds(), len(found))
	}
}

func TestCloseEndsWhatWasStarted(t *testing.T) {
	s, err := stage.Open(patience(t), stage.Options{Mute: true})
	if err != nil {
		t.Fatal(err)
	}
	clock, err := s.Start(stage.Program{Path: "sleep", Args: []string{"1000"}})
	if err != nil {
		t.Fatal(err)
	}
	stubborn, err := s.Start(stage.Program{Path: "sh", Args: []string{"-c", "exit 3"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := stubborn.Wait(); err == nil {
		t.Error("a program that ends with 3 is taken for a success")
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-clock.Done():
	default:
		t.Error("a program outlives its stage")
	}
	if _, err := os.Stat(s.Dir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
	if _, err := s.Start(stage.Program{Path: "true"}); err == nil {
		t.Error("a closed stage starts programs")
	}
}

func TestEnvKeepsTheSessionOut(t *testing.T) {
	t.Setenv("WAYLAND_DISPLAY", "wayland-9")
	t.Setenv("PULSE_SERVER", "elsewhere")
	t.Setenv("NINTH_STAGE_TEST", "kept")
	s := stage.New(t, stage.Options{Mute: true})
	env := s.Env()
	if !slices.Contains(env, "NINTH_STAGE_TEST=kept") || !slices.Contains(env, "DISPLAY="+s.Display()) {
		t.Errorf("the environment lacks what it should have: %q", env)
	}
	for _, entry := range env {
		if strings.HasPrefix(entry, "WAYLAND_DISPLAY=") || strings.HasPrefix(entry, "PULSE_SERVER=") {
			t.Errorf("the session's own %s reaches the stage", entry)
		}
	}
}

func TestAMissingProgramIsNamedWithItsPackage(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := stage.Open(t.Context(), stage.Options{})
	var missing *stage.MissingError
	if !errors.As(err, &missing) || missing.Package != "xvfb" || !strings.Contains(err.Error(), "apt-get install -y xvfb") {
		t.Errorf("got %v; want the package xvfb named", err)
	}
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	s := stage.New(t, stage.Options{Mute: true})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := s.Window(ctx, "nobody"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v; want the deadline", err)
	}
}
