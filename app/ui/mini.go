package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/mobile"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/assets"
)

// mini is the small player of a phone: what plays, its ring, and next. A tap
// or a swipe up opens the full-screen player.
type mini struct {
	widget.BaseWidget
	s             *shell
	open          func()
	back          *widgets.Fill
	cover         *widgets.Cover
	title, artist *widgets.Text
	play          *widgets.RingButton
	next          *widgets.IconButton
	swiped        float32
}

var (
	_ fyne.Tappable    = (*mini)(nil)
	_ fyne.Draggable   = (*mini)(nil)
	_ fyne.Accessible  = (*mini)(nil)
	_ mobile.Touchable = (*mini)(nil)
)

func newMini(s *shell, open func()) *mini {
	m := &mini{s: s, open: open}
	m.back = widgets.NewRounded(look.Raised, 12)
	m.cover = widgets.NewCover(s.pictures, 48)
	m.title = widgets.NewText("", look.Body, look.SemiBold, look.Text)
	m.artist = widgets.NewText("", look.Small, look.Regular, look.Muted)
	m.play = widgets.NewRingButton(44, false, s.toggle)
	m.next = widgets.NewIconButton(assets.IconNext, 20, lang.L("Next"), s.session.Next)
	m.Hide()
	m.ExtendBaseWidget(m)
	return m
}

// Tapped implements fyne.Tappable.
func (m *mini) Tapped(*fyne.PointEvent) { m.open() }

// TouchDown, TouchUp and TouchCancel implement mobile.Touchable, so that a
// finger that begins here swipes the player and not what lies under it.
func (m *mini) TouchDown(*mobile.TouchEvent)   {}
func (m *mini) TouchUp(*mobile.TouchEvent)     {}
func (m *mini) TouchCancel(*mobile.TouchEvent) {}

// Dragged implements fyne.Draggable.
func (m *mini) Dragged(e *fyne.DragEvent) { m.swiped += e.Dragged.DY }

// DragEnd opens the full-screen player after a swipe up.
func (m *mini) DragEnd() {
	if m.swiped < -24 {
		m.open()
	}
	m.swiped = 0
}

// AccessibilityLabel implements fyne.Accessible.
func (m *mini) AccessibilityLabel() string {
	return lang.L("Open the player") + ", " + m.title.Content() + ", " + m.artist.Content()
}

// AccessibilityRole implements fyne.Accessible.
func (m *mini) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// MinSize is the height of a cover and its edges.
func (m *mini) MinSize() fyne.Size {
	text := m.title.Natural().Height + m.artist.Natural().Height + 20
	return fyne.NewSize(240, max(64, text))
}

// CreateRenderer implements fyne.Widget.
func (m *mini) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(group(func(size fyne.Size) {
		w, mid := size.Width, size.Height/2
		put(m.back, 0, 0, w, size.Height)
		put(m.cover, 8, mid-24, 48, 48)
		middle(m.next, w-20, mid)
		middle(m.play, w-64, mid)
		twoLines(m.title, m.artist, 68, 0, w-96, size.Height)
	}, nil, m.back, m.cover, m.title, m.artist, m.play, m.next))
}

// twoLines puts a title over a second line, both centred in a height that
// begins at top.
func twoLines(title, second fyne.CanvasObject, left, top, right, height float32) {
	a, b := title.MinSize().Height, second.MinSize().Height
	top = floor(top + (height-a-b-2)/2)
	put(title, left, top, max(right-left, 0), a)
	put(second, left, floor(top+a+2), max(right-left, 0), b)
}

func (m *mini) show() {
	model := &m.s.m
	title, artist := model.track.Title, model.track.Artist
	if title == "" {
		title, artist = model.snap.Item.Title, model.snap.Item.Artist
	}
	m.Hidden = title == ""
	m.cover.Set(model.track.Cover, model.track.Release)
	m.title.Set(title)
	m.artist.Set(artist)
	if line := trouble(model.snap); line != "" {
		m.artist.Set(line)
	}
	m.play.Set(model.track.Plays, model.track.Owned || model.track.Own, model.playing())
}
