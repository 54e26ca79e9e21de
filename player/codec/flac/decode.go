package flac

import (
	"bytes"
	"fmt"

	"github.com/mewkiz/flac/frame"

	"github.com/ninth-coop/ninth/player/codec"
)

// packets decodes what the demuxer finds.
type packets struct {
	demux   *demuxer
	silence int64 // frames of a gap still to give
	out     [][2]float64

	downmix  codec.Downmix
	channels []float64
}

func newPackets(r *codec.Reader, m metadata) *packets {
	return &packets{
		demux:    newDemuxer(r, m),
		downmix:  codec.NewDownmix(codec.DefaultSpeakers(m.info.channels)),
		channels: make([]float64, m.info.channels),
	}
}

// maxSilence is how many frames of a gap are given at a time.
const maxSilence = 4096

func (p *packets) Next() ([][2]float64, error) {
	if p.silence == 0 {
		pk, err := p.demux.next()
		if err != nil {
			return nil, err
		}
		if pk.data != nil {
			if f, err := decodeFrame(pk.data, pk.header); err == nil {
				return p.stereo(f, p.demux.info.bits), nil
			}
		}
		p.silence = pk.samples
	}
	n := min(p.silence, maxSilence)
	p.silence -= n
	p.grow(int(n))
	clear(p.out)
	return p.out, nil
}

func (p *packets) SeekTo(frame int64) (int64, error) {
	p.silence = 0
	if err := p.demux.seek(frame); err != nil {
		return 0, err
	}
	return p.demux.expected, nil
}

// grow makes out n frames long; their values are not defined.
func (p *packets) grow(n int) {
	if cap(p.out) < n {
		p.out = make([][2]float64, n)
	}
	p.out = p.out[:n]
}

// stereo scales the samples of f to [-1, 1), which is exact, and folds them.
func (p *packets) stereo(f *frame.Frame, bits int) [][2]float64 {
	scale := 1 / float64(int64(1)<<(bits-1))
	p.grow(len(f.Subframes[0].Samples))
	switch len(f.Subframes) {
	case 1:
		for i, s := range f.Subframes[0].Samples {
			v := float64(s) * scale
			p.out[i] = [2]float64{v, v}
		}
	case 2:
		right := f.Subframes[1].Samples
		for i, s := range f.Subframes[0].Samples {
			p.out[i] = [2]float64{float64(s) * scale, float64(right[i]) * scale}
		}
	default:
		for i := range p.out {
			for c, sub := range f.Subframes {
				p.channels[c] = float64(sub.Samples[i]) * scale
			}
			p.out[i] = p.downmix.Frame(p.channels)
		}
	}
	return p.out
}

// decodeFrame decodes exactly one frame. The decoder is third-party code that
// meets damaged bytes here, so a panic is an error like any other.
func decodeFrame(data []byte, h frameHeader) (f *frame.Frame, err error) {
	defer func() {
		if p := recover(); p != nil {
			f, err = nil, fmt.Errorf("%w: %v", codec.ErrDamaged, p)
		}
	}()
	f, err = frame.New(bytes.NewReader(quiet(data, h)))
	if err != nil {
		return nil, err
	}
	if f.BitsPerSample == 0 {
		f.BitsPerSample = uint8(h.bits)
	}
	if err := f.Parse(); err != nil {
		return nil, err
	}
	return f, nil
}

// quiet returns a frame that decodes alike but does not make the library
// write to the program's standard error, as it does for each frame of 24 and
// 176.4 kHz: its rate code, which decoding ignores, says 44.1 kHz instead.
func quiet(data []byte, h frameHeader) []byte {
	const code24, code176, code44 = 7, 2, 9
	code := data[2] & 15
	if code != code24 && code != code176 || len(data) < h.size+2 || crc16(0, data) != 0 {
		return data
	}
	relabelled := bytes.Clone(data)
	relabelled[2] = data[2]&0xF0 | code44
	relabelled[h.size-1] = crc8(relabelled[:h.size-1])
	sum := crc16(0, relabelled[:len(data)-2])
	relabelled[len(data)-2], relabelled[len(data)-1] = byte(sum>>8), byte(sum)
	return relabelled
}
