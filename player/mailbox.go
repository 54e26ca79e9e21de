package player

import "sync"

// command is one thing that the engine is asked to do.
type command struct {
	// coalesce names commands of which only the last of a row matters; empty
	// for those that all matter.
	coalesce string
	do       func(*engine)
}

// mailbox holds commands until the engine takes them. Posting never blocks.
type mailbox struct {
	notify chan struct{} // capacity 1: there is something to take

	mu      sync.Mutex
	waiting []command
	closed  bool
}

func newMailbox() *mailbox { return &mailbox{notify: make(chan struct{}, 1)} }

// post queues a command; after close it is dropped.
func (m *mailbox) post(c command) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return
	}
	if n := len(m.waiting); c.coalesce != "" && n > 0 && m.waiting[n-1].coalesce == c.coalesce {
		m.waiting[n-1] = c
		return
	}
	m.waiting = append(m.waiting, c)
	signal(m.notify)
}

// take empties the mailbox.
func (m *mailbox) take() []command {
	m.mu.Lock()
	defer m.mu.Unlock()
	taken := m.waiting
	m.waiting = nil
	return taken
}

func (m *mailbox) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed, m.waiting = true, nil
}

// signal wakes the reader of a channel of capacity 1, if it is not awake yet.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
