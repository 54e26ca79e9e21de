package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/uitest"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/player/dsp"
)

// The equaliser is heard while it is set, and kept when it is done.
func TestEqualiserIsSet(t *testing.T) {
	for name, size := range map[string]fyne.Size{"desk": deskSize, "phone": phoneSize} {
		t.Run(name, func(t *testing.T) {
			s := uitest.New(t)
			w := openWindow(t, s, size, 1, "settings")
			tap[*widgets.Pill](t, w.win.Content(), "Equaliser")
			sheet := w.win.Canvas().Overlays().Top()
			tap[*widgets.Pill](t, sheet, "Presets")
			pick(t, w.win.Canvas().Overlays().Top(), "Rock")
			if got := s.Equaliser(); got.Sliders[0] != 3.5 {
				t.Errorf("Rock is %+v", got)
			}
			checkNothingCut(t, sheet)
			sliders := all[*widgets.Slider](sheet)
			if len(sliders) != 10 {
				t.Fatalf("%d sliders", len(sliders))
			}
			test.TapAt(sliders[9], fyne.NewPos(sliders[9].Size().Width, 4))
			if got := s.Equaliser().Sliders; got[9] != 12 || got[0] != 3.5 {
				t.Errorf("the sliders stand at %v", got)
			}
			if text := layoutOfText(sheet); !strings.Contains(text, "Your own") || !strings.Contains(text, "+12.0 dB") {
				t.Errorf("the sheet says %s", text)
			}
			if slices.Contains(s.Calls(), "equaliser") {
				t.Error("it is kept while it is being set")
			}
			tap[*widgets.Pill](t, sheet, "Done")
			if !slices.Contains(s.Calls(), "equaliser") || w.win.Canvas().Overlays().Top() != nil {
				t.Errorf("asked of the session: %v", s.Calls())
			}
		})
	}
}

func TestEqualiserIsReadFromAText(t *testing.T) {
	s := uitest.New(t)
	w := openWindow(t, s, deskSize, 1, "settings")
	v := &equaliser{s: w.shell, name: widgets.NewText("", look.Body, look.Regular, look.Text)}
	for i := range v.bands {
		v.bands[i] = newSliderRow("", nil)
	}
	fyne.CurrentApp().Clipboard().SetContent("milk, eggs")
	v.paste()
	if s.Equaliser() != (app.Equaliser{}) {
		t.Errorf("a shopping list is %+v", s.Equaliser())
	}
	fyne.CurrentApp().Clipboard().SetContent("Preamp: -3 dB\nFilter 1: ON PK Fc 100 Hz Gain 3 dB Q 1\n")
	v.paste()
	got := s.Equaliser()
	if got.Imported == nil || got.Imported.Preamp != -3 || equaliserName(got) != "AutoEq" {
		t.Errorf("the text is %+v", got)
	}
	v.slide(0, 1)
	if got := s.Equaliser(); got.Imported != nil || got.Sliders[0] != 12 {
		t.Errorf("after a slider was moved it is %+v", got)
	}
}

func TestEveryPresetHasAName(t *testing.T) {
	openWindow(t, uitest.New(t), deskSize, 1, "")
	words := wordsOf(t, ".")
	for _, p := range dsp.Presets() {
		if _, ok := words[p.Name]; !ok {
			t.Errorf("%q has no words", p.Name)
		}
	}
}
