// Package media serves the co-op's files: audio as it was uploaded, previews of
// 45 seconds, and pictures in the sizes of the tracks API.
//
// Originals come from an [fs.FS], the seam at which a bucket can stand: its
// files must be able to seek. What is made from them, previews and scaled
// pictures, is made on first demand and kept in a cache folder that may be
// removed at any time. A [Library] may be used by several goroutines.
package media

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/ninth-coop/ninth/atomicfile"
)

// ErrNotSeekable means that a file system's files cannot be read from the
// middle, so that nothing can be served from it.
var ErrNotSeekable = errors.New("media: file cannot seek")

// Library is the co-op's media.
type Library struct {
	fsys   fs.FS
	cache  string
	flight singleflight.Group
}

// New opens a library over the originals in fsys, with the cache in that
// folder, which is created when something is first put there.
func New(fsys fs.FS, cache string) *Library {
	return &Library{fsys: fsys, cache: cache}
}

// File is an open file. The caller closes it.
type File struct {
	io.ReadSeekCloser
	Size int64 // bytes
}

type seekFile struct {
	io.ReadSeeker
	io.Closer
}

// Open opens an original by its path with slashes. Paths that lead out of the
// library do not exist.
func (l *Library) Open(path string) (*File, error) {
	f, err := l.fsys.Open(path)
	if err != nil {
		return nil, fmt.Errorf("media: opening: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("media: opening: %w", err), f.Close())
	}
	s, ok := f.(io.ReadSeeker)
	if !ok || info.IsDir() {
		return nil, errors.Join(ErrNotSeekable, f.Close())
	}
	return &File{seekFile{s, f}, info.Size()}, nil
}

// Stat tells about an original without opening it.
func (l *Library) Stat(path string) (fs.FileInfo, error) {
	info, err := fs.Stat(l.fsys, path)
	if err != nil {
		return nil, fmt.Errorf("media: looking for a file: %w", err)
	}
	return info, nil
}

// Time cuts a file's time to what a database keeps: milliseconds, and 1970 for
// file systems without times, such as files inside a program.
func Time(t time.Time) time.Time {
	if t.IsZero() {
		return time.UnixMilli(0).UTC()
	}
	return time.UnixMilli(t.UnixMilli()).UTC()
}

// Hash reads an original and returns its SHA-256 in lower-case hexadecimal.
func (l *Library) Hash(path string) (string, error) {
	f, err := l.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("media: reading: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Preview opens the preview of an MP4 audio file whose SHA-256 is known. whole
// is true when the file is no longer than a preview and is given as it is.
func (l *Library) Preview(path, sha256 string) (f *File, whole bool, err error) {
	f, err = l.made("preview-"+sha256+".m4a", func(w io.Writer) error {
		original, err := l.Open(path)
		if err != nil {
			return err
		}
		defer original.Close()
		return cutPreview(w, original)
	})
	if errors.Is(err, errShort) {
		f, err = l.Open(path)
		return f, true, err
	}
	return f, false, err
}

// made opens a file of the cache, and makes it first if it is not there. Of
// several askers one makes it. A file appears whole or not at all.
func (l *Library) made(name string, build func(io.Writer) error) (*File, error) {
	path := filepath.Join(l.cache, name)
	if f, err := openCached(path); err == nil {
		return f, nil
	}
	_, err, _ := l.flight.Do(name, func() (any, error) { return nil, l.build(path, build) })
	if err != nil {
		return nil, err
	}
	return openCached(path)
}

func openCached(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("media: opening cache: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("media: opening cache: %w", err), f.Close())
	}
	return &File{f, info.Size()}, nil
}

func (l *Library) build(path string, build func(io.Writer) error) error {
	if err := os.MkdirAll(l.cache, 0o700); err != nil {
		return fmt.Errorf("media: making cache: %w", err)
	}
	// A file with this name is taken for complete, even after a power cut.
	return atomicfile.Write(path, build)
}
