// Package vorbis plays Ogg Vorbis: the container is package ogg, one packet at
// a time goes to the decoder.
//
// The set-up header describes most of the decoder: its Huffman codes, vectors,
// floors and residues (setup.go). What it may ask for is bounded. A packet is
// decoded in 32-bit floats (decode.go). The length is exact: the first packet gives no frames, and the
// granule position of the last page says where the encoder's padding begins.
package vorbis

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/ogg"
	"github.com/ninth-coop/ninth/player/source"
)

// identification is how the first packet of a stream begins.
const identification = "\x01vorbis"

// Entry is the format for a codec.Registry.
func Entry() codec.Entry {
	return codec.Entry{Name: "Ogg Vorbis", Match: ogg.Match(identification), Open: Open}
}

// Open reads the three headers of the stream; see codec.Opener.
func Open(ctx context.Context, src source.Source) (codec.Decoder, error) {
	return ogg.Open(ctx, src, begin)
}

const (
	maxChannels = 8
	// maxRate is twice the highest rate that converters offer.
	maxRate = 768000
)

// speakers are the channels in the order of Vorbis I, §4.3.9.
var speakers = [maxChannels + 1][]codec.Speaker{
	1: {codec.FrontCentre},
	2: {codec.FrontLeft, codec.FrontRight},
	3: {codec.FrontLeft, codec.FrontCentre, codec.FrontRight},
	4: {codec.FrontLeft, codec.FrontRight, codec.BackLeft, codec.BackRight},
	5: {codec.FrontLeft, codec.FrontCentre, codec.FrontRight, codec.BackLeft, codec.BackRight},
	6: {codec.FrontLeft, codec.FrontCentre, codec.FrontRight, codec.BackLeft, codec.BackRight, codec.LowFrequency},
	7: {codec.FrontLeft, codec.FrontCentre, codec.FrontRight, codec.SideLeft, codec.SideRight, codec.BackCentre, codec.LowFrequency},
	8: {codec.FrontLeft, codec.FrontCentre, codec.FrontRight, codec.SideLeft, codec.SideRight, codec.BackLeft, codec.BackRight,
		codec.LowFrequency},
}

// begin reads the headers of a stream: identification, comments, set-up
// (Vorbis I, §4.2). Of the comments only the gains are needed.
func begin(first []byte, next func() ([]byte, error)) (ogg.Stream, error) {
	id, err := identify(first)
	if err != nil {
		return ogg.Stream{}, err
	}
	packet, err := next()
	var gains codec.Gains
	if err == nil && !bytes.HasPrefix(packet, []byte(setupSignature)) {
		comments, _ := bytes.CutPrefix(packet, []byte(commentSignature))
		gains = codec.CommentGains(comments)
		packet, err = next() // the comments came first, as they should
	}
	if err != nil {
		return ogg.Stream{}, err
	}
	s, err := parseSetup(packet, id.channels)
	if err != nil {
		return ogg.Stream{}, err
	}
	return ogg.Stream{
		Decoder: newDecoder(s, id.channels, id.sizes),
		Format:  codec.Format{Codec: "Vorbis", SampleRate: beep.SampleRate(id.rate), Channels: id.channels, Gains: gains},
	}, nil
}

// header is what the identification header says.
type header struct {
	channels, rate int
	sizes          [2]int // of short and long blocks, in samples
}

// identify reads the first header and refuses what cannot be.
func identify(b []byte) (header, error) {
	const size = 30
	if len(b) < size || string(b[:len(identification)]) != identification {
		return header{}, fmt.Errorf("%w: it does not begin with a Vorbis header", codec.ErrDamaged)
	}
	if version := binary.LittleEndian.Uint32(b[7:]); version != 0 {
		return header{}, &codec.UnsupportedError{What: fmt.Sprintf("Vorbis of version %d", version)}
	}
	channels, rate := int(b[11]), int(binary.LittleEndian.Uint32(b[12:]))
	short, long := b[28]&15, b[28]>>4 // logarithms of the block sizes
	switch {
	case channels > maxChannels:
		return header{}, &codec.UnsupportedError{What: fmt.Sprintf("Vorbis with %d channels", channels)}
	case channels < 1 || rate < 1 || rate > maxRate || short < 6 || short > long || long > 13:
		return header{}, fmt.Errorf("%w: its Vorbis header makes no sense", codec.ErrDamaged)
	}
	return header{channels, rate, [2]int{1 << short, 1 << long}}, nil
}
