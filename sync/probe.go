package sync

import (
	"context"
	"errors"
	"time"

	"github.com/ninth-coop/ninth/api"
)

// ProbeEvery is how long the co-op goes unheard before it is asked whether it
// is there. It bounds how long being offline goes unnoticed while nobody does
// anything, and how old the credits on screen are that were bought elsewhere.
const ProbeEvery = time.Minute

// Check has the co-op asked now whether it is there: the network is another
// one, or a request that somebody else made was lost. While it is away, its
// answer wakes every worker.
func (s *Syncer) Check() {
	s.status.doubt()
	ring(s.wake[prober])
}

// probe asks the co-op for something small when it has not been heard for
// ProbeEvery, or is doubted. While it is known to be away the refresher keeps
// asking; signed out, nobody does.
func (s *Syncer) probe(ctx context.Context) error {
	if wait := s.status.quiet(s.cfg.Now()); wait > 0 {
		return &laterError{"the co-op was heard", wait}
	}
	release, err := s.speak(ctx)
	if err != nil {
		return err
	}
	defer release()
	// Whoever had the conversation until now may have heard it.
	if wait := s.status.quiet(s.cfg.Now()); wait > 0 {
		return &laterError{"the co-op was heard", wait}
	}
	s.status.certain() // of what was doubted before the question
	_, err = s.readProfile(ctx)
	s.heard(err)
	var network *api.NetworkError
	if errors.As(err, &network) || errors.Is(err, api.ErrNotCoop) {
		return nil // the refresher has been told; a hotel's page is asked again soon
	}
	return err
}

// away tells a failure that will last until the co-op is heard again.
func (s *Syncer) away(err error) bool {
	var network *api.NetworkError
	return errors.As(err, &network) && !s.Status().OfflineSince.IsZero()
}

// spoke notes that the co-op was heard, or for the first time is about to be.
func (b *statusBoard) spoke(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heardAt, b.doubted = now, false
}

// doubt has the next probe ask, whatever was heard before.
func (b *statusBoard) doubt() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.doubted = true
}

// certain forgets a doubt.
func (b *statusBoard) certain() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.doubted = false
}

// quiet is how long no probe is needed; 0 is that one is.
func (b *statusBoard) quiet(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	left := ProbeEvery - now.Sub(b.heardAt)
	switch {
	case b.status.SignedOut:
		return ProbeEvery
	case b.doubted:
		return 0
	case !b.status.OfflineSince.IsZero():
		return ProbeEvery
	case left > ProbeEvery: // the clock was put back
		return 0
	}
	return max(left, 0)
}
