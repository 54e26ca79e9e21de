package ui

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
)

// openingPatience is how long the window stays without words while the session
// opens: most open sooner, and words that only flash by make a start look slow.
const openingPatience = 400 * time.Millisecond

// opening is what the window shows until there is a session: the mark on its
// ground, and a line of words once that takes a while.
type opening struct {
	object *fyne.Container
	words  *widgets.Text
}

func newOpening() *opening {
	o := &opening{words: widgets.NewText("", look.Lead, look.Regular, look.Muted)}
	o.words.Align = fyne.TextAlignCenter
	ground, mark := widgets.NewFill(look.Ground), widgets.NewMark(frontMark)
	o.object = group(func(size fyne.Size) {
		put(ground, 0, 0, size.Width, size.Height)
		middle(mark, size.Width/2, size.Height/2)
		line(o.words, 24, (size.Height+frontMark)/2+40, size.Width-48)
	}, func() fyne.Size { return fyne.NewSize(300, 400) }, ground, mark, o.words)
	return o
}

// speak says what takes so long.
func (o *opening) speak() {
	o.words.Set(lang.L("Opening your library…"))
	o.object.Refresh()
}

// begin opens the session while the window is on the screen already.
func (w *window) begin() {
	o := newOpening()
	w.win.SetContent(o.object)
	w.after(openingPatience, o.speak)
	w.run(func() func() {
		session, err := w.opts.Open(w.ctx)
		var folders []string
		if err == nil {
			folders, err = session.LocalFolders()
		}
		return func() { w.opened(session, len(folders) > 0, err) }
	})
}

// opened shows the session, asks how to begin, or says why nothing opened. Who
// has music of their own has no need of a co-op.
func (w *window) opened(session Session, own bool, err error) {
	w.failure = err
	switch {
	case errors.Is(err, context.Canceled): // the window is closing
	case err != nil:
		w.refuse(err)
	case session.Status().SignedIn:
		w.enter(session)
	case session.Status().Expired:
		w.askAgain(session, func() { w.ask(session) })
	case own:
		w.enterAlone(session)
	default:
		w.ask(session)
	}
}

// enterAlone shows a session in which nobody is signed in, for the music of the
// person's own.
func (w *window) enterAlone(session Session) {
	if w.opts.Start == "" {
		w.opts.Start = string(atLibrary) + "/" + chipLocal
	}
	w.enter(session)
}

// refuse says what keeps the session from opening. Closing the window then
// ends the program with that error.
func (w *window) refuse(err error) {
	f := newFirstRun(w, nil)
	f.show(lang.L("Ninth could not begin"), explain(err), "", "", false,
		widgets.NewPill(lang.L("Try again"), "", true, w.begin),
		widgets.NewPill(lang.L("Quit"), "", false, w.app.Quit))
	w.win.SetContent(f.object)
}

// askAgain asks to sign in to the co-op of last time, because that sign-in has
// expired; back leads back.
func (w *window) askAgain(session Session, back func()) {
	f := newFirstRun(w, session)
	f.back = back
	f.field.SetText(session.CoOp().Address)
	f.askAddress("")
	w.win.SetContent(f.object)
	w.win.Canvas().Focus(f.field)
}
