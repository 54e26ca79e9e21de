package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/ninth-coop/ninth/library"
)

// Filled reports whether the library has a catalogue, however old.
func (s *Session) Filled() (bool, error) {
	r, err := s.library.Releases(library.Newest, 0, 0)
	if err != nil {
		return false, fmt.Errorf("app: looking into the library: %w", err)
	}
	return r.Total > 0, nil
}

// Ask asks the co-op who is signed in, to find out whether it answers.
func (s *Session) Ask(ctx context.Context) error {
	c := s.connection()
	if c == nil {
		return fmt.Errorf("app: asking the co-op: %w", s.whyNoConnection())
	}
	_, err := c.client.Profile(ctx)
	return err
}

// FindingKind says what CheckUp found.
type FindingKind int

// The kinds of finding.
const (
	// FileDamaged and FileMissing: the bytes of Track are not what they were,
	// or not there. They were forgotten.
	FileDamaged FindingKind = iota
	FileMissing
	// FileStray: the file Path belonged to nothing, as a crash leaves them. It
	// was removed when the library was opened.
	FileStray
	// Contradiction: something in the library was not as What says. It was
	// written anew.
	Contradiction
)

// Finding is one thing that was not well and has been mended.
type Finding struct {
	Kind  FindingKind
	Track library.Track // FileDamaged, FileMissing
	Again bool          // FileDamaged, FileMissing: the track is to be fetched again
	Path  string        // FileStray: relative to the library's folder
	Fault library.Fault // Contradiction
}

// Health sums up what CheckUp did.
type Health struct {
	Files    int // looked at
	Bytes    int64
	Findings int
	Again    int // tracks that are to be fetched again
}

// CheckUp compares every file that is kept with its length and hash, and the
// library with itself. What is not well it mends: a file that is damaged or
// missing is forgotten, and fetched again by the sync when it was to be kept.
// Each finding is told as it is made; tell may be nil. It reads every byte on
// disk, so it takes a while, and it may be cancelled at any time.
func (s *Session) CheckUp(ctx context.Context, tell func(Finding)) (h Health, err error) {
	found := func(f Finding) {
		h.Findings++
		if f.Again {
			h.Again++
		}
		if tell != nil {
			tell(f)
		}
	}
	for _, path := range s.library.Swept() {
		found(Finding{Kind: FileStray, Path: path})
	}
	faults, err := s.library.Examine(ctx)
	if err != nil {
		return h, fmt.Errorf("app: checking up: %w", err)
	}
	for _, f := range faults {
		found(Finding{Kind: Contradiction, Fault: f})
	}
	if len(faults) > 0 {
		if err := s.library.Mend(ctx); err != nil {
			return h, fmt.Errorf("app: mending the library: %w", err)
		}
	}
	ids, err := s.library.FileIDs()
	if err != nil {
		return h, fmt.Errorf("app: checking up: %w", err)
	}
	for _, id := range ids {
		f, ill, err := s.checkFile(ctx, id, &h)
		if err != nil {
			return h, fmt.Errorf("app: checking up: %w", err)
		}
		if ill {
			found(f)
		}
	}
	return h, nil
}

// checkFile looks at the bytes of one track, and forgets what is ill.
func (s *Session) checkFile(ctx context.Context, id string, h *Health) (f Finding, ill bool, err error) {
	before, err := s.library.File(id)
	if err != nil {
		return f, false, err
	}
	condition, err := s.library.Verify(ctx, id)
	if err != nil || condition == library.Busy {
		return f, false, err
	}
	h.Files++
	h.Bytes += before.Have()
	if condition == library.Sound {
		return f, false, nil
	}
	if condition != library.Missing {
		f.Kind = FileDamaged
	} else {
		f.Kind = FileMissing
	}
	f.Track, err = s.library.Track(id)
	if errors.Is(err, library.ErrNotFound) {
		f.Track, err = library.Track{ID: id, Title: id}, nil
	}
	if err != nil {
		return f, false, err
	}
	if err := s.library.Forget(id); err != nil {
		return f, false, err
	}
	f.Again, err = s.library.IsWanted(id)
	return f, true, err
}
