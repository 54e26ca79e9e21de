package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Box is objects that are laid out for a width, and are as high as that makes
// them.
type Box struct {
	widget.BaseWidget
	lay     func(width float32, place bool) (height float32)
	objects []fyne.CanvasObject
}

// NewBox is a box of objects. lay works out their places for a width, puts
// them there if place is set, and returns the height of them all.
func NewBox(lay func(width float32, place bool) (height float32), objects ...fyne.CanvasObject) *Box {
	b := &Box{lay: lay, objects: objects}
	b.ExtendBaseWidget(b)
	return b
}

// HeightAt is the height of all objects at a width.
func (b *Box) HeightAt(width float32) float32 { return b.lay(width, false) }

// MinSize is the height at the present width.
func (b *Box) MinSize() fyne.Size {
	return fyne.NewSize(0, b.lay(b.BaseWidget.Size().Width, false))
}

// CreateRenderer implements fyne.Widget.
func (b *Box) CreateRenderer() fyne.WidgetRenderer {
	v := &view{objects: b.objects}
	v.place = func(size fyne.Size) { b.lay(size.Width, true) }
	v.least = b.MinSize
	return v
}

// NewFlow puts objects of their least size side by side, gap dp apart, and
// into further rows where the width ends; centred puts each row in the middle.
func NewFlow(gap float32, centred bool, objects ...fyne.CanvasObject) *Box {
	f := flow{gap, centred, objects}
	return NewBox(f.lay, objects...)
}

type flow struct {
	gap     float32
	centred bool
	objects []fyne.CanvasObject
}

func (f flow) lay(width float32, place bool) float32 {
	y := float32(0)
	for rest := f.objects; len(rest) > 0; {
		n, used, height := f.row(rest, width)
		x := float32(0)
		if f.centred {
			x = max((width-used)/2, 0)
		}
		for _, o := range rest[:n] {
			if m := o.MinSize(); place && o.Visible() {
				put(o, x, y+(height-m.Height)/2, min(m.Width, max(width, 0)), m.Height)
				x += m.Width + f.gap
			}
		}
		rest = rest[n:]
		y += height
		if len(rest) > 0 {
			y += f.gap
		}
	}
	return y
}

// row is how many objects fit into the next row, and how much room it takes.
func (f flow) row(objects []fyne.CanvasObject, width float32) (n int, used, height float32) {
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
