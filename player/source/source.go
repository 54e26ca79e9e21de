// Package source gives the bytes of a track, wherever they are: a file on
// this machine, or a download that is still growing.
//
// A source is random access and blocking: ReadAt waits until its range is
// there. It reports io.EOF only at the real end of the track, so that a slow
// network is heard as a pause and never as the end of the music.
package source

import (
	"context"
	"errors"
	"math"
)

// ErrClosed is returned by reads of a source after Close.
var ErrClosed = errors.New("source: closed")

// Source is the bytes of one track. Implementations are safe for concurrent
// use; Close releases readers that wait.
type Source interface {
	// ReadAt fills p with the bytes that start at offset off (bytes, ≥ 0).
	// It blocks until they are there, the context ends, the source fails or
	// is closed. As with io.ReaderAt, n < len(p) comes with a non-nil error;
	// io.EOF means that the track really ends there.
	ReadAt(ctx context.Context, p []byte, off int64) (n int, err error)

	// Size is the length of the track in bytes. ok is false while it is not
	// known yet.
	Size() (bytes int64, ok bool)

	// Close stops fetching and frees what the source holds.
	Close() error
}

// Reach is the offset up to which the bytes of s from off on can be read
// without a wait: off itself if the first is still to come. A source that does
// not say, by a method Reach(off int64) int64, has all of them.
func Reach(s Source, off int64) int64 {
	if growing, ok := s.(interface{ Reach(off int64) int64 }); ok {
		return growing.Reach(off)
	}
	if size, ok := s.Size(); ok {
		return max(off, size)
	}
	return math.MaxInt64
}
