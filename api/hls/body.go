package hls

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Body is the file from a byte on. It is read by one goroutine at a time. Close
// may be called by any, also during a Read, which it ends, and more than once; it
// waits for nothing but the end of its own requests.
type Body struct {
	// Offset is what it begins at: what was asked for, or 0 where that cannot
	// be found without reading all that lies before.
	Offset int64

	f      *File
	ctx    context.Context
	cancel context.CancelFunc

	mu      sync.Mutex // held by Read; Close cancels before it waits for that
	piece   int
	current *opened
	next    chan *opened // the piece behind current, asked for already; nil at the end
}

// opened is a piece that is being read.
type opened struct {
	body  io.Reader
	close io.Closer
	err   error
	given int64 // bytes of the piece, those that were left out included
	size  int64 // that it must have; -1 if nobody knows
}

// From begins to read the file at byte off. The first request has been
// answered when it returns. Beyond the end of the file the body is empty.
func (f *File) From(ctx context.Context, off int64) (*Body, error) {
	i, inner, ok, err := f.locate(ctx, off)
	if err != nil {
		return nil, err
	}
	if !ok {
		i, inner, off = 0, 0, 0
	}
	ctx, cancel := context.WithCancel(ctx)
	b := &Body{Offset: off, f: f, ctx: ctx, cancel: cancel, piece: i}
	if i == len(f.pieces) {
		if err := f.fits(); err != nil {
			cancel()
			return nil, err
		}
		b.current = &opened{body: eof{}, size: -1}
		return b, nil
	}
	b.ahead() // an initialisation section is short: its segment is asked for with it
	if b.current = f.open(ctx, i, inner); b.current.err != nil {
		err := b.current.err
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

// ahead asks for the piece behind the current one, so that the line is not idle
// between two.
func (b *Body) ahead() {
	b.next = nil
	if i := b.piece + 1; i < len(b.f.pieces) {
		next := make(chan *opened, 1)
		b.next = next
		go func() { next <- b.f.open(b.ctx, i, 0) }()
	}
}

// open asks for a piece from its byte inner on.
func (f *File) open(ctx context.Context, i int, inner int64) *opened {
	p := f.piece(i)
	from, length := p.from+inner, int64(0)
	if p.key != nil {
		from = p.from
	}
	if p.length >= 0 {
		length = p.from + p.length - from
	}
	answer, err := f.get.Fetch(ctx, p.url, from, length)
	if err != nil {
		return &opened{err: unended(err)}
	}
	o := &opened{body: answer.Body, close: answer.Body, size: p.size}
	if p.length < 0 && p.key == nil && answer.Size >= 0 {
		o.size = answer.Size
		o.err = f.learn(i, answer.Size)
	}
	if o.err == nil {
		o.err = skip(o.body, from-answer.Offset)
	}
	if length > 0 {
		o.body = io.LimitReader(o.body, length)
	}
	if p.key != nil && o.err == nil {
		if o.err = f.decrypt(ctx, o, p); o.err == nil {
			o.err = skip(o.body, inner)
		}
	}
	o.given = inner
	if o.err = unended(o.err); o.err != nil {
		_ = o.close.Close() // only read from
	}
	return o
}

// unended is err, but never io.EOF: a connection may end so before an answer, and
// that is not the end of the file.
func unended(err error) error {
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("hls: a segment does not come: %w", io.ErrUnexpectedEOF)
	}
	return err
}

// skip reads n bytes that are not wanted.
func skip(r io.Reader, n int64) error {
	if n < 0 {
		return ErrChanged
	}
	_, err := io.CopyN(io.Discard, r, n)
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Read implements io.Reader.
func (b *Body) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for {
		o := b.current
		if o.err != nil {
			return 0, o.err
		}
		n, err := o.body.Read(p)
		o.given += int64(n)
		switch {
		case errors.Is(err, io.EOF):
			if err := b.advance(); err != nil {
				o.err = err
			}
		case err != nil:
			o.err = err
		}
		if n > 0 || len(p) == 0 {
			return n, nil
		}
	}
}

// advance goes to the next piece; io.EOF behind the last one.
func (b *Body) advance() error {
	o := b.current
	if o.close == nil {
		return io.EOF
	}
	if o.size >= 0 && o.given < o.size {
		return io.ErrUnexpectedEOF
	}
	if o.size >= 0 && o.given > o.size {
		return ErrChanged
	}
	if err := b.f.settle(b.piece, o.given); err != nil {
		return err
	}
	if err := o.close.Close(); err != nil {
		return err
	}
	o.close = nil
	if b.next == nil {
		if err := b.f.fits(); err != nil {
			return err
		}
		return io.EOF
	}
	b.current = <-b.next
	b.piece++
	b.next = nil
	if b.current.err == nil {
		b.ahead()
	}
	return nil
}

// fits is ErrChanged when the pieces are not as long together as the server has
// said: the playlist is damaged, or not of these segments any more.
func (f *File) fits() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if at, _ := f.startOf(len(f.pieces)); at >= 0 && f.joined.Size > 0 && at != f.joined.Size {
		return ErrChanged
	}
	return nil
}

// settle takes note of the length of a piece that was read whole. It does not
// show that the server would have told.
func (f *File) settle(i int, size int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.measured(i, size)
}

// Close ends the requests.
func (b *Body) Close() error {
	b.cancel()
	b.mu.Lock()
	defer b.mu.Unlock()
	var err error
	if b.current != nil && b.current.close != nil && b.current.err == nil {
		err = b.current.close.Close()
	}
	if b.next != nil {
		if o := <-b.next; o.err == nil {
			err = errors.Join(err, o.close.Close())
		}
		b.next = nil
	}
	if b.current != nil && b.current.err == nil {
		b.current.err = errClosed
	}
	return err
}

var errClosed = errors.New("hls: read after Close")
