package ui

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
)

// firstRun asks how to begin: with the demo co-op, with one's own, or without
// one.
type firstRun struct {
	w      *window
	alone  Session // in which nobody is signed in; nil if there is none
	object *fyne.Container
	mark   *widgets.Ring
	title  *widgets.Text
	words  *widgets.Text
	field  *widget.Entry
	code   *widgets.Text
	fault  *widgets.Text
	flow   *widgets.Box
	cancel context.CancelFunc // ends a sign-in that is under way
	back   func()             // leaves the question for the co-op's address
}

func newFirstRun(w *window, alone Session) *firstRun {
	f := &firstRun{w: w, alone: alone}
	f.mark = widgets.NewMark(frontMark)
	f.title = widgets.NewParagraph("", look.Display, look.Name, look.Text)
	f.words = widgets.NewParagraph("", look.Lead, look.Regular, look.Muted)
	f.code = widgets.NewText("", look.Display, look.SemiBold, look.Text)
	f.fault = widgets.NewParagraph("", look.Body, look.Regular, look.Warning)
	f.title.Align, f.words.Align, f.code.Align, f.fault.Align = fyne.TextAlignCenter, fyne.TextAlignCenter, fyne.TextAlignCenter, fyne.TextAlignCenter
	f.field = widget.NewEntry()
	f.field.SetPlaceHolder(lang.L("Address of your co-op"))
	f.field.OnSubmitted = func(string) { f.connect(Choice{Address: f.field.Text}) }
	f.object = group(f.place, func() fyne.Size { return fyne.NewSize(300, 400) })
	f.back = f.choose
	f.choose()
	return f
}

// frontMark and firstWide are the side of the mark and the greatest width of
// what stands under it, in dp.
const (
	frontMark = 104
	firstWide = 440
)

func (f *firstRun) place(size fyne.Size) {
	inner := min(size.Width-48, firstWide)
	left := (size.Width - inner) / 2
	type part struct {
		o             fyne.CanvasObject
		height, above float32
	}
	parts := []part{
		{f.title, f.title.HeightAt(inner), 24},
		{f.words, f.words.HeightAt(inner), 10},
		{f.code, f.code.MinSize().Height, 16},
		{f.field, f.field.MinSize().Height, 24},
		{f.fault, f.fault.HeightAt(inner), 16},
		{f.flow, f.flow.HeightAt(inner), 26},
	}
	total := float32(frontMark)
	for _, p := range parts {
		if p.o.Visible() {
			total += p.height + p.above
		}
	}
	put(f.object.Objects[0], 0, 0, size.Width, size.Height)
	y := max((size.Height-total)/2, 24)
	put(f.mark, (size.Width-frontMark)/2, y, frontMark, frontMark)
	y += frontMark
	for _, p := range parts {
		if p.o.Visible() {
			y += p.above
			put(p.o, left, y, inner, p.height)
			y += p.height
		}
	}
}

// show replaces what is asked.
func (f *firstRun) show(title, words, code, fault string, field bool, buttons ...fyne.CanvasObject) {
	f.title.Set(title)
	f.words.Set(words)
	f.code.Set(code)
	f.code.Hidden = code == ""
	f.fault.Set(fault)
	f.fault.Hidden = fault == ""
	f.field.Hidden = !field
	f.flow = widgets.NewFlow(10, true, buttons...)
	f.object.Objects = []fyne.CanvasObject{widgets.NewFill(look.Ground), f.mark, f.title, f.words, f.code, f.field, f.fault, f.flow}
	if s := f.object.Size(); s.Width > 0 {
		f.place(s)
	}
	f.object.Refresh()
}

// choose is the one choice of the first run.
func (f *firstRun) choose() {
	choices := []fyne.CanvasObject{
		widgets.NewPill(lang.L("Try the demo co-op"), "", true, func() { f.connect(Choice{Demo: true}) }),
		widgets.NewPill(lang.L("Sign in to your co-op"), "", false, func() { f.askAddress("") }),
	}
	if f.alone != nil && hasFolders() {
		choices = append(choices, widgets.NewPill(lang.L("Only music of my own"), "", false, func() { f.w.enterAlone(f.alone) }))
	}
	f.show("Ninth", lang.L("Music owned together. Every play costs a little more than the last; with the ninth, the track is yours."), "", "", false, choices...)
}

// askAddress asks which co-op; fault says what went wrong before.
func (f *firstRun) askAddress(fault string) {
	f.show(lang.L("Your co-op"), lang.L("Its sign-in page opens in your browser. On a machine without one, sign in with a code."), "", fault, true,
		widgets.NewPill(lang.L("Sign in"), "", true, func() { f.connect(Choice{Address: f.field.Text}) }),
		widgets.NewPill(lang.L("With a code"), "", false, func() { f.connect(Choice{Address: f.field.Text, ByCode: true}) }),
		widgets.NewPill(lang.L("Back"), "", false, f.back))
	f.w.win.Canvas().Focus(f.field)
}

// connect signs in as chosen. Until that has ended the person can give up.
func (f *firstRun) connect(c Choice) {
	c.Address = strings.TrimSpace(c.Address)
	if !c.Demo && c.Address == "" {
		f.askAddress(lang.L("Type the address of your co-op first, such as coop.example."))
		return
	}
	ctx, cancel := context.WithCancel(f.w.ctx)
	f.cancel = cancel
	again := f.choose
	if !c.Demo {
		again = func() { f.askAddress("") }
	}
	giveUp := func() {
		cancel()
		again()
	}
	c.Browse = func(_ context.Context, address string) error {
		u, err := url.Parse(address)
		if err != nil {
			return err
		}
		return f.w.app.OpenURL(u)
	}
	c.ShowCode = func(address, code string) {
		f.w.run(func() func() {
			return func() {
				if ctx.Err() == nil {
					f.showCode(address, code, giveUp)
				}
			}
		})
	}
	title, words := lang.L("One moment"), lang.L("The demo co-op is starting on this machine.")
	if !c.Demo {
		words = lang.L("Waiting for you to sign in at {{.Address}}.", with{"Address": c.Address})
	}
	f.show(title, words, "", "", false, widgets.NewPill(lang.L("Give up"), "", false, giveUp))
	f.w.run(func() func() {
		session, err := f.w.opts.Connect(ctx, c)
		return func() { f.connected(c, session, err) }
	})
}

func (f *firstRun) connected(c Choice, session Session, err error) {
	f.cancel()
	switch {
	case err == nil:
		f.w.enter(session)
	case errors.Is(err, context.Canceled): // given up: what is asked next is shown already
	case c.Demo:
		f.choose()
		f.fault.Set(explain(err))
		f.fault.Show()
		f.place(f.object.Size())
	default:
		f.askAddress(explain(err))
	}
}

// showCode shows where to type which code.
func (f *firstRun) showCode(address, code string, giveUp func()) {
	f.show(lang.L("Sign in elsewhere"), lang.L("Open {{.Address}} on any device and type this code:", with{"Address": address}), code, "", false,
		widgets.NewPill(lang.L("Open it here"), "", true, func() {
			if u, err := url.Parse(address); err == nil {
				f.fault.Set(explain(f.w.app.OpenURL(u)))
			}
		}),
		widgets.NewPill(lang.L("Give up"), "", false, giveUp))
}
