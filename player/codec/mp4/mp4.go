// Package mp4 decodes AAC-LC and ALAC in MP4 files (.m4a, ISO/IEC 14496-12 and
// -14).
//
// The demuxer reads the movie box only, wherever it lies, and looks packets up
// in its tables as they are needed; nothing is allocated by a count that the
// file claims. A file whose movie box comes first plays while it downloads.
//
// A fragmented file, or the segments of HLS behind their initialisation
// section, is walked fragment by fragment. A seek goes by the index of the
// file (sidx), by what the source knows of its segments, or walks. Where a
// fragment is missing there is silence of its length; where time jumps, as at
// the joint of two recordings, the sound goes on.
//
// One packet at a time goes to the decoder. The length is exact where the
// file says what the encoder added: see trim.go.
package mp4

import (
	"context"
	"encoding/binary"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/source"
)

// Entry is the format for a codec.Registry.
func Entry() codec.Entry { return codec.Entry{Name: "MP4", Match: Match, Open: Open} }

// Match recognises the box that MP4 files begin with, by its name or by what
// follows it.
func Match(head []byte) bool {
	for range 2 {
		if len(head) < 8 {
			return false
		}
		switch string(head[4:8]) {
		case "ftyp", "moov":
			return true
		case "mdat", "free", "skip", "wide": // QuickTime files need not have ftyp
			return head[0] == 0
		}
		size := binary.BigEndian.Uint32(head)
		if size < 8 || size > uint32(len(head)) {
			return false
		}
		head = head[size:]
	}
	return false
}

// Open reads the movie box and picks the first sound track that can be
// decoded; see codec.Opener.
func Open(ctx context.Context, src source.Source) (codec.Decoder, error) {
	start, err := codec.AudioStart(ctx, src)
	if err != nil {
		return nil, err
	}
	r := codec.NewReader(ctx, src)
	moov, end, err := readMovie(r, start)
	if err != nil {
		return nil, err
	}
	t, err := pickTrack(moov)
	if err != nil {
		mended := mend(moov)
		if mended == nil {
			return nil, err
		}
		if t, err = pickTrack(mended); err != nil {
			return nil, err
		}
	}
	t.sound.format.Gains = readGains(moov)
	p := &packets{r: r, table: &t.table, base: start, sound: t.sound}
	trim := t.trim()
	if t.fragmented {
		f := newFragments(r, start, end, t)
		total, err := f.measure(t.fragmentDelay())
		if err != nil {
			return nil, err
		}
		if f.any() {
			p.table, trim = f, t.trimFragments(total)
		}
	}
	return codec.FromPackets(t.sound.format, trim, p), nil
}
