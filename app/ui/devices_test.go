package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/ninth-coop/ninth/app/ui/uitest"
	"github.com/ninth-coop/ninth/app/ui/widgets"
)

// The sound device is chosen in the settings, from those that are there.
func TestChoosingADevice(t *testing.T) {
	for name, size := range map[string]fyne.Size{"desk": deskSize, "phone": phoneSize} {
		t.Run(name, func(t *testing.T) {
			s := uitest.New(t)
			w := openWindow(t, s, size, 1, "settings")
			tap[*widgets.Pill](t, w.win.Content(), "Choose another")
			menu := w.win.Canvas().Overlays().Top()
			if menu == nil {
				t.Fatal("no menu is shown")
			}
			pick(t, menu, "Headphones")
			if !slices.Contains(s.Calls(), "device worn") {
				t.Errorf("asked of the session: %v", s.Calls())
			}
		})
	}
}
