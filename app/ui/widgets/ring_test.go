package widgets

import (
	"image/color"
	"math"
	"testing"

	"pgregory.net/rapid"
)

var (
	lit   = color.NRGBA{R: 0xFF, G: 0x5A, B: 0x36, A: 0xFF}
	unlit = color.NRGBA{R: 0x42, G: 0x3C, B: 0x35, A: 0xFF}
	gold  = color.NRGBA{R: 0xE8, G: 0xB4, B: 0x4C, A: 0xFF}
)

// at is the colour of a ring of px pixels at a turn from the top, clockwise,
// in degrees, on the middle of the stroke.
func at(p ringPaint, px int, degrees float64) color.NRGBA {
	img := p.draw(px)
	scale := p.scale
	if scale == 0 {
		scale = 1
	}
	r := float64(px)/2 - ringInset*scale - stroke(float64(px)/scale)*scale/2
	a := degrees * math.Pi / 180
	x, y := float64(px)/2+r*math.Sin(a), float64(px)/2-r*math.Cos(a)
	return img.NRGBAAt(int(x), int(y))
}

func TestRingLightsOneArcPerPlayClockwiseFromTheTop(t *testing.T) {
	for _, px := range []int{20, 24, 26, 40, 46, 64, 104, 240} {
		for plays := 0; plays < arcs; plays++ {
			p := ringPaint{lit: plays, on: lit, off: unlit, whole: gold}
			for arc := range arcs {
				want := unlit
				if arc < plays {
					want = lit
				}
				if got := at(p, px, (float64(arc)+0.5)*arcDegrees); got != want {
					t.Errorf("%d px, %d plays, arc %d: %v, want %v", px, plays, arc, got, want)
				}
			}
		}
	}
}

func TestRingHasNineClearGaps(t *testing.T) {
	for _, px := range []int{40, 64, 104, 240} {
		p := ringPaint{lit: 4, on: lit, off: unlit, whole: gold}
		for g := range arcs {
			if a := at(p, px, float64(g)*arcDegrees).A; a > 0x40 {
				t.Errorf("%d px: gap %d has an opacity of %d", px, g, a)
			}
		}
	}
}

func TestOwnedRingIsClosedAndGold(t *testing.T) {
	for _, px := range []int{20, 24, 104} {
		p := ringPaint{lit: 9, closed: true, on: lit, off: unlit, whole: gold}
		for degrees := 0.0; degrees < 360; degrees += 5 {
			got := at(p, px, degrees)
			if got.A < 0x80 || got.R != gold.R || got.G != gold.G {
				t.Fatalf("%d px at %.0f°: %v, want gold", px, degrees, got)
			}
		}
	}
}

func TestRingIsDrawnAlikeAtEveryScale(t *testing.T) {
	p := ringPaint{lit: 4, on: lit, off: unlit, whole: gold, scale: 2}
	if got := at(p, 80, 20); got != lit {
		t.Errorf("the first arc of a 40 dp ring at twice the pixels is %v", got)
	}
}

// TestRingNeverLeavesItsSquare: whatever the size, no panic, and the corners
// and the middle stay clear.
func TestRingNeverLeavesItsSquare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		px := rapid.IntRange(1, 260).Draw(t, "px")
		p := ringPaint{
			lit: rapid.IntRange(-3, 20).Draw(t, "lit"), closed: rapid.Bool().Draw(t, "closed"),
			on: lit, off: unlit, whole: gold, scale: rapid.Float64Range(0.5, 4).Draw(t, "scale"),
		}
		img := p.draw(px)
		if px < 20 {
			return
		}
		if img.NRGBAAt(0, 0).A != 0 || img.NRGBAAt(px-1, px-1).A != 0 {
			t.Fatal("a corner is painted")
		}
		if float64(px)/p.scale >= 20 && img.NRGBAAt(px/2, px/2).A != 0 {
			t.Fatal("the middle is painted")
		}
	})
}

func TestRingSaysHowFarATrackIs(t *testing.T) {
	start(t)
	r := NewRing(24)
	r.Set(4, false)
	if got := r.AccessibilityLabel(); got != "4 of 9 plays" {
		t.Errorf("four plays: %q", got)
	}
	r.Set(99, false)
	if !r.owned || r.AccessibilityLabel() != "owned" {
		t.Errorf("with the ninth it is owned: %q", r.AccessibilityLabel())
	}
	r.Set(-1, false)
	if r.plays != 0 {
		t.Errorf("less than none: %d", r.plays)
	}
	b := NewRingButton(46, false, nil)
	b.Set(4, false, true)
	if got := b.AccessibilityLabel(); got != "Pause, 4 of 9 plays" {
		t.Errorf("the button says %q", got)
	}
}
