// Package alac decodes the packets of the Apple Lossless Audio Codec, which
// MP4 files carry: 16 to 32 bits, one to eight channels. The container is a
// demuxer of its own.
//
// A packet depends on no other, so a damaged one costs its own sound and
// nothing else, and a seek needs no pre-roll.
//
// Source: the format as Apple published it in 2011 ("Apple Lossless Format
// Description" and its reference decoder).
package alac

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/ninth-coop/ninth/player/codec"
)

// Config is what a decoder has to know before the first packet.
type Config struct {
	FrameSize int // frames per packet; only the last may have fewer
	BitDepth  int // 16, 20, 24 or 32
	Channels  int // 1 to 8
	Rate      int // frames per second

	// The parameters of the adaptive Golomb code: the beginning of the running
	// mean, how fast it follows, and the longest suffix in bits.
	mean, multiplier, longest uint32
}

const (
	// cookieSize is the length in bytes of an ALACSpecificConfig.
	cookieSize = 24
	// maxFrameSize bounds what a packet may hold: encoders make 4,096.
	maxFrameSize = 1 << 14
	maxChannels  = 8
	maxRate      = 768000
)

// ParseConfig reads an ALACSpecificConfig, the "magic cookie".
func ParseConfig(cookie []byte) (Config, error) {
	if len(cookie) < cookieSize {
		return Config{}, fmt.Errorf("%w: its ALAC set-up is cut off", codec.ErrDamaged)
	}
	c := Config{
		FrameSize:  int(binary.BigEndian.Uint32(cookie)),
		BitDepth:   int(cookie[5]),
		multiplier: uint32(cookie[6]),
		mean:       uint32(cookie[7]),
		longest:    uint32(cookie[8]),
		Channels:   int(cookie[9]),
		Rate:       int(binary.BigEndian.Uint32(cookie[20:])),
	}
	if version := cookie[4]; version != 0 {
		return Config{}, &codec.UnsupportedError{What: fmt.Sprintf("ALAC of version %d", version)}
	}
	known := c.BitDepth == 16 || c.BitDepth == 20 || c.BitDepth == 24 || c.BitDepth == 32
	if !known || c.FrameSize < 1 || c.FrameSize > maxFrameSize || c.Channels < 1 || c.Channels > maxChannels ||
		c.Rate < 1 || c.Rate > maxRate || c.longest < 1 || c.longest > 31 {
		return Config{}, fmt.Errorf("%w: its ALAC set-up makes no sense", codec.ErrDamaged)
	}
	return c, nil
}

// MaxPacket bounds a packet in bytes: sound that cannot be compressed is
// stored as it is, with a few bytes for each element.
func (c Config) MaxPacket() int { return c.Channels*(c.FrameSize*4+16) + 64 }

// speakers are the channels in the order in which the elements give them.
var speakers = [maxChannels + 1][]codec.Speaker{
	1: {codec.FrontCentre},
	2: {codec.FrontLeft, codec.FrontRight},
	3: {codec.FrontCentre, codec.FrontLeft, codec.FrontRight},
	4: {codec.FrontCentre, codec.FrontLeft, codec.FrontRight, codec.BackCentre},
	5: {codec.FrontCentre, codec.FrontLeft, codec.FrontRight, codec.SideLeft, codec.SideRight},
	6: {codec.FrontCentre, codec.FrontLeft, codec.FrontRight, codec.SideLeft, codec.SideRight, codec.LowFrequency},
	7: {codec.FrontCentre, codec.FrontLeft, codec.FrontRight, codec.SideLeft, codec.SideRight, codec.BackCentre, codec.LowFrequency},
	8: {codec.FrontCentre, codec.FrontLeftOfCentre, codec.FrontRightOfCentre, codec.FrontLeft, codec.FrontRight,
		codec.SideLeft, codec.SideRight, codec.LowFrequency},
}

// Decoder decodes packets one at a time. It is used by one goroutine at a time.
type Decoder struct {
	config   Config
	downmix  codec.Downmix
	channels [][]int32 // decoded samples by channel, a frame size each
	residual []int32   // what the predictor left over
	low      [2][]int32
	frame    []float64
	out      [][2]float64
}

// NewDecoder returns a decoder of what config, from ParseConfig, describes.
func NewDecoder(config Config) *Decoder {
	d := &Decoder{
		config:   config,
		downmix:  codec.NewDownmix(speakers[config.Channels]),
		channels: make([][]int32, config.Channels),
		residual: make([]int32, config.FrameSize),
		frame:    make([]float64, config.Channels),
		out:      make([][2]float64, config.FrameSize),
	}
	for i := range d.channels {
		d.channels[i] = make([]int32, config.FrameSize)
	}
	for i := range d.low {
		d.low[i] = make([]int32, config.FrameSize)
	}
	return d
}

// Reset does nothing: packets do not depend on each other.
func (*Decoder) Reset() {}

// errPacket: a packet breaks the rules of the format.
var errPacket = errors.New("alac: damaged packet")

// Decode returns the frames of one packet, silence of the usual length if it
// is damaged. They are valid until the next call.
func (d *Decoder) Decode(packet []byte) [][2]float64 {
	n, err := d.decode(packet)
	if err != nil {
		clear(d.out)
		return d.out
	}
	scale := 1 / float64(int64(1)<<(d.config.BitDepth-1))
	for i := range n {
		for c, samples := range d.channels {
			d.frame[c] = float64(samples[i]) * scale
		}
		if d.config.Channels == 2 {
			d.out[i] = [2]float64{d.frame[0], d.frame[1]}
		} else {
			d.out[i] = d.downmix.Frame(d.frame)
		}
	}
	return d.out[:n]
}

// The elements of a packet.
const (
	elementSingle = 0
	elementPair   = 1
	elementLow    = 3 // a single channel for low frequencies
	elementData   = 4
	elementFill   = 6
	elementEnd    = 7
)

// decode fills channels and returns how many frames they hold.
func (d *Decoder) decode(packet []byte) (frames int, err error) {
	b := &bits{data: packet}
	for next := 0; next < d.config.Channels; {
		var n, width int
		switch b.take(3) {
		case elementSingle, elementLow:
			n, err = d.element(b, d.channels[next:next+1])
			width = 1
		case elementPair:
			if next+2 > d.config.Channels {
				return 0, errPacket
			}
			n, err = d.element(b, d.channels[next:next+2])
			width = 2
		case elementData:
			b.skipData()
		case elementFill:
			b.skipFill()
		default:
			return 0, errPacket
		}
		if b.short || err != nil || width > 0 && next > 0 && n != frames {
			return 0, errPacket
		}
		if width > 0 {
			frames = n
			next += width
		}
	}
	return frames, nil
}
