package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/assets"
)

// NavItem leads to a place of the program: a line in the rail of a desk, or a
// tab at the foot of a phone.
type NavItem struct {
	Press
	text *Text
	icon assets.IconName
	here bool
	tab  bool
}

// NewRailItem is a line in the rail.
func NewRailItem(label string, icon assets.IconName, tapped func()) *NavItem {
	return newNavItem(NewText(label, look.Body, look.Medium, look.Muted), icon, false, tapped)
}

// NewTab is a tab of a phone.
func NewTab(label string, icon assets.IconName, tapped func()) *NavItem {
	t := NewText(label, look.Small, look.Regular, look.Muted)
	t.Align = fyne.TextAlignCenter
	return newNavItem(t, icon, true, tapped)
}

func newNavItem(text *Text, icon assets.IconName, tab bool, tapped func()) *NavItem {
	n := &NavItem{text: text, icon: icon, tab: tab}
	n.OnTapped = tapped
	n.SetLabel(text.Content())
	n.extend(n)
	return n
}

// Set changes the label.
func (n *NavItem) Set(label string) {
	n.SetLabel(label)
	n.text.Set(label)
}

// Choose says whether the person is in that place now.
func (n *NavItem) Choose(here bool) {
	if n.here != here {
		n.here = here
		n.Refresh()
	}
}

// MinSize is that of a line or a tab.
func (n *NavItem) MinSize() fyne.Size {
	if n.tab {
		return fyne.NewSize(64, max(look.TabsHeight, 42+n.text.Natural().Height+8))
	}
	return fyne.NewSize(n.text.Natural().Width+60, max(40, n.text.Natural().Height+16))
}

// CreateRenderer implements fyne.Widget.
func (n *NavItem) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius = 6
	icon := canvas.NewImageFromResource(nil)
	v := &view{objects: []fyne.CanvasObject{back, icon, n.text}}
	v.place = func(size fyne.Size) {
		if n.tab {
			line := n.text.Natural().Height
			middle(icon, size.Width/2, 26, 20, 20)
			put(n.text, 0, 42, size.Width, line)
			put(back, 4, 4, size.Width-8, size.Height-8)
			return
		}
		put(back, 0, 0, size.Width, size.Height)
		middle(icon, 22, size.Height/2, 20, 20)
		put(n.text, 44, 0, size.Width-52, size.Height)
	}
	v.least = n.MinSize
	v.update = func() {
		ink := look.Muted
		back.FillColor = color.Transparent
		switch {
		case n.here && n.tab:
			ink = look.Accent
		case n.here:
			ink = look.Text
			back.FillColor = tint(n, look.Raised)
		case n.hovered:
			ink = look.Text
		}
		n.outline(back)
		back.Refresh()
		n.text.Paint(ink, n.text.Weight)
		icon.Resource = look.Icon(n.icon, ink)
		icon.Refresh()
	}
	v.update()
	return v
}

// Link is text that leads somewhere: an artist, a release.
type Link struct {
	Press
	text *Text
}

// NewLink is a link that looks like its text until it is pointed at.
func NewLink(text *Text, tapped func()) *Link {
	l := &Link{text: text}
	l.OnTapped = tapped
	l.SetLabel(text.Content())
	l.extend(l)
	return l
}

// Set changes the text.
func (l *Link) Set(content string) {
	l.SetLabel(content)
	l.text.Set(content)
}

// Text is the text of the link.
func (l *Link) Text() *Text { return l.text }

// MinSize is that of the text.
func (l *Link) MinSize() fyne.Size { return l.text.MinSize() }

// CreateRenderer implements fyne.Widget.
func (l *Link) CreateRenderer() fyne.WidgetRenderer {
	line := canvas.NewRectangle(color.Transparent)
	v := &view{objects: []fyne.CanvasObject{l.text, line}}
	v.place = func(size fyne.Size) {
		put(l.text, 0, 0, size.Width, size.Height)
		n, left := l.text.Natural(), float32(0)
		width := min(n.Width, size.Width)
		switch l.text.Align {
		case fyne.TextAlignCenter:
			left = (size.Width - width) / 2
		case fyne.TextAlignTrailing:
			left = size.Width - width
		}
		put(line, left, (size.Height+n.Height)/2-1, width, 1)
	}
	v.least = l.MinSize
	v.update = func() {
		line.FillColor = color.Transparent
		if (l.hovered || l.focused) && l.OnTapped != nil {
			line.FillColor = tint(l, l.text.Colour)
		}
		line.Refresh()
	}
	v.update()
	return v
}
