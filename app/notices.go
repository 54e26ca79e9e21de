package app

import (
	"context"
	"slices"
	"sync"
)

// NoticeKind says what a notice is about; the screens have the words.
type NoticeKind int

// The kinds of notice.
const (
	// Failure: something did not work; Err says what.
	Failure NoticeKind = iota
	// Skipped: Title could not be played and was passed over; Err says why.
	Skipped
	// QueueReplaced: Count entries were to come and are not any more.
	QueueReplaced
	// PreviewOnly: only the first 45 s of Title are heard, because the
	// credits do not suffice for a play.
	PreviewOnly
	// NowOwned: Title has just become the person's own.
	NowOwned
)

// Notice is something that a person should see, once.
type Notice struct {
	Kind  NoticeKind
	Title string
	Count int
	Err   error  // for Explain
	Undo  func() // takes back what the notice is about; nil where that cannot be
}

// notices hands notices to whoever follows them. Nobody following, the last
// few wait for the first who does.
type notices struct {
	mu        sync.Mutex
	waiting   []Notice
	followers []*inbox[Notice]
}

// maxWaiting bounds what is kept for a first follower.
const maxWaiting = 8

func (n *notices) post(notice Notice) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.followers) == 0 {
		n.waiting = append(n.waiting, notice)
		n.waiting = n.waiting[max(0, len(n.waiting)-maxWaiting):]
		return
	}
	for _, f := range n.followers {
		f.put(notice)
	}
}

// Notices returns a channel with every notice from now on, and those that
// nobody has seen yet. It is closed when the context ends.
func (s *Session) Notices(ctx context.Context) <-chan Notice {
	n := &s.notices
	box := newInbox[Notice]()
	n.mu.Lock()
	for _, w := range n.waiting {
		box.put(w)
	}
	n.waiting = nil
	n.followers = append(n.followers, box)
	n.mu.Unlock()

	out := make(chan Notice)
	go func() {
		defer close(out)
		defer func() {
			n.mu.Lock()
			defer n.mu.Unlock()
			n.followers = slices.DeleteFunc(n.followers, func(f *inbox[Notice]) bool { return f == box })
		}()
		for {
			select {
			case <-ctx.Done():
				return
			case <-box.ready:
			}
			for _, notice := range box.take() {
				select {
				case out <- notice:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return out
}
