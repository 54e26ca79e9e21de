package e2e

import (
	"context"
	"errors"
	"image"
	"image/color"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/assets/demo"
	"github.com/ninth-coop/ninth/internal/audiomatch"
	"github.com/ninth-coop/ninth/internal/stage"
	"github.com/ninth-coop/ninth/library"
)

// Where things are on the release page in a window on the desk, in pixels: the left end
// of the play button, and the rings of the tracks, which are rowHeight apart.
const (
	playX, playY                = 483, 217
	ringX, firstRowY, rowHeight = 252, 309, 46
)

// accent is the colour of the play button in the dark theme.
var accent = color.RGBA{R: 0xff, G: 0x5a, B: 0x36, A: 0xff}

// TestListen is the whole main job: the window opens and signs in, a click
// plays a track that is streamed from the co-op, and what the sound card gets
// is the track. Then the server goes away, and an owned track still plays.
func TestListen(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	server := startServer(t)
	home := t.TempDir()
	release, streamed := demoTrack(t, "Slow telegraph")
	_, owned := demoTrack(t, "Harbour lights")

	s := stage.New(t, stage.Options{})
	_, err := s.Start(stage.Program{
		Path: programs.ninth,
		Args: []string{"--demo", "--demo-server", server.address, "--page", "release/" + release.ID, "--theme", "dark"},
		Env:  []string{"NINTH_HOME=" + home},
	})
	if err != nil {
		t.Fatal(err)
	}
	w, err := s.Window(ctx, "Ninth")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.WaitImage(ctx, "the release page with its button", stage.Colour(image.Pt(playX, playY), accent)); err != nil {
		t.Fatal(err)
	}
	// The sync brings owned tracks to the disk by itself.
	waitForFile(ctx, t, filepath.Join(home, "demo", "library", filepath.FromSlash(library.WholePath(owned.ID))))
	if _, err := w.WaitImage(ctx, "a page at rest", stage.Still(5)); err != nil {
		t.Fatal(err)
	}
	keepScreenshot(t, w, "release.png")

	hear(ctx, t, s, w, streamed, 10*time.Second, func() { clickRow(ctx, t, w, 3) })
	keepScreenshot(t, w, "playing.png")

	server.stop()
	hear(ctx, t, s, w, owned, 5*time.Second, func() { clickRow(ctx, t, w, 1) })
	keepScreenshot(t, w, "offline.png")
}

// clickRow clicks the ring of the nth track of the release page.
func clickRow(ctx context.Context, t *testing.T, w *stage.Window, n int) {
	t.Helper()
	if err := w.Click(ctx, ringX, firstRowY+(n-1)*rowHeight); err != nil {
		t.Fatal(err)
	}
}

// attempts is how often a track is listened to before a gap is held against
// Ninth: another program can keep any player on a small machine from its sound
// card, but not three times in a row.
const attempts = 3

// hear acts, listens to a track for a length, and fails the test unless the
// sound card got the track's own samples without a gap. After a gap it listens
// again from the track's beginning.
func hear(ctx context.Context, t *testing.T, s *stage.Stage, w *stage.Window, track demo.Track, length time.Duration, act func()) {
	t.Helper()
	want := audiomatch.Mono(reference(t, track, length), 2)
	for attempt := 1; ; attempt++ {
		found := listen(ctx, t, s, track, want, length, act)
		t.Logf("%s, attempt %d: %v", track.Title, attempt, found)
		whole := found.Frames >= len(want)*98/100 && found.SNR >= 60 && found.Gap == 0
		if whole {
			return
		}
		if attempt == attempts {
			t.Fatalf("%q: %v; want %d frames at 60 dB or more and no gap", track.Title, found, len(want))
		}
		act = func() {
			if err := w.Key(ctx, "ctrl+Left"); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// listen records from an act on, until length of the track must have been
// played, and finds the track in the recording. What is not found at all is the
// zero Result.
func listen(ctx context.Context, t *testing.T, s *stage.Stage, track demo.Track, want []float32, length time.Duration, act func()) audiomatch.Result {
	t.Helper()
	recording := s.Record()
	act()
	const lead = 3 * time.Second // what may still sound of what was before
	if err := recording.WaitSound(ctx, length+lead); err != nil {
		t.Fatalf("waiting for the sound of %q: %v", track.Title, err)
	}
	found, err := audiomatch.Find(want, recording.Stop().Mono())
	if err != nil && !errors.Is(err, audiomatch.ErrNotFound) {
		t.Fatalf("looking for %q in what was heard: %v", track.Title, err)
	}
	return found
}

// waitForFile waits until a file is there, by looking again and again: another
// process makes it.
func waitForFile(ctx context.Context, t *testing.T, path string) {
	t.Helper()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		_, err := os.Stat(path)
		if err == nil {
			return
		}
		if !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			t.Fatalf("%s did not come", path)
		}
	}
}

// keepScreenshot writes what the window shows to the folder that
// NINTH_SCREENSHOTS names, for a person to look at.
func keepScreenshot(t *testing.T, w *stage.Window, name string) {
	t.Helper()
	dir := os.Getenv("NINTH_SCREENSHOTS")
	if dir == "" {
		return
	}
	if err := w.Screenshot(t.Context(), filepath.Join(dir, name)); err != nil {
		t.Error(err)
	}
}
