package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
)

// The chips of the releases, and the ids of their places.
const (
	chipNewest = ""
	chipTitle  = "title"
	chipArtist = "artist"
)

// releasesScreen is everything that the co-op has released, or what the
// person's own files make up. Only the cards in
// sight exist, so it may be of any length.
type releasesScreen struct {
	s            *shell
	chip         string
	column       *widgets.Column
	rows         *widgets.Rows
	pager        *pager[library.Release]
	count, empty *widgets.Text
}

func newReleasesScreen(s *shell, chip string) *releasesScreen {
	v := &releasesScreen{s: s, chip: chip, count: teach(""), empty: s.emptyCatalogue()}
	order := map[string]library.Order{chipTitle: library.ByTitle, chipArtist: library.ByArtist}[chip] // else the newest
	v.pager = newPager(s, func(offset, limit int) (library.Page[library.Release], error) {
		if chip == chipLocal {
			return s.lib.LocalReleases(offset, limit)
		}
		return s.lib.Releases(order, offset, limit)
	}, v.arrived)
	if chip == chipLocal {
		v.empty.Set(noLocalMusic())
	}
	v.rows = s.releaseRows(v.pager.at)
	head := s.heading(lang.L("Releases"))
	head.Above = 0
	v.column = widgets.NewColumn(s.gutter(), s.wayBack(), head, widgets.Part{Object: v.chips(), Above: 11},
		widgets.Part{Object: v.count, Above: 17}, widgets.Part{Object: v.empty, Above: 16}, widgets.Part{Rows: v.rows, Above: 16})
	return v
}

func (v *releasesScreen) chips() fyne.CanvasObject {
	chip := func(label, id string) fyne.CanvasObject {
		c := widgets.NewChip(label, func() { v.s.visit(place{atReleases, id}) })
		c.Choose(id == v.chip)
		return c
	}
	chips := []fyne.CanvasObject{chip(lang.L("Newest"), chipNewest), chip(lang.L("Title"), chipTitle), chip(lang.L("Artist"), chipArtist)}
	if hasFolders() {
		chips = append(chips, chip(lang.L("Local"), chipLocal))
	}
	return widgets.NewFlow(8, false, chips...)
}

func (v *releasesScreen) body() *widgets.Column   { return v.column }
func (v *releasesScreen) sounded()                {}
func (v *releasesScreen) watches() library.Change { return library.Catalogue }
func (v *releasesScreen) load()                   { v.pager.reload() }

// arrived shows what has been read.
func (v *releasesScreen) arrived() {
	n := v.pager.total
	v.rows.Count = n
	v.count.Set(lang.N("{{.N}} releases", n, with{"N": n}))
	v.count.Hidden, v.empty.Hidden = n == 0, n > 0
	v.column.Reflow()
}

// emptyCatalogue stands, once shown, where there are no releases yet.
func (s *shell) emptyCatalogue() *widgets.Text {
	text := lang.L("The catalogue is on its way. Releases appear here as they come in from the co-op.")
	if !s.m.status.SignedIn {
		text = lang.L("The releases of a co-op appear here once you have signed in to it.")
	}
	t := teach(text)
	t.Hide()
	return t
}

// releaseCells is how release cards stand side by side.
func (s *shell) releaseCells() widgets.Cells {
	if s.isPhone {
		return widgets.Cells{Least: 140, Gap: 16, Below: 20}
	}
	side := s.theme.Room(158)
	return widgets.Cells{Least: side, Most: side, Gap: 18, Below: 22}
}

// releaseRows is a list of release cards of any length, of which only those in
// sight exist. at gives a release, or false while it is not here.
func (s *shell) releaseRows(at func(i int) (library.Release, bool)) *widgets.Rows {
	cells := s.releaseCells()
	return &widgets.Rows{
		Cells: &cells, HeightAt: widgets.NewReleaseCard(s.pictures).HeightAt,
		Create: func() fyne.CanvasObject { return widgets.NewReleaseCard(s.pictures) },
		Update: func(i int, o fyne.CanvasObject) {
			card := o.(*widgets.ReleaseCard)
			if r, ok := at(i); ok {
				s.fillCard(card, r)
				return
			}
			card.Set(library.Release{}, "", widgets.ReleaseActions{})
		},
	}
}

// releaseGrid is a grid for release cards.
func (s *shell) releaseGrid() *widgets.Grid { return widgets.NewGrid(s.releaseCells()) }

func (s *shell) releaseCards(releases []library.Release) []fyne.CanvasObject {
	cards := make([]fyne.CanvasObject, len(releases))
	for i, r := range releases {
		card := widgets.NewReleaseCard(s.pictures)
		s.fillCard(card, r)
		cards[i] = card
	}
	return cards
}

// fillCard shows a release in a card.
func (s *shell) fillCard(card *widgets.ReleaseCard, r library.Release) {
	second := r.Artist
	if r.Draft {
		second = draftLine(r, s.now())
	}
	card.Set(r, second, widgets.ReleaseActions{
		Open: func() { s.openRelease(r.ID) },
		Play: func() { s.try(s.session.PlayRelease(r.ID, "")) },
		Menu: func(at fyne.Position) {
			read(s, func() (library.Release, error) { return s.lib.Release(r.ID) },
				func(whole library.Release) { s.releaseMenu(whole, at) })
		},
	})
}
