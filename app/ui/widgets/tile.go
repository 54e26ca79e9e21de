package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/assets"
)

// Tile is anything with a picture, a name and a second line that leads
// somewhere: an artist, a release, a playlist in a list.
type Tile struct {
	Press
	cover         *Cover
	title, second *Text
	mark          *IconButton // offers the menu, where there is one
}

// tileCover is the side of the cover of every kind of tile, in dp.
const tileCover = 52

// tileHeight is a cover, or two lines, with space above and below.
func tileHeight(title, second *Text) float32 {
	return max(tileCover+16, title.Natural().Height+second.Natural().Height+24)
}

// placeTwoLines puts a title over a second line, both centred in a height.
func placeTwoLines(title, second fyne.CanvasObject, left, right, height float32) {
	a, b := title.MinSize().Height, second.MinSize().Height
	top := floor((height - a - b - 3) / 2)
	put(title, left, top, max(right-left, 0), a)
	put(second, left, floor(top+a+3), max(right-left, 0), b)
}

// NewTile is an empty tile.
func NewTile(pictures *Pictures) *Tile {
	t := &Tile{
		cover:  NewCover(pictures, tileCover),
		title:  NewText("", look.Body, look.SemiBold, look.Text),
		second: NewText("", look.Small, look.Regular, look.Muted),
		mark:   NewIconButton(assets.IconMore, 16, lang.L("More"), nil).SetSquare(36),
	}
	t.mark.OnPointed = t.point
	t.mark.Hide()
	t.extend(t)
	return t
}

// Set shows something, and says what a tap does.
func (t *Tile) Set(cover, title, second string, open func()) {
	t.cover.Set(cover, title)
	t.title.Set(title)
	t.second.Set(second)
	t.OnTapped = open
	t.SetLabel(title + ", " + second)
}

// SetMenu offers a menu; nil offers none.
func (t *Tile) SetMenu(menu func(at fyne.Position)) {
	t.OnMenu = menu
	t.mark.Hidden = menu == nil
	t.mark.OnTapped = func() {
		menu(fyne.CurrentApp().Driver().AbsolutePositionForObject(t.mark).AddXY(0, t.mark.Size().Height))
	}
	t.Refresh()
}

// MinSize is a cover with space above and below.
func (t *Tile) MinSize() fyne.Size {
	return fyne.NewSize(160, tileHeight(t.title, t.second))
}

// CreateRenderer implements fyne.Widget.
func (t *Tile) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius = 6
	v := &view{objects: []fyne.CanvasObject{back, t.cover, t.title, t.second, t.mark}}
	v.place = func(size fyne.Size) {
		put(back, -8, 2, size.Width+16, size.Height-4)
		middle(t.cover, tileCover/2, size.Height/2, tileCover, tileCover)
		right := size.Width
		if t.mark.Visible() {
			middle(t.mark, size.Width-9, size.Height/2, 36, 36)
			right -= 36
		}
		placeTwoLines(t.title, t.second, tileCover+12, right, size.Height)
	}
	v.least = t.MinSize
	v.update = func() { t.lift(back) }
	v.update()
	return v
}
