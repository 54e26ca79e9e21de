package codec

import (
	"errors"
	"fmt"
	"io"
)

// Packets is a track as a demuxer sees it: packets in order, each of which
// decodes to a run of frames. FromPackets makes a Decoder of it. Frames are
// counted from the first frame that the packets give, encoder delay included.
type Packets interface {
	// Next decodes the next packet. The frames are valid until the next call.
	// A damaged packet is silence of its length. io.EOF is the end of the
	// track; any other error ends decoding.
	Next() ([][2]float64, error)

	// SeekTo goes to the packet that holds the given frame: the next Next
	// begins with frame start, start ≤ frame. A packet whose decoding depends
	// on its predecessors is pre-rolled here. After an error another SeekTo
	// must work.
	SeekTo(frame int64) (start int64, err error)
}

// Overrunner is Packets whose length is only what the file claims.
type Overrunner interface {
	// Overruns reports whether the track goes on behind its claimed end, near
	// which the packets stand: it was joined from several files, its header
	// lies, or there is more in between its packets than belongs there.
	Overruns() (bool, error)
}

// Trim is what to leave out of a stream of packets so that exactly the
// frames that went into the encoder come out.
type Trim struct {
	Delay  int64 // frames to drop at the beginning, ≥ 0
	Length int64 // frames that follow; -1 if not known
}

// FromPackets returns a decoder that plays packets, which must stand at their
// beginning. If the packets end before trim.Length, the track ends there
// (a file cut short), and Len says so from then on. If they are an Overrunner
// and go on behind it, so does the track, and Len is not known until they end.
func FromPackets(format Format, trim Trim, packets Packets) Decoder {
	return &packetDecoder{format: format, packets: packets, delay: trim.Delay, length: trim.Length, skip: trim.Delay}
}

type packetDecoder struct {
	format  Format
	packets Packets
	delay   int64
	length  int64 // -1 while not known

	position int64
	pending  [][2]float64 // decoded frames from position on, after skip
	skip     int64        // frames still to drop before position
	lost     bool         // the packets do not stand at position: go there first
	ended    bool         // the packets end before position
	closed   bool

	// A failure is met in the middle of a Stream call but, as beep demands,
	// reported by Err only after the frames before it were given out.
	failure error
	err     error
}

var errClosed = errors.New("codec: the decoder is closed")

func (d *packetDecoder) Format() Format  { return d.format }
func (d *packetDecoder) Len() int64      { return d.length }
func (d *packetDecoder) Position() int64 { return d.position }
func (d *packetDecoder) Err() error      { return d.err }

func (d *packetDecoder) Stream(samples [][2]float64) (n int, ok bool) {
	if d.closed {
		return 0, false
	}
	for n < len(samples) && d.failure == nil && !d.endsHere() {
		if len(d.pending) == 0 {
			d.failure = d.fill()
			continue
		}
		want := samples[n:]
		if left := d.length - d.position; d.length >= 0 && !d.Estimated() && left < int64(len(want)) {
			want = want[:left]
		}
		m := copy(want, d.pending)
		d.pending = d.pending[m:]
		d.position += int64(m)
		n += m
	}
	if n > 0 {
		return n, true
	}
	d.err = d.failure
	return 0, len(samples) == 0 && d.failure == nil && !d.atEnd()
}

func (d *packetDecoder) atEnd() bool {
	return d.ended || d.length >= 0 && d.position >= d.length && !d.Estimated()
}

// endsHere is atEnd, but asks before it believes a length.
func (d *packetDecoder) endsHere() bool {
	if !d.atEnd() || d.ended {
		return d.atEnd()
	}
	o, ok := d.packets.(Overrunner)
	if !ok || d.lost {
		return true
	}
	overruns, err := o.Overruns()
	d.failure = err
	if overruns {
		d.length = -1
	} else {
		d.ended = err == nil
	}
	return !overruns
}

// Estimated implements Estimator.
func (d *packetDecoder) Estimated() bool {
	e, ok := d.packets.(Estimator)
	return ok && e.Estimated()
}

// Index implements Indexed.
func (d *packetDecoder) Index() Index {
	x := Index{Length: -1}
	if p, ok := d.packets.(Indexed); ok {
		x = p.Index()
		x.Length = d.length
	}
	return x
}

// UseIndex implements Indexed. A length that the file tells is believed before
// one that was counted.
func (d *packetDecoder) UseIndex(x Index) {
	p, ok := d.packets.(Indexed)
	if !ok {
		return
	}
	p.UseIndex(x)
	if d.length < 0 && x.Length >= d.position {
		d.length = x.Length
	}
}

// fill decodes one packet into pending, less what is to be skipped.
func (d *packetDecoder) fill() error {
	if d.lost {
		err := d.seekPackets(d.position)
		if d.ended = errors.Is(err, io.EOF); err != nil {
			return ignoreEnd(err)
		}
	}
	frames, err := d.packets.Next()
	if err != nil {
		if errors.Is(err, io.EOF) {
			d.ended = true
			if !d.Estimated() {
				d.length = d.position
			}
		}
		return ignoreEnd(err)
	}
	drop := min(d.skip, int64(len(frames)))
	d.skip -= drop
	d.pending = frames[drop:]
	return nil
}

// ignoreEnd is err, unless it only says that the track has ended.
func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (d *packetDecoder) SeekTo(frame int64) error {
	if d.closed {
		return errClosed
	}
	if frame < 0 || d.length >= 0 && frame > d.length {
		return fmt.Errorf("codec: seeking to frame %d: outside [0, %d]", frame, d.length)
	}
	ended := d.length >= 0 && frame == d.length
	d.lost, d.pending = true, nil
	if !ended {
		// The file may be shorter than it claims: its end is no failure.
		err := d.seekPackets(frame)
		if ended = errors.Is(err, io.EOF); err != nil && !ended {
			return fmt.Errorf("codec: seeking to frame %d: %w", frame, err)
		}
	}
	d.position, d.ended, d.failure, d.err = frame, ended, nil, nil
	return nil
}

// seekPackets makes the packets and skip agree on frame.
func (d *packetDecoder) seekPackets(frame int64) error {
	start, err := d.packets.SeekTo(frame + d.delay)
	if err != nil {
		return err
	}
	d.lost = false
	d.pending = nil
	d.skip = frame + d.delay - start
	return nil
}

func (d *packetDecoder) Close() error {
	d.closed = true
	d.pending = nil
	d.packets = nil
	return nil
}
