package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/ninth-coop/ninth/app/ui/widgets"
)

// The sleep timer is set in the settings of a desk and in the player of a
// phone, and says what is left.
func TestSleepTimer(t *testing.T) {
	for name, size := range map[string]fyne.Size{"desk": deskSize, "phone": phoneSize} {
		t.Run(name, func(t *testing.T) {
			s := listening(t)
			w := openWindow(t, s, size, 1, "settings")
			open := func() {
				if p, ok := w.shell.arranged.(*phone); ok {
					p.full.menu.OnTapped()
					pick(t, w.win.Canvas().Overlays().Top(), "Sleep timer")
				} else {
					tap[*widgets.Pill](t, w.shell.root, "Sleep timer")
				}
			}
			open()
			pick(t, w.win.Canvas().Overlays().Top(), "Pause in 30 minutes")
			if !slices.Contains(s.Calls(), "sleep 30m0s") {
				t.Errorf("asked of the session: %v", s.Calls())
			}
			open()
			menu := w.win.Canvas().Overlays().Top()
			const rest = "Stay awake: it pauses in 30 minutes"
			if text := layoutOfText(menu); !strings.Contains(text, rest) {
				t.Fatalf("the menu says %s", text)
			}
			pick(t, menu, rest)
			if !s.SleepAt().IsZero() {
				t.Error("it is still planned")
			}
		})
	}
}
