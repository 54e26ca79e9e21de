package wav

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/pcm"
)

// Format tags of the fmt chunk (mmreg.h).
const (
	tagPCM        = 0x0001
	tagFloat      = 0x0003
	tagExtensible = 0xFFFE
)

// compressed names the other tags that are met in practice.
var compressed = map[uint16]string{
	0x0002: "ADPCM",
	0x0006: "A-law",
	0x0007: "µ-law",
	0x0011: "IMA ADPCM",
	0x0031: "GSM 6.10",
	0x0050: "MPEG audio",
	0x0055: "MP3",
	0x00FF: "AAC",
	0x0161: "Windows Media Audio",
	0x2000: "AC-3",
}

const (
	// maxChannels is far above what is heard and bounds the size of a frame.
	maxChannels = 64
	// maxRate is twice the highest rate that converters offer.
	maxRate = 768000
)

// format is the fmt chunk, checked.
type format struct {
	float     bool
	rate      int // frames per second
	channels  int
	width     int // bytes per sample
	validBits int // of those, how many carry sound
	frameSize int // bytes per frame
	speakers  []codec.Speaker
}

func (f format) name() string {
	if f.float {
		return "WAV float"
	}
	return "WAV"
}

// readFormat parses the fmt chunk of size bytes at offset.
func readFormat(r *codec.Reader, offset, size int64) (format, error) {
	const longest = 40 // bytes: WAVEFORMATEXTENSIBLE
	b, err := r.Bytes(offset, int(min(size, longest)))
	if err != nil && !errors.Is(err, io.EOF) {
		return format{}, err
	}
	if len(b) < 16 {
		return format{}, fmt.Errorf("%w: its format chunk is too short", codec.ErrDamaged)
	}
	tag := binary.LittleEndian.Uint16(b)
	bits := int(binary.LittleEndian.Uint16(b[14:]))
	f := format{
		rate:      int(binary.LittleEndian.Uint32(b[4:])),
		channels:  int(binary.LittleEndian.Uint16(b[2:])),
		frameSize: int(binary.LittleEndian.Uint16(b[12:])),
		width:     (bits + 7) / 8,
		validBits: bits,
	}
	f.speakers = codec.DefaultSpeakers(f.channels)
	if tag == tagExtensible && len(b) >= 26 {
		tag = binary.LittleEndian.Uint16(b[24:])
		if valid := int(binary.LittleEndian.Uint16(b[18:])); valid > 0 && valid <= bits {
			f.validBits = valid
		}
		f.speakers = maskSpeakers(binary.LittleEndian.Uint32(b[20:]), f.channels)
	}
	if name, ok := compressed[tag]; ok {
		return format{}, &codec.UnsupportedError{What: name + " in a WAV file"}
	}
	f.float = tag == tagFloat
	if tag != tagPCM && tag != tagFloat {
		return format{}, &codec.UnsupportedError{What: fmt.Sprintf("WAV format 0x%04X", tag)}
	}
	return f, f.check()
}

// check refuses what cannot be a sound, and settles the size of a sample: the
// frame size decides it where it makes sense (24 bits may lie in the upper
// part of four bytes), else the number of bits.
func (f *format) check() error {
	if f.channels > 0 && f.frameSize%f.channels == 0 {
		if w := f.frameSize / f.channels; w > f.width && w <= 4 && !f.float {
			f.width = w
		}
	}
	switch {
	case f.channels < 1 || f.channels > maxChannels:
		return fmt.Errorf("%w: it claims %d channels", codec.ErrDamaged, f.channels)
	case f.rate < 1 || f.rate > maxRate:
		return fmt.Errorf("%w: it claims %d samples per second", codec.ErrDamaged, f.rate)
	case f.float && f.width != 4 && f.width != 8, f.width < 1 || f.width > 4 && !f.float:
		return &codec.UnsupportedError{What: fmt.Sprintf("WAV with %d bits per sample", f.width*8)}
	}
	f.frameSize = f.width * f.channels
	return nil
}

// maskSpeakers reads a channel mask; channels without a bit are not heard,
// unless the mask is empty.
func maskSpeakers(mask uint32, channels int) []codec.Speaker {
	if mask == 0 || channels < 3 {
		return codec.DefaultSpeakers(channels)
	}
	speakers := make([]codec.Speaker, 0, channels)
	for bit := codec.Speaker(0); bit < 32 && len(speakers) < channels; bit++ {
		if mask&(1<<bit) != 0 {
			speakers = append(speakers, bit)
		}
	}
	for len(speakers) < channels {
		speakers = append(speakers, codec.LowFrequency)
	}
	return speakers
}

// layout is how the samples lie. Eight bits are unsigned, all others signed.
func (f format) layout() pcm.Layout {
	return pcm.Layout{
		Order:    binary.LittleEndian,
		Float:    f.float,
		Unsigned: f.width == 1,
		Width:    f.width,
		Channels: f.channels,
		Speakers: f.speakers,
	}
}
