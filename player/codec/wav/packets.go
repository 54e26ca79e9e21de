package wav

import (
	"errors"
	"io"

	"github.com/ninth-coop/ninth/player/codec"
)

// packetFrames is how many frames are decoded at a time: 23 ms at 44.1 kHz.
const packetFrames = 1024

// packets cuts the samples into runs of packetFrames.
type packets struct {
	r      *codec.Reader
	format format
	start  int64 // byte offset of frame 0
	frames int64 // in the file; -1 if not known
	next   int64 // frame that Next begins with

	downmix  codec.Downmix
	channels []float64
	out      [packetFrames][2]float64
}

func (p *packets) Next() ([][2]float64, error) {
	want := int64(packetFrames)
	if p.frames >= 0 {
		want = min(want, p.frames-p.next)
	}
	if want <= 0 {
		return nil, io.EOF
	}
	size := int64(p.format.frameSize)
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

func (p *packets) SeekTo(frame int64) (int64, error) {
	p.next = frame
	return frame, nil
}

// decode turns the first n frames of b into stereo.
func (p *packets) decode(b []byte, n int) [][2]float64 {
	f := p.format
	out := p.out[:n]
	switch f.channels {
	case 1:
		for i := range out {
			s := f.sample(b[i*f.frameSize:])
			out[i] = [2]float64{s, s}
		}
	case 2:
		for i := range out {
			frame := b[i*f.frameSize:]
			out[i] = [2]float64{f.sample(frame), f.sample(frame[f.width:])}
		}
	default:
		if p.channels == nil {
			p.channels = make([]float64, f.channels)
			p.downmix = codec.NewDownmix(f.speakers)
		}
		for i := range out {
			frame := b[i*f.frameSize:]
			for c := range p.channels {
				p.channels[c] = f.sample(frame[c*f.width:])
			}
			out[i] = p.downmix.Frame(p.channels)
		}
	}
	return out
}
