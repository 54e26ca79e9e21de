package mp4

import "github.com/ninth-coop/ninth/player/codec"

// Index implements codec.Indexed for a fragmented file; its units are packets,
// and its places fragments. Of any other the movie box says it all.
func (p *packets) Index() codec.Index {
	x := codec.Index{Length: -1}
	f, ok := p.table.(*fragments)
	if !ok {
		return x
	}
	for _, k := range f.known {
		n := len(x.Places)
		if k.at >= 0 && k.count > 0 && (n == 0 || k.unit > x.Places[n-1].Unit && k.at > x.Places[n-1].Offset) {
			x.Places = append(x.Places, codec.Place{Unit: k.unit, Offset: k.at})
		}
	}
	return x
}

// UseIndex implements codec.Indexed. The index of the file itself is believed
// before.
func (p *packets) UseIndex(x codec.Index) {
	f, ok := p.table.(*fragments)
	if !ok || len(f.index) > 0 {
		return
	}
	for _, at := range x.Places {
		f.index = append(f.index, reference{unit: at.Unit, offset: at.Offset})
	}
	f.told = true
}
