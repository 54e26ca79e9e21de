// Package look is how Ninth looks: its colours, type, sizes and icons, joined
// in a theme for Fyne.
//
// Widgets ask the theme by the names of this package, so that a container may
// override any of it and a change of theme reaches everything at once. Nothing
// here holds state; a Theme is a value that never changes once it is in use.
package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The colours of Ninth, by what they are for. Those that Fyne's own widgets
// know share Fyne's name.
const (
	Ground   = theme.ColorNameBackground          // behind everything
	Surface  = fyne.ThemeColorName("surface")     // rail, queue, cards
	Raised   = fyne.ThemeColorName("raised")      // player bar, what is chosen, quiet buttons
	Text     = theme.ColorNameForeground          // what is read first
	Muted    = theme.ColorNamePlaceHolder         // what is read second
	Accent   = theme.ColorNamePrimary             // vermilion: playing, paid plays, the one main action
	OnAccent = theme.ColorNameForegroundOnPrimary // text on Accent
	Owned    = fyne.ThemeColorName("owned")       // gold: owned, and nothing else
	RingOff  = fyne.ThemeColorName("ringOff")     // arcs not lit, bars not fetched, empty tracks of meters
	Line     = theme.ColorNameSeparator           // hairlines
	Focus    = theme.ColorNameFocus               // outline of what has the keyboard
	Warning  = theme.ColorNameError               // something went wrong
	Scrim    = fyne.ThemeColorName("scrim")       // laid over the window under a question
)

// Palette is one set of colours.
type Palette struct {
	Ground, Surface, Raised color.NRGBA
	Text, Muted             color.NRGBA
	Accent, OnAccent, Owned color.NRGBA
	RingOff, Line           color.NRGBA
	Warning, Scrim          color.NRGBA
}

// Dark is the palette for dark rooms.
func Dark() Palette {
	return Palette{
		Ground: rgb(0x12110F), Surface: rgb(0x1C1A17), Raised: rgb(0x26231F),
		Text: rgb(0xF4EFE6), Muted: rgb(0xA79F92),
		Accent: rgb(0xFF5A36), OnAccent: rgb(0x12110F), Owned: rgb(0xE8B44C),
		RingOff: rgb(0x423C35), Line: rgb(0x2B2723),
		Warning: rgb(0xFF8A70), Scrim: color.NRGBA{A: 0x99},
	}
}

// Light is the palette for daylight.
func Light() Palette {
	return Palette{
		Ground: rgb(0xFAF6EF), Surface: rgb(0xFFFFFF), Raised: rgb(0xF1EADF),
		Text: rgb(0x1B1916), Muted: rgb(0x6E675D),
		Accent: rgb(0xC93A18), OnAccent: rgb(0xFFFFFF), Owned: rgb(0x8A6210),
		RingOff: rgb(0xDCD2C3), Line: rgb(0xE9E0D2),
		Warning: rgb(0xA8250A), Scrim: color.NRGBA{R: 0x1B, G: 0x19, B: 0x16, A: 0x66},
	}
}

// Of returns the palette for a variant.
func Of(v fyne.ThemeVariant) Palette {
	if v == theme.VariantLight {
		return Light()
	}
	return Dark()
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xFF}
}

// Fade is a colour at a share of its opacity, 0 (gone) to 1 (as it was).
func Fade(c color.Color, share float64) color.NRGBA {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	n.A = uint8(float64(n.A)*min(max(share, 0), 1) + 0.5)
	return n
}

// Mix lies between two opaque colours: share 0 is a, share 1 is b.
func Mix(a, b color.Color, share float64) color.NRGBA {
	x := color.NRGBAModel.Convert(a).(color.NRGBA)
	y := color.NRGBAModel.Convert(b).(color.NRGBA)
	between := func(p, q uint8) uint8 {
		return uint8(float64(p) + (float64(q)-float64(p))*min(max(share, 0), 1) + 0.5)
	}
	return color.NRGBA{R: between(x.R, y.R), G: between(x.G, y.G), B: between(x.B, y.B), A: 0xFF}
}

// DimShare is the opacity of what cannot be reached just now.
const DimShare = 0.42
