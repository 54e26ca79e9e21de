// Package aac decodes the access units of AAC-LC (ISO/IEC 14496-3), which MP4,
// ADTS and MPEG transport streams all carry. Those are demuxers of their own.
package aac

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/tphakala/go-aac/pcm"

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
// The library gives 16-bit samples. It also replaces noise-like bands by
// noise of its own (perceptual noise substitution, ISO/IEC 14496-3 §4.6.13),
// drawn from a generator that a seek starts anew: in such bands, what follows
// a seek is the same noise only in level.
type Decoder struct {
	config Config
	lib    *pcm.Decoder
	feed   feed
	fresh  bool // nothing was decoded since the last reset
	bytes  [FrameSize * 2 * 2]byte
	out    [FrameSize][2]float64
}

// NewDecoder returns a decoder of what config describes.
func NewDecoder(config Config) (*Decoder, error) {
	d := &Decoder{config: config}
	lib, err := pcm.NewDecoder(&d.feed, pcm.WithRawStream(config.specific))
	if errors.Is(err, pcm.ErrUnsupported) {
		return nil, &codec.UnsupportedError{What: "this kind of AAC"}
	} else if err != nil {
		return nil, fmt.Errorf("%w: %w", codec.ErrDamaged, err)
	}
	d.lib, d.fresh = lib, true
	return d, nil
}

// Reset forgets everything but the configuration.
func (d *Decoder) Reset() {
	if d.fresh {
		return
	}
	d.feed.rest = nil
	// The configuration was accepted once, so this cannot fail; if it did,
	// decoding would, and give silence.
	_ = d.lib.Reset(&d.feed, pcm.WithRawStream(d.config.specific))
	d.fresh = true
}

// Decode returns the frames of one access unit, silence if it is damaged or
// longer than MaxUnit. They are valid until the next call.
func (d *Decoder) Decode(unit []byte) [][2]float64 {
	pcmBytes, ok := d.run(unit)
	if !ok {
		d.fresh = false
		d.Reset()
		clear(d.out[:])
		return d.out[:]
	}
	const scale = 1.0 / (1 << 15)
	sample := func(i int) float64 { return float64(int16(binary.LittleEndian.Uint16(pcmBytes[2*i:]))) * scale }
	if d.config.Channels == 1 {
		for i := range d.out {
			s := sample(i)
			d.out[i] = [2]float64{s, s}
		}
	} else {
		for i := range d.out {
			d.out[i] = [2]float64{sample(2 * i), sample(2*i + 1)}
		}
	}
	return d.out[:]
}

// run decodes one access unit to bytes. A panic in the library is damage.
func (d *Decoder) run(unit []byte) (decoded []byte, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	if len(unit) == 0 || len(unit) > MaxUnit {
		return nil, false
	}
	d.fresh = false
	d.feed.set(unit)
	decoded = d.bytes[:FrameSize*2*d.config.Channels]
	_, err := io.ReadFull(d.lib, decoded)
	return decoded, err == nil
}

// feed is the reader that the library takes its access units from: one, with
// the length before it that the library's raw framing wants, then io.EOF.
type feed struct {
	buffer []byte
	rest   []byte
}

func (f *feed) set(unit []byte) {
	f.buffer = binary.BigEndian.AppendUint16(f.buffer[:0], uint16(len(unit)))
	f.buffer = append(f.buffer, unit...)
	f.rest = f.buffer
}

func (f *feed) Read(p []byte) (int, error) {
	if len(f.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}
