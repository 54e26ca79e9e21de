package aac

import (
	"fmt"

	"github.com/ninth-coop/ninth/player/codec"
)

// Config is what a decoder has to know before the first access unit.
type Config struct {
	Rate     int // frames per second
	Channels int // 1 to 8

	bands *bandTable
	plan  plan
}

// objectNames name the audio object types that cannot be decoded.
var objectNames = map[int]string{
	1:  "AAC Main",
	3:  "AAC-SSR",
	4:  "AAC-LTP",
	5:  "HE-AAC",
	17: "error resilient AAC-LC",
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
	// maxRate is twice the highest rate that converters offer.
	maxRate = 768000
)

// rates are the sampling frequencies by index (ISO/IEC 14496-3 table 1.18), and
// the lowest spelt-out one that counts as such (table 4.82).
var rates = [13]struct{ rate, from int }{
	{96000, 92017}, {88200, 75132}, {64000, 55426}, {48000, 46009}, {44100, 37566}, {32000, 27713}, {24000, 23004},
	{22050, 18783}, {16000, 13856}, {12000, 11502}, {11025, 9391}, {8000, 0}, {7350, 0},
}

// ParseConfig reads an AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1) and
// refuses all but AAC-LC in up to eight channels with an error that names what
// it is. The backward-compatible signalling of HE-AAC, which follows an AAC-LC
// configuration, counts as HE-AAC: half its treble would be missing.
func ParseConfig(specific []byte) (Config, error) {
	r := newBitReader(specific)
	object := r.object()
	var c Config
	index := r.take(4)
	if index == rateEscape {
		c.Rate = r.take(24)
		for index = 0; c.Rate < rates[index].from; index++ {
		}
	} else if index < len(rates) {
		c.Rate = rates[index].rate
	}
	channels := r.take(4)
	if r.Over() || c.Rate == 0 || c.Rate > maxRate {
		return Config{}, errSetUp
	}
	if object != objectLC {
		if name, ok := objectNames[object]; ok {
			return Config{}, &codec.UnsupportedError{What: name}
		}
		return Config{}, &codec.UnsupportedError{What: fmt.Sprintf("MPEG-4 audio of type %d", object)}
	}
	c.bands = &bandTables[index]
	return c, c.finish(r, channels)
}

// errSetUp: the configuration cannot be what an encoder wrote.
var errSetUp = fmt.Errorf("%w: its AAC set-up makes no sense", codec.ErrDamaged)

// finish reads what is in the configuration only for AAC-LC and its kin
// (GASpecificConfig, §4.4.1) and, behind it, the extension that turns the stream
// into HE-AAC.
func (c *Config) finish(r *bitReader, channels int) error {
	if r.flag() {
		return &codec.UnsupportedError{What: "AAC with 960-sample frames"}
	}
	if r.flag() {
		r.take(14) // core coder delay
	}
	r.take(1) // extension flag, always 0 for LC
	if channels == 0 {
		p, ok := readPlan(r)
		if !ok {
			return errSetUp
		}
		c.plan = p
	} else if channels < len(plans) {
		c.plan = plans[channels]
	}
	if err := c.count(); err != nil {
		return err
	}
	const syncExtension = 0x2B7
	if r.take(11) == syncExtension && r.object() == objectSBR && r.flag() {
		return &codec.UnsupportedError{What: "HE-AAC"}
	}
	return nil
}

// count sets Channels by the plan.
func (c *Config) count() error {
	c.Channels = len(c.plan.speakers())
	switch {
	case c.Channels == 0:
		return &codec.UnsupportedError{What: "AAC with an unknown channel plan"}
	case c.Channels > maxChannels:
		return &codec.UnsupportedError{What: fmt.Sprintf("AAC with %d channels", c.Channels)}
	}
	return nil
}

// object reads an audio object type.
func (r *bitReader) object() int {
	if t := r.take(5); t != objectEscape {
		return t
	}
	return 32 + r.take(6)
}

// ConfigFor makes the configuration of AAC-LC from what an ADTS header says:
// the index of the sampling rate and the channel configuration. Unsupported
// ones are refused as by ParseConfig. Channel configuration 0 says that the
// first access unit begins with a plan of the channels: see ConfigIn.
func ConfigFor(objectType, rateIndex, channelConfig byte) (Config, error) {
	v := uint16(objectType)<<11 | uint16(rateIndex&15)<<7 | uint16(channelConfig&15)<<3
	return ParseConfig([]byte{byte(v >> 8), byte(v)})
}

// ConfigIn is ConfigFor where the channel configuration is 0, and unit the
// first access unit.
func ConfigIn(objectType, rateIndex byte, unit []byte) (Config, error) {
	c, err := ConfigFor(objectType, rateIndex, 1)
	if err != nil {
		return Config{}, err
	}
	r := newBitReader(unit)
	ok := r.take(3) == elementProgram
	if ok {
		c.plan, ok = readPlan(r)
	}
	if !ok {
		return Config{}, fmt.Errorf("%w: its AAC has no plan of the channels", codec.ErrDamaged)
	}
	return c, c.count()
}
