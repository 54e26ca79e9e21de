package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/assets"
)

// heading is the name of a screen.
func (s *shell) heading(text string) widgets.Part {
	size, above := look.Display, float32(17)
	if s.isPhone {
		size, above = look.Screen, 10
	}
	t := widgets.NewParagraph(text, size, look.Name, look.Text)
	t.Lines = 2
	return widgets.Part{Object: t, Above: above}
}

// section is the name of a part of a screen.
func section(text string) *widgets.Text {
	return widgets.NewText(text, look.Section, look.Name, look.Text)
}

// wayBack is the row with the buttons of the history, over a screen that was
// reached from another one.
func (s *shell) wayBack() widgets.Part {
	back := widgets.NewIconButton(assets.IconBack, 20, lang.L("Back"), func() { s.step(-1) })
	forward := widgets.NewIconButton(assets.IconForward, 20, lang.L("Forward"), func() { s.step(+1) })
	back.Hidden, forward.Hidden = !s.trail.canGoBack(), !s.trail.canGoForward()
	row := group(func(fyne.Size) {
		middle(back, 10, 30)
		middle(forward, 50, 30)
	}, func() fyne.Size { return fyne.NewSize(60, 56) }, back, forward)
	return widgets.Part{Object: row}
}

// teach is what stands where there is nothing yet: what belongs here, and how
// it gets here.
func teach(text string) *widgets.Text {
	return widgets.NewParagraph(text, look.Body, look.Regular, look.Muted)
}

// flow puts objects of their least size side by side, and into further rows
// where the width ends.
type flow struct {
	*fyne.Container
	gap     float32
	centred bool // rows stand in the middle
	objects []fyne.CanvasObject
}

func newFlow(gap float32, objects ...fyne.CanvasObject) *flow {
	f := &flow{gap: gap, objects: objects}
	f.Container = group(func(size fyne.Size) { f.lay(size.Width, true) }, func() fyne.Size {
		return fyne.NewSize(0, f.lay(f.Container.Size().Width, false))
	}, objects...)
	return f
}

// HeightAt is the height of all rows at a width.
func (f *flow) HeightAt(width float32) float32 { return f.lay(width, false) }

// lay works out the rows, places the objects if asked, and returns the height.
func (f *flow) lay(width float32, place bool) float32 {
	y := float32(0)
	for rest := f.objects; len(rest) > 0; {
		row, used, height := f.row(rest, width)
		x := float32(0)
		if f.centred {
			x = max((width-used)/2, 0)
		}
		for _, o := range rest[:row] {
			if m := o.MinSize(); place && o.Visible() {
				put(o, x, y+(height-m.Height)/2, min(m.Width, max(width, 0)), m.Height)
				x += m.Width + f.gap
			}
		}
		rest = rest[row:]
		y += height
		if len(rest) > 0 {
			y += f.gap
		}
	}
	return y
}

// row is how many objects fit into the next row, and how much room it takes.
func (f *flow) row(objects []fyne.CanvasObject, width float32) (n int, used, height float32) {
	for _, o := range objects {
		if o.Visible() {
			m := o.MinSize()
			next := m.Width
			if used > 0 {
				next += used + f.gap
			}
			if used > 0 && next > width {
				break
			}
			used, height = next, max(height, m.Height)
		}
		n++
	}
	return n, used, height
}
