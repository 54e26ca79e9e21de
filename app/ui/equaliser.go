package ui

import (
	"fmt"
	"io"
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/player/dsp"
)

// equaliserReach is how far a slider goes either way, in dB.
const equaliserReach = 12

// Height of a slider's row for a mouse and for a finger, in dp. Ten of a
// finger's usual size would not fit a phone.
const (
	equaliserRow   = 26
	equaliserTouch = 36
)

// equaliser is the sheet with ten sliders. What they say is heard at once, and
// kept when the sheet is closed.
type equaliser struct {
	s       *shell
	now     app.Equaliser
	name    *widgets.Text
	names   [10]*widgets.Text // of the bands
	sliders [10]*widgets.Slider
	gains   [10]*widgets.Text
}

func (s *shell) openEqualiser() {
	v := &equaliser{s: s, now: s.session.Equaliser()}
	v.name = widgets.NewText("", look.Body, look.SemiBold, look.Text)
	for i, hz := range dsp.TenCentres() {
		label := bandName(hz)
		v.names[i] = widgets.NewText(label, look.Small, look.Regular, look.Muted)
		v.gains[i] = widgets.NewText("", look.Small, look.Regular, look.Muted)
		v.gains[i].Align = fyne.TextAlignTrailing
		v.sliders[i] = widgets.NewSlider(label, func(value float64) { v.slide(i, value) })
		v.sliders[i].Knob = true
	}
	v.show()
	var open *sheet
	done := widgets.NewPill(lang.L("Done"), "", true, func() {
		open.close()
		s.try(s.session.SetEqualiser(v.now))
		s.show()
	})
	var presets *widgets.Pill
	presets = widgets.NewPill(lang.L("Presets"), "", false, func() {
		v.offer(fyne.CurrentApp().Driver().AbsolutePositionForObject(presets))
	})
	open = s.openSheet(lang.L("Equaliser"),
		lang.L("Each slider makes its octave louder or quieter. To suit it to your headphones, copy their ParametricEQ.txt or GraphicEQ.txt from AutoEq and paste it here."),
		v.body(), done, presets, widgets.NewPill(lang.L("Paste"), "", false, v.paste))
}

// body lays the name over the sliders: band, slider, gain.
func (v *equaliser) body() fyne.CanvasObject {
	objects := []fyne.CanvasObject{v.name}
	var band, gain float32
	row := float32(equaliserRow)
	if v.s.isPhone {
		row = equaliserTouch
	}
	widest := widgets.NewText(gainText(-equaliserReach), look.Small, look.Regular, look.Muted)
	for i := range v.sliders {
		objects = append(objects, v.names[i], v.sliders[i], v.gains[i])
		band = max(band, v.names[i].Natural().Width)
		row = max(row, v.names[i].MinSize().Height, v.sliders[i].MinSize().Height)
	}
	gain = widest.Natural().Width
	head := v.name.MinSize().Height + 8
	return group(func(size fyne.Size) {
		put(v.name, 0, 0, size.Width, v.name.MinSize().Height)
		for i := range v.sliders {
			y := head + float32(i)*row
			line(v.names[i], 0, y+row/2, band)
			put(v.sliders[i], band+12, y, size.Width-band-gain-24, row)
			line(v.gains[i], size.Width-gain, y+row/2, gain)
		}
	}, func() fyne.Size { return fyne.NewSize(0, head+10*row) }, objects...)
}

// show takes over the setting.
func (v *equaliser) show() {
	v.name.Set(equaliserName(v.now))
	for i, g := range v.now.Sliders {
		v.sliders[i].Set((g + equaliserReach) / (2 * equaliserReach))
		v.gains[i].Set(gainText(g))
	}
}

// slide moves one slider, in steps of half a dB. It ends what a file said.
func (v *equaliser) slide(i int, value float64) {
	v.now.Name, v.now.Imported = "", nil
	v.now.Sliders[i] = math.Round((2*value-1)*equaliserReach*2) / 2
	v.try()
}

func (v *equaliser) try() {
	v.show()
	v.s.session.TryEqualiser(v.now)
}

// offer shows the presets.
func (v *equaliser) offer(at fyne.Position) {
	var items []*fyne.MenuItem
	for _, p := range dsp.Presets() {
		item := fyne.NewMenuItem(presetName(p.Name), func() {
			v.now = app.Equaliser{Sliders: p.Gains}
			v.try()
		})
		item.Checked = v.now.Imported == nil && v.now.Sliders == p.Gains
		items = append(items, item)
	}
	v.s.popUp(items, at)
}

// paste takes a text of AutoEq from the clipboard.
func (v *equaliser) paste() {
	v.load("AutoEq", strings.NewReader(fyne.CurrentApp().Clipboard().Content()))
}

// load takes a setting from a text.
func (v *equaliser) load(name string, text io.Reader) {
	eq, err := dsp.ParseEQ(text)
	if err != nil {
		v.s.toast(lang.L("The clipboard holds no equaliser setting of AutoEq."), true, nil)
		return
	}
	v.now = app.Equaliser{Name: name, Imported: &eq}
	v.try()
}

// equaliserName says in a few words how the sound is coloured.
func equaliserName(e app.Equaliser) string {
	if e.Imported != nil {
		return e.Name
	}
	for _, p := range dsp.Presets() {
		if p.Gains == e.Sliders {
			return presetName(p.Name)
		}
	}
	return lang.L("Your own")
}

// bandName is a frequency as it stands on a slider.
func bandName(hz float64) string {
	if hz >= 1000 {
		return fmt.Sprintf("%g kHz", hz/1000)
	}
	return fmt.Sprintf("%g Hz", hz)
}

func gainText(db float64) string {
	switch {
	case db == 0:
		return "0 dB"
	case db < 0:
		return fmt.Sprintf("−%.1f dB", -db)
	}
	return fmt.Sprintf("+%.1f dB", db)
}

// presetName is a preset's name in the person's language.
func presetName(name string) string {
	switch name {
	case "Flat":
		return lang.L("Flat")
	case "More bass":
		return lang.L("More bass")
	case "Less bass":
		return lang.L("Less bass")
	case "More treble":
		return lang.L("More treble")
	case "Less treble":
		return lang.L("Less treble")
	case "Voice":
		return lang.L("Voice")
	case "Acoustic":
		return lang.L("Acoustic")
	case "Electronic":
		return lang.L("Electronic")
	case "Rock":
		return lang.L("Rock")
	case "Quiet listening":
		return lang.L("Quiet listening")
	case "Small speakers":
		return lang.L("Small speakers")
	}
	return name
}
