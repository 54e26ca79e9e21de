package app

import "sync"

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
