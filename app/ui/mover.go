package ui

import "github.com/ninth-coop/ninth/app/ui/widgets"

// mover lets the rows of a column be dragged to another place. While one is
// held at the upper or lower edge the column scrolls.
type mover struct {
	column *widgets.Column
	rows   *widgets.Rows
	move   func(from, to int) // a row was dropped; to may be where it was

	held  bool
	began float32 // how far the column was scrolled then
}

// allow makes row i one that can be moved.
func (m *mover) allow(i int, row *widgets.Moving) {
	row.OnMove = func(by int) { m.move(i, i+by) }
	row.OnDrag = func(y float32) {
		if !m.held {
			m.held, m.began = true, m.column.Offset()
		}
		m.scroll(i, y)
		m.show(i, m.target(i, y))
	}
	row.OnDrop = func(y float32) {
		to := m.target(i, y)
		m.held = false
		m.column.Unmark()
		m.move(i, to)
	}
}

// scrolled is how far the column was scrolled since the row was taken.
func (m *mover) scrolled() float32 {
	if !m.held {
		return 0
	}
	return m.column.Offset() - m.began
}

// scroll scrolls the column when the row that was taken at i, and is y dp from
// there, is at one of its edges.
func (m *mover) scroll(i int, y float32) {
	const step = 12 // dp for each move of the pointer
	top := m.column.RowTop(m.rows, i) + m.scrolled() + y
	switch at := m.column.Offset(); {
	case top < 0 && at > 0:
		m.column.ScrollTo(max(at-step, 0))
	case top+m.rows.Height > m.column.Size().Height:
		m.column.ScrollTo(min(at+step, max(m.column.Height()-m.column.Size().Height, 0)))
	}
}

// target is where a row goes that was taken at i and is y dp from there.
func (m *mover) target(i int, y float32) int {
	step := (y + m.scrolled()) / m.rows.Height
	if step < 0 {
		step -= 0.5
	} else {
		step += 0.5
	}
	return min(max(i+int(step), 0), m.rows.Count-1)
}

// show draws a line where the row that is dragged will go: between the two
// that will be around it.
func (m *mover) show(from, to int) {
	if to > from {
		to++
	}
	m.column.Mark(m.rows, to)
}
