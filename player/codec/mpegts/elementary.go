package mpegts

import (
	"bytes"
	"fmt"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/aac"
	"github.com/ninth-coop/ninth/player/codec/adts"
	"github.com/ninth-coop/ninth/player/codec/mp3"
)

// elementary is what the frames of an elementary stream are, and what decodes
// them.
type elementary struct {
	format codec.Format
	syntax syntax
	frames int64 // that a unit decodes to
	// To decode a unit after a reset, this many before it have to be given to
	// the decoder, the last so many of them to be decoded.
	known, decoded int64
	decoder        decoder
}

// decoder turns one frame at a time into samples, none or a damaged one into
// silence of its length. They are valid until the next call.
type decoder interface {
	Decode(frame []byte) [][2]float64
	Feed(frame []byte) // a frame whose samples are not wanted
	Reset()
}

// syntax tells frames apart from other bytes.
type syntax struct {
	header int // bytes that parse needs to see
	// parse reads the frame that b begins with: its size in bytes, and how many
	// units it has; more than one cannot be told apart.
	parse func(b []byte) (size, units int, ok bool)
}

// aacDecoder decodes ADTS frames.
type aacDecoder struct{ *aac.Decoder }

func (d aacDecoder) Decode(frame []byte) [][2]float64 {
	if f, ok := adts.ParseFrame(frame); ok && f.Size() <= len(frame) {
		return d.Decoder.Decode(frame[f.Prefix():f.Size()])
	}
	return d.Decoder.Decode(nil)
}

func (d aacDecoder) Feed([]byte) {}

func parseADTS(b []byte) (size, units int, ok bool) {
	f, ok := adts.ParseFrame(b)
	return f.Size(), f.Units(), ok
}

func parseMP3(b []byte) (size, units int, ok bool) {
	f, ok := mp3.ParseFrame(b)
	return f.Size(), 1, ok
}

func newAAC(first []byte) (elementary, error) {
	f, _ := adts.ParseFrame(first)
	dec, config, err := f.NewDecoder(first)
	if err != nil {
		return elementary{}, err
	}
	return elementary{
		format: codec.Format{Codec: "AAC-LC", SampleRate: beep.SampleRate(config.Rate), Channels: config.Channels},
		syntax: syntax{adts.HeaderSize, func(b []byte) (int, int, bool) {
			g, ok := adts.ParseFrame(b)
			return g.Size(), g.Units(), ok && g.Kin(f)
		}},
		frames: aac.FrameSize, known: aac.Preroll, decoded: aac.Preroll, decoder: aacDecoder{dec},
	}, nil
}

func newMP3(first []byte) (elementary, error) {
	f, _ := mp3.ParseFrame(first)
	known, decoded := f.Preroll()
	return elementary{
		format: codec.Format{Codec: "MP3", SampleRate: beep.SampleRate(f.Rate()), Channels: f.Channels()},
		syntax: syntax{mp3.HeaderSize, func(b []byte) (int, int, bool) {
			g, ok := mp3.ParseFrame(b)
			return g.Size(), 1, ok && g.Kin(f)
		}},
		frames: int64(f.Samples()), known: known, decoded: decoded, decoder: mp3.NewFrameDecoder(f),
	}, nil
}

// recognise finds out what an elementary stream of the given type is from its
// first bytes. ok is false where more of them are needed.
func recognise(kind byte, b []byte, final bool) (e elementary, ok bool, err error) {
	if kind != typeMPEG1Audio && kind != typeMPEG2Audio {
		c := cutter{syntax: syntax{adts.HeaderSize, parseADTS}}
		if skip, size := c.cut(b, final); size > 0 {
			e, err = newAAC(b[skip:])
			return e, true, err
		}
	}
	if kind != typeADTS {
		c := cutter{syntax: syntax{mp3.HeaderSize, parseMP3}}
		if skip, size := c.cut(b, final); size > 0 {
			e, err = newMP3(b[skip:])
			return e, true, err
		}
		if isLayer12(b) {
			return e, true, &codec.UnsupportedError{What: "MP2"}
		}
	}
	if final || len(b) > maxHead {
		return e, true, fmt.Errorf("%w: no frame of its sound can be found", codec.ErrDamaged)
	}
	return e, false, nil
}

// maxHead is how many bytes of an elementary stream are searched for a frame.
const maxHead = 64 << 10

// isLayer12 tells whether b begins with a frame of the forebears of MP3.
func isLayer12(b []byte) bool {
	return len(b) >= 4 && b[0] == 0xFF && b[1]&0xE0 == 0xE0 && b[1]>>1&3 >= 2 && b[2]>>4 < 15
}

// cutter cuts frames out of a stream of bytes.
type cutter struct {
	syntax syntax
	synced bool // the bytes before were a frame, so that the next begins at once
}

// cut finds the first frame in b: it begins after skip bytes, and is size bytes
// long. Size 0 means that there is none in b, or not all of it; then skip bytes
// are not needed any more. A frame is taken for one if another follows it; the
// last one if final says that nothing can.
func (c *cutter) cut(b []byte, final bool) (skip, size int) {
	for at := 0; ; at++ {
		next := bytes.IndexByte(b[at:], 0xFF)
		if next != 0 {
			c.synced = false
		}
		if next < 0 {
			return len(b), 0
		}
		at += next
		if len(b)-at < c.syntax.header {
			return at, 0
		}
		size, _, ok := c.syntax.parse(b[at:])
		end := at + size
		switch {
		case !ok:
			c.synced = false
		case c.synced && len(b) >= end, final && len(b) == end:
			c.synced = true
			return at, size
		case c.synced && final:
			return len(b), 0
		case c.synced:
			return at, 0
		case len(b) >= end+c.syntax.header:
			if _, _, ok := c.syntax.parse(b[end:]); ok {
				c.synced = true
				return at, size
			}
		case !final:
			return at, 0
		}
	}
}
