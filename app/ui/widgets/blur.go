package widgets

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/draw"

	"github.com/ninth-coop/ninth/app/ui/look"
)

// A backdrop is made small and scaled up by the painter: it has no detail.
const (
	backdropSource = 48  // px, the side of the cover it starts from
	backdropWidth  = 103 // px
	backdropHeight = 140 // px
	backdropAspect = float32(backdropHeight) / backdropWidth
	backdropBlur   = 9    // px, of a box that is run three times
	backdropShare  = 0.52 // of the cover's colours at the top
)

// blurred is the cover out of focus over the ground, fading out downwards and
// nowhere too bright or too dark for text.
func blurred(src image.Image, ground, text, muted color.NRGBA) image.Image {
	w, h := backdropWidth, backdropHeight
	// The cover a little larger than the screen, its middle near that of the
	// sharp cover in front of it.
	side := w * 13 / 10
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Bounds(), image.NewUniform(ground), image.Point{}, draw.Src)
	at := image.Rect((w-side)/2, (h-side)/2-h/40, (w+side)/2, (h+side)/2-h/40)
	draw.BiLinear.Scale(img, at, src, src.Bounds(), draw.Over, nil)
	for range 3 {
		boxBlur(img, backdropBlur, true)
		boxBlur(img, backdropBlur, false)
	}
	for y := range h {
		at := float64(y) / float64(h)
		share, ink := backdropShare*fadeAt(at), look.Mix(muted, text, betweenText(at))
		for x := range w {
			img.SetNRGBA(x, y, look.Tinted(ground, img.NRGBAAt(x, y), ink, share))
		}
	}
	return img
}

// fadeAt is how much of the cover is left at a height of 0 (top) to 1.
func fadeAt(y float64) float64 {
	const from = 0.55
	if y <= from {
		return 1
	}
	return 0.5 + 0.5*math.Cos((y-from)/(1-from)*math.Pi)
}

// betweenText is 0 at the heights where quiet text stands on the backdrop, the
// header above the cover and the names below it, and 1 between them.
func betweenText(y float64) float64 {
	return clamp((y-0.13)/0.09) * clamp((0.80-y)/0.10)
}

// boxBlur is the mean of 2r+1 neighbours in one direction.
func boxBlur(img *image.NRGBA, r int, across bool) {
	b := img.Bounds()
	n, lines := b.Dx(), b.Dy()
	step, next := 4, img.Stride
	if !across {
		n, lines, step, next = lines, n, next, step
	}
	line := make([]int, n)
	for l := range lines {
		for ch := range 3 {
			base := l*next + ch
			for i := range n {
				line[i] = int(img.Pix[base+i*step])
			}
			sum := 0
			for i := -r; i <= r; i++ {
				sum += line[min(max(i, 0), n-1)]
			}
			for i := range n {
				img.Pix[base+i*step] = uint8(sum / (2*r + 1))
				sum += line[min(i+r+1, n-1)] - line[max(i-r, 0)]
			}
		}
	}
}
