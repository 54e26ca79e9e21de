package adts

import (
	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/aac"
)

// HeaderSize is how many bytes of a frame ParseFrame needs to see.
const HeaderSize = headerSize

// Frame is what the header of one ADTS frame says, for demuxers in which such
// frames lie within something else.
type Frame struct{ header header }

// ParseFrame reads the frame header that b begins with.
func ParseFrame(b []byte) (Frame, bool) {
	h, ok := parseHeader(b)
	return Frame{h}, ok
}

// Size is the length of the whole frame in bytes.
func (f Frame) Size() int { return f.header.size }

// Prefix is where in the frame its access unit begins, in bytes.
func (f Frame) Prefix() int { return f.header.prefix }

// Units is how many access units the frame has; nothing says where each of
// several begins.
func (f Frame) Units() int { return f.header.blocks }

// Kin tells whether both frames can belong to one stream.
func (f Frame) Kin(other Frame) bool { return f.header.kin(other.header) }

// AudioSpecificConfig is what MP4 says of the stream (ISO/IEC 14496-3,
// 1.6.2.1); nil if the plan of its channels is elsewhere.
func (f Frame) AudioSpecificConfig() []byte {
	h := f.header
	if h.channels == 0 {
		return nil
	}
	return []byte{h.object<<3 | h.rateIndex>>1, h.rateIndex<<7 | h.channels<<3}
}

// NewDecoder returns a decoder of the stream that begins with the frame whose
// header f is, and which is frame. The error names what cannot be decoded: that
// it is HE-AAC only the access units tell.
func (f Frame) NewDecoder(frame []byte) (*aac.Decoder, aac.Config, error) {
	unit := frame[min(f.header.prefix, len(frame)):min(f.header.size, len(frame))]
	config, err := f.header.config(unit)
	if err != nil {
		return nil, config, err
	}
	dec, err := aac.NewDecoder(config)
	if err != nil {
		return nil, config, err
	}
	if len(frame) >= f.header.size {
		dec.Decode(unit)
		dec.Reset()
	}
	if dec.Extended() {
		return nil, config, &codec.UnsupportedError{What: "HE-AAC"}
	}
	return dec, config, nil
}

// config makes a configuration of a header, and of the first access unit where
// the plan of the channels is there.
func (h header) config(unit []byte) (aac.Config, error) {
	if h.channels != 0 {
		return aac.ConfigFor(h.object, h.rateIndex, h.channels)
	}
	return aac.ConfigIn(h.object, h.rateIndex, unit)
}
