package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	retryFirst = 250 * time.Millisecond
	retryMax   = 15 * time.Second
	// misses is how often in a row a server may answer without a single new
	// byte before it is held to be broken.
	misses = 8
	// fetchBlock is read from the body at once.
	fetchBlock = 32 << 10
)

// Outcomes of one request, besides an error of the server or the network.
var (
	errMoved   = errors.New("source: a reader wants to be elsewhere")
	errStalled = errors.New("source: the server has gone silent")
	errShort   = errors.New("source: the server sent less than it promised")
	errNothing = errors.New("source: the server does not send what was asked for")
)

// run fetches until everything is there, or there is no use in going on.
func (p *Progressive) run(ctx context.Context) {
	defer close(p.done)
	save := saver{save: p.opts.Save, clock: p.opts.Clock, every: p.opts.SaveEvery, last: p.opts.Clock.Now()}
	defer save.now(p)
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.MaxInterval = retryFirst, retryMax
	for failures := 0; ctx.Err() == nil; {
		start, ok := p.gap()
		if !ok {
			return
		}
		before := p.fetchedBytes()
		err := p.request(ctx, start, &save)
		if p.fetchedBytes() > before {
			failures = 0
			wait.Reset()
		}
		if err == nil || errors.Is(err, errMoved) || ctx.Err() != nil {
			continue
		}
		failures++
		retry, asked := p.retry(err, failures)
		if !retry {
			p.fail(err)
			return
		}
		p.setTrouble(err)
		select {
		case <-p.opts.Clock.After(max(asked, wait.NextBackOff())):
		case <-ctx.Done():
		}
	}
}

// retry decides what becomes of a failed request.
func (p *Progressive) retry(err error, failures int) (bool, time.Duration) {
	switch {
	case errors.Is(err, ErrDiskFull), errors.Is(err, ErrChanged), errors.As(err, new(diskError)):
		return false, 0
	case errors.Is(err, errShort), errors.Is(err, errNothing):
		return failures < misses, 0
	case errors.Is(err, errStalled):
		return true, 0
	}
	return p.opts.Retryable(err)
}

// gap returns where the missing bytes to fetch next begin: those that the first
// waiter needs, else those from the cursor on, else the first there are. ok is
// false when nothing is missing.
func (p *Progressive) gap() (start int64, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state.Complete() {
		return 0, false
	}
	from := p.cursor
	if len(p.waiters) > 0 {
		from = p.waiters[0].want.Start
	}
	start = p.state.Ranges.Reach(from)
	if p.state.Size > 0 && start >= p.state.Size {
		start = p.state.Ranges.Reach(0)
	}
	p.cursor = start
	return start, true
}

// request fetches from start on until it meets what is here.
func (p *Progressive) request(ctx context.Context, start int64, save *saver) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	progress := make(chan struct{}, 1)
	go watch(ctx, p.opts.Clock, progress, func() { cancel(errStalled) })

	p.mu.Lock()
	etag := p.state.ETag
	p.move = func() { cancel(errMoved) }
	p.steer()
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.move = nil
		p.mu.Unlock()
	}()

	resp, err := p.opts.Fetcher.Fetch(ctx, start, etag)
	if err != nil {
		return causeOr(ctx, err)
	}
	defer resp.Body.Close() // only read from
	// A body that does not know the context is ended all the same.
	defer context.AfterFunc(ctx, func() { _ = resp.Body.Close() })()
	if err := p.begin(resp, start); err != nil {
		return err
	}
	return causeOr(ctx, p.copy(resp, start, progress, save))
}

// begin takes note of what a response says about the track.
func (p *Progressive) begin(resp Response, asked int64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if resp.Offset < 0 || resp.Offset > asked {
		return errNothing
	}
	p.linear, p.ranged = !resp.Ranged, resp.Ranged
	if p.differs(resp) {
		p.endAside()
		served := p.served
		p.state = State{}
		if served {
			return ErrChanged
		}
	}
	if resp.Size > 0 && resp.Size != p.state.Size {
		p.state.Size = resp.Size
		// Readers find out where the track ends.
		p.release(func(*waiter) bool { return true })
	}
	p.state.ETag, p.state.Preview = resp.ETag, resp.Preview
	p.cursor = resp.Offset
	return nil
}

// differs reports whether a response cannot be of the bytes in the file. A
// server without validators is believed to be constant as long as the size is.
// p.mu is held.
func (p *Progressive) differs(resp Response) bool {
	if len(p.state.Ranges) == 0 && p.state.Size == 0 {
		return false
	}
	sizeDiffers := resp.Size >= 0 && p.state.Size > 0 && resp.Size != p.state.Size
	return resp.ETag != p.state.ETag || resp.Preview != p.state.Preview || sizeDiffers
}

// copy writes the body into the file and tells the readers.
func (p *Progressive) copy(resp Response, start int64, progress chan<- struct{}, save *saver) error {
	buf := make([]byte, fetchBlock)
	for off := resp.Offset; ; {
		n, err := resp.Body.Read(buf)
		n = p.within(off, n)
		if werr := p.store(buf[:n], off); werr != nil {
			return werr
		}
		off += int64(n)
		select {
		case progress <- struct{}{}:
		default:
		}
		switch {
		case p.Complete():
			return nil
		case resp.Ranged && off > start && p.hereFrom(off):
			return nil
		case errors.Is(err, io.EOF):
			return p.bodyEnded(off, resp.Size)
		case err != nil:
			return err
		}
		save.maybe(p)
	}
}

// hereFrom reports whether so much of what follows off is in the file, or all,
// that another request behind it is worth its round trip.
func (p *Progressive) hereFrom(off int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	reach := p.state.Ranges.Reach(off)
	return reach > off+skipAhead || reach > off && reach == p.state.Size
}

// within cuts n bytes at off to what the track holds: a body that is longer
// than the server promised has nothing to add.
func (p *Progressive) within(off int64, n int) int {
	size, known := p.Size()
	if !known {
		return n
	}
	return int(max(0, min(int64(n), size-off)))
}

// store writes fetched bytes and wakes the readers that waited for them.
func (p *Progressive) store(b []byte, off int64) error {
	if len(b) == 0 {
		return nil
	}
	if err := p.write(b, off); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cursor = off + int64(len(b))
	p.trouble = nil
	p.have(Range{off, p.cursor})
	return nil
}

func (p *Progressive) write(b []byte, off int64) error {
	if _, err := p.file.WriteAt(b, off); err != nil {
		if isDiskFull(err) {
			return fmt.Errorf("%w: %w", ErrDiskFull, err)
		}
		return diskError{err}
	}
	return nil
}

// have notes that bytes are in the file, and wakes the readers that waited for
// them. p.mu is held.
func (p *Progressive) have(r Range) {
	p.state.Ranges = p.state.Ranges.Add(r)
	p.release(func(w *waiter) bool { return p.state.Ranges.Reach(w.want.Start) >= w.want.End })
}

// bodyEnded judges the clean end of a body. Where the server does not say how
// long the track is, its end is all there is to know.
func (p *Progressive) bodyEnded(off, promised int64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state.Size > 0 && off >= p.state.Size {
		return nil // what is missing lies before where it began
	}
	n := len(p.state.Ranges)
	if promised >= 0 || n == 0 || off < p.state.Ranges[n-1].End {
		return errShort
	}
	p.state.Size = off
	p.release(func(*waiter) bool { return true })
	return nil
}

func (p *Progressive) fetchedBytes() int64 {
	n, _ := p.Fetched()
	return n
}

func (p *Progressive) setTrouble(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trouble = err
}

// fail ends fetching for good; readers get what there is, then err.
func (p *Progressive) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
	p.release(func(*waiter) bool { return true })
}

// watch calls stalled when nothing has progressed for stallAfter.
func watch(ctx context.Context, clock Clock, progress <-chan struct{}, stalled func()) {
	for {
		select {
		case <-progress:
		case <-clock.After(stallAfter):
			stalled()
			return
		case <-ctx.Done():
			return
		}
	}
}

// causeOr returns why ctx ended, if it did, else err.
func causeOr(ctx context.Context, err error) error {
	if ctx.Err() != nil && err != nil {
		return context.Cause(ctx)
	}
	return err
}

// diskError is a failure of the file, which no request can mend.
type diskError struct{ err error }

func (e diskError) Error() string { return "source: keeping what was fetched: " + e.err.Error() }
func (e diskError) Unwrap() error { return e.err }

// saver hands the state out at bounded intervals. It is used by run alone.
type saver struct {
	save  func(State)
	clock Clock
	every time.Duration
	last  time.Time
}

func (s *saver) maybe(p *Progressive) {
	if now := s.clock.Now(); now.Sub(s.last) >= s.every {
		s.now(p)
		s.last = now
	}
}

// now saves after the bytes have reached the disk, so that the state never
// tells of bytes that a power cut has taken.
func (s *saver) now(p *Progressive) {
	state := p.State()
	if err := p.file.Sync(); err != nil {
		return // what is kept is the last state that is true
	}
	s.save(state)
}
