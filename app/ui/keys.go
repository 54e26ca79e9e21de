package ui

import (
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/player"
)

// bindKeys gives every action its key.
//
//	space            play, pause
//	control + → ←    next, previous
//	→ ←              forward, back by five seconds
//	control + ↑ ↓    louder, quieter
//	/ or any letter  search
//	control + K      search
//	control + L H    library, home
//	control + B      favourite
//	control + J      queue
//	alt + → ←        forward, back in the history
//	escape           close what lies on top, then back
//
// They do nothing while the window shows something else than the shell, such
// as the sign-in.
func (s *shell) bindKeys() {
	c := s.win.Canvas()
	shown := func() bool { return c.Content() == s.root }
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		if shown() {
			s.typedKey(e)
		}
	})
	c.SetOnTypedRune(func(r rune) {
		if shown() {
			s.typedRune(r)
		}
	})
	bind := func(mod fyne.KeyModifier, key fyne.KeyName, do func()) {
		shortcut := &desktop.CustomShortcut{KeyName: key, Modifier: mod}
		s.keys.AddShortcut(shortcut, func(fyne.Shortcut) {
			if shown() {
				do()
			}
		})
		c.AddShortcut(shortcut, s.keys.TypedShortcut)
	}
	control := fyne.KeyModifierShortcutDefault
	bind(control, fyne.KeyRight, s.session.Next)
	bind(control, fyne.KeyLeft, s.session.Previous)
	bind(control, fyne.KeyUp, func() { s.session.SetVolume(min(s.m.snap.Volume+volumeStep, 1)) })
	bind(control, fyne.KeyDown, func() { s.session.SetVolume(max(s.m.snap.Volume-volumeStep, 0)) })
	bind(control, fyne.KeyK, s.openSearch)
	bind(control, fyne.KeyL, func() { s.visit(place{kind: atLibrary}) })
	bind(control, fyne.KeyH, func() { s.visit(place{kind: atHome}) })
	bind(control, fyne.KeyB, func() { s.favour(s.m.track) })
	bind(control, fyne.KeyJ, s.foldQueue)
	bind(control, fyne.KeyR, func() { s.session.SetRepeat((s.m.snap.Queue.Repeat + 1) % (player.RepeatEntry + 1)) })
	bind(control, fyne.KeyS, func() { s.session.SetShuffle(!s.m.snap.Queue.Shuffled()) })
	bind(fyne.KeyModifierAlt, fyne.KeyLeft, func() { s.step(-1) })
	bind(fyne.KeyModifierAlt, fyne.KeyRight, func() { s.step(+1) })
}

const volumeStep = 0.05

func (s *shell) typedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace:
		s.toggle()
	case fyne.KeyEscape, mobileBack:
		s.escape()
	case fyne.KeyLeft:
		s.session.Seek(max(s.m.snap.Position-widgets.KeyStep, 0))
	case fyne.KeyRight:
		s.session.Seek(min(s.m.snap.Position+widgets.KeyStep, s.m.duration()))
	}
}

// mobileBack is the key of a phone's own way back.
const mobileBack fyne.KeyName = "Back"

func (s *shell) typedRune(r rune) {
	switch {
	case r == '/':
		s.openSearch()
	case unicode.IsLetter(r), unicode.IsDigit(r):
		s.openSearch()
		if v, ok := s.screen.(*searchScreen); ok {
			v.field.TypedRune(r)
		}
	}
}

// openSearch goes to the search and puts the cursor into its field.
func (s *shell) openSearch() {
	s.visit(place{kind: atSearch})
	if v, ok := s.screen.(*searchScreen); ok {
		s.win.Canvas().Focus(v.field)
	}
}

// escape closes what lies on top: a menu or a question, the player or the
// queue of a phone, the field one types in; else it goes back.
func (s *shell) escape() {
	c := s.win.Canvas()
	switch {
	case c.Overlays().Top() != nil:
		c.Overlays().Top().Hide()
		s.scrim.Hide()
	case s.arranged.escape():
	case c.Focused() != nil:
		c.Unfocus()
	default:
		s.step(-1)
	}
}

// foldQueue opens or closes the queue.
func (s *shell) foldQueue() { s.arranged.foldQueue() }
