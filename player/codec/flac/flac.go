// Package flac decodes FLAC (RFC 9639): 4 to 32 bits, up to 8 channels, any
// sample rate.
//
// The demuxer here finds the frames, by their sync code and both checksums,
// and knows where each begins; the decoder sees one whole frame at a time. So a
// damaged frame is silence of its length and the next one is found again; a
// seek needs no seek table, because frame headers carry their position and
// can be bisected; and nothing but the frames that are heard has to be there.
package flac

import (
	"bytes"
	"context"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/source"
)

// Entry is the format for a codec.Registry.
func Entry() codec.Entry { return codec.Entry{Name: "FLAC", Match: Match, Open: Open} }

// marker begins every native FLAC stream.
const marker = "fLaC"

// Match recognises the marker.
func Match(head []byte) bool { return bytes.HasPrefix(head, []byte(marker)) }

// Open reads the metadata up to the first frame; see codec.Opener.
func Open(ctx context.Context, src source.Source) (codec.Decoder, error) {
	start, err := codec.AudioStart(ctx, src)
	if err != nil {
		return nil, err
	}
	r := codec.NewReader(ctx, src)
	m, err := readMetadata(r, start)
	if err != nil {
		return nil, err
	}
	if b, err := r.Bytes(m.audio, maxHeaderSize); err == nil {
		m.info.agree(b)
	}
	length := m.info.frames
	if length == 0 {
		length = -1
	}
	return codec.FromPackets(codec.Format{
		Codec:      "FLAC",
		SampleRate: beep.SampleRate(m.info.rate),
		Channels:   m.info.channels,
		BitDepth:   m.info.bits,
		Lossless:   true,
		Gains:      m.gains,
	}, codec.Trim{Length: length}, newPackets(r, m)), nil
}
