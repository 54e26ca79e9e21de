package ui

import (
	"errors"
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

// How much is fetched ahead is chosen in the settings, and is kept.
func TestFetchingAhead(t *testing.T) {
	for name, size := range map[string]fyne.Size{"desk": deskSize, "phone": phoneSize} {
		t.Run(name, func(t *testing.T) {
			s := uitest.New(t)
			w := openWindow(t, s, size, 1, "settings")
			choose(t, w.shell.root, "5 tracks")
			choose(t, w.shell.root, "On any network")
			if got, want := s.Ahead(), (app.Ahead{Tracks: 5, Metered: true}); got != want {
				t.Errorf("chosen: %+v, want %+v", got, want)
			}
			choose(t, w.shell.root, "No tracks")
			choose(t, w.shell.root, "On Wi-Fi and cables")
			if got, want := s.Ahead(), (app.Ahead{}); got != want {
				t.Errorf("chosen: %+v, want %+v", got, want)
			}
		})
	}
}

// After a moment without sound the window says what is waited for.
func TestWaitingIsSaid(t *testing.T) {
	for name, size := range map[string]fyne.Size{"desk": deskSize, "phone": phoneSize} {
		t.Run(name, func(t *testing.T) {
			s := listening(t)
			w := openWindow(t, s, size, 1, "home")
			for _, tt := range []struct {
				waiting time.Duration
				trouble error
				want    string
			}{
				{100 * time.Millisecond, nil, ""},
				{time.Second, nil, "Waiting for the track…"},
				{time.Second, errors.New("the network is away"), "Waiting for the network…"},
				{0, nil, ""},
			} {
				s.Say(func(snap *player.Snapshot, _ *app.Status) {
					snap.State, snap.Waiting, snap.Trouble = player.Buffering, tt.waiting, tt.trouble
				})
				w.shell.heard(s.Now())
				layout := layoutOf(w.shell.root)
				if got := strings.Contains(layout, "Waiting for"); got != (tt.want != "") || !strings.Contains(layout, tt.want) {
					t.Errorf("waiting for %v with %v: %v", tt.waiting, tt.trouble, got)
				}
			}
		})
	}
}

// choose taps a chip.
func choose(t *testing.T, root fyne.CanvasObject, label string) {
	t.Helper()
	var found *widgets.Chip
	walk(root, fyne.Position{}, 0, func(o fyne.CanvasObject, _ fyne.Position, _ int) {
		if c, ok := o.(*widgets.Chip); ok && c.AccessibilityLabel() == label {
			found = c
		}
	})
	if found == nil {
		t.Fatalf("there is no chip %q", label)
	}
	test.Tap(found)
}
