// Package widgets is what the screens of Ninth are made of: the ring of nine,
// the waveform, covers, rows, buttons.
//
// A widget only shows plain values and calls back; it knows no session, reads
// no library and starts no request. What they show is set through their methods, on
// Fyne's goroutine. All sizes are dp; all text follows the theme's text scale.
// Widgets that can be pressed take the keyboard and name themselves to screen
// readers (fyne.Accessible).
package widgets

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// view is a renderer made of functions, for widgets that place their objects
// themselves.
type view struct {
	objects []fyne.CanvasObject
	place   func(size fyne.Size) // puts every object in its place
	least   func() fyne.Size     // the least size
	update  func()               // takes over changed values and colours; may be nil
	size    fyne.Size
}

func (v *view) Layout(size fyne.Size) {
	v.size = size
	v.place(size)
}

func (v *view) MinSize() fyne.Size           { return v.least() }
func (v *view) Objects() []fyne.CanvasObject { return v.objects }
func (v *view) Destroy()                     {}

func (v *view) Refresh() {
	if v.update != nil {
		v.update()
	}
	v.place(v.size)
}

// tint is a colour of the theme that governs w.
func tint(w fyne.Widget, name fyne.ThemeColorName) color.Color {
	return theme.ColorForWidget(name, w)
}

// measure is a size of the theme that governs w.
func measure(w fyne.Widget, name fyne.ThemeSizeName) float32 {
	return theme.SizeForWidget(name, w)
}

// put moves and resizes an object.
func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

// floor is the whole dp below: text that begins between two pixels is blurred
// or moved by the painter.
func floor(v float32) float32 { return float32(math.Floor(float64(v))) }

// middle puts an object of size w by h so that its centre is at x, y.
func middle(o fyne.CanvasObject, x, y, w, h float32) {
	put(o, x-w/2, y-h/2, w, h)
}
