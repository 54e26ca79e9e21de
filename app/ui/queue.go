package ui

import (
	"fyne.io/fyne/v2"
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
	mover    *mover
	next     []app.QueueRow // what follows the current entry
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
		Create: func() fyne.CanvasObject {
			if s.isPhone {
				return widgets.NewQueueRow(s.pictures)
			}
			return widgets.NewMovingQueueRow(s.pictures)
		},
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
	q.mover = &mover{column: q.column, rows: q.rows, move: q.move}
	q.object = group(func(size fyne.Size) { put(q.column, 0, 0, size.Width, size.Height) }, nil, q.column)
	return q
}

func (q *queuePanel) update(i int, o fyne.CanvasObject) {
	r := q.next[i]
	remove := func() { q.s.session.RemoveEntry(r.Entry) }
	var row *widgets.QueueRow
	switch o := o.(type) {
	case *widgets.QueueRow:
		row = o
	case *widgets.MovingQueueRow:
		row = &o.QueueRow
		q.mover.allow(i, &o.Moving)
		o.OnRemove = remove
	}
	row.OnTakeOut = remove
	row.OnTapped = func() { q.s.session.PlayEntry(r.Entry) }
	row.OnMenu = func(at fyne.Position) { q.s.entryMenu(r, at) }
	row.Set(widgets.TrackView{Track: r.Track, Away: q.s.m.away(r.Track)}, r.Price)
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
