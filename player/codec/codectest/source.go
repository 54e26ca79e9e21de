package codectest

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/ninth-coop/ninth/player/source"
)

// Source is a track in memory that can be made to behave like a download: to
// hide its size, and to hold back all bytes from some offset on. It counts
// what is read. It is safe for concurrent use.
type Source struct {
	data   []byte
	closed chan struct{}
	once   sync.Once

	mu       sync.Mutex
	sized    bool
	segments []int64 // where they begin
	each     time.Duration
	limit    int64 // reads past it wait
	read     int64
	farthest int64
	waiting  chan struct{}
}

// NewSource returns a source of all of data, with its size known.
func NewSource(data []byte) *Source {
	return &Source{data: data, closed: make(chan struct{}), sized: true, limit: int64(len(data)),
		waiting: make(chan struct{}, 1)}
}

// HideSize makes Size unknown and returns the source.
func (s *Source) HideSize() *Source {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sized = false
	return s
}

// Segments makes the source a source.Placer of segments that begin at the given
// offsets and are heard for as long as each, and returns it.
func (s *Source) Segments(starts []int64, each time.Duration) *Source {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.segments, s.each = starts, each
	return s
}

// Place implements source.Placer.
func (s *Source) Place(_ context.Context, t time.Duration) (off int64, begins time.Duration, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.segments) == 0 {
		return 0, 0, false, nil
	}
	n := min(int(t/s.each), len(s.segments)-1)
	return s.segments[n], time.Duration(n) * s.each, true, nil
}

// Hold makes reads that need bytes at or past offset limit wait until the
// context ends or the source is closed, and returns the source.
func (s *Source) Hold(limit int64) *Source {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = limit
	return s
}

// Waiting receives a value when a read has begun to wait.
func (s *Source) Waiting() <-chan struct{} { return s.waiting }

// Read is how many bytes were read so far, and Farthest the offset behind the
// last byte that was.
func (s *Source) Read() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.read
}

// Farthest is the offset behind the last byte that was read.
func (s *Source) Farthest() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.farthest
}

// ReadAt implements source.Source.
func (s *Source) ReadAt(ctx context.Context, p []byte, off int64) (int, error) {
	select {
	case <-s.closed:
		return 0, source.ErrClosed
	default:
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	end := min(off+int64(len(p)), int64(len(s.data)))
	s.mu.Lock()
	hold := end > s.limit
	s.mu.Unlock()
	if hold {
		select {
		case s.waiting <- struct{}{}:
		default:
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-s.closed:
			return 0, source.ErrClosed
		}
	}
	if off >= int64(len(s.data)) {
		return 0, io.EOF
	}
	n := copy(p, s.data[off:])
	s.mu.Lock()
	s.read += int64(n)
	s.farthest = max(s.farthest, off+int64(n))
	s.mu.Unlock()
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Size implements source.Source.
func (s *Source) Size() (int64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(len(s.data)), s.sized
}

// Close implements source.Source; it may be called more than once.
func (s *Source) Close() error {
	s.once.Do(func() { close(s.closed) })
	return nil
}
