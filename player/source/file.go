package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
)

// OpenFile returns the bytes of a local file. The file is not expected to
// change while it is open.
func OpenFile(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("source: %w", err) // *fs.PathError names the file
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a file: %w", path, fs.ErrInvalid)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("source: %w", err), f.Close())
	}
	return &File{file: f, size: info.Size()}, nil
}

// File is a source whose bytes are all on this machine.
type File struct {
	file *os.File
	size int64
}

// ReadAt implements Source. It blocks only on the disk.
func (f *File) ReadAt(ctx context.Context, p []byte, off int64) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	n, err := f.file.ReadAt(p, off)
	switch {
	case err == nil || errors.Is(err, io.EOF):
		return n, err
	case errors.Is(err, fs.ErrClosed):
		return n, ErrClosed
	}
	return n, fmt.Errorf("source: %w", err)
}

// Size implements Source; it is always known.
func (f *File) Size() (int64, bool) { return f.size, true }

// Close implements Source.
func (f *File) Close() error {
	if err := f.file.Close(); err != nil && !errors.Is(err, fs.ErrClosed) {
		return fmt.Errorf("source: %w", err)
	}
	return nil
}

// FromBytes returns a source over b, which must not change while it is in use.
func FromBytes(b []byte) *Bytes { return &Bytes{data: b} }

// Bytes is a source in memory.
type Bytes struct {
	data   []byte
	closed atomic.Bool
}

// ReadAt implements Source. It never blocks.
func (b *Bytes) ReadAt(ctx context.Context, p []byte, off int64) (int, error) {
	switch {
	case b.closed.Load():
		return 0, ErrClosed
	case ctx.Err() != nil:
		return 0, ctx.Err()
	}
	return bytes.NewReader(b.data).ReadAt(p, off)
}

// Size implements Source; it is always known.
func (b *Bytes) Size() (int64, bool) { return int64(len(b.data)), true }

// Close implements Source.
func (b *Bytes) Close() error {
	b.closed.Store(true)
	return nil
}
