package sync

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	stdsync "sync"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/latest"
	"github.com/ninth-coop/ninth/library"
)

// Status is how things stand with the co-op. It is a copy.
type Status struct {
	// Online: the co-op answered last time. False with OfflineSince zero
	// means that nobody has asked yet.
	Online       bool
	OfflineSince time.Time // when it stopped answering; zero while it answers
	SignedOut    bool      // it no longer knows the person: sign in, then Wake
	Working      bool      // a refresh or an outbox is under way
	LastRefresh  time.Time // when the last whole refresh ended
	Downloads    []Download
	// Err is what went wrong last, until something goes right; being offline
	// or signed out is told above and is not repeated here.
	Err error
}

// Download is one track on its way to the disk.
type Download struct {
	TrackID string
	Got     int64 // bytes on disk
	Size    int64 // bytes of the whole; 0 while unknown
	Err     error // why it waits; nil while it runs
}

// statusBoard holds the status and tells who watches it.
type statusBoard struct {
	mu        stdsync.Mutex
	status    Status
	working   int
	downloads map[string]Download
	out       latest.Value[Status]
	heardAt   time.Time // when the co-op answered last
	doubted   bool      // it should be asked whether it is still there
}

// Status is how things stand now.
func (s *Syncer) Status() Status { return s.status.out.Get() }

// Subscribe gives the status now and after each change, until the context
// ends; then the channel is closed. A slow reader misses what was overtaken
// and delays nobody.
func (s *Syncer) Subscribe(ctx context.Context) <-chan Status { return s.status.out.Follow(ctx) }

func (b *statusBoard) copy() Status {
	st := b.status
	st.Working = b.working > 0
	st.Downloads = slices.SortedFunc(maps.Values(b.downloads), func(a, b Download) int {
		return strings.Compare(a.TrackID, b.TrackID)
	})
	return st
}

func (b *statusBoard) change(fn func(*Status)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	fn(&b.status)
	b.publish()
}

// publish tells what is so, under the lock.
func (b *statusBoard) publish() { b.out.Set(b.copy()) }

// work tells that a task began, and by calling what it returns, that it ended.
func (b *statusBoard) work() (done func()) {
	add := func(by int) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.working += by
		b.publish()
	}
	add(+1)
	return func() { add(-1) }
}

func (b *statusBoard) download(d Download) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.downloads == nil {
		b.downloads = map[string]Download{}
	}
	b.downloads[d.TrackID] = d
	b.publish()
}

// keepDownloads forgets the downloads that are not wanted any more.
func (b *statusBoard) keepDownloads(wanted []library.Wanted) {
	b.mu.Lock()
	defer b.mu.Unlock()
	maps.DeleteFunc(b.downloads, func(id string, _ Download) bool {
		return !slices.ContainsFunc(wanted, func(w library.Wanted) bool { return w.TrackID == id })
	})
	b.publish()
}

func (b *statusBoard) downloaded(trackID string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.downloads, trackID)
	b.publish()
}

// heard notes what an exchange with the co-op says about the connection. When
// the co-op answers again, itself and not a hotel's page in its place, every
// worker tries. When it stops answering, the
// refresher asks at once and then keeps asking, so that one broken request
// does not pass for a broken network. A failure of this machine's own, such as a
// full disk, says nothing of the connection.
func (s *Syncer) heard(err error) { s.heardBy("", err) }

// heardBy is heard for a worker, which is not woken by what it heard itself.
func (s *Syncer) heardBy(w worker, err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	var network *api.NetworkError
	back, gone := false, false
	s.status.change(func(st *Status) {
		hidden := errors.Is(st.Err, api.ErrNotCoop)
		switch {
		case errors.As(err, &network):
			if gone = st.OfflineSince.IsZero(); gone {
				st.OfflineSince = s.cfg.Now()
			}
			st.Online, st.Err = false, nil
			return
		case !answer(err):
			st.Err = err
			return
		case needsSignIn(err):
			st.SignedOut, st.Err = true, nil
		case err == nil:
			st.SignedOut, st.Err = false, nil
		default:
			st.Err = err
		}
		back = !st.OfflineSince.IsZero() || hidden && err == nil
		st.Online, st.OfflineSince = true, time.Time{}
	})
	if answer(err) {
		s.status.spoke(s.cfg.Now())
	}
	if back {
		s.wakeAllBut(w)
	}
	if gone && w != refresher {
		ring(s.changed[refresher])
	}
}

// answer tells that the co-op has answered, or whatever stands in its place.
func answer(err error) bool {
	var (
		status  *api.StatusError
		limited *api.RateLimitError
		network *api.NetworkError
	)
	switch {
	case err == nil, errors.As(err, &status), errors.As(err, &limited), needsSignIn(err), errors.Is(err, ErrOtherAccount):
		return true
	case errors.As(err, &network):
		return false
	}
	for _, said := range []error{api.ErrNotCoop, api.ErrNotFound, api.ErrNoWallet, api.ErrConflict, api.ErrTooLarge} {
		if errors.Is(err, said) {
			return true
		}
	}
	return false
}
