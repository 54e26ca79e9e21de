package dsp

import (
	"math"
	"testing"
)

func TestLevels(t *testing.T) {
	for _, block := range []int{64, 480, 4800} {
		l := NewLevels(48000)
		write := func(frames [][2]float64) {
			for len(frames) > 0 {
				n := min(block, len(frames))
				l.Write(frames[:n])
				frames = frames[n:]
			}
		}
		in := sine(48000, 1000, 3*48000)
		for i := range in {
			in[i][1] *= 0.5
		}
		write(in)
		v := l.Level()
		for c, want := range []float64{0.5, 0.25} {
			if math.Abs(v.Peak[c]-want) > 0.005 || math.Abs(v.RMS[c]-want/math.Sqrt2) > 0.002 {
				t.Errorf("blocks of %d: channel %d shows %v and %v", block, c, v.Peak[c], v.RMS[c])
			}
		}
		before := v
		write(make([][2]float64, 48000*17/10))
		v = l.Level()
		if db := 20 * math.Log10(v.Peak[0]/before.Peak[0]); math.Abs(db+20) > 0.1 {
			t.Errorf("blocks of %d: the peak fell by %.2f dB in 1.7 s", block, db)
		}
		if r := v.RMS[0] / before.RMS[0]; math.Abs(r-math.Exp(-1.7/0.3/2)) > 0.001 {
			t.Errorf("blocks of %d: RMS fell to %.4f in 1.7 s", block, r)
		}
		write([][2]float64{{1.5, 0}})
		if v := l.Level(); v.Peak[0] != 1.5 {
			t.Errorf("a peak of 1.5 shows as %v", v.Peak[0])
		}
		write([][2]float64{{math.Inf(1), math.NaN()}})
		write(in)
		if v := l.Level(); !(v.Peak[0] < 1 && v.RMS[0] < 1) {
			t.Errorf("it shows %v after what is no number", v)
		}
	}
}

func TestLevelsOfSamples(t *testing.T) {
	a, b := NewLevels(44100), NewLevels(44100)
	in := noise(1, 0.75, 1000)
	var p []float32
	for i, f := range in {
		in[i] = [2]float64{float64(float32(f[0])), float64(float32(f[1]))}
		p = append(p, float32(f[0]), float32(f[1]))
	}
	a.Write(in)
	b.WriteSamples(p)
	b.WriteSamples(nil)
	if a.Level() != b.Level() {
		t.Errorf("%v and %v", a.Level(), b.Level())
	}
}

func BenchmarkLevels(b *testing.B) {
	l, p := NewLevels(48000), make([]float32, 960)
	b.ReportAllocs()
	for b.Loop() {
		l.WriteSamples(p)
	}
}
