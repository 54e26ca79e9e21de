package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/assets"
)

// StoredTile is a track that takes room on this machine: its cover, why it is
// here, how much room it takes, and a button that lets it go.
type StoredTile struct {
	Press
	cover         *Cover
	title, second *Text
	size          *Text
	letGo         *IconButton
}

// storedButton is the side of the area of the button that can be pressed, in dp.
const storedButton = look.TouchHeight

// NewStoredTile is an empty tile.
func NewStoredTile(pictures *Pictures) *StoredTile {
	t := &StoredTile{
		cover:  NewCover(pictures, tileCover),
		title:  NewText("", look.Body, look.SemiBold, look.Text),
		second: NewText("", look.Small, look.Regular, look.Muted),
		size:   NewText("", look.Small, look.Regular, look.Muted),
		letGo:  NewIconButton(assets.IconTrash, 18, "", nil).SetSquare(storedButton),
	}
	t.size.Align = fyne.TextAlignTrailing
	t.letGo.OnPointed = t.point
	t.extend(t)
	return t
}

// StoredView is what a StoredTile shows.
type StoredView struct {
	Cover, Title, Second, Size string
	LetGo                      string // what the button does; "" hides it
}

// Set shows a track, and says what a tap and the button do.
func (t *StoredTile) Set(v StoredView, open, letGo func()) {
	t.cover.Set(v.Cover, v.Title)
	t.title.Set(v.Title)
	t.second.Set(v.Second)
	t.size.Set(v.Size)
	t.letGo.SetLabel(v.LetGo)
	t.letGo.OnTapped = letGo
	t.letGo.Hidden = v.LetGo == ""
	t.OnTapped = open
	t.SetLabel(v.Title + ", " + v.Second + ", " + v.Size)
	t.Refresh()
}

// MinSize is a cover with space above and below.
func (t *StoredTile) MinSize() fyne.Size {
	return fyne.NewSize(200, tileHeight(t.title, t.second))
}

// CreateRenderer implements fyne.Widget.
func (t *StoredTile) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius = 6
	v := &view{objects: []fyne.CanvasObject{back, t.cover, t.title, t.second, t.size, t.letGo}}
	v.place = func(size fyne.Size) {
		w, h := size.Width, size.Height
		put(back, -8, 2, w+16, h-4)
		middle(t.cover, tileCover/2, h/2, tileCover, tileCover)
		// The icon ends where the text of the screen does.
		middle(t.letGo, w-9, h/2, storedButton, storedButton)
		right := w - storedButton/2 - 9 - 6
		wide := t.size.Natural().Width
		put(t.size, right-wide, 0, wide, h)
		placeTwoLines(t.title, t.second, tileCover+12, right-wide-12, h)
	}
	v.least = t.MinSize
	v.update = func() { t.lift(back) }
	v.update()
	return v
}
