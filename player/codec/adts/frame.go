package adts

import "github.com/ninth-coop/ninth/player/codec/aac"

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

// Config is what a decoder of the stream has to know; the error names what
// cannot be decoded.
func (f Frame) Config() (aac.Config, error) {
	return aac.ConfigFor(f.header.object, f.header.rateIndex, f.header.channels)
}
