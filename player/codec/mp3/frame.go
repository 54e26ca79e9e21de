package mp3

// HeaderSize is how many bytes of a frame ParseFrame needs to see.
const HeaderSize = headerSize

// Frame is what the header of one Layer III frame says, for demuxers in which
// such frames lie within something else.
type Frame struct{ header header }

// ParseFrame reads the frame header that b begins with. Free-format frames,
// whose length the header does not tell, are refused.
func ParseFrame(b []byte) (Frame, bool) {
	h, ok := parseHeader(b)
	return Frame{h}, ok && !h.freeFormat()
}

// Size is the length of the whole frame in bytes.
func (f Frame) Size() int { return f.header.size }

// Samples is how many samples per channel the frame decodes to.
func (f Frame) Samples() int { return f.header.samples() }

// Rate is in samples per second, and Channels is 1 or 2.
func (f Frame) Rate() int { return f.header.rate }

// Channels of the encoded stream.
func (f Frame) Channels() int { return f.header.channels }

// Kin tells whether both frames can belong to one stream.
func (f Frame) Kin(other Frame) bool { return f.header.kin(other.header) }

// Preroll is how many frames before the wanted one have to be given to Feed or
// Decode after a Reset, and how many of those to Decode, for it to come out as if
// all had been.
func (f Frame) Preroll() (known, decoded int64) { return f.header.preroll() }

// FrameDecoder decodes frames that another demuxer has found. It is used by
// one goroutine at a time.
type FrameDecoder struct {
	first header
	dec   *decoder
}

// NewFrameDecoder returns a decoder for the stream that first belongs to.
func NewFrameDecoder(first Frame) *FrameDecoder {
	return &FrameDecoder{first: first.header, dec: newDecoder(first.header)}
}

// Decode returns the samples of a frame, valid until the next call. No frame, or
// one that is damaged or not of the stream, fades to silence.
func (d *FrameDecoder) Decode(frame []byte) [][2]float64 {
	h, ok := parseHeader(frame)
	if !ok || !h.kin(d.first) || h.size > len(frame) {
		d.dec.lose()
		return d.dec.conceal(d.first)
	}
	return d.dec.decode(frame[:h.size], h)
}

// Feed takes a frame whose samples are not wanted: later ones may need its
// share of the main data.
func (d *FrameDecoder) Feed(frame []byte) {
	h, ok := parseHeader(frame)
	if !ok || !h.kin(d.first) || h.size > len(frame) {
		d.dec.lose()
		return
	}
	d.dec.feed(frame[:h.size], h)
}

// Reset forgets all frames decoded so far.
func (d *FrameDecoder) Reset() { d.dec.reset() }
