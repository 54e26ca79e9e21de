package library

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Condition is what a look at the bytes of a track found.
type Condition int

// The conditions.
const (
	Sound   Condition = iota // a whole file matches its length and hash; of an unfinished one, what is recorded is there
	Busy                     // somebody fetches it now: not looked at
	Missing                  // there is no file
	Short                    // the file is shorter than its record says
	Damaged                  // the file is not what it was when it was called whole
)

// FileIDs are the tracks of which bytes are on disk, in no order.
func (l *Library) FileIDs() (ids []string, err error) {
	err = l.view("listing files", func(tx *txn) error {
		ids, err = diskSize.ids(tx, 0, diskSize.count(tx))
		return err
	})
	return ids, err
}

// Verify reads what is on disk of a track and compares it with its record. It
// changes nothing; Forget is for what is not sound.
func (l *Library) Verify(ctx context.Context, trackID string) (Condition, error) {
	const doing = "verifying a file"
	release, ok := l.Claim(trackID)
	if !ok {
		return Busy, nil
	}
	defer release()
	f, err := l.File(trackID)
	if err != nil || f.Path == "" {
		return Sound, err
	}
	file, err := os.Open(l.Full(f.Path))
	if errors.Is(err, fs.ErrNotExist) {
		return Missing, nil
	}
	if err != nil {
		return Sound, fmt.Errorf("library: %s: %w", doing, err)
	}
	c, err := compare(ctx, file, f)
	if err = errors.Join(err, file.Close()); err != nil {
		return c, fmt.Errorf("library: %s: %w", doing, err)
	}
	return c, nil
}

func compare(ctx context.Context, file *os.File, f File) (Condition, error) {
	info, err := file.Stat()
	if err != nil {
		return Sound, err
	}
	if n := len(f.Ranges); n > 0 && info.Size() < f.Ranges[n-1].To {
		return Short, nil
	}
	if !f.Complete {
		return Sound, nil
	}
	if info.Size() != f.Size {
		return Damaged, nil
	}
	h := sha256.New()
	if _, err := io.Copy(h, readUntil{ctx, file}); err != nil {
		return Sound, err
	}
	if !bytes.Equal(h.Sum(nil), f.SHA256) {
		return Damaged, nil
	}
	return Sound, nil
}

// readUntil reads until the context ends.
type readUntil struct {
	ctx  context.Context //nolint:containedctx // it is the reader's whole life
	from io.Reader
}

func (r readUntil) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}

// Swept are the files that Sweep removed, relative to the folder: what a crash
// had left.
func (l *Library) Swept() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.swept
}
