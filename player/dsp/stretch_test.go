package dsp

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/gopxl/beep/v2"
	"pgregory.net/rapid"
)

func TestStretchAtSpeedOneIsIdentity(t *testing.T) {
	in := noise(1, 0.9, 50000)
	s := NewStretch(&memory{rest: in}, 48000, 1)
	if out := drain(s, 777); !slices.Equal(out, in) || s.Consumed() != int64(len(in)) {
		t.Errorf("%d frames, %d consumed, of %d", len(out), s.Consumed(), len(in))
	}
}

// A tone keeps its pitch and its purity.
func TestStretchKeepsATone(t *testing.T) {
	const rate = 48000
	for _, speed := range []float64{0.5, 0.75, 0.9, 1.1, 1.25, 1.5, 2} {
		for _, hz := range []float64{61.7, 111.3, 443.7, 1234.5, 3000, 3021.7, 7919.3} {
			out := drain(NewStretch(&memory{rest: sine(rate, hz, 4*rate)}, rate, speed), 1000)
			out = out[rate/4 : len(out)-rate/4]
			// The tone may slip by a fraction of a frame at each seam: the
			// pitch is that of the zero crossings over all.
			if got := pitch(out, rate); math.Abs(got/hz-1) > 0.001 {
				t.Errorf("%v× of %v Hz is %.3f Hz", speed, hz, got)
			}
			worst := math.Inf(1)
			for at := 0; at+2400 <= len(out); at += 1200 {
				_, ratio := sinad(out[at:at+2400], rate, hz)
				worst = min(worst, ratio)
			}
			t.Logf("%v× of %v Hz: at least %.1f dB in any 50 ms", speed, hz, worst)
			// Seams lie on frames, so a tone slips by up to half of one there.
			if worst < 30 {
				t.Errorf("%v× of %v Hz: %.1f dB SINAD, want 30", speed, hz, worst)
			}
		}
	}
}

// pitch is the frequency by the first and last upward zero crossing.
func pitch(frames [][2]float64, rate int) float64 {
	first, last, n := 0.0, 0.0, -1
	for i := 1; i < len(frames); i++ {
		a, b := frames[i-1][0], frames[i][0]
		if a < 0 && b >= 0 {
			last = float64(i-1) + a/(a-b)
			if n++; n == 0 {
				first = last
			}
		}
	}
	return float64(n) * float64(rate) / (last - first)
}

// Length, position and bounds, with changes of speed on the way.
func TestStretchKeepsThePlace(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rate := rapid.SampledFrom([]int{8000, 44100, 48000}).Draw(rt, "rate")
		frames := rapid.IntRange(0, 20000).Draw(rt, "frames")
		s := NewStretch(&memory{rest: noise(1, 0.5, frames)}, beep.SampleRate(rate), rapid.Float64Range(0, 3).Draw(rt, "speed"))
		window := int(0.03 * float64(rate))
		var at, expected float64
		for {
			speed := s.Speed()
			buf := make([][2]float64, rapid.IntRange(1, 3000).Draw(rt, "block"))
			n, ok := s.Stream(buf)
			if float64(s.Consumed()) < at {
				rt.Fatalf("the place went back from %v to %d", at, s.Consumed())
			}
			at = float64(s.Consumed())
			expected += float64(n) * speed
			for _, f := range buf[:n] {
				if !(math.Abs(f[0]) <= 0.5 && math.Abs(f[1]) <= 0.5) {
					rt.Fatalf("frame %v", f)
				}
			}
			if !ok {
				break
			}
			// Up to a hop at the old speed, and the seam's search, either way.
			if math.Abs(at-expected) > 2.5*float64(window) {
				rt.Fatalf("at %v, should be at %v", at, expected)
			}
			if rapid.IntRange(0, 3).Draw(rt, "turn") == 0 {
				s.SetSpeed(rapid.SampledFrom([]float64{0.5, 1, 1, 1.3, 2}).Draw(rt, "next"))
				expected = at
			}
		}
		if at != float64(frames) {
			rt.Fatalf("ended at %v of %d", at, frames)
		}
	})
}

func TestStretchLength(t *testing.T) {
	for _, speed := range []float64{0.5, 0.8, 1.01, 1.7, 2} {
		for _, frames := range []int{1, 500, 48000, 100001} {
			out := drain(NewStretch(&memory{rest: noise(1, 1, frames)}, 48000, speed), 480)
			if want := float64(frames) / speed; math.Abs(float64(len(out))-want) > 1 {
				t.Errorf("%d frames at %v× are %d, want %.1f", frames, speed, len(out), want)
			}
		}
	}
}

// Going back to speed 1 ends in the source's own frames.
func TestStretchGoesBackToTheSource(t *testing.T) {
	in := noise(7, 0.5, 100000)
	s := NewStretch(&memory{rest: in}, 48000, 1.4)
	buf := make([][2]float64, 30000)
	s.Stream(buf)
	s.SetSpeed(1)
	s.Stream(buf[:4000])
	from := s.Consumed()
	rest := drain(s, 512)
	if !slices.Equal(rest, in[from:]) {
		t.Errorf("%d frames from frame %d of %d are not the source's", len(rest), from, len(in))
	}
}

func TestStretchIsTheSameHoweverItIsRead(t *testing.T) {
	in := noise(1, 1, 30000)
	want := drain(NewStretch(&memory{rest: in}, 44100, 0.7), 5000)
	if got := drain(NewStretch(&memory{rest: in}, 44100, 0.7), 13); !slices.Equal(got, want) {
		t.Error("small reads give other frames")
	}
	// Channels stay together.
	for i := range in {
		in[i][1] = -in[i][0]
	}
	for i, f := range drain(NewStretch(&memory{rest: in}, 44100, 1.6), 512) {
		if f[0] != -f[1] {
			t.Fatalf("frame %d is %v", i, f)
		}
	}
}

func TestStretchPassesErrors(t *testing.T) {
	err := errors.New("gone")
	s := NewStretch(&memory{rest: noise(1, 1, 3000), err: err}, 48000, 2)
	if drain(s, 100); !errors.Is(s.Err(), err) {
		t.Errorf("error %v", s.Err())
	}
}

func BenchmarkStretch(b *testing.B) {
	in := noise(1, 1, 48000*5)
	for b.Loop() {
		drain(NewStretch(&memory{rest: in}, 48000, 1.5), 512)
	}
}
