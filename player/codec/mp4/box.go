package mp4

import (
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
	for len(b) >= 8 {
		size, head := uint64(binary.BigEndian.Uint32(b)), uint64(8)
		kind := string(b[4:8])
		switch {
		case size == 1 && len(b) >= 16:
			size, head = binary.BigEndian.Uint64(b[8:]), 16
		case size == 0:
			size = uint64(len(b))
		}
		if size < head || size > uint64(len(b)) {
			return
		}
		if !yield(box{kind, b[head:size]}) {
			return
		}
		b = b[size:]
	}
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
// read before it.
func readMovie(r *codec.Reader, start int64) (moov boxes, end int64, err error) {
	offset := start
	for range maxTopBoxes {
		head, err := r.Bytes(offset, 16)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, 0, err
		}
		if len(head) < 8 {
			return nil, 0, fmt.Errorf("%w: it ends before its movie box", codec.ErrDamaged)
		}
		size, headSize := int64(binary.BigEndian.Uint32(head)), int64(8)
		if size == 1 && len(head) == 16 {
			size, headSize = int64(binary.BigEndian.Uint64(head[8:])), 16
		}
		switch kind := string(head[4:8]); {
		case kind == "moof":
			return nil, 0, &codec.UnsupportedError{What: "a part of an MP4 file"}
		case kind == "moov" && size == 0:
			moov, err = readBody(r, offset+headSize, toTheEnd)
			return moov, offset + headSize + int64(len(moov)), err
		case kind == "moov":
			moov, err = readBody(r, offset+headSize, size-headSize)
			return moov, offset + size, err
		case size < headSize || size > 1<<60:
			return nil, 0, fmt.Errorf("%w: it has no movie box", codec.ErrDamaged)
		}
		offset += size
	}
	return nil, 0, fmt.Errorf("%w: it has too many boxes before its movie box", codec.ErrDamaged)
}

// toTheEnd stands for the size of a box that reaches to the end of the file.
const toTheEnd = -1

// readBody copies size bytes at offset, growing with what is really there.
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
		case errors.Is(err, io.EOF) && size == toTheEnd:
			return body, nil
		case errors.Is(err, io.EOF):
			return nil, fmt.Errorf("%w: its movie box is cut off", codec.ErrDamaged)
		case err != nil:
			return nil, err
		case len(body) > maxMovie:
			return nil, fmt.Errorf("%w: its movie box is too long", codec.ErrDamaged)
		}
	}
	return body, nil
}
