package widgets

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"

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
// clockwise, closed and gold once the track is owned. With a glyph it is also
// the button that plays. It is a square of any size from 20 dp up.
type Ring struct {
	Press
	Disc bool // a filled disc carries the glyph, as in the full-screen player

	diameter float32
	plays    int
	owned    bool
	glyph    Glyph
	dim      bool
	mark     bool // the program's own mark: all colours as on its icon
}

// NewRing is a ring of a diameter in dp.
func NewRing(diameter float32) *Ring {
	r := &Ring{diameter: diameter}
	r.extend(r)
	return r
}

// NewMark is the ring as the program's mark, six arcs lit.
func NewMark(diameter float32) *Ring {
	r := NewRing(diameter)
	r.plays, r.mark = 6, true
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

// AccessibilityLabel says what the button does and how far the track is.
func (r *Ring) AccessibilityLabel() string {
	state := lang.L("{{.N}} of 9 plays", map[string]any{"N": r.plays})
	if r.owned {
		state = lang.L("owned")
	}
	switch r.glyph {
	case PlayGlyph:
		return lang.L("Play") + ", " + state
	case PauseGlyph:
		return lang.L("Pause") + ", " + state
	default:
		return state
	}
}

// CreateRenderer implements fyne.Widget.
func (r *Ring) CreateRenderer() fyne.WidgetRenderer {
	focus := canvas.NewCircle(color.Transparent)
	raster := canvas.NewRaster(r.paint)
	play := canvas.NewImageFromResource(nil)
	v := &view{objects: []fyne.CanvasObject{focus, raster, play}}
	v.place = func(size fyne.Size) {
		d := min(size.Width, size.Height)
		middle(raster, size.Width/2, size.Height/2, d, d)
		middle(focus, size.Width/2, size.Height/2, d+6, d+6)
		g := glyphSize(d, r.Disc)
		middle(play, size.Width/2, size.Height/2, g, g)
	}
	v.least = r.MinSize
	v.update = func() {
		focus.Hidden = !r.focused
		focus.StrokeWidth, focus.StrokeColor = 2, tint(r, look.Focus)
		focus.Refresh()
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
	if r.Disc {
		colour = look.Ground
	}
	if r.glyph == PauseGlyph {
		return look.Icon(assets.IconPause, colour)
	}
	return look.Icon(assets.IconPlay, colour)
}

func (r *Ring) paint(w, h int) image.Image {
	p := ringPaint{lit: r.plays, closed: r.owned && !r.mark}
	p.on, p.off, p.whole = r.colour(look.Accent), r.colour(look.RingOff), r.colour(look.Owned)
	if r.Disc {
		p.disc = r.colour(look.Text)
		if r.hovered {
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
