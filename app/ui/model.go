package ui

import (
	"time"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/credits"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
)

// model is what every screen may show at once. It is read and written on
// Fyne's goroutine only.
type model struct {
	snap    player.Snapshot
	queue   app.QueueView
	status  app.Status
	account library.Account
	spent   credits.Milli // this month
	budget  credits.Milli // a month; 0 is none
	track   library.Track // in the player; its ID is "" when there is none
	peaks   []byte        // of that track
}

// playing says whether the track in the player sounds, or is about to.
func (m *model) playing() bool { return m.snap.State.Active() }

// duration is the length of what is in the player: as the player measured it,
// or, before it was opened, as the catalogue says.
func (m *model) duration() time.Duration {
	if m.snap.Duration > 0 {
		return m.snap.Duration
	}
	return m.track.Duration
}

// current says whether a track is the one in the player.
func (m *model) current(trackID string) bool { return trackID != "" && m.track.ID == trackID }

// away says whether a track cannot be reached just now.
func (m *model) away(t library.Track) bool {
	return m.status.CutOff() && t.Offline != library.Cached && t.Offline != library.Pinned
}

// upNext is the entry that follows the current one.
func (m *model) upNext() (library.Track, bool) {
	i := m.queue.Current + 1
	if len(m.queue.Rows) == 0 || i < 0 || i >= len(m.queue.Rows) {
		return library.Track{}, false
	}
	return m.queue.Rows[i].Track, true
}

// settings that the window keeps in the library.
const (
	settingMode   = "ui.theme" // a look.Mode
	settingScale  = "ui.scale" // of text, "0.8" to "2"
	settingBudget = "budget"   // milli-credits a month
	settingQueue  = "ui.queue" // "folded" or ""
)
