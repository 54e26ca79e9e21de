package ui

import (
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/assets"
	"github.com/ninth-coop/ninth/library"
)

// artistScreen is an artist and what they released.
type artistScreen struct {
	s                 *shell
	id                string
	column            *widgets.Column
	name, line, about *widgets.Text
	head              *widgets.Text
	follow            *widgets.Pill
	follows           bool
	releases          *widgets.Grid
	wait              *widgets.Skeleton
}

func newArtistScreen(s *shell, id string) *artistScreen {
	a := &artistScreen{s: s, id: id, releases: s.releaseGrid(), wait: widgets.NewSkeleton(4)}
	head := s.heading("")
	head.Above = 0
	a.name = head.Object.(*widgets.Text)
	a.line = widgets.NewText("", look.Small, look.Regular, look.Muted)
	a.about = widgets.NewParagraph("", look.Body, look.Regular, look.Text)
	a.head = section(lang.L("Releases"))
	a.follow = widgets.NewPill(lang.L("Follow"), "", false, func() { s.try(s.lib.SetFollowed(a.id, !a.follows)) })
	a.follow.Hide()
	a.column = widgets.NewColumn(s.gutter(), s.wayBack(), head, widgets.Part{Object: a.wait},
		widgets.Part{Object: a.line, Above: 2}, widgets.Part{Object: widgets.NewFlow(0, false, a.follow), Above: 12},
		widgets.Part{Object: a.about, Above: 16},
		widgets.Part{Object: a.head, Above: 24}, widgets.Part{Object: a.releases, Above: 13})
	return a
}

func (a *artistScreen) body() *widgets.Column   { return a.column }
func (a *artistScreen) sounded()                {}
func (a *artistScreen) watches() library.Change { return library.Catalogue | library.Favourites }

func (a *artistScreen) load() {
	type news struct {
		library.Artist
		follows bool
	}
	read(a.s, func() (n news, err error) {
		if n.Artist, err = a.s.lib.Artist(a.id); err != nil {
			return n, err
		}
		n.follows, err = a.s.lib.Follows(a.id)
		return n, err
	}, func(artist news) {
		a.wait.Hide()
		a.follows = artist.follows
		a.follow.Set(lang.L("Follow"), "")
		if a.follows {
			a.follow.Set(lang.L("Following"), assets.IconCheck)
		}
		a.follow.Show()
		a.name.Set(artist.Name)
		line := lang.N("{{.N}} releases", len(artist.Releases), with{"N": len(artist.Releases)})
		if artist.Country != "" {
			line = artist.Country + " · " + line
		}
		a.line.Set(line)
		a.about.Set(artist.About)
		a.about.Hidden = artist.About == ""
		a.head.Hidden = len(artist.Releases) == 0
		a.releases.Set(a.s.releaseCards(artist.Releases)...)
		a.column.Reflow()
	})
}
