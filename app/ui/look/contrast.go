package look

import (
	"image/color"
	"math"
)

// The least contrast of text with its ground, by WCAG 2.1 level AA.
const (
	BodyContrast  = 4.5
	LargeContrast = 3.0 // of icons, and of type from 24 dp
)

// Contrast is the contrast of two opaque colours as WCAG 2.1 defines it, from
// 1 (none) to 21 (black on white).
func Contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance is the relative luminance of WCAG 2.1, 0 to 1.
func luminance(c color.Color) float64 {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	lin := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(n.R) + 0.7152*lin(n.G) + 0.0722*lin(n.B)
}

// Tinted is the ground with a share of a colour in it, and with less of it
// where text in the given colour would not reach BodyContrast.
func Tinted(ground, with, text color.NRGBA, share float64) color.NRGBA {
	c := Mix(ground, with, share)
	if Contrast(text, c) >= BodyContrast {
		return c
	}
	low, high := 0.0, share // enough contrast at low, too little at high
	for range 6 {
		mid := (low + high) / 2
		if Contrast(text, Mix(ground, with, mid)) >= BodyContrast {
			low = mid
		} else {
			high = mid
		}
	}
	return Mix(ground, with, low)
}
