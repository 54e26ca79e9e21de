package e2e

import (
	"math"
	"path/filepath"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/assets/demo"
	"github.com/ninth-coop/ninth/internal/audiomatch"
)

// TestRenderMatchesFFmpeg renders ten seconds of a streamed track into a file
// and compares them, frame by frame, with the same track decoded by ffmpeg.
func TestRenderMatchesFFmpeg(t *testing.T) {
	_, track := demoTrack(t, "Slow telegraph")
	out := filepath.Join(t.TempDir(), "out.wav")
	stdout, stderr, code := ninth(t, t.TempDir(), "--demo", "play", track.ID, "--output", "wav:"+out, "--for", "10s")
	if code != 0 {
		t.Fatalf("exit code %d\n%s%s", code, stdout, stderr)
	}
	got, err := audiomatch.Decode(t.Context(), out, demo.SampleRate, 2)
	if err != nil {
		t.Fatal(err)
	}
	want := reference(t, track, 10*time.Second)
	if len(got) != len(want) {
		t.Fatalf("%d frames, want exactly 10 s, %d frames", len(got)/2, len(want)/2)
	}
	if snr := ratio(want, got); snr < 70 {
		t.Errorf("SNR %.1f dB, want at least 70", snr)
	} else {
		t.Logf("SNR %.1f dB over %d frames", snr, len(got)/2)
	}
}

// ratio is the signal-to-noise ratio of got against want, in dB, without any
// alignment.
func ratio(want, got []float32) float64 {
	var signal, noise float64
	for i, w := range want {
		d := float64(w) - float64(got[i])
		signal += float64(w) * float64(w)
		noise += d * d
	}
	return 10 * math.Log10(signal/noise)
}
