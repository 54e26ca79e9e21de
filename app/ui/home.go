package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/credits"
	"github.com/ninth-coop/ninth/library"
)

// homeScreen greets, and shows what is nearly owned, what is new, and what is
// new from the artists that the person follows.
type homeScreen struct {
	s                     *shell
	column                *widgets.Column
	greeting              *widgets.Text
	nearly, fresh, yours  *widgets.Grid
	followed              *widgets.Grid
	nearlyHead, yoursHead *widgets.Text
	followedHead          *widgets.Text
	freshHead             *widgets.Box
	empty                 *widgets.Text
}

const (
	homeCards   = 24 // releases read for a row; those that do not fit are left out
	nearlyCards = 3
	nearlyPlays = 7 // a track is nearly owned from this many plays on
)

func newHomeScreen(s *shell) *homeScreen {
	h := &homeScreen{s: s}
	head := s.heading(greeting(s.now(), s.m.account.Name))
	h.greeting = head.Object.(*widgets.Text)
	h.nearlyHead, h.yoursHead = section(lang.L("Nearly yours")), section(lang.L("From artists you own"))
	h.freshHead = s.sectionOfAll(lang.L("New in the co-op"))
	h.followedHead = section(lang.L("New from artists you follow"))
	h.nearly = widgets.NewGrid(widgets.Cells{Least: s.theme.Room(210), Gap: 14, Below: 12})
	h.fresh, h.yours, h.followed = s.releaseGrid(), s.releaseGrid(), s.releaseGrid()
	if !s.isPhone {
		h.yours.MaxRows, h.nearly.MaxRows, h.followed.MaxRows = 1, 1, 1 // load says how many of fresh
	}
	h.empty = s.emptyCatalogue()
	for _, o := range h.parts() {
		o.Hide()
	}
	h.column = widgets.NewColumn(s.gutter(), head,
		widgets.Part{Object: h.empty, Above: 20},
		widgets.Part{Object: h.nearlyHead, Above: 16}, widgets.Part{Object: h.nearly, Above: 13},
		widgets.Part{Object: h.followedHead, Above: 23}, widgets.Part{Object: h.followed, Above: 13},
		widgets.Part{Object: h.freshHead, Above: 23}, widgets.Part{Object: h.fresh, Above: 13},
		widgets.Part{Object: h.yoursHead, Above: 22}, widgets.Part{Object: h.yours, Above: 13})
	return h
}

func (h *homeScreen) parts() []fyne.CanvasObject {
	return []fyne.CanvasObject{h.nearlyHead, h.nearly, h.freshHead, h.fresh, h.yoursHead, h.yours, h.followedHead, h.followed, h.empty}
}

func (h *homeScreen) body() *widgets.Column { return h.column }

func (h *homeScreen) load() {
	type news struct {
		account library.Account
		nearly  []library.Track
		fresh   []library.Release
		follows []library.Release
		yours   []library.Release
	}
	lib := h.s.lib
	read(h.s, func() (n news, err error) {
		if n.account, err = lib.Account(); err != nil {
			return n, err
		}
		nearly, err := lib.NearlyOwned(nearlyPlays, 0, nearlyCards)
		if n.nearly = nearly.Items; err != nil {
			return n, err
		}
		page, err := lib.Releases(library.Newest, 0, homeCards)
		if err != nil {
			return n, err
		}
		n.fresh = page.Items
		if page, err = lib.NewFromFollowed(0, homeCards); err != nil {
			return n, err
		}
		n.follows = page.Items
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
		if !h.s.isPhone {
			h.fresh.MaxRows = 1
			if len(n.yours) == 0 {
				h.fresh.MaxRows = 2 // of the room that is left
			}
		}
		h.fresh.Set(h.s.releaseCards(limited(n.fresh, h.s.isPhone))...)
		h.followed.Set(h.s.releaseCards(limited(n.follows, h.s.isPhone))...)
		h.followed.Hidden, h.followedHead.Hidden = len(n.follows) == 0, len(n.follows) == 0
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

func (h *homeScreen) watches() library.Change {
	return library.Catalogue | library.Ownership | library.Favourites
}
