package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/ninth-coop/ninth/app/ui/look"
)

// Press is the part that all pressable widgets share: pointer, keyboard and
// screen reader. It is embedded; the embedding widget's constructor calls extend.
type Press struct {
	widget.BaseWidget
	OnTapped func()                 // nil makes the widget inert
	OnMenu   func(at fyne.Position) // the secondary button or a long press; may be nil
	// OnPointed tells a widget around this one that the pointer is still
	// within it; may be nil.
	OnPointed func(in bool)

	self                       fyne.Widget
	label                      string
	hovered, focused, disabled bool
}

// extend makes self, the embedding widget, the one that is drawn.
func (p *Press) extend(self fyne.Widget) {
	p.self = self
	p.ExtendBaseWidget(self)
}

var (
	_ fyne.Tappable          = (*Press)(nil)
	_ fyne.SecondaryTappable = (*Press)(nil)
	_ fyne.Focusable         = (*Press)(nil)
	_ fyne.Disableable       = (*Press)(nil)
	_ fyne.Accessible        = (*Press)(nil)
	_ desktop.Hoverable      = (*Press)(nil)
	_ desktop.Cursorable     = (*Press)(nil)
)

// SetLabel names the widget to screen readers.
func (p *Press) SetLabel(label string) { p.label = label }

// AccessibilityLabel implements fyne.Accessible.
func (p *Press) AccessibilityLabel() string { return p.label }

// AccessibilityRole implements fyne.Accessible.
func (p *Press) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// Tapped implements fyne.Tappable.
func (p *Press) Tapped(*fyne.PointEvent) {
	if p.OnTapped != nil && !p.disabled {
		p.OnTapped()
	}
}

// TappedSecondary implements fyne.SecondaryTappable.
func (p *Press) TappedSecondary(e *fyne.PointEvent) {
	if p.OnMenu != nil && !p.disabled {
		p.OnMenu(e.AbsolutePosition)
	}
}

// MouseIn implements desktop.Hoverable.
func (p *Press) MouseIn(*desktop.MouseEvent) { p.point(true) }

// MouseMoved implements desktop.Hoverable.
func (p *Press) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (p *Press) MouseOut() { p.point(false) }

func (p *Press) point(in bool) {
	p.hovered = in
	p.Refresh()
	if p.OnPointed != nil {
		p.OnPointed(in)
	}
}

// Cursor implements desktop.Cursorable.
func (p *Press) Cursor() desktop.Cursor {
	if p.OnTapped == nil || p.disabled {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// FocusGained implements fyne.Focusable.
func (p *Press) FocusGained() { p.focused = true; p.Refresh() }

// FocusLost implements fyne.Focusable.
func (p *Press) FocusLost() { p.focused = false; p.Refresh() }

// TypedKey presses the widget on space and return, and leaves every other key
// to the window.
func (p *Press) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		p.Tapped(nil)
	default:
		if c := canvasOf(p.self); c != nil && c.OnTypedKey() != nil {
			c.OnTypedKey()(e)
		}
	}
}

// TypedRune leaves typing to the window.
func (p *Press) TypedRune(r rune) {
	if c := canvasOf(p.self); c != nil && c.OnTypedRune() != nil && r != ' ' {
		c.OnTypedRune()(r)
	}
}

// Enable implements fyne.Disableable.
func (p *Press) Enable() { p.setDisabled(false) }

// Disable implements fyne.Disableable.
func (p *Press) Disable() { p.setDisabled(true) }

// Disabled implements fyne.Disableable.
func (p *Press) Disabled() bool { return p.disabled }

func (p *Press) setDisabled(d bool) {
	if p.disabled != d {
		p.disabled = d
		p.Refresh()
	}
}

// outline shows on r whether the widget has the keyboard.
func (p *Press) outline(r *canvas.Rectangle) {
	r.StrokeWidth, r.StrokeColor = 0, color.Transparent
	if p.focused {
		r.StrokeWidth, r.StrokeColor = 2, tint(p.self, look.Focus)
	}
}

// lift raises the ground of a row under the pointer, and outlines it.
func (p *Press) lift(ground *canvas.Rectangle) {
	ground.FillColor = color.Transparent
	if p.hovered {
		ground.FillColor = tint(p.self, look.Surface)
	}
	p.outline(ground)
	ground.Refresh()
}

func canvasOf(o fyne.CanvasObject) fyne.Canvas {
	return fyne.CurrentApp().Driver().CanvasForObject(o)
}
