package mp4

import "github.com/ninth-coop/ninth/player/codec"

// lister knows where packets are.
type lister interface {
	// packet returns the place of packet i, of size 0 if it is lost; io.EOF
	// past the last one.
	packet(i int64) (offset, size int64, err error)
	// frames is how many frames all packets give if the last is shorter than
	// the others, as far as that is known; else -1.
	frames() int64
}

// packets decodes the packets of a track in order.
type packets struct {
	r     *codec.Reader
	table lister
	base  int64 // byte offset that chunk offsets count from
	next  int64 // packet that Next begins with
	sound sound
	begun bool // a packet was decoded
}

func (p *packets) Next() ([][2]float64, error) {
	offset, size, err := p.table.packet(p.next)
	if err != nil {
		return nil, err
	}
	unit := []byte(nil) // a packet of impossible size is a damaged one
	if size > 0 && size <= int64(p.sound.maxPacket) {
		if unit, err = p.r.Bytes(p.base+offset, int(size)); err != nil {
			return nil, err
		}
	}
	frames := p.sound.decoder.Decode(unit)
	if !p.begun && p.sound.extended != nil && p.sound.extended() {
		return nil, &codec.UnsupportedError{What: "HE-AAC"}
	}
	p.begun = true
	if end := p.table.frames(); end >= 0 {
		left := max(end-p.next*p.sound.frameSize, 0)
		frames = frames[:min(left, int64(len(frames)))]
	}
	p.next++
	return frames, nil
}

func (p *packets) SeekTo(frame int64) (int64, error) {
	target := frame / p.sound.frameSize
	p.next = max(target-p.sound.preroll, 0)
	p.sound.decoder.Reset()
	for p.next < target {
		if _, err := p.Next(); err != nil {
			return 0, err
		}
	}
	return target * p.sound.frameSize, nil
}
