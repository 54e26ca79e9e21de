package control

import (
	"cmp"
	"path/filepath"
	"strings"
	"time"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/player"
)

// Track is what media controls show of the current entry. The zero Track is
// that of no entry.
type Track struct {
	Title, Artist, Release string
	Number                 int           // place on the release; 0 when unknown
	Duration               time.Duration // as announced; the player may know better
	Cover                  string        // a file; "" means none
}

// coverSize is how large media controls show a cover at most, in pixels.
const coverSize = 512

// Describe gathers what is known of the current entry of a snapshot: from its
// item, or from the library as long as it has none, as after a start.
func Describe(s Session, snap player.Snapshot) Track {
	t := Track{
		Title: snap.Item.Title, Artist: snap.Item.Artist, Release: snap.Item.Release, Duration: snap.Item.Duration,
	}
	if path, ok := strings.CutPrefix(snap.Entry.Key, app.FileKey("")); ok && t.Title == "" {
		t.Title = filepath.Base(path)
	}
	id, ok := strings.CutPrefix(snap.Entry.Key, app.TrackKey(""))
	if !ok {
		return t
	}
	known, err := s.Library().Track(id)
	if err != nil {
		return t // it was deleted meanwhile, say: what the item says must do
	}
	t.Title, t.Artist, t.Release = cmp.Or(t.Title, known.Title), cmp.Or(t.Artist, known.Artist), cmp.Or(t.Release, known.Release)
	t.Number, t.Duration = known.Number, cmp.Or(t.Duration, known.Duration)
	if path, ok := s.Cover(known.Cover, coverSize); ok {
		t.Cover = path
	}
	return t
}

// Speed is how fast the music runs, as a factor of its own time.
func Speed(snap player.Snapshot) float64 {
	if snap.Sound.Speed == 0 {
		return 1
	}
	return snap.Sound.Speed
}

// Belief is where somebody believes the music to be who counts the time for
// themselves, at the speed that they were told, and is told only of jumps, as media controls do everywhere. The
// zero Belief knows nothing. It is used by one goroutine.
type Belief struct {
	entry    player.EntryID
	position time.Duration
	at       time.Time
	running  bool
	speed    float64
}

// beliefSlack is how far off a follower may be before it is told: more than the
// unevenness of snapshots and devices, less than anybody would seek by.
const beliefSlack = 300 * time.Millisecond

// Correct brings the belief up to a snapshot and reports whether followers must
// be told the position. While nothing comes, as in buffering, they are not told
// over and over but once when it goes on.
func (b *Belief) Correct(snap player.Snapshot) (tell bool) {
	switch {
	case b.entry != snap.Entry.ID: // a new track is believed to be at its beginning
		b.entry, b.position = snap.Entry.ID, 0
	case b.running:
		b.position += time.Duration(float64(snap.At.Sub(b.at)) * b.speed)
	}
	b.speed = Speed(snap)
	b.at, b.running = snap.At, snap.State.Active() && snap.State != player.NoDevice
	if snap.State != player.Playing && snap.State != player.Paused {
		return false
	}
	off := snap.Position - b.position
	if off.Abs() <= beliefSlack {
		return false
	}
	b.position = snap.Position
	return true
}
