package e2e

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/assets/demo"
	"github.com/ninth-coop/ninth/internal/audiomatch"
	"github.com/ninth-coop/ninth/library"
)

// TestSegments has a co-op that serves its tracks in segments of HLS only. A
// track of it is streamed, owned ones are downloaded as one file each, and when
// the co-op is gone those play to their ends and are saved as files: every time
// it is the track's own sound, as ffmpeg decodes it from the co-op's file.
func TestSegments(t *testing.T) {
	_, streamed := demoTrack(t, "Slow telegraph")
	_, owned := demoTrack(t, "Harbour lights")
	for _, form := range []string{"ts", "fmp4", "packed"} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			s := startServer(t, "--hls", form)
			home := t.TempDir()
			coop := []string{"--demo", "--demo-server", s.address}
			const length = 20 * time.Second
			sound := render(t, home, append(coop, "play", streamed.ID, "--for", length.String())...)
			found(t, sound, reference(t, streamed, length-time.Second))

			succeed(t, home, append(coop, "sync")...)
			s.stop()
			file := filepath.Join(home, "demo", "library", filepath.FromSlash(library.WholePath(owned.ID)))
			if info, err := os.Stat(file); err != nil || info.Size() < 100_000 {
				t.Fatalf("the download: %v, %v", info, err)
			}
			sound = render(t, home, append(coop, "play", owned.ID)...)
			whole := time.Duration(owned.Duration * float64(time.Second))
			found(t, sound, reference(t, owned, whole))
			// Segments of TS and packed audio cannot say what the encoder added.
			const added = 4 * 1024
			if extra := len(sound)/2 - int(owned.Duration*demo.SampleRate); extra < 0 || extra > added {
				t.Errorf("%d frames more than the track has", extra)
			}
			exported(t, home, append(coop, "export", owned.ID), reference(t, owned, whole))
		})
	}
}

// exported has the player save a track as a file, which ffmpeg has to read.
func exported(t *testing.T, home string, args []string, want []float32) {
	t.Helper()
	dir := t.TempDir()
	succeed(t, home, append(args, "--to", dir)...)
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	if ext := filepath.Ext(files[0]); ext != ".m4a" && ext != ".aac" {
		t.Errorf("it is called %s", files[0])
	}
	got, err := audiomatch.Decode(t.Context(), files[0], demo.SampleRate, 2)
	if err != nil {
		t.Fatal(err)
	}
	found(t, got, want)
}

// succeed runs the player, which has to end well.
func succeed(t *testing.T, home string, args ...string) {
	t.Helper()
	if out, errs, code := ninth(t, home, args...); code != 0 {
		t.Fatalf("%v: exit code %d\n%s%s", args, code, out, errs)
	}
}

// render has the player write what it plays into a file, and reads that.
func render(t *testing.T, home string, args ...string) []float32 {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.wav")
	succeed(t, home, append(args, "--output", "wav:"+out)...)
	samples, err := audiomatch.Decode(t.Context(), out, demo.SampleRate, 2)
	if err != nil {
		t.Fatal(err)
	}
	return samples
}

// found fails the test unless want is in got, whole and without a gap, and at
// its beginning but for what an encoder adds.
func found(t *testing.T, got, want []float32) {
	t.Helper()
	r, err := audiomatch.Find(audiomatch.Mono(want, 2), audiomatch.Mono(got, 2))
	if err != nil {
		t.Fatal(err)
	}
	t.Log(r)
	const delay = 2 * 1024
	if r.Offset < 0 || r.Offset > delay || r.Frames < len(want)/2*999/1000 || r.SNR < 60 || r.Gap > 0 {
		t.Errorf("%v; want %d frames", r, len(want)/2)
	}
}
