package mp3

import (
	"cmp"
	"slices"

	"github.com/ninth-coop/ninth/player/codec"
)

// Index implements codec.Indexed; its units are frames of the stream.
func (p *packets) Index() codec.Index {
	return codec.Index{Places: slices.Clone(p.index), Length: -1}
}

// UseIndex implements codec.Indexed. An index that begins elsewhere is of
// another stream.
func (p *packets) UseIndex(x codec.Index) {
	last := p.index[len(p.index)-1]
	if n := len(x.Places); n < 2 || x.Places[0] != p.index[0] || x.Places[n-1].Unit <= last.Unit {
		return
	}
	p.index, p.told = slices.Clone(x.Places), true
}

// nearest is the last frame of the index at or before the one with the number
// unit. If no frame stands there, what an earlier decoder has told is forgotten.
func (p *packets) nearest(unit int64) (codec.Place, error) {
	i, found := slices.BinarySearchFunc(p.index, unit, func(at codec.Place, unit int64) int {
		return cmp.Compare(at.Unit, unit)
	})
	if !found {
		i = max(i-1, 0)
	}
	from := p.index[i]
	if !p.told || i == 0 {
		return from, nil
	}
	if stands, err := p.followed(from.Offset); stands || err != nil {
		return from, err
	}
	p.index, p.told = p.index[:1], false
	return p.index[0], nil
}
