package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
)

// hits are the parts of a screen with what was found, one kind under the
// other. Kinds of which nothing was found do not show.
type hits struct {
	s     *shell
	of    library.Results
	parts []widgets.Part
	kinds []hitKind
}

// hitKind is one kind of what was found.
type hitKind struct {
	head  *widgets.Text
	rows  *widgets.Rows
	count func() int
}

// newHits makes the parts; head makes the name of a kind.
func newHits(s *shell, head func(string) *widgets.Text) *hits {
	h := &hits{s: s}
	tile := widgets.NewTile(s.pictures).MinSize().Height
	tiles := func(update func(i int, t *widgets.Tile)) *widgets.Rows {
		return &widgets.Rows{
			Height: tile,
			Create: func() fyne.CanvasObject { return widgets.NewTile(s.pictures) },
			Update: func(i int, o fyne.CanvasObject) { update(i, o.(*widgets.Tile)) },
		}
	}
	add := func(name string, above float32, rows *widgets.Rows, count func() int) {
		k := hitKind{head(name), rows, count}
		k.head.Hide()
		h.kinds = append(h.kinds, k)
		h.parts = append(h.parts, widgets.Part{Object: k.head, Above: 22}, widgets.Part{Rows: rows, Above: above})
	}
	tracks := &widgets.Rows{
		Height: tile,
		Create: func() fyne.CanvasObject { return widgets.NewTrackTile(s.pictures) },
		Update: func(i int, o fyne.CanvasObject) { h.updateTrack(i, o.(*widgets.TrackTile)) },
	}
	add(lang.L("Tracks"), 4, tracks, func() int { return len(h.of.Tracks) })
	add(lang.L("Releases"), 13, s.releaseRows(func(i int) (library.Release, bool) { return h.of.Releases[i], true }),
		func() int { return len(h.of.Releases) })
	add(lang.L("Artists and labels"), 4, tiles(func(i int, t *widgets.Tile) {
		a := h.of.Artists[i]
		t.Set(a.Avatar, a.Name, a.Country, func() { s.openArtist(a.ID) })
	}), func() int { return len(h.of.Artists) })
	add(lang.L("Playlists"), 4, tiles(func(i int, t *widgets.Tile) {
		p := h.of.Playlists[i]
		t.Set(p.Cover, p.Title, aboutPlaylist(p), func() { s.visit(place{atPlaylist, p.ID}) })
	}), func() int { return len(h.of.Playlists) })
	add(lang.L("Tags"), 4, tiles(func(i int, t *widgets.Tile) {
		tag := h.of.Tags[i]
		t.Set("", tag.Name, lang.N("{{.N}} releases", tag.Releases, with{"N": tag.Releases}), func() { s.visit(place{atTag, tag.Name}) })
	}), func() int { return len(h.of.Tags) })
	return h
}

// set takes over what was found. The column has to be told.
func (h *hits) set(r library.Results) {
	h.of = r
	for _, k := range h.kinds {
		k.rows.Count = k.count()
		k.head.Hidden = k.rows.Count == 0
	}
}

func (h *hits) updateTrack(i int, tile *widgets.TrackTile) {
	t := h.of.Tracks[i]
	view := h.s.trackView(t)
	view.Note = t.Release
	tile.Set(view, widgets.TrackActions{
		Play: func() {
			if h.s.m.current(t.ID) {
				h.s.toggle()
				return
			}
			h.s.session.PlayTracks([]string{t.ID}, 0)
		},
		Menu: func(at fyne.Position) { h.s.trackMenu(t, at) },
	})
}

// joined puts what was found later under what is shown: shown and more keep
// their order and their entries, with what is newer known of them, and what
// neither has comes after more.
func joined(shown, more, later library.Results) (library.Results, library.Results) {
	join(&shown.Tracks, &more.Tracks, later.Tracks, func(t library.Track) string { return t.ID })
	join(&shown.Releases, &more.Releases, later.Releases, func(r library.Release) string { return r.ID })
	join(&shown.Artists, &more.Artists, later.Artists, func(a library.Artist) string { return a.ID })
	join(&shown.Playlists, &more.Playlists, later.Playlists, func(p library.Playlist) string { return p.ID })
	join(&shown.Tags, &more.Tags, later.Tags, func(t library.Tag) string { return t.Name })
	return shown, more
}

func join[T any](shown, more *[]T, later []T, id func(T) string) {
	type spot struct {
		list *[]T
		at   int
	}
	spots := map[string]spot{}
	for _, list := range []*[]T{shown, more} {
		*list = append([]T(nil), *list...) // what a row is being made of stays as it is
		for i, v := range *list {
			spots[id(v)] = spot{list, i}
		}
	}
	for _, v := range later {
		if s, ok := spots[id(v)]; ok {
			(*s.list)[s.at] = v
			continue
		}
		spots[id(v)] = spot{more, len(*more)}
		*more = append(*more, v)
	}
}
