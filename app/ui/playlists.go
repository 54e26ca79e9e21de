package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/widgets"
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
		tile.SetMenu(nil)
		return
	}
	tile.Set(p.Cover, p.Title, aboutPlaylist(p), func() { l.s.visit(place{atPlaylist, p.ID}) })
	tile.SetMenu(func(at fyne.Position) { l.s.playlistMenu(p, at) })
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

// playlistMenu is what can be done with a playlist.
func (s *shell) playlistMenu(p library.Playlist, at fyne.Position) {
	items := []*fyne.MenuItem{
		fyne.NewMenuItem(lang.L("Play next"), func() { s.withTracks(p, s.session.PlayNext) }),
		fyne.NewMenuItem(lang.L("Add to the queue"), func() { s.withTracks(p, s.enqueue) }),
		fyne.NewMenuItem(lang.L("Add to a playlist…"), func() {
			s.withTracks(p, func(ids ...string) { s.choosePlaylistFor(ids) })
		}),
		fyne.NewMenuItemSeparator(),
	}
	if p.Own {
		items = append(items, fyne.NewMenuItem(lang.L("Edit…"), func() { s.editPlaylist(p) }),
			fyne.NewMenuItem(lang.L("Cover…"), func() { s.chooseCover(p) }))
	} else {
		items = append(items, fyne.NewMenuItem(lang.L("Copy to a playlist of mine"), func() { s.copyPlaylist(p) }))
	}
	items = append(items, fyne.NewMenuItem(lang.L("Export…"), func() { s.popUp(s.exportItems(p), at) }))
	if p.Own {
		items = append(items, fyne.NewMenuItemSeparator(), fyne.NewMenuItem(lang.L("Delete…"), func() { s.askToDelete(p) }))
	}
	s.popUp(items, at)
}

// withTracks does something with the tracks of a playlist.
func (s *shell) withTracks(p library.Playlist, do func(trackIDs ...string)) {
	read(s, func() (library.Playlist, error) { return s.lib.Playlist(p.ID) }, func(p library.Playlist) {
		if len(p.Items) > 0 {
			do(tracksOn(p)...)
		}
	})
}

func tracksOn(p library.Playlist) []string {
	ids := make([]string, len(p.Items))
	for i, item := range p.Items {
		ids[i] = item.Track.ID
	}
	return ids
}

func (s *shell) enqueue(trackIDs ...string) {
	s.session.Enqueue(trackIDs...)
	s.toast(lang.N("{{.N}} tracks added to the queue.", len(trackIDs), with{"N": len(trackIDs)}), false, nil)
}

// copyPlaylist makes a playlist of the person's own with the tracks of another.
func (s *shell) copyPlaylist(p library.Playlist) {
	var mine library.Playlist
	s.wish(func() error {
		from, err := s.lib.Playlist(p.ID)
		if err != nil {
			return err
		}
		if mine, err = s.lib.CreatePlaylist(from.Title, from.About, true); err != nil {
			return err
		}
		return s.lib.AddToPlaylist(mine.ID, tracksOn(from)...)
	}, func() { s.visit(place{atPlaylist, mine.ID}) })
}

// askToDelete asks once before a playlist is deleted, and leaves its screen.
func (s *shell) askToDelete(p library.Playlist) {
	s.ask(lang.L("Delete {{.Title}}?", with{"Title": p.Title}), lang.L("The tracks stay where they are."), lang.L("Delete"), func() {
		s.wish(func() error { return s.lib.DeletePlaylist(p.ID) }, func() {
			if h := s.trail.here(); h != nil && h.kind == atPlaylist && h.id == p.ID {
				s.visit(place{atLibrary, chipPlaylists})
			}
		})
	})
}
