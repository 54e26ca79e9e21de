package ui

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/assets/i18n"
)

// ID names the program to the system.
const ID = "coop.ninth.player"

// Options say how the window begins.
type Options struct {
	// Open opens the session that the person left last time, and serves it.
	// When nobody is signed in to it, the person is asked how to begin. It is
	// called away from Fyne's goroutine while the window is on the screen
	// already, and again when it failed and the person tries again; its
	// context ends with the window.
	Open func(ctx context.Context) (Session, error)
	// Connect opens a session for what the person chose, and serves it. It is
	// called away from Fyne's goroutine and may take as long as a sign-in
	// does; its context ends when the person gives up.
	Connect func(ctx context.Context, c Choice) (Session, error)

	Mode  look.Mode        // "" or look.Auto leaves it to the person's own setting
	Size  fyne.Size        // of the window, in dp; zero is 1200 by 680
	Start string           // the first place: "", "search", "library", "release/<id>", "artist/<id>", …
	Now   func() time.Time // nil is time.Now
}

// Choice is how a person begins.
type Choice struct {
	Demo    bool   // the demo co-op
	Address string // of a co-op, as it was typed; "" with Demo
	ByCode  bool   // by a code typed elsewhere, and not in this machine's browser

	Browse   func(ctx context.Context, address string) error // opens the sign-in page
	ShowCode func(address, code string)                      // shows where to type which code
}

// Run opens the window and returns when it is closed or the context ends. The
// error is that of Options.Open if the window was closed before anything else
// opened. It must be called on the main goroutine, once.
func Run(ctx context.Context, opts Options) error {
	if err := addTranslations(); err != nil {
		return err
	}
	theme, err := look.New(opts.Mode, 1)
	if err != nil {
		return fmt.Errorf("ui: opening the window: %w", err)
	}
	fyneapp.SetMetadata(fyne.AppMetadata{
		ID: ID, Name: "Ninth", Icon: look.Program(), Migrations: map[string]bool{"fyneDo": true},
	})
	a := fyneapp.NewWithID(ID)
	a.SetIcon(look.Program())
	win := a.NewWindow("Ninth")
	win.SetMaster()
	win.SetPadded(false)
	if opts.Size.IsZero() {
		opts.Size = firstSize()
	}
	win.Resize(opts.Size)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := newWindow(ctx, a, win, theme, opts, hands{background, later, (*shell).follow, fyneFiles{}})
	w.begin()
	stop := context.AfterFunc(ctx, func() { fyne.Do(a.Quit) })
	defer stop()
	win.ShowAndRun()
	return w.failure
}

// firstSize is the window's size unless another is asked for. It fits the
// smallest screens that desks still have, with a panel and a title bar: a
// window manager that has to make the window smaller before its first picture
// leaves Fyne with the size that it asked for, and the lower edge cut off.
func firstSize() fyne.Size { return fyne.NewSize(1200, 680) }

// addTranslations loads the words of every language Ninth speaks.
func addTranslations() error {
	files, err := i18n.Files.ReadDir(".")
	for _, f := range files {
		text, readErr := i18n.Files.ReadFile(f.Name())
		err = errors.Join(err, readErr, lang.AddTranslations(fyne.NewStaticResource(f.Name(), text)))
	}
	if err != nil {
		return fmt.Errorf("ui: loading the translations: %w", err)
	}
	return nil
}

// background is the widgets.Runner of a real window.
func background(work func() func()) {
	go func() {
		if then := work(); then != nil {
			fyne.Do(then)
		}
	}()
}

// later does something on Fyne's goroutine after a while.
func later(d time.Duration, do func()) { time.AfterFunc(d, func() { fyne.Do(do) }) }

// window is the one window, whoever is signed in.
type window struct {
	ctx   context.Context
	app   fyne.App
	win   fyne.Window
	theme *look.Theme
	opts  Options
	hands
	now func() time.Time

	shell   *shell             // nil while it is asked how to begin
	leave   context.CancelFunc // ends the shell's time
	failure error              // of Options.Open, unless a session was shown since
}

// hands is what a window does away from Fyne's goroutine. A test does it all at
// once, in its own.
type hands struct {
	run    widgets.Runner
	after  func(d time.Duration, do func()) // does something later, on Fyne's goroutine
	follow func(*shell)                     // keeps up with the session
	files  files
}

func newWindow(ctx context.Context, a fyne.App, win fyne.Window, theme *look.Theme, opts Options, h hands) *window {
	w := &window{ctx: ctx, app: a, win: win, theme: theme, opts: opts, hands: h, now: opts.Now}
	if w.now == nil {
		w.now = time.Now
	}
	a.Settings().SetTheme(theme)
	return w
}

// ask shows the first run, over a session in which nobody is signed in.
func (w *window) ask(session Session) {
	w.win.SetContent(newFirstRun(w, session).object)
}

// enter shows a session.
func (w *window) enter(session Session) {
	if w.leave != nil {
		w.leave()
	}
	ctx, cancel := context.WithCancel(w.ctx)
	w.leave, w.failure = cancel, nil
	w.wear(session)
	s := newShell(ctx, session, w)
	s.leave = func() {
		cancel()
		w.shell = nil
		w.ask(session)
	}
	s.signIn = func() {
		w.askAgain(session, func() { w.win.SetContent(s.root) })
	}
	w.shell = s
	w.win.SetContent(s.root)
	s.bindKeys()
	s.start(startPlace(w.opts.Start))
	w.follow(s)
}

// wear puts on the theme that the person has set. What cannot be read is left
// as it is: a look is no reason not to start.
func (w *window) wear(session Session) {
	mode, scale := w.theme.Mode(), w.theme.Scale()
	if text, err := session.Library().Setting(settingMode); err == nil && text != "" && (mode == "" || mode == look.Auto) {
		mode = look.Mode(text)
	}
	if text, err := session.Library().Setting(settingScale); err == nil {
		if v, err := strconv.ParseFloat(text, 32); err == nil {
			scale = float32(v)
		}
	}
	w.theme = w.theme.With(mode, scale)
	w.app.Settings().SetTheme(w.theme)
}

// startPlace reads a place from Options.Start.
func startPlace(text string) place {
	name, id, _ := strings.Cut(text, "/")
	if name == "" {
		return place{kind: atHome}
	}
	return place{kind(name), id}
}
