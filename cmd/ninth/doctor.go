package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player/output"
)

type doctorCmd struct {
	Fix bool `help:"Fetch at once what was damaged or is missing, instead of with the next sync."`
}

// finding is what one check found; err is nil when all is well.
type finding struct {
	what string
	good string // what is said when all is well
	err  error
}

// errUnwell: at least one check failed. The findings have been told.
var errUnwell = unwell{}

type unwell struct{}

func (unwell) Error() string { return "ninth: not everything is well" }

// Sentence is what app.Explain says of it.
func (unwell) Sentence() string { return "Not everything is well: see above what to do." }

// minFree is how much room on the disk a doctor is content with, in bytes: a
// few hundred tracks.
const minFree = 1 << 30

func (c *doctorCmd) Run(ctx context.Context, e *environment) error {
	findings := []finding{checkHome(e.Home), checkDisplay()}
	sound, device := checkSound(ctx)
	findings = append(findings, sound)
	s, closing, err := e.open(ctx, app.Config{Device: device})
	if err != nil {
		findings = append(findings, finding{what: "library", err: errors.Join(err, device.Close())})
	} else {
		findings = append(findings, checkLibrary(ctx, s), c.checkFiles(ctx, e, s), checkRoom(s), checkCoOp(ctx, s))
		if err := closing(); err != nil {
			findings = append(findings, finding{what: "closing", err: err})
		}
	}
	ill := false
	for _, f := range findings {
		if f.err != nil {
			ill = true
			fmt.Fprintf(e.out, "✗ %-9s %s\n", f.what, app.Explain(f.err))
			continue
		}
		fmt.Fprintf(e.out, "✓ %-9s %s\n", f.what, f.good)
	}
	if ill {
		return errUnwell
	}
	return nil
}

// checkHome makes sure that files can be made in the home folder.
func checkHome(home string) finding {
	f := finding{what: "home", good: home}
	if f.err = os.MkdirAll(home, 0o700); f.err != nil {
		return f
	}
	probe, err := os.CreateTemp(home, "doctor-*")
	if err != nil {
		f.err = err
		return f
	}
	_, err = probe.Write(make([]byte, 4096))
	f.err = errors.Join(err, probe.Close(), os.Remove(probe.Name()))
	return f
}

func checkDisplay() finding {
	f := finding{what: "display", good: "there is one for the window"}
	if !hasDisplay() {
		f.good = "none; Ninth plays in the terminal"
	}
	return f
}

// checkSound opens the sound device. No device is told, and is no illness:
// Ninth waits for one.
func checkSound(ctx context.Context) (finding, output.Device) {
	device := systemOutput(ctx)
	info := device.Info()
	f := finding{what: "sound", good: fmt.Sprintf("%s at %d Hz", info.Name, info.Rate)}
	if err := device.Err(); err != nil {
		f.good = app.Explain(err)
	}
	return f, device
}

func checkLibrary(ctx context.Context, s *app.Session) finding {
	f := finding{what: "library"}
	if f.err = s.Library().Check(ctx); f.err != nil {
		return f
	}
	releases, err := s.Library().Releases(library.Newest, 0, 0)
	f.err = err
	f.good = fmt.Sprintf("every page is sound; %d releases", releases.Total)
	return f
}

// checkFiles compares what is on disk with its hashes, and the library with
// itself. Each finding is a line of its own; all have been mended, and with
// --fix what is to be fetched again is fetched now.
func (c *doctorCmd) checkFiles(ctx context.Context, e *environment, s *app.Session) finding {
	f := finding{what: "files"}
	h, err := s.CheckUp(ctx, func(x app.Finding) { fmt.Fprintln(e.out, "!", findingWords(x)) })
	f.err = err
	if err != nil {
		return f
	}
	f.good = fmt.Sprintf("%d tracks on disk match their hashes, %s", h.Files, size(h.Bytes))
	if h.Findings > 0 {
		f.good = fmt.Sprintf("%d tracks on disk looked at, %s; %d findings, all mended", h.Files, size(h.Bytes), h.Findings)
	}
	// A file that was missing has been forgotten when the library was opened: so
	// what is wanted counts, and not what was found just now.
	wanted, err := s.Library().Wanted()
	if f.err = err; err != nil || len(wanted) == 0 {
		return f
	}
	if !c.Fix {
		f.good += fmt.Sprintf("; %d tracks will be fetched", len(wanted))
		return f
	}
	f.err = s.Download(ctx)
	f.good += fmt.Sprintf("; %d tracks were fetched", len(wanted))
	return f
}

// findingWords is one line about what was found.
func findingWords(f app.Finding) string {
	again := "; it was only in the cache"
	if f.Again {
		again = "; it will be fetched again"
	}
	switch f.Kind {
	case app.FileDamaged:
		return fmt.Sprintf("%s · %s: its file was damaged%s", f.Track.Title, f.Track.Artist, again)
	case app.FileMissing:
		return fmt.Sprintf("%s · %s: its file was missing%s", f.Track.Title, f.Track.Artist, again)
	case app.FileStray:
		return f.Path + ": it belonged to nothing, and was removed"
	}
	return fmt.Sprintf("the library's %s: %s; written anew", f.Fault.Where, f.Fault.What)
}

func checkRoom(s *app.Session) finding {
	f := finding{what: "room"}
	free, err := s.Library().FreeSpace()
	f.err = err
	f.good = size(free) + " free"
	if err == nil && free < minFree {
		f.err = errLittleRoom(free)
	}
	return f
}

type errLittleRoom int64

func (n errLittleRoom) Error() string { return fmt.Sprintf("ninth: %d bytes free", int64(n)) }

// Sentence is what app.Explain says of it.
func (n errLittleRoom) Sentence() string {
	return fmt.Sprintf("Only %s are free: make room, or downloads will stop.", size(int64(n)))
}

// checkCoOp asks the co-op who is signed in. Being signed out is no illness.
func checkCoOp(ctx context.Context, s *app.Session) finding {
	f := finding{what: "co-op"}
	st := s.Status()
	if !st.SignedIn && !st.Expired {
		f.good = "nobody is signed in; 'ninth login' does that"
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	f.err = s.Ask(ctx)
	f.good = fmt.Sprintf("%s answers, on %s/%s", s.CoOp().Address, runtime.GOOS, runtime.GOARCH)
	return f
}
