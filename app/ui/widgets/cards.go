package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/assets"
	"github.com/ninth-coop/ninth/credits"
	"github.com/ninth-coop/ninth/library"
)

// ReleaseCard is a release as a cover with its title and a line under it.
// Pointing at it offers to play it.
type ReleaseCard struct {
	Press
	cover         *Cover
	title, second *Text
	play          *Disc
}

// NewReleaseCard is an empty card.
func NewReleaseCard(pictures *Pictures) *ReleaseCard {
	c := &ReleaseCard{
		cover:  NewCover(pictures, 120),
		title:  NewText("", look.Body, look.SemiBold, look.Text),
		second: NewText("", look.Small, look.Regular, look.Muted),
		play:   NewDisc(assets.IconPlay, "", nil),
	}
	c.play.Hide()
	c.play.OnPointed = c.point
	c.extend(c)
	return c
}

// ReleaseActions is what can be done with a release; what is nil cannot.
type ReleaseActions struct {
	Open, Play func()
	Menu       func(at fyne.Position)
}

// Set shows a release with a line under its title, and says what a tap, the
// button and the menu do.
func (c *ReleaseCard) Set(r library.Release, second string, do ReleaseActions) {
	c.cover.Set(r.Cover, r.Title)
	c.title.Set(r.Title)
	c.second.Set(second)
	c.play.OnTapped = do.Play
	c.play.SetLabel(lang.L("Play") + " " + r.Title)
	c.OnTapped, c.OnMenu = do.Open, do.Menu
	c.SetLabel(r.Title + ", " + second)
}

// HeightAt is the cover's square and the two lines.
func (c *ReleaseCard) HeightAt(width float32) float32 {
	return width + 10 + c.title.Natural().Height + 3 + c.second.Natural().Height
}

// MinSize is that of a small card.
func (c *ReleaseCard) MinSize() fyne.Size { return fyne.NewSize(120, c.HeightAt(120)) }

// CreateRenderer implements fyne.Widget.
func (c *ReleaseCard) CreateRenderer() fyne.WidgetRenderer {
	frame := canvas.NewRectangle(color.Transparent)
	frame.CornerRadius = look.Radius
	v := &view{objects: []fyne.CanvasObject{c.cover, c.title, c.second, frame, c.play}}
	v.place = func(size fyne.Size) {
		w := size.Width
		put(c.cover, 0, 0, w, w)
		put(frame, 0, 0, w, w)
		middle(c.play, w-30, w-30, 40, 40)
		line := c.title.Natural().Height
		put(c.title, 0, w+10, w, line)
		put(c.second, 0, w+10+line+3, w, c.second.Natural().Height)
	}
	v.least = c.MinSize
	v.update = func() {
		c.play.Hidden = !c.hovered || c.play.OnTapped == nil || fyne.CurrentDevice().IsMobile()
		c.outline(frame)
		frame.Refresh()
		c.cover.Refresh()
	}
	v.update()
	return v
}

// Disc is an icon on a disc of the accent.
type Disc struct {
	Press
	icon assets.IconName
}

// NewDisc is a disc of 40 dp; label is what it does.
func NewDisc(icon assets.IconName, label string, tapped func()) *Disc {
	d := &Disc{icon: icon}
	d.OnTapped = tapped
	d.SetLabel(label)
	d.extend(d)
	return d
}

// MinSize is the disc.
func (d *Disc) MinSize() fyne.Size { return fyne.NewSquareSize(40) }

// CreateRenderer implements fyne.Widget.
func (d *Disc) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewCircle(color.Transparent)
	icon := canvas.NewImageFromResource(look.Icon(d.icon, look.OnAccent))
	v := &view{objects: []fyne.CanvasObject{back, icon}}
	v.place = func(size fyne.Size) {
		put(back, 0, 0, size.Width, size.Height)
		middle(icon, size.Width/2, size.Height/2, size.Width*0.45, size.Width*0.45)
	}
	v.least = d.MinSize
	v.update = func() {
		back.FillColor = tint(d, look.Accent)
		back.StrokeWidth, back.StrokeColor = 0, color.Transparent
		if d.focused {
			back.StrokeWidth, back.StrokeColor = 2, tint(d, look.Text)
		}
		back.Refresh()
		icon.Refresh()
	}
	v.update()
	return v
}

// NearlyCard is a track that is soon owned: its ring, and what is missing.
type NearlyCard struct {
	Press
	ring          *Ring
	title, second *Text
}

// NewNearlyCard shows a track.
func NewNearlyCard(t library.Track, play func()) *NearlyCard {
	left := max(credits.PlaysToOwn-t.Plays, 0)
	c := &NearlyCard{
		ring:  NewRing(40),
		title: NewText(t.Title, look.Body, look.SemiBold, look.Text),
		second: NewText(t.Artist+" · "+lang.N("{{.N}} plays, {{.Price}}", left,
			map[string]any{"N": left, "Price": t.ToOwn()}), look.Small, look.Regular, look.Muted),
	}
	c.second.Lines = 0
	c.ring.Set(t.Plays, t.Owned)
	c.OnTapped = play
	c.SetLabel(t.Title + ", " + c.second.Content())
	c.extend(c)
	return c
}

const nearlyLeft = 65 // dp to the text

// HeightAt fits the text.
func (c *NearlyCard) HeightAt(width float32) float32 {
	return max(60, c.title.Natural().Height+2+c.second.HeightAt(width-nearlyLeft-14)+22)
}

// MinSize is that of a small card.
func (c *NearlyCard) MinSize() fyne.Size { return fyne.NewSize(180, c.HeightAt(180)) }

// CreateRenderer implements fyne.Widget.
func (c *NearlyCard) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius = 10
	v := &view{objects: []fyne.CanvasObject{back, c.ring, c.title, c.second}}
	v.place = func(size fyne.Size) {
		w, h := size.Width, size.Height
		put(back, 0, 0, w, h)
		middle(c.ring, 34, h/2, 40, 40)
		inner := w - nearlyLeft - 14
		a, b := c.title.Natural().Height, c.second.HeightAt(inner)
		top := (h - a - b - 2) / 2
		put(c.title, nearlyLeft, top, inner, a)
		put(c.second, nearlyLeft, top+a+2, inner, b)
	}
	v.least = c.MinSize
	v.update = func() {
		back.FillColor = tint(c, look.Surface)
		if c.hovered {
			back.FillColor = tint(c, look.Raised)
		}
		c.outline(back)
		back.Refresh()
		c.ring.SetGlyph(rowGlyph(c.hovered || c.focused, TrackView{}))
	}
	v.update()
	return v
}
