// Package mpegts decodes the sound of MPEG transport streams (ISO/IEC 13818-1):
// AAC-LC in ADTS framing, and MP3. They are the segments of most HLS, which
// joined are one such stream, and files of broadcasters and discs.
//
// The demuxer finds the first stream of sound by the program tables, cuts its
// frames out of the packets, and hands them to the decoders of packages aac and
// mp3 one at a time. Frames are not numbered but time-stamped: where bytes are
// missing, the next time stamp tells how much silence stands for them; where
// time jumps in a stream that is whole, two recordings were joined, and the
// sound goes on. Every frame of the file is heard: nothing tells what the
// encoder added.
//
// A seek goes by an index that grows as the stream is walked; beyond it by what
// the source knows of its segments, or by halving the file.
package mpegts

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/source"
)

// Entry is the format for a codec.Registry.
func Entry() codec.Entry { return codec.Entry{Name: "MPEG-TS", Match: Match, Open: Open} }

// Match recognises five transport packets in a row.
func Match(head []byte) bool {
	_, _, ok := findFraming(head)
	return ok
}

const (
	// searched is how many bytes the first packets are looked for in: what a
	// Registry shows to Match.
	searched = 4 << 10
	// maxTables is how many packets are read for the program tables, or a
	// stream that looks like sound without them.
	maxTables = 4000
	// maxScrambled is how many scrambled packets may be damage.
	maxScrambled = 8
	// maxWalk is the size, in bytes, up to which a file that is all here is
	// walked at once, so that its length is known: 17 minutes at 128 kbit/s.
	maxWalk = 16 << 20
)

// Open finds the sound of a stream; see codec.Opener.
func Open(ctx context.Context, src source.Source) (codec.Decoder, error) {
	p, err := open(ctx, src)
	if err != nil {
		return nil, err
	}
	length, err := p.measure()
	if err != nil {
		return nil, err
	}
	return codec.FromPackets(p.es.format, codec.Trim{Length: length}, p), nil
}

// open finds the sound of a stream, and stands at its beginning.
func open(ctx context.Context, src source.Source) (*packets, error) {
	start, err := codec.AudioStart(ctx, src)
	if err != nil {
		return nil, err
	}
	r := codec.NewReader(ctx, src)
	head, err := r.Bytes(start, searched)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	frame, at, ok := findFraming(head)
	if !ok {
		return nil, fmt.Errorf("%w: it does not begin with packets", codec.ErrDamaged)
	}
	ts := reader{r: r, frame: frame, offset: start + int64(at)}
	s, err := findSound(ts)
	if err != nil {
		return nil, err
	}
	es, err := findFrame(ts, s)
	if err != nil {
		return nil, err
	}
	return newPackets(ts, s.pid, es), nil
}

// findSound looks for the stream of sound in the program tables, or without
// them for one that is labelled as sound.
func findSound(ts reader) (stream, error) {
	var pat section
	maps := map[int]*section{}
	guess := stream{pid: -1}
	scrambled := 0
	for range maxTables {
		t, _, err := ts.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return stream{}, err
		}
		if t.scrambled {
			if scrambled++; scrambled > maxScrambled {
				return stream{}, &codec.UnsupportedError{What: "a scrambled transport stream"}
			}
			continue
		}
		pmt := maps[t.pid]
		switch {
		case t.pid == patPID:
			if table, body, ok := pat.add(t); ok && table == patTable {
				for _, pid := range programs(body) {
					if maps[pid] == nil {
						maps[pid] = &section{}
					}
				}
			}
		case pmt != nil:
			if table, body, ok := pmt.add(t); ok && table == pmtTable {
				return pickStream(body)
			}
		case guess.pid < 0 && t.starts && isAudio(t.payload):
			guess.pid = t.pid
		}
	}
	if guess.pid < 0 {
		return stream{}, fmt.Errorf("%w: it has no program map", codec.ErrDamaged)
	}
	return guess, nil
}

// findFrame reads the beginning of a stream, until it is clear what it is.
func findFrame(ts reader, s stream) (elementary, error) {
	p := newPackets(ts, s.pid, elementary{})
	for final := false; ; {
		next, err := p.read()
		switch {
		case errors.Is(err, io.EOF):
			final = true
		case err != nil:
			return elementary{}, err
		case next.torn:
			p.buffer = p.buffer[:0]
		}
		p.buffer = append(p.buffer, next.data...)
		if es, ok, err := recognise(s.kind, p.buffer, final); ok {
			return es, err
		}
	}
}

// measure returns how many frames the stream has, if that can be told without
// a wait; else -1.
func (p *packets) measure() (int64, error) {
	size := p.ts.r.Size()
	if size < 0 || size > maxWalk || !p.ts.r.Here(0, size) {
		return -1, nil
	}
	for {
		_, err := p.advance()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return -1, err
		}
	}
	length := p.unit * p.es.frames
	p.rewind()
	return length, nil
}

// rewind goes back to the beginning.
func (p *packets) rewind() {
	p.ts.offset, p.unit, p.started = p.start, 0, false
	p.clear()
}
