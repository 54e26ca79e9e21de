package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/ui/uitest"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
)

// openSlowly is a window whose session opens when finish is called, and whose
// timers fire when tick is.
func openSlowly(t *testing.T, open func(context.Context) (Session, error)) (w *window, finish, tick func()) {
	t.Helper()
	w = openWindow(t, uitest.New(t), deskSize, 1, "")
	w.shell.leave()
	w.opts.Open = open
	w.run = func(work func() func()) { finish = func() { atOnce(work) } }
	w.after = func(_ time.Duration, do func()) { tick = do }
	w.begin()
	w.run = atOnce
	return w, finish, tick
}

func TestWindowIsThereBeforeTheSession(t *testing.T) {
	s := listening(t)
	w, finish, tick := openSlowly(t, opens(s, nil))
	const words = "Opening your library…"
	if layout := layoutOf(w.win.Canvas().Content()); !strings.Contains(layout, "widgets.Ring") || strings.Contains(layout, words) {
		t.Fatalf("at first:\n%s", layout)
	}
	tick()
	if layout := layoutOf(w.win.Canvas().Content()); !strings.Contains(layout, words) {
		t.Fatalf("after a while:\n%s", layout)
	}
	finish()
	if w.shell == nil || w.win.Canvas().Content() != w.shell.root {
		t.Error("the session is not shown")
	}
}

func TestWhatKeepsTheSessionFromOpeningIsSaid(t *testing.T) {
	err := fmt.Errorf("opening: %w", library.ErrInUse)
	w, finish, _ := openSlowly(t, func(context.Context) (Session, error) { return listening(t), err })
	finish()
	content := w.win.Canvas().Content()
	if layout := layoutOf(content); !strings.Contains(layout, "Another Ninth has this library open") {
		t.Fatalf("the reason is not said:\n%s", layout)
	}
	if !errors.Is(w.failure, library.ErrInUse) {
		t.Errorf("closing the window now would end with %v", w.failure)
	}
	tap[*widgets.Pill](t, content, "Try again")
	if w.shell != nil || !errors.Is(w.failure, library.ErrInUse) {
		t.Fatalf("after a second failure: %v", w.failure)
	}
	err = nil
	tap[*widgets.Pill](t, w.win.Canvas().Content(), "Try again")
	if w.shell == nil || w.failure != nil {
		t.Errorf("after it opened: %v", w.failure)
	}
}

func TestAWindowClosedWhileOpeningFailsAtNothing(t *testing.T) {
	w, finish, _ := openSlowly(t, opens(nil, context.Canceled))
	before := w.win.Canvas().Content()
	finish()
	if w.win.Canvas().Content() != before || explain(w.failure) != "" {
		t.Errorf("shown although the window closes; it ends with %v", w.failure)
	}
}

func TestNobodySignedInIsAskedHowToBegin(t *testing.T) {
	for _, expired := range []bool{false, true} {
		s := uitest.New(t)
		s.Say(func(_ *player.Snapshot, st *app.Status) { st.SignedIn, st.Expired = false, expired })
		w, finish, _ := openSlowly(t, opens(s, nil))
		finish()
		content := w.win.Canvas().Content()
		layout := layoutOf(content)
		if got := strings.Contains(layout, "Your co-op"); got != expired || strings.Contains(layout, "https://coop.example") != expired {
			t.Errorf("expired %v:\n%s", expired, layout)
		}
		if expired {
			tap[*widgets.Pill](t, content, "Back")
			content = w.win.Canvas().Content()
		}
		tap[*widgets.Pill](t, content, "Sign in to your co-op")
	}
}

// TestMusicOfOnesOwnNeedsNoCoOp begins without one, comes back, and signs in
// after all.
func TestMusicOfOnesOwnNeedsNoCoOp(t *testing.T) {
	s := uitest.New(t)
	s.Say(func(_ *player.Snapshot, st *app.Status) { st.SignedIn, st.Online = false, false })
	w, finish, _ := openSlowly(t, opens(s, nil))
	finish()
	tap[*widgets.Pill](t, w.win.Canvas().Content(), "Only music of my own")
	shows := func(what string) {
		t.Helper()
		if layout := layoutOf(w.win.Canvas().Content()); !strings.Contains(layout, what) {
			t.Errorf("%q is not shown:\n%s", what, layout)
		}
	}
	shows("You are not signed in to a co-op. Music of your own plays.")
	shows("Add a folder")

	if err := s.AddLocalFolder("/music"); err != nil {
		t.Fatal(err)
	}
	w.opts.Start = ""
	w.begin()
	shows("Add a folder")
	checkNothingCut(t, w.shell.root)

	w.opts.Connect = func(context.Context, Choice) (Session, error) {
		s.Say(func(_ *player.Snapshot, st *app.Status) { st.SignedIn, st.Online = true, true })
		return s, nil
	}
	w.shell.visit(place{kind: atSettings})
	tap[*widgets.Pill](t, w.shell.root, "Sign in")
	content := w.win.Canvas().Content()
	tap[*widgets.Pill](t, content, "Back")
	shows("Sign in")
	tap[*widgets.Pill](t, w.shell.root, "Sign in")
	all[*widget.Entry](w.win.Canvas().Content())[0].SetText("coop.example")
	tap[*widgets.Pill](t, w.win.Canvas().Content(), "Sign in")
	if layout := layoutOf(w.shell.root); strings.Contains(layout, "not signed in") {
		t.Errorf("after signing in:\n%s", layout)
	}
}

func TestAnExpiredSignInIsRenewedFromTheLineThatSaysSo(t *testing.T) {
	for _, size := range []fyne.Size{deskSize, phoneSize} {
		s := listening(t)
		w := openWindow(t, s, size, 1, "release/low")
		w.opts.Connect = func(_ context.Context, c Choice) (Session, error) {
			if c.Address != "https://coop.example" {
				t.Errorf("signing in at %q", c.Address)
			}
			return s, nil
		}
		s.Say(func(_ *player.Snapshot, st *app.Status) { st.Expired = true })
		w.shell.reached(s.Status())
		if layout := layoutOf(w.shell.root); !strings.Contains(layout, "Your sign-in has expired.") {
			t.Fatalf("it is not said:\n%s", layout)
		}
		checkNothingCut(t, w.shell.root)
		again := func() fyne.CanvasObject {
			tap[*widgets.Link](t, w.shell.root, "Sign in")
			return w.win.Canvas().Content()
		}
		shell := w.shell
		tap[*widgets.Pill](t, again(), "Back")
		if w.shell != shell || w.win.Canvas().Content() != shell.root {
			t.Fatal("back does not lead back")
		}
		front := again()
		w.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeySpace})
		w.win.Canvas().OnTypedRune()('h')
		if len(s.Calls()) > 0 || shell.trail.here().kind != atRelease {
			t.Error("the keys of the player work behind the sign-in")
		}
		tap[*widgets.Pill](t, front, "Sign in")
		s.Say(func(_ *player.Snapshot, st *app.Status) { st.Expired = false })
		w.shell.reached(s.Status())
		if w.shell == shell || strings.Contains(layoutOf(w.shell.root), "expired") {
			t.Error("it is still said")
		}
	}
}
