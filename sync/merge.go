package sync

import (
	"slices"
	"strings"

	"github.com/ninth-coop/ninth/library"
)

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
// co-op has by now. The package comment has its rules. What the edit neither
// added nor moved keeps the order it has at the co-op; the rest is put behind
// what it follows in wished.
func merge(base, wished, theirs []string) []string {
	b, w, t := places(base), places(wished), places(theirs)
	inBase, inWished, inTheirs := setOf(b), setOf(w), setOf(t)
	stays := func(p place) bool {
		if inBase.has(p) {
			return inWished.has(p) && inTheirs.has(p)
		}
		return true // added, here or there
	}
	moved := movedPlaces(b, w)
	c := chain{}
	c.append(filter(t, func(p place) bool { return stays(p) && !moved.has(p) }))
	c.weave(filter(w, stays))
	return c.tracks()
}

func filter(list []place, keep func(place) bool) []place {
	return slices.DeleteFunc(slices.Clone(list), func(p place) bool { return !keep(p) })
}

// movedPlaces are the fewest places whose moves turn the order of before into
// that of after, among the places of both.
func movedPlaces(before, after []place) placeSet {
	at := make(map[place]int, len(before))
	for i, p := range before {
		at[p] = i
	}
	both := filter(after, func(p place) bool { _, ok := at[p]; return ok })
	moved := setOf(both)
	for _, i := range longestRise(both, func(p place) int { return at[p] }) {
		delete(moved, both[i])
	}
	return moved
}

// longestRise are the indices of a longest subsequence whose numbers rise, by
// patience sorting. The numbers differ from one another.
func longestRise(list []place, number func(place) int) []int {
	var ends []int                   // ends[n] is the index of the lowest number that ends a rise of n+1
	before := make([]int, len(list)) // the index before each in its rise
	for i, p := range list {
		n, _ := slices.BinarySearchFunc(ends, number(p), func(end, v int) int { return number(list[end]) - v })
		before[i] = -1
		if n > 0 {
			before[i] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, i)
		} else {
			ends[n] = i
		}
	}
	if len(ends) == 0 {
		return nil
	}
	var out []int
	for i := ends[len(ends)-1]; i >= 0; i = before[i] {
		out = append(out, i)
	}
	return out
}

// chain is a list of places in which anything can be put behind anything. The
// zero place stands before its first.
type chain map[place]place

// append puts places behind one another, into an empty chain.
func (c chain) append(list []place) {
	var last place
	for _, p := range list {
		c[last] = p
		last = p
	}
	c[last] = place{}
}

// weave puts the places of a list that are not in the chain yet behind the
// place that they follow in the list.
func (c chain) weave(list []place) {
	var before place
	for _, p := range list {
		if _, ok := c[p]; !ok {
			c[before], c[p] = p, c[before]
		}
		before = p
	}
}

func (c chain) tracks() []string {
	out := make([]string, 0, len(c)-1)
	for p := c[place{}]; p != (place{}); p = c[p] {
		out = append(out, p.track)
	}
	return out
}

// mergeHeading joins a change of what is said about a playlist with what the
// co-op says by now, each part by itself. clash tells that a part was changed
// here and there, and differently: it stays as it is at the co-op.
func mergeHeading(was, wished, theirs library.Heading) (joined library.Heading, clash bool) {
	part := func(was, wished, theirs string) string {
		was, wished = strings.TrimSpace(was), strings.TrimSpace(wished) // as a server keeps them
		switch {
		case wished == was || wished == strings.TrimSpace(theirs):
			return theirs
		case strings.TrimSpace(theirs) == was:
			return wished
		}
		clash = true
		return theirs
	}
	joined.Title = part(was.Title, wished.Title, theirs.Title)
	joined.About = part(was.About, wished.About, theirs.About)
	joined.Private = theirs.Private
	if wished.Private != was.Private {
		joined.Private = wished.Private
	}
	return joined, clash
}
