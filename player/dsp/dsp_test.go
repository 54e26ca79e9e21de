package dsp

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/gopxl/beep/v2"
	"pgregory.net/rapid"
)

// memory is a streamer over frames that fails with err at their end.
type memory struct {
	rest [][2]float64
	err  error
}

func (m *memory) Stream(samples [][2]float64) (int, bool) {
	n := copy(samples, m.rest)
	m.rest = m.rest[n:]
	return n, n > 0
}
func (m *memory) Err() error { return m.err }

// drain reads s to its end, asking for block frames at once.
func drain(s beep.Streamer, block int) [][2]float64 {
	var out [][2]float64
	buf := make([][2]float64, block)
	for {
		n, ok := s.Stream(buf)
		out = append(out, buf[:n]...)
		if !ok {
			return out
		}
	}
}

func sine(rate int, hz float64, frames int) [][2]float64 {
	out := make([][2]float64, frames)
	for i := range out {
		v := 0.5 * math.Sin(2*math.Pi*hz*float64(i)/float64(rate))
		out[i] = [2]float64{v, -v}
	}
	return out
}

// sinad fits a sine of hz to the frames and returns, in dB, its gain and how
// far everything else is below it.
func sinad(frames [][2]float64, rate int, hz float64) (gain, ratio float64) {
	var s, c, ss, cc, sc float64
	for i, f := range frames {
		sin, cos := math.Sincos(2 * math.Pi * hz * float64(i) / float64(rate))
		s, c = s+f[0]*sin, c+f[0]*cos
		ss, cc, sc = ss+sin*sin, cc+cos*cos, sc+sin*cos
	}
	det := ss*cc - sc*sc
	a, b := (s*cc-c*sc)/det, (c*ss-s*sc)/det
	var signal, rest float64
	for i, f := range frames {
		sin, cos := math.Sincos(2 * math.Pi * hz * float64(i) / float64(rate))
		fit := a*sin + b*cos
		signal += fit * fit
		rest += (f[0] - fit) * (f[0] - fit)
	}
	return 20 * math.Log10(math.Hypot(a, b)/0.5), 10 * math.Log10(signal/rest)
}

func TestResampleQuality(t *testing.T) {
	for _, test := range []struct {
		from, to int
		hz       []float64
	}{
		{44100, 48000, []float64{100, 1000, 5000, 10000, 15000, 18000, 19000}},
		{48000, 44100, []float64{1000, 10000, 18000}},
		{96000, 48000, []float64{1000, 10000, 18000, 20000}},
		{22050, 48000, []float64{1000, 9000}},
		{8000, 48000, []float64{1000, 3000}},
		{192000, 48000, []float64{1000, 18000, 20000}},
		{192000, 44100, []float64{1000, 18000}},
		{88200, 48000, []float64{1000, 18000}},
		{44100, 96000, []float64{1000, 18000}},
		{48000, 192000, []float64{1000, 18000, 20000}},
		{11025, 48000, []float64{1000, 4000}},
	} {
		for _, hz := range test.hz {
			out := drain(Resample(&memory{rest: sine(test.from, hz, test.from)}, beep.SampleRate(test.from), beep.SampleRate(test.to)), 512)
			edge := test.to / 50 // the ends are cut out of silence
			gain, ratio := sinad(out[edge:len(out)-edge], test.to, hz)
			t.Logf("%d → %d Hz, %5.0f Hz: %6.1f dB SINAD, %+.4f dB", test.from, test.to, hz, ratio, gain)
			if ratio < 120 || math.Abs(gain) > 0.001 {
				t.Errorf("%d → %d Hz at %v Hz: %.1f dB SINAD, gain %.4f dB", test.from, test.to, hz, ratio, gain)
			}
		}
	}
}

// What the lower rate cannot hold is gone, not folded back.
func TestResampleDoesNotAlias(t *testing.T) {
	for _, test := range []struct {
		from, to int
		hz       []float64
	}{
		{96000, 48000, []float64{24100, 24500, 26000, 30000, 40000, 47000}},
		{192000, 48000, []float64{24100, 25000, 40000, 60000, 95000}},
		{192000, 44100, []float64{22200, 23000, 44000, 90000}},
		{48000, 44100, []float64{22100, 22500, 23900}},
		{88200, 44100, []float64{22200, 30000, 44000}},
		{48000, 8000, []float64{4050, 5000, 12000, 23000}},
	} {
		for _, hz := range test.hz {
			out := drain(Resample(&memory{rest: sine(test.from, hz, test.from)}, beep.SampleRate(test.from), beep.SampleRate(test.to)), 512)
			edge := test.to / 40 // the ends are cut out of silence
			var sum float64
			for _, f := range out[edge : len(out)-edge] {
				sum += f[0] * f[0]
			}
			level := 10 * math.Log10(sum/float64(len(out)-2*edge)/0.125)
			t.Logf("%d → %d Hz, %v Hz: %.1f dB", test.from, test.to, hz, level)
			if level > -120 {
				t.Errorf("%d → %d Hz: %v Hz is heard at %.1f dB", test.from, test.to, hz, level)
			}
		}
	}
}

// Length, and independence of how much is asked for at once.
func TestResampleIsExact(t *testing.T) {
	rates := []int{8000, 11025, 22050, 32000, 37800, 44056, 44100, 48000, 88200, 96000}
	rapid.Check(t, func(rt *rapid.T) {
		from := rapid.SampledFrom(rates).Draw(rt, "from")
		to := rapid.SampledFrom(rates).Draw(rt, "to")
		n := rapid.IntRange(0, 3000).Draw(rt, "frames")
		in := sine(from, 440, n)
		one := drain(Resample(&memory{rest: in}, beep.SampleRate(from), beep.SampleRate(to)), 4096)
		if want := (n*to + from - 1) / from; len(one) != want {
			rt.Fatalf("%d frames became %d, want %d", n, len(one), want)
		}
		block := rapid.IntRange(1, 700).Draw(rt, "block")
		if two := drain(Resample(&memory{rest: in}, beep.SampleRate(from), beep.SampleRate(to)), block); !slices.Equal(one, two) {
			rt.Fatalf("blocks of %d frames give another sound", block)
		}
	})
}

// Kept coefficients are those of the pair of rates, whatever was asked for
// before, and by how many at once.
func TestFiltersAreKeptByTheirRates(t *testing.T) {
	var filters Filters
	var asked sync.WaitGroup
	rates := []beep.SampleRate{44100, 22050, 96000, 88200, 44100, 32000, 48000, 11025, 44100}
	for i, from := range rates {
		to := rates[(i+5)%len(rates)]
		in := sine(int(from), 440, 3000)
		want := drain(Resample(&memory{rest: in}, from, to), 512)
		for range 2 {
			asked.Go(func() {
				if got := drain(filters.Resample(&memory{rest: in}, from, to), 512); !slices.Equal(got, want) {
					t.Errorf("%d → %d Hz is another filter's", from, to)
				}
			})
		}
	}
	asked.Wait()
}

func TestResampleAtEqualRatesIsNothing(t *testing.T) {
	m := &memory{}
	if Resample(m, 48000, 48000) != beep.Streamer(m) {
		t.Error("there is a stage where none is needed")
	}
}

func TestAmplify(t *testing.T) {
	got := drain(Amplify(&memory{rest: [][2]float64{{0.5, -0.25}}}, -20), 8)
	if math.Abs(got[0][0]-0.05) > 1e-12 || math.Abs(got[0][1]+0.025) > 1e-12 {
		t.Errorf("−20 dB gives %v", got)
	}
}

func TestRamp(t *testing.T) {
	r := RampAt(1)
	r.To(0, 4)
	var got []float64
	for range 6 {
		got = append(got, r.Next())
	}
	if want := []float64{0.75, 0.5, 0.25, 0, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("ramp gives %v, want %v", got, want)
	}
	r.To(0.5, 0)
	if r.Value() != 0.5 || r.Next() != 0.5 {
		t.Errorf("at once gives %v", r.Value())
	}
}

func TestPeaks(t *testing.T) {
	frames := make([][2]float64, 3_000_000) // more than the cells hold without joining
	for i := range frames {
		frames[i][i%2] = -float64(i) / float64(len(frames))
	}
	const buckets = 100
	all, err := Analyse(t.Context(), &memory{rest: frames}, 48000, buckets)
	got := all.Peaks
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range got {
		want := 255 * float64(i+1) / buckets
		if math.Abs(float64(p)-want) > 1 {
			t.Errorf("bucket %d is %d, want %.0f", i, p, want)
		}
	}
	for _, n := range []int{0, 1, 7, 255, 257} {
		var b PeakBuilder
		b.Add(sine(48000, 12000, n))
		if b.Frames() != int64(n) || len(b.Buckets(10)) != 10 {
			t.Errorf("%d frames are counted as %d", n, b.Frames())
		}
	}
	failure := fmt.Errorf("broken on purpose")
	if _, err := Analyse(t.Context(), &memory{err: failure}, 48000, 10); !errors.Is(err, failure) {
		t.Errorf("a broken track gives %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Analyse(ctx, &memory{rest: frames}, 48000, 10); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context gives %v", err)
	}
}

func BenchmarkResample(b *testing.B) {
	in := sine(44100, 440, 44100)
	for b.Loop() {
		drain(Resample(&memory{rest: in}, 44100, 48000), 1024)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "×real-time")
}

func TestFadeGains(t *testing.T) {
	for _, test := range []struct{ t, out, in float64 }{
		{-1, 1, 0}, {0, 1, 0}, {math.NaN(), 1, 0}, {0.5, math.Sqrt2 / 2, math.Sqrt2 / 2}, {1, 0, 1}, {2, 0, 1},
	} {
		if out, in := FadeGains(test.t); math.Abs(out-test.out)+math.Abs(in-test.in) > 1e-12 {
			t.Errorf("at %v: %v and %v", test.t, out, in)
		}
	}
	last := 2.0
	for x := 0.0; x <= 1; x += 1.0 / 1024 {
		out, in := FadeGains(x)
		if math.Abs(out*out+in*in-1) > 1e-12 || out >= last {
			t.Errorf("at %v: %v and %v", x, out, in)
		}
		last = out
	}
}
