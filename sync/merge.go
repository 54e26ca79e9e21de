package sync

import "slices"

// place is the nth copy of a track on a list, from 1: what is the same in two
// versions of a playlist, which know no ids of places in common.
type place struct {
	track string
	nth   int
}

func places(list []string) []place {
	count := make(map[string]int, len(list))
	out := make([]place, len(list))
	for i, t := range list {
		count[t]++
		out[i] = place{t, count[t]}
	}
	return out
}

type placeSet map[place]struct{}

func setOf(list []place) placeSet {
	s := make(placeSet, len(list))
	for _, p := range list {
		s[p] = struct{}{}
	}
	return s
}

func (s placeSet) has(p place) bool {
	_, ok := s[p]
	return ok
}

// merge joins an edit, which began from base and came to wished, with what the
// co-op has by now. The package comment has its rules.
func merge(base, wished, theirs []string) []string {
	b, w, t := places(base), places(wished), places(theirs)
	inBase, inWished, inTheirs := setOf(b), setOf(w), setOf(t)
	stays := func(p place) bool {
		if inBase.has(p) {
			return inWished.has(p) && inTheirs.has(p)
		}
		return true // added, here or there
	}
	// The order is that of the side that moved something; ours, if both did.
	first, second := t, w
	if !slices.Equal(common(b, inWished), common(w, inBase)) {
		first, second = w, t
	}
	out := slices.DeleteFunc(slices.Clone(first), func(p place) bool { return !stays(p) })
	return tracksOf(weave(out, second, stays))
}

// common are the places of a list that are also in the set.
func common(list []place, in placeSet) []place {
	return slices.DeleteFunc(slices.Clone(list), func(p place) bool { return !in.has(p) })
}

// weave puts the places of more that stay and are not in out yet behind the
// place that they follow in more.
func weave(out, more []place, stays func(place) bool) []place {
	have := setOf(out)
	var before *place
	for _, p := range more {
		if !stays(p) {
			continue
		}
		if !have.has(p) {
			at := 0
			if before != nil {
				at = slices.Index(out, *before) + 1
			}
			out = slices.Insert(out, at, p)
			have[p] = struct{}{}
		}
		before = &p
	}
	return out
}

func tracksOf(list []place) []string {
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = p.track
	}
	return out
}
