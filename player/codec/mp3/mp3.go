// Package mp3 decodes MPEG audio Layer III: version 1 (ISO/IEC 11172-3), the
// low sampling frequencies of version 2 (ISO/IEC 13818-3) and the extension to
// half of those that is called version 2.5.
//
// The demuxer finds frames by two headers in a row, steps over tags, and keeps
// an index that grows as the stream is walked. A seek beyond it jumps where the
// bit rate is constant, and walks headers where it is not; if those are still to
// be downloaded it goes to where the frame should be, and says that it guessed.
// In packed audio (HLS), the ID3 tag that begins each segment tells its time:
// with what the source knows of its segments, such a seek is exact.
// Main data may begin in earlier frames (the bit reservoir), and transforms
// overlap, so a seek feeds the decoder from some frames before the wanted one:
// what follows is exactly what an uninterrupted decode gives.
//
// What the encoder put around the sound is left out where the file tells: by
// LAME's tag or the comment of iTunes. Without either nothing is left out. The
// length is that of the Xing or VBRI tag; without one it is known at the end.
//
// The decoder computes in float64. Its order is that of the standard's figure
// A.7: Huffman decoding, requantisation, joint stereo, reordering, alias
// reduction, inverse MDCT, polyphase synthesis.
package mp3

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/source"
)

// Entry is the format for a codec.Registry. Its signature is weak, so it
// belongs behind the others.
func Entry() codec.Entry { return codec.Entry{Name: "MP3", Match: Match, Open: Open} }

// Match recognises two frames in a row, or one that is all of the track, since
// a sync code of eleven bits alone turns up by chance. Behind other bytes, such
// as what a bad tag leaves, it wants three.
func Match(head []byte) bool {
	_, _, ok := findFirst(head)
	return ok
}

// findFirst is the first frame in head, the first bytes of a track.
func findFirst(head []byte) (at int, h header, ok bool) {
	if h, ok := parseHeader(head); ok && (h.freeFormat() && repeats(head) || inRow(head, 2)) {
		return 0, h, true
	}
	for at := 1; at+headerSize <= len(head); at++ {
		if inRow(head[at:], 3) {
			h, _ := parseHeader(head[at:])
			return at, h, true
		}
	}
	return 0, header{}, false
}

// inRow tells whether b begins with n frames of one stream, or with fewer that
// are all of it.
func inRow(b []byte, n int) bool {
	first, ok := parseHeader(b)
	for range n {
		h, next := parseHeader(b)
		if !ok || !next || !h.kin(first) {
			return false
		}
		if len(b) <= h.size {
			return len(b) == h.size
		}
		b = b[h.size:]
		if len(b) < headerSize {
			return false
		}
	}
	return true
}

// repeats tells whether the free-format header that b begins with comes again,
// but for its padding bit and what joint stereo does.
func repeats(b []byte) bool {
	for at := headerSize; at+headerSize <= len(b); at++ {
		if b[at] == b[0] && b[at+1] == b[1] && b[at+2]&^2 == b[2]&^2 && b[at+3]&^0x30 == b[3]&^0x30 {
			return true
		}
	}
	return false
}

// searched is how many bytes of the track the first frame is looked for in:
// what a Registry shows to Match.
const searched = 4 << 10

// Open reads the first frames; see codec.Opener.
func Open(ctx context.Context, src source.Source) (codec.Decoder, error) {
	r := codec.NewReader(ctx, src)
	tag, err := readID3(ctx, r)
	if err != nil {
		return nil, err
	}
	start, err := codec.AudioStart(ctx, src)
	if err != nil {
		return nil, err
	}
	head, err := r.Bytes(start, searched)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	at, h, ok := findFirst(head)
	if !ok {
		return nil, fmt.Errorf("%w: it does not begin with a frame", codec.ErrDamaged)
	}
	if h.freeFormat() {
		return nil, &codec.UnsupportedError{What: "free-format MP3"}
	}
	return open(r, head[at:], start+int64(at), h, tag)
}

// open returns a decoder for the stream whose first frame, with the header h,
// begins at start and is what head begins with.
func open(r *codec.Reader, head []byte, start int64, h header, written id3) (codec.Decoder, error) {
	trim := codec.Trim{Length: -1}
	tag, tagged := parseInfo(head[:min(h.size, len(head))], h)
	if tagged {
		size := r.Size()
		if size >= 0 {
			size -= start
		}
		start += int64(h.size)
		head = head[min(h.size, len(head)):]
		if tag.plausible(h, size) {
			trim.Length = tag.length(h)
		}
	}
	switch {
	case tag.gapless:
		trim.Delay = tag.delay + decoderDelay
	case written.trimmed.delay >= 0:
		trim = codec.Trim{Delay: written.trimmed.delay + decoderDelay, Length: written.trimmed.length}
	}
	gains := written.gains
	if gains == (codec.Gains{}) {
		gains = tag.gains
	}
	p := newPackets(r, start, h)
	if _, stamp, err := codec.InnerTags(r, 0); err != nil {
		return nil, err
	} else if stamp >= 0 {
		p.stamps.Learn(0, stamp)
	}
	p.variable = tag.variable
	if tag.plausible(h, -1) {
		p.total = tag.frames
	}
	if next, ok := parseHeader(head); ok && next.protected && len(head) >= next.mainStart() {
		p.dec.checked = next.checksumHolds(head)
	}
	return codec.FromPackets(codec.Format{
		Codec:      "MP3",
		SampleRate: beep.SampleRate(h.rate),
		Channels:   h.channels,
		Gains:      gains,
	}, trim, p), nil
}
