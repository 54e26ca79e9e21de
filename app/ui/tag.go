package ui

import (
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
)

// tagScreen is all releases with a tag, the newest first. Only the cards in
// sight exist, so there may be any number.
type tagScreen struct {
	column *widgets.Column
	rows   *widgets.Rows
	pager  *pager[library.Release]
	count  *widgets.Text
}

func newTagScreen(s *shell, tag string) *tagScreen {
	v := &tagScreen{count: teach("")}
	v.pager = newPager(s, func(offset, limit int) (library.Page[library.Release], error) {
		return s.lib.Tagged(tag, offset, limit)
	}, v.arrived)
	v.rows = s.releaseRows(v.pager.at)
	head := s.heading(tag)
	head.Above = 0
	v.column = widgets.NewColumn(s.gutter(), s.wayBack(), head, widgets.Part{Object: v.count, Above: 6}, widgets.Part{Rows: v.rows, Above: 16})
	return v
}

func (v *tagScreen) body() *widgets.Column   { return v.column }
func (v *tagScreen) sounded()                {}
func (v *tagScreen) watches() library.Change { return library.Catalogue }
func (v *tagScreen) load()                   { v.pager.reload() }

// arrived shows what has been read.
func (v *tagScreen) arrived() {
	v.rows.Count = v.pager.total
	v.count.Set(lang.N("{{.N}} releases", v.pager.total, with{"N": v.pager.total}))
	v.column.Reflow()
}
