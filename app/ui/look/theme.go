package look

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Mode is the person's choice between dark and light.
type Mode string

// The modes. Auto follows the system.
const (
	Auto        Mode = "auto"
	AlwaysDark  Mode = "dark"
	AlwaysLight Mode = "light"
)

// The text scales a person may choose between.
const (
	MinScale = 0.8
	MaxScale = 2.0
)

// Theme is Fyne's theme for Ninth. It is immutable and safe for concurrent
// use; With makes a changed copy.
type Theme struct {
	mode  Mode
	scale float32
	fonts fonts
	sizes map[fyne.ThemeSizeName]float32
	base  fyne.Theme
}

var _ fyne.Theme = (*Theme)(nil)

// New loads the bundled fonts and returns the theme in a mode, with text at a
// scale that is kept within [MinScale, MaxScale].
func New(mode Mode, scale float32) (*Theme, error) {
	f, err := loadFonts()
	if err != nil {
		return nil, fmt.Errorf("look: making the theme: %w", err)
	}
	t := &Theme{fonts: f, base: theme.DefaultTheme()}
	return t.With(mode, scale), nil
}

// With is the same theme in another mode and text scale.
func (t *Theme) With(mode Mode, scale float32) *Theme {
	n := *t
	n.mode, n.scale = mode, min(max(scale, MinScale), MaxScale)
	n.sizes = typeSizes()
	for name, size := range n.sizes {
		n.sizes[name] = size * n.scale
	}
	return &n
}

// Mode is the mode the theme was made with.
func (t *Theme) Mode() Mode { return t.mode }

// Scale is the text scale the theme was made with.
func (t *Theme) Scale() float32 { return t.scale }

// Room is a width that holds text, in dp: it grows with the text, though less.
func (t *Theme) Room(width float32) float32 { return width * max(1, 0.6+0.4*t.scale) }

// Variant is the variant in use when the system asks for v.
func (t *Theme) Variant(v fyne.ThemeVariant) fyne.ThemeVariant {
	switch t.mode {
	case AlwaysDark:
		return theme.VariantDark
	case AlwaysLight:
		return theme.VariantLight
	default:
		return v
	}
}

// Color implements fyne.Theme.
func (t *Theme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	v = t.Variant(v)
	p := Of(v)
	switch name {
	case Ground, theme.ColorNameHeaderBackground:
		return p.Ground
	case Surface, theme.ColorNameOverlayBackground:
		return p.Surface
	case Raised, theme.ColorNameMenuBackground, theme.ColorNameButton, theme.ColorNameInputBackground, theme.ColorNameDisabledButton:
		return p.Raised
	case Text:
		return p.Text
	case Muted:
		return p.Muted
	case Accent, theme.ColorNameHyperlink:
		return p.Accent
	case OnAccent, theme.ColorNameForegroundOnError:
		return p.OnAccent
	case Owned, theme.ColorNameSuccess:
		return p.Owned
	case RingOff:
		return p.RingOff
	case theme.ColorNameScrollBar:
		return Fade(p.RingOff, 0.6)
	case Line, theme.ColorNameInputBorder:
		return p.Line
	case Warning, theme.ColorNameWarning:
		return p.Warning
	case Scrim:
		return p.Scrim
	case theme.ColorNameHover, theme.ColorNamePressed:
		return Fade(p.Text, 0.06)
	case Focus:
		return Fade(p.Accent, 0.7)
	case theme.ColorNameSelection:
		return Fade(p.Accent, 0.3)
	case theme.ColorNameDisabled:
		return Fade(p.Muted, 0.6)
	case theme.ColorNameScrollBarBackground, theme.ColorNameShadow:
		return color.Transparent
	}
	return t.base.Color(name, v)
}

// Font implements fyne.Theme.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource {
	if f := t.fonts.of(style); f != nil {
		return f
	}
	return t.base.Font(style)
}

// Icon implements fyne.Theme.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return t.base.Icon(name) }

// Size implements fyne.Theme.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	if s, ok := t.sizes[name]; ok {
		return s
	}
	switch name {
	case theme.SizeNameText:
		return t.sizes[Body]
	case theme.SizeNameCaptionText:
		return t.sizes[Small]
	case theme.SizeNameSubHeadingText:
		return t.sizes[Section]
	case theme.SizeNameHeadingText:
		return t.sizes[Title]
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return Radius
	case theme.SizeNameScrollBar:
		return 10
	case theme.SizeNameModalBlurRadius:
		return 0
	}
	return t.base.Size(name)
}
