package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/assets"
	"github.com/ninth-coop/ninth/library"
)

// searchScreen finds tracks, releases and artists while one types. It looks
// only in the library, so it works offline.
type searchScreen struct {
	s        *shell
	column   *widgets.Column
	field    *searchField
	results  library.Results
	asked    int // counts searches; answers to older ones are dropped
	rows     *widgets.Rows
	releases *widgets.Grid
	artists  *widgets.Rows
	lists    *widgets.Rows
	heads    map[string]*widgets.Text
	fresh    *widgets.Box // the head of what is new, while nothing is searched for
	hint     *widgets.Text
}

const searchLimit = 24 // of each kind

func newSearchScreen(s *shell, words string) *searchScreen {
	v := &searchScreen{s: s, heads: map[string]*widgets.Text{}}
	v.field = newSearchField(v.search, func() { s.escape() }, &s.keys)
	v.hint = teach("")
	v.fresh = s.sectionOfAll(lang.L("In the co-op"))
	v.fresh.Hide()
	tile := widgets.NewTile(s.pictures).MinSize().Height
	v.rows = &widgets.Rows{
		Height: tile,
		Create: func() fyne.CanvasObject { return widgets.NewTrackTile(s.pictures) },
		Update: func(i int, o fyne.CanvasObject) { v.updateTrack(i, o.(*widgets.TrackTile)) },
	}
	v.artists = &widgets.Rows{
		Height: tile,
		Create: func() fyne.CanvasObject { return widgets.NewTile(s.pictures) },
		Update: func(i int, o fyne.CanvasObject) {
			a := v.results.Artists[i]
			o.(*widgets.Tile).Set(a.Avatar, a.Name, a.Country, func() { s.openArtist(a.ID) })
		},
	}
	v.lists = &widgets.Rows{
		Height: tile,
		Create: func() fyne.CanvasObject { return widgets.NewTile(s.pictures) },
		Update: func(i int, o fyne.CanvasObject) {
			p := v.results.Playlists[i]
			o.(*widgets.Tile).Set(p.Cover, p.Title, aboutPlaylist(p), func() { s.visit(place{atPlaylist, p.ID}) })
		},
	}
	v.releases = s.releaseGrid()
	head := func(name string) fyne.CanvasObject {
		v.heads[name] = section(name)
		v.heads[name].Hide()
		return v.heads[name]
	}
	v.column = widgets.NewColumn(s.gutter(), s.heading(lang.L("Search")),
		widgets.Part{Object: v.field.object, Above: 14}, widgets.Part{Object: v.hint, Above: 20},
		widgets.Part{Object: head(lang.L("Tracks")), Above: 22}, widgets.Part{Rows: v.rows, Above: 4},
		widgets.Part{Object: head(lang.L("Releases")), Above: 22}, widgets.Part{Object: v.fresh, Above: 22},
		widgets.Part{Object: v.releases, Above: 13},
		widgets.Part{Object: head(lang.L("Artists")), Above: 22}, widgets.Part{Rows: v.artists, Above: 4},
		widgets.Part{Object: head(lang.L("Playlists")), Above: 22}, widgets.Part{Rows: v.lists, Above: 4})
	v.field.SetText(words)
	return v
}

func (v *searchScreen) body() *widgets.Column { return v.column }
func (v *searchScreen) sounded()              { v.column.Reflow() }
func (v *searchScreen) load()                 { v.search(v.field.Text) }

func (v *searchScreen) watches() library.Change {
	return library.Catalogue | library.Ownership | library.Playlists | library.Files
}

// search looks for the words; the results before stay until the new ones are
// there.
func (v *searchScreen) search(words string) {
	if h := v.s.trail.here(); h != nil && h.kind == atSearch {
		h.id = words // so that coming back finds the same results
	}
	v.asked++
	asked := v.asked
	read(v.s, func() (library.Results, error) { return find(v.s.lib, words) }, func(r library.Results) {
		if asked == v.asked {
			v.show(words, r)
		}
	})
}

// find searches the library. For no words it is what is new in the co-op.
func find(lib *library.Library, words string) (library.Results, error) {
	if strings.TrimSpace(words) != "" {
		return lib.Search(words, searchLimit)
	}
	fresh, err := lib.Releases(library.Newest, 0, searchLimit)
	return library.Results{Releases: fresh.Items}, err
}

func (v *searchScreen) show(words string, r library.Results) {
	v.results = r
	v.rows.Count, v.artists.Count, v.lists.Count = len(r.Tracks), len(r.Artists), len(r.Playlists)
	v.releases.Set(v.s.releaseCards(r.Releases)...)
	v.releases.Hidden = len(r.Releases) == 0
	for name, n := range map[string]int{
		lang.L("Tracks"): len(r.Tracks), lang.L("Releases"): len(r.Releases),
		lang.L("Artists"): len(r.Artists), lang.L("Playlists"): len(r.Playlists),
	} {
		v.heads[name].Hidden = n == 0
	}
	blank := strings.TrimSpace(words) == ""
	if blank {
		v.heads[lang.L("Releases")].Hide()
	}
	v.fresh.Hidden = !blank || len(r.Releases) == 0
	found := len(r.Tracks) + len(r.Releases) + len(r.Artists) + len(r.Playlists)
	v.hint.Hidden = found > 0 && !blank
	v.hint.Set(lang.L("Type a few letters of a track, a release, an artist. Any order, no accents needed."))
	if !blank {
		v.hint.Set(lang.L("Nothing here is called {{.Words}}. Fewer letters find more.", with{"Words": "“" + strings.TrimSpace(words) + "”"}))
	}
	v.column.Reflow()
}

func (v *searchScreen) updateTrack(i int, tile *widgets.TrackTile) {
	t := v.results.Tracks[i]
	view := v.s.trackView(t)
	view.Note = t.Release
	tile.Set(view, widgets.TrackActions{
		Play: func() {
			if v.s.m.current(t.ID) {
				v.s.toggle()
				return
			}
			v.s.session.PlayTracks([]string{t.ID}, 0)
		},
		Menu: func(at fyne.Position) { v.s.trackMenu(t, at) },
	})
}

// searchField is an entry whose escape key leaves it.
type searchField struct {
	widget.Entry
	object fyne.CanvasObject
	leave  func()
	keys   fyne.Shortcutable // of the program
}

func newSearchField(changed func(string), leave func(), keys fyne.Shortcutable) *searchField {
	f := &searchField{leave: leave, keys: keys}
	f.ExtendBaseWidget(f)
	f.SetPlaceHolder(lang.L("Tracks, releases, artists"))
	f.Icon = look.Icon(assets.IconSearch, look.Muted)
	f.OnChanged = changed
	const widest = 520
	f.object = group(func(size fyne.Size) {
		put(f, 0, 0, min(size.Width, widest), size.Height)
	}, func() fyne.Size { return fyne.NewSize(0, f.Entry.MinSize().Height) }, f)
	return f
}

// TypedKey leaves on escape.
func (f *searchField) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		f.leave()
		return
	}
	f.Entry.TypedKey(e)
}

// TypedShortcut leaves the keys of the program to it: those with a
// letter, but for the ones that edit text, which come as shortcuts of their own.
func (f *searchField) TypedShortcut(shortcut fyne.Shortcut) {
	if key, ok := shortcut.(*desktop.CustomShortcut); ok && fyne.KeyA <= key.KeyName && key.KeyName <= fyne.KeyZ {
		f.keys.TypedShortcut(shortcut)
		return
	}
	f.Entry.TypedShortcut(shortcut)
}
