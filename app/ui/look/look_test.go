package look

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"pgregory.net/rapid"

	"github.com/ninth-coop/ninth/assets"
)

func TestContrastKnowsTheStandardsOwnExamples(t *testing.T) {
	if c := Contrast(color.Black, color.White); math.Abs(c-21) > 1e-9 {
		t.Errorf("black on white is %.2f, want 21", c)
	}
	if c := Contrast(rgb(0x777777), color.White); c >= 4.5 || c < 4.4 {
		t.Errorf("#777 on white is %.2f, want just under 4.5", c)
	}
}

func TestEveryTextReachesAAOnEveryGround(t *testing.T) {
	const body, large = BodyContrast, LargeContrast
	test.NewTempApp(t)
	th, err := New(Auto, 1)
	if err != nil {
		t.Fatal(err)
	}
	grounds := []fyne.ThemeColorName{Ground, Surface, Raised}
	pairs := []struct {
		text    fyne.ThemeColorName
		grounds []fyne.ThemeColorName
		least   float64
	}{
		{Text, grounds, body},
		{Muted, grounds, body},
		{Owned, grounds, body},
		{Warning, grounds, body},
		{Accent, []fyne.ThemeColorName{Ground, Surface}, body},
		{Accent, []fyne.ThemeColorName{Raised}, large}, // icons and bars only
		{OnAccent, []fyne.ThemeColorName{Accent}, body},
	}
	for name, v := range map[string]fyne.ThemeVariant{"dark": theme.VariantDark, "light": theme.VariantLight} {
		for _, p := range pairs {
			for _, g := range p.grounds {
				c := Contrast(th.Color(p.text, v), th.Color(g, v))
				if c < p.least {
					t.Errorf("%s: %s on %s is %.2f, want %.1f", name, p.text, g, c, p.least)
				}
			}
		}
	}
}

func TestThemeFollowsTheSystemUnlessTold(t *testing.T) {
	test.NewTempApp(t)
	auto, err := New(Auto, 1)
	if err != nil {
		t.Fatal(err)
	}
	dark := auto.With(AlwaysDark, 1)
	if got := auto.Color(Ground, theme.VariantLight); got != Light().Ground {
		t.Errorf("auto in a light system: %v", got)
	}
	if got := dark.Color(Ground, theme.VariantLight); got != Dark().Ground {
		t.Errorf("dark in a light system: %v", got)
	}
}

func TestScaleStaysWithinItsRange(t *testing.T) {
	test.NewTempApp(t)
	th, err := New(Auto, 9)
	if err != nil {
		t.Fatal(err)
	}
	if got := th.Size(Body); got != 28 {
		t.Errorf("14 dp at the largest scale is %v, want 28", got)
	}
	if got := th.With(Auto, 0.1).Size(Display); got != 32 {
		t.Errorf("40 dp at the least scale is %v, want 32", got)
	}
}

func TestEachWeightHasItsOwnFace(t *testing.T) {
	test.NewTempApp(t)
	th, err := New(Auto, 1)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]Weight{}
	for _, w := range []Weight{Regular, Medium, SemiBold, Name} {
		f := th.Font(w.Style())
		if other, ok := seen[f.Name()]; ok {
			t.Errorf("weights %d and %d share %s", w, other, f.Name())
		}
		seen[f.Name()] = w
	}
}

func TestEveryIconIsThere(t *testing.T) {
	test.NewTempApp(t)
	for _, n := range assets.Icons() {
		if Icon(n, Text) == theme.BrokenImageIcon() {
			t.Errorf("icon %s is missing", n)
		}
	}
}

func TestMixAndFadeStayInRange(t *testing.T) {
	a, b := rgb(0x000000), rgb(0xFFFFFF)
	if Mix(a, b, -1) != a || Mix(a, b, 2) != b || Mix(a, b, 0.5) != rgb(0x808080) {
		t.Error("mix leaves its ends")
	}
	if Fade(b, 7).A != 0xFF || Fade(b, -7).A != 0 {
		t.Error("fade leaves its range")
	}
}

// TestTintedGroundsStayLegible: whatever colour a cover brings, quiet text on
// the ground it tints reaches AA.
func TestTintedGroundsStayLegible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		with := rgb(rapid.Uint32Range(0, 0xFFFFFF).Draw(t, "colour"))
		share := rapid.Float64Range(0, 1).Draw(t, "share")
		for _, p := range []Palette{Dark(), Light()} {
			got := Tinted(p.Ground, with, p.Muted, share)
			if c := Contrast(p.Muted, got); c < BodyContrast {
				t.Fatalf("on %v it is %.2f", got, c)
			}
		}
	})
}
