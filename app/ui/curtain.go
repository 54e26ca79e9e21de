package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// curtain lies under what covers a screen and keeps the pointer from what is
// below. A swipe down on it calls down.
type curtain struct {
	widget.BaseWidget
	down   func() // may be nil
	swiped float32
}

var (
	_ fyne.Tappable     = (*curtain)(nil)
	_ fyne.Draggable    = (*curtain)(nil)
	_ fyne.Scrollable   = (*curtain)(nil)
	_ desktop.Hoverable = (*curtain)(nil)
)

func newCurtain() *curtain {
	c := &curtain{}
	c.ExtendBaseWidget(c)
	return c
}

// Tapped implements fyne.Tappable.
func (c *curtain) Tapped(*fyne.PointEvent) {}

// Scrolled implements fyne.Scrollable.
func (c *curtain) Scrolled(*fyne.ScrollEvent) {}

// MouseIn implements desktop.Hoverable.
func (c *curtain) MouseIn(*desktop.MouseEvent) {}

// MouseMoved implements desktop.Hoverable.
func (c *curtain) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (c *curtain) MouseOut() {}

// Dragged implements fyne.Draggable.
func (c *curtain) Dragged(e *fyne.DragEvent) { c.swiped += e.Dragged.DY }

// DragEnd calls down after a swipe down.
func (c *curtain) DragEnd() {
	if c.swiped > 60 && c.down != nil {
		c.down()
	}
	c.swiped = 0
}

// CreateRenderer implements fyne.Widget.
func (c *curtain) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}
