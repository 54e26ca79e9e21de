package ui

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/player"
)

// soundSheet is where loudness, fades and speed are set, with a meter of what
// is heard. What is set is heard, and kept, when the slider is let go.
type soundSheet struct {
	s     *shell
	now   player.Sound
	open  *sheet
	chips []*widgets.Chip
	rows  []*soundRow
	meter [2]*widgets.Meter
}

// soundRow is a number of the sound with its slider.
type soundRow struct {
	*sliderRow
	least, most float64
	step        float64
	text        func(float64) string
	get         func(player.Sound) float64
	set         func(*player.Sound, float64)
}

func (s *shell) openSound() {
	v := &soundSheet{s: s, now: s.session.Sound()}
	for i, label := range []string{lang.L("As recorded"), lang.L("By track"), lang.L("By release"), lang.L("Automatic")} {
		v.chips = append(v.chips, widgets.NewChip(label, func() {
			v.now.Loudness = player.Loudness(i)
			v.settle()
		}))
	}
	v.row(lang.L("Preamp"), soundRow{
		least: -player.MaxPreamp, most: player.MaxPreamp, step: 0.5, text: gainText,
		get: func(n player.Sound) float64 { return n.Preamp },
		set: func(n *player.Sound, db float64) { n.Preamp = db },
	})
	v.row(lang.L("Crossfade"), soundRow{
		most: player.MaxCrossfade.Seconds(), step: 0.5, text: secondsText,
		get: func(n player.Sound) float64 { return n.Crossfade.Seconds() },
		set: func(n *player.Sound, seconds float64) { n.Crossfade = durationOf(seconds) },
	})
	v.row(lang.L("Fade on pause"), soundRow{
		most: player.MaxPauseFade.Seconds(), step: 0.1, text: secondsText,
		get: func(n player.Sound) float64 { return n.PauseFade.Seconds() },
		set: func(n *player.Sound, seconds float64) { n.PauseFade = durationOf(seconds) },
	})
	v.row(lang.L("Speed"), soundRow{
		least: player.MinSpeed, most: player.MaxSpeed, step: 0.05, text: speedText,
		get: speedOf,
		set: func(n *player.Sound, speed float64) { n.Speed = speed },
	})
	for i := range v.meter {
		v.meter[i] = widgets.NewMeter()
	}
	v.show()
	done := widgets.NewPill(lang.L("Done"), "", true, func() { v.open.close() })
	v.open = s.openSheet(lang.L("Loudness and fades"),
		lang.L("Tracks can be played equally loud, or releases. Automatic keeps the quiet and the loud of a release that is played in its order. A release is never crossfaded."),
		v.body(), done)
	v.listen()
}

// row adds a slider.
func (v *soundSheet) row(label string, r soundRow) {
	r.sliderRow = newSliderRow(label, func(share float64) {
		r.set(&v.now, math.Round((r.least+share*(r.most-r.least))/r.step)*r.step)
		v.show()
	})
	r.slider.OnSettled = v.settle
	v.rows = append(v.rows, &r)
}

// body lays the chips over the sliders, and these over the meter.
func (v *soundSheet) body() fyne.CanvasObject {
	var chips []fyne.CanvasObject
	for _, c := range v.chips {
		chips = append(chips, c)
	}
	flow := widgets.NewFlow(8, false, chips...)
	pitch := float32(sliderPitch)
	if v.s.isPhone {
		pitch = look.TouchHeight
	}
	var rows []*sliderRow
	var values []string
	for _, r := range v.rows {
		rows = append(rows, r.sliderRow)
		values = append(values, r.text(r.least), r.text(r.most), r.text(r.least+r.step))
	}
	sliders := lineUp(rows, 14, pitch, values...)
	width := v.s.sheetWidth()
	head := flow.HeightAt(width) + 10
	const meters = 26 // of the two lines, with what lies above
	return group(func(size fyne.Size) {
		put(flow, 0, 0, size.Width, head-10)
		sliders.put(head, size.Width)
		y := head + sliders.height() + 14
		for i, m := range v.meter {
			put(m, 0, y+8*float32(i), size.Width, m.MinSize().Height)
		}
	}, func() fyne.Size { return fyne.NewSize(0, head+sliders.height()+meters) },
		append([]fyne.CanvasObject{flow, v.meter[0], v.meter[1]}, sliders.objects()...)...)
}

// show takes over the setting.
func (v *soundSheet) show() {
	for i, c := range v.chips {
		c.Choose(int(v.now.Loudness) == i)
	}
	for _, r := range v.rows {
		n := r.get(v.now)
		r.show((n-r.least)/(r.most-r.least), r.text(n))
	}
}

// settle makes it heard, and keeps it.
func (v *soundSheet) settle() {
	v.show()
	v.s.try(v.s.session.SetSound(v.now))
}

const (
	meterEvery  = 50 * time.Millisecond
	meterBottom = -60.0 // dB of full scale, at the meter's left end
)

// listen moves the meter for as long as the sheet is there.
func (v *soundSheet) listen() {
	if !v.open.pop.Visible() {
		return
	}
	level := v.s.session.Level()
	for i, m := range v.meter {
		m.Set(1 - 20*math.Log10(max(level.Peak[i], 1e-9))/meterBottom)
	}
	v.s.after(meterEvery, v.listen)
}

func durationOf(seconds float64) time.Duration {
	return time.Duration(math.Round(seconds*1000)) * time.Millisecond
}

func secondsText(seconds float64) string {
	return strconv.FormatFloat(math.Round(seconds*10)/10, 'f', -1, 64) + " s"
}

func speedText(speed float64) string { return fmt.Sprintf("%.4g×", math.Round(speed*100)/100) }

// speedOf is the speed as a factor: a Sound may leave it out.
func speedOf(s player.Sound) float64 {
	if s.Speed == 0 {
		return 1
	}
	return s.Speed
}

// speedItems are the usual speeds.
func (s *shell) speedItems() []*fyne.MenuItem {
	var items []*fyne.MenuItem
	now := speedOf(s.session.Sound())
	for _, speed := range []float64{0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2} {
		item := fyne.NewMenuItem(speedText(speed), func() { s.session.SetSpeed(speed) })
		item.Checked = math.Abs(speed-now) < 0.001
		items = append(items, item)
	}
	return items
}

// loopStart is where a loop is going to begin, and in which listen.
type loopStart struct {
	listen uint64
	at     time.Duration
}

// loopItems begin a loop, close it, or end it: whichever comes next.
func (s *shell) loopItems() []*fyne.MenuItem {
	snap := s.m.snap
	here := widgets.Clock(snap.Position)
	switch {
	case snap.Loop != player.Loop{}:
		return []*fyne.MenuItem{fyne.NewMenuItem(lang.L("End the loop"), s.session.ClearLoop)}
	case s.looped.listen != 0 && s.looped.listen == snap.Listen && snap.Position > s.looped.at:
		from := s.looped.at
		return []*fyne.MenuItem{
			fyne.NewMenuItem(lang.L("Loop from {{.From}} to here, {{.To}}", with{"From": widgets.Clock(from), "To": here}), func() {
				s.looped = loopStart{}
				s.session.SetLoop(player.Loop{From: from, To: snap.Position})
			}),
			fyne.NewMenuItem(lang.L("No loop"), func() { s.looped = loopStart{} }),
		}
	case snap.Listen == 0:
		return nil
	}
	return []*fyne.MenuItem{fyne.NewMenuItem(lang.L("Begin a loop here, {{.From}}", with{"From": here}), func() {
		s.looped = loopStart{snap.Listen, snap.Position}
		s.toast(lang.L("The loop begins at {{.From}}. Say in the same menu where it ends.", with{"From": here}), false, nil)
	})}
}
