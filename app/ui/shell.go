package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
)

// shell owns the window while somebody is signed in.
type shell struct {
	ctx      context.Context // ends with the session's time in this window
	session  Session
	lib      *library.Library
	win      fyne.Window
	theme    *look.Theme
	run      widgets.Runner
	after    func(d time.Duration, do func()) // does something later, on Fyne's goroutine
	now      func() time.Time
	files    files
	wished   chan struct{} // closed once the last wish is in the library
	pictures *widgets.Pictures
	leave    func() // called once signed out
	signIn   func() // asks to sign in again; the session goes on meanwhile

	m        model
	trail    trail
	screen   screen
	isPhone  bool
	arranged arrangement
	root     *fyne.Container
	toasts   *toaster
	scrim    *widgets.Fill // over the window while a question is open
	folded   bool          // the queue of a desk
	guard    guard
	looped   loopStart
	keys     fyne.ShortcutHandler
	draft    *ruleDraft // of a list's rule, until it is stored or given up
}

// arrangement puts the screen and what surrounds it into the window: a desk
// or a phone.
type arrangement interface {
	object() fyne.CanvasObject
	enter(p place, body fyne.CanvasObject) // shows a screen
	show()                                 // takes over what the model says
	showQueue()                            // takes over a changed queue
	foldQueue()                            // opens or closes the queue
	foot() float32                         // dp at the lower edge that a toast leaves free
	escape() bool                          // closes what lies over the screen, if anything does
}

// newShell builds the window's content. It reads nothing yet; see start.
func newShell(ctx context.Context, session Session, w *window) *shell {
	s := &shell{
		ctx: ctx, session: session, lib: session.Library(), win: w.win, theme: w.theme,
		run: w.run, after: w.after, now: w.now, files: w.files,
	}
	s.pictures = widgets.NewPictures(s.findCover, w.run)
	s.toasts = newToaster()
	s.scrim = widgets.NewFill(look.Scrim)
	s.scrim.Hide()
	s.m.queue.Current = -1
	s.root = group(s.arrange, func() fyne.Size { return fyne.NewSize(320, 400) })
	return s
}

// arrange is the layout of the whole window: it chooses the arrangement that
// fits the width, and changes it when another one does.
func (s *shell) arrange(size fyne.Size) {
	phone := size.Width < look.PhoneWidth || fyne.CurrentDevice().IsMobile()
	if s.arranged == nil || phone != s.isPhone {
		s.isPhone = phone
		s.rebuild()
	}
	for _, o := range s.root.Objects {
		put(o, 0, 0, size.Width, size.Height)
	}
}

// rebuild makes the arrangement and the screen anew.
func (s *shell) rebuild() {
	if s.isPhone {
		s.arranged = newPhone(s)
	} else {
		s.arranged = newDesk(s)
	}
	s.toasts.foot = s.arranged.foot
	s.root.Objects = []fyne.CanvasObject{widgets.NewFill(look.Ground), s.arranged.object(), s.toasts.object, s.scrim}
	s.arranged.showQueue()
	s.arranged.show()
	if s.trail.here() != nil {
		s.enter()
	}
}

// gutter is the space left and right of a screen, in dp.
func (s *shell) gutter() float32 {
	if s.isPhone {
		return look.PhoneGutter
	}
	return look.Gutter
}

// visit goes to a place, and closes what lies over it.
func (s *shell) visit(p place) {
	for s.arranged.escape() {
		continue
	}
	s.remember()
	if _, typing := s.win.Canvas().Focused().(*searchField); typing {
		s.win.Canvas().Unfocus() // or what is typed next goes where nobody sees it
	}
	s.trail.goTo(p)
	s.enter()
}

// replace shows another place where the present one was in the history.
func (s *shell) replace(p place) {
	*s.trail.here() = visit{place: p}
	s.enter()
}

// step goes back (-1) or forward (+1).
func (s *shell) step(by int) {
	s.remember()
	if s.trail.step(by) {
		s.enter()
	}
}

// remember keeps how far the present screen is scrolled.
func (s *shell) remember() {
	if h := s.trail.here(); h != nil && s.screen != nil {
		h.offset = s.screen.body().Offset()
	}
}

// enter shows the present place of the trail.
func (s *shell) enter() {
	h := s.trail.here()
	s.screen = s.newScreen(h.place)
	s.arranged.enter(h.place, s.screen.body())
	s.screen.load()
	if h.offset > 0 {
		s.screen.body().ScrollTo(h.offset)
	}
}

func (s *shell) newScreen(p place) screen {
	switch p.kind {
	case atSearch:
		return newSearchScreen(s, p.id)
	case atLibrary:
		return newLibraryScreen(s, p.id)
	case atStudio:
		return newStudioScreen(s)
	case atSettings, atYou:
		return newSettingsScreen(s)
	case atRelease:
		return newReleaseScreen(s, p.id)
	case atArtist:
		return newArtistScreen(s, p.id)
	case atPlaylist:
		return newPlaylistScreen(s, p.id)
	case atReleases:
		return newReleasesScreen(s, p.id)
	case atStorage:
		return newStorageScreen(s, p.id)
	case atTag:
		return newTagScreen(s, p.id)
	case atList:
		return newListScreen(s, p.id)
	case atRule:
		return newRuleScreen(s, p.id)
	default:
		return newHomeScreen(s)
	}
}

func (s *shell) openRelease(id string) {
	if id != "" {
		s.visit(place{atRelease, id})
	}
}

func (s *shell) openArtist(id string) {
	if id != "" {
		s.visit(place{atArtist, id})
	}
}

// toggle plays or pauses. With an empty queue there is nothing to play.
func (s *shell) toggle() {
	if s.m.snap.State == player.Stopped && len(s.m.queue.Rows) == 0 {
		return
	}
	s.session.Toggle()
}

// try shows what went wrong, if anything did, as the one sentence for it.
func (s *shell) try(err error) bool {
	if err != nil {
		s.toast(explain(err), true, nil)
	}
	return err == nil
}

// favour turns a track's star on or off.
func (s *shell) favour(t library.Track) {
	if t.ID != "" {
		s.try(s.session.SetFavourite(t.ID, !t.Favourite))
	}
}

// read does work away from Fyne's goroutine and shows its result; what fails
// is told and shows nothing. A result that comes after the session has left
// the window is dropped.
func read[T any](s *shell, work func() (T, error), show func(T)) {
	s.run(func() func() {
		v, err := work()
		return func() {
			if s.ctx.Err() == nil && s.try(err) {
				show(v)
			}
		}
	})
}

// findCover finds the file of a cover, and has it fetched when there is none.
func (s *shell) findCover(address string) (path string, ok bool) {
	path, ok = s.session.Cover(address, 0)
	if !ok {
		s.session.WantCovers()
	}
	return path, ok
}
