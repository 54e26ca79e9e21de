package ui

import (
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
)

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
