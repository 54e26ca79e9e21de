package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/assets"
	"github.com/ninth-coop/ninth/library"
)

// The chips of the library, and the ids of its places.
const (
	chipCollection = ""
	chipFavourites = "favourites"
	chipPlaylists  = "playlists"
	chipHistory    = "history"
	chipLocal      = "local"
	chipLists      = "lists"
)

// libraryScreen is what is the person's own: collection, favourites,
// playlists, lists by rules, local music, history.
type libraryScreen struct {
	s      *shell
	chip   string
	column *widgets.Column
	rows   *widgets.Rows
	info   *widgets.Text
	size   *widgets.Link // leads to what takes it
	empty  *widgets.Text
	list   list
	disk   int64
}

// list is one chip's entries, whatever they are.
type list interface {
	reload()
	count() (n int, known bool)
	create() fyne.CanvasObject
	update(i int, row fyne.CanvasObject)
	words(n int) (info, empty string)
	watches() library.Change
}

func newLibraryScreen(s *shell, chip string) *libraryScreen {
	l := &libraryScreen{s: s, chip: chip}
	switch chip {
	case chipFavourites:
		l.list = newTrackList(s, s.lib.Favourites, l.arrived, favouriteWords)
	case chipPlaylists:
		l.list = newPlaylistList(s, l.arrived)
	case chipHistory:
		l.list = newHistoryList(s, l.arrived)
	case chipLists:
		l.list = newSmartLists(s, l.arrived)
	case chipLocal:
		l.list = newTrackList(s, s.lib.LocalTracks, l.arrived, localWords)
	default:
		l.list = newTrackList(s, s.lib.Collection, l.arrived, collectionWords)
	}
	l.info = widgets.NewParagraph("", look.Body, look.Regular, look.Muted)
	size := widgets.NewText("", look.Body, look.Regular, look.Muted)
	size.Align = fyne.TextAlignTrailing
	l.size = widgets.NewLink(size, func() { s.visit(place{kind: atStorage}) })
	l.size.Hide()
	l.empty = teach("")
	l.empty.Hide()
	sample := l.list.create()
	l.rows = &widgets.Rows{Height: max(sample.MinSize().Height, look.TouchHeight), Create: l.list.create, Update: l.list.update}
	info := widgets.NewBox(l.layInfo, l.info, l.size)
	parts := []widgets.Part{
		s.heading(lang.L("Library")), {Object: l.chips(), Above: 11}, {Object: info, Above: 17},
	}
	if chip == chipPlaylists {
		add := widgets.NewPill(lang.L("New playlist"), assets.IconPlus, false, func() { s.askForPlaylist(nil) })
		bring := widgets.NewPill(lang.L("Import"), "", false, s.importPlaylist)
		parts = append(parts, widgets.Part{Object: widgets.NewFlow(10, false, add, bring), Above: 12})
	}
	if chip == chipLists {
		add := widgets.NewPill(lang.L("New list"), assets.IconPlus, false, func() { s.visit(place{atRule, ""}) })
		parts = append(parts, widgets.Part{Object: widgets.NewFlow(0, false, add), Above: 12})
	}
	if chip == chipLocal {
		releases := widgets.NewPill(lang.L("As releases"), "", false, func() { s.visit(place{atReleases, chipLocal}) })
		folder := widgets.NewPill(lang.L("Add a folder"), assets.IconPlus, false, s.chooseFolder)
		parts = append(parts, widgets.Part{Object: widgets.NewFlow(10, false, releases, folder), Above: 12})
	}
	parts = append(parts, widgets.Part{Object: l.empty, Above: 16}, widgets.Part{Rows: l.rows, Above: 8})
	l.column = widgets.NewColumn(s.gutter(), parts...)
	return l
}

// layInfo puts how many there are and how much room they take side by side, or
// one under the other where that is too wide.
func (l *libraryScreen) layInfo(width float32, place bool) float32 {
	size := l.size.Text().Natural()
	left := width - size.Width - 12
	if l.size.Hidden || l.info.Natural().Width <= left {
		if place {
			put(l.info, 0, 0, left, l.info.HeightAt(left))
			put(l.size, width-size.Width, 0, size.Width, size.Height)
		}
		return l.info.HeightAt(left)
	}
	height := l.info.HeightAt(width)
	if place {
		put(l.info, 0, 0, width, height)
		put(l.size, width-size.Width, height+2, size.Width, size.Height)
	}
	return height + 2 + size.Height
}

func (l *libraryScreen) chips() fyne.CanvasObject {
	chip := func(label, id string) fyne.CanvasObject {
		c := widgets.NewChip(label, func() { l.s.visit(place{atLibrary, id}) })
		c.Choose(id == l.chip)
		return c
	}
	chips := []fyne.CanvasObject{
		chip(lang.L("Collection"), chipCollection), chip(lang.L("Favourites"), chipFavourites),
		chip(lang.L("Playlists"), chipPlaylists), chip(lang.L("Lists"), chipLists),
	}
	if hasFolders() {
		chips = append(chips, chip(lang.L("Local"), chipLocal))
	}
	return widgets.NewFlow(8, false, append(chips, chip(lang.L("History"), chipHistory))...)
}

func (l *libraryScreen) body() *widgets.Column   { return l.column }
func (l *libraryScreen) watches() library.Change { return l.list.watches() }

func (l *libraryScreen) load() {
	l.list.reload()
	read(l.s, func() (int64, error) {
		bytes, _, err := l.s.lib.DiskUse()
		return bytes, err
	}, func(bytes int64) {
		l.disk = bytes
		l.arrived()
	})
}

func (l *libraryScreen) sounded() { l.column.Reflow() }

// arrived shows what has been read.
func (l *libraryScreen) arrived() {
	n, known := l.list.count()
	info, empty := l.list.words(n)
	if !known {
		info = ""
	}
	l.info.Set(info)
	l.size.Hidden = l.chip != chipCollection || l.disk == 0
	if !l.size.Hidden {
		l.size.Set(widgets.Bytes(l.disk))
	}
	l.empty.Set(empty)
	l.empty.Hidden = !known || n > 0
	l.rows.Count = n
	l.column.Reflow()
}

func collectionWords(s *shell, p *pager[library.Track]) (info, empty string) {
	info = lang.N("{{.N}} owned", p.total, with{"N": p.total})
	here, all := 0, p.total > 0 && p.total <= len(p.pages[0])
	for _, t := range p.pages[0] {
		if t.Offline == library.Pinned || t.Offline == library.Cached {
			here++
		}
	}
	switch {
	case all && here == p.total && s.isPhone:
		info += " · " + lang.L("all on this phone")
	case all && here == p.total:
		info += " · " + lang.L("all on this machine")
	case all:
		info += " · " + lang.L("{{.N}} here", with{"N": here})
	}
	return info,
		lang.L("Tracks you own live here, and play anywhere, offline too. Play a track nine times, or own it at once from its menu.")
}

func favouriteWords(_ *shell, p *pager[library.Track]) (info, empty string) {
	return lang.N("{{.N}} favourites", p.total, with{"N": p.total}), lang.L("Tracks that you star with the heart gather here.")
}

// trackList is a chip of tracks.
type trackList struct {
	s     *shell
	pager *pager[library.Track]
	say   func(*shell, *pager[library.Track]) (info, empty string)
}

func newTrackList(s *shell, from func(offset, limit int) (library.Page[library.Track], error), arrived func(),
	say func(*shell, *pager[library.Track]) (info, empty string),
) *trackList {
	return &trackList{s: s, pager: newPager(s, from, arrived), say: say}
}

func (l *trackList) reload()                    { l.pager.reload() }
func (l *trackList) count() (int, bool)         { return l.pager.total, l.pager.known }
func (l *trackList) create() fyne.CanvasObject  { return widgets.NewTrackTile(l.s.pictures) }
func (l *trackList) words(int) (string, string) { return l.say(l.s, l.pager) }

func (l *trackList) watches() library.Change {
	return library.Ownership | library.Favourites | library.Catalogue | library.Files
}

func (l *trackList) update(i int, o fyne.CanvasObject) {
	t, ok := l.pager.at(i)
	tile := o.(*widgets.TrackTile)
	if !ok {
		tile.Set(widgets.TrackView{}, widgets.TrackActions{})
		return
	}
	v := l.s.trackView(t)
	v.Note = whereKept(t)
	tile.Set(v, widgets.TrackActions{
		Play: func() { l.play(i) },
		Menu: func(at fyne.Position) { l.s.trackMenu(t, at) },
	})
}

// play plays from entry i on, through what has been read of the list.
func (l *trackList) play(i int) {
	t, ok := l.pager.at(i)
	if !ok {
		return
	}
	if l.s.m.current(t.ID) {
		l.s.toggle()
		return
	}
	const most = 500 // entries that one tap puts into the queue
	read(l.s, func() (library.Page[library.Track], error) { return l.pager.read(i, most) }, func(p library.Page[library.Track]) {
		ids := make([]string, len(p.Items))
		for j, t := range p.Items {
			ids[j] = t.ID
		}
		l.s.session.PlayTracks(ids, 0)
	})
}

// whereKept says where a track's bytes are, when that is worth a word.
func whereKept(t library.Track) string {
	if t.Offline == library.Cached {
		return lang.L("in the cache")
	}
	return ""
}

// historyList is the chip of what was played.
type historyList struct {
	s     *shell
	pager *pager[library.HistoryEntry]
}

func newHistoryList(s *shell, arrived func()) *historyList {
	return &historyList{s: s, pager: newPager(s, s.lib.History, arrived)}
}

func (l *historyList) reload()                   { l.pager.reload() }
func (l *historyList) count() (int, bool)        { return l.pager.total, l.pager.known }
func (l *historyList) create() fyne.CanvasObject { return widgets.NewTrackTile(l.s.pictures) }
func (l *historyList) watches() library.Change {
	return library.History | library.Ownership | library.Outbox
}

func (l *historyList) words(n int) (info, empty string) {
	return lang.N("{{.N}} plays", n, with{"N": n}), lang.L("What you hear for more than 45 seconds is written down here.")
}

func (l *historyList) update(i int, o fyne.CanvasObject) {
	e, ok := l.pager.at(i)
	tile := o.(*widgets.TrackTile)
	if !ok {
		tile.Set(widgets.TrackView{}, widgets.TrackActions{})
		return
	}
	v := l.s.trackView(e.Track)
	var notes []string
	if !e.At.IsZero() { // a co-op need not say when it counted a play
		notes = append(notes, when(e.At, l.s.now()))
	}
	if e.Count > 1 {
		notes = append(notes, lang.N("{{.N}} plays", e.Count, with{"N": e.Count}))
	}
	if e.Cost > 0 {
		notes = append(notes, e.Cost.String())
	}
	if !e.Sent {
		notes = append(notes, lang.L("to be sent"))
	}
	v.Note = strings.Join(notes, " · ")
	tile.Set(v, widgets.TrackActions{
		Play: func() { l.s.session.PlayTracks([]string{e.Track.ID}, 0) },
		Menu: func(at fyne.Position) { l.s.trackMenu(e.Track, at) },
	})
}
