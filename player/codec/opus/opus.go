// Package opus plays Ogg Opus (RFC 7845): the container is package ogg, one
// packet at a time goes to the decoder.
//
// The length is exact: the header says how many frames at the beginning are
// the encoder's own, the granule position of the last page where its padding
// begins. The header's output gain is applied; the tags' R128 gains are for
// whoever reads tags. Sound is always given at 48 kHz, which is what Opus is
// decoded at whatever went into the encoder.
//
// A decoder converges on what it would be had it heard everything. RFC 7845
// §4.6 asks to decode 80 ms before the wanted frame, after which the error was
// measured to be 30 dB below the sound; after half a second, which takes a
// millisecond, it is more than 120 dB below.
package opus

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/thesyncim/gopus"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/ogg"
	"github.com/ninth-coop/ninth/player/source"
)

// identification is how the first packet of a stream begins.
const identification = "OpusHead"

const (
	rate = 48000 // frames per second, always
	// preroll is what is decoded before the frame that a seek asks for: half a
	// second.
	preroll = rate / 2
	// maxPacketFrames is the longest packet: 120 ms (RFC 6716 §3.2).
	maxPacketFrames = rate * 120 / 1000
)

// Entry is the format for a codec.Registry.
func Entry() codec.Entry {
	return codec.Entry{Name: "Ogg Opus", Match: ogg.Match(identification), Open: Open}
}

// Open reads the header of the stream; see codec.Opener.
func Open(ctx context.Context, src source.Source) (codec.Decoder, error) {
	return ogg.Open(ctx, src, begin)
}

// begin reads the two header packets of a stream: identification and comments,
// of which only the gains are needed.
func begin(first []byte, next func() ([]byte, error)) (ogg.Stream, error) {
	h, err := parseHead(first)
	if err != nil {
		return ogg.Stream{}, err
	}
	lib, err := h.open()
	if err != nil {
		return ogg.Stream{}, errHead
	}
	tags, err := next()
	if err != nil {
		return ogg.Stream{}, err
	}
	comments, _ := bytes.CutPrefix(tags, []byte("OpusTags"))
	gains := codec.CommentGains(comments)
	return ogg.Stream{
		Decoder: &decoder{
			lib:     lib,
			downmix: codec.NewDownmix(h.speakers()),
			gain:    math.Pow(10, float64(h.gain)/(20*256)),
			samples: make([]float32, maxPacketFrames*h.channels),
			frame:   make([]float64, h.channels),
			out:     make([][2]float64, maxPacketFrames),
		},
		Format:  codec.Format{Codec: "Opus", SampleRate: rate, Channels: h.channels, Gains: gains},
		Skip:    int64(h.skip),
		Preroll: preroll,
	}, nil
}

var errHead = fmt.Errorf("%w: its Opus header makes no sense", codec.ErrDamaged)

// head is the identification header (RFC 7845 §5.1), checked.
type head struct {
	channels int
	skip     int   // frames at the beginning that are not to be heard
	gain     int16 // in 1/256 dB
	family   byte  // of channel mappings
	streams  int
	coupled  int // streams that are stereo
	mapping  []byte
}

// maxChannels is the most that channel mapping family 1 knows.
const maxChannels = 8

func parseHead(b []byte) (head, error) {
	const size = 19 // bytes, without a mapping table
	if len(b) < size || !bytes.HasPrefix(b, []byte(identification)) {
		return head{}, errHead
	}
	if version := b[8]; version >= 16 {
		return head{}, &codec.UnsupportedError{What: fmt.Sprintf("Opus of version %d", version)}
	}
	h := head{
		channels: int(b[9]),
		skip:     int(binary.LittleEndian.Uint16(b[10:])),
		gain:     int16(binary.LittleEndian.Uint16(b[16:])),
		family:   b[18],
		streams:  1,
	}
	switch {
	case h.channels == 0:
		return head{}, errHead
	case h.family > 1 && h.family != 255:
		return head{}, &codec.UnsupportedError{What: "ambisonic Opus"}
	case h.channels > maxChannels:
		return head{}, &codec.UnsupportedError{What: fmt.Sprintf("Opus with %d channels", h.channels)}
	case h.family == 0 && h.channels > 2:
		return head{}, errHead
	case h.family == 0:
		h.coupled, h.mapping = h.channels-1, []byte{0, 1}[:h.channels]
		return h, nil
	}
	if len(b) < size+2+h.channels {
		return head{}, errHead
	}
	h.streams, h.coupled = int(b[19]), int(b[20])
	h.mapping = bytes.Clone(b[21 : 21+h.channels])
	if h.streams < 1 || h.streams > h.channels || h.coupled > h.streams {
		return head{}, errHead
	}
	for _, m := range h.mapping {
		if int(m) >= h.streams+h.coupled && m != 255 {
			return head{}, errHead
		}
	}
	return h, nil
}

// surround are the channels of mapping family 1, in the order of Vorbis I,
// §4.3.9.
var surround = [maxChannels + 1][]codec.Speaker{
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

// speakers are where the channels belong; those of family 255 say nothing
// about it.
func (h head) speakers() []codec.Speaker {
	if h.family == 255 {
		return codec.DefaultSpeakers(h.channels)
	}
	return surround[h.channels]
}

// open returns the library's decoder. One stream needs no mapping of channels,
// which takes a tenth of the time.
func (h head) open() (packetDecoder, error) {
	if h.family == 0 {
		return gopus.NewDecoder(gopus.DefaultDecoderConfig(rate, h.channels))
	}
	return gopus.NewMultistreamDecoder(rate, h.channels, h.streams, h.coupled, h.mapping)
}

// packetDecoder is what both of the library's decoders are.
type packetDecoder interface {
	Decode(packet []byte, samples []float32) (frames int, err error)
	Reset()
}

// decoder implements ogg.Decoder.
type decoder struct {
	lib     packetDecoder
	downmix codec.Downmix
	gain    float64
	samples []float32
	frame   []float64
	out     [][2]float64
}

func (d *decoder) Reset() { d.lib.Reset() }

// Lengths implements ogg.Decoder.
func (d *decoder) Lengths(lengths []int, packets [][]byte) []int {
	for _, packet := range packets {
		lengths = append(lengths, packetFrames(packet))
	}
	return lengths
}

// packetFrames is how many frames of sound a packet has, by its first bytes
// (RFC 6716 §3.1, §3.2); 0 if it cannot be one.
func packetFrames(packet []byte) int {
	if len(packet) == 0 {
		return 0
	}
	var each int // by kind: SILK alone, with CELT, CELT alone
	switch kind := packet[0] >> 3; {
	case kind < 12:
		each = [4]int{rate / 100, rate / 50, rate / 25, rate * 3 / 50}[kind%4]
	case kind < 16:
		each = [2]int{rate / 100, rate / 50}[kind%2]
	default:
		each = [4]int{rate / 400, rate / 200, rate / 100, rate / 50}[kind%4]
	}
	parts := 1
	switch code := packet[0] & 3; {
	case code == 3 && len(packet) < 2:
		return 0
	case code == 3:
		parts = int(packet[1] & 63)
	case code > 0:
		parts = 2
	}
	if each*parts > maxPacketFrames {
		return 0
	}
	return each * parts
}

func (d *decoder) Decode(packet []byte) [][2]float64 {
	n, ok := d.run(packet)
	if !ok {
		return nil
	}
	channels := len(d.frame)
	out, samples := d.out[:n], d.samples[:n*channels]
	if channels == 2 {
		for i := range out {
			pair := (*[2]float32)(samples[2*i:])
			out[i] = [2]float64{finite(pair[0]) * d.gain, finite(pair[1]) * d.gain}
		}
		return out
	}
	for i := range out {
		for c := range d.frame {
			d.frame[c] = finite(samples[i*channels+c]) * d.gain
		}
		out[i] = d.downmix.Frame(d.frame)
	}
	return out
}

// run decodes one packet to samples and returns the frames in it. A panic in
// the library is damage.
func (d *decoder) run(packet []byte) (n int, ok bool) {
	defer func() {
		if recover() != nil {
			d.lib.Reset()
			ok = false
		}
	}()
	if len(packet) == 0 {
		return 0, false
	}
	n, err := d.lib.Decode(packet, d.samples)
	return n, err == nil && n >= 0 && n <= maxPacketFrames
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
