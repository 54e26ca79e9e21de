package ui

import (
	"errors"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
)

// outboxView is the part of the settings that shows what was done here and has
// not reached the co-op: what waits, and what failed and needs an answer. It
// is hidden while there is nothing of the kind.
type outboxView struct {
	s    *shell
	head *widgets.Text
	list *widgets.Grid
	rest *widgets.Text
}

// mostErrands bounds how many are shown; those that failed come first.
const mostErrands = 50

func newOutboxView(s *shell) *outboxView {
	v := &outboxView{s: s, head: section(lang.L("Waiting for the co-op")), rest: teach("")}
	// A column of settings has no room for two of these side by side.
	v.list = widgets.NewGrid(widgets.Cells{Least: settingsWidth/2 + 1, Below: 14})
	for _, o := range []fyne.CanvasObject{v.head, v.list, v.rest} {
		o.Hide()
	}
	return v
}

// errand is an intent with the name of what it is about.
type errand struct {
	library.Intent
	name string // of the track or playlist; "" when it is not known any more
}

// read reads what waits, as far as it is shown, and how much there is in all.
func (v *outboxView) read() (errands []errand, all int, err error) {
	intents, err := v.s.lib.Outbox()
	if err != nil {
		return nil, 0, err
	}
	slices.SortStableFunc(intents, func(a, b library.Intent) int {
		return failedFirst(a) - failedFirst(b)
	})
	for _, in := range intents[:min(len(intents), mostErrands)] {
		e := errand{Intent: in}
		if e.name, err = nameOf(v.s.lib, in); err != nil {
			return nil, 0, err
		}
		errands = append(errands, e)
	}
	return errands, len(intents), nil
}

func failedFirst(in library.Intent) int {
	if in.State == library.IntentFailed {
		return 0
	}
	return 1
}

// nameOf is the title of the track or playlist that an intent is about.
func nameOf(lib *library.Library, in library.Intent) (name string, err error) {
	switch {
	case in.TrackID != "":
		var t library.Track
		t, err = lib.Track(in.TrackID)
		name = t.Title
	case in.Title != "":
		return in.Title, nil
	default:
		var p library.Playlist
		p, err = lib.Playlist(in.PlaylistID)
		name = p.Title
	}
	if errors.Is(err, library.ErrNotFound) {
		return "", nil // removed meanwhile, which is no reason to show nothing
	}
	return name, err
}

// show shows what has been read.
func (v *outboxView) show(errands []errand, all int) {
	rows := make([]fyne.CanvasObject, len(errands))
	for i, e := range errands {
		rows[i] = v.row(e)
	}
	v.list.Set(rows...)
	more := all - len(errands)
	v.rest.Set(lang.N("and {{.N}} more", more, with{"N": more}))
	v.head.Hidden, v.list.Hidden, v.rest.Hidden = all == 0, all == 0, more <= 0
}

// row is one errand: what, when and how it stands, and what can be done about
// one that failed.
func (v *outboxView) row(e errand) fyne.CanvasObject {
	what := widgets.NewParagraph(errandWords(e), look.Body, look.Medium, look.Text)
	about := widgets.NewText(when(e.At, v.s.now())+" · "+stateWords(e.State), look.Small, look.Regular, look.Muted)
	lines := []interface {
		fyne.CanvasObject
		HeightAt(width float32) float32
	}{what, about}
	if e.State == library.IntentFailed {
		lines = append(lines, widgets.NewParagraph(translated(e.Reason, nil), look.Small, look.Regular, look.Warning),
			widgets.NewFlow(10, false,
				widgets.NewPill(lang.L("Try again"), "", false, func() { v.s.try(v.s.lib.Retry(e.ID)) }),
				widgets.NewPill(lang.L("Dismiss"), "", false, func() { v.s.try(v.s.lib.DismissIntent(e.ID)) })))
	}
	above := [...]float32{0, 2, 4, 10} // dp over each
	objects := make([]fyne.CanvasObject, len(lines))
	for i, o := range lines {
		objects[i] = o
	}
	return widgets.NewBox(func(width float32, place bool) float32 {
		y := float32(0)
		for i, o := range lines {
			h := o.HeightAt(width)
			if place {
				put(o, 0, y+above[i], width, h)
			}
			y += above[i] + h
		}
		return y
	}, objects...)
}

// errandWords says what was done.
func errandWords(e errand) string {
	name := e.name
	if name == "" {
		name = lang.L("something that is gone")
	}
	title, price := with{"Title": name}, with{"Title": name, "Price": e.Price}
	switch e.Kind {
	case library.IntentPlay:
		return lang.L("Play of {{.Title}}, {{.Price}}", price)
	case library.IntentBuy:
		return lang.L("Purchase of {{.Title}}, {{.Price}}", price)
	case library.IntentFavourite:
		if e.On {
			return lang.L("New favourite: {{.Title}}", title)
		}
		return lang.L("No favourite any more: {{.Title}}", title)
	case library.IntentPlaylistCreate:
		return lang.L("New playlist: {{.Title}}", title)
	case library.IntentPlaylistDelete:
		return lang.L("Playlist deleted: {{.Title}}", title)
	case library.IntentPlaylistCover:
		return lang.L("New cover: {{.Title}}", title)
	default:
		return lang.L("Playlist changed: {{.Title}}", title)
	}
}

func stateWords(s library.IntentState) string {
	switch s {
	case library.IntentFailed:
		return lang.L("failed")
	case library.IntentSending:
		return lang.L("on its way")
	default:
		return lang.L("waits")
	}
}

// tellFailed says that more has failed than before, and leads to where an
// answer can be given.
func (s *shell) tellFailed(before, now int) {
	if now > before {
		s.offer(lang.N("{{.N}} things did not reach the co-op.", now, with{"N": now}), true,
			lang.L("Show"), func() { s.visit(place{kind: atSettings}) })
	}
}
