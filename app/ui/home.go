package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/credits"
	"github.com/ninth-coop/ninth/library"
)

// homeScreen greets, and shows what is nearly owned and what is new.
type homeScreen struct {
	s                     *shell
	column                *widgets.Column
	greeting              *widgets.Text
	nearly, fresh, yours  *widgets.Grid
	nearlyHead, freshHead *widgets.Text
	yoursHead, empty      *widgets.Text
}

const (
	homeCards   = 12 // releases read for a row; those that do not fit are left out
	nearlyCards = 3
	nearlyPlays = 6 // a track is nearly owned from this many plays on
)

func newHomeScreen(s *shell) *homeScreen {
	h := &homeScreen{s: s}
	head := s.heading(greeting(s.now(), s.m.account.Name))
	h.greeting = head.Object.(*widgets.Text)
	h.nearlyHead, h.freshHead, h.yoursHead = section(lang.L("Nearly yours")), section(lang.L("New in the co-op")), section(lang.L("From artists you own"))
	h.nearly = widgets.NewGrid(s.theme.Room(210), 0, 14, 12)
	h.fresh, h.yours = s.releaseGrid(), s.releaseGrid()
	h.fresh.OneRow, h.yours.OneRow, h.nearly.OneRow = !s.isPhone, !s.isPhone, !s.isPhone
	h.empty = teach(lang.L("The catalogue is on its way. Releases appear here as they come in from the co-op."))
	for _, o := range h.parts() {
		o.Hide()
	}
	h.column = widgets.NewColumn(s.gutter(), head,
		widgets.Part{Object: h.empty, Above: 20},
		widgets.Part{Object: h.nearlyHead, Above: 16}, widgets.Part{Object: h.nearly, Above: 13},
		widgets.Part{Object: h.freshHead, Above: 23}, widgets.Part{Object: h.fresh, Above: 13},
		widgets.Part{Object: h.yoursHead, Above: 22}, widgets.Part{Object: h.yours, Above: 13})
	return h
}

func (h *homeScreen) parts() []fyne.CanvasObject {
	return []fyne.CanvasObject{h.nearlyHead, h.nearly, h.freshHead, h.fresh, h.yoursHead, h.yours, h.empty}
}

// releaseGrid is a grid for release cards.
func (s *shell) releaseGrid(cards ...fyne.CanvasObject) *widgets.Grid {
	if s.isPhone {
		return widgets.NewGrid(140, 0, 16, 20, cards...)
	}
	side := s.theme.Room(158)
	return widgets.NewGrid(side, side, 18, 22, cards...)
}

func (s *shell) releaseCards(releases []library.Release) []fyne.CanvasObject {
	cards := make([]fyne.CanvasObject, len(releases))
	for i, r := range releases {
		card := widgets.NewReleaseCard(s.pictures, r,
			func() { s.openRelease(r.ID) },
			func() { s.try(s.session.PlayRelease(r.ID, "")) })
		card.OnMenu = func(at fyne.Position) {
			read(s, func() (library.Release, error) { return s.lib.Release(r.ID) },
				func(whole library.Release) { s.releaseMenu(whole, at) })
		}
		cards[i] = card
	}
	return cards
}

func (h *homeScreen) body() *widgets.Column { return h.column }

func (h *homeScreen) load() {
	type news struct {
		account library.Account
		nearly  []library.Track
		fresh   []library.Release
		yours   []library.Release
	}
	lib := h.s.lib
	read(h.s, func() (n news, err error) {
		if n.account, err = lib.Account(); err != nil {
			return n, err
		}
		if n.nearly, err = lib.NearlyOwned(nearlyPlays, nearlyCards); err != nil {
			return n, err
		}
		page, err := lib.Releases(library.Newest, 0, homeCards)
		if err != nil {
			return n, err
		}
		n.fresh = page.Items
		n.yours, err = lib.FromOwnedArtists(homeCards)
		return n, err
	}, func(n news) {
		h.greeting.Set(greeting(h.s.now(), n.account.Name))
		var cards []fyne.CanvasObject
		for _, t := range n.nearly {
			if t.Plays < credits.PlaysToOwn {
				cards = append(cards, widgets.NewNearlyCard(t, func() { h.s.session.PlayTracks([]string{t.ID}, 0) }))
			}
		}
		h.nearly.Set(cards...)
		h.fresh.Set(h.s.releaseCards(limited(n.fresh, h.s.isPhone))...)
		h.yours.Set(h.s.releaseCards(limited(n.yours, h.s.isPhone))...)
		h.nearly.Hidden, h.nearlyHead.Hidden = len(cards) == 0, len(cards) == 0
		h.fresh.Hidden, h.freshHead.Hidden = len(n.fresh) == 0, len(n.fresh) == 0
		h.yours.Hidden, h.yoursHead.Hidden = len(n.yours) == 0, len(n.yours) == 0
		h.empty.Hidden = len(n.fresh) > 0
		h.column.Reflow()
	})
}

// limited keeps a phone's home short.
func limited(r []library.Release, phone bool) []library.Release {
	if phone {
		return r[:min(len(r), 6)]
	}
	return r
}

func (h *homeScreen) sounded() {}

func (h *homeScreen) watches() library.Change { return library.Catalogue | library.Ownership }

// studioScreen is the artist's room: own releases, drafts included.
type studioScreen struct {
	s      *shell
	column *widgets.Column
	grid   *widgets.Grid
	empty  *widgets.Text
}

func newStudioScreen(s *shell) *studioScreen {
	v := &studioScreen{s: s, grid: s.releaseGrid()}
	v.empty = teach(lang.L("Your own releases appear here, drafts included, before anyone else hears them. Plays in the studio cost and count nothing."))
	v.empty.Hide()
	v.column = widgets.NewColumn(s.gutter(), s.heading(lang.L("Studio")),
		widgets.Part{Object: v.empty, Above: 16}, widgets.Part{Object: v.grid, Above: 16})
	return v
}

func (v *studioScreen) body() *widgets.Column { return v.column }
func (v *studioScreen) sounded()              {}

func (v *studioScreen) watches() library.Change { return library.Catalogue }

// studioReleases bounds what the studio shows; few artists have as many.
const studioReleases = 200

func (v *studioScreen) load() {
	read(v.s, func() (library.Page[library.Release], error) { return v.s.lib.OwnReleases(0, studioReleases) },
		func(p library.Page[library.Release]) {
			v.grid.Set(v.s.releaseCards(p.Items)...)
			v.empty.Hidden = len(p.Items) > 0
			v.column.Reflow()
		})
}
