package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/assets"
)

// Fill is a plain ground in a colour of the theme.
type Fill struct {
	widget.BaseWidget
	Radius    float32
	TopRadius float32 // of the upper corners alone
	colour    fyne.ThemeColorName
}

// NewFill is a ground with square corners.
func NewFill(colour fyne.ThemeColorName) *Fill {
	f := &Fill{colour: colour}
	f.ExtendBaseWidget(f)
	return f
}

// NewRounded is a ground with round corners.
func NewRounded(colour fyne.ThemeColorName, radius float32) *Fill {
	f := NewFill(colour)
	f.Radius = radius
	return f
}

// CreateRenderer implements fyne.Widget.
func (f *Fill) CreateRenderer() fyne.WidgetRenderer {
	r := canvas.NewRectangle(tint(f, f.colour))
	v := &view{objects: []fyne.CanvasObject{r}}
	v.place = func(size fyne.Size) { put(r, 0, 0, size.Width, size.Height) }
	v.least = func() fyne.Size { return fyne.NewSize(0, 0) }
	v.update = func() {
		r.FillColor, r.CornerRadius = tint(f, f.colour), f.Radius
		r.TopLeftCornerRadius, r.TopRightCornerRadius = f.TopRadius, f.TopRadius
		r.Refresh()
	}
	v.update()
	return v
}

// CreditBox shows the wallet: credits left, what was spent this month, and how
// much of the month's budget that is.
type CreditBox struct {
	widget.BaseWidget
	credits, month *Text
	meter          *Meter
}

// NewCreditBox is an empty box.
func NewCreditBox() *CreditBox {
	b := &CreditBox{
		credits: NewText("", look.Small, look.SemiBold, look.Text),
		month:   NewParagraph("", look.Small, look.Regular, look.Muted),
		meter:   NewMeter(),
	}
	b.ExtendBaseWidget(b)
	return b
}

// Set shows the credits left, the month in words, and the share of the budget
// that is spent; a negative share hides the meter, for there is no budget.
func (b *CreditBox) Set(credits, month string, share float64) {
	b.credits.Set(credits)
	b.month.Set(month)
	b.meter.Set(share)
	if b.meter.Visible() == (share < 0) {
		b.meter.Hidden = share < 0
		b.Refresh()
	}
}

// HeightAt fits the lines.
func (b *CreditBox) HeightAt(width float32) float32 {
	h := b.credits.Natural().Height + b.month.HeightAt(width-24) + 24 + 3
	if b.meter.Visible() {
		h += lineHeight + 6
	}
	return h
}

// MinSize fits the lines at the present width.
func (b *CreditBox) MinSize() fyne.Size {
	return fyne.NewSize(120, b.HeightAt(b.BaseWidget.Size().Width))
}

// CreateRenderer implements fyne.Widget.
func (b *CreditBox) CreateRenderer() fyne.WidgetRenderer {
	back := NewRounded(look.Raised, look.Radius)
	v := &view{objects: []fyne.CanvasObject{back, b.credits, b.month, b.meter}}
	v.place = func(size fyne.Size) {
		put(back, 0, 0, size.Width, size.Height)
		inner, line := size.Width-24, b.credits.Natural().Height
		put(b.credits, 12, 11, inner, line)
		month := b.month.HeightAt(inner)
		put(b.month, 12, floor(11+line+2), inner, month)
		put(b.meter, 12, floor(11+line+month+12), inner, lineHeight)
	}
	v.least = b.MinSize
	return v
}

// Banner is one calm line on a ground of its own: that there is no
// connection, for example. It may have a button.
type Banner struct {
	widget.BaseWidget
	text   *Text
	icon   assets.IconName
	button *Link
}

// NewBanner is a line with an icon before it.
func NewBanner(icon assets.IconName) *Banner {
	b := &Banner{text: NewText("", look.Small, look.Regular, look.Muted), icon: icon}
	b.text.Lines = 0
	b.button = NewLink(NewText("", look.Small, look.SemiBold, look.Accent), nil)
	b.button.Hide()
	b.ExtendBaseWidget(b)
	return b
}

// Set changes the line.
func (b *Banner) Set(content string) {
	if b.text.Content() != content {
		b.text.Set(content)
		b.Refresh()
	}
}

// SetButton changes the button at the end of the line; without a label there
// is none.
func (b *Banner) SetButton(label string, tapped func()) {
	b.button.OnTapped = tapped
	if b.button.Text().Content() != label {
		b.button.Set(label)
		b.button.Hidden = label == ""
		b.Refresh()
	}
}

// buttonWidth is the room that the button takes, with what is left free before
// it, in dp.
func (b *Banner) buttonWidth() float32 {
	if b.button.Hidden {
		return 0
	}
	return b.button.Text().Natural().Width + 14
}

// HeightAt fits the text.
func (b *Banner) HeightAt(width float32) float32 {
	return max(36, b.text.HeightAt(width-54-b.buttonWidth())+20)
}

// MinSize is one line.
func (b *Banner) MinSize() fyne.Size {
	return fyne.NewSize(100, b.HeightAt(b.BaseWidget.Size().Width))
}

// CreateRenderer implements fyne.Widget.
func (b *Banner) CreateRenderer() fyne.WidgetRenderer {
	back := NewRounded(look.Raised, look.Radius)
	icon := canvas.NewImageFromResource(look.Icon(b.icon, look.Muted))
	v := &view{objects: []fyne.CanvasObject{back, icon, b.text, b.button}}
	v.place = func(size fyne.Size) {
		put(back, 0, 0, size.Width, size.Height)
		middle(icon, 22, size.Height/2, 18, 18)
		inner := size.Width - 54 - b.buttonWidth()
		h := b.text.HeightAt(inner)
		put(b.text, 42, (size.Height-h)/2, inner, h)
		if n := b.button.Text().Natural().Width; !b.button.Hidden {
			put(b.button, size.Width-12-n, 0, n, size.Height)
		}
	}
	v.least = b.MinSize
	v.update = func() { icon.Refresh() }
	return v
}

// Toast is a short notice over the window, and a button where it leads
// somewhere.
type Toast struct {
	widget.BaseWidget
	text   *Text
	button *Link // nil for none
	warn   bool
}

// NewToast says text; tapped belongs to the button beside it, which label
// names, and may be nil.
func NewToast(text string, warn bool, label string, tapped func()) *Toast {
	t := &Toast{text: NewText(text, look.Body, look.Regular, look.Text), warn: warn}
	t.text.Lines = 8
	if tapped != nil {
		t.button = NewLink(NewText(label, look.Body, look.SemiBold, look.Accent), tapped)
	}
	t.ExtendBaseWidget(t)
	return t
}

const toastWide = 420 // dp at most

// MinSize fits the text, up to a greatest width.
func (t *Toast) MinSize() fyne.Size {
	width := min(t.text.Natural().Width+t.buttonWidth()+36, toastWide)
	return fyne.NewSize(width, t.HeightAt(width))
}

// HeightAt fits the text at a width.
func (t *Toast) HeightAt(width float32) float32 {
	return t.text.HeightAt(width-36-t.buttonWidth()) + 28
}

func (t *Toast) buttonWidth() float32 {
	if t.button == nil {
		return 0
	}
	return t.button.Text().Natural().Width + 20
}

// CreateRenderer implements fyne.Widget.
func (t *Toast) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius = look.Radius
	v := &view{objects: []fyne.CanvasObject{back, t.text}}
	if t.button != nil {
		v.objects = append(v.objects, t.button)
	}
	v.place = func(size fyne.Size) {
		put(back, 0, 0, size.Width, size.Height)
		inner := size.Width - 36 - t.buttonWidth()
		put(t.text, 18, 14, inner, size.Height-28)
		if t.button != nil {
			put(t.button, size.Width-18-t.buttonWidth()+20, 0, t.buttonWidth()-20, size.Height)
		}
	}
	v.least = t.MinSize
	v.update = func() {
		back.FillColor, back.StrokeWidth, back.StrokeColor = tint(t, look.Raised), 1, tint(t, look.RingOff)
		if t.warn {
			back.StrokeColor = tint(t, look.Warning)
		}
		back.Refresh()
	}
	v.update()
	return v
}

// Skeleton stands where something is being read: quiet bars of its size.
type Skeleton struct {
	widget.BaseWidget
	rows int
}

// NewSkeleton is a skeleton of rows.
func NewSkeleton(rows int) *Skeleton {
	s := &Skeleton{rows: rows}
	s.ExtendBaseWidget(s)
	return s
}

// MinSize is that of its rows.
func (s *Skeleton) MinSize() fyne.Size { return fyne.NewSize(100, float32(s.rows)*56) }

// CreateRenderer implements fyne.Widget.
func (s *Skeleton) CreateRenderer() fyne.WidgetRenderer {
	v := &view{}
	for range s.rows {
		v.objects = append(v.objects, NewRounded(look.Surface, 6), NewRounded(look.Surface, 6))
	}
	v.place = func(size fyne.Size) {
		for i := range s.rows {
			y := float32(i) * 56
			put(v.objects[2*i], 0, y+8, 40, 40)
			put(v.objects[2*i+1], 52, y+18, max((size.Width-52)*(0.7-0.1*float32(i%3)), 0), 20)
		}
	}
	v.least = s.MinSize
	return v
}
