package ogg

import "github.com/ninth-coop/ninth/player/codec"

// Index implements codec.Indexed; its units are granules. Of a chain nothing is
// kept: its lengths are found by playing it.
func (p *packets) Index() codec.Index {
	x := codec.Index{Length: -1}
	if len(p.links) != 1 {
		return x
	}
	for _, at := range p.links[0].places {
		x.Places = append(x.Places, codec.Place{Unit: at.granule, Offset: at.offset})
	}
	return x
}

// UseIndex implements codec.Indexed.
func (p *packets) UseIndex(x codec.Index) {
	l := p.links[0]
	if len(p.links) != 1 || len(x.Places) <= len(l.places) {
		return
	}
	l.places, l.told = make([]place, 0, len(x.Places)), true
	for _, at := range x.Places {
		if at.Offset >= l.data && at.Unit > l.zero-l.Skip {
			l.places = append(l.places, place{at.Unit, at.Offset})
		}
	}
	if size := p.pages.r.Size(); x.Length > 0 && size > 0 && l.end.offset == 0 {
		l.end = place{l.zero + x.Length, size}
	}
}
