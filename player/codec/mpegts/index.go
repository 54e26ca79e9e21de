package mpegts

import (
	"sort"

	"github.com/ninth-coop/ninth/player/codec"
)

// Index implements codec.Indexed; its units are those of the stream, and its
// places the packets in which PES packets begin.
func (p *packets) Index() codec.Index {
	x := codec.Index{Places: make([]codec.Place, 0, len(p.index)), Length: -1}
	for _, at := range p.index {
		x.Places = append(x.Places, codec.Place{Unit: at.unit, Offset: at.at})
	}
	return x
}

// UseIndex implements codec.Indexed. It also knows how time goes on behind a
// splice, which nothing in the stream tells.
func (p *packets) UseIndex(x codec.Index) { p.told = x.Places }

// remembered is the last place before unit, and far from another, that an earlier
// decoder has told of. If no PES packet begins there, nothing it told is believed.
func (p *packets) remembered(from place, unit int64) (to place, ok bool, err error) {
	n := sort.Search(len(p.told), func(k int) bool { return p.told[k].Unit > unit })
	if n == 0 || p.told[n-1].Unit-from.unit <= jumpOver || p.told[n-1].Offset <= from.at {
		return from, false, nil
	}
	told := p.told[n-1]
	time, at, err := p.timeAt(told.Offset)
	if err != nil {
		return from, false, ignoreEnd(err)
	}
	if at != told.Offset {
		p.told = nil
		return from, false, nil
	}
	return place{told.Unit, at, time - p.ticks(told.Unit)}, true, nil
}
