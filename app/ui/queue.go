package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
)

// queuePanel is the queue: what plays now, what follows, and what it will
// cost. On a desk it stands at the right; on a phone it is a screen over the
// full-screen player.
type queuePanel struct {
	s        *shell
	object   *fyne.Container
	column   *widgets.Column
	sum      *widgets.Text
	nowHead  *widgets.Text
	nextHead *widgets.Text
	empty    *widgets.Text
	now      *widgets.QueueRow
	rows     *widgets.Rows
	mark     *canvas.Rectangle // where a dragged entry will go
	next     []app.QueueRow    // what follows the current entry
}

func newQueuePanel(s *shell, gutter float32) *queuePanel {
	q := &queuePanel{s: s}
	quiet := func(t string) *widgets.Text { return widgets.NewText(t, look.Small, look.Regular, look.Muted) }
	q.sum, q.nowHead, q.nextHead = widgets.NewParagraph("", look.Small, look.Regular, look.Muted), quiet(lang.L("Now")), quiet(lang.L("Next"))
	q.empty = widgets.NewParagraph(lang.L("Nothing follows. Play a release, or add tracks from their menu."), look.Small, look.Regular, look.Muted)
	q.now = widgets.NewQueueRow(s.pictures)
	q.now.OnTapped = s.toggle
	q.rows = &widgets.Rows{
		Height: q.now.MinSize().Height,
		Create: func() fyne.CanvasObject { return widgets.NewQueueRow(s.pictures) },
		Update: q.update,
	}
	q.column = widgets.NewColumn(gutter,
		widgets.Part{Object: widgets.NewText(lang.L("Queue"), look.Section, look.Name, look.Text), Above: 20},
		widgets.Part{Object: q.sum, Above: 5},
		widgets.Part{Object: q.nowHead, Above: 12},
		widgets.Part{Object: q.now, Above: 5},
		widgets.Part{Object: q.nextHead, Above: 12},
		widgets.Part{Object: q.empty, Above: 8},
		widgets.Part{Rows: q.rows, Above: 3},
	)
	q.mark = canvas.NewRectangle(nil)
	q.mark.Hide()
	q.object = group(func(size fyne.Size) { put(q.column, 0, 0, size.Width, size.Height) }, nil, q.column, q.mark)
	return q
}

func (q *queuePanel) update(i int, o fyne.CanvasObject) {
	row, r := o.(*widgets.QueueRow), q.next[i]
	row.Set(widgets.TrackView{Track: r.Track, Away: q.s.m.away(r.Track)}, r.Price)
	row.OnTapped = func() { q.s.session.PlayEntry(r.Entry) }
	row.OnRemove = func() { q.s.session.RemoveEntry(r.Entry) }
	row.OnMenu = func(at fyne.Position) { q.s.entryMenu(r, at) }
	row.OnMove = func(by int) { q.move(i, i+by) }
	row.OnDrag, row.OnDrop = nil, nil
	if !fyne.CurrentDevice().IsMobile() {
		row.OnDrag = func(y float32) { q.showDrop(i, q.target(i, y)) }
		row.OnDrop = func(y float32) {
			q.mark.Hide()
			q.move(i, q.target(i, y))
		}
	}
}

// target is where an entry goes that is dragged from i by y dp.
func (q *queuePanel) target(i int, y float32) int {
	step := y / q.rows.Height
	if step < 0 {
		step -= 0.5
	} else {
		step += 0.5
	}
	return min(max(i+int(step), 0), len(q.next)-1)
}

// showDrop draws a line where the entry that is dragged will go: between the
// two that will be around it.
func (q *queuePanel) showDrop(from, to int) {
	q.mark.FillColor = q.s.colour(look.Accent)
	gap := to
	if to > from {
		gap++
	}
	y := q.column.RowTop(q.rows, gap)
	put(q.mark, q.column.Gutter, y-1, q.object.Size().Width-2*q.column.Gutter, 2)
	q.mark.Show()
	q.mark.Refresh()
}

// move puts the entry at from to the place to, both counted from the entry
// after the current one.
func (q *queuePanel) move(from, to int) {
	if from == to || to < 0 || to >= len(q.next) {
		return
	}
	before := player.EntryID(0)
	switch {
	case to < from:
		before = q.next[to].Entry
	case to+1 < len(q.next):
		before = q.next[to+1].Entry
	}
	q.s.session.MoveEntry(q.next[from].Entry, before)
}

// show takes over what the model says.
func (q *queuePanel) show() {
	m := &q.s.m
	q.next = m.queue.Rows
	current := library.Track{}
	if i := m.queue.Current; i >= 0 && i < len(m.queue.Rows) {
		current = m.queue.Rows[i].Track
		q.next = m.queue.Rows[i+1:]
	}
	q.sum.Set(queueLine(m.queue))
	q.sum.Hidden = len(m.queue.Rows) == 0
	has := current.ID != "" || current.Title != ""
	q.now.Hidden, q.nowHead.Hidden = !has, !has
	q.nextHead.Hidden = len(q.next) == 0
	q.empty.Hidden = len(q.next) > 0
	q.now.Set(widgets.TrackView{Track: current, Current: true, Playing: m.playing()}, 0)
	q.rows.Count = len(q.next)
	q.column.Reflow()
}
