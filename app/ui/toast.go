package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/ui/widgets"
)

// toaster shows notices one at a time, over the foot of the window.
type toaster struct {
	object *fyne.Container
	foot   func() float32 // dp kept free under the toast
	shown  int            // counts toasts, so that a late timer leaves the next one alone
}

// toastTime is how long a notice stays, and longer when it has a button.
const (
	toastTime = 4 * time.Second
	undoTime  = 8 * time.Second
)

func newToaster() *toaster {
	t := &toaster{}
	t.object = group(t.place, nil)
	return t
}

func (t *toaster) place(size fyne.Size) {
	for _, o := range t.object.Objects {
		w := min(o.MinSize().Width, size.Width-24)
		h := o.(*widgets.Toast).HeightAt(w)
		put(o, (size.Width-w)/2, size.Height-t.foot()-h, w, h)
	}
}

// settle moves the toast after its foot has changed.
func (t *toaster) settle() { t.place(t.object.Size()) }

// noticed says what the session has to say, in words.
func (s *shell) noticed(n app.Notice) {
	data := with{"Title": n.Title, "N": n.Count}
	switch n.Kind {
	case app.QueueReplaced:
		s.toast(lang.N("{{.N}} tracks were taken out of the queue.", n.Count, data), false, n.Undo)
	case app.PreviewOnly:
		s.toast(lang.L("Only the first 45 seconds of {{.Title}}: your credits do not cover a play.", data), true, nil)
	case app.NowOwned:
		s.toast(lang.L("{{.Title}} is yours.", data), false, nil)
	case app.Skipped:
		s.toast(n.Title+": "+explain(n.Err), true, n.Undo)
	default:
		s.toast(explain(n.Err), true, n.Undo)
	}
}

// toast says text for a while; undo may be nil.
func (s *shell) toast(text string, warn bool, undo func()) {
	s.offer(text, warn, lang.L("Undo"), undo)
}

// offer says text for a while, beside a button that does something; do may be
// nil.
func (s *shell) offer(text string, warn bool, label string, do func()) {
	if text == "" {
		return
	}
	t := s.toasts
	t.shown++
	mine, stay := t.shown, toastTime
	gone := func() {
		if t.shown == mine {
			t.object.Objects = nil
			t.object.Refresh()
		}
	}
	var tapped func()
	if do != nil {
		stay = undoTime
		tapped = func() {
			do()
			gone()
		}
	}
	t.object.Objects = []fyne.CanvasObject{widgets.NewToast(text, warn, label, tapped)}
	t.settle()
	t.object.Refresh()
	s.after(stay, gone)
}
