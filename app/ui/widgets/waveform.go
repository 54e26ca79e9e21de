package widgets

import (
	"image"
	"image/color"
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/ninth-coop/ninth/app/ui/look"
)

// KeyStep is how far an arrow key moves within a track.
const KeyStep = 5 * time.Second

// Waveform shows how loud a track is along its length, what of it was heard
// and what is on this machine, and seeks where it is tapped or dragged. While
// a track's peaks are not known it shows calm bars.
type Waveform struct {
	widget.BaseWidget
	OnSeek func(to time.Duration)

	pitch              float32 // dp from bar to bar
	peaks              []byte
	position, duration time.Duration
	fetched            float64 // 0…1
	loop               [2]time.Duration
	dragged            bool
	dragTo             time.Duration
	focused            bool
	levels             []float64 // of the bars, for the present width
}

var (
	_ fyne.Tappable      = (*Waveform)(nil)
	_ fyne.Draggable     = (*Waveform)(nil)
	_ fyne.Focusable     = (*Waveform)(nil)
	_ fyne.Accessible    = (*Waveform)(nil)
	_ desktop.Cursorable = (*Waveform)(nil)
)

// barShare is the width of a bar within its pitch.
const barShare = 0.6

// NewWaveform is a waveform whose bars stand pitch dp apart.
func NewWaveform(pitch float32, seek func(to time.Duration)) *Waveform {
	w := &Waveform{pitch: pitch, OnSeek: seek}
	w.ExtendBaseWidget(w)
	return w
}

// SetPeaks gives the waveform, 0…255 for each of any number of equal parts of
// the track; nil while it is not known. The slice is kept and must not change.
func (w *Waveform) SetPeaks(peaks []byte) {
	if !same(w.peaks, peaks) {
		w.peaks = peaks
		w.levels = nil
		w.Refresh()
	}
}

// Set says where the track is: fetched is the share of it on this machine, 0…1.
func (w *Waveform) Set(position, duration time.Duration, fetched float64) {
	before := w.edges()
	w.position, w.duration, w.fetched = position, duration, fetched
	if w.edges() != before {
		w.Refresh()
	}
}

// SetLoop says which stretch is played again and again; what lies outside it is
// shown as if it were not there. Two equal ends are none.
func (w *Waveform) SetLoop(from, to time.Duration) {
	if loop := [2]time.Duration{from, to}; loop != w.loop {
		w.loop = loop
		w.Refresh()
	}
}

// edges is how many bars are played and fetched: while neither changes there
// is nothing to draw.
func (w *Waveform) edges() [2]int {
	n := w.bars()
	return [2]int{int(w.share() * float64(n)), int(w.fetched * float64(n))}
}

// bars is how many bars fit.
func (w *Waveform) bars() int { return int(w.BaseWidget.Size().Width / w.pitch) }

// share is how much of the track was played, 0…1.
func (w *Waveform) share() float64 {
	if w.duration <= 0 {
		return 0
	}
	return clamp(float64(w.Shown()) / float64(w.duration))
}

// Shown is the position that is shown: where the drag is while there is one.
func (w *Waveform) Shown() time.Duration {
	if w.dragged {
		return w.dragTo
	}
	return w.position
}

// MinSize leaves room to point at.
func (w *Waveform) MinSize() fyne.Size { return fyne.NewSize(60, 24) }

// Tapped implements fyne.Tappable.
func (w *Waveform) Tapped(e *fyne.PointEvent) { w.seek(w.at(e.Position.X)) }

// Dragged implements fyne.Draggable.
func (w *Waveform) Dragged(e *fyne.DragEvent) {
	w.dragged, w.dragTo = w.duration > 0, w.at(e.Position.X)
	w.Refresh()
}

// DragEnd implements fyne.Draggable.
func (w *Waveform) DragEnd() {
	if w.dragged {
		w.dragged = false
		w.seek(w.dragTo)
	}
}

// FocusGained implements fyne.Focusable.
func (w *Waveform) FocusGained() { w.focused = true; w.Refresh() }

// FocusLost implements fyne.Focusable.
func (w *Waveform) FocusLost() { w.focused = false; w.Refresh() }

// TypedRune leaves typing to the window.
func (w *Waveform) TypedRune(r rune) {
	if c := canvasOf(w); c != nil && c.OnTypedRune() != nil {
		c.OnTypedRune()(r)
	}
}

// TypedKey seeks with the arrows, home and end.
func (w *Waveform) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft:
		w.seek(w.position - KeyStep)
	case fyne.KeyRight:
		w.seek(w.position + KeyStep)
	case fyne.KeyHome:
		w.seek(0)
	default:
		if c := canvasOf(w); c != nil && c.OnTypedKey() != nil {
			c.OnTypedKey()(e)
		}
	}
}

// Cursor implements desktop.Cursorable.
func (w *Waveform) Cursor() desktop.Cursor { return desktop.PointerCursor }

// AccessibilityLabel implements fyne.Accessible.
func (w *Waveform) AccessibilityLabel() string {
	return lang.L("Position") + " " + Clock(w.position) + " / " + Clock(w.duration)
}

// AccessibilityRole implements fyne.Accessible.
func (w *Waveform) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

func (w *Waveform) at(x float32) time.Duration {
	width := w.BaseWidget.Size().Width
	if width <= 0 {
		return 0
	}
	share := min(max(float64(x/width), 0), 1)
	return time.Duration(share * float64(w.duration))
}

func (w *Waveform) seek(to time.Duration) {
	if w.OnSeek == nil || w.duration <= 0 {
		return
	}
	to = min(max(to, 0), w.duration)
	w.position = to
	w.Refresh()
	w.OnSeek(to)
}

// CreateRenderer implements fyne.Widget.
func (w *Waveform) CreateRenderer() fyne.WidgetRenderer {
	raster := canvas.NewRaster(w.paint)
	frame := canvas.NewRectangle(color.Transparent)
	frame.CornerRadius = 6
	v := &view{objects: []fyne.CanvasObject{frame, raster}}
	v.place = func(size fyne.Size) {
		put(raster, 0, 0, size.Width, size.Height)
		put(frame, -4, -2, size.Width+8, size.Height+4)
	}
	v.least = w.MinSize
	v.update = func() {
		frame.Hidden = !w.focused
		frame.StrokeWidth, frame.StrokeColor = 2, tint(w, look.Focus)
		frame.Refresh()
		raster.Refresh()
	}
	v.update()
	return v
}

func (w *Waveform) paint(px, py int) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, px, py))
	size, n := w.BaseWidget.Size(), w.bars()
	if n < 1 || px < 1 || py < 1 {
		return img
	}
	if len(w.levels) != n {
		w.levels = barLevels(w.peaks, n)
	}
	scale := float64(px) / float64(size.Width)
	played := w.share()
	on, here, off := look.Fade(tint(w, look.Accent), 1), look.Fade(tint(w, look.Muted), 1), look.Fade(tint(w, look.RingOff), 1)
	step := float64(px) / float64(n)
	for i, level := range w.levels {
		c, share := off, (float64(i)+0.5)/float64(n)
		at := time.Duration(share * float64(w.duration))
		outside := w.loop[0] < w.loop[1] && (at < w.loop[0] || at > w.loop[1])
		switch {
		case outside:
		case share <= played:
			c = on
		case share <= w.fetched:
			c = here
		}
		x := math.Round(float64(i)*step*4) / 4
		bar(img, x, step*barShare, max(level*float64(py), 3*scale), c)
	}
	return img
}

// bar draws an upright bar with round ends, centred in the height.
func bar(img *image.NRGBA, x, width, height float64, c color.NRGBA) {
	b := img.Bounds()
	radius := width / 2
	cx, cy := x+radius, float64(b.Dy())/2
	half := max(height/2-radius, 0)
	for py := max(int(cy-height/2)-1, 0); py < min(int(cy+height/2)+2, b.Dy()); py++ {
		for px := max(int(x)-1, 0); px < min(int(x+width)+2, b.Dx()); px++ {
			dx := float64(px) + 0.5 - cx
			dy := max(math.Abs(float64(py)+0.5-cy)-half, 0)
			if cover := clamp(radius - math.Hypot(dx, dy) + 0.5); cover > 0 {
				img.SetNRGBA(px, py, faded(c, cover))
			}
		}
	}
}

// barLevels is the height of n bars, 0…1: the loudest peak under each, or a
// calm pattern when there are none.
func barLevels(peaks []byte, n int) []float64 {
	levels := make([]float64, n)
	for i := range levels {
		if len(peaks) == 0 {
			levels[i] = 0.22 + 0.08*math.Sin(float64(i)*0.45)
			continue
		}
		from := i * len(peaks) / n
		to := max((i+1)*len(peaks)/n, from+1)
		loudest := byte(0)
		for _, p := range peaks[from:min(to, len(peaks))] {
			loudest = max(loudest, p)
		}
		levels[i] = float64(loudest) / 255
	}
	return levels
}

// same says whether two slices are the same memory.
func same(a, b []byte) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}
