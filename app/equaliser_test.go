package app

import (
	"math"
	"slices"
	"testing"

	"github.com/ninth-coop/ninth/player/dsp"
	"github.com/ninth-coop/ninth/player/output"
)

// bass is half a second of 100 Hz, interleaved, and its peak at the end.
func bass() []float32 {
	p := make([]float32, 2*24000)
	for i := range p {
		p[i] = float32(0.1 * math.Sin(2*math.Pi*100*float64(i/2)/48000))
	}
	return p
}

func peak(p []float32) float64 { return float64(slices.Max(p[len(p)/2:])) }

func TestTheEqualiserIsHeardAndKept(t *testing.T) {
	home := t.TempDir()
	d := output.Null(output.System{}, output.DefaultRate, nil)
	s := openAt(t, home, d)
	p := bass()
	s.stage.process(p)
	if !slices.Equal(p, bass()) {
		t.Error("a flat equaliser changes samples")
	}
	s.TryEqualiser(Equaliser{Sliders: [10]float64{0, 0, -12}})
	if s.stage.process(p); peak(p) > 0.06 {
		t.Errorf("12 dB less bass leaves a peak of %.3f of 0.1", peak(p))
	}
	shut(t, s, d)

	d = output.Null(output.System{}, output.DefaultRate, nil)
	s = openAt(t, home, d)
	if s.Equaliser() != (Equaliser{}) {
		t.Errorf("what was only tried was kept: %+v", s.Equaliser())
	}
	want := Equaliser{Name: "headphones.txt", Imported: &dsp.EQ{Preamp: -6, Bands: []dsp.Band{{Kind: dsp.LowShelf, Frequency: 105, Gain: -6, Q: 0.7}}}}
	if err := s.SetEqualiser(want); err != nil {
		t.Fatal(err)
	}
	shut(t, s, d)

	d = output.Null(output.System{}, output.DefaultRate, nil)
	s = openAt(t, home, d)
	defer shut(t, s, d)
	got := s.Equaliser()
	if got.Name != want.Name || got.Imported == nil || got.Imported.Preamp != -6 || !slices.Equal(got.Imported.Bands, want.Imported.Bands) {
		t.Errorf("%+v was kept as %+v", want, got)
	}
	p = bass()
	if s.stage.process(p); peak(p) > 0.04 {
		t.Errorf("an imported setting leaves a peak of %.3f of 0.1", peak(p))
	}
}

func TestAnUnreadableEqualiserIsFlat(t *testing.T) {
	home := t.TempDir()
	d := output.Null(output.System{}, output.DefaultRate, nil)
	s := openAt(t, home, d)
	if err := s.library.SetSetting(settingEqualiser, "{"); err != nil {
		t.Fatal(err)
	}
	shut(t, s, d)
	d = output.Null(output.System{}, output.DefaultRate, nil)
	s = openAt(t, home, d)
	defer shut(t, s, d)
	if s.Equaliser() != (Equaliser{}) {
		t.Errorf("%+v", s.Equaliser())
	}
}
