package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/credits"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
)

// show tells how the playing goes until the context ends: on a terminal one
// line with a progress bar that keys control, elsewhere a line for each track.
// quit is what the person can do about it.
func (e *environment) show(ctx context.Context, s *app.Session, quit func()) {
	d := display{out: e.out, err: e.err, session: s, live: isTerminal(e.out), width: e.width()}
	if e.interactive() {
		restore, err := rawInput(e.in)
		if err == nil {
			defer restore()
			d.newline = "\r\n"
			fmt.Fprint(d.out, "space pause · n next · p previous · ← → seek · + - volume · q quit"+d.newline)
			go d.keys(ctx, e.in, quit)
		}
	}
	if d.newline == "" {
		d.newline = "\n"
	}
	notices := s.Notices(ctx)
	for snaps := s.Follow(ctx); ; {
		select {
		case snap, ok := <-snaps:
			if !ok {
				d.end()
				return
			}
			d.snapshot(snap)
		case n, ok := <-notices:
			if ok {
				d.notice(n)
			}
			if !ok {
				notices = nil
			}
		}
	}
}

// display writes what happens. One goroutine uses it.
type display struct {
	out, err io.Writer
	session  *app.Session
	live     bool // out is a terminal: the bar is drawn over and over
	width    int
	newline  string

	listen uint64 // the one that was announced
	barred bool   // the cursor stands behind a bar
}

// snapshot announces a new track and draws the bar. A failure ends the playing
// and is told at the end.
func (d *display) snapshot(snap player.Snapshot) {
	if snap.Listen != d.listen && snap.State == player.Playing {
		d.listen = snap.Listen
		d.line(d.out, "Playing "+describe(snap.Item))
	}
	if d.live && snap.Entry.ID != 0 {
		d.bar(snap)
	}
}

func describe(i player.Item) string {
	parts := []string{i.Title}
	for _, p := range []string{i.Artist, i.Release} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " · ")
}

// line writes a whole line above the bar.
func (d *display) line(w io.Writer, text string) {
	if d.barred {
		fmt.Fprint(d.out, "\r\x1b[K")
		d.barred = false
	}
	fmt.Fprint(w, text+d.newline)
}

// bar draws state, progress and price over the last bar.
func (d *display) bar(snap player.Snapshot) {
	guess := ""
	if snap.Estimated {
		guess = "≈ "
	}
	left := fmt.Sprintf("%s %s%s ", stateSign(snap.State), guess, clock(snap.Position))
	right := fmt.Sprintf(" %s  %s", clock(snap.Duration), d.money(snap))
	room := max(d.width-utf8.RuneCountInString(left)-utf8.RuneCountInString(right)-1, 5)
	done := 0
	if snap.Duration > 0 {
		done = min(int(float64(room)*float64(snap.Position)/float64(snap.Duration)), room)
	}
	fmt.Fprint(d.out, "\r\x1b[K"+left+strings.Repeat("━", done)+strings.Repeat("─", room-done)+right)
	d.barred = true
}

func stateSign(s player.State) string {
	switch s {
	case player.Playing:
		return "▶"
	case player.Paused:
		return "‖"
	case player.Loading, player.Buffering:
		return "…"
	case player.Failed:
		return "!"
	case player.NoDevice:
		return "no sound device"
	}
	return "■"
}

// money tells what the next play costs and what is left.
func (d *display) money(snap player.Snapshot) string {
	t, err := d.track(snap.Entry.Key)
	if err != nil {
		return ""
	}
	if t.Owned || t.Own || t.Status == library.Free {
		return price(t)
	}
	left := credits.Milli(0)
	if a, err := d.session.Library().Account(); err == nil {
		left = a.Credits
	}
	return fmt.Sprintf("%d of %d plays, next %s of %s credits", t.Plays, credits.PlaysToOwn, t.Price(), left)
}

func (d *display) track(key string) (library.Track, error) {
	id, ok := strings.CutPrefix(key, app.TrackKey(""))
	if !ok {
		return library.Track{}, library.ErrNotFound
	}
	return d.session.Library().Track(id)
}

func (d *display) notice(n app.Notice) {
	switch n.Kind {
	case app.Skipped:
		d.line(d.err, fmt.Sprintf("ninth: skipped %s. %s", n.Title, app.Explain(n.Err)))
	case app.Failure:
		d.line(d.err, "ninth: "+app.Explain(n.Err))
	case app.PreviewOnly:
		d.line(d.err, "ninth: Your credits do not suffice for "+n.Title+": you hear its first 45 seconds.")
	case app.NowOwned:
		d.line(d.out, n.Title+" is yours now.")
	case app.QueueReplaced: // asked for on the command line
	}
}

func (d *display) end() {
	if d.barred {
		fmt.Fprint(d.out, d.newline)
	}
}

// rawInput lets single keys through without echo.
func rawInput(in io.Reader) (restore func(), err error) {
	f := in.(*os.File) // interactive has said so
	state, err := term.MakeRaw(int(f.Fd()))
	if err != nil {
		return nil, err
	}
	return func() { _ = term.Restore(int(f.Fd()), state) }, nil
}

// The keys of the terminal player.
const (
	ctrlC      = "\x03"
	keyRight   = "\x1b[C"
	keyLeft    = "\x1b[D"
	seekStep   = 10 * time.Second
	volumeStep = 0.05
)

// keys carries out what is typed. It ends with the program: a read of a
// terminal cannot be cancelled.
func (d *display) keys(ctx context.Context, in io.Reader, quit func()) {
	buf := make([]byte, 16)
	for ctx.Err() == nil {
		n, err := in.Read(buf)
		if err != nil {
			return
		}
		s := d.session
		switch string(buf[:n]) {
		case " ":
			s.Toggle()
		case "n":
			s.Next()
		case "p":
			s.Previous()
		case keyRight:
			s.SeekBy(seekStep)
		case keyLeft:
			s.SeekBy(-seekStep)
		case "+":
			s.SetVolume(s.Now().Volume + volumeStep)
		case "-":
			s.SetVolume(s.Now().Volume - volumeStep)
		case "q", ctrlC:
			quit()
			return
		}
	}
}
