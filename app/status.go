package app

import (
	"context"
	"time"

	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
	"github.com/ninth-coop/ninth/sync"
)

// Status is how things stand around the music. It is a copy.
type Status struct {
	SignedIn bool
	Expired  bool // the co-op no longer knows the sign-in: sign in again

	// Online: the co-op answered last time it was asked. Offline it is only
	// after it did not; before the first answer neither is known.
	Online       bool
	OfflineSince time.Time // zero while online or not known
	Working      bool      // a refresh or the outbox is under way
	LastRefresh  time.Time // of the whole library; zero when never in this session
	Downloads    []sync.Download
	Err          error // what went wrong last with the co-op, for Explain

	WaitingPlays int // plays and purchases that were not sent yet
	WaitingEdits int // favourites and playlist edits that were not sent yet
	Failed       int // intents that failed and wait for the person

	Device       player.DeviceInfo
	TokenWarning string // a sentence about where tokens are kept; usually ""
}

// Offline reports whether the co-op did not answer last time.
func (st Status) Offline() bool { return !st.OfflineSince.IsZero() }

// CutOff reports whether the co-op cannot be asked just now: nobody is signed
// in to one, or it did not answer last time.
func (st Status) CutOff() bool { return !st.SignedIn || st.Expired || st.Offline() }

// Status is how things stand now.
func (s *Session) Status() Status { return s.status.Get() }

// FollowStatus returns a channel with the status, now and after each change. A
// slow reader misses what is in between. It is closed when the context ends.
func (s *Session) FollowStatus(ctx context.Context) <-chan Status { return s.status.Follow(ctx) }

// setStatus changes the status. Changes never overtake one another.
func (s *Session) setStatus(change func(*Status)) { s.status.Change(change) }

// connectionStatus takes over what the sync says.
func (s *Session) connectionStatus(c sync.Status) {
	s.setStatus(func(st *Status) {
		st.Online, st.OfflineSince, st.Expired = c.Online, c.OfflineSince, c.SignedOut
		st.Working, st.Downloads, st.Err = c.Working, c.Downloads, c.Err
		if !c.LastRefresh.IsZero() {
			st.LastRefresh = c.LastRefresh
		}
	})
}

// serveStatus keeps what the status says of outbox and device.
func (s *Session) serveStatus(ctx context.Context) error {
	s.countOutbox()
	changes, snaps := s.library.Watch(ctx), s.player.Subscribe(ctx)
	for changes != nil || snaps != nil {
		select {
		case c, ok := <-changes:
			if !ok {
				changes = nil
			} else if c&library.Outbox != 0 {
				s.countOutbox()
			}
		case snap, ok := <-snaps:
			if !ok {
				snaps = nil
			} else if was := s.status.Get().Device; snap.Device.Name != was.Name || snap.Device.Silent != was.Silent || (snap.Device.Err == nil) != (was.Err == nil) {
				s.setStatus(func(st *Status) { st.Device = snap.Device })
			}
		}
	}
	return nil
}

func (s *Session) countOutbox() {
	intents, err := s.library.Outbox()
	if err != nil {
		s.log.Error("reading the outbox", "error", err)
		return
	}
	var plays, edits, failed int
	for _, in := range intents {
		switch {
		case in.State == library.IntentFailed:
			failed++
		case in.Kind == library.IntentPlay || in.Kind == library.IntentBuy:
			plays++
		default:
			edits++
		}
	}
	s.setStatus(func(st *Status) { st.WaitingPlays, st.WaitingEdits, st.Failed = plays, edits, failed })
}
