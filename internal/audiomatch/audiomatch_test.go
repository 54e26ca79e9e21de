package audiomatch_test

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/ninth-coop/ninth/internal/audiomatch"
)

const rate = 48000

// music gives seconds of a sound that never repeats: a slow sweep over two
// octaves with a beat, and a little noise.
func music(seconds float64, seed uint64) []float32 {
	random := rand.New(rand.NewPCG(seed, 9))
	out := make([]float32, int(seconds*rate))
	phase := 0.0
	for i := range out {
		t := float64(i) / rate
		phase += 2 * math.Pi * (300 + 120*t + float64(seed)) / rate
		beat := 0.6 + 0.4*math.Sin(2*math.Pi*2*t)
		out[i] = float32(0.3*beat*math.Sin(phase) + 0.01*random.NormFloat64())
	}
	return out
}

// place puts x into a capture of silence, gain times as loud, from frame at on.
func place(x []float32, at int, gain float32, length int) []float32 {
	out := make([]float32, length)
	for i, v := range x {
		if at+i >= 0 && at+i < length {
			out[at+i] = gain * v
		}
	}
	return out
}

func TestFindSaysWhereAndHowWell(t *testing.T) {
	reference := music(3, 1)
	silenced := place(reference, 5000, 1, 200000)
	clear(silenced[60000:61920])
	shortened := place(reference, 5000, 1, 200000)
	shortened = append(shortened[:100000], shortened[100010:]...)
	noisy := place(reference, 5000, 1, 200000)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noisy {
		noisy[i] += float32(1e-4 * random.NormFloat64())
	}
	tests := []struct {
		name           string
		captured       []float32
		offset         float64
		frames         int
		gain           float64
		minSNR, maxSNR float64
		minGap, maxGap int
	}{
		{"the same sound", reference, 0, 144000, 1, 200, math.Inf(1), 0, 0},
		{"later and softer", place(reference, 12345, 0.25, 200000), 12345, 144000, 0.25, 120, math.Inf(1), 0, 0},
		{"upside down", place(reference, 77, -1, 200000), 77, 144000, -1, 120, math.Inf(1), 0, 0},
		{"begun before the capture", place(reference, -20000, 1, 150000), -20000, 124000, 1, 120, math.Inf(1), 0, 0},
		{"40 ms of silence inside", silenced, 5000, 144000, 1, 10, 25, 1920 - 2*64, 1920 + 2*64},
		{"ten frames lost", shortened, 5000, 144000, 1, -10, 10, 144000 / 4, 144000},
		{"a noise floor of −80 dBFS", noisy, 5000, 144000, 1, 60, 70, 0, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := audiomatch.Find(reference, test.captured)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(got.Offset-test.offset) > 0.01 || got.Frames != test.frames || math.Abs(got.Gain-test.gain) > 1e-3 {
				t.Errorf("found %v; want offset %v, %d frames, gain %v", got, test.offset, test.frames, test.gain)
			}
			if got.SNR < test.minSNR || got.SNR > test.maxSNR {
				t.Errorf("SNR %.1f dB; want %.0f to %.0f", got.SNR, test.minSNR, test.maxSNR)
			}
			if got.Gap < test.minGap || got.Gap > test.maxGap {
				t.Errorf("gap of %d frames; want %d to %d", got.Gap, test.minGap, test.maxGap)
			}
		})
	}
}

func TestFindRefusesAnotherSound(t *testing.T) {
	for name, captured := range map[string][]float32{
		"other music": music(4, 500),
		"silence":     make([]float32, 200000),
		"nothing":     nil,
		"too short":   music(0.1, 1),
	} {
		if got, err := audiomatch.Find(music(3, 1), captured); !errors.Is(err, audiomatch.ErrNotFound) {
			t.Errorf("%s: found %v, %v; want ErrNotFound", name, got, err)
		}
	}
	if _, err := audiomatch.Find(make([]float32, 1000), music(1, 1)); !errors.Is(err, audiomatch.ErrNotFound) {
		t.Errorf("a silent reference: %v; want ErrNotFound", err)
	}
}

// A phrase that comes twice, slightly changed, must be found at its own place.
func TestFindTellsRepetitionsApart(t *testing.T) {
	phrase, other := music(2, 1), music(2, 1)
	for i := len(other) * 3 / 4; i < len(other); i++ {
		other[i] *= -1
	}
	captured := append(append([]float32{}, other...), phrase...)
	got, err := audiomatch.Find(phrase, captured)
	if err != nil || got.Offset != float64(len(other)) {
		t.Errorf("found %v, %v; want frame %d", got, err, len(other))
	}
}

// Half a frame of delay, as a resampler leaves it, is measured and undone.
func TestFindBetweenFrames(t *testing.T) {
	sweep := func(delay float64) []float32 {
		out := make([]float32, 2*rate)
		for i := range out {
			at := (float64(i) - delay) / rate
			out[i] = float32(0.5 * math.Sin(2*math.Pi*(200*at+700*at*at)))
		}
		return out
	}
	for _, delay := range []float64{0.5, 0.2, -0.3} {
		got, err := audiomatch.Find(sweep(0), sweep(delay))
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got.Offset-delay) > 0.005 || got.SNR < 60 {
			t.Errorf("delay of %v frames: %v", delay, got)
		}
	}
}

func TestMono(t *testing.T) {
	got := audiomatch.Mono([]float32{1, 3, -2, 2, 9}, 2)
	if len(got) != 2 || got[0] != 2 || got[1] != 0 {
		t.Errorf("got %v, want [2 0]", got)
	}
}

func TestDecodeReadsWhatWasWritten(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Fatal("ffmpeg is missing: run `sudo apt-get install -y ffmpeg`")
	}
	want := music(0.5, 3)
	raw := make([]byte, 4*len(want))
	for i, v := range want {
		binary.LittleEndian.PutUint32(raw[4*i:], math.Float32bits(v))
	}
	folder := t.TempDir()
	in, out := filepath.Join(folder, "in.f32"), filepath.Join(folder, "out.flac")
	if err := os.WriteFile(in, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	encode := exec.Command("ffmpeg", "-nostdin", "-v", "error", "-f", "f32le", "-ar", "48000", "-ac", "1", "-i", in, out)
	if text, err := encode.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	got, err := audiomatch.Decode(context.Background(), out, rate, 1)
	if err != nil {
		t.Fatal(err)
	}
	r, err := audiomatch.Find(want, got)
	if err != nil || r.Offset != 0 || r.Frames != len(want) || r.SNR < 70 {
		t.Errorf("%v, %v", r, err)
	}
	if _, err := audiomatch.Decode(context.Background(), filepath.Join(folder, "none"), rate, 1); err == nil {
		t.Error("a missing file was decoded")
	}
}
