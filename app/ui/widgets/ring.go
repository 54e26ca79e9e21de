package widgets

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/assets"
	"github.com/ninth-coop/ninth/credits"
)

// Glyph is what stands inside a ring.
type Glyph int

// The glyphs.
const (
	NoGlyph Glyph = iota
	PlayGlyph
	PauseGlyph
)

// Ring is the ring of nine: one arc lit for each paid play, from the top
// clockwise, closed and gold once the track is owned. It is a square of any
// size from 20 dp up.
type Ring struct {
	widget.BaseWidget
	diameter float32
	plays    int
	owned    bool
	glyph    Glyph
	disc     bool // a filled disc carries the glyph
	pointed  bool
	dim      bool
}

var _ fyne.Accessible = (*Ring)(nil)

// NewRing is a ring of a diameter in dp.
func NewRing(diameter float32) *Ring {
	r := &Ring{diameter: diameter}
	r.ExtendBaseWidget(r)
	return r
}

// NewMark is the ring as the program's mark, six arcs lit.
func NewMark(diameter float32) *Ring {
	r := NewRing(diameter)
	r.plays = 6
	return r
}

// Set changes what the ring says. Plays are kept within 0 and 9.
func (r *Ring) Set(plays int, owned bool) {
	plays = min(max(plays, 0), credits.PlaysToOwn)
	owned = owned || plays == credits.PlaysToOwn
	if r.plays != plays || r.owned != owned {
		r.plays, r.owned = plays, owned
		r.Refresh()
	}
}

// SetGlyph sets what stands inside the ring.
func (r *Ring) SetGlyph(g Glyph) {
	if r.glyph != g {
		r.glyph = g
		r.Refresh()
	}
}

// SetDim shows the ring as out of reach, or not.
func (r *Ring) SetDim(dim bool) {
	if r.dim != dim {
		r.dim = dim
		r.Refresh()
	}
}

// MinSize is the square of the ring's diameter.
func (r *Ring) MinSize() fyne.Size { return fyne.NewSquareSize(r.diameter) }

// AccessibilityLabel says how far the track is.
func (r *Ring) AccessibilityLabel() string {
	if r.owned {
		return lang.L("owned")
	}
	return lang.L("{{.N}} of 9 plays", map[string]any{"N": r.plays})
}

// AccessibilityRole implements fyne.Accessible.
func (r *Ring) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (r *Ring) CreateRenderer() fyne.WidgetRenderer {
	raster := canvas.NewRaster(r.paint)
	play := canvas.NewImageFromResource(nil)
	v := &view{objects: []fyne.CanvasObject{raster, play}}
	v.place = func(size fyne.Size) {
		d := min(size.Width, size.Height)
		middle(raster, size.Width/2, size.Height/2, d, d)
		g := glyphSize(d, r.disc)
		middle(play, size.Width/2, size.Height/2, g, g)
	}
	v.least = r.MinSize
	v.update = func() {
		play.Hidden = r.glyph == NoGlyph
		if !play.Hidden {
			play.Resource = r.icon()
			play.Refresh()
		}
		raster.Refresh()
	}
	v.update()
	return v
}

// glyphSize is the side of the glyph in a ring of diameter d.
func glyphSize(d float32, disc bool) float32 {
	if disc {
		return d * 0.31
	}
	return d * 0.46
}

func (r *Ring) icon() fyne.Resource {
	colour := look.Text
	if r.disc {
		colour = look.Ground
	}
	if r.glyph == PauseGlyph {
		return look.Icon(assets.IconPause, colour)
	}
	return look.Icon(assets.IconPlay, colour)
}

func (r *Ring) paint(w, h int) image.Image {
	p := ringPaint{lit: r.plays, closed: r.owned}
	p.on, p.off, p.whole = r.colour(look.Accent), r.colour(look.RingOff), r.colour(look.Owned)
	if r.disc {
		p.disc = r.colour(look.Text)
		if r.pointed {
			p.disc = look.Fade(p.disc, 0.9)
		}
	}
	if side := r.Size().Width; side > 0 {
		p.scale = float64(w) / float64(side)
	}
	return p.draw(min(w, h))
}

func (r *Ring) colour(name fyne.ThemeColorName) color.NRGBA {
	c := look.Fade(tint(r, name), 1)
	if r.dim {
		c = look.Fade(c, look.DimShare)
	}
	return c
}

// RingButton is a ring that plays and pauses.
type RingButton struct {
	Press
	ring *Ring
}

// NewRingButton is a ring of a diameter in dp with a play or pause glyph in
// it; disc puts the glyph on a filled disc, as in the full-screen player.
func NewRingButton(diameter float32, disc bool, tapped func()) *RingButton {
	b := &RingButton{ring: NewRing(diameter)}
	b.ring.disc, b.ring.glyph = disc, PlayGlyph
	b.OnTapped = tapped
	b.extend(b)
	return b
}

// Set changes what the ring says, and whether it offers to play or to pause.
func (b *RingButton) Set(plays int, owned, playing bool) {
	b.ring.Set(plays, owned)
	b.ring.SetGlyph(rowGlyph(true, TrackView{Playing: playing}))
}

// AccessibilityLabel says what a press does and how far the track is.
func (b *RingButton) AccessibilityLabel() string {
	does := lang.L("Play")
	if b.ring.glyph == PauseGlyph {
		does = lang.L("Pause")
	}
	return does + ", " + b.ring.AccessibilityLabel()
}

// MinSize is the ring.
func (b *RingButton) MinSize() fyne.Size { return b.ring.MinSize() }

// CreateRenderer implements fyne.Widget.
func (b *RingButton) CreateRenderer() fyne.WidgetRenderer {
	focus := canvas.NewCircle(color.Transparent)
	v := &view{objects: []fyne.CanvasObject{focus, b.ring}}
	v.place = func(size fyne.Size) {
		put(b.ring, 0, 0, size.Width, size.Height)
		put(focus, -3, -3, size.Width+6, size.Height+6)
	}
	v.least = b.MinSize
	v.update = func() {
		focus.Hidden = !b.focused
		focus.StrokeWidth, focus.StrokeColor = 2, tint(b, look.Focus)
		focus.Refresh()
		b.ring.pointed = b.hovered
		b.ring.Refresh()
	}
	v.update()
	return v
}
