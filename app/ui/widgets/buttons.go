package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/assets"
)

// Pill is a button with round ends: filled with the accent for the one main
// action of a screen, raised for the others.
type Pill struct {
	Press
	text *Text
	icon assets.IconName // "" for none
	main bool
}

// pillHeight and the distances within a pill, in dp.
const (
	pillHeight = 40
	pillSide   = 17
	pillIcon   = 18
	pillGap    = 8
)

// NewPill is a pill with a label and, unless "", an icon.
func NewPill(label string, icon assets.IconName, main bool, tapped func()) *Pill {
	p := &Pill{text: NewText(label, look.Body, look.SemiBold, look.Text), icon: icon, main: main}
	p.OnTapped = tapped
	p.SetLabel(label)
	p.extend(p)
	return p
}

// Set changes the label and the icon.
func (p *Pill) Set(label string, icon assets.IconName) {
	p.SetLabel(label)
	p.text.Set(label)
	p.icon = icon
	p.Refresh()
}

// MinSize fits the label.
func (p *Pill) MinSize() fyne.Size {
	n := p.text.Natural()
	w := n.Width + 2*pillSide
	if p.icon != "" {
		w += pillIcon + pillGap
	}
	return fyne.NewSize(w, max(pillHeight, n.Height+16))
}

// CreateRenderer implements fyne.Widget.
func (p *Pill) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	over := canvas.NewRectangle(color.Transparent)
	icon := canvas.NewImageFromResource(nil)
	v := &view{objects: []fyne.CanvasObject{back, over, icon, p.text}}
	v.place = func(size fyne.Size) {
		put(back, 0, 0, size.Width, size.Height)
		put(over, 0, 0, size.Width, size.Height)
		back.CornerRadius, over.CornerRadius = size.Height/2, size.Height/2
		w := p.text.Natural().Width
		x := (size.Width - w) / 2
		if p.icon != "" {
			x = (size.Width - w - pillIcon - pillGap) / 2
			put(icon, x, (size.Height-pillIcon)/2, pillIcon, pillIcon)
			x += pillIcon + pillGap
		}
		put(p.text, max(x, 0), 0, min(w, size.Width), size.Height)
	}
	v.least = p.MinSize
	v.update = func() {
		ink, ground := look.Text, look.Raised
		if p.main {
			ink, ground = look.OnAccent, look.Accent
		}
		if p.disabled {
			ink, ground = look.Muted, look.Raised
		}
		back.FillColor = tint(p, ground)
		over.FillColor = color.Transparent
		if p.hovered && !p.disabled {
			over.FillColor = look.Fade(tint(p, look.Text), 0.10)
		}
		p.outline(over)
		back.Refresh()
		over.Refresh()
		p.text.Paint(ink, look.SemiBold)
		icon.Hidden = p.icon == ""
		if p.icon != "" {
			icon.Resource = look.Icon(p.icon, ink)
			icon.Refresh()
		}
	}
	v.update()
	return v
}

// IconButton is an icon that can be pressed, in a square of 40 dp at least.
type IconButton struct {
	Press
	icon   assets.IconName
	colour fyne.ThemeColorName
	side   float32 // of the icon
	square float32
}

// NewIconButton shows an icon of side dp; label is what it does.
func NewIconButton(icon assets.IconName, side float32, label string, tapped func()) *IconButton {
	b := &IconButton{icon: icon, colour: look.Muted, side: side, square: 40}
	b.OnTapped = tapped
	b.SetLabel(label)
	b.extend(b)
	return b
}

// Set changes the icon and its colour.
func (b *IconButton) Set(icon assets.IconName, colour fyne.ThemeColorName) {
	if b.icon != icon || b.colour != colour {
		b.icon, b.colour = icon, colour
		b.Refresh()
	}
}

// SetSquare changes the least side of the area that can be pressed, in dp.
func (b *IconButton) SetSquare(side float32) *IconButton {
	b.square = side
	return b
}

// MinSize is the square that can be pressed.
func (b *IconButton) MinSize() fyne.Size { return fyne.NewSquareSize(max(b.square, b.side)) }

// CreateRenderer implements fyne.Widget.
func (b *IconButton) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	icon := canvas.NewImageFromResource(look.Icon(b.icon, b.colour))
	v := &view{objects: []fyne.CanvasObject{back, icon}}
	v.place = func(size fyne.Size) {
		side := min(size.Width, size.Height)
		middle(back, size.Width/2, size.Height/2, side, side)
		back.CornerRadius = side / 2
		middle(icon, size.Width/2, size.Height/2, b.side, b.side)
	}
	v.least = b.MinSize
	v.update = func() {
		back.FillColor = color.Transparent
		colour := b.colour
		if b.hovered && !b.disabled {
			back.FillColor = look.Fade(tint(b, look.Text), 0.07)
			if colour == look.Muted {
				colour = look.Text
			}
		}
		b.outline(back)
		back.Refresh()
		icon.Resource = look.Icon(b.icon, colour)
		icon.Translucency = 0
		if b.disabled {
			icon.Translucency = 0.6
		}
		icon.Refresh()
	}
	v.update()
	return v
}

// Chip is one of a few choices in a row.
type Chip struct {
	Press
	text   *Text
	chosen bool
}

// NewChip is a chip that is not chosen.
func NewChip(label string, tapped func()) *Chip {
	c := &Chip{text: NewText(label, look.Body, look.Medium, look.Muted)}
	c.OnTapped = tapped
	c.SetLabel(label)
	c.extend(c)
	return c
}

// Choose marks the chip as the chosen one, or not.
func (c *Chip) Choose(chosen bool) {
	c.chosen = chosen
	c.Refresh()
}

// MinSize fits the label.
func (c *Chip) MinSize() fyne.Size {
	n := c.text.Natural()
	return fyne.NewSize(n.Width+25, max(36, n.Height+14))
}

// CreateRenderer implements fyne.Widget.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	v := &view{objects: []fyne.CanvasObject{back, c.text}}
	c.text.Align = fyne.TextAlignCenter
	v.place = func(size fyne.Size) {
		put(back, 0, 0, size.Width, size.Height)
		back.CornerRadius = size.Height / 2
		put(c.text, 0, 0, size.Width, size.Height)
	}
	v.least = c.MinSize
	v.update = func() {
		back.FillColor = tint(c, look.Surface)
		ink := look.Muted
		switch {
		case c.chosen:
			back.FillColor, ink = tint(c, look.Text), look.Ground
		case c.hovered:
			back.FillColor, ink = tint(c, look.Raised), look.Text
		}
		c.outline(back)
		back.Refresh()
		c.text.Paint(ink, look.Medium)
	}
	v.update()
	return v
}
