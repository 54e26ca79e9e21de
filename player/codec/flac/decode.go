package flac

import (
	"github.com/ninth-coop/ninth/player/codec"
)

// packets decodes what the demuxer finds.
type packets struct {
	demux   *demuxer
	frames  frameDecoder
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
			if lines, err := p.frames.decode(pk.data, pk.header); err == nil {
				return p.stereo(lines, p.demux.info.bits), nil
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

// stereo scales the samples of all channels to [-1, 1), which is exact, and
// folds them.
func (p *packets) stereo(lines [][]int64, bits int) [][2]float64 {
	scale := 1 / float64(int64(1)<<(bits-1))
	p.grow(len(lines[0]))
	switch len(lines) {
	case 1:
		for i, s := range lines[0] {
			v := float64(s) * scale
			p.out[i] = [2]float64{v, v}
		}
	case 2:
		right := lines[1][:len(lines[0])]
		for i, s := range lines[0] {
			p.out[i] = [2]float64{float64(s) * scale, float64(right[i]) * scale}
		}
	default:
		for i := range p.out {
			for c, line := range lines {
				p.channels[c] = float64(line[i]) * scale
			}
			p.out[i] = p.downmix.Frame(p.channels)
		}
	}
	return p.out
}
