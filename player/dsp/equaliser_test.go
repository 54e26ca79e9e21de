package dsp

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gopxl/beep/v2"
	"pgregory.net/rapid"
)

// gainAt measures the gain of a stage at hz, in dB, once it has settled.
func gainAt(process func([][2]float64), rate int, hz float64) float64 {
	frames := sine(rate, hz, 2*rate)
	for i := 0; i < len(frames); i += 480 {
		process(frames[i:min(i+480, len(frames))])
	}
	gain, _ := sinad(frames[rate:], rate, hz)
	return gain
}

// analog is the gain of a band's prototype at the frequency that the bilinear
// transform maps hz to, from the cookbook's H(s): the filters are held to what
// they are made from, not to themselves.
func analog(b Band, rate int, hz float64) float64 {
	w := math.Tan(math.Pi*hz/float64(rate)) / math.Tan(math.Pi*b.Frequency/float64(rate))
	a := math.Pow(10, b.Gain/40)
	s := complex(0, w)
	var num, den complex128
	r := complex(math.Sqrt(a)/b.Q, 0)
	ca := complex(a, 0)
	switch b.Kind {
	case Peaking:
		num, den = s*s+s*complex(a/b.Q, 0)+1, s*s+s/complex(a*b.Q, 0)+1
	case LowShelf:
		num, den = ca*(s*s+r*s+ca), ca*s*s+r*s+1
	case HighShelf:
		num, den = ca*(ca*s*s+r*s+1), s*s+r*s+ca
	}
	q := num / den
	return 20 * math.Log10(math.Hypot(real(q), imag(q)))
}

func TestEqualiserFollowsItsTransferFunction(t *testing.T) {
	for _, rate := range []int{44100, 48000, 96000} {
		for _, b := range []Band{
			{Peaking, 1000, 6, 1}, {Peaking, 60, -12, 0.7}, {Peaking, 9000, 9, 4}, {Peaking, 15000, -7, 1.4},
			{LowShelf, 105, 6.7, 0.7}, {LowShelf, 400, -9, 0.7}, {HighShelf, 6000, 5, 0.7}, {HighShelf, 10000, -8, 0.5},
		} {
			for _, hz := range []float64{50, 105, 900, 1000, 4000, 9500, 15000, 18000} {
				q := NewEqualiser(beep.SampleRate(rate))
				eq := EQ{Preamp: -3, Bands: []Band{b}}
				q.Set(eq)
				got, want := gainAt(q.Process, rate, hz), analog(b, rate, hz)-3
				if math.Abs(got-want) > 1e-3 {
					t.Errorf("%+v at %v Hz of %d: %.4f dB, want %.4f", b, hz, rate, got, want)
				}
				if said := eq.Response(beep.SampleRate(rate), hz); math.Abs(said-want) > 1e-6 {
					t.Errorf("%+v at %v Hz: Response says %.6f dB, want %.6f", b, hz, said, want)
				}
			}
		}
	}
}

func TestEqualiserFlatIsIdentity(t *testing.T) {
	noise := func() [][2]float64 {
		r := rand.New(rand.NewPCG(1, 2))
		out := make([][2]float64, 48000)
		for i := range out {
			out[i] = [2]float64{r.Float64()*2 - 1, r.Float64()*2 - 1}
		}
		return out
	}
	for name, eq := range map[string]EQ{
		"zero":           {},
		"zero sliders":   TenBands([10]float64{}),
		"above Nyquist":  {Bands: []Band{{Peaking, 30000, 12, 1}}},
		"bands at 0 dB":  {Bands: []Band{{Peaking, 100, 0, 1}, {HighShelf, 100, 0, 1}}},
		"without a Q":    {Bands: []Band{{Peaking, 100, 3, 0}}},
		"not a number":   {Bands: []Band{{Peaking, math.NaN(), 3, 1}, {Peaking, 100, math.Inf(1), 1}}},
		"below anything": {Bands: []Band{{LowShelf, -5, 3, 1}}},
	} {
		q := NewEqualiser(48000)
		q.Set(eq)
		got := noise()
		q.Process(got)
		if !slices.Equal(got, noise()) {
			t.Errorf("%s: the frames are not the same", name)
		}
	}
	// And again flat after it was not.
	q := NewEqualiser(48000)
	q.Set(TenBands([10]float64{6, 6, 6, 6, -6, -6, 6, 6, 6, 6}))
	q.Process(noise())
	q.Set(EQ{})
	for range 3 {
		q.Process(noise())
	}
	got := noise()
	q.Process(got)
	if !slices.Equal(got, noise()) {
		t.Error("the frames are not the same after going back to flat")
	}
}

// A slider dragged from end to end while a tone plays: a click would be energy
// far above the tone.
func TestEqualiserGlidesWithoutAClick(t *testing.T) {
	const rate = 48000
	q := NewEqualiser(rate)
	frames := sine(rate, 100, rate)
	for i := 0; i < len(frames); i += 800 {
		var gains [10]float64
		gains[i/800%10] = float64(i/800%5*6 - 12)
		gains[1] = float64(i/800%25) - 12
		q.Set(TenBands(gains))
		q.Process(frames[i:min(i+800, len(frames))])
	}
	// The third difference of a 100 Hz tone of 0.5 is 1e-6; a click of 1 % is 1e-2.
	var worst float64
	for i := 3; i < len(frames); i++ {
		d := frames[i][0] - 3*frames[i-1][0] + 3*frames[i-2][0] - frames[i-3][0]
		worst = max(worst, math.Abs(d))
	}
	t.Logf("largest third difference %.2g", worst)
	if worst > 1e-3 {
		t.Errorf("a click of %.2g", worst)
	}
}

// However it is set, what comes out is finite, and does not depend on how much
// is processed at once.
func TestEqualiserIsStable(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		one, parts := NewEqualiser(44100), NewEqualiser(44100)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		for range rapid.IntRange(1, 4).Draw(rt, "settings") {
			bands := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) Band {
				return Band{
					BandKind(rapid.IntRange(0, 2).Draw(rt, "kind")),
					rapid.Float64Range(1, 25000).Draw(rt, "Hz"),
					rapid.Float64Range(-24, 24).Draw(rt, "dB"),
					rapid.Float64Range(0.05, 30).Draw(rt, "Q"),
				}
			}), 0, 5).Draw(rt, "bands")
			one.Set(EQ{Bands: bands})
			parts.Set(EQ{Bands: bands})
			a := make([][2]float64, rapid.IntRange(0, 4000).Draw(rt, "frames"))
			for i := range a {
				a[i] = [2]float64{r.Float64()*2 - 1, r.Float64()*2 - 1}
			}
			b := slices.Clone(a)
			one.Process(a)
			for rest := b; len(rest) > 0; {
				n := min(len(rest), 1+r.IntN(700))
				parts.Process(rest[:n])
				rest = rest[n:]
			}
			for i := range a {
				if math.IsNaN(a[i][0]) || math.Abs(a[i][0]) > 1e6 {
					rt.Fatalf("frame %d is %v", i, a[i])
				}
				// A section that has rung out may leave a little earlier or later.
				if math.Abs(a[i][0]-b[i][0]) > 1e-6 {
					rt.Fatalf("frame %d is %v at once, %v in parts", i, a[i], b[i])
				}
			}
		}
	})
}

func TestPresets(t *testing.T) {
	names := map[string]bool{}
	for _, p := range Presets() {
		if names[p.Name] {
			t.Errorf("%q is there twice", p.Name)
		}
		names[p.Name] = true
		eq := TenBands(p.Gains)
		for hz := 15.0; hz < 24000; hz *= 1.01 {
			if g := eq.Response(48000, hz); g > 0.1 {
				t.Errorf("%s makes %v Hz louder by %.2f dB", p.Name, hz, g)
			}
		}
	}
	if !TenBands(Presets()[0].Gains).Flat() {
		t.Error("the first preset is not flat")
	}
}

func TestParseEQ(t *testing.T) {
	eq, err := ParseEQ(strings.NewReader("\ufeffPreamp: -6.8 dB\r\n" +
		"Filter 1: ON LSC Fc 105 Hz Gain 6.7 dB Q 0.70\r\n" +
		"Filter 2: ON PK Fc 2163.5 Hz Gain -3.5 dB Q 1.97\n" +
		"# a remark\nFilter 3: OFF PK Fc 1 Hz Gain 1 dB Q 1\nFilter 4: ON None\n" +
		"Filter 5: ON HS Fc 10000 Hz Gain 2 dB\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Band{{LowShelf, 105, 6.7, 0.7}, {Peaking, 2163.5, -3.5, 1.97}, {HighShelf, 10000, 2, math.Sqrt2 / 2}}
	if eq.Preamp != -6.8 || !slices.Equal(eq.Bands, want) {
		t.Errorf("got %+v, want %+v", eq, want)
	}
	for _, text := range []string{
		"", "hello", "Preamp: 3 dB", "GraphicEQ:", "GraphicEQ: 20", "GraphicEQ: 20 1; 10 1", "GraphicEQ: 20 NaN",
		"Filter 1: ON LP Fc 100 Hz", "Filter 1: ON PK Fc 100 Hz Gain 3 dB", "Filter 1: ON PK Fc 0 Hz Gain 3 dB Q 1",
		"Filter 1: ON PK Fc 100 Hz Gain 1e9 dB Q 1", strings.Repeat("Filter: ON PK Fc 100 Hz Gain 3 dB Q 1\n", 65),
		"GraphicEQ: " + strings.Repeat(" ", 1<<20),
	} {
		if eq, err := ParseEQ(strings.NewReader(text)); err == nil {
			t.Errorf("%.40q gives %+v", text, eq)
		}
	}
}

func TestTextsThatBoostGetRoom(t *testing.T) {
	for _, text := range []string{
		"Filter 1: ON PK Fc 1000 Hz Gain 6 dB Q 1\nFilter 2: ON PK Fc 1200 Hz Gain 6 dB Q 1",
		"Preamp: 4 dB\nFilter 1: ON LSC Fc 105 Hz Gain 3 dB Q 0.7",
		"GraphicEQ: 20 3; 1000 9; 20000 -2",
	} {
		eq, err := ParseEQ(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		loudest := -100.0
		for hz := 15.0; hz < 20000; hz *= 1.01 {
			loudest = max(loudest, eq.Response(48000, hz))
		}
		if math.Abs(loudest) > 0.1 {
			t.Errorf("%q: the loudest frequency changes by %.2f dB", text, loudest)
		}
	}
}

func TestParseGraphicEQ(t *testing.T) {
	var text strings.Builder
	curve := func(hz float64) float64 {
		x := math.Log2(hz / 1000)
		return -5 + 3*math.Sin(x) + 2*math.Cos(0.7*x)
	}
	text.WriteString("GraphicEQ: ")
	for i, hz := 0, 20.0; hz < 20000; i, hz = i+1, 20*math.Pow(1.0563, float64(i+1)) {
		if i > 0 {
			text.WriteString("; ")
		}
		text.WriteString(strings.Join([]string{fmtFloat(hz), fmtFloat(curve(hz))}, " "))
	}
	eq, err := ParseEQ(strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	var worst float64
	for hz := 25.0; hz < 16000; hz *= 1.05 {
		worst = max(worst, math.Abs(eq.Response(48000, hz)-curve(hz)))
	}
	t.Logf("within %.2f dB of the curve", worst)
	if worst > 0.5 {
		t.Errorf("%.2f dB off the curve", worst)
	}
}

func FuzzParseEQ(f *testing.F) {
	f.Add("Preamp: -6.8 dB\nFilter 1: ON LSC Fc 105 Hz Gain 6.7 dB Q 0.70\n")
	f.Add("GraphicEQ: 20 -0.5; 21 -0.4; 22000 3")
	f.Fuzz(func(t *testing.T, text string) {
		eq, err := ParseEQ(strings.NewReader(text))
		if err != nil {
			return
		}
		if len(eq.Bands) > maxEQBands {
			t.Fatalf("%d bands", len(eq.Bands))
		}
		q := NewEqualiser(48000)
		q.Set(eq)
		frames := sine(48000, 440, 2000)
		q.Process(frames)
		for _, v := range frames {
			if math.IsNaN(v[0]) || math.IsInf(v[0], 0) {
				t.Fatalf("%+v gives %v", eq, v)
			}
		}
	})
}

func fmtFloat(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }
