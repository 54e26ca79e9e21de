package widgets

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/assets"
	"github.com/ninth-coop/ninth/library"
)

// TrackView is a track as a row shows it.
type TrackView struct {
	Track   library.Track
	Current bool   // it is the one in the player
	Playing bool   // and it sounds
	Away    bool   // it cannot be reached just now
	Note    string // said after the artist, for example where it is kept
}

// TrackActions is what can be done to the track of a row.
type TrackActions struct {
	Play func()
	Menu func(at fyne.Position)
}

// Owning says how far a track is: local, owned, free, yours, or the plays so far.
func Owning(t library.Track) string {
	switch {
	case t.Local:
		return lang.L("local")
	case t.Own:
		return lang.L("yours")
	case t.Owned:
		return lang.L("owned")
	case t.Status == library.Free:
		return lang.L("free")
	default:
		return lang.L("{{.N}} of 9 plays", map[string]any{"N": t.Plays})
	}
}

// TrackLine is a track of a release in one line: ring, title, how far, price,
// length, and a mark for what is on this machine.
type TrackLine struct {
	Press
	ring                         *Ring
	title, owning, price, length *Text
	mark                         *IconButton
	view                         TrackView
}

// The columns of a line, in dp from its right edge.
const (
	lineRow    = 46
	lineTitle  = 52 // from the left edge
	lineOwning = 284
	linePrice  = 100
	lineLength = 44
	lineMark   = 17
	lineNarrow = 480 // narrower rows leave the plays out
)

// NewTrackLine is an empty line.
func NewTrackLine() *TrackLine {
	l := &TrackLine{
		ring:   NewRing(24),
		title:  NewText("", look.Body, look.Regular, look.Text),
		owning: NewText("", look.Small, look.Regular, look.Muted),
		price:  NewText("", look.Small, look.Regular, look.Muted),
		length: NewText("", look.Body, look.Regular, look.Muted),
		mark:   NewIconButton(assets.IconMore, 16, "", nil).SetSquare(32),
	}
	l.price.Align, l.length.Align = fyne.TextAlignTrailing, fyne.TextAlignTrailing
	l.mark.OnPointed = l.point
	l.extend(l)
	return l
}

// Set shows a track.
func (l *TrackLine) Set(v TrackView, a TrackActions) {
	l.view = v
	t := v.Track
	l.OnTapped, l.OnMenu = a.Play, a.Menu
	l.ring.Set(t.Plays, t.Owned || t.Own)
	l.title.Set(t.Title)
	l.owning.Set(Owning(t))
	l.price.Set("")
	if t.Price() > 0 {
		l.price.Set(t.Price().String())
	}
	l.length.Set(Clock(t.Duration))
	l.SetLabel(t.Title + ", " + Owning(t))
	setMark(l.mark, t, a.Menu)
	l.Refresh()
}

// setMark shows that a track is kept here, or offers its menu.
func setMark(mark *IconButton, t library.Track, menu func(at fyne.Position)) {
	mark.Set(assets.IconMore, look.Muted)
	mark.SetLabel(lang.L("More"))
	if t.Offline == library.Pinned {
		mark.Set(assets.IconCheck, look.Owned)
		mark.SetLabel(lang.L("Kept on this machine"))
	}
	mark.OnTapped = func() {
		if menu != nil {
			menu(fyne.CurrentApp().Driver().AbsolutePositionForObject(mark).AddXY(0, mark.Size().Height))
		}
	}
}

// MinSize is one line.
func (l *TrackLine) MinSize() fyne.Size {
	return fyne.NewSize(240, max(lineRow, l.title.Natural().Height+24))
}

// CreateRenderer implements fyne.Widget.
func (l *TrackLine) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius = 6
	rule := canvas.NewRectangle(color.Transparent)
	v := &view{objects: []fyne.CanvasObject{back, rule, l.ring, l.title, l.owning, l.price, l.length, l.mark}}
	v.place = func(size fyne.Size) {
		w, h := size.Width, size.Height
		put(back, 0, 0, w, h)
		put(rule, 0, h-1, w, 1)
		middle(l.ring, 20, h/2, 24, 24)
		middle(l.mark, w-lineMark, h/2, 32, 32)
		lengthWide := l.length.Natural().Width
		put(l.length, w-lineLength-lengthWide, 0, lengthWide, h)
		priceRight := w - max(linePrice, lineLength+lengthWide+24)
		priceWide := l.price.Natural().Width
		put(l.price, priceRight-priceWide, 0, priceWide, h)
		titleRight := priceRight - priceWide - 12
		// A narrow row says only that a track is free, where others have a price.
		narrow, free := w < lineNarrow, priceWide == 0 && !l.view.Track.Owned
		l.owning.Hidden = narrow && !free
		if !l.owning.Hidden {
			owningWide := l.owning.Natural().Width
			x := min(w-lineOwning, priceRight-priceWide-24-owningWide)
			if narrow {
				x = priceRight - owningWide
			}
			put(l.owning, x, -1, owningWide, h)
			titleRight = x - 12
		}
		put(l.title, lineTitle, 0, max(titleRight-lineTitle, 0), h)
	}
	v.least = l.MinSize
	v.update = func() {
		back.FillColor = color.Transparent
		rule.FillColor = tint(l, look.Line)
		ink, weight := look.Text, look.Regular
		switch {
		case l.view.Current:
			back.FillColor, ink, weight = tint(l, look.Surface), look.Accent, look.SemiBold
			rule.FillColor = color.Transparent
		case l.hovered:
			back.FillColor = look.Fade(tint(l, look.Surface), 0.7)
		}
		l.outline(back)
		back.Refresh()
		rule.Refresh()
		l.title.Paint(ink, weight)
		l.ring.SetGlyph(rowGlyph(l.hovered || l.focused, l.view))
		for _, t := range []*Text{l.title, l.owning, l.price, l.length} {
			t.SetDim(l.view.Away)
		}
		l.ring.SetDim(l.view.Away)
	}
	v.update()
	return v
}

// rowGlyph is what the ring of a row offers.
func rowGlyph(pointed bool, v TrackView) Glyph {
	switch {
	case pointed && v.Playing:
		return PauseGlyph
	case pointed:
		return PlayGlyph
	default:
		return NoGlyph
	}
}

// TrackTile is a track in two lines with its cover, as lists show it.
type TrackTile struct {
	Press
	cover         *Cover
	title, second *Text
	price         *Text
	ring          *Ring
	mark          *IconButton
	view          TrackView
}

// NewTrackTile is an empty tile.
func NewTrackTile(pictures *Pictures) *TrackTile {
	t := &TrackTile{}
	t.build(pictures)
	t.extend(t)
	return t
}

func (t *TrackTile) build(pictures *Pictures) {
	t.cover = NewCover(pictures, tileCover)
	t.title = NewText("", look.Body, look.SemiBold, look.Text)
	t.second = NewText("", look.Small, look.Regular, look.Muted)
	t.price = NewText("", look.Small, look.Regular, look.Muted)
	t.ring = NewRing(26)
	t.mark = NewIconButton(assets.IconMore, 16, "", nil).SetSquare(36)
	t.mark.OnPointed = t.point
}

// Set shows a track.
func (t *TrackTile) Set(v TrackView, a TrackActions) {
	t.view = v
	track := v.Track
	t.OnTapped, t.OnMenu = a.Play, a.Menu
	t.ring.Set(track.Plays, track.Owned || track.Own)
	t.cover.Set(track.Cover, track.Release)
	t.title.Set(track.Title)
	var parts []string
	for _, p := range []string{track.Artist, v.Note} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	label := append([]string{track.Title}, parts...)
	if track.Local {
		parts = append(parts, lang.L("local"))
	}
	second := strings.Join(parts, " · ")
	t.second.Set(second)
	t.price.Set("")
	if p := track.Price(); p > 0 {
		t.price.Set(p.String())
	}
	t.SetLabel(strings.Join(append(label, Owning(track)), ", "))
	setMark(t.mark, track, a.Menu)
	t.Refresh()
}

// MinSize is a cover with space above and below.
func (t *TrackTile) MinSize() fyne.Size {
	return fyne.NewSize(200, tileHeight(t.title, t.second))
}

// CreateRenderer implements fyne.Widget.
func (t *TrackTile) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius = 6
	v := &view{objects: []fyne.CanvasObject{back, t.cover, t.title, t.second, t.price, t.ring, t.mark}}
	v.place = func(size fyne.Size) {
		w, h := size.Width, size.Height
		put(back, -8, 2, w+16, h-4)
		middle(t.cover, tileCover/2, h/2, tileCover, tileCover)
		middle(t.mark, w-9, h/2, 36, 36)
		middle(t.ring, w-46, h/2, 26, 26)
		right := w - 46 - 13 - 12
		priceWide := t.price.Natural().Width
		t.price.Hidden = w < lineNarrow
		if !t.price.Hidden {
			put(t.price, right-priceWide, 0, priceWide, h)
			right -= priceWide + 12
		}
		placeTwoLines(t.title, t.second, tileCover+12, right, h)
	}
	v.least = t.MinSize
	v.update = func() {
		t.lift(back)
		ink := look.Text
		if t.view.Current {
			ink = look.Accent
		}
		t.title.Paint(ink, look.SemiBold)
		t.ring.SetGlyph(rowGlyph(t.hovered || t.focused, t.view))
		for _, text := range []*Text{t.title, t.second, t.price} {
			text.SetDim(t.view.Away)
		}
		t.cover.SetDim(t.view.Away)
		t.ring.SetDim(t.view.Away)
	}
	v.update()
	return v
}
