package widgets

import (
	"image"
	"image/color"
	"math"
)

// The geometry of the ring of nine, read from its drawing: the stroke is a
// tenth of the diameter within bounds, and small rings get wider gaps so that
// nine arcs stay nine arcs at 20 dp.
const (
	arcs        = 9
	arcDegrees  = 360.0 / arcs
	strokeShare = 0.10
	thinStroke  = 2.5 // dp
	thickStroke = 7.0 // dp
	ringInset   = 0.5 // dp between the ring and its square
	narrowGap   = 7.0 // degrees, of large rings
	wideGap     = 15.0
	gapPerDP    = 0.14 // degrees that a dp of diameter takes off the wide gap
)

// stroke is the width of the arcs, and gap the degrees between two of them,
// for a ring of a diameter in dp.
func stroke(diameter float64) float64 {
	return min(max(diameter*strokeShare, thinStroke), thickStroke)
}

func gap(diameter float64) float64 {
	return max(narrowGap, wideGap-gapPerDP*diameter)
}

// ringPaint is a ring of nine as it is to be drawn.
type ringPaint struct {
	lit            int  // arcs that are lit, from the top clockwise
	closed         bool // owned: one whole circle
	on, off, whole color.NRGBA
	disc           color.NRGBA // fills the middle when its alpha is not 0
	scale          float64     // pixels per dp
}

// draw paints the ring into a square of pixels. Edges are smoothed by the
// distance of each pixel's centre from them.
func (p ringPaint) draw(px int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, px, px))
	scale := p.scale
	if scale <= 0 {
		scale = 1
	}
	diameter := float64(px) / scale
	width := stroke(diameter) * scale
	outer := float64(px)/2 - ringInset*scale
	mid := outer - width/2
	discRadius := outer - width - 5.5*scale
	halfGap := gap(diameter) / 2 * math.Pi / 180
	c := float64(px) / 2
	for y := range px {
		for x := range px {
			dx, dy := float64(x)+0.5-c, float64(y)+0.5-c
			r := math.Hypot(dx, dy)
			if p.disc.A > 0 {
				if cover := clamp(discRadius - r + 0.5); cover > 0 {
					img.SetNRGBA(x, y, faded(p.disc, cover))
					continue
				}
			}
			cover := clamp(width/2 - math.Abs(r-mid) + 0.5)
			if cover == 0 {
				continue
			}
			if p.closed {
				img.SetNRGBA(x, y, faded(p.whole, cover))
				continue
			}
			turn := math.Atan2(dx, -dy) // from the top, clockwise
			if turn < 0 {
				turn += 2 * math.Pi
			}
			at := turn / (2 * math.Pi) * arcs
			i := min(int(at), arcs-1)
			within := (at - float64(i)) * 2 * math.Pi / arcs // radians into the arc
			edge := min(within, 2*math.Pi/arcs-within) - halfGap
			cover *= clamp(r*math.Sin(edge) + 0.5)
			colour := p.off
			if i < p.lit {
				colour = p.on
			}
			img.SetNRGBA(x, y, faded(colour, cover))
		}
	}
	return img
}

func clamp(v float64) float64 { return min(max(v, 0), 1) }

func faded(c color.NRGBA, share float64) color.NRGBA {
	c.A = uint8(float64(c.A)*share + 0.5)
	return c
}
