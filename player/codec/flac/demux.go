package flac

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"

	"github.com/ninth-coop/ninth/player/codec"
)

// packet is one frame of the stream, or a gap where frames were lost.
type packet struct {
	start   int64 // sample that it begins with
	samples int64
	data    []byte // the whole frame, valid until the next read; nil for a gap
	header  frameHeader
}

// demuxer walks the frames of a stream in order.
type demuxer struct {
	r       *codec.Reader
	info    streamInfo
	audio   int64 // byte offset of the first frame
	maxSize int   // bytes, no frame is longer
	points  []seekPoint
	index   index

	offset   int64 // where the next frame should begin
	expected int64 // the sample that it should begin with
	base     int64 // number of the first sample: not 0 in a stream cut from a longer one
}

const (
	// scanStep is how many more bytes are asked for while a frame's end is
	// not in sight.
	scanStep = 8 << 10
	// maxJump bounds, in seconds, the silence that a frame number may call
	// for in a stream whose length is not known.
	maxJump = 60
	// resyncBudget bounds the bytes looked at to get past one damage, so that
	// a file made of false frame headers cannot occupy the player for ever.
	resyncBudget = 256 << 20
)

func newDemuxer(r *codec.Reader, m metadata) *demuxer {
	i := m.info
	// A frame is never longer than its samples stored verbatim, with one bit
	// more for a side channel, and some bytes of headers per channel.
	maxSize := i.maxBlock*i.channels*(i.bits+1)/8 + i.channels*64 + 1024
	return &demuxer{r: r, info: i, audio: m.audio, maxSize: maxSize, points: m.points,
		offset: m.audio, index: newIndex(seekPoint{0, m.audio}, int64(i.rate/2))}
}

// next returns the next frame or gap, io.EOF at the end of the stream.
func (d *demuxer) next() (packet, error) {
	for {
		h, data, err := d.frameAt(d.offset)
		if err == nil && d.isFirst() && (d.info.frames == 0 || !d.plausible(h.start)) {
			d.base = h.start
		}
		if errors.Is(err, errNoFrame) || err == nil && !d.plausible(h.start) {
			if d.offset, _, err = d.resync(d.offset, d.plausible); err != nil {
				return packet{}, err
			}
			continue
		} else if err != nil {
			return packet{}, err
		}
		start := h.start - d.base
		if start > d.expected { // frames are missing: their silence first
			gap := packet{start: d.expected, samples: start - d.expected}
			d.expected = start
			return gap, nil
		}
		offset := d.offset
		d.offset += int64(len(data))
		if start < d.expected { // heard already
			continue
		}
		d.index.add(seekPoint{start, offset})
		d.expected = start + int64(h.samples)
		return packet{start: start, samples: int64(h.samples), data: data, header: h}, nil
	}
}

// isFirst tells whether next begins with the first frame of the file.
func (d *demuxer) isFirst() bool { return d.offset == d.audio && d.expected == 0 }

// errNoFrame: no frame begins here, or it has no recognisable end.
var errNoFrame = errors.New("flac: no frame")

// frameAt returns the frame that begins at byte offset. A frame whose
// checksum is wrong is returned if its end is certain, because the next frame
// follows it; decoding will fail and give silence.
func (d *demuxer) frameAt(offset int64) (frameHeader, []byte, error) {
	b, err := d.r.Bytes(offset, maxHeaderSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return frameHeader{}, nil, err
	}
	if len(b) == 0 {
		return frameHeader{}, nil, io.EOF
	}
	h, ok := parseHeader(b, d.info)
	if !ok {
		return frameHeader{}, nil, errNoFrame
	}
	data, err := d.upToEnd(offset, h)
	return h, data, err
}

// upToEnd returns the bytes of the frame at offset whose header is h.
func (d *demuxer) upToEnd(offset int64, h frameHeader) ([]byte, error) {
	var sum uint16
	pos := 0 // sum is the checksum of b[:pos]
	for n := scanStep; ; n += scanStep {
		b, err := d.r.Bytes(offset, n)
		atEnd := errors.Is(err, io.EOF)
		if err != nil && !atEnd {
			return nil, err
		}
		for {
			at := nextSync(b, max(pos, h.size))
			if at < 0 || len(b)-at < maxHeaderSize && !atEnd {
				break
			}
			sum, pos = crc16(sum, b[pos:at]), at
			if follows, ok := parseHeader(b[at:], d.info); ok && (sum == 0 || follows.start == h.start+int64(h.samples)) {
				return b[:at], nil
			}
			sum, pos = crc16(sum, b[pos:pos+1]), pos+1
		}
		if !atEnd && len(b) <= d.maxSize+maxHeaderSize {
			continue
		}
		if whole, ok := soundPrefix(b, h); ok {
			return whole, nil
		}
		if atEnd {
			return b, nil
		}
		return nil, errNoFrame
	}
}

// nextSync is the index of the next sync code at or after from, -1 if none.
// One in the very last byte counts as none.
func nextSync(b []byte, from int) int {
	for from < len(b)-1 {
		i := bytes.IndexByte(b[from:len(b)-1], syncFirst)
		if i < 0 {
			return -1
		}
		if from += i; b[from+1]&syncMask == syncSecond {
			return from
		}
		from++
	}
	return -1
}

// maxTries bounds how many possible ends of a frame are tried.
const maxTries = 64

// soundPrefix finds the end of the frame that b begins with where no frame
// follows it: before an ID3v1 tag at the end of the file, or before a frame
// whose header is damaged. That end is where the checksum is right, which one
// place in 65,536 is by chance, and the frame can be decoded.
func soundPrefix(b []byte, h frameHeader) ([]byte, bool) {
	var decoder frameDecoder
	var sum uint16
	tries := 0
	for i := range b {
		sum = crc16(sum, b[i:i+1])
		if sum != 0 || i < h.size+2 {
			continue
		}
		if _, err := decoder.decode(b[:i+1], h); err == nil {
			return b[:i+1], true
		}
		if tries++; tries == maxTries {
			break
		}
	}
	return nil, false
}

// resync finds the first sound frame after byte offset from: one whose
// checksum is right and whose number is accepted.
func (d *demuxer) resync(from int64, accept func(number int64) bool) (int64, frameHeader, error) {
	budget := int64(resyncBudget)
	for budget > 0 {
		from++
		b, err := d.r.Bytes(from, scanStep)
		if len(b) < 2 || err != nil && !errors.Is(err, io.EOF) {
			return 0, frameHeader{}, cmp.Or(err, io.EOF)
		}
		at := nextSync(b, 0)
		if at < 0 {
			from += int64(len(b)) - 2
			budget -= int64(len(b))
			continue
		}
		from += int64(at)
		budget -= int64(at + 1)
		if _, ok := parseHeader(b[at:], d.info); !ok && len(b)-at >= maxHeaderSize {
			continue
		}
		budget -= int64(d.maxSize) // at worst, as far as a frame's end is looked for
		h, data, err := d.frameAt(from)
		if errors.Is(err, errNoFrame) {
			continue
		} else if err != nil {
			return 0, frameHeader{}, err
		}
		if crc16(0, data) == 0 && accept(h.start) {
			return from, h, nil
		}
	}
	return 0, frameHeader{}, fmt.Errorf("%w: no sound frame can be found in it", codec.ErrDamaged)
}

// possible tells whether the stream can have a frame with the given number.
func (d *demuxer) possible(number int64) bool {
	start := number - d.base
	return start >= 0 && (d.info.frames == 0 || start < d.info.frames)
}

// plausible tells whether a frame with the given number can come next.
func (d *demuxer) plausible(number int64) bool {
	jump := number - d.base - d.expected
	return d.possible(number) && (d.info.frames > 0 || jump <= maxJump*int64(d.info.rate))
}
