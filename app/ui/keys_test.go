package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/ninth-coop/ninth/app/ui/uitest"
)

func TestTypingAnywhereSearches(t *testing.T) {
	w := openWindow(t, listening(t), deskSize, 1, "home")
	c := w.win.Canvas()
	c.OnTypedRune()('h')
	v, ok := w.shell.screen.(*searchScreen)
	if !ok || c.Focused() != fyne.Focusable(v.field) {
		t.Fatal("a letter does not begin a search")
	}
	test.Type(v.field, "arb")
	if v.field.Text != "harb" || len(v.first.of.Tracks) != 1 || v.first.of.Tracks[0].ID != "low-1" {
		t.Errorf("%q finds %v", v.field.Text, v.first.of.Tracks)
	}
	v.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if c.Focused() != nil {
		t.Fatal("escape does not leave the field")
	}
	c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if w.shell.trail.here().kind != atHome {
		t.Error("escape does not go back")
	}
}

func TestKeysOfTheProgramWorkWhileSearching(t *testing.T) {
	w := openWindow(t, listening(t), deskSize, 1, "home")
	c := w.win.Canvas()
	c.OnTypedRune()('h')
	field := c.Focused().(*searchField)
	field.TypedShortcut(&fyne.ShortcutSelectAll{})
	if field.SelectedText() != "h" {
		t.Error("the keys of the field do not work")
	}
	field.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyL, Modifier: fyne.KeyModifierShortcutDefault})
	if w.shell.trail.here().kind != atLibrary || c.Focused() != nil {
		t.Errorf("at %v, typing into %v", w.shell.trail.here().place, c.Focused())
	}
}

func TestKeysOfThePlayer(t *testing.T) {
	s := listening(t)
	w := openWindow(t, s, deskSize, 1, "home")
	key := w.win.Canvas().OnTypedKey()
	key(&fyne.KeyEvent{Name: fyne.KeySpace})
	key(&fyne.KeyEvent{Name: fyne.KeyRight})
	key(&fyne.KeyEvent{Name: fyne.KeyLeft})
	if got := s.Calls(); !slices.Equal(got, []string{"toggle", "seek 1m43s", "seek 1m33s"}) {
		t.Errorf("asked of the session: %v", got)
	}
}

func TestSpaceDoesNothingWithNothingToPlay(t *testing.T) {
	s := uitest.New(t)
	w := openWindow(t, s, deskSize, 1, "home")
	w.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeySpace})
	if len(s.Calls()) != 0 {
		t.Errorf("asked of the session: %v", s.Calls())
	}
}
