package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/ninth-coop/ninth/app/ui/look"
)

// Rows is a list of any length within a Column. Only the entries in sight
// exist: Create makes what shows one, Update shows entry i in it, and what
// leaves the window is used again. Entries stand one under the other, or in
// Cells side by side.
type Rows struct {
	Count  int
	Height float32 // dp of every entry
	// Cells and HeightAt, which are set together, make a grid of the entries;
	// their height follows from their width, and not from Height.
	Cells    *Cells
	HeightAt func(width float32) float32
	Create   func() fyne.CanvasObject
	Update   func(i int, row fyne.CanvasObject)

	top   float32
	live  map[int]fyne.CanvasObject
	spare []fyne.CanvasObject
}

// Part is one part of a Column: either an object or rows.
type Part struct {
	Object fyne.CanvasObject
	Rows   *Rows
	Above  float32 // dp of space above it
}

// tall is an object whose height follows from its width.
type tall interface{ HeightAt(width float32) float32 }

// Column is a screen that scrolls: parts one under the other.
type Column struct {
	widget.BaseWidget
	Gutter     float32 // dp left and right of the parts
	Bottom     float32 // dp under the last part
	MaxWidth   float32 // of the parts; 0 is any
	OnScrolled func(offset float32)
	parts      []Part
	content    *fyne.Container
	mark       *canvas.Rectangle // a line between two rows; hidden unless there is one
	scroll     *container.Scroll
	height     float32 // of all parts, for the width last laid out
	wanted     float32 // an offset that the content was too short for
	filling    bool    // rows are being made; a Reflow meanwhile has to wait
	again      bool    // a Reflow waits
}

// NewColumn is a column of parts with a gutter on both sides.
func NewColumn(gutter float32, parts ...Part) *Column {
	c := &Column{Gutter: gutter, Bottom: gutter, parts: parts}
	c.content = container.New(columnLayout{c})
	c.mark = canvas.NewRectangle(nil)
	c.mark.Hide()
	c.scroll = container.NewVScroll(c.content)
	c.scroll.OnScrolled = func(p fyne.Position) {
		c.wanted = 0
		c.fill()
		if c.OnScrolled != nil {
			c.OnScrolled(p.Y)
		}
	}
	c.ExtendBaseWidget(c)
	return c
}

// SetParts replaces the parts and keeps the place.
func (c *Column) SetParts(parts ...Part) {
	c.parts = parts
	c.Reflow()
}

// Reflow measures the parts again, and shows every row in sight anew.
func (c *Column) Reflow() {
	if c.filling {
		c.again = true
		return
	}
	c.filling = true
	for _, p := range c.parts {
		if p.Rows != nil {
			p.Rows.again()
		}
	}
	c.filling = false
	c.arrange()
	if c.wanted > 0 {
		c.ScrollTo(c.wanted)
		return
	}
	c.scroll.Refresh()
	c.fill()
}

// Offset is how far the column is scrolled, in dp.
func (c *Column) Offset() float32 { return c.scroll.Offset.Y }

// Height is how high all parts are together, in dp.
func (c *Column) Height() float32 { return c.height }

// ScrollTo scrolls to an offset in dp, as far as the content allows. What is
// missing is made up for when the content grows, unless the person scrolls
// before.
func (c *Column) ScrollTo(offset float32) {
	reached := min(max(offset, 0), max(c.height-c.scroll.Size().Height, 0))
	c.scroll.Offset.Y = reached
	c.scroll.Refresh()
	c.wanted = 0
	if reached < offset {
		c.wanted = offset
	}
	c.fill()
}

// RowTop is where row i begins within the column's own window, in dp.
func (c *Column) RowTop(rows *Rows, i int) float32 {
	return rows.top + float32(i)*rows.Height - c.Offset()
}

// Mark draws a line over row i, or under the last one where i is one more.
func (c *Column) Mark(rows *Rows, i int) {
	c.mark.FillColor = tint(c, look.Accent)
	put(c.mark, c.Gutter, rows.top+float32(i)*rows.Height-1, c.inner(), 2)
	if !c.mark.Visible() {
		c.mark.Show()
		c.fill()
	}
	c.mark.Refresh()
}

// Unmark takes the line away.
func (c *Column) Unmark() {
	c.mark.Hide()
	c.fill()
}

// Marked is where the line stands within the column's own window, in dp.
func (c *Column) Marked() (y float32, ok bool) {
	return c.mark.Position().Y - c.Offset(), c.mark.Visible()
}

// inner is the width of the parts.
func (c *Column) inner() float32 {
	inner := c.BaseWidget.Size().Width - 2*c.Gutter
	if c.MaxWidth > 0 {
		inner = min(inner, c.MaxWidth)
	}
	return inner
}

// MinSize is small: a column scrolls.
func (c *Column) MinSize() fyne.Size { return fyne.NewSize(100, 60) }

// CreateRenderer implements fyne.Widget.
func (c *Column) CreateRenderer() fyne.WidgetRenderer {
	v := &view{objects: []fyne.CanvasObject{c.scroll}}
	v.place = func(size fyne.Size) {
		put(c.scroll, 0, 0, size.Width, size.Height)
		c.arrange()
		c.fill()
	}
	v.least = c.MinSize
	return v
}

// arrange puts the fixed parts in place and works out where the rows begin.
func (c *Column) arrange() {
	width := c.BaseWidget.Size().Width
	if width <= 0 {
		return
	}
	left, inner := c.Gutter, c.inner()
	y := float32(0)
	for _, p := range c.parts {
		if p.Object != nil && !p.Object.Visible() || p.Rows != nil && p.Rows.Count == 0 {
			continue
		}
		y += p.Above
		if p.Rows != nil {
			y = floor(y)
			p.Rows.top = y
			y += p.Rows.total(inner)
			continue
		}
		h := p.Object.MinSize().Height
		if t, ok := p.Object.(tall); ok {
			h = t.HeightAt(inner)
		}
		put(p.Object, left, floor(y), inner, h)
		y += h
	}
	c.height = y + c.Bottom
	if c.content.Size().Height != max(c.height, c.scroll.Size().Height) {
		c.scroll.Refresh()
	}
}

// fill makes the rows in sight exist, and no others.
func (c *Column) fill() {
	width, window := c.BaseWidget.Size().Width, c.scroll.Size().Height
	if width <= 0 {
		return
	}
	inner := c.inner()
	top := c.scroll.Offset.Y
	var objects []fyne.CanvasObject
	c.filling = true
	for _, p := range c.parts {
		if p.Rows == nil {
			objects = append(objects, p.Object)
			continue
		}
		objects = append(objects, p.Rows.window(top, window, c.Gutter, inner)...)
	}
	c.filling = false
	if c.mark.Visible() {
		objects = append(objects, c.mark)
	}
	c.content.Objects = objects
	canvas.Refresh(c.content)
	if c.again {
		c.again = false
		c.Reflow()
	}
}

// again shows every entry that exists anew. Each stays in the object that shows
// it, which may have the pointer on it, or the focus.
func (r *Rows) again() {
	for i, row := range r.live {
		if i < r.Count {
			r.Update(i, row)
			continue
		}
		r.spare = append(r.spare, row)
		delete(r.live, i)
	}
}

// shape is how many entries stand in a row, how large each is at the column's
// width, and how far it is from one to the next, across and down.
func (r *Rows) shape(width float32) (columns int, each, pitch fyne.Size) {
	if r.Cells == nil {
		each = fyne.NewSize(width, r.Height)
		return 1, each, each
	}
	columns, w := r.Cells.columns(width)
	each = fyne.NewSize(w, r.HeightAt(w))
	return columns, each, each.AddWidthHeight(r.Cells.Gap, r.Cells.Below)
}

// total is the height of all rows.
func (r *Rows) total(width float32) float32 {
	if r.Count == 0 {
		return 0
	}
	columns, each, pitch := r.shape(width)
	return float32((r.Count-1)/columns)*pitch.Height + each.Height
}

// window is the entries between two heights, each in its place.
func (r *Rows) window(top, height, left, width float32) []fyne.CanvasObject {
	columns, each, pitch := r.shape(width)
	first := max(int((top-r.top)/pitch.Height), 0) * columns
	last := min((int((top+height-r.top)/pitch.Height)+1)*columns, r.Count) - 1
	if r.live == nil {
		r.live = map[int]fyne.CanvasObject{}
	}
	for i, row := range r.live {
		if i < first || i > last {
			r.spare = append(r.spare, row)
			delete(r.live, i)
		}
	}
	var objects []fyne.CanvasObject
	for i := first; i <= last; i++ {
		x, y := left+float32(i%columns)*pitch.Width, r.top+float32(i/columns)*pitch.Height
		row, ok := r.live[i]
		if !ok {
			if n := len(r.spare); n > 0 {
				row, r.spare = r.spare[n-1], r.spare[:n-1]
			} else {
				row = r.Create()
			}
			r.live[i] = row
			put(row, x, y, each.Width, each.Height)
			r.Update(i, row)
		} else {
			put(row, x, y, each.Width, each.Height)
		}
		objects = append(objects, row)
	}
	return objects
}

// columnLayout gives the scroller the height of all parts.
type columnLayout struct{ c *Column }

func (l columnLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, l.c.height) }
func (l columnLayout) Layout([]fyne.CanvasObject, fyne.Size) {}
