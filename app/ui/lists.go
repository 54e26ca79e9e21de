package ui

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/credits"
	"github.com/ninth-coop/ninth/library"
)

// The lists that are always there, and the ids of their places. Those that
// the person has made have ids of other letters.
const (
	listRecent   = "recent"
	listMost     = "most"
	listNearly   = "nearly"
	listFollowed = "followed"
	listNever    = "never"
)

// listKind is a list that is always there: what it is called, and what it has.
type listKind struct{ id, title, about string }

// listKinds are the lists that are always there.
func listKinds() []listKind {
	return []listKind{
		{listRecent, lang.L("Recently played"), lang.L("What you heard last, each track once")},
		{listMost, lang.L("Most played"), lang.L("What you heard most often")},
		{listNearly, lang.L("Nearly yours"), lang.L("One or two plays from owning them")},
		{listFollowed, lang.L("New from artists you follow"), lang.L("Their releases, the newest first")},
		{listNever, lang.L("Never played"), lang.L("What you have not heard yet, the latest first")},
	}
}

// kindOfList is a list that is always there, by its id.
func kindOfList(id string) (listKind, bool) {
	kinds := listKinds()
	i := slices.IndexFunc(kinds, func(k listKind) bool { return k.id == id })
	if i < 0 {
		return listKind{}, false
	}
	return kinds[i], true
}

// smartLists is the library's chip of lists: those that are always there, then
// the person's own.
type smartLists struct {
	s       *shell
	own     []library.SmartList
	known   bool
	arrived func()
}

func newSmartLists(s *shell, arrived func()) *smartLists { return &smartLists{s: s, arrived: arrived} }

func (l *smartLists) reload() {
	read(l.s, l.s.lib.SmartLists, func(own []library.SmartList) {
		l.own, l.known = own, true
		l.arrived()
	})
}

func (l *smartLists) count() (int, bool)        { return len(listKinds()) + len(l.own), l.known }
func (l *smartLists) create() fyne.CanvasObject { return widgets.NewTile(l.s.pictures) }
func (l *smartLists) watches() library.Change   { return library.Smart }

func (l *smartLists) words(int) (info, empty string) {
	return lang.L("Lists that keep themselves up to date, by a rule"), ""
}

func (l *smartLists) update(i int, o fyne.CanvasObject) {
	tile, kinds := o.(*widgets.Tile), listKinds()
	if i < len(kinds) {
		tile.Set("", kinds[i].title, kinds[i].about, func() { l.s.visit(place{atList, kinds[i].id}) })
		return
	}
	if i -= len(kinds); i < len(l.own) {
		own := l.own[i]
		tile.Set("", listTitle(own), lang.L("by your own rule"), func() { l.s.visit(place{atList, own.ID}) })
	}
}

// listTitle is what a list of the person's own is called.
func listTitle(l library.SmartList) string {
	if l.Title == "" {
		return lang.L("A list without a name")
	}
	return l.Title
}

// listed is an entry of a list: a track, and what is said of it besides.
type listed struct {
	library.Track
	count int       // of plays; 0 where the list does not go by them
	last  time.Time // zero where the list does not go by it
}

// listPage reads a window of a list of tracks.
func listPage(lib *library.Library, id string, offset, limit int) (library.Page[listed], error) {
	switch id {
	case listRecent:
		return heardPage(lib.RecentlyPlayed(offset, limit))
	case listMost:
		return heardPage(lib.MostPlayed(offset, limit))
	case listNearly:
		return trackPage(lib.NearlyOwned(nearlyPlays, offset, limit))
	case listNever:
		return trackPage(lib.Matching(library.NeverPlayed(), offset, limit))
	}
	own, err := lib.SmartList(id)
	if err != nil {
		return library.Page[listed]{}, err
	}
	return trackPage(lib.Matching(own.Rule, offset, limit))
}

func heardPage(p library.Page[library.Heard], err error) (library.Page[listed], error) {
	out := library.Page[listed]{Total: p.Total}
	for _, h := range p.Items {
		out.Items = append(out.Items, listed{h.Track, h.Count, h.Last})
	}
	return out, err
}

func trackPage(p library.Page[library.Track], err error) (library.Page[listed], error) {
	out := library.Page[listed]{Total: p.Total}
	for _, t := range p.Items {
		out.Items = append(out.Items, listed{Track: t})
	}
	return out, err
}

// note is what a row says of an entry after the artist.
func (e listed) note(list string, now time.Time) string {
	switch list {
	case listRecent, listMost:
		plays := lang.N("{{.N}} plays", e.count, with{"N": e.count})
		if e.last.IsZero() {
			return plays
		}
		return plays + " · " + when(e.last, now)
	case listNearly:
		left := max(credits.PlaysToOwn-e.Plays, 0)
		return lang.N("{{.N}} more to own", left, with{"N": left})
	}
	return e.Release
}
