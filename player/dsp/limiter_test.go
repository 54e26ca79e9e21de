package dsp

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gopxl/beep/v2"
	"pgregory.net/rapid"
)

// noise is white, evenly distributed up to level.
func noise(seed uint64, level float64, frames int) [][2]float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([][2]float64, frames)
	for i := range out {
		out[i] = [2]float64{(r.Float64()*2 - 1) * level, (r.Float64()*2 - 1) * level}
	}
	return out
}

// shape is a random signal: stretches of noise, silence, tones and single
// peaks, some far above full scale.
func shape(rt *rapid.T) [][2]float64 {
	var out [][2]float64
	for range rapid.IntRange(1, 8).Draw(rt, "parts") {
		level := rapid.SampledFrom([]float64{0, 0.1, 0.8, 0.892, 1, 2, 30}).Draw(rt, "level")
		n := rapid.IntRange(1, 2000).Draw(rt, "frames")
		switch rapid.IntRange(0, 2).Draw(rt, "kind") {
		case 0:
			out = append(out, noise(rapid.Uint64().Draw(rt, "seed"), level, n)...)
		case 1:
			for _, f := range sine(48000, rapid.Float64Range(20, 20000).Draw(rt, "Hz"), n) {
				out = append(out, [2]float64{2 * level * f[0], level * f[1]})
			}
		default:
			part := make([][2]float64, n)
			part[n/2][rapid.IntRange(0, 1).Draw(rt, "channel")] = -level
			out = append(out, part...)
		}
	}
	return out
}

func TestLimiterNeverExceeds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rate := rapid.SampledFrom([]int{100, 8000, 44100, 48000}).Draw(rt, "rate")
		ceiling := rapid.SampledFrom([]float64{-1, -6, 0}).Draw(rt, "ceiling")
		l := NewLimiter(beep.SampleRate(rate), ceiling)
		in := append(shape(rt), make([][2]float64, l.Delay())...)
		out := slices.Clone(in)
		for rest := out; len(rest) > 0; {
			n := min(len(rest), rapid.IntRange(1, 1000).Draw(rt, "block"))
			l.Process(rest[:n])
			rest = rest[n:]
		}
		out = out[l.Delay():]
		top := Linear(ceiling)
		last := 1.0
		for i := range out {
			for c := range 2 {
				if math.Abs(out[i][c]) > top {
					rt.Fatalf("frame %d is %v", i, out[i])
				}
				if in[i][c] == 0 && out[i][c] != 0 {
					rt.Fatalf("frame %d is %v from silence", i, out[i])
				}
			}
			// The gain never moves faster than over the look-ahead, and is the
			// same in both channels.
			if x := max(math.Abs(in[i][0]), math.Abs(in[i][1])); x > 0.01 {
				c := 0
				if math.Abs(in[i][1]) > math.Abs(in[i][0]) {
					c = 1
				}
				g := out[i][c] / in[i][c]
				if i > 0 && max(math.Abs(in[i-1][0]), math.Abs(in[i-1][1])) > 0.01 {
					if d := math.Abs(g - last); d > 1/float64(l.Delay())+1e-9 {
						rt.Fatalf("the gain jumps by %v at frame %d", d, i)
					}
				}
				last = g
				if in[i][0] != 0 && in[i][1] != 0 && math.Abs(out[i][0]/in[i][0]-out[i][1]/in[i][1]) > 1e-9 {
					rt.Fatalf("frame %d: %v became %v", i, in[i], out[i])
				}
			}
		}
	})
}

func TestLimiterLeavesTheRestAlone(t *testing.T) {
	l := NewLimiter(48000, Ceiling)
	quiet := noise(1, Linear(Ceiling), 20000)
	got := slices.Clone(quiet)
	l.Process(got)
	d := l.Delay()
	if d != 240 {
		t.Errorf("5 ms are %d frames", d)
	}
	if !slices.Equal(got[d:], quiet[:len(quiet)-d]) {
		t.Error("frames below the ceiling were changed")
	}
	// One peak, then it is as before again.
	l.Process([][2]float64{{3, 0}})
	got = slices.Clone(noise(2, 0.5, 3*48000))
	l.Process(got)
	want := noise(2, 0.5, 3*48000)
	from := 2 * 48000
	if !slices.Equal(got[from:], want[from-d:len(want)-d]) {
		t.Error("two seconds after a peak the frames are still changed")
	}
	if math.Abs(got[d+4800][0]/want[4800][0]-1) < 0.01 {
		t.Error("the gain came back at once")
	}
}

func TestLimiterTakesAnything(t *testing.T) {
	l := NewLimiter(48000, Ceiling)
	in := [][2]float64{{math.NaN(), 1}, {math.Inf(1), 0}, {math.MaxFloat64, -math.MaxFloat64}, {math.SmallestNonzeroFloat64, 0}}
	l.Process(in)
	out := make([][2]float64, 48000)
	l.Process(out)
	for i, f := range out {
		if !(math.Abs(f[0]) <= 1 && math.Abs(f[1]) <= 1) {
			t.Fatalf("frame %d is %v", i, f)
		}
	}
	l.Process(in)
	l.Reset()
	l.Process(out[:1000])
	for i, f := range out[:1000] {
		if f != ([2]float64{}) {
			t.Fatalf("frame %d after Reset is %v", i, f)
		}
	}
}

func BenchmarkLimiter(b *testing.B) {
	for name, level := range map[string]float64{"quiet": 0.5, "loud": 2} {
		b.Run(name, func(b *testing.B) {
			l := NewLimiter(48000, Ceiling)
			in := noise(1, level, 4800)
			buf := make([][2]float64, len(in))
			b.ReportAllocs()
			for b.Loop() {
				copy(buf, in)
				l.Process(buf)
			}
		})
	}
}
