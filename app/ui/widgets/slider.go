package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/ninth-coop/ninth/app/ui/look"
)

// Slider sets a share from 0 to 1 on a thin line: the volume.
type Slider struct {
	widget.BaseWidget
	OnChanged func(value float64)
	OnSettled func() // a change is over: the slider was let go
	Knob      bool   // shown always, not only to a pointer and the keys

	label            string
	value            float64
	focused, hovered bool
	dragged          bool
}

var (
	_ fyne.Tappable      = (*Slider)(nil)
	_ fyne.Draggable     = (*Slider)(nil)
	_ fyne.Scrollable    = (*Slider)(nil)
	_ fyne.Focusable     = (*Slider)(nil)
	_ fyne.Accessible    = (*Slider)(nil)
	_ desktop.Hoverable  = (*Slider)(nil)
	_ desktop.Cursorable = (*Slider)(nil)
)

const (
	sliderStep = 0.05 // of a key or a notch of the wheel
	lineHeight = 4    // dp
	knobSize   = 12   // dp
)

// NewSlider is a slider at 0; label is what it sets.
func NewSlider(label string, changed func(value float64)) *Slider {
	s := &Slider{OnChanged: changed, label: label}
	s.ExtendBaseWidget(s)
	return s
}

// Set shows a value without calling back.
func (s *Slider) Set(value float64) {
	value = clamp(value)
	if s.value != value {
		s.value = value
		s.Refresh()
	}
}

// MinSize leaves room to point at.
func (s *Slider) MinSize() fyne.Size { return fyne.NewSize(70, 24) }

// Tapped implements fyne.Tappable.
func (s *Slider) Tapped(e *fyne.PointEvent) { s.change(s.at(e.Position.X)) }

// Dragged implements fyne.Draggable.
func (s *Slider) Dragged(e *fyne.DragEvent) {
	s.dragged = true
	s.change(s.at(e.Position.X))
}

// DragEnd implements fyne.Draggable.
func (s *Slider) DragEnd() {
	if s.dragged {
		s.dragged = false
		s.settle()
	}
}

// Scrolled implements fyne.Scrollable.
func (s *Slider) Scrolled(e *fyne.ScrollEvent) {
	if e.Scrolled.DY > 0 {
		s.change(s.value + sliderStep)
	} else {
		s.change(s.value - sliderStep)
	}
}

// FocusGained implements fyne.Focusable.
func (s *Slider) FocusGained() { s.focused = true; s.Refresh() }

// FocusLost implements fyne.Focusable.
func (s *Slider) FocusLost() { s.focused = false; s.Refresh() }

// TypedRune implements fyne.Focusable.
func (s *Slider) TypedRune(rune) {}

// TypedKey changes the value with the arrows.
func (s *Slider) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft, fyne.KeyDown:
		s.change(s.value - sliderStep)
	case fyne.KeyRight, fyne.KeyUp:
		s.change(s.value + sliderStep)
	default:
		if c := canvasOf(s); c != nil && c.OnTypedKey() != nil {
			c.OnTypedKey()(e)
		}
	}
}

// MouseIn implements desktop.Hoverable.
func (s *Slider) MouseIn(*desktop.MouseEvent) { s.hovered = true; s.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (s *Slider) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (s *Slider) MouseOut() { s.hovered = false; s.Refresh() }

// Cursor implements desktop.Cursorable.
func (s *Slider) Cursor() desktop.Cursor { return desktop.PointerCursor }

// AccessibilityLabel implements fyne.Accessible.
func (s *Slider) AccessibilityLabel() string { return s.label }

// AccessibilityRole implements fyne.Accessible.
func (s *Slider) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

func (s *Slider) at(x float32) float64 {
	return clamp(float64(x / max(s.BaseWidget.Size().Width, 1)))
}

func (s *Slider) change(value float64) {
	s.Set(value)
	if s.OnChanged != nil {
		s.OnChanged(s.value)
	}
	if !s.dragged {
		s.settle()
	}
}

func (s *Slider) settle() {
	if s.OnSettled != nil {
		s.OnSettled()
	}
}

// CreateRenderer implements fyne.Widget.
func (s *Slider) CreateRenderer() fyne.WidgetRenderer {
	rest := canvas.NewRectangle(color.Transparent)
	done := canvas.NewRectangle(color.Transparent)
	knob := canvas.NewCircle(color.Transparent)
	rest.CornerRadius, done.CornerRadius = lineHeight/2, lineHeight/2
	v := &view{objects: []fyne.CanvasObject{rest, done, knob}}
	v.place = func(size fyne.Size) {
		top := (size.Height - lineHeight) / 2
		x := size.Width * float32(s.value)
		put(rest, 0, top, size.Width, lineHeight)
		put(done, 0, top, x, lineHeight)
		middle(knob, min(max(x, knobSize/2), size.Width-knobSize/2), size.Height/2, knobSize, knobSize)
	}
	v.least = s.MinSize
	v.update = func() {
		rest.FillColor, done.FillColor, knob.FillColor = tint(s, look.RingOff), tint(s, look.Text), tint(s, look.Text)
		knob.Hidden = !s.Knob && !s.hovered && !s.focused
		done.Hidden = s.value == 0
		rest.Refresh()
		done.Refresh()
		knob.Refresh()
	}
	v.update()
	return v
}

// Meter is a thin line that shows a share from 0 to 1, and nothing more.
type Meter struct {
	widget.BaseWidget
	share float64
}

// NewMeter is a meter at 0.
func NewMeter() *Meter {
	m := &Meter{}
	m.ExtendBaseWidget(m)
	return m
}

// Set shows a share; what is out of range is shown as the nearest end.
func (m *Meter) Set(share float64) {
	if share = clamp(share); m.share != share {
		m.share = share
		m.Refresh()
	}
}

// MinSize is the line's height.
func (m *Meter) MinSize() fyne.Size { return fyne.NewSize(20, lineHeight) }

// CreateRenderer implements fyne.Widget.
func (m *Meter) CreateRenderer() fyne.WidgetRenderer {
	rest := canvas.NewRectangle(color.Transparent)
	done := canvas.NewRectangle(color.Transparent)
	rest.CornerRadius, done.CornerRadius = lineHeight/2, lineHeight/2
	v := &view{objects: []fyne.CanvasObject{rest, done}}
	v.place = func(size fyne.Size) {
		put(rest, 0, 0, size.Width, size.Height)
		put(done, 0, 0, size.Width*float32(m.share), size.Height)
	}
	v.least = m.MinSize
	v.update = func() {
		rest.FillColor, done.FillColor = tint(m, look.RingOff), tint(m, look.Accent)
		done.Hidden = m.share == 0
		rest.Refresh()
		done.Refresh()
	}
	v.update()
	return v
}
