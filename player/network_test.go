package player

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/ninth-coop/ninth/player/source"
)

// Errors of the tests' network.
var (
	errAway = errors.New("the network is away")
	errLost = errors.New("the connection is lost for good")
)

// network is what the tests' tracks come over, and may be cut off.
type network struct {
	mu     sync.Mutex
	up     bool
	change chan struct{} // closed when something has changed
	open   map[*remote]struct{}
}

func newNetwork() *network {
	return &network{up: true, change: make(chan struct{}), open: map[*remote]struct{}{}}
}

// fill adds tracks that come over the network, and returns their keys: one that
// waits for the network when it is away, and one that cannot be opened then.
func (n *network) fill(lib library) []string {
	data := rawFile(48000, constant(0.25, 12))
	level := levelFile(48000, 90*48000, 0.15)
	lib.put("patient", func(context.Context) (source.Source, error) { return n.remote(data), nil })
	lib.put("impatient", func(context.Context) (source.Source, error) {
		if up, _ := n.state(); !up {
			return nil, errAway
		}
		return n.remote(level), nil
	})
	return []string{"patient", "impatient", "patient"}
}

func (n *network) remote(data []byte) *remote {
	n.mu.Lock()
	defer n.mu.Unlock()
	s := &remote{Bytes: source.FromBytes(data), net: n}
	n.open[s] = struct{}{}
	return s
}

func (n *network) state() (up bool, change <-chan struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.up, n.change
}

// set takes the network away, or gives it back.
func (n *network) set(up bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.up = up
	close(n.change)
	n.change = make(chan struct{})
}

// cut takes the network away, and every third time all connections for good.
func (n *network) cut(rnd *rand.Rand) {
	n.set(false)
	n.mu.Lock()
	defer n.mu.Unlock()
	lost := rnd.IntN(3)
	for s := range n.open {
		s.lost = s.lost || lost == 0
	}
}

// remote is a track that comes over the network: bytes take their time, once.
type remote struct {
	*source.Bytes
	net *network

	// Guarded by the network's lock.
	lost bool  // for good
	here int64 // bytes that have come, from the beginning
}

// pace is what a second of the tests' network brings in bytes: some more than
// is heard of raw sound.
const pace = 1 << 20

// ReadAt implements source.Source.
func (s *remote) ReadAt(ctx context.Context, p []byte, off int64) (int, error) {
	size, _ := s.Size()
	for end := min(off+int64(len(p)), size); ; {
		s.net.mu.Lock()
		up, change, lost, missing := s.net.up, s.net.change, s.lost, end-s.here
		s.net.mu.Unlock()
		var arrived <-chan time.Time
		switch {
		case missing <= 0:
			return s.Bytes.ReadAt(ctx, p, off)
		case lost:
			return 0, errLost
		case up:
			arrived = time.After(time.Duration(missing) * time.Second / pace)
		}
		select {
		case <-arrived:
			s.net.mu.Lock()
			s.here = max(s.here, end)
			s.net.mu.Unlock()
		case <-change:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// Close implements source.Source.
func (s *remote) Close() error {
	s.net.mu.Lock()
	defer s.net.mu.Unlock()
	delete(s.net.open, s)
	return nil
}

// Fetched, Complete and Trouble are what a download says of itself.
func (s *remote) Fetched() (bytes, total int64) {
	s.net.mu.Lock()
	defer s.net.mu.Unlock()
	total, _ = s.Size()
	return s.here, total
}

func (s *remote) Complete() bool {
	bytes, total := s.Fetched()
	return bytes >= total
}

func (s *remote) Trouble() error {
	if up, _ := s.net.state(); !up {
		return errAway
	}
	return nil
}
