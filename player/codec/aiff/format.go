package aiff

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/pcm"
)

// encoding is what a compression type of AIFF-C means for samples that are
// not compressed.
type encoding struct {
	order    binary.ByteOrder
	float    bool
	unsigned bool
	bits     int // 0: the format chunk says how many
}

// The types that are padded to four letters.
const (
	typeRaw = "raw "
	typeGSM = "GSM "
)

// encodings are those that can be decoded. The spellings differ by program.
var encodings = map[string]encoding{
	"NONE":  {order: binary.BigEndian},
	"none":  {order: binary.BigEndian},
	"twos":  {order: binary.BigEndian},
	"sowt":  {order: binary.LittleEndian},
	typeRaw: {order: binary.BigEndian, unsigned: true, bits: 8},
	"in24":  {order: binary.BigEndian, bits: 24},
	"in32":  {order: binary.BigEndian, bits: 32},
	"42ni":  {order: binary.LittleEndian, bits: 24},
	"23ni":  {order: binary.LittleEndian, bits: 32},
	"fl32":  {order: binary.BigEndian, float: true, bits: 32},
	"FL32":  {order: binary.BigEndian, float: true, bits: 32},
	"fl64":  {order: binary.BigEndian, float: true, bits: 64},
	"FL64":  {order: binary.BigEndian, float: true, bits: 64},
}

// compressed names the other types that are met in practice.
var compressed = map[string]string{
	"alaw":  "A-law",
	"ALAW":  "A-law",
	"ulaw":  "µ-law",
	"ULAW":  "µ-law",
	"ima4":  "IMA ADPCM",
	"MAC3":  "MACE",
	"MAC6":  "MACE",
	"QDM2":  "QDesign Music",
	typeGSM: "GSM 6.10",
	"G722":  "G.722",
}

const (
	// maxChannels is far above what is heard and bounds the size of a frame.
	maxChannels = 64
	// maxRate is twice the highest rate that converters offer.
	maxRate = 768000
)

// format is the COMM chunk, checked.
type format struct {
	layout pcm.Layout
	rate   int   // frames per second
	bits   int   // of a sample that carry sound
	frames int64 // in the file; -1 if it does not say
}

func (f format) name() string {
	if f.layout.Float {
		return "AIFF float"
	}
	return "AIFF"
}

// readFormat parses the format chunk of size bytes at offset. Only AIFF-C has
// a compression type in it.
func readFormat(r *codec.Reader, offset, size int64) (format, error) {
	const plain, extended = 18, 22 // bytes without and with a compression type
	b, err := r.Bytes(offset, int(min(size, extended)))
	if err != nil && !errors.Is(err, io.EOF) {
		return format{}, err
	}
	if len(b) < plain {
		return format{}, fmt.Errorf("%w: its format chunk is too short", codec.ErrDamaged)
	}
	kind := "NONE"
	if len(b) >= extended {
		kind = string(b[18:22])
	}
	e, ok := encodings[kind]
	if name, known := compressed[kind]; known {
		return format{}, &codec.UnsupportedError{What: name + " in an AIFF file"}
	} else if !ok {
		return format{}, &codec.UnsupportedError{What: fmt.Sprintf("AIFF with samples of type %q", kind)}
	}
	channels := int(binary.BigEndian.Uint16(b))
	f := format{
		frames: int64(binary.BigEndian.Uint32(b[2:])),
		bits:   int(binary.BigEndian.Uint16(b[6:])),
		rate:   extendedToInt(b[8:18]),
		layout: pcm.Layout{
			Order: e.order, Float: e.float, Unsigned: e.unsigned,
			Channels: channels, Speakers: codec.DefaultSpeakers(channels),
		},
	}
	if f.frames == 0 {
		f.frames = -1
	}
	if e.bits > 0 {
		f.bits = e.bits
	}
	f.layout.Width = (f.bits + 7) / 8
	return f, f.check()
}

// check refuses what cannot be a sound.
func (f format) check() error {
	switch l := f.layout; {
	case l.Channels < 1 || l.Channels > maxChannels:
		return fmt.Errorf("%w: it claims %d channels", codec.ErrDamaged, l.Channels)
	case f.rate < 1 || f.rate > maxRate:
		return fmt.Errorf("%w: it claims %d samples per second", codec.ErrDamaged, f.rate)
	case f.bits < 1 || f.bits > 32 && !l.Float:
		return &codec.UnsupportedError{What: fmt.Sprintf("AIFF with %d bits per sample", f.bits)}
	}
	return nil
}

// extendedToInt rounds a number in the 80-bit extended precision of IEEE 754
// (a sign, 15 bits of exponent, 64 of mantissa with its leading one) to an
// integer; 0 stands for all that are no sampling rate.
func extendedToInt(b []byte) int {
	const bias = 16383
	exponent := int(binary.BigEndian.Uint16(b)) - bias // a sign makes it huge
	if exponent < 0 || exponent > 30 {
		return 0
	}
	mantissa := binary.BigEndian.Uint64(b[2:])
	return int(math.Round(math.Ldexp(float64(mantissa), exponent-63)))
}
