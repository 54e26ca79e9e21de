package hls

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"sort"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	// sizesAtOnce is how many lengths are asked for at the same time.
	sizesAtOnce = 6
	// sizesAhead is how many lengths are asked for in one go when a byte is
	// looked for.
	sizesAhead = 12
)

// File is a rendition as one file. It is safe for concurrent use. It learns
// the lengths of segments as they are asked for or read.
type File struct {
	get      Fetcher
	tag      string
	marks    []mark
	duration time.Duration
	joined   Joined

	mu     sync.Mutex // guards the fields below; not held while waiting
	pieces []piece
	told   bool // the server tells lengths
	keys   map[string][]byte
}

// piece is what is asked for at once: a segment, or several that lie behind
// each other in one resource.
type piece struct {
	url          *url.URL
	from, length int64 // of the resource; length -1 is all of it
	key          *Key
	size         int64 // in the file; -1 while it is not known
}

// mark is where a segment begins.
type mark struct {
	at    time.Duration
	piece int
	inner int64 // byte in the piece
}

// Open reads the playlist that answer holds, and of a master playlist the
// variant that Choose says. It does not close the answer.
func Open(ctx context.Context, get Fetcher, answer *Answer) (*File, error) {
	hash := sha256.New()
	read := func(from *Answer) (Playlist, error) {
		text, err := io.ReadAll(io.LimitReader(from.Body, maxPlaylist+1))
		if err != nil {
			return Playlist{}, err
		}
		fmt.Fprintf(hash, "%d %s\n%s\n%s", len(text), from.URL, from.Tag, text)
		return Parse(text, from.URL)
	}
	joined := answer.Joined
	p, err := read(answer)
	if err != nil {
		return nil, err
	}
	if len(p.Variants) > 0 {
		v, err := p.Choose()
		if err != nil {
			return nil, err
		}
		media, err := get.Fetch(ctx, v.URL, 0, 0)
		if err != nil {
			return nil, err
		}
		defer media.Body.Close() // only read from
		joined = media.Joined
		if p, err = read(media); err != nil {
			return nil, err
		}
	}
	if len(p.Segments) == 0 {
		return nil, fmt.Errorf("%w: a variant has no segments", ErrPlaylist)
	}
	f := &File{get: get, joined: joined, keys: map[string][]byte{}}
	f.join(p.Segments)
	f.tag = tagPrefix + hex.EncodeToString(hash.Sum(nil)[:16])
	if len(joined.SHA256) == sha256.Size {
		f.tag += "-" + hex.EncodeToString(joined.SHA256)
	}
	f.tag += `"`
	return f, nil
}

// tagPrefix begins a Tag.
const tagPrefix = `"hls-`

// IsTag tells whether an ETag is a Tag of this package.
func IsTag(etag string) bool { return strings.HasPrefix(etag, tagPrefix) }

// HashOf is the SHA-256 of a file by its Tag; nil if the server did not say it.
func HashOf(tag string) []byte {
	rest, ok := strings.CutPrefix(strings.TrimSuffix(tag, `"`), tagPrefix)
	_, text, said := strings.Cut(rest, "-")
	sum, err := hex.DecodeString(text)
	if !ok || !said || err != nil || len(sum) != sha256.Size {
		return nil
	}
	return sum
}

// join makes pieces of segments.
func (f *File) join(segments []Segment) {
	for _, s := range segments {
		last := len(f.pieces) - 1
		inner := int64(0)
		if last >= 0 && s.follows(f.pieces[last]) {
			p := &f.pieces[last]
			inner = p.length
			p.length += s.Length
			p.size = p.length
		} else {
			p := piece{url: s.URL, from: s.From, length: s.Length, key: s.Key, size: -1}
			if s.Key == nil {
				p.size = s.Length
			}
			f.pieces = append(f.pieces, p)
			last++
		}
		if s.Duration > 0 {
			f.marks = append(f.marks, mark{f.duration, last, inner})
		}
		f.duration += s.Duration
	}
}

func (s Segment) follows(p piece) bool {
	return s.Key == nil && p.key == nil && s.Length >= 0 && p.length >= 0 &&
		s.From == p.from+p.length && s.URL.String() == p.url.String()
}

// Tag tells versions of the file apart, in the form of a strong ETag.
func (f *File) Tag() string { return f.tag }

// Duration is how long the file is heard, as the playlist says.
func (f *File) Duration() time.Duration { return f.duration }

// Size is the length of the file in bytes, -1 while it is not known.
func (f *File) Size() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if at, _ := f.startOf(len(f.pieces)); at >= 0 || f.joined.Size == 0 {
		return at
	}
	return f.joined.Size
}

// startOf is the byte at which a piece begins; -1, and the first piece whose
// length is missing for it, if that is not known. f.mu is held.
func (f *File) startOf(n int) (at int64, missing int) {
	for i, p := range f.pieces[:n] {
		if p.size < 0 {
			return -1, i
		}
		at += p.size
	}
	return at, n
}

// Ranged reports whether the file can be read from anywhere, as far as is known.
func (f *File) Ranged() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if at, _ := f.startOf(len(f.pieces)); at >= 0 {
		return true
	}
	return f.told
}

// Place is the byte at which the segment begins that is heard at t, and when that
// is, by the durations that the playlist tells. ok is false
// where the lengths of those before cannot be had.
func (f *File) Place(ctx context.Context, t time.Duration) (off int64, begins time.Duration, ok bool, err error) {
	if len(f.marks) == 0 {
		return 0, 0, false, nil
	}
	n := max(sort.Search(len(f.marks), func(i int) bool { return f.marks[i].at > t })-1, 0)
	m := f.marks[n]
	if ok, err := f.measure(ctx, m.piece); !ok || err != nil {
		return 0, 0, false, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	off, _ = f.startOf(m.piece)
	return off + m.inner, m.at, true, nil
}

// measure finds out the lengths of the first n pieces; false if the server
// does not tell them.
func (f *File) measure(ctx context.Context, n int) (bool, error) {
	missing := f.unmeasured(n)
	if len(missing) == 0 {
		return true, nil
	}
	// The first failure ends the others, and is the one that is told.
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(sizesAtOnce)
	for _, i := range missing {
		g.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			size, err := f.sizeOf(ctx, f.piece(i))
			if err == nil && size < 0 {
				err = errUntold
			}
			if err == nil {
				err = f.learn(i, size)
			}
			return err
		})
	}
	err := g.Wait()
	if errors.Is(err, errUntold) {
		return false, nil
	}
	return err == nil, err
}

// piece is what is known of a piece by now.
func (f *File) piece(i int) piece {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.pieces[i]
}

// sizeOf asks how long a piece is; -1 if the server does not say.
func (f *File) sizeOf(ctx context.Context, p piece) (int64, error) {
	if p.key != nil {
		return f.sealedSize(ctx, p)
	}
	return f.get.Size(ctx, p.url)
}

// errUntold: the server does not say how long a segment is.
var errUntold = errors.New("hls: the length of a segment is not told")

// unmeasured lists those of the first n pieces whose length is not known.
func (f *File) unmeasured(n int) (missing []int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, p := range f.pieces[:n] {
		if p.size < 0 {
			missing = append(missing, i)
		}
	}
	return missing
}

// learn takes note of the length of a piece that the server tells.
func (f *File) learn(i int, size int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.measured(i, size); err != nil {
		return err
	}
	f.told = true
	return nil
}

// measured takes note of the length of a piece, under the lock.
func (f *File) measured(i int, size int64) error {
	p := &f.pieces[i]
	if p.size >= 0 && p.size != size {
		return ErrChanged
	}
	p.size = size
	return nil
}

// locate finds the piece that holds byte off: the number of pieces if the
// file ends there or before. ok is false if that cannot be told.
func (f *File) locate(ctx context.Context, off int64) (i int, inner int64, ok bool, err error) {
	for {
		i, inner, missing := f.holding(off)
		if missing < 0 {
			return i, inner, true, nil
		}
		ok, err := f.measure(ctx, min(missing+sizesAhead, len(f.pieces)))
		if err != nil || !ok {
			return 0, 0, false, err
		}
	}
}

// holding is locate by what is known; missing is the first piece whose length
// would have to be, or -1.
func (f *File) holding(off int64) (i int, inner int64, missing int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, p := range f.pieces {
		if off == 0 || p.size >= 0 && off < p.size {
			return i, off, -1
		}
		if p.size < 0 {
			return 0, 0, i
		}
		off -= p.size
	}
	return len(f.pieces), 0, -1
}

// key fetches the key of a piece, once.
func (f *File) key(ctx context.Context, k *Key) ([]byte, error) {
	address := k.URL.String()
	f.mu.Lock()
	known := f.keys[address]
	f.mu.Unlock()
	if known != nil {
		return known, nil
	}
	answer, err := f.get.Fetch(ctx, k.URL, 0, 0)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close() // only read from
	if !strings.EqualFold(answer.URL.Host, k.URL.Host) || answer.URL.Scheme != k.URL.Scheme {
		return nil, &UnsupportedError{"an HLS key from another host"}
	}
	key, err := io.ReadAll(io.LimitReader(answer.Body, keySize+1))
	if err != nil {
		return nil, err
	}
	if len(key) != keySize {
		return nil, fmt.Errorf("%w: it has %d bytes", ErrKey, len(key))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.keys[address] = key
	return key, nil
}
