package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

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

// VerifyFiles compares every whole track on disk with its length and hash. A
// damaged or missing one is forgotten and counted in mended: the sync fetches
// it again if it is owned or pinned.
func (s *Session) VerifyFiles(ctx context.Context) (checked, mended int, err error) {
	const window = 100
	var damaged []string
	for offset := 0; ; offset += window {
		p, err := s.library.Files(offset, window)
		if err != nil {
			return checked, 0, fmt.Errorf("app: verifying files: %w", err)
		}
		for _, f := range p.Items {
			if err := ctx.Err(); err != nil {
				return checked, 0, err
			}
			checked++
			ok, err := s.sound(f)
			if err != nil {
				return checked, 0, fmt.Errorf("app: verifying files: %w", err)
			}
			if !ok {
				damaged = append(damaged, f.TrackID)
			}
		}
		if offset+window >= p.Total {
			break
		}
	}
	// Only now, since forgetting a file moves the window.
	for _, id := range damaged {
		if err := s.library.Forget(id); err != nil {
			return checked, mended, fmt.Errorf("app: verifying files: %w", err)
		}
		mended++
	}
	return checked, mended, nil
}

// sound reports whether a file on disk is what it was when it was completed.
func (s *Session) sound(f library.File) (bool, error) {
	file, err := os.Open(s.library.Full(f.Path))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	h := sha256.New()
	n, err := io.Copy(h, file)
	if err = errors.Join(err, file.Close()); err != nil {
		return false, err
	}
	return n == f.Size && bytes.Equal(h.Sum(nil), f.SHA256), nil
}
