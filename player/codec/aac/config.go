package aac

import (
	"bytes"
	"fmt"

	"github.com/ninth-coop/ninth/player/codec"
)

// Config is what a decoder has to know before the first access unit.
type Config struct {
	Rate     int // frames per second
	Channels int // 1 or 2

	specific []byte // the AudioSpecificConfig (ISO/IEC 14496-3, §1.6.2.1)
}

// objectNames name the audio object types that cannot be decoded.
var objectNames = map[uint32]string{
	1:  "AAC Main",
	3:  "AAC-SSR",
	4:  "AAC-LTP",
	5:  "HE-AAC",
	22: "ER BSAC",
	23: "AAC-LD",
	29: "HE-AAC v2",
	34: "MP3 in MP4",
	36: "MPEG-4 ALS",
	39: "AAC-ELD",
	42: "xHE-AAC",
}

const (
	objectLC     = 2
	objectSBR    = 5
	objectEscape = 31
	rateEscape   = 15
)

// rates are the sampling frequencies by index.
var rates = [13]int{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}

// ParseConfig reads an AudioSpecificConfig and refuses all but AAC-LC in one
// or two channels with an error that names what it is. The
// backward-compatible signalling of HE-AAC, which follows an AAC-LC
// configuration, counts as HE-AAC: half its treble would be missing.
func ParseConfig(specific []byte) (Config, error) {
	b := bitReader{data: specific}
	object := b.object()
	index := b.take(4)
	c := Config{specific: bytes.Clone(specific)}
	if index == rateEscape {
		c.Rate = int(b.take(24))
	} else if int(index) < len(rates) {
		c.Rate = rates[index]
	}
	channels := b.take(4)
	if b.short || c.Rate == 0 {
		return Config{}, fmt.Errorf("%w: its AAC set-up makes no sense", codec.ErrDamaged)
	}
	if object != objectLC {
		if name, ok := objectNames[object]; ok {
			return Config{}, &codec.UnsupportedError{What: name}
		}
		return Config{}, &codec.UnsupportedError{What: fmt.Sprintf("MPEG-4 audio of type %d", object)}
	}
	if index == rateEscape {
		return Config{}, &codec.UnsupportedError{What: fmt.Sprintf("AAC at %d samples per second", c.Rate)}
	}
	switch {
	case channels == 0:
		return Config{}, &codec.UnsupportedError{What: "AAC with its own channel plan"}
	case channels > 2:
		count := map[uint32]int{3: 3, 4: 4, 5: 5, 6: 6, 7: 8, 11: 7, 12: 8, 14: 8}[channels]
		return Config{}, &codec.UnsupportedError{What: fmt.Sprintf("AAC with %d channels", count)}
	}
	c.Channels = int(channels)
	return c, b.finish()
}

// finish reads what follows for AAC-LC: frame length and, behind it, the
// extension that turns the stream into HE-AAC.
func (b *bitReader) finish() error {
	if b.take(1) == 1 {
		return &codec.UnsupportedError{What: "AAC with 960-sample frames"}
	}
	if b.take(1) == 1 {
		b.take(14) // core coder delay
	}
	b.take(1) // extension flag, always 0 for LC
	const syncExtension = 0x2B7
	if b.take(11) != syncExtension || b.object() != objectSBR || b.take(1) != 1 {
		return nil
	}
	return &codec.UnsupportedError{What: "HE-AAC"}
}

// bitReader reads bits, most significant first. Past the end it gives zeros
// and sets short.
type bitReader struct {
	data  []byte
	pos   int // in bits
	short bool
}

// take reads n ≤ 32 bits.
func (b *bitReader) take(n int) (v uint32) {
	for range n {
		v <<= 1
		if b.pos/8 >= len(b.data) {
			b.short = true
		} else {
			v |= uint32(b.data[b.pos/8]>>(7-b.pos%8)) & 1
		}
		b.pos++
	}
	return v
}

// object reads an audio object type.
func (b *bitReader) object() uint32 {
	if t := b.take(5); t != objectEscape {
		return t
	}
	return 32 + b.take(6)
}

// ConfigFor makes the configuration of AAC-LC from what an ADTS header says:
// the index of the sampling rate and the channel configuration. Unsupported
// ones are refused as by ParseConfig.
func ConfigFor(objectType, rateIndex, channelConfig byte) (Config, error) {
	v := uint16(objectType)<<11 | uint16(rateIndex&15)<<7 | uint16(channelConfig&15)<<3
	return ParseConfig([]byte{byte(v >> 8), byte(v)})
}
