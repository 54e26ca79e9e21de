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

// Linear reports whether bytes of s come only in their order, because the
// server was seen to ignore offsets: what lies ahead then waits for all before
// it. A source that does not say, by a method Linear() bool, is not.
func Linear(s Source) bool {
	growing, ok := s.(interface{ Linear() bool })
	return ok && growing.Linear()
}

// Ahead tells s that the bytes of r will be wanted soon, so that it may fetch
// them beside what it is fetching. It does not wait, and nothing follows from
// it but that they may be there sooner; a source without a method
// Ahead(Range) takes no such hints.
func Ahead(s Source, r Range) {
	if growing, ok := s.(interface{ Ahead(r Range) }); ok {
		growing.Ahead(r)
	}
}

// ETag is the validator of the bytes of s; empty if it has none or does not
// say, by a method ETag() string.
func ETag(s Source) string {
	if tagged, ok := s.(interface{ ETag() string }); ok {
		return tagged.ETag()
	}
	return ""
}
