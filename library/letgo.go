package library

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ErrBusy: the bytes of the track are being fetched right now.
var ErrBusy = errors.New("the track is being fetched")

// goneSuffix ends the name of a file that was let go and may still come back.
// No record names such files, so Sweep removes what a crash leaves of them.
const goneSuffix = ".gone"

// LetGone is a track that was let go, while that can be undone. Exactly one of
// its methods is called, once.
type LetGone struct {
	l   *Library
	was File
}

// LetGo takes a track from this machine, with its pin, and leaves it so: an
// owned track is not fetched by itself any more, nor with a pinned release or
// playlist, until it or one of these is pinned again. The bytes are moved
// aside until Settle, or until the next Sweep. It fails with ErrBusy while they
// are being fetched, and with ErrNotFound when there are none.
func (l *Library) LetGo(trackID string) (*LetGone, error) {
	const doing = "letting go of a track"
	release, ok := l.Claim(trackID)
	if !ok {
		return nil, fmt.Errorf("library: %s: %w", doing, ErrBusy)
	}
	defer release()
	f, err := l.File(trackID)
	if err != nil {
		return nil, err
	}
	if f.Path == "" {
		return nil, fmt.Errorf("library: %s: %w", doing, ErrNotFound)
	}
	// First the record: whatever happens next, it does not name what is not there.
	err = l.changeFile(doing, trackID, func(f *File) { *f = File{Measured: f.Measured, LetGo: true} })
	if err != nil {
		return nil, err
	}
	if err := os.Rename(l.Full(f.Path), l.Full(f.Path)+goneSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(fmt.Errorf("library: %s: %w", doing, err), l.restore(f))
	}
	return &LetGone{l, f}, nil
}

// Undo brings the track back as it was, unless it has come anew meanwhile:
// then only its pin comes back.
func (g *LetGone) Undo() error {
	const doing = "taking a track back"
	release, ok := g.l.Claim(g.was.TrackID)
	if !ok {
		return fmt.Errorf("library: %s: %w", doing, ErrBusy)
	}
	defer release()
	now, err := g.l.File(g.was.TrackID)
	if err != nil {
		return err
	}
	if now.Path != "" {
		err := g.l.changeFile(doing, g.was.TrackID, func(f *File) { f.Pinned, f.LetGo = g.was.Pinned, g.was.LetGo })
		return errors.Join(err, g.Settle())
	}
	err = os.Rename(g.aside(), g.l.Full(g.was.Path))
	if errors.Is(err, fs.ErrNotExist) {
		// A sweep has taken it: it is fetched again, if it was to be kept.
		g.was = File{TrackID: g.was.TrackID, Pinned: g.was.Pinned, Measured: g.was.Measured, LetGo: g.was.LetGo}
	} else if err != nil {
		return fmt.Errorf("library: %s: %w", doing, err)
	}
	return g.l.restore(g.was)
}

// Settle removes the bytes for good.
func (g *LetGone) Settle() error {
	if err := os.Remove(g.aside()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("library: removing a file: %w", err)
	}
	return nil
}

func (g *LetGone) aside() string { return g.l.Full(g.was.Path) + goneSuffix }

func (l *Library) restore(was File) error {
	return l.changeFile("taking a track back", was.TrackID, func(f *File) { *f = was })
}
