package ui

import (
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
)

// studioScreen is the artist's room: own releases, the drafts before the rest.
type studioScreen struct {
	s                *shell
	column           *widgets.Column
	draftHead, head  *widgets.Text
	drafts, released *widgets.Grid
	empty            *widgets.Text
}

func newStudioScreen(s *shell) *studioScreen {
	v := &studioScreen{s: s, drafts: s.releaseGrid(), released: s.releaseGrid()}
	v.draftHead, v.head = section(lang.L("Drafts")), section(lang.L("In the co-op"))
	v.empty = teach(lang.L("Your own releases appear here, drafts included, before anyone else hears them. Plays in the studio cost and count nothing."))
	v.show(nil)
	v.empty.Hide() // until it is known that there are none
	v.column = widgets.NewColumn(s.gutter(), s.heading(lang.L("Studio")),
		widgets.Part{Object: v.empty, Above: 16},
		widgets.Part{Object: v.draftHead, Above: 16}, widgets.Part{Object: v.drafts, Above: 13},
		widgets.Part{Object: v.head, Above: 23}, widgets.Part{Object: v.released, Above: 13})
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
			v.show(p.Items)
			v.column.Reflow()
		})
}

// show parts the drafts from what everyone hears.
func (v *studioScreen) show(releases []library.Release) {
	var drafts, released []library.Release
	for _, r := range releases {
		if r.Draft {
			drafts = append(drafts, r)
		} else {
			released = append(released, r)
		}
	}
	v.drafts.Set(v.s.releaseCards(drafts)...)
	v.released.Set(v.s.releaseCards(released)...)
	v.draftHead.Hidden, v.drafts.Hidden = len(drafts) == 0, len(drafts) == 0
	v.head.Hidden, v.released.Hidden = len(released) == 0, len(released) == 0
	v.empty.Hidden = len(releases) > 0
}
