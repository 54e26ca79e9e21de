package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// Errors of a download that callers decide on.
var (
	// ErrDiskFull: there is no room left for the bytes of the track.
	ErrDiskFull = errors.New("source: no space left on the disk")
	// ErrChanged: the track on the server is another one than the bytes that
	// were already read from this source. Opening it anew gives the new one.
	ErrChanged = errors.New("source: the track has changed on the server")
)

// Response is a server's answer to Fetch.
type Response struct {
	Body    io.ReadCloser // the bytes from Offset on
	Offset  int64         // where Body begins: the offset asked for, or 0 if ranges are ignored
	Size    int64         // bytes of the whole track; -1 if the server does not say
	ETag    string        // strong validator; empty if the server gives none
	Ranged  bool          // the server honours offsets
	Preview bool          // the body is a shortened preview of the track
}

// Fetcher asks a server for the bytes of one track.
type Fetcher interface {
	// Fetch begins a response with the bytes from off to the end. If etag is
	// not empty, the server is to send the whole track should it no longer
	// match (If-Range). Beyond the end of the track the body is empty. It
	// ends when ctx does.
	Fetch(ctx context.Context, off int64, etag string) (Response, error)
}

// Options sets up a Progressive source. Path and Fetcher are required.
type Options struct {
	// Path is the sparse file that is filled. It is created if need be, never
	// removed, and belongs to this source until Close.
	Path string
	// State is what an earlier session left in the file. A damaged one, or
	// one whose file is missing or too short, counts as nothing.
	State   State
	Fetcher Fetcher

	// Save receives the state to keep: every SaveEvery (0 means 5 s) while
	// it grows, when it is complete, and at Close. The bytes it tells of are
	// on the disk by then. It is called from one goroutine at a time and owns
	// what it gets. Nil keeps nothing.
	Save      func(State)
	SaveEvery time.Duration

	// Retryable tells whether a failed request may succeed later, and how
	// long the server asked to wait (0 if it did not). Nil retries everything.
	Retryable func(error) (bool, time.Duration)

	// Clock is used for waiting; nil is the machine's own.
	Clock Clock
}

// Clock is the time that a download goes by.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

const (
	// skipAhead is how far beyond the fetched bytes a reader may want to be
	// before a new request is worth its round trip.
	skipAhead = 256 << 10
	// saveEvery bounds what a crash can lose.
	saveEvery = 5 * time.Second
	// stallAfter is how long a body may stay silent before it is asked anew.
	stallAfter = 20 * time.Second
)

// Progressive is a track that plays while it downloads. One goroutine fetches
// it to the end into a sparse file; readers wait for their range, and where
// the server honours ranges, a reader that wants to be far ahead moves the
// fetching there. Nothing that is already in the file is asked for again.
type Progressive struct {
	opts Options
	file *os.File

	// mu guards the fields below. It is never held while waiting for the
	// network, the disk or a caller's function.
	mu      sync.Mutex
	state   State
	served  bool // bytes have been given to a reader
	linear  bool // the server has been seen to ignore offsets
	ranged  bool // the server has been seen to honour them
	closed  bool
	err     error  // permanent
	trouble error  // what is being retried; nil while all is well
	cursor  int64  // where the next fetched byte goes
	move    func() // ends the current request; nil if there is none
	waiters []*waiter
	aside   Range  // being fetched beside the rest; empty if nothing is
	leave   func() // ends that; nil if nothing is

	ctx  context.Context // ends with Close
	stop context.CancelFunc
	done chan struct{} // closed when fetching has ended for good

	asides sync.WaitGroup // requests beside the rest
}

// waiter is a reader that waits for the bytes of want.
type waiter struct {
	want  Range
	ready chan struct{} // closed when they are there, or nothing more will be
}

// OpenProgressive opens the file and begins to fetch what it lacks. The
// context bounds nothing but the call; Close ends the download.
func OpenProgressive(opts Options) (*Progressive, error) {
	if opts.Clock == nil {
		opts.Clock = systemClock{}
	}
	if opts.SaveEvery <= 0 {
		opts.SaveEvery = saveEvery
	}
	if opts.Save == nil {
		opts.Save = func(State) {}
	}
	if opts.Retryable == nil {
		opts.Retryable = func(error) (bool, time.Duration) { return true, 0 }
	}
	f, err := os.OpenFile(opts.Path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("source: %w", err), f.Close())
	}
	ctx, stop := context.WithCancel(context.Background())
	p := &Progressive{
		opts:  opts,
		file:  f,
		state: trusted(opts.State, info.Size()),
		ctx:   ctx,
		stop:  stop,
		done:  make(chan struct{}),
	}
	go p.run(ctx)
	return p, nil
}

// trusted returns what of a stored state the file can bear out.
func trusted(s State, fileSize int64) State {
	if !s.Ranges.valid(s.Size) || s.Size < 0 {
		return State{}
	}
	if n := len(s.Ranges); n > 0 && s.Ranges[n-1].End > fileSize {
		return State{}
	}
	return s.clone()
}

// ReadAt implements Source.
func (p *Progressive) ReadAt(ctx context.Context, b []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errors.New("source: negative offset")
	}
	for {
		n, w, err := p.tryRead(ctx, b, off)
		if w == nil {
			return n, err
		}
		select {
		case <-w.ready:
		case <-ctx.Done():
			p.forget(w)
			return 0, ctx.Err()
		}
	}
}

// tryRead reads what can be read without waiting, or returns a waiter.
func (p *Progressive) tryRead(ctx context.Context, b []byte, off int64) (int, *waiter, error) {
	p.mu.Lock()
	if err := ctx.Err(); err != nil || p.closed {
		p.mu.Unlock()
		if err == nil {
			err = ErrClosed
		}
		return 0, nil, err
	}
	end, short := off+int64(len(b)), error(nil)
	if p.state.Size > 0 && end > p.state.Size {
		end, short = max(off, p.state.Size), io.EOF
	}
	have := min(p.state.Ranges.Reach(off), end)
	if have < end && p.err == nil {
		w := p.wait(Range{have, end})
		p.mu.Unlock()
		return 0, w, nil
	}
	if have < end {
		short = p.err
	}
	p.served = p.served || have > off
	p.mu.Unlock()

	n, err := p.file.ReadAt(b[:max(0, have-off)], off)
	if err != nil {
		if errors.Is(err, os.ErrClosed) {
			return n, nil, ErrClosed
		}
		return n, nil, fmt.Errorf("source: reading what was fetched: %w", err)
	}
	return n, nil, short
}

// wait queues a reader, and ends the current request if it would take too
// long to get there. p.mu is held.
func (p *Progressive) wait(want Range) *waiter {
	w := &waiter{want: want, ready: make(chan struct{})}
	p.waiters = append(p.waiters, w)
	if p.waiters[0] == w {
		p.steer()
	}
	return w
}

// steer ends the current request if another would serve the first waiter
// sooner. Only the first one steers, so that two readers at different places
// cannot keep each other from ever being served. p.mu is held.
func (p *Progressive) steer() {
	if len(p.waiters) == 0 || p.move == nil || p.linear {
		return
	}
	need := p.state.Ranges.Reach(p.waiters[0].want.Start) // some of it may have come
	if p.aside.Start <= need && need < p.aside.End {
		return // it is on its way
	}
	if need < p.cursor || need > p.cursor+skipAhead {
		p.move()
	}
}

// forget takes a reader that has given up out of the queue.
func (p *Progressive) forget(gone *waiter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.release(func(w *waiter) bool { return w == gone })
}

// release wakes the waiters that ok chooses and lets the next one steer.
// p.mu is held.
func (p *Progressive) release(ok func(*waiter) bool) {
	kept := p.waiters[:0]
	for _, w := range p.waiters {
		if ok(w) {
			close(w.ready)
		} else {
			kept = append(kept, w)
		}
	}
	clear(p.waiters[len(kept):])
	p.waiters = kept
	p.steer()
}

// Size implements Source.
func (p *Progressive) Size() (int64, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state.Size, p.state.Size > 0
}

// Fetched returns how many bytes are in the file and how many there are in
// all; total is -1 while that is not known.
func (p *Progressive) Fetched() (bytes, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	total = p.state.Size
	if total == 0 {
		total = -1
	}
	return p.state.Ranges.Bytes(), total
}

// Complete reports whether every byte is in the file.
func (p *Progressive) Complete() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state.Complete()
}

// Reach is the offset up to which the bytes from off on are in the file.
func (p *Progressive) Reach(off int64) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state.Ranges.Reach(off)
}

// Linear reports whether the server has been seen to ignore offsets.
func (p *Progressive) Linear() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.linear
}

// ETag is the validator of the bytes; empty while it is not known.
func (p *Progressive) ETag() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state.ETag
}

// Preview reports whether the server sends only a preview of the track.
func (p *Progressive) Preview() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state.Preview
}

// State returns what there is to keep at this moment.
func (p *Progressive) State() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state.clone()
}

// Done is closed when fetching has ended: all is there, it failed for good,
// or the source was closed. Err tells which.
func (p *Progressive) Done() <-chan struct{} { return p.done }

// Err is the reason why fetching has failed for good, or nil.
func (p *Progressive) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Trouble is the error of the last request while it is being tried again, or
// nil while bytes arrive.
func (p *Progressive) Trouble() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.trouble
}

// Close implements Source. It waits until the last state is saved.
func (p *Progressive) Close() error {
	p.mu.Lock()
	first := !p.closed
	p.closed = true
	p.release(func(*waiter) bool { return true })
	p.mu.Unlock()
	p.stop()
	<-p.done
	p.asides.Wait()
	if !first {
		return nil
	}
	if err := p.file.Close(); err != nil {
		return fmt.Errorf("source: %w", err)
	}
	return nil
}

type systemClock struct{}

func (systemClock) Now() time.Time                         { return time.Now() }
func (systemClock) After(d time.Duration) <-chan time.Time { return time.After(d) }
