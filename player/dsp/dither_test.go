package dsp

import (
	"math"
	"slices"
	"testing"
)

// The error's mean, level, independence of the signal and of itself.
func TestDitherStatistics(t *testing.T) {
	const n = 1 << 20
	for name, signal := range map[string]func(i int) float64{
		"loud sine":       func(i int) float64 { return 0.9 * math.Sin(float64(i)*0.0913) },
		"less than 1 bit": func(i int) float64 { return 0.4 / full * math.Sin(float64(i)*0.0913) },
		"constant":        func(int) float64 { return 0.3 / full },
	} {
		src, dst := make([]float32, n), make([]int16, n)
		for i := range src {
			src[i] = float32(signal(i))
		}
		d := NewDither(1)
		for at := 0; at < n; at += 1024 {
			d.Quantise(dst[at:at+1024], src[at:at+1024])
		}
		var sum, square, cross, power, next, prev float64
		for i, x := range src {
			e := float64(dst[i]) - float64(x)*full
			sum, square = sum+e, square+e*e
			cross, power = cross+e*float64(x), power+float64(x)*float64(x)
			next, prev = next+e*prev, e
		}
		if mean := sum / n; math.Abs(mean) > 0.003 {
			t.Errorf("%s: the error's mean is %.4f steps", name, mean)
		}
		if level := 10 * math.Log10(square/n/full/full); math.Abs(level+96.33) > 0.05 {
			t.Errorf("%s: the error is at %.2f dBFS, want −96.33", name, level)
		}
		if r := cross / math.Sqrt(square*power); math.Abs(r) > 0.005 {
			t.Errorf("%s: the error is like the signal: %.4f", name, r)
		}
		if r := next / square; math.Abs(r) > 0.005 {
			t.Errorf("%s: the error is like the one before: %.4f", name, r)
		}
	}
}

func TestDitherKeepsWhatIsExact(t *testing.T) {
	var src []float32
	var want []int16
	for v := math.MinInt16; v <= math.MaxInt16; v += 7 {
		src, want = append(src, float32(v)/full), append(want, int16(v))
	}
	got := make([]int16, len(src))
	if NewDither(1).Quantise(got, src); !slices.Equal(got, want) {
		t.Error("16-bit samples were changed")
	}
}

func TestDitherTakesAnything(t *testing.T) {
	inf := float32(math.Inf(1))
	src := []float32{2, -2, inf, -inf, float32(math.NaN()), 1, -1, math.MaxFloat32}
	dst := make([]int16, len(src)+1)
	NewDither(1).Quantise(dst, src)
	for i, want := range []int16{32767, -32768, 32767, -32768, 0, 32767, -32768, 32767, 0} {
		if d := int(dst[i]) - int(want); d < -2 || d > 2 {
			t.Errorf("sample %d is %d, want %d", i, dst[i], want)
		}
	}
	NewDither(1).Quantise(dst[:2], src)
}

func BenchmarkDither(b *testing.B) {
	src, dst := make([]float32, 9600), make([]int16, 9600)
	for i := range src {
		src[i] = float32(math.Sin(float64(i)))
	}
	d := NewDither(1)
	for b.Loop() {
		d.Quantise(dst, src)
	}
}
