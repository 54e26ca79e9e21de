package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/ninth-coop/ninth/app/ui/uitest"
)

// The sound device is chosen in the settings, from those that are there.
func TestChoosingADevice(t *testing.T) {
	for name, size := range map[string]fyne.Size{"desk": deskSize, "phone": phoneSize} {
		t.Run(name, func(t *testing.T) {
			s := uitest.New(t)
			w := openWindow(t, s, size, 1, "settings")
			press(t, w.win.Content(), "Choose another")
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

// pick taps the line of a menu with a text.
func pick(t *testing.T, menu fyne.CanvasObject, label string) {
	t.Helper()
	var line, found fyne.Tappable
	walk(menu, fyne.Position{}, 0, func(o fyne.CanvasObject, _ fyne.Position, _ int) {
		if l, ok := o.(fyne.Tappable); ok {
			line = l
		}
		if text, ok := o.(*canvas.Text); ok && text.Text == label {
			found = line
		}
	})
	if found == nil {
		t.Fatalf("there is no %q in the menu", label)
	}
	found.Tapped(&fyne.PointEvent{})
}
