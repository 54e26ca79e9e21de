// Package pcm decodes uncompressed samples, which WAVE and AIFF files carry in
// the same few encodings. Those are demuxers of their own.
package pcm

import (
	"encoding/binary"
	"errors"
	"io"
	"math"

	"github.com/ninth-coop/ninth/player/codec"
)

// Layout is how the samples of a stream lie in its bytes: interleaved, with
// nothing between the frames.
type Layout struct {
	Order    binary.ByteOrder // of the bytes of a sample
	Float    bool             // IEEE 754 numbers, not integers
	Unsigned bool             // integers with silence at half the range; only of one byte
	Width    int              // bytes per sample: 1 to 4, 4 or 8 for floats
	Channels int              // at least 1
	Speakers []codec.Speaker  // of each channel
}

// FrameSize is the bytes per frame.
func (l Layout) FrameSize() int { return l.Width * l.Channels }

// Sample decodes one sample to the nominal range [-1, 1]. Integers are taken
// to fill their bytes from the top and divide by half their range, which is
// exact.
func (l Layout) Sample(b []byte) float64 {
	switch {
	case l.Float && l.Width == 4:
		return finite(float64(math.Float32frombits(l.Order.Uint32(b))))
	case l.Float:
		return finite(math.Float64frombits(l.Order.Uint64(b)))
	}
	switch l.Width {
	case 1:
		if l.Unsigned {
			return float64(int(b[0])-128) / (1 << 7)
		}
		return float64(int8(b[0])) / (1 << 7)
	case 2:
		return float64(int16(l.Order.Uint16(b))) / (1 << 15)
	case 3:
		low, high := b[0], b[2]
		if l.Order == binary.BigEndian {
			low, high = high, low
		}
		return float64(int32(low)<<8|int32(b[1])<<16|int32(high)<<24) / (1 << 31)
	default:
		return float64(int32(l.Order.Uint32(b))) / (1 << 31)
	}
}

// loudest is the largest float sample that is believed: +60 dBFS. A damaged
// float file must not turn into a number that no volume control can tame.
const loudest = 1000

// finite replaces what is no sound by silence.
func finite(x float64) float64 {
	if x >= -loudest && x <= loudest {
		return x
	}
	return 0
}

// packetFrames is how many frames are decoded at a time: 23 ms at 44.1 kHz.
const packetFrames = 1024

// Packets cuts the samples into runs of packetFrames. It is a codec.Packets.
type Packets struct {
	r      *codec.Reader
	layout Layout
	start  int64 // byte offset of frame 0
	frames int64 // in the file; -1 if not known
	next   int64 // frame that Next begins with

	downmix  codec.Downmix
	channels []float64
	out      [packetFrames][2]float64
}

// NewPackets returns the samples that begin at byte start: so many frames, or,
// if that is -1, all there are to the end of the file.
func NewPackets(r *codec.Reader, layout Layout, start, frames int64) *Packets {
	p := &Packets{r: r, layout: layout, start: start, frames: frames}
	if layout.Channels > 2 {
		p.channels = make([]float64, layout.Channels)
		p.downmix = codec.NewDownmix(layout.Speakers)
	}
	return p
}

// Next implements codec.Packets.
func (p *Packets) Next() ([][2]float64, error) {
	want := int64(packetFrames)
	if p.frames >= 0 {
		want = min(want, p.frames-p.next)
	}
	if want <= 0 {
		return nil, io.EOF
	}
	size := int64(p.layout.FrameSize())
	b, err := p.r.Bytes(p.start+p.next*size, int(want*size))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	n := len(b) / int(size)
	if n == 0 {
		return nil, io.EOF
	}
	p.next += int64(n)
	return p.decode(b, n), nil
}

// SeekTo implements codec.Packets.
func (p *Packets) SeekTo(frame int64) (int64, error) {
	p.next = frame
	return frame, nil
}

// decode turns the first n frames of b into stereo.
func (p *Packets) decode(b []byte, n int) [][2]float64 {
	l, size := p.layout, p.layout.FrameSize()
	out := p.out[:n]
	switch l.Channels {
	case 1:
		for i := range out {
			s := l.Sample(b[i*size:])
			out[i] = [2]float64{s, s}
		}
	case 2:
		for i := range out {
			frame := b[i*size:]
			out[i] = [2]float64{l.Sample(frame), l.Sample(frame[l.Width:])}
		}
	default:
		for i := range out {
			frame := b[i*size:]
			for c := range p.channels {
				p.channels[c] = l.Sample(frame[c*l.Width:])
			}
			out[i] = p.downmix.Frame(p.channels)
		}
	}
	return out
}
