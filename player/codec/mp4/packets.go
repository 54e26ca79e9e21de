package mp4

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/tphakala/go-aac/pcm"

	"github.com/ninth-coop/ninth/player/codec"
)

const (
	// packetFrames is the length of an AAC-LC access unit.
	packetFrames = 1024
	// preroll is how many packets before a seek's target must be decoded for
	// the overlap of the transform to be right.
	preroll = 1
	// maxPacket bounds an access unit in bytes: the standard's buffer model
	// allows 768 per channel, ADTS can express 8191.
	maxPacket = 8191
)

// packets decodes the access units of a track in order.
type packets struct {
	r     *codec.Reader
	table table
	base  int64 // byte offset that chunk offsets count from
	next  int64 // packet that Next begins with
	aac   *aacDecoder
}

func (p *packets) Next() ([][2]float64, error) {
	offset, size, err := p.table.packet(p.next)
	if err != nil {
		return nil, err
	}
	unit := []byte(nil) // a packet of impossible size is a damaged one
	if size > 0 && size <= maxPacket {
		if unit, err = p.r.Bytes(p.base+offset, int(size)); err != nil {
			return nil, err
		}
	}
	p.next++
	return p.aac.decode(unit), nil
}

func (p *packets) SeekTo(frame int64) (int64, error) {
	target := frame / packetFrames
	p.next = max(target-preroll, 0)
	p.aac.reset()
	for p.next < target {
		if _, err := p.Next(); err != nil {
			return 0, err
		}
	}
	return target * packetFrames, nil
}

// aacDecoder feeds access units to the library's decoder one at a time, so
// that a damaged one costs its own sound and nothing else.
//
// The library gives 16-bit samples. It also replaces noise-like bands by
// noise of its own (perceptual noise substitution, ISO/IEC 14496-3 §4.6.13),
// drawn from a generator that a seek starts anew: in such bands, what follows
// a seek is the same noise only in level.
type aacDecoder struct {
	config aacConfig
	lib    *pcm.Decoder
	feed   feed
	fresh  bool // nothing was decoded since the last reset
	bytes  [packetFrames * 2 * 2]byte
	out    [packetFrames][2]float64
}

func newAAC(config aacConfig) (*aacDecoder, error) {
	d := &aacDecoder{config: config}
	lib, err := pcm.NewDecoder(&d.feed, pcm.WithRawStream(config.raw))
	if errors.Is(err, pcm.ErrUnsupported) {
		return nil, &codec.UnsupportedError{What: "this kind of AAC"}
	} else if err != nil {
		return nil, fmt.Errorf("%w: %w", codec.ErrDamaged, err)
	}
	d.lib, d.fresh = lib, true
	return d, nil
}

// reset forgets everything but the configuration.
func (d *aacDecoder) reset() {
	if d.fresh {
		return
	}
	d.feed.rest = nil
	// The configuration was accepted once, so this cannot fail; if it did,
	// decoding would, and give silence.
	_ = d.lib.Reset(&d.feed, pcm.WithRawStream(d.config.raw))
	d.fresh = true
}

// decode returns the frames of one access unit, silence if it is damaged.
func (d *aacDecoder) decode(unit []byte) [][2]float64 {
	pcmBytes, ok := d.run(unit)
	if !ok {
		d.fresh = false
		d.reset()
		clear(d.out[:])
		return d.out[:]
	}
	const scale = 1.0 / (1 << 15)
	sample := func(i int) float64 { return float64(int16(binary.LittleEndian.Uint16(pcmBytes[2*i:]))) * scale }
	if d.config.channels == 1 {
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
func (d *aacDecoder) run(unit []byte) (decoded []byte, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	if len(unit) == 0 {
		return nil, false
	}
	d.fresh = false
	d.feed.set(unit)
	decoded = d.bytes[:packetFrames*2*d.config.channels]
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
