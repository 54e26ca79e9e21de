package ui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

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
			tap[*widgets.Chip](t, w.shell.root, "5 tracks")
			tap[*widgets.Chip](t, w.shell.root, "On any network")
			if got, want := s.Ahead(), (app.Ahead{Tracks: 5, Metered: true}); got != want {
				t.Errorf("chosen: %+v, want %+v", got, want)
			}
			tap[*widgets.Chip](t, w.shell.root, "No tracks")
			tap[*widgets.Chip](t, w.shell.root, "On Wi-Fi and cables")
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
