package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/assets"
	"github.com/ninth-coop/ninth/library"
)

// listScreen is one list: one that is always there, or one by the person's own
// rule. Only what is in sight is read.
type listScreen struct {
	s        *shell
	id       string
	own      library.SmartList // without its rule; zero for those that are always there
	column   *widgets.Column
	title    *widgets.Text
	about    *widgets.Text
	empty    *widgets.Text
	buttons  *widgets.Box
	tracks   *pager[listed]
	releases *pager[library.Release] // of the list of releases; else nil
	rows     *widgets.Rows
}

func newListScreen(s *shell, id string) *listScreen {
	v := &listScreen{s: s, id: id}
	head := s.heading("")
	head.Above = 0
	v.title = head.Object.(*widgets.Text)
	v.about = widgets.NewParagraph("", look.Small, look.Regular, look.Muted)
	v.empty = teach("")
	v.empty.Hide()
	kind, fixed := kindOfList(id)
	if fixed {
		v.title.Set(kind.title)
	}
	if id == listFollowed {
		v.showReleases()
	} else {
		v.showTracks(!fixed)
	}
	parts := []widgets.Part{s.wayBack(), head, {Object: v.about, Above: 6}}
	if v.buttons != nil {
		parts = append(parts, widgets.Part{Object: v.buttons, Above: 16})
	}
	v.column = widgets.NewColumn(s.gutter(), append(parts, widgets.Part{Object: v.empty, Above: 20}, widgets.Part{Rows: v.rows, Above: 12})...)
	return v
}

// showTracks makes the screen one of tracks; own is whether the person can
// change its rule.
func (v *listScreen) showTracks(own bool) {
	s := v.s
	v.tracks = newPager(s, func(offset, limit int) (library.Page[listed], error) {
		return listPage(s.lib, v.id, offset, limit)
	}, v.arrived)
	v.rows = &widgets.Rows{
		Height: widgets.NewTrackTile(s.pictures).MinSize().Height,
		Create: func() fyne.CanvasObject { return widgets.NewTrackTile(s.pictures) },
		Update: func(i int, o fyne.CanvasObject) { v.update(i, o.(*widgets.TrackTile)) },
	}
	buttons := []fyne.CanvasObject{
		widgets.NewPill(lang.L("Play"), assets.IconPlay, true, func() {
			v.take(0, func(ids []string) { s.session.PlayTracks(ids, 0) })
		}),
		widgets.NewPill(lang.L("Queue"), assets.IconQueue, false, func() {
			v.take(0, func(ids []string) {
				s.session.Enqueue(ids...)
				s.toast(lang.N("{{.N}} tracks added to the queue.", len(ids), with{"N": len(ids)}), false, nil)
			})
		}),
	}
	if own {
		buttons = append(buttons, widgets.NewPill(lang.L("Change the rule"), "", false, func() { s.visit(place{atRule, v.id}) }),
			widgets.NewIconButton(assets.IconTrash, 18, lang.L("Delete"), v.askToDelete))
	}
	v.buttons = widgets.NewFlow(10, false, buttons...)
}

// showReleases makes the screen one of releases.
func (v *listScreen) showReleases() {
	v.releases = newPager(v.s, v.s.lib.NewFromFollowed, v.arrived)
	v.rows = v.s.releaseRows(v.releases.at)
}

func (v *listScreen) body() *widgets.Column { return v.column }
func (v *listScreen) sounded()              { v.column.Reflow() }

func (v *listScreen) watches() library.Change {
	const tracks = library.Ownership | library.Favourites | library.Files
	switch v.id {
	case listFollowed:
		return library.Catalogue | library.Favourites
	case listRecent, listMost:
		return tracks | library.History
	case listNearly:
		return tracks | library.Outbox
	case listNever:
		return tracks | library.Catalogue | library.History | library.Outbox
	}
	return everything &^ library.QueueSaved // whatever its rule asks for
}

func (v *listScreen) load() {
	switch {
	case v.releases != nil:
		v.releases.reload()
		return
	case v.buttons == nil:
		return
	}
	if _, fixed := kindOfList(v.id); fixed {
		v.tracks.reload()
		return
	}
	read(v.s, func() (library.SmartList, error) { return v.s.lib.SmartList(v.id) }, func(own library.SmartList) {
		v.own = library.SmartList{ID: own.ID, Title: own.Title}
		v.title.Set(listTitle(own))
		v.tracks.reload()
	})
}

// arrived shows what has been read.
func (v *listScreen) arrived() {
	var n int
	if v.releases != nil {
		n = v.releases.total
		v.about.Set(lang.N("{{.N}} releases", n, with{"N": n}))
	} else {
		n = v.tracks.total
		v.about.Set(trackCount(n))
	}
	v.empty.Set(emptyList(v.id))
	v.empty.Hidden = n > 0
	v.rows.Count = n
	v.column.Reflow()
}

// emptyList says how a list that is empty gets its entries.
func emptyList(id string) string {
	switch id {
	case listRecent, listMost:
		return lang.L("What you hear for more than 45 seconds is written down here.")
	case listNearly:
		return lang.L("Tracks that you have paid for seven or eight times stand here: one or two more plays, and they are yours.")
	case listFollowed:
		return lang.L("Follow artists on their page, and their releases gather here.")
	case listNever:
		return lang.L("You have heard everything that is in the library.")
	}
	return lang.L("No track meets the rule of this list.")
}

func (v *listScreen) update(i int, tile *widgets.TrackTile) {
	e, ok := v.tracks.at(i)
	if !ok {
		tile.Set(widgets.TrackView{}, widgets.TrackActions{})
		return
	}
	view := v.s.trackView(e.Track)
	view.Note = e.note(v.id, v.s.now())
	tile.Set(view, widgets.TrackActions{
		Play: func() {
			if v.s.m.current(e.ID) {
				v.s.toggle()
				return
			}
			v.take(i, func(ids []string) { v.s.session.PlayTracks(ids, 0) })
		},
		Menu: func(at fyne.Position) { v.s.trackMenu(e.Track, at) },
	})
}

// take hands over the tracks from entry i on.
func (v *listScreen) take(i int, does func(ids []string)) {
	const most = 500 // entries that one tap puts into the queue
	read(v.s, func() (library.Page[listed], error) { return v.tracks.read(i, most) }, func(p library.Page[listed]) {
		var ids []string
		for _, e := range p.Items {
			ids = append(ids, e.ID)
		}
		if len(ids) > 0 {
			does(ids)
		}
	})
}

func (v *listScreen) askToDelete() {
	v.s.ask(lang.L("Delete {{.Title}}?", with{"Title": listTitle(v.own)}), lang.L("The tracks stay where they are."), lang.L("Delete"), func() {
		if v.s.try(v.s.lib.DeleteSmartList(v.id)) {
			v.s.step(-1)
		}
	})
}
