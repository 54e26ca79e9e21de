package widgets

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"pgregory.net/rapid"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/library"
)

// start is an app of the test's own in Ninth's theme.
func start(t *testing.T) {
	t.Helper()
	a := test.NewTempApp(t)
	th, err := look.New(look.AlwaysDark, 1)
	if err != nil {
		t.Fatal(err)
	}
	a.Settings().SetTheme(th)
}

// now is a Runner that does everything at once.
func now(work func() func()) {
	if then := work(); then != nil {
		then()
	}
}

func show(t *testing.T, o fyne.CanvasObject, w, h float32) fyne.Window {
	t.Helper()
	win := test.NewTempWindow(t, o)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	return win
}

func TestTextIsCutWithAnEllipsisOnlyWhenItMustBe(t *testing.T) {
	start(t)
	text := NewText("What the tide keeps", look.Body, look.SemiBold, look.Text)
	full := text.Natural().Width
	if got := text.broken(full)[0]; got != "What the tide keeps" {
		t.Errorf("in its own width: %q", got)
	}
	got := text.broken(full / 2)[0]
	if !strings.HasSuffix(got, "…") || !strings.HasPrefix("What the tide keeps", strings.TrimSuffix(got, "…")) {
		t.Errorf("in half its width: %q", got)
	}
	if w := fyne.MeasureText(got, 14, look.SemiBold.Style()).Width; w > full/2 {
		t.Errorf("what was cut is %v wide, want at most %v", w, full/2)
	}
}

// TestWrappedTextKeepsEveryWord: broken into lines, no line is wider than the
// width and no letter is lost.
func TestWrappedTextKeepsEveryWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zé漢字]{1,12}`), 1, 20).Draw(t, "words")
		width := rapid.Float32Range(10, 400).Draw(t, "width")
		wide := func(s string) float32 { return float32(len([]rune(s))) * 8 }
		lines := wrap(strings.Join(words, " "), width, wide)
		for _, line := range lines {
			if len([]rune(line)) > 1 && wide(line) > width {
				t.Fatalf("%q is wider than %v", line, width)
			}
		}
		squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if squeeze(strings.Join(lines, "")) != squeeze(strings.Join(words, "")) {
			t.Fatal("letters were lost")
		}
	})
}

func TestTextOfOtherScriptsIsMeasured(t *testing.T) {
	start(t)
	for _, s := range []string{"音楽", "موسيقى", "музыка", "한국어", "🎵"} {
		if NewText(s, look.Body, look.Regular, look.Text).Natural().Width < 5 {
			t.Errorf("%s has no width", s)
		}
	}
}

func TestClockAndMinutesAndBytes(t *testing.T) {
	start(t)
	for d, want := range map[time.Duration]string{
		0: "0:00", 98 * time.Second: "1:38", -time.Second: "0:00", 3723 * time.Second: "1:02:03",
	} {
		if got := Clock(d); got != want {
			t.Errorf("clock of %v: %q, want %q", d, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		0: "0 min", 10 * time.Second: "1 min", 31*time.Minute + 38*time.Second: "31 min", 64 * time.Minute: "1 h 4 min",
	} {
		if got := Minutes(d); got != want {
			t.Errorf("minutes of %v: %q, want %q", d, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 kB", 3_100_000: "3 MB", 1_240_000_000: "1.2 GB"} {
		if got := Bytes(n); got != want {
			t.Errorf("%d bytes: %q, want %q", n, got, want)
		}
	}
}

func TestWaveformSeeksWhereItIsTappedAndDragged(t *testing.T) {
	start(t)
	var sought []time.Duration
	w := NewWaveform(4, func(to time.Duration) { sought = append(sought, to) })
	show(t, w, 420, 26)
	w.Tapped(&fyne.PointEvent{Position: fyne.NewPos(210, 10)})
	if len(sought) != 0 {
		t.Fatal("a track of no length was sought in")
	}
	w.Set(0, 200*time.Second, 1)
	w.Tapped(&fyne.PointEvent{Position: fyne.NewPos(210, 10)})
	w.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(315, 10)}})
	if w.Shown() != 150*time.Second {
		t.Errorf("while dragged it shows %v", w.Shown())
	}
	if len(sought) != 1 {
		t.Error("a drag seeks before it ends")
	}
	w.DragEnd()
	w.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	w.Tapped(&fyne.PointEvent{Position: fyne.NewPos(-50, 10)})
	want := []time.Duration{100 * time.Second, 150 * time.Second, 145 * time.Second, 0}
	if fmt.Sprint(sought) != fmt.Sprint(want) {
		t.Errorf("sought %v, want %v", sought, want)
	}
}

func TestWaveformShowsPlayedFetchedAndTheRest(t *testing.T) {
	start(t)
	w := NewWaveform(4, nil)
	show(t, w, 400, 26)
	w.SetPeaks(bytes.Repeat([]byte{255}, 50))
	w.Set(30*time.Second, 100*time.Second, 0.6)
	img := w.paint(400, 26).(*image.NRGBA)
	p := look.Dark()
	for x, want := range map[int]color.NRGBA{41: p.Accent, 201: p.Muted, 361: p.RingOff} {
		if got := img.NRGBAAt(x, 13); got != want {
			t.Errorf("at %d: %v, want %v", x, got, want)
		}
	}
	if img.NRGBAAt(43, 13).A != 0 {
		t.Error("there is no gap between the bars")
	}
}

func TestUnknownWaveformIsCalm(t *testing.T) {
	for i, level := range barLevels(nil, 200) {
		if level < 0.1 || level > 0.35 {
			t.Fatalf("bar %d has a height of %v", i, level)
		}
	}
	if got := barLevels([]byte{0, 255}, 4); fmt.Sprint(got) != "[0 0 1 1]" {
		t.Errorf("two peaks over four bars: %v", got)
	}
	if got := barLevels([]byte{10, 255, 3, 7}, 2); got[0] != 1 || got[1] >= 0.1 {
		t.Errorf("four peaks over two bars: %v", got)
	}
}

func TestSliderKeepsToItsRange(t *testing.T) {
	start(t)
	value := -1.0
	s := NewSlider("Volume", func(v float64) { value = v })
	show(t, s, 100, 24)
	s.Tapped(&fyne.PointEvent{Position: fyne.NewPos(50, 10)})
	if value != 0.5 {
		t.Errorf("tapped in the middle: %v", value)
	}
	s.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(900, 10)}})
	if value != 1 {
		t.Errorf("dragged past the end: %v", value)
	}
	s.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -1)})
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	if value < 0.89 || value > 0.91 {
		t.Errorf("two steps down: %v", value)
	}
}

func TestColumnMakesOnlyTheRowsInSight(t *testing.T) {
	start(t)
	made := 0
	shown := map[int]bool{}
	rows := &Rows{
		Count: 100_000, Height: 50,
		Create: func() fyne.CanvasObject {
			made++
			return NewText("", look.Body, look.Regular, look.Text)
		},
		Update: func(i int, o fyne.CanvasObject) {
			shown[i] = true
			o.(*Text).Set(fmt.Sprint(i))
		},
	}
	head := NewText("Head", look.Section, look.Name, look.Text)
	c := NewColumn(20, Part{Object: head, Above: 10}, Part{Rows: rows, Above: 10})
	show(t, c, 400, 500)
	if made == 0 || made > 14 {
		t.Errorf("%d rows were made for a window of ten", made)
	}
	c.ScrollTo(50 * 50_000)
	if made > 28 || !shown[50_000] {
		t.Errorf("after a jump %d rows had been made; the row in sight was shown: %v", made, shown[50_000])
	}
	c.ScrollTo(1e12)
	if !shown[99_999] {
		t.Error("the last row is out of reach")
	}
	if made > 28 {
		t.Errorf("rows are not used again: %d were made", made)
	}
}

func TestColumnCanBeReflownWhileItShowsARow(t *testing.T) {
	start(t)
	var c *Column
	calls := 0
	rows := &Rows{
		Count: 3, Height: 50,
		Create: func() fyne.CanvasObject { return NewText("", look.Body, look.Regular, look.Text) },
		Update: func(int, fyne.CanvasObject) {
			if calls++; calls == 1 {
				c.Reflow()
			}
		},
	}
	c = NewColumn(20, Part{Rows: rows})
	show(t, c, 400, 500)
	if calls < 4 || len(rows.live) != 3 || len(rows.spare) != 0 {
		t.Errorf("after %d updates %d rows are in sight and %d lie about", calls, len(rows.live), len(rows.spare))
	}
}

func TestPressWorksWithTheKeyboard(t *testing.T) {
	start(t)
	pressed := 0
	p := NewPill("Play", "", true, func() { pressed++ })
	win := show(t, p, 200, 60)
	left := fyne.KeyName("")
	win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { left = e.Name })
	win.Canvas().Focus(p)
	for _, key := range []fyne.KeyName{fyne.KeySpace, fyne.KeyReturn, fyne.KeyEscape} {
		p.TypedKey(&fyne.KeyEvent{Name: key})
	}
	if pressed != 2 || left != fyne.KeyEscape {
		t.Errorf("pressed %d times; the window got %q", pressed, left)
	}
	p.Disable()
	p.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	test.Tap(p)
	if pressed != 2 {
		t.Error("a disabled button was pressed")
	}
}

func TestRowsNameThemselvesToScreenReaders(t *testing.T) {
	start(t)
	pictures, _, _ := picturesIn(t)
	track := library.Track{Title: "Slow telegraph", Artist: "Ines Aguiar", Plays: 4, Status: library.Paid}
	line, row := NewTrackLine(), NewQueueRow(pictures)
	line.Set(TrackView{Track: track}, TrackActions{})
	row.Set(TrackView{Track: track}, 32)
	for _, c := range []struct {
		of   fyne.Accessible
		want string
	}{
		{line, "Slow telegraph, 4 of 9 plays"},
		{row, "Slow telegraph, Ines Aguiar, 0.032"},
	} {
		if got := c.of.AccessibilityLabel(); got != c.want {
			t.Errorf("%T says %q, want %q", c.of, got, c.want)
		}
		if c.of.AccessibilityRole() != fyne.AccessibleRoleButton {
			t.Errorf("%T is a %s", c.of, c.of.AccessibilityRole())
		}
	}
}

func TestStandInIsTheSameForATitleEveryTime(t *testing.T) {
	a, _ := standIn("Low Water Marks")
	b, _ := standIn("Low Water Marks")
	if a != b {
		t.Error("the colour changes")
	}
	for title, want := range map[string]string{"low": "L", "…9 lives": "9", "": "·", "élan": "É"} {
		if got := firstLetter(title); got != want {
			t.Errorf("%q begins with %q, want %q", title, got, want)
		}
	}
}

func TestGridFitsAsManyAsThereIsRoomFor(t *testing.T) {
	start(t)
	var cards []fyne.CanvasObject
	for range 5 {
		cards = append(cards, NewText("x", look.Body, look.Regular, look.Text))
	}
	g := NewGrid(Cells{Least: 158, Most: 158, Gap: 18, Below: 22}, cards...)
	for width, want := range map[float32]int{704: 4, 300: 1, 352: 2, 100: 1} {
		if n, _ := g.columns(width); n != want {
			t.Errorf("%v dp hold %d, want %d", width, n, want)
		}
	}
	g.MaxRows = 1
	if n := len(g.shown(4)); n != 4 {
		t.Errorf("one row shows %d", n)
	}
}

// TestALinkIsUnderlinedWhereItsTextIs: also where that is not on the left.
func TestALinkIsUnderlinedWhereItsTextIs(t *testing.T) {
	start(t)
	for align, want := range map[fyne.TextAlign]func(free float32) float32{
		fyne.TextAlignLeading:  func(float32) float32 { return 0 },
		fyne.TextAlignCenter:   func(free float32) float32 { return free / 2 },
		fyne.TextAlignTrailing: func(free float32) float32 { return free },
	} {
		text := NewText("Low Water Marks", look.Body, look.Regular, look.Text)
		text.Align = align
		link := NewLink(text, func() {})
		link.Resize(fyne.NewSize(300, 20))
		line := test.WidgetRenderer(link).Objects()[1]
		width := text.Natural().Width
		if got := line.Position().X; got != want(300-width) || line.Size().Width != width {
			t.Errorf("align %v: the line is at %v and %v wide, the text %v", align, got, line.Size().Width, width)
		}
	}
}
