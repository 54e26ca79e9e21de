// Package adts decodes AAC-LC in ADTS framing (ISO/IEC 13818-7, annex A): the
// .aac files and the packed audio of HLS.
//
// ADTS frames say neither where they are nor how many there are. So the length
// is known only when the end was reached, and a seek walks the headers from
// the nearest frame whose place is known; those are kept as they are met. Where
// walking would wait for bytes, it goes to where the frame should be by the
// average size of those before, and says that it guessed.
// In packed audio, the ID3 tag that begins each segment tells its time: with
// what the source knows of its segments, such a seek is exact.
//
// Every frame of the file is heard: ADTS cannot say what the encoder added.
package adts

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/source"
)

// Entry is the format for a codec.Registry.
func Entry() codec.Entry { return codec.Entry{Name: "ADTS", Match: Match, Open: Open} }

// Match recognises two frames in a row, or one that is all of the track, since
// a sync code of twelve bits alone turns up by chance. Behind other bytes, such
// as damage leaves, it wants four.
func Match(head []byte) bool {
	_, ok := findFirst(head)
	return ok
}

// findFirst is where the first frame begins in head, the first bytes of a track.
func findFirst(head []byte) (at int, ok bool) {
	if inRow(head, 2) {
		return 0, true
	}
	for at := 1; at+headerSize <= len(head); at++ {
		if head[at] == 0xFF && inRow(head[at:], 4) {
			return at, true
		}
	}
	return 0, false
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
	}
	return true
}

// searched is how many bytes of the track the first frame is looked for in:
// what a Registry shows to Match.
const searched = 4 << 10

// Open reads the first frame header; see codec.Opener.
func Open(ctx context.Context, src source.Source) (codec.Decoder, error) {
	start, err := codec.AudioStart(ctx, src)
	if err != nil {
		return nil, err
	}
	r := codec.NewReader(ctx, src)
	b, err := r.Bytes(start, searched)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	at, ok := findFirst(b)
	if !ok {
		return nil, fmt.Errorf("%w: it does not begin with a frame", codec.ErrDamaged)
	}
	h, _ := parseHeader(b[at:])
	start += int64(at)
	first, err := r.Bytes(start, h.size)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	dec, config, err := Frame{h}.NewDecoder(first)
	if err != nil {
		return nil, err
	}
	p := newPackets(r, start, h, config.Rate, dec)
	if _, stamp, err := codec.InnerTags(r, 0); err != nil {
		return nil, err
	} else if stamp >= 0 {
		p.stamps.Learn(0, stamp)
	}
	return codec.FromPackets(codec.Format{
		Codec:      "AAC-LC",
		SampleRate: beep.SampleRate(config.Rate),
		Channels:   config.Channels,
	}, codec.Trim{Length: -1}, p), nil
}
