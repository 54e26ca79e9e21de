package player

import (
	"context"
	"sync"
	"time"

	"github.com/ninth-coop/ninth/player/output"
	"github.com/ninth-coop/ninth/player/source"
)

// interruptible is a source whose reads can be made to fail, so that a decoder
// that waits for bytes lets go of them when a person seeks elsewhere.
type interruptible struct {
	source.Source
	clock output.Clock

	mu      sync.Mutex
	outer   context.Context // reads end with it
	cancel  context.CancelFunc
	reading int       // reads in progress
	last    time.Time // when the last one ended
}

func newInterruptible(src source.Source, clock output.Clock) *interruptible {
	s := &interruptible{Source: src, clock: clock}
	s.outer, s.cancel = context.WithCancel(context.Background())
	return s
}

// interrupt makes reads fail until resume.
func (s *interruptible) interrupt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cancel()
}

func (s *interruptible) resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.outer.Err() != nil {
		s.outer, s.cancel = context.WithCancel(context.Background())
	}
}

// idle is how long nobody has read.
func (s *interruptible) idle(now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reading > 0 {
		return 0
	}
	return now.Sub(s.last)
}

// Complete reports whether all of the track is here.
func (s *interruptible) Complete() bool {
	src, growing := s.Source.(interface{ Complete() bool })
	return !growing || src.Complete()
}

// Reach is the offset up to which the bytes from off on are here.
func (s *interruptible) Reach(off int64) int64 { return source.Reach(s.Source, off) }

// Place implements source.Placer as far as the source does.
func (s *interruptible) Place(ctx context.Context, t time.Duration) (int64, time.Duration, bool, error) {
	ctx, done := s.begin(ctx)
	defer done()
	return source.Place(ctx, s.Source, t)
}

// Linear, Ahead and ETag are those of the source itself.
func (s *interruptible) Linear() bool         { return source.Linear(s.Source) }
func (s *interruptible) Ahead(r source.Range) { source.Ahead(s.Source, r) }
func (s *interruptible) ETag() string         { return source.ETag(s.Source) }

// ReadAt implements source.Source.
func (s *interruptible) ReadAt(ctx context.Context, p []byte, off int64) (int, error) {
	ctx, done := s.begin(ctx)
	defer done()
	return s.Source.ReadAt(ctx, p, off)
}

// begin returns the context of a read, which interrupt ends, and what is to be
// called after it.
func (s *interruptible) begin(ctx context.Context) (context.Context, func()) {
	s.mu.Lock()
	s.reading++
	outer := s.outer
	s.mu.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	unlink := context.AfterFunc(outer, cancel)
	return ctx, func() {
		unlink()
		cancel()
		s.mu.Lock()
		s.reading--
		s.last = s.clock.Now()
		s.mu.Unlock()
	}
}
