package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
)

// playlistScreen is one playlist: its tracks, which can be moved and taken off
// if it is the person's own, and what was not found of the file that it came
// from.
type playlistScreen struct {
	s      *shell
	id     string
	list   library.Playlist
	kept   bool // on this machine
	column *widgets.Column
	head   *playlistHead
	rows   *widgets.Rows
	mover  *mover
	empty  *widgets.Text
	wait   *widgets.Skeleton

	unfound      *widgets.Text
	unfoundAbout *widgets.Text
	unfoundDo    *widgets.Box
	unfoundRows  *widgets.Rows
}

func newPlaylistScreen(s *shell, id string) *playlistScreen {
	p := &playlistScreen{s: s, id: id, wait: widgets.NewSkeleton(6)}
	p.head = newPlaylistHead(s, p)
	p.head.Hide()
	p.empty = teach(lang.L("This playlist is empty. Add tracks to it from their menu."))
	p.empty.Hide()
	p.rows = &widgets.Rows{
		Height: widgets.NewTrackTile(s.pictures).MinSize().Height,
		Create: func() fyne.CanvasObject {
			if s.isPhone {
				return widgets.NewTrackTile(s.pictures)
			}
			return widgets.NewMovingTrackTile(s.pictures)
		},
		Update: p.update,
	}
	p.buildUnfound()
	p.column = widgets.NewColumn(s.gutter(), s.wayBack(), widgets.Part{Object: p.wait}, widgets.Part{Object: p.head.Box},
		widgets.Part{Object: p.empty, Above: 20}, widgets.Part{Rows: p.rows, Above: 12},
		widgets.Part{Object: p.unfound, Above: 28}, widgets.Part{Object: p.unfoundAbout, Above: 8},
		widgets.Part{Object: p.unfoundDo, Above: 12}, widgets.Part{Rows: p.unfoundRows, Above: 8})
	p.mover = &mover{column: p.column, rows: p.rows, move: p.move}
	return p
}

func (p *playlistScreen) buildUnfound() {
	s := p.s
	p.unfound, p.unfoundAbout = section(lang.L("Not found")), teach("")
	p.unfoundDo = widgets.NewFlow(10, false,
		widgets.NewPill(lang.L("Look again"), "", false, p.lookAgain),
		widgets.NewPill(lang.L("Forget them"), "", false, func() {
			s.ask(lang.L("Forget what was not found?"), lang.L("It is not looked for again, and is no longer in what you export."),
				lang.L("Forget them"), func() { s.wish(func() error { return s.lib.ForgetUnfound(p.id) }, nil) })
		}))
	p.unfoundRows = &widgets.Rows{
		Height: max(teach("X").HeightAt(100)+12, 32),
		Create: func() fyne.CanvasObject { return widgets.NewText("", look.Body, look.Regular, look.Muted) },
		Update: func(i int, o fyne.CanvasObject) { o.(*widgets.Text).Set(p.list.Unfound[i].Words()) },
	}
}

func (p *playlistScreen) body() *widgets.Column { return p.column }

func (p *playlistScreen) sounded() {
	p.head.sounded()
	p.column.Reflow()
}

func (p *playlistScreen) watches() library.Change {
	return library.Playlists | library.Ownership | library.Favourites | library.Files
}

func (p *playlistScreen) load() {
	type news struct {
		list library.Playlist
		kept bool
	}
	read(p.s, func() (n news, err error) {
		if n.list, err = p.s.lib.Playlist(p.id); err != nil {
			return n, err
		}
		n.kept, err = p.s.lib.PlaylistPinned(p.id)
		return n, err
	}, func(n news) {
		p.list, p.kept = n.list, n.kept
		p.show()
	})
}

// show takes over the playlist.
func (p *playlistScreen) show() {
	p.wait.Hide()
	p.head.Show()
	p.head.set()
	p.empty.Hidden = len(p.list.Items) > 0
	p.rows.Count, p.unfoundRows.Count = len(p.list.Items), len(p.list.Unfound)
	n := len(p.list.Unfound)
	p.unfoundAbout.Set(lang.N("{{.N}} tracks of the file that this playlist comes from are not known here. They stay with it, and go out with it when you export it.",
		n, with{"N": n}))
	for _, o := range []fyne.CanvasObject{p.unfound, p.unfoundAbout, p.unfoundDo} {
		if n > 0 {
			o.Show()
		} else {
			o.Hide()
		}
	}
	p.column.Reflow()
}

// sounds says whether a track of the playlist is in the player.
func (p *playlistScreen) sounds() bool {
	return slices.ContainsFunc(p.list.Items, func(it library.PlaylistItem) bool { return p.s.m.current(it.Track.ID) })
}

// play plays from a place on, or pauses if its track is the one that plays.
func (p *playlistScreen) play(i int) {
	if i < len(p.list.Items) && p.s.m.current(p.list.Items[i].Track.ID) {
		p.s.toggle()
		return
	}
	p.s.session.PlayTracks(tracksOn(p.list), i)
}

func (p *playlistScreen) update(i int, o fyne.CanvasObject) {
	item := p.list.Items[i]
	actions := widgets.TrackActions{
		Play: func() { p.play(i) },
		Menu: func(at fyne.Position) { p.menu(i, item, at) },
	}
	switch o := o.(type) {
	case *widgets.TrackTile:
		o.Set(p.s.trackView(item.Track), actions)
	case *widgets.MovingTrackTile:
		o.Moving.OnDrag, o.Moving.OnMove, o.OnRemove = nil, nil, nil
		if p.list.Own {
			p.mover.allow(i, &o.Moving)
			o.OnRemove = func() { p.remove(i, item) }
		}
		o.Set(p.s.trackView(item.Track), actions)
	}
}

// menu is the track's menu, and what can be done with its place on the list.
func (p *playlistScreen) menu(i int, item library.PlaylistItem, at fyne.Position) {
	items := p.s.trackItems(item.Track)
	if p.list.Own {
		items = append(items, fyne.NewMenuItemSeparator())
		last := len(p.list.Items) - 1
		move := func(label string, to int) { items = append(items, fyne.NewMenuItem(label, func() { p.move(i, to) })) }
		if i > 0 {
			move(lang.L("Move up"), i-1)
		}
		if i < last {
			move(lang.L("Move down"), i+1)
		}
		if i > 1 {
			move(lang.L("Move to the top"), 0)
		}
		if i < last-1 {
			move(lang.L("Move to the end"), last)
		}
		items = append(items, fyne.NewMenuItem(lang.L("Take off this playlist"), func() { p.remove(i, item) }))
	}
	p.s.popUp(items, at)
}

// move puts the track at from to the place to. It is shown at once.
func (p *playlistScreen) move(from, to int) {
	if from == to || from < 0 || to < 0 || from >= len(p.list.Items) || to >= len(p.list.Items) {
		return
	}
	item := p.list.Items[from]
	items := slices.Delete(slices.Clone(p.list.Items), from, from+1)
	p.list.Items = slices.Insert(items, to, item)
	p.column.Reflow()
	p.s.wish(func() error { return p.s.lib.MovePlaylistItem(p.id, item.ID, to) }, nil)
}

// remove takes one place off the playlist; another copy of its track stays.
func (p *playlistScreen) remove(i int, item library.PlaylistItem) {
	s := p.s
	s.wish(func() error { return s.lib.RemoveFromPlaylist(p.id, item.ID) }, func() {
		s.toast(lang.L("{{.Title}} is off the playlist.", with{"Title": item.Track.Title}), false, func() {
			s.wish(func() error { return s.lib.InsertIntoPlaylist(p.id, i, item.Track.ID) }, nil)
		})
	})
}

// lookAgain looks for what was not found, which may be in the co-op by now.
func (p *playlistScreen) lookAgain() {
	found := 0
	p.s.wish(func() (err error) {
		found, err = p.s.lib.LookAgain(p.id)
		return err
	}, func() {
		p.s.toast(lang.N("{{.N}} more tracks were found.", found, with{"N": found}), false, nil)
	})
}
