package ui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/assets"
	"github.com/ninth-coop/ninth/library"
)

// searchScreen finds tracks, releases, artists, labels, playlists and tags
// while one types. It looks in the library, so it works offline, and then asks
// the co-op. What is shown for some words stays where it is for as long as
// they do: what is found later, by the co-op or because the library has
// learned of it, comes under all that.
type searchScreen struct {
	s      *shell
	column *widgets.Column
	field  *searchField
	words  string // those that the results are of
	shown  bool   // there are results
	first  *hits  // by the library, when it was asked first
	more   *hits  // all that was found later
	later  *widgets.Text
	asked  int                // counts searches; answers to older ones are dropped
	cancel context.CancelFunc // ends the search of the co-op that is under way
	answer answer             // of the co-op, which came before the library's
	fresh  *widgets.Box       // the head of what is new, while nothing is searched for
	hint   *widgets.Text
}

// answer is what the co-op has found for words.
type answer struct {
	words   string
	results library.Results
}

const (
	searchLimit = 24                     // of each kind
	searchPause = 300 * time.Millisecond // in the typing, before the co-op is asked
	fewestRunes = 2                      // of a search of the co-op
)

func newSearchScreen(s *shell, words string) *searchScreen {
	v := &searchScreen{s: s, cancel: func() {}}
	v.field = newSearchField(v.search, func() { s.escape() }, &s.keys)
	v.hint = teach("")
	v.fresh = s.sectionOfAll(lang.L("In the co-op"))
	v.fresh.Hide()
	v.first = newHits(s, section)
	v.more = newHits(s, func(name string) *widgets.Text {
		return widgets.NewText(name, look.Body, look.SemiBold, look.Muted)
	})
	v.later = section(lang.L("Also found"))
	v.later.Hide()
	parts := []widgets.Part{
		s.heading(lang.L("Search")), {Object: v.field.object, Above: 14}, {Object: v.hint, Above: 20}, {Object: v.fresh, Above: 22},
	}
	parts = append(parts, v.first.parts...)
	parts = append(parts, widgets.Part{Object: v.later, Above: 26})
	v.column = widgets.NewColumn(s.gutter(), append(parts, v.more.parts...)...)
	v.field.SetText(words)
	return v
}

func (v *searchScreen) body() *widgets.Column { return v.column }
func (v *searchScreen) sounded()              { v.column.Reflow() }

func (v *searchScreen) watches() library.Change {
	return library.Catalogue | library.Ownership | library.Favourites | library.Playlists | library.Files
}

// load looks again, after a change in the library.
func (v *searchScreen) load() { v.look(v.field.Text) }

// search looks for the words that were typed; the results before stay until
// the new ones are there.
func (v *searchScreen) search(words string) {
	if h := v.s.trail.here(); h != nil && h.kind == atSearch {
		h.id = words // so that coming back finds the same results
	}
	v.cancel()
	v.look(words)
	if strings.TrimSpace(words) != "" {
		v.s.after(searchPause, func() {
			if words == v.field.Text {
				v.askCoOp(words)
			}
		})
	}
}

// look looks for words in the library.
func (v *searchScreen) look(words string) {
	v.asked++
	asked := v.asked
	var ids []string // of tracks that are shown, whatever the library finds now
	if v.shown && words == v.words {
		for _, t := range slices.Concat(v.first.of.Tracks, v.more.of.Tracks) {
			ids = append(ids, t.ID)
		}
	}
	read(v.s, func() (r library.Results, err error) {
		if r, err = find(v.s.lib, words); err != nil || len(ids) == 0 {
			return r, err
		}
		now, err := v.s.lib.Tracks(ids...)
		r.Tracks = append(now, r.Tracks...)
		return r, err
	}, func(r library.Results) {
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

// askCoOp has the co-op look for words, too. What goes wrong with that is no
// news: the line at the top says when the co-op cannot be reached.
func (v *searchScreen) askCoOp(words string) {
	if v.s.m.status.CutOff() || utf8.RuneCountInString(strings.TrimSpace(words)) < fewestRunes {
		return
	}
	v.cancel()
	ctx, cancel := context.WithCancel(v.s.ctx)
	v.cancel = cancel
	v.s.run(func() func() {
		defer cancel()
		found, err := v.s.session.SearchCoOp(ctx, strings.TrimSpace(words))
		if err != nil || ctx.Err() != nil {
			return nil
		}
		r, err := foundByCoOp(v.s.lib, found)
		return func() {
			switch {
			case words != v.field.Text || !v.s.try(err):
			case v.shown && words == v.words:
				v.show(words, r)
			default:
				v.answer = answer{words, r}
			}
		}
	})
}

// foundByCoOp reads what the co-op has found.
func foundByCoOp(lib *library.Library, f app.Found) (r library.Results, err error) {
	if r.Tracks, err = lib.Tracks(f.Tracks...); err != nil {
		return r, err
	}
	for _, id := range f.Releases {
		release, err := lib.Release(id)
		if errors.Is(err, library.ErrNotFound) {
			continue // a refresh has taken it out meanwhile
		}
		if err != nil {
			return r, err
		}
		r.Releases = append(r.Releases, release)
	}
	for _, id := range f.Artists {
		artist, err := lib.Artist(id)
		if errors.Is(err, library.ErrNotFound) {
			continue
		}
		if err != nil {
			return r, err
		}
		r.Artists = append(r.Artists, artist)
	}
	return r, nil
}

// show shows what was found. For words that results are shown of already,
// these stay, and what is new comes under them.
func (v *searchScreen) show(words string, r library.Results) {
	blank := strings.TrimSpace(words) == ""
	if v.shown && words == v.words && !blank {
		first, more := joined(v.first.of, v.more.of, r)
		v.first.set(first)
		v.more.set(more)
	} else {
		v.first.set(r)
		var more library.Results
		if v.answer.words == words && !blank {
			_, more = joined(r, more, v.answer.results)
		}
		v.more.set(more)
	}
	v.answer = answer{}
	v.words, v.shown = words, true
	if blank {
		v.first.kinds[1].head.Hide() // fresh says it better
	}
	v.fresh.Hidden = !blank || len(r.Releases) == 0
	v.later.Hidden = v.more.of.Count() == 0
	v.hint.Hidden = !blank && v.first.of.Count()+v.more.of.Count() > 0
	v.hint.Set(lang.L("Type a few letters of a track, a release, an artist. Any order, no accents needed."))
	if !blank {
		v.hint.Set(lang.L("Nothing here is called {{.Words}}. Fewer letters find more.", with{"Words": "“" + strings.TrimSpace(words) + "”"}))
	}
	v.column.Reflow()
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
