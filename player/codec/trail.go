package codec

import (
	"cmp"
	"slices"
)

// Trail is the index of a stream that is learned by walking it frame by frame,
// as where nothing but the frames before one tells its number. It implements
// Indexed, for Packets that embed it. One goroutine uses it.
type Trail struct {
	places []Place // frames whose number is known, ascending; never empty
	told   bool    // some of it comes from an earlier decoder
}

// NewTrail is the index of a stream whose first frame begins at byte start.
func NewTrail(start int64) Trail { return Trail{places: []Place{{Offset: start}}} }

// Index implements Indexed. The length is left open.
func (t *Trail) Index() Index { return Index{Places: slices.Clone(t.places), Length: -1} }

// UseIndex implements Indexed. An index that begins elsewhere is of another
// stream, and one that does not lead further tells nothing.
func (t *Trail) UseIndex(x Index) {
	if n := len(x.Places); n < 2 || x.Places[0] != t.places[0] || x.Places[n-1].Unit <= t.Last().Unit {
		return
	}
	t.places, t.told = slices.Clone(x.Places), true
}

// Last is the furthest place.
func (t *Trail) Last() Place { return t.places[len(t.places)-1] }

// Pass adds a place that the walk has come to, if it is at least every units
// behind the last.
func (t *Trail) Pass(at Place, every int64) {
	if at.Unit >= t.Last().Unit+every {
		t.places = append(t.places, at)
	}
}

// Nearest is the last place at or before unit, or the first of all. A place may
// come from an earlier decoder: then stands is asked whether a frame begins at
// its byte, and if none does, all that was told is forgotten. An error of stands
// ends the search and is returned with the place.
func (t *Trail) Nearest(unit int64, stands func(offset int64) (bool, error)) (Place, error) {
	i, found := slices.BinarySearchFunc(t.places, unit, func(at Place, unit int64) int {
		return cmp.Compare(at.Unit, unit)
	})
	if !found {
		i = max(i-1, 0)
	}
	from := t.places[i]
	if !t.told || i == 0 {
		return from, nil
	}
	if ok, err := stands(from.Offset); ok || err != nil {
		return from, err
	}
	t.places, t.told = t.places[:1], false
	return t.places[0], nil
}
