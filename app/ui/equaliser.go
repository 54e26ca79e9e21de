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

// equaliserTouch is the height of a slider's row for a finger, in dp. Ten of the
// usual size would not fit a phone.
const equaliserTouch = 36

// equaliser is the sheet with ten sliders. What they say is heard at once, and
// kept when the sheet is closed.
type equaliser struct {
	s     *shell
	now   app.Equaliser
	name  *widgets.Text
	bands [10]*sliderRow
}

func (s *shell) openEqualiser() {
	v := &equaliser{s: s, now: s.session.Equaliser()}
	v.name = widgets.NewText("", look.Body, look.SemiBold, look.Text)
	for i, hz := range dsp.TenCentres() {
		v.bands[i] = newSliderRow(bandName(hz), func(share float64) { v.slide(i, share) })
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
	pitch := float32(sliderPitch)
	if v.s.isPhone {
		pitch = equaliserTouch
	}
	bands := lineUp(v.bands[:], 12, pitch, gainText(-equaliserReach))
	head := v.name.MinSize().Height + 8
	return group(func(size fyne.Size) {
		put(v.name, 0, 0, size.Width, v.name.MinSize().Height)
		bands.put(head, size.Width)
	}, func() fyne.Size { return fyne.NewSize(0, head+bands.height()) }, append([]fyne.CanvasObject{v.name}, bands.objects()...)...)
}

// show takes over the setting.
func (v *equaliser) show() {
	v.name.Set(equaliserName(v.now))
	for i, g := range v.now.Sliders {
		v.bands[i].show((g+equaliserReach)/(2*equaliserReach), gainText(g))
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
