package app

import (
	"context"
	"sync"
)

// latest hands the newest value to any number of followers. A slow follower
// misses values in between, never the last one. The zero value is ready.
type latest[T any] struct {
	mu        sync.Mutex
	value     T
	followers map[chan T]struct{}
}

// get returns the newest value.
func (l *latest[T]) get() T {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.value
}

// set makes v the newest value.
func (l *latest[T]) set(v T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.value = v
	for c := range l.followers {
		offer(c, v)
	}
}

// follow returns a channel with the value as it is now, and each newer one. It
// is closed when the context ends.
func (l *latest[T]) follow(ctx context.Context) <-chan T {
	c := make(chan T, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.followers == nil {
		l.followers = make(map[chan T]struct{})
	}
	l.followers[c] = struct{}{}
	c <- l.value
	context.AfterFunc(ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.followers, c)
		close(c)
	})
	return c
}

// offer puts v into a channel of one place, in the place of what nobody took.
// Only one goroutine at a time may offer.
func offer[T any](c chan T, v T) {
	select {
	case <-c:
	default:
	}
	c <- v
}

// inbox is a queue without end between one or more senders who must not wait
// and one receiver. The zero value is not ready; use newInbox.
type inbox[T any] struct {
	mu    sync.Mutex
	items []T
	ready chan struct{} // holds a token while there is something to take
}

func newInbox[T any]() *inbox[T] { return &inbox[T]{ready: make(chan struct{}, 1)} }

func (b *inbox[T]) put(v T) {
	b.mu.Lock()
	b.items = append(b.items, v)
	b.mu.Unlock()
	select {
	case b.ready <- struct{}{}:
	default:
	}
}

// take returns everything that was put since the last take.
func (b *inbox[T]) take() []T {
	b.mu.Lock()
	defer b.mu.Unlock()
	items := b.items
	b.items = nil
	return items
}
