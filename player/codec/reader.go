package codec

import (
	"context"
	"errors"
	"io"

	"github.com/ninth-coop/ninth/player/source"
)

const (
	// blockSize is the unit of reading. Small, so that a decoder starts with
	// the first bytes of a download and never waits for many it does not need
	// yet; a block is 8 ms of a 2 MB/s line.
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
	ctx  context.Context
	src  source.Source
	base int64  // offset of buf[0]
	buf  []byte // a stretch of the track
	end  int64  // the track's size, once a read has met it; else -1
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
	for int64(len(r.buf)) < int64(n) && err == nil {
		err = r.grow()
	}
	if len(r.buf) >= n {
		return r.buf[:n], nil
	}
	return r.buf, err
}

// keepFrom makes off the first byte of buf, keeping what is there of it.
func (r *Reader) keepFrom(off int64) {
	skip := off - r.base
	if skip < 0 || skip > int64(len(r.buf)) {
		r.buf, r.base = r.buf[:0], off
		return
	}
	// The slice is advanced without moving bytes; grow moves them when it has
	// to make room anyway.
	r.buf, r.base = r.buf[skip:], off
}

// grow appends the rest of the block that follows buf.
func (r *Reader) grow() error {
	at := r.base + int64(len(r.buf))
	if r.end >= 0 && at >= r.end {
		return io.EOF
	}
	want := blockSize - int(at%blockSize)
	have := len(r.buf)
	if cap(r.buf)-have < want {
		bigger := make([]byte, have, 2*have+2*blockSize)
		copy(bigger, r.buf)
		r.buf = bigger
	}
	n, err := r.src.ReadAt(r.ctx, r.buf[have:have+want], at)
	r.buf = r.buf[:have+n]
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
