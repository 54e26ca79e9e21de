// Package aac decodes the access units of AAC-LC (ISO/IEC 14496-3 subpart 4, and
// 13818-7, which it grew from), which MP4, ADTS and MPEG transport streams all
// carry. Those are demuxers of their own.
//
// A unit is one frame of 1024 samples in each of up to eight channels. It is
// read element by element (decode.go): what a channel's spectrum looks like
// (stream.go), its lines by Huffman codes (huffman.go), what two channels share
// (stereo.go), the prediction that shapes noise in time (tns.go), what one
// channel adds to others (coupling.go). The filter bank then makes samples of
// it, in 32-bit floats (filterbank.go). Nothing is rounded to integers.
//
// HE-AAC adds to AAC-LC what its upper half, or its second channel, is made of.
// Where the configuration says so, it is refused. Where only the units do,
// Decoder.Extended tells: the AAC-LC in them is all that is decoded, so demuxers
// refuse such a track at its first unit.
package aac

import (
	"errors"
	"math"

	"github.com/ninth-coop/ninth/player/codec"
)

const (
	// FrameSize is how many frames an access unit decodes to.
	FrameSize = 1024
	// Preroll is how many access units before the wanted one must be decoded
	// after a reset for the overlap of the transform to be right.
	Preroll = 1
	// MaxUnit bounds an access unit in bytes: the standard's buffer model
	// allows 768 per channel, ADTS can express 8191.
	MaxUnit = 8191
)

// Decoder decodes access units one at a time, so that a damaged one costs its
// own sound and nothing else. It is used by one goroutine at a time.
//
// Noise-like bands may be left to the decoder to make up (perceptual noise
// substitution, ISO/IEC 14496-3 §4.6.13). They are drawn from a generator that a
// seek starts anew: in such bands, what follows it is the same noise only in
// level.
type Decoder struct {
	setting  // what is in use of the settings
	settings [2]setting
	bands    *bandTable
	couplings
	bank filterbank

	reader   bitReader
	books    *[bookEscape + 1]book
	shared   [bandSlots]bool // bands of a pair that are coded as middle and side, or alike
	random   uint32          // state of the noise generator
	marked   bool            // this unit has the data of HE-AAC in it
	extended bool
	out      [FrameSize][2]float64
}

// setting is a plan at work.
type setting struct {
	channels []*channel // in the order of the plan
	elements []element
	downmix  codec.Downmix
	frame    []float64 // one sample of each channel
}

func newSetting(p plan) setting {
	speakers := p.speakers()
	s := setting{downmix: codec.NewDownmix(speakers), frame: make([]float64, len(speakers))}
	for _, one := range p {
		e := element{planned: one}
		for range one.speakers {
			e.channels = append(e.channels, &channel{})
		}
		s.channels = append(s.channels, e.channels...)
		s.elements = append(s.elements, e)
	}
	return s
}

// element is one of the plan, and its channels.
type element struct {
	planned
	channels []*channel
	seen     bool // in this unit
	met      int  // its tag there
}

// NewDecoder returns a decoder of what config, from ParseConfig, ConfigFor or
// ConfigIn, describes.
func NewDecoder(config Config) (*Decoder, error) {
	if config.Channels == 0 {
		return nil, errors.New("aac: no configuration")
	}
	return &Decoder{
		setting: newSetting(config.plan),
		bands:   config.bands,
		bank:    newFilterbank(),
		books:   books(),
		random:  firstRandom,
	}, nil
}

// Extended reports whether a unit so far had the data of HE-AAC in it: the
// sound is meant to have more treble, and perhaps a second channel.
func (d *Decoder) Extended() bool { return d.extended }

// Reset forgets the units so far; what follows decodes as it would with a new
// decoder. Extended stays.
func (d *Decoder) Reset() {
	d.forget()
	d.random = firstRandom
}

// forget makes the next unit overlap with silence.
func (d *Decoder) forget() {
	for _, c := range d.channels {
		c.overlap = overlap{}
	}
	d.couplings.reset()
}

// Decode returns the frames of one access unit, silence if it is damaged or
// longer than MaxUnit. They are valid until the next call.
func (d *Decoder) Decode(unit []byte) [][2]float64 {
	if len(unit) > MaxUnit || d.decode(unit) != nil || !d.stereo() {
		d.forget()
		clear(d.out[:])
	}
	return d.out[:]
}

// loudest is the largest sample that is believed: +18 dBFS. No music that was
// encoded comes near it; damage does.
const loudest = 8

// stereo folds the channels' samples. It reports false if they are no sound.
func (d *Decoder) stereo() bool {
	// The bits of a float without its sign are an integer that grows with the
	// magnitude, and is greatest for what is no number.
	const magnitude = math.MaxInt32
	worst := uint32(0)
	left := d.channels[0].samples[:FrameSize]
	switch len(d.channels) {
	case 1:
		for i, x := range left {
			worst = max(worst, math.Float32bits(x)&magnitude)
			d.out[i] = [2]float64{float64(x), float64(x)}
		}
	case 2:
		right := d.channels[1].samples[:FrameSize]
		for i, x := range left {
			y := right[i]
			worst = max(worst, math.Float32bits(x)&magnitude, math.Float32bits(y)&magnitude)
			d.out[i] = [2]float64{float64(x), float64(y)}
		}
	default:
		for i := range d.out {
			for k, c := range d.channels {
				x := c.samples[i]
				worst = max(worst, math.Float32bits(x)&magnitude)
				d.frame[k] = float64(x)
			}
			d.out[i] = d.downmix.Frame(d.frame)
		}
	}
	return worst <= math.Float32bits(loudest)
}
