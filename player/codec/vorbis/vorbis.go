// Package vorbis plays Ogg Vorbis: the container is package ogg, one packet at
// a time goes to the decoder.
//
// The decoder believes the set-up header, so that is checked before: see
// setup.go. The length is exact: the first packet gives no frames, and the
// granule position of the last page says where the encoder's padding begins.
package vorbis

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"

	"github.com/gopxl/beep/v2"
	lib "github.com/jfreymuth/vorbis"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/ogg"
	"github.com/ninth-coop/ninth/player/source"
)

// identification is how the first packet of a stream begins.
const identification = "\x01vorbis"

// Entry is the format for a codec.Registry.
func Entry() codec.Entry {
	return codec.Entry{Name: "Ogg Vorbis", Match: ogg.Match(identification), Open: Open}
}

// Open reads the three headers of the stream; see codec.Opener.
func Open(ctx context.Context, src source.Source) (codec.Decoder, error) {
	return ogg.Open(ctx, src, begin)
}

const (
	maxChannels = 8
	// maxRate is twice the highest rate that converters offer.
	maxRate = 768000
)

// speakers are the channels in the order of Vorbis I, §4.3.9.
var speakers = [maxChannels + 1][]codec.Speaker{
	1: {codec.FrontCentre},
	2: {codec.FrontLeft, codec.FrontRight},
	3: {codec.FrontLeft, codec.FrontCentre, codec.FrontRight},
	4: {codec.FrontLeft, codec.FrontRight, codec.BackLeft, codec.BackRight},
	5: {codec.FrontLeft, codec.FrontCentre, codec.FrontRight, codec.BackLeft, codec.BackRight},
	6: {codec.FrontLeft, codec.FrontCentre, codec.FrontRight, codec.BackLeft, codec.BackRight, codec.LowFrequency},
	7: {codec.FrontLeft, codec.FrontCentre, codec.FrontRight, codec.SideLeft, codec.SideRight, codec.BackCentre, codec.LowFrequency},
	8: {codec.FrontLeft, codec.FrontCentre, codec.FrontRight, codec.SideLeft, codec.SideRight, codec.BackLeft, codec.BackRight,
		codec.LowFrequency},
}

// begin reads the headers of a stream: identification, comments, set-up
// (Vorbis I, §4.2). The comments are not needed.
func begin(first []byte, next func() ([]byte, error)) (ogg.Stream, error) {
	channels, rate, err := identify(first)
	if err != nil {
		return ogg.Stream{}, err
	}
	d := &decoder{downmix: codec.NewDownmix(speakers[channels]), frame: make([]float64, channels)}
	if err := d.header(first); err != nil {
		return ogg.Stream{}, err
	}
	setup, err := next()
	if err == nil && !bytes.HasPrefix(setup, []byte(setupSignature)) {
		setup, err = next() // the comments came first, as they should
	}
	if err != nil {
		return ogg.Stream{}, err
	}
	if setup, err = checkSetup(setup); err != nil {
		return ogg.Stream{}, err
	}
	if err := d.header(setup); err != nil {
		return ogg.Stream{}, err
	}
	if !d.lib.HeadersRead() {
		return ogg.Stream{}, errSetup
	}
	d.samples = make([]float32, d.lib.BufferSize())
	return ogg.Stream{
		Decoder: d,
		Format:  codec.Format{Codec: "Vorbis", SampleRate: beep.SampleRate(rate), Channels: channels},
	}, nil
}

// identify reads the first header and refuses what cannot be.
func identify(b []byte) (channels, rate int, err error) {
	const size = 30
	if len(b) < size || string(b[:len(identification)]) != identification {
		return 0, 0, fmt.Errorf("%w: it does not begin with a Vorbis header", codec.ErrDamaged)
	}
	if version := binary.LittleEndian.Uint32(b[7:]); version != 0 {
		return 0, 0, &codec.UnsupportedError{What: fmt.Sprintf("Vorbis of version %d", version)}
	}
	channels, rate = int(b[11]), int(binary.LittleEndian.Uint32(b[12:]))
	short, long := b[28]&15, b[28]>>4 // logarithms of the block sizes
	switch {
	case channels > maxChannels:
		return 0, 0, &codec.UnsupportedError{What: fmt.Sprintf("Vorbis with %d channels", channels)}
	case channels < 1 || rate < 1 || rate > maxRate || short < 6 || short > long || long > 13:
		return 0, 0, fmt.Errorf("%w: its Vorbis header makes no sense", codec.ErrDamaged)
	}
	return channels, rate, nil
}

// decoder implements ogg.Decoder.
type decoder struct {
	lib     lib.Decoder
	downmix codec.Downmix
	samples []float32
	frame   []float64
	out     [][2]float64
}

// header gives a header packet to the library.
func (d *decoder) header(b []byte) (err error) {
	defer func() {
		if recover() != nil {
			err = errSetup
		}
	}()
	if d.lib.ReadHeader(b) != nil {
		return errSetup
	}
	return nil
}

func (d *decoder) Reset() { d.lib.Clear() }

func (d *decoder) Decode(packet []byte) [][2]float64 {
	samples, ok := d.run(packet)
	if !ok {
		d.Reset()
		return nil
	}
	channels := len(d.frame)
	d.out = d.out[:0]
	for ; len(samples) >= channels; samples = samples[channels:] {
		for c := range d.frame {
			d.frame[c] = finite(samples[c])
		}
		if channels == 2 {
			d.out = append(d.out, [2]float64{d.frame[0], d.frame[1]})
		} else {
			d.out = append(d.out, d.downmix.Frame(d.frame))
		}
	}
	return d.out
}

// run decodes one packet to samples. A panic in the library is damage.
func (d *decoder) run(packet []byte) (samples []float32, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	samples, err := d.lib.DecodeInto(packet, d.samples)
	return samples, err == nil
}

// loudest is the largest sample that is believed: +60 dBFS.
const loudest = 1000

// finite replaces what is no sound by silence.
func finite(x float32) float64 {
	if x >= -loudest && x <= loudest {
		return float64(x)
	}
	return 0
}
