package widgets

import (
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/ninth-coop/ninth/app/ui/look"
)

// Text is text in the type of Ninth. What does not fit is cut with an
// ellipsis, so its least width is nothing; ask Natural for the width that
// shows it all.
type Text struct {
	widget.BaseWidget
	Type   fyne.ThemeSizeName
	Weight look.Weight
	Colour fyne.ThemeColorName
	Align  fyne.TextAlign
	Lines  int  // at most this many lines; 0 as many as it takes
	Dim    bool // shown as out of reach

	content string
}

// NewText is one line of text.
func NewText(content string, size fyne.ThemeSizeName, weight look.Weight, colour fyne.ThemeColorName) *Text {
	t := &Text{Type: size, Weight: weight, Colour: colour, Lines: 1, content: content}
	t.ExtendBaseWidget(t)
	return t
}

// NewParagraph is text of as many lines as it takes.
func NewParagraph(content string, size fyne.ThemeSizeName, weight look.Weight, colour fyne.ThemeColorName) *Text {
	t := NewText(content, size, weight, colour)
	t.Lines = 0
	return t
}

// Content is the text as it was set.
func (t *Text) Content() string { return t.content }

// Set changes the text.
func (t *Text) Set(content string) {
	if t.content != content {
		t.content = content
		t.Refresh()
	}
}

// Paint changes the text's colour and weight.
func (t *Text) Paint(colour fyne.ThemeColorName, weight look.Weight) {
	if t.Colour != colour || t.Weight != weight {
		t.Colour, t.Weight = colour, weight
		t.Refresh()
	}
}

// SetDim shows the text as out of reach, or not.
func (t *Text) SetDim(dim bool) {
	if t.Dim != dim {
		t.Dim = dim
		t.Refresh()
	}
}

// Natural is the size on one line, nothing cut.
func (t *Text) Natural() fyne.Size {
	s := fyne.MeasureText(t.content, measure(t, t.Type), t.Weight.Style())
	return fyne.NewSize(float32(math.Ceil(float64(s.Width))), s.Height)
}

// HeightAt is the height that the text takes at a width.
func (t *Text) HeightAt(width float32) float32 {
	n := len(t.broken(width))
	return t.Natural().Height + float32(max(n, 1)-1)*t.pitch()
}

// MinSize is a line's height, or that of all lines at the present width.
func (t *Text) MinSize() fyne.Size {
	if t.Lines == 1 {
		return fyne.NewSize(0, t.Natural().Height)
	}
	return fyne.NewSize(0, t.HeightAt(t.BaseWidget.Size().Width))
}

// pitch is the distance between two lines.
func (t *Text) pitch() float32 {
	times := 1.35
	if t.Weight == look.Name {
		times = 1.15 // large type needs less
	}
	return float32(math.Round(float64(measure(t, t.Type)) * times))
}

// broken is the text as lines that fit the width, the last one cut.
func (t *Text) broken(width float32) []string {
	wide := func(s string) float32 {
		return fyne.MeasureText(s, measure(t, t.Type), t.Weight.Style()).Width
	}
	if t.Lines == 1 || width <= 0 {
		return []string{cut(t.content, width, wide)}
	}
	lines := wrap(t.content, width, wide)
	if t.Lines > 0 && len(lines) > t.Lines {
		last := strings.Join(lines[t.Lines-1:], " ")
		lines = append(lines[:t.Lines-1:t.Lines-1], cut(last, width, wide))
	}
	return lines
}

// CreateRenderer implements fyne.Widget.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	v := &view{}
	v.place = func(size fyne.Size) {
		lines := t.broken(size.Width)
		v.objects = v.objects[:min(len(v.objects), len(lines))]
		natural, pitch := t.Natural().Height, t.pitch()
		top := float32(0)
		if t.Lines == 1 {
			top = floor((size.Height - natural) / 2)
		}
		for i, line := range lines {
			if i == len(v.objects) {
				v.objects = append(v.objects, canvas.NewText("", nil))
			}
			o := v.objects[i].(*canvas.Text)
			o.Text, o.TextSize, o.TextStyle, o.Alignment = line, measure(t, t.Type), t.Weight.Style(), t.Align
			o.Color = tint(t, t.Colour)
			if t.Dim {
				o.Color = look.Fade(o.Color, look.DimShare)
			}
			put(o, 0, top+float32(i)*pitch, size.Width, natural)
			o.Refresh()
		}
	}
	v.least = func() fyne.Size { return t.MinSize() }
	v.place(t.BaseWidget.Size())
	return v
}

// cut is s, or as much of its beginning as fits the width with an ellipsis.
func cut(s string, width float32, wide func(string) float32) string {
	if width <= 0 || wide(s) <= width+0.5 {
		return s
	}
	r := []rune(s)
	low, high := 0, len(r) // the most runes that fit lie in [low, high)
	for high-low > 1 {
		mid := (low + high) / 2
		if wide(strings.TrimRight(string(r[:mid]), " ")+"…") <= width {
			low = mid
		} else {
			high = mid
		}
	}
	return strings.TrimRight(string(r[:low]), " ") + "…"
}

// wrap breaks s into lines that fit the width, at spaces where there are any.
func wrap(s string, width float32, wide func(string) float32) []string {
	var lines []string
	for _, paragraph := range strings.Split(s, "\n") {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			for _, piece := range fitting(word, width, wide) {
				switch {
				case line == "":
					line = piece
				case wide(line+" "+piece) <= width:
					line += " " + piece
				default:
					lines = append(lines, line)
					line = piece
				}
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// fitting is the word, in pieces when it is wider than a line by itself, as
// text without spaces is.
func fitting(word string, width float32, wide func(string) float32) []string {
	if wide(word) <= width {
		return []string{word}
	}
	var pieces []string
	from, runes := 0, []rune(word)
	for to := 1; to <= len(runes); to++ {
		if to-from > 1 && wide(string(runes[from:to])) > width {
			pieces = append(pieces, string(runes[from:to-1]))
			from = to - 1
		}
	}
	return append(pieces, string(runes[from:]))
}
