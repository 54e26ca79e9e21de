package mp4

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/ninth-coop/ninth/player/codec"
)

const (
	// maxTopBoxes bounds the walk to the movie box.
	maxTopBoxes = 256
	// maxMovie bounds the movie box in bytes. The tables of a ten-hour book
	// take 8 MiB, and a cover is seldom over 5.
	maxMovie = 32 << 20
	// readStep is how much of the movie box is asked for at a time.
	readStep = 64 << 10
)

// box is one box of the movie: its type and its content.
type box struct {
	kind string
	body []byte
}

// boxes are the content of a container box, walked on demand, so that depth
// is bounded by the code that descends and not by the file.
type boxes []byte

// all yields the boxes in order. A box that claims more than there is ends
// the walk: what precedes it is still good.
func (b boxes) all(yield func(box) bool) {
	for {
		first, rest, ok := b.split()
		if !ok || !yield(first) {
			return
		}
		b = rest
	}
}

// split takes the first box off; false if there is no whole one.
func (b boxes) split() (first box, rest boxes, ok bool) {
	if len(b) < 8 {
		return box{}, nil, false
	}
	size, head := uint64(binary.BigEndian.Uint32(b)), uint64(8)
	switch {
	case size == 1 && len(b) >= 16:
		size, head = binary.BigEndian.Uint64(b[8:]), 16
	case size == 0:
		size = uint64(len(b))
	}
	if size < head || size > uint64(len(b)) {
		return box{}, nil, false
	}
	return box{string(b[4:8]), b[head:size]}, b[size:], true
}

// find returns the content of the first box on the path, nil if there is none.
func (b boxes) find(path ...string) boxes {
	for _, kind := range path {
		found := boxes(nil)
		for child := range b.all {
			if child.kind == kind {
				found = boxes(child.body)
				break
			}
		}
		if b = found; b == nil {
			return nil
		}
	}
	return b
}

// full strips the version and flags of a full box.
func (b boxes) full() (version byte, body []byte) {
	if len(b) < 4 {
		return 0, nil
	}
	return b[0], b[4:]
}

// readMovie finds the movie box among the top-level boxes from byte start on
// and returns its content, and the byte behind it. Nothing but box headers is
// read before it, unless the way to it is damaged.
func readMovie(r *codec.Reader, start int64) (moov boxes, end int64, err error) {
	at, size, err := findMovie(r, start)
	if errors.Is(err, codec.ErrDamaged) {
		var found bool
		if at, size, found, err = searchMovie(r, start, err); !found {
			return nil, 0, err
		}
	}
	if err != nil {
		return nil, 0, err
	}
	if moov, err = readBody(r, at, size); err != nil {
		return nil, 0, err
	}
	moov = moov.movie()
	return moov, at + int64(len(moov)), nil
}

// findMovie walks to the movie box. It returns where its content begins and how
// long it is.
func findMovie(r *codec.Reader, start int64) (at, size int64, err error) {
	offset := start
	for range maxTopBoxes {
		head, err := r.Bytes(offset, 16)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, 0, err
		}
		if len(head) < 8 {
			return 0, 0, fmt.Errorf("%w: it ends before its movie box", codec.ErrDamaged)
		}
		size, headSize := int64(binary.BigEndian.Uint32(head)), int64(8)
		if size == 1 && len(head) == 16 {
			size, headSize = int64(binary.BigEndian.Uint64(head[8:])), 16
		}
		switch kind := string(head[4:8]); {
		case kind == "moof":
			return 0, 0, &codec.UnsupportedError{What: "a part of an MP4 file"}
		case kind == "moov" && size == 0:
			return offset + headSize, toTheEnd, nil
		case kind == "moov":
			return offset + headSize, size - headSize, nil
		case size < headSize || size > 1<<60:
			return 0, 0, fmt.Errorf("%w: it has no movie box", codec.ErrDamaged)
		}
		offset += size
	}
	return 0, 0, fmt.Errorf("%w: it has too many boxes before its movie box", codec.ErrDamaged)
}

// searchMovie looks for the movie box in all bytes of a file that are here,
// where the walk to it failed with an error: it is the box named so that the
// movie's own header follows.
func searchMovie(r *codec.Reader, start int64, why error) (at, size int64, found bool, err error) {
	end := r.Size()
	if end < 0 || !r.Here(start, end) {
		return 0, 0, false, why
	}
	const pair = 16 // bytes from the name of the one box to the end of the other's
	for offset := start; offset < end; offset += readStep - pair {
		b, err := r.Bytes(offset, int(min(readStep, end-offset)))
		if err != nil {
			return 0, 0, false, err
		}
		for from := 4; ; {
			i := bytes.Index(b[min(from, len(b)):], []byte("moov"))
			if i < 0 {
				break
			}
			if i += from; len(b) >= i+12 && string(b[i+8:i+12]) == "mvhd" {
				return offset + int64(i) + 4, int64(binary.BigEndian.Uint32(b[i-4:])) - 8, true, nil
			}
			from = i + 4
		}
	}
	return 0, 0, false, why
}

// movie is the movie box's content without boxes behind it that its size, being
// wrong, takes in.
func (b boxes) movie() boxes {
	for left := b; ; {
		first, rest, ok := left.split()
		switch {
		case !ok:
			return b
		case first.kind == "moof" || first.kind == "mdat" || first.kind == "sidx" || first.kind == "styp":
			return b[:len(b)-len(left)]
		}
		left = rest
	}
}

// toTheEnd stands for the size of a box that reaches to the end of the file.
const toTheEnd = -1

// readBody copies size bytes at offset, growing with what is really there; fewer
// if the file ends before.
func readBody(r *codec.Reader, offset, size int64) ([]byte, error) {
	if size != toTheEnd && (size < 0 || size > maxMovie) {
		return nil, fmt.Errorf("%w: its movie box claims %d bytes", codec.ErrDamaged, size)
	}
	var body []byte
	for size == toTheEnd || int64(len(body)) < size {
		n := int64(readStep)
		if size != toTheEnd {
			n = min(n, size-int64(len(body)))
		}
		b, err := r.Bytes(offset+int64(len(body)), int(n))
		body = append(body, b...)
		switch {
		case errors.Is(err, io.EOF):
			return body, nil
		case err != nil:
			return nil, err
		case len(body) > maxMovie:
			return nil, fmt.Errorf("%w: its movie box is too long", codec.ErrDamaged)
		}
	}
	return body, nil
}
