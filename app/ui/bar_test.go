package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/player"
)

// A position that the player has guessed is marked as such, and no other.
func TestAGuessedPositionIsMarked(t *testing.T) {
	for name, size := range map[string]fyne.Size{"desk": deskSize, "phone": phoneSize} {
		t.Run(name, func(t *testing.T) {
			for guess, want := range map[bool]string{false: `"1:38"`, true: `"≈ 1:38"`} {
				s := listening(t)
				s.Say(func(snap *player.Snapshot, _ *app.Status) { snap.Estimated = guess })
				w := openWindow(t, s, size, 1, "home")
				root := w.shell.root
				if p, ok := w.shell.arranged.(*phone); ok {
					p.mini.Tapped(nil)
					root = p.full.object
				}
				if got := layoutOf(root); !strings.Contains(got, want) {
					t.Errorf("guessed %v: no %s in\n%s", guess, want, got)
				}
			}
		})
	}
}
