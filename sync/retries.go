package sync

import (
	"errors"
	stdsync "sync"
	"time"
)

// retries remembers which tracks failed and when each may be tried again.
type retries struct {
	mu    stdsync.Mutex
	track map[string]retry
}

type retry struct {
	tries int
	at    time.Time
}

func (r *retries) due(id string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !now.Before(r.track[id].at)
}

func (r *retries) failed(id string, now time.Time, pause func(tries int) time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.track == nil {
		r.track = map[string]retry{}
	}
	tries := r.track[id].tries
	r.track[id] = retry{tries + 1, now.Add(pause(tries))}
}

func (r *retries) succeeded(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.track, id)
}

// forget lets every track be tried at once.
func (r *retries) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.track = nil
}

// next is how long until the first track may be tried again.
func (r *retries) next(now time.Time) (wait time.Duration, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.track {
		if w := max(t.at.Sub(now), time.Second); !ok || w < wait {
			wait, ok = w, true
		}
	}
	return wait, ok
}

// group runs downloads, a few at once, and keeps every failure. After one that
// the others would meet as well no more are begun.
type group struct {
	wg    stdsync.WaitGroup
	slots chan struct{}
	mu    stdsync.Mutex
	errs  []error
	stop  bool
}

func (g *group) run(fn func() error) {
	if g.slots == nil {
		g.slots = make(chan struct{}, parallelDownloads)
	}
	g.slots <- struct{}{}
	g.mu.Lock()
	stop := g.stop
	g.mu.Unlock()
	if stop {
		<-g.slots
		return
	}
	g.wg.Go(func() {
		defer func() { <-g.slots }()
		err := fn()
		if err == nil {
			return
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		g.errs, g.stop = append(g.errs, err), g.stop || stopsAll(err)
	})
}

func (g *group) wait() error {
	g.wg.Wait()
	return errors.Join(g.errs...)
}
