package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/assets"
	"github.com/ninth-coop/ninth/library"
)

// playlistList is the library's chip of playlists.
type playlistList struct {
	s     *shell
	pager *pager[library.Playlist]
}

func newPlaylistList(s *shell, arrived func()) *playlistList {
	return &playlistList{s: s, pager: newPager(s, s.lib.Playlists, arrived)}
}

func (l *playlistList) reload()                   { l.pager.reload() }
func (l *playlistList) count() (int, bool)        { return l.pager.total, l.pager.known }
func (l *playlistList) create() fyne.CanvasObject { return widgets.NewTile(l.s.pictures) }
func (l *playlistList) watches() library.Change   { return library.Playlists }

func (l *playlistList) words(n int) (info, empty string) {
	return lang.N("{{.N}} playlists", n, with{"N": n}),
		lang.L("A playlist is a row of tracks in your own order. Make one here, or from a track's menu.")
}

func (l *playlistList) update(i int, o fyne.CanvasObject) {
	p, ok := l.pager.at(i)
	tile := o.(*widgets.Tile)
	if !ok {
		tile.Set("", "", "", nil)
		return
	}
	tile.Set(p.Cover, p.Title, aboutPlaylist(p), func() { l.s.visit(place{atPlaylist, p.ID}) })
}

func aboutPlaylist(p library.Playlist) string {
	line := trackCount(p.Count) + " · " + widgets.Minutes(p.Duration)
	if p.Owner != "" && !p.Own {
		line += " · " + p.Owner
	}
	if p.Private {
		line += " · " + lang.L("private")
	}
	return line
}

// playlistScreen is one playlist.
type playlistScreen struct {
	s           *shell
	id          string
	list        library.Playlist
	column      *widgets.Column
	rows        *widgets.Rows
	title       *widgets.Text
	about       *widgets.Text
	empty       *widgets.Text
	play, queue *widgets.Pill
}

func newPlaylistScreen(s *shell, id string) *playlistScreen {
	p := &playlistScreen{s: s, id: id}
	head := s.heading("")
	head.Above = 0
	p.title = head.Object.(*widgets.Text)
	p.about = widgets.NewText("", look.Small, look.Regular, look.Muted)
	p.play = widgets.NewPill(lang.L("Play"), assets.IconPlay, true, func() { s.session.PlayTracks(p.trackIDs(), 0) })
	p.queue = widgets.NewPill(lang.L("Queue"), assets.IconQueue, false, func() {
		s.session.Enqueue(p.trackIDs()...)
		s.toast(lang.N("{{.N}} tracks added to the queue.", len(p.list.Items), with{"N": len(p.list.Items)}), false, nil)
	})
	more := widgets.NewIconButton(assets.IconMore, 18, lang.L("More"), nil)
	more.OnTapped = func() {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(more)
		s.playlistMenu(p.list, at.AddXY(0, more.Size().Height))
	}
	p.empty = teach(lang.L("This playlist is empty. Add tracks to it from their menu."))
	p.empty.Hide()
	sample := widgets.NewTrackTile(s.pictures)
	p.rows = &widgets.Rows{
		Height: sample.MinSize().Height,
		Create: func() fyne.CanvasObject { return widgets.NewTrackTile(s.pictures) },
		Update: func(i int, o fyne.CanvasObject) { p.update(i, o.(*widgets.TrackTile)) },
	}
	p.column = widgets.NewColumn(s.gutter(), s.wayBack(), head, widgets.Part{Object: p.about, Above: 6},
		widgets.Part{Object: widgets.NewFlow(10, false, p.play, p.queue, more), Above: 16},
		widgets.Part{Object: p.empty, Above: 20}, widgets.Part{Rows: p.rows, Above: 12})
	return p
}

func (p *playlistScreen) body() *widgets.Column { return p.column }
func (p *playlistScreen) sounded()              { p.column.Reflow() }

func (p *playlistScreen) watches() library.Change {
	return library.Playlists | library.Ownership | library.Favourites | library.Files
}

func (p *playlistScreen) load() {
	read(p.s, func() (library.Playlist, error) { return p.s.lib.Playlist(p.id) }, func(list library.Playlist) {
		p.list = list
		p.title.Set(list.Title)
		line := aboutPlaylist(list)
		if list.About != "" {
			line += " · " + list.About
		}
		p.about.Set(line)
		p.empty.Hidden = len(list.Items) > 0
		p.rows.Count = len(list.Items)
		p.column.Reflow()
	})
}

func (p *playlistScreen) trackIDs() []string {
	ids := make([]string, len(p.list.Items))
	for i, item := range p.list.Items {
		ids[i] = item.Track.ID
	}
	return ids
}

func (p *playlistScreen) update(i int, tile *widgets.TrackTile) {
	item := p.list.Items[i]
	tile.Set(p.s.trackView(item.Track), widgets.TrackActions{
		Play: func() { p.s.session.PlayTracks(p.trackIDs(), i) },
		Menu: func(at fyne.Position) { p.menu(i, item, at) },
	})
}

// menu is the track's menu, and what can be done with its place on the list.
func (p *playlistScreen) menu(i int, item library.PlaylistItem, at fyne.Position) {
	items := p.s.trackItems(item.Track)
	if p.list.Own {
		items = append(items, fyne.NewMenuItemSeparator())
		if i > 0 {
			items = append(items, fyne.NewMenuItem(lang.L("Move up"), func() { p.s.try(p.s.lib.MovePlaylistItem(p.id, item.ID, i-1)) }))
		}
		if i < len(p.list.Items)-1 {
			items = append(items, fyne.NewMenuItem(lang.L("Move down"), func() { p.s.try(p.s.lib.MovePlaylistItem(p.id, item.ID, i+1)) }))
		}
		items = append(items, fyne.NewMenuItem(lang.L("Take off this playlist"), func() {
			if p.s.try(p.s.lib.RemoveFromPlaylist(p.id, item.ID)) {
				p.s.toast(lang.L("{{.Title}} is off the playlist.", with{"Title": item.Track.Title}), false, func() {
					p.s.try(p.s.lib.AddToPlaylist(p.id, item.Track.ID))
				})
			}
		}))
	}
	p.s.popUp(items, at)
}
