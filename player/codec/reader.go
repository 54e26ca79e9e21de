package codec

import (
	"context"
	"errors"
	"io"

	"github.com/ninth-coop/ninth/player/source"
)

const (
	// blockSize is the unit of reading what is there. Of what is still being
	// fetched, no more is waited for than is asked for.
	blockSize = 16 << 10
	// maxWindow bounds one Bytes call, and with it what a lying length field
	// can make the reader allocate. The largest legitimate request is a FLAC
	// frame of 65,535 samples in 8 channels of 24 bits.
	maxWindow = 4 << 20
)

// Reader reads a source in blocks and keeps the last stretch of bytes, so
// that a demuxer can look ahead in small steps. Memory grows with bytes that
// really are there, never with a length that a header claims. A Reader is
// used by one goroutine at a time.
type Reader struct {
	ctx   context.Context
	src   source.Source
	store []byte // what the window lies in; reused, so reading on allocates nothing
	from  int    // the window is store[from:]
	base  int64  // offset in the track of the window's first byte
	end   int64  // the track's size, once a read has met it; else -1
}

// NewReader returns a reader of src. The context ends every wait for bytes.
func NewReader(ctx context.Context, src source.Source) *Reader {
	return &Reader{ctx: ctx, src: src, end: -1}
}

// Size is the length of the track in bytes, or -1 while it is not known.
func (r *Reader) Size() int64 {
	if size, ok := r.src.Size(); ok {
		return size
	}
	return r.end
}

// Here tells whether the bytes from off up to end can be read without a wait.
// Bytes past the end of the track count as here.
func (r *Reader) Here(off, end int64) bool {
	if size := r.Size(); size >= 0 {
		end = min(end, size)
	}
	return source.Reach(r.src, off) >= end
}

// Linear tells whether what lies ahead waits for all before it; see
// source.Linear.
func (r *Reader) Linear() bool { return source.Linear(r.src) }

// Ahead tells that the bytes from off up to end will be wanted soon; see
// source.Ahead.
func (r *Reader) Ahead(off, end int64) {
	source.Ahead(r.src, source.Range{Start: max(off, 0), End: end})
}

// Bytes returns the n bytes (at most 4 MiB) at offset off. Fewer come only
// with an error: io.EOF where the track ends. The slice is valid until the
// next call.
func (r *Reader) Bytes(off int64, n int) ([]byte, error) {
	if off < 0 || n < 0 || n > maxWindow {
		return nil, io.EOF
	}
	if err := r.ctx.Err(); err != nil {
		return nil, err
	}
	r.keepFrom(off)
	var err error
	for len(r.window()) < n && err == nil {
		err = r.grow(n - len(r.window()))
	}
	if b := r.window(); len(b) < n {
		return b, err
	}
	return r.window()[:n:n], nil
}

func (r *Reader) window() []byte { return r.store[r.from:] }

// keepFrom makes off the first byte of the window, keeping what is there of it.
func (r *Reader) keepFrom(off int64) {
	skip := off - r.base
	if skip < 0 || skip > int64(len(r.window())) {
		r.store, r.from = r.store[:0], 0
	} else {
		r.from += int(skip)
	}
	r.base = off
}

// grow appends the rest of the block that follows the window: of one that is
// still being fetched what has come, but so many bytes at least.
func (r *Reader) grow(least int) error {
	at := r.base + int64(len(r.window()))
	if r.end >= 0 && at >= r.end {
		return io.EOF
	}
	want := blockSize - int(at%blockSize)
	want = min(want, max(least, int(min(source.Reach(r.src, at)-at, blockSize))))
	r.makeRoom(want)
	have := len(r.store)
	n, err := r.src.ReadAt(r.ctx, r.store[have:have+want], at)
	r.store = r.store[:have+n]
	if n == want {
		return nil
	}
	if errors.Is(err, io.EOF) {
		r.end = at + int64(n)
		return io.EOF
	}
	if err == nil {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// makeRoom lets store take n more bytes: by moving the window to its front if
// that frees at least half of it, else by doubling it.
func (r *Reader) makeRoom(n int) {
	window := r.window()
	if len(r.store)+n <= cap(r.store) {
		return
	}
	if 2*(len(window)+n) > cap(r.store) {
		r.store = append(make([]byte, 0, 2*(len(window)+n)), window...)
	} else {
		r.store = r.store[:copy(r.store, window)]
	}
	r.from = 0
}
