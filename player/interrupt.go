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

// ReadAt implements source.Source.
func (s *interruptible) ReadAt(ctx context.Context, p []byte, off int64) (int, error) {
	s.mu.Lock()
	s.reading++
	outer := s.outer
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.reading--
		s.last = s.clock.Now()
		s.mu.Unlock()
	}()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(outer, cancel)()
	return s.Source.ReadAt(ctx, p, off)
}
