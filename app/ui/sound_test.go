package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/ui/uitest"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/player"
)

// What is set is heard and kept when a slider is let go, and not before.
func TestLoudnessAndFadesAreSet(t *testing.T) {
	for name, size := range map[string]fyne.Size{"desk": deskSize, "phone": phoneSize} {
		t.Run(name, func(t *testing.T) {
			s := uitest.New(t)
			w := openWindow(t, s, size, 1, "settings")
			tap[*widgets.Pill](t, w.win.Content(), "Loudness and fades")
			sheet := w.win.Canvas().Overlays().Top()
			checkNothingCut(t, sheet)
			sliders := all[*widgets.Slider](sheet)
			if len(sliders) != 4 {
				t.Fatalf("%d sliders", len(sliders))
			}
			crossfade := sliders[1]
			drag := func(share float32) {
				e := &fyne.DragEvent{}
				e.Position = fyne.NewPos(crossfade.Size().Width*share, 4)
				crossfade.Dragged(e)
			}
			drag(0.2)
			drag(0.5)
			if slices.Contains(s.Calls(), "sound") {
				t.Error("it is set while the slider is on its way")
			}
			crossfade.DragEnd()
			tap[*widgets.Chip](t, sheet, "By release")
			test.TapAt(sliders[3], fyne.NewPos(sliders[3].Size().Width, 4))
			want := player.Sound{Loudness: player.LoudnessAlbum, Crossfade: 6 * time.Second, Speed: 2}
			if got := s.Sound(); got != want {
				t.Errorf("%+v, want %+v", got, want)
			}
			if text := layoutOfText(sheet); !strings.Contains(text, "6 s") || !strings.Contains(text, "2×") {
				t.Errorf("the sheet says %s", text)
			}
			tap[*widgets.Pill](t, sheet, "Done")
			if w.win.Canvas().Overlays().Top() != nil {
				t.Error("the sheet is still there")
			}
		})
	}
}

// openPlayerMenu opens the menu of the player of a desk or a phone.
func openPlayerMenu(t *testing.T, w *window) fyne.CanvasObject {
	t.Helper()
	switch a := w.shell.arranged.(type) {
	case *phone:
		a.full.menu.OnTapped()
	case *desk:
		a.bar.menu.OnTapped()
	}
	return w.win.Canvas().Overlays().Top()
}

func TestSpeedAndLoopAreSetInThePlayer(t *testing.T) {
	for name, size := range map[string]fyne.Size{"desk": deskSize, "phone": phoneSize} {
		t.Run(name, func(t *testing.T) {
			s := listening(t)
			w := openWindow(t, s, size, 1, "home")
			move := func(to time.Duration) {
				s.Say(func(snap *player.Snapshot, _ *app.Status) { snap.Position = to })
				w.shell.heard(s.Now())
			}
			pick(t, openPlayerMenu(t, w), "Speed")
			pick(t, w.win.Canvas().Overlays().Top(), "1.25×")
			move(30 * time.Second)
			pick(t, openPlayerMenu(t, w), "Begin a loop here, 0:30")
			move(10 * time.Second)
			if text := layoutOfText(openPlayerMenu(t, w)); !strings.Contains(text, "Begin a loop here, 0:10") {
				t.Errorf("before the loop's beginning the menu says %s", text)
			}
			w.win.Canvas().Overlays().Top().Hide()
			move(42 * time.Second)
			pick(t, openPlayerMenu(t, w), "Loop from 0:30 to here, 0:42")
			move(31 * time.Second)
			pick(t, openPlayerMenu(t, w), "End the loop")
			for _, want := range []string{"speed 1.25", "loop 30s 42s", "no loop"} {
				if !slices.Contains(s.Calls(), want) {
					t.Errorf("%q was not asked of the session: %v", want, s.Calls())
				}
			}
		})
	}
}

func TestSleepAtTheEndOfTheTrack(t *testing.T) {
	s := listening(t)
	w := openWindow(t, s, deskSize, 1, "settings")
	tap[*widgets.Pill](t, w.shell.root, "Sleep timer")
	pick(t, w.win.Canvas().Overlays().Top(), "At the end of this track")
	w.shell.heard(s.Now())
	tap[*widgets.Pill](t, w.shell.root, "Sleep timer")
	if text := layoutOfText(w.win.Canvas().Overlays().Top()); !strings.Contains(text, "it stops after this track") {
		t.Errorf("the menu says %s", text)
	}
	pick(t, w.win.Canvas().Overlays().Top(), "Let the last track end")
	if on, err := s.SleepFinishes(); !on || err != nil {
		t.Errorf("%v, %v", on, err)
	}
}
