package ui

import (
	"fyne.io/fyne/v2"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
)

// sliderPitch is the height of a slider's row for a mouse, in dp.
const sliderPitch = 26

// sliderRow is what a slider sets, the slider, and what it is set to.
type sliderRow struct {
	name, value *widgets.Text
	slider      *widgets.Slider
}

// newSliderRow is a row without a value. moved is told where the slider is, from
// 0 to 1, while a person moves it.
func newSliderRow(label string, moved func(share float64)) *sliderRow {
	r := &sliderRow{name: sliderText(label), value: sliderText(""), slider: widgets.NewSlider(label, moved)}
	r.value.Align = fyne.TextAlignTrailing
	r.slider.Knob = true
	return r
}

func sliderText(text string) *widgets.Text {
	return widgets.NewText(text, look.Small, look.Regular, look.Muted)
}

// show moves the slider to a share from 0 to 1 and says what that is.
func (r *sliderRow) show(share float64, value string) {
	r.slider.Set(share)
	r.value.Set(value)
}

// sliderRows are rows one under the other, in columns.
type sliderRows struct {
	rows        []*sliderRow
	left, right float32 // width of the names, and of the values
	gap, pitch  float32 // dp beside a slider, and from row to row
}

// lineUp works out the columns of rows that are at least so high and say at the
// most the widest of these values.
func lineUp(rows []*sliderRow, gap, pitch float32, values ...string) sliderRows {
	l := sliderRows{rows: rows, gap: gap, pitch: pitch}
	for _, r := range rows {
		l.left = max(l.left, r.name.Natural().Width)
		l.pitch = max(l.pitch, r.name.MinSize().Height, r.slider.MinSize().Height)
	}
	for _, v := range values {
		l.right = max(l.right, sliderText(v).Natural().Width)
	}
	return l
}

func (l *sliderRows) objects() (all []fyne.CanvasObject) {
	for _, r := range l.rows {
		all = append(all, r.name, r.slider, r.value)
	}
	return all
}

func (l *sliderRows) height() float32 { return float32(len(l.rows)) * l.pitch }

// put places the rows from top on.
func (l *sliderRows) put(top, width float32) {
	for i, r := range l.rows {
		y := top + float32(i)*l.pitch
		line(r.name, 0, y+l.pitch/2, l.left)
		put(r.slider, l.left+l.gap, y, width-l.left-l.right-2*l.gap, l.pitch)
		line(r.value, width-l.right, y+l.pitch/2, l.right)
	}
}
