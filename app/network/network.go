// Package network tells whether bytes cost money on the network that this
// machine uses now, so that nothing large is fetched unasked over a telephone's
// connection, and when it is another network, so that being offline is noticed
// and left at once.
//
// On Linux and the BSDs NetworkManager is asked over the system bus. Where
// nobody can be asked the answer is Unknown, which counts as not metered: a
// rule that is meant to save money must not stop downloads on a machine that
// merely cannot tell.
package network

import (
	"context"
	"sync"
	"time"
)

// Cost says what bytes cost on the network.
type Cost int

// The answers.
const (
	Unknown Cost = iota // nobody says
	Free                // not metered, as far as the system knows or guesses
	Metered             // metered, as far as the system knows or guesses
)

const (
	// fresh is how long an answer is believed when nobody follows the changes:
	// long enough that a list of downloads asks once, short enough that a
	// change of network is noticed before much has been fetched.
	fresh = 10 * time.Second
	// patience is how long the system may take to answer.
	patience = 500 * time.Millisecond
)

// state is what a system tells.
type state struct {
	cost Cost
	// link names the connection and how far it reaches, in words of the
	// system's: another one is another network, or none.
	link string
}

// Watch knows the cost of the network. Its methods may be called from any
// goroutine.
type Watch struct {
	now    func() time.Time
	ask    func(context.Context) (Cost, error)
	follow func(ctx context.Context, tell func(state)) error

	mu        sync.Mutex
	cost      Cost
	link      string    // as it was told last
	at        time.Time // when cost was learnt; zero when never
	following int       // calls of Follow that keep cost up to date
}

// System is the network of this machine. It does nothing until it is asked.
func System() *Watch { return &Watch{now: time.Now, ask: ask, follow: follow} }

// Cost is what the network costs now. An answer of the last ten seconds is
// given again; else the system is asked, for half a second at most. While
// Follow runs, it is known without asking.
func (w *Watch) Cost(ctx context.Context) Cost {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.following > 0 || !w.at.IsZero() && w.now().Sub(w.at) < fresh {
		return w.cost
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cost, err := w.ask(ctx)
	if err != nil {
		cost = Unknown
	}
	if ctx.Err() == nil {
		w.at = w.now()
	}
	w.cost = cost
	return cost
}

// Metered reports whether bytes cost money now, as far as the system knows. It
// waits as Cost does.
func (w *Watch) Metered() bool { return w.Cost(context.Background()) == Metered }

// Follow calls changed after each change of the cost or of the connection, from
// one goroutine, until the context ends, which it returns nil for. It fails when
// the system does not tell of changes.
func (w *Watch) Follow(ctx context.Context, changed func()) error {
	told := false
	defer func() {
		if !told {
			return
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.following--
	}()
	err := w.follow(ctx, func(now state) {
		w.mu.Lock()
		other := w.cost != now.cost || told && w.link != now.link
		w.cost, w.link, w.at = now.cost, now.link, w.now()
		if !told {
			told = true
			w.following++
		}
		w.mu.Unlock()
		if other {
			changed()
		}
	})
	if ctx.Err() != nil {
		return nil
	}
	return err
}
