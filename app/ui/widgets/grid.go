package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Cells is how objects of one width stand side by side, as many as fit.
type Cells struct {
	Least float32 // dp, the least width of an object
	Most  float32 // dp, the greatest; 0 is any
	Gap   float32 // dp between two, across
	Below float32 // dp between two rows
}

// columns is how many objects stand in a row, and how wide each is.
func (c Cells) columns(width float32) (n int, each float32) {
	n = max(int((width+c.Gap)/(c.Least+c.Gap)), 1)
	each = (width - float32(n-1)*c.Gap) / float32(n)
	if c.Most > 0 {
		each = min(each, c.Most)
	}
	return n, each
}

// Grid puts objects into cells, in rows as high as their highest.
type Grid struct {
	widget.BaseWidget
	Cells
	MaxRows int // leave out what does not fit into so many rows; 0 is any

	objects []fyne.CanvasObject
}

// NewGrid is a grid of objects.
func NewGrid(cells Cells, objects ...fyne.CanvasObject) *Grid {
	g := &Grid{Cells: cells, objects: objects}
	g.ExtendBaseWidget(g)
	return g
}

// Set replaces the objects.
func (g *Grid) Set(objects ...fyne.CanvasObject) {
	g.objects = objects
	g.Refresh()
}

// shown is the objects that are not left out at a number of columns.
func (g *Grid) shown(columns int) []fyne.CanvasObject {
	if most := g.MaxRows * columns; most > 0 && len(g.objects) > most {
		return g.objects[:most]
	}
	return g.objects
}

// HeightAt is the height of all rows.
func (g *Grid) HeightAt(width float32) float32 {
	n, each := g.columns(width)
	shown := g.shown(n)
	height := float32(0)
	for from := 0; from < len(shown); from += n {
		if from > 0 {
			height += g.Below
		}
		height += rowHeight(shown[from:min(from+n, len(shown))], each)
	}
	return height
}

// MinSize is one object wide.
func (g *Grid) MinSize() fyne.Size {
	return fyne.NewSize(g.Least, g.HeightAt(g.BaseWidget.Size().Width))
}

// CreateRenderer implements fyne.Widget.
func (g *Grid) CreateRenderer() fyne.WidgetRenderer {
	v := &view{}
	v.place = func(size fyne.Size) {
		n, each := g.columns(size.Width)
		v.objects = g.shown(n)
		y := float32(0)
		for from := 0; from < len(v.objects); from += n {
			row := v.objects[from:min(from+n, len(v.objects))]
			h := rowHeight(row, each)
			for i, o := range row {
				put(o, float32(i)*(each+g.Gap), y, each, h)
			}
			y += h + g.Below
		}
	}
	v.least = g.MinSize
	v.place(g.BaseWidget.Size())
	return v
}

func rowHeight(row []fyne.CanvasObject, width float32) float32 {
	height := float32(0)
	for _, o := range row {
		h := o.MinSize().Height
		if t, ok := o.(tall); ok {
			h = t.HeightAt(width)
		}
		height = max(height, h)
	}
	return height
}
