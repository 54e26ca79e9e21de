package mpegts

import (
	"bytes"
	"errors"
	"io"

	"github.com/ninth-coop/ninth/player/codec"
)

const (
	// indexEvery is the spacing of the index in units, about a second.
	indexEvery = 43
	// maxGap is how many seconds of sound may be missing, where the stream is
	// torn, and still be given as silence. A longer gap, or one in a stream that
	// is whole, is a splice of two recordings: the sound goes on.
	maxGap = 10
)

// packets cuts the frames of one stream out of its PES packets and decodes them.
// A unit is what decodes to one run of samples; nearly always a frame is one.
type packets struct {
	ts    reader
	start int64 // byte offset of the first transport packet
	pid   int
	es    elementary
	cut   cutter

	buffer  []byte // of the stream, not yet cut
	times   []mark // in buffer
	held    *piece // what follows once the buffer has been used up
	final   bool   // nothing follows the buffer
	counter int    // continuity counter of the last packet; -1 if none
	last    []byte // its payload

	unit    int64 // number of the next one
	lost    int64 // units still to be given as silence
	torn    bool  // bytes are missing since the last time stamp
	origin  int64 // time stamp of unit 0
	started bool  // origin is known

	estimated bool // unit is a guess
	index     []place
	told      []codec.Place // of an earlier decoder
}

// piece is the payload of a transport packet.
type piece struct {
	data []byte
	mark mark
	torn bool // bytes are missing before it
}

// mark is a place in the buffer at which a PES packet begins.
type mark struct {
	pos  int   // in the buffer
	time int64 // time stamp of the first frame that begins there, or noTime
	at   int64 // byte offset of its transport packet
}

// place is a unit that is the first to begin in a PES packet.
type place struct {
	unit   int64
	at     int64 // byte offset of the transport packet in which that begins
	origin int64 // time stamp of unit 0 as it counts there
}

func newPackets(ts reader, pid int, es elementary) *packets {
	return &packets{ts: ts, start: ts.offset, pid: pid, es: es, cut: cutter{syntax: es.syntax}, counter: -1}
}

func (p *packets) Next() ([][2]float64, error) {
	frame, err := p.advance()
	if err != nil {
		return nil, err
	}
	return p.es.decoder.Decode(frame), nil
}

// advance steps over one unit and returns its frame; none if it is lost.
func (p *packets) advance() ([]byte, error) {
	for p.lost == 0 {
		skip, size := p.cut.cut(p.buffer, p.final || p.held != nil)
		if skip > 0 {
			p.drop(skip)
		}
		if size > 0 {
			frame, ok := p.take(size)
			if ok {
				return frame, nil
			}
			continue
		}
		if err := p.more(); err != nil {
			return nil, err
		}
	}
	p.lost--
	p.unit++
	return nil, nil
}

// drop leaves out bytes that are of no frame. Before the first frame they are
// the rest of one that is not wanted.
func (p *packets) drop(n int) {
	p.consume(n)
	p.torn = p.torn || p.unit > 0
}

func (p *packets) consume(n int) {
	p.buffer = p.buffer[n:]
	for i := range p.times {
		p.times[i].pos -= n
	}
}

// take returns the frame of size bytes at the front of the buffer, unless time
// tells that others are missing before it.
func (p *packets) take(size int) ([]byte, bool) {
	begun := -1 // the last PES packet that begins at the frame or before it
	for i, m := range p.times {
		if m.pos <= 0 {
			begun = i
		}
	}
	if begun >= 0 {
		m := p.times[begun]
		p.times = p.times[begun+1:]
		if m.time != noTime {
			p.observe(m)
		}
	}
	if p.lost > 0 {
		p.cut.synced = true
		return nil, false
	}
	frame := p.buffer[:size]
	_, units, _ := p.es.syntax.parse(frame)
	p.consume(size)
	if units > 1 {
		p.lost = int64(units)
		return nil, false
	}
	p.unit++
	return frame, true
}

// observe compares the time stamp of the unit that comes next with its number.
func (p *packets) observe(m mark) {
	if !p.started {
		p.started = true
		p.origin = m.time - p.ticks(p.unit)
	}
	gap := p.unitAt(m.time, p.origin, p.unit) - p.unit
	if p.torn && gap > 0 && gap <= maxGap*int64(p.es.format.SampleRate)/p.es.frames {
		p.lost = gap
	} else if gap != 0 {
		p.origin = m.time - p.ticks(p.unit)
	}
	p.torn = false
	if p.lost > 0 {
		return
	}
	if n := len(p.index); !p.estimated && (n == 0 || p.unit >= p.index[n-1].unit+indexEvery) {
		p.index = append(p.index, place{p.unit, m.at, p.origin})
	}
}

// ticks is how long units last, in units of a time stamp.
func (p *packets) ticks(units int64) int64 {
	return int64(float64(units*p.es.frames)*tickRate/float64(p.es.format.SampleRate) + 0.5)
}

// unitAt is the number of the unit that a time stamp belongs to, which is not
// hours away from the unit near.
func (p *packets) unitAt(time, origin, near int64) int64 {
	ahead := float64(since(time, origin+p.ticks(near))) * float64(p.es.format.SampleRate) / (tickRate * float64(p.es.frames))
	if ahead < 0 {
		return near - int64(0.5-ahead)
	}
	return near + int64(ahead+0.5)
}

// more adds the payload of the next packet to the buffer. io.EOF comes when
// the buffer is used up and nothing follows.
func (p *packets) more() error {
	if p.final {
		return io.EOF
	}
	if p.held != nil {
		// What is left is the beginning of a frame whose end is missing.
		p.buffer, p.times, p.torn, p.cut.synced = p.buffer[:0], p.times[:0], true, false
		held := *p.held
		p.held = nil
		p.append(held)
		return nil
	}
	next, err := p.read()
	if errors.Is(err, io.EOF) {
		p.final = true
		return nil
	}
	if err != nil {
		return err
	}
	if next.torn && len(p.buffer) > 0 {
		next.data = append([]byte(nil), next.data...)
		p.held = &next
		return nil
	}
	p.torn = p.torn || next.torn
	p.append(next)
	return nil
}

func (p *packets) append(next piece) {
	if next.mark.at >= 0 {
		next.mark.pos = len(p.buffer)
		p.times = append(p.times, next.mark)
	}
	p.buffer = append(p.buffer, next.data...)
}

// read returns the next payload of the stream.
func (p *packets) read() (piece, error) {
	torn := false
	for {
		t, broken, err := p.ts.next()
		if err != nil {
			return piece{}, err
		}
		torn = torn || broken
		if t.pid != p.pid {
			continue
		}
		if t.scrambled || t.damaged {
			torn, p.counter = true, -1
			continue
		}
		last := p.counter
		p.counter = int(t.counter)
		switch {
		case last < 0 || t.restarted:
		case last == p.counter && bytes.Equal(p.last, t.payload): // sent twice
			continue
		default:
			torn = torn || (last+1)&15 != p.counter
		}
		p.last = append(p.last[:0], t.payload...)
		next := piece{data: t.payload, mark: mark{time: noTime, at: -1}, torn: torn}
		if t.starts {
			body, time, ok := parsePES(t.payload)
			if !ok {
				torn = true
				continue
			}
			next.data, next.mark = body, mark{time: time, at: t.at}
		}
		return next, nil
	}
}

// reset goes to a transport packet, whose stream is at the given unit.
func (p *packets) reset(to place) {
	p.ts.offset, p.unit, p.origin, p.started = to.at, to.unit, to.origin, len(p.index) > 0
	p.clear()
}

// clear forgets what was read ahead.
func (p *packets) clear() {
	p.buffer, p.times, p.held, p.final = p.buffer[:0], p.times[:0], nil, false
	p.counter, p.lost, p.torn, p.cut.synced = -1, 0, false, false
}

var _ codec.Packets = (*packets)(nil)
