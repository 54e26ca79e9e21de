package ui

import (
	"cmp"
	"math"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
)

// kind is a kind of place.
type kind string

// The places a person can be in. The first four are in the rail and the tabs.
const (
	atHome     kind = "home"
	atSearch   kind = "search"
	atLibrary  kind = "library"
	atStudio   kind = "studio"
	atSettings kind = "settings"
	atYou      kind = "you" // a phone's last tab: account, settings, studio
	atRelease  kind = "release"
	atArtist   kind = "artist"
	atPlaylist kind = "playlist"
	atReleases kind = "releases" // all of them
	atStorage  kind = "storage"  // what is on this machine, and why
	atTag      kind = "tag"      // all releases with it
	atList     kind = "list"     // by a rule
	atRule     kind = "rule"     // of a list, to be changed; of a new one without an id
)

// marked is the kind that rail and tabs mark at k: for what is reached from
// anywhere the one that was marked before, if any was.
func (k kind) marked(before kind) kind {
	switch k {
	case atPlaylist, atList, atRule:
		return atLibrary
	case atReleases:
		return cmp.Or(before, atHome)
	case atStorage:
		return cmp.Or(before, atSettings)
	case atRelease, atArtist, atTag:
		return cmp.Or(before, atLibrary)
	default:
		return k
	}
}

// place is where the person is: a kind, and of what. For the library and
// the releases id is the chip that is chosen, for the search the words.
type place struct {
	kind kind
	id   string
}

// visit is a place in the history, and how far it was scrolled.
type visit struct {
	place
	offset float32
}

// trail is the history of places: back and forward, as in a browser.
type trail struct {
	visits []visit
	at     int
}

// longestTrail bounds the history; the oldest visits are forgotten first.
const longestTrail = 100

// here is the present visit; nil before the first.
func (t *trail) here() *visit {
	if len(t.visits) == 0 {
		return nil
	}
	return &t.visits[t.at]
}

// goTo adds a place after the present one and forgets what lay forward.
func (t *trail) goTo(p place) {
	if h := t.here(); h != nil {
		if h.place == p {
			return
		}
		t.visits = t.visits[:t.at+1]
	}
	t.visits = append(t.visits, visit{place: p})
	if over := len(t.visits) - longestTrail; over > 0 {
		t.visits = slices.Delete(t.visits, 0, over)
	}
	t.at = len(t.visits) - 1
}

func (t *trail) canGoBack() bool    { return t.at > 0 }
func (t *trail) canGoForward() bool { return t.at < len(t.visits)-1 }

// step moves back (-1) or forward (+1) and says whether it could.
func (t *trail) step(by int) bool {
	if t.at+by < 0 || t.at+by >= len(t.visits) {
		return false
	}
	t.at += by
	return true
}

// screen is what is shown of a place. A screen is made anew when the
// arrangement changes, so it keeps nothing that cannot be read again.
type screen interface {
	// body is the column that is put into the window.
	body() *widgets.Column
	// load reads what the screen shows, away from Fyne's goroutine, and shows
	// it; what was shown before stays until then.
	load()
	// watches is the parts of the library that load reads.
	watches() library.Change
	// sounded shows a change of the track in the player, or of its state.
	sounded()
}

// free is a layout made of functions.
type free struct {
	place func(size fyne.Size)
	least func() fyne.Size
}

func (f free) Layout(_ []fyne.CanvasObject, size fyne.Size) { f.place(size) }

func (f free) MinSize([]fyne.CanvasObject) fyne.Size {
	if f.least == nil {
		return fyne.NewSize(0, 0)
	}
	return f.least()
}

func group(place func(size fyne.Size), least func() fyne.Size, objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: free{place, least}, Objects: objects}
}

func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

// middle centres an object of its least size, or of w by h, at x, y.
func middle(o fyne.CanvasObject, x, y float32) {
	m := o.MinSize()
	put(o, x-m.Width/2, y-m.Height/2, m.Width, m.Height)
}

// floor is the whole dp below: text that begins between two pixels is blurred
// or moved by the painter.
func floor(v float32) float32 { return float32(math.Floor(float64(v))) }

// line puts a text of one line so that its middle is at y.
func line(t fyne.CanvasObject, x, y, width float32) {
	h := t.MinSize().Height
	put(t, x, floor(y-h/2), max(width, 0), h)
}
