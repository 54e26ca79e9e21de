package mp4

import (
	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/aac"
)

// packets decodes the access units of a track in order.
type packets struct {
	r     *codec.Reader
	table table
	base  int64 // byte offset that chunk offsets count from
	next  int64 // packet that Next begins with
	dec   *aac.Decoder
}

func (p *packets) Next() ([][2]float64, error) {
	offset, size, err := p.table.packet(p.next)
	if err != nil {
		return nil, err
	}
	unit := []byte(nil) // a packet of impossible size is a damaged one
	if size > 0 && size <= aac.MaxUnit {
		if unit, err = p.r.Bytes(p.base+offset, int(size)); err != nil {
			return nil, err
		}
	}
	p.next++
	return p.dec.Decode(unit), nil
}

func (p *packets) SeekTo(frame int64) (int64, error) {
	target := frame / aac.FrameSize
	p.next = max(target-aac.Preroll, 0)
	p.dec.Reset()
	for p.next < target {
		if _, err := p.Next(); err != nil {
			return 0, err
		}
	}
	return target * aac.FrameSize, nil
}
