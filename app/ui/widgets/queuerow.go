package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/assets"
	"github.com/ninth-coop/ninth/credits"
)

// QueueRow is an entry of the queue: cover, title, artist, and what it will
// cost; the current one shows its ring instead. OnTakeOut, where it is set, is
// offered while the pointer is over it.
type QueueRow struct {
	Press
	OnTakeOut func()

	cover         *Cover
	title, artist *Text
	price         *Text
	ring          *Ring
	remove        *IconButton
	view          TrackView
}

const (
	queueCover = 40
	queuePitch = 54
)

// NewQueueRow is an empty row.
func NewQueueRow(pictures *Pictures) *QueueRow {
	r := &QueueRow{}
	r.build(pictures)
	r.extend(r)
	return r
}

func (r *QueueRow) build(pictures *Pictures) {
	r.cover = NewCover(pictures, queueCover)
	r.title = NewText("", look.Body, look.Regular, look.Text)
	r.artist = NewText("", look.Small, look.Regular, look.Muted)
	r.price = NewText("", look.Small, look.Regular, look.Muted)
	r.price.Align = fyne.TextAlignTrailing
	r.ring = NewRing(24)
	r.remove = NewIconButton(assets.IconClose, 14, "", func() {
		if r.OnTakeOut != nil {
			r.OnTakeOut()
		}
	}).SetSquare(28)
	r.remove.OnPointed = r.point
}

// Set shows an entry and what it will cost when its turn comes.
func (r *QueueRow) Set(v TrackView, price credits.Milli) {
	r.view = v
	t := v.Track
	cost := Owning(t)
	if price > 0 {
		cost = price.String()
	}
	r.cover.Set(t.Cover, t.Release)
	r.title.Set(t.Title)
	r.artist.Set(t.Artist)
	r.price.Set(cost)
	r.ring.Set(t.Plays, t.Owned || t.Own)
	r.remove.SetLabel(lang.L("Take out of the queue"))
	r.SetLabel(t.Title + ", " + t.Artist + ", " + cost)
	r.Refresh()
}

// MinSize is one row.
func (r *QueueRow) MinSize() fyne.Size {
	return fyne.NewSize(160, max(queuePitch, r.title.Natural().Height+r.artist.Natural().Height+20))
}

// CreateRenderer implements fyne.Widget.
func (r *QueueRow) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius = 6
	v := &view{objects: []fyne.CanvasObject{back, r.cover, r.title, r.artist, r.price, r.ring, r.remove}}
	v.place = func(size fyne.Size) {
		w, h := size.Width, size.Height
		put(back, -8, 1, w+16, h-2)
		middle(r.cover, queueCover/2, h/2, queueCover, queueCover)
		middle(r.ring, w-11, h/2, 24, 24)
		middle(r.remove, w-14, h/2, 28, 28)
		priceWide := r.price.Natural().Width
		put(r.price, w-priceWide, 0, priceWide, h)
		right := w - max(priceWide, 28) - 10
		placeTwoLines(r.title, r.artist, queueCover+12, right, h)
	}
	v.least = r.MinSize
	v.update = func() {
		pointed := (r.hovered || r.focused) && r.OnTakeOut != nil
		back.FillColor = color.Transparent
		if pointed {
			back.FillColor = tint(r, look.Raised)
		}
		r.outline(back)
		back.Refresh()
		ink, weight := look.Text, look.Regular
		if r.view.Current {
			ink, weight = look.Accent, look.SemiBold
		}
		r.title.Paint(ink, weight)
		colour := look.Muted
		if r.view.Track.Owned {
			colour = look.Owned
		}
		r.price.Paint(colour, look.Regular)
		r.ring.Hidden = !r.view.Current
		r.remove.Hidden = r.view.Current || !pointed
		r.price.Hidden = r.view.Current || pointed
		for _, t := range []*Text{r.title, r.artist, r.price} {
			t.SetDim(r.view.Away)
		}
		r.cover.SetDim(r.view.Away)
	}
	v.update()
	return v
}
