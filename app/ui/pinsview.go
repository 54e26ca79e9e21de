package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/assets"
	"github.com/ninth-coop/ninth/library"
)

// pinsView is the releases and playlists that are kept on this machine. It is
// hidden while there are none.
type pinsView struct {
	s    *shell
	head *widgets.Text
	list *widgets.Grid
	rest *widgets.Text
}

// mostPins bounds how many are shown.
const mostPins = 50

func newPinsView(s *shell) *pinsView {
	v := &pinsView{s: s, head: section(lang.L("Kept releases and playlists")), rest: teach("")}
	v.list = widgets.NewGrid(widgets.Cells{Least: storageWidth/2 + 1, Below: 10})
	v.show(library.Page[library.Reason]{})
	return v
}

// show shows what has been read.
func (v *pinsView) show(p library.Page[library.Reason]) {
	rows := make([]fyne.CanvasObject, len(p.Items))
	for i, r := range p.Items {
		rows[i] = v.row(r)
	}
	v.list.Set(rows...)
	more := p.Total - len(p.Items)
	v.rest.Set(lang.N("and {{.N}} more", more, with{"N": more}))
	v.head.Hidden, v.list.Hidden, v.rest.Hidden = p.Total == 0, p.Total == 0, more <= 0
}

// row is one of them: its name, what it is, and a button that keeps it no
// longer.
func (v *pinsView) row(r library.Reason) fyne.CanvasObject {
	kind, open := lang.L("Release"), func() { v.s.openRelease(r.ID) }
	drop := func() { v.s.keepRelease(library.Release{ID: r.ID, Title: r.Title}, false) }
	if r.Why == library.WhyPlaylist {
		kind, open = lang.L("Playlist"), func() { v.s.visit(place{atPlaylist, r.ID}) }
		drop = func() { v.s.keepPlaylist(library.Playlist{ID: r.ID, Title: r.Title}, false) }
	}
	name := widgets.NewLink(widgets.NewText(r.Title, look.Body, look.Medium, look.Text), open)
	about := widgets.NewText(kind, look.Small, look.Regular, look.Muted)
	remove := widgets.NewIconButton(assets.IconPin, 18, lang.L("Keep {{.Title}} no longer", with{"Title": r.Title}), drop).SetSquare(look.TouchHeight)
	remove.Set(assets.IconPin, look.Owned)
	return widgets.NewBox(func(width float32, place bool) float32 {
		left := width - look.TouchHeight - 8
		above, below := name.Text().Natural(), about.Natural().Height
		height := max(above.Height+2+below, look.TouchHeight)
		if place {
			top := floor((height - above.Height - 2 - below) / 2)
			put(name, 0, top, min(above.Width, left), above.Height)
			put(about, 0, top+above.Height+2, left, below)
			// The icon stands under those that let go of tracks.
			put(remove, width-look.TouchHeight/2-9, (height-look.TouchHeight)/2, look.TouchHeight, look.TouchHeight)
		}
		return height
	}, name, about, remove)
}
