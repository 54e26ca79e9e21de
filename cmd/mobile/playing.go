package mobile

import (
	"fmt"
	"math"
	"time"

	"github.com/ninth-coop/ninth/app/control"
	"github.com/ninth-coop/ninth/library"
)

// Play goes on, or begins the queue.
func (n *Ninth) Play() { n.session.Play() }

// Pause keeps the place and falls silent.
func (n *Ninth) Pause() { n.session.Pause() }

// Toggle is Pause while something is meant to be heard, else Play.
func (n *Ninth) Toggle() { n.session.Toggle() }

// Stop ends the music and keeps the queue.
func (n *Ninth) Stop() { n.session.Stop() }

// Next goes to the next entry of the queue.
func (n *Ninth) Next() { n.session.Next() }

// Previous goes to the previous entry, or to the beginning of this one.
func (n *Ninth) Previous() { n.session.Previous() }

// SeekTo moves within the current track; outside it is its nearest end.
func (n *Ninth) SeekTo(ms int64) {
	const longest = math.MaxInt64 / int64(time.Millisecond)
	n.session.Seek(time.Duration(min(max(ms, 0), longest)) * time.Millisecond)
}

// PlayRelease replaces the queue with a release and plays it from its beginning.
func (n *Ninth) PlayRelease(id string) error { return told(n.session.PlayRelease(id, "")) }

// Names of what the player is doing, as StateName gives them.
const (
	Stopped   = "stopped"
	Loading   = "loading"
	Playing   = "playing"
	Paused    = "paused"
	Buffering = "buffering"
	Failed    = "failed"
	NoDevice  = "nodevice"
)

// StateName says what the player is doing.
func (n *Ninth) StateName() string { return n.session.Now().State.String() }

// Active reports whether the person means to hear something: playing, or about
// to as soon as there are bytes.
func (n *Ninth) Active() bool { return n.session.Now().State.Active() }

// Position is how much of the current track has been heard, in ms.
func (n *Ninth) Position() int64 { return n.session.Now().Position.Milliseconds() }

// SetSpeed changes how fast tracks are played, 0.5 to 2; the pitch stays.
func (n *Ninth) SetSpeed(speed float64) { n.session.SetSpeed(speed) }

// Speed is how fast Position moves on while the music plays, as a factor.
func (n *Ninth) Speed() float64 { return control.Speed(n.session.Now()) }

// CanNext reports whether something follows in the queue.
func (n *Ninth) CanNext() bool {
	snap := n.session.Now()
	_, ok := snap.Queue.Next(snap.Entry.ID)
	return ok && snap.Entry.ID != 0
}

// CanPrevious reports whether something comes before in the queue.
func (n *Ninth) CanPrevious() bool {
	snap := n.session.Now()
	_, ok := snap.Queue.Previous(snap.Entry.ID)
	return ok && snap.Entry.ID != 0
}

// Track is the current entry of the queue, at one moment.
type Track struct {
	Entry  int64 // of the queue; 0 when there is none. Two copies of a track differ
	Title  string
	Artist string
	// ReleaseTitle is not called Release, which in Objective-C frees an object.
	ReleaseTitle string
	DurationMs   int64  // 0 when nobody knows
	CoverPath    string // a file, or empty
}

// Now describes the current entry as a whole, so that its parts belong together.
func (n *Ninth) Now() *Track {
	snap := n.session.Now()
	t := control.Describe(n.session, snap)
	d := snap.Duration
	if d == 0 {
		d = t.Duration
	}
	return &Track{
		Entry: int64(snap.Entry.ID), Title: t.Title, Artist: t.Artist, ReleaseTitle: t.Release,
		DurationMs: d.Milliseconds(), CoverPath: t.Cover,
	}
}

// Title of the current entry, or empty.
func (n *Ninth) Title() string { return n.Now().Title }

// Artist of the current entry, or empty.
func (n *Ninth) Artist() string { return n.Now().Artist }

// CoverPath is the file of the current entry's cover. It is empty until there is
// one; OnChange is called when it has come.
func (n *Ninth) CoverPath() string { return n.Now().CoverPath }

// Release is what a list shows of a release.
type Release struct {
	ID        string
	Title     string
	Artist    string
	CoverPath string // a file, or empty
}

// ReleaseList is a window on the catalogue.
type ReleaseList struct {
	items []*Release
	total int
}

// Len is how many releases are in the window.
func (l *ReleaseList) Len() int { return len(l.items) }

// Total is how many releases there are outside and in.
func (l *ReleaseList) Total() int { return l.total }

// Get returns one of the window, from 0; nil where there is none.
func (l *ReleaseList) Get(i int) *Release {
	if i < 0 || i >= len(l.items) {
		return nil
	}
	return l.items[i]
}

// maxWindow bounds a window of releases.
const maxWindow = 500

// Releases lists the catalogue, the newest first: at most limit from offset.
func (n *Ninth) Releases(offset, limit int) (*ReleaseList, error) {
	page, err := n.session.Library().Releases(library.Newest, max(offset, 0), min(max(limit, 0), maxWindow))
	if err != nil {
		return nil, told(fmt.Errorf("mobile: listing releases: %w", err))
	}
	l := &ReleaseList{total: page.Total}
	for _, r := range page.Items {
		item := &Release{ID: r.ID, Title: r.Title, Artist: r.Artist}
		if path, ok := n.session.Cover(r.Cover, listCover); ok {
			item.CoverPath = path
		}
		l.items = append(l.items, item)
	}
	return l, nil
}

// listCover is how large a list shows a cover at most, in pixels.
const listCover = 256
