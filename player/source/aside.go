package source

import (
	"context"
	"errors"
	"io"
)

// maxAside bounds in bytes what is fetched beside the rest: it shares the line
// with what is being heard.
const maxAside = 256 << 10

// Ahead fetches the bytes of r, at most 256 KiB, in a request of its own beside
// the one that goes on, if they are not here and the server has been seen to
// honour ranges. One such request runs at a time; what it cannot get is fetched
// in its turn. It does not wait.
func (p *Progressive) Ahead(r Range) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r.Start = p.state.Ranges.Reach(max(r.Start, 0))
	if p.state.Size > 0 {
		r.End = min(r.End, p.state.Size)
	}
	r.End = min(r.End, r.Start+maxAside)
	near := r.Start >= p.cursor && r.Start <= p.cursor+skipAhead
	if p.closed || p.err != nil || !p.ranged || p.aside != (Range{}) || r.Start >= r.End || near {
		return
	}
	ctx, cancel := context.WithCancelCause(p.ctx)
	p.aside, p.leave = r, func() { cancel(nil) }
	etag := p.state.ETag
	p.asides.Go(func() {
		defer cancel(nil)
		p.fetchAside(ctx, cancel, r, etag)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.aside, p.leave = Range{}, nil
		p.steer()
	})
}

// endAside ends what is being fetched aside, before what is in the file is
// given up: nothing of that may come after. p.mu is held, but not all the time.
func (p *Progressive) endAside() {
	ranged := p.ranged
	p.ranged = false // no other may begin
	if p.leave != nil {
		p.leave()
	}
	p.mu.Unlock()
	p.asides.Wait()
	p.mu.Lock()
	p.ranged = ranged
}

// fetchAside fetches r. Errors are for the request that goes on to find: this
// one only came early.
func (p *Progressive) fetchAside(ctx context.Context, cancel context.CancelCauseFunc, r Range, etag string) {
	progress := make(chan struct{}, 1)
	go watch(ctx, p.opts.Clock, progress, func() { cancel(errStalled) })
	resp, err := p.opts.Fetcher.Fetch(ctx, r.Start, etag)
	if err != nil {
		return
	}
	defer resp.Body.Close() // only read from
	defer context.AfterFunc(ctx, func() { _ = resp.Body.Close() })()
	if !p.sameAs(resp, r.Start) {
		return
	}
	buf := make([]byte, fetchBlock)
	for off := r.Start; off < r.End; {
		n, err := resp.Body.Read(buf[:min(int64(len(buf)), r.End-off)])
		if n > 0 {
			if p.write(buf[:n], off) != nil {
				return
			}
			p.mu.Lock()
			p.have(Range{off, off + int64(n)})
			p.aside.Start = off + int64(n)
			p.mu.Unlock()
		}
		off += int64(n)
		select {
		case progress <- struct{}{}:
		default:
		}
		if err != nil && !errors.Is(err, io.EOF) || n == 0 && err != nil {
			return
		}
	}
}

// sameAs reports whether a response is of the bytes in the file, from start on.
func (p *Progressive) sameAs(resp Response, start int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return resp.Ranged && resp.Offset == start && !p.differs(resp)
}
