package widgets

import "fyne.io/fyne/v2"

// Moving is what makes a row one that can be dragged to another place of its
// list, moved with the arrows, and taken out with delete. It is for lists of a
// desk: on a phone, whatever can be dragged keeps its list from scrolling.
type Moving struct {
	OnDrag   func(y float32) // while dragged: how far from where it began, in dp
	OnDrop   func(y float32)
	OnMove   func(by int)
	OnRemove func()

	// Those of the drag that goes on: meanwhile the row may show another entry.
	drag, drop func(y float32)
	moved      float32
}

var (
	_ fyne.Draggable = (*MovingQueueRow)(nil)
	_ fyne.Draggable = (*MovingTrackTile)(nil)
)

// Dragged implements fyne.Draggable.
func (m *Moving) Dragged(e *fyne.DragEvent) {
	if m.drag == nil {
		if m.OnDrag == nil || m.OnDrop == nil {
			return
		}
		m.drag, m.drop = m.OnDrag, m.OnDrop
	}
	m.moved += e.Dragged.DY
	m.drag(m.moved)
}

// DragEnd implements fyne.Draggable.
func (m *Moving) DragEnd() {
	drop, moved := m.drop, m.moved
	m.drag, m.drop, m.moved = nil, nil, 0
	if drop != nil {
		drop(moved)
	}
}

// typedKey moves or removes the entry, and says whether it did.
func (m *Moving) typedKey(e *fyne.KeyEvent) bool {
	switch {
	case e.Name == fyne.KeyDelete && m.OnRemove != nil:
		m.OnRemove()
	case e.Name == fyne.KeyUp && m.OnMove != nil:
		m.OnMove(-1)
	case e.Name == fyne.KeyDown && m.OnMove != nil:
		m.OnMove(+1)
	default:
		return false
	}
	return true
}

// MovingQueueRow is a QueueRow that can be moved.
type MovingQueueRow struct {
	QueueRow
	Moving
}

// NewMovingQueueRow is an empty row.
func NewMovingQueueRow(pictures *Pictures) *MovingQueueRow {
	r := &MovingQueueRow{}
	r.build(pictures)
	r.extend(r)
	return r
}

// TypedKey moves and removes the entry.
func (r *MovingQueueRow) TypedKey(e *fyne.KeyEvent) {
	if !r.typedKey(e) {
		r.Press.TypedKey(e)
	}
}

// MovingTrackTile is a TrackTile that can be moved.
type MovingTrackTile struct {
	TrackTile
	Moving
}

// NewMovingTrackTile is an empty tile.
func NewMovingTrackTile(pictures *Pictures) *MovingTrackTile {
	t := &MovingTrackTile{}
	t.build(pictures)
	t.extend(t)
	return t
}

// TypedKey moves and removes the track.
func (t *MovingTrackTile) TypedKey(e *fyne.KeyEvent) {
	if !t.typedKey(e) {
		t.Press.TypedKey(e)
	}
}
