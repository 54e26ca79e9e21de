package library

import (
	"bytes"
	"cmp"
	"iter"
	"slices"
	"time"
)

// matching is a window on the documents of a rule's tracks, and how many there
// are in all.
func (tx *txn) matching(r Rule, offset, limit int) (docs []uint64, total int, err error) {
	q, err := tx.newRuleQuery()
	if err != nil {
		return nil, 0, err
	}
	s, err := q.meets(r.Match)
	if err != nil {
		return nil, 0, err
	}
	total = s.count()
	if r.Limit > 0 {
		total = min(total, r.Limit)
	}
	from := min(offset, total)
	docs, err = q.ordered(s, r, from, min(limit, total-from))
	return docs, total, err
}

// fewTracks are sorted by their names as these are stored; more are found by
// going through all tracks in order.
const fewTracks = 512

// ordered are n members of a set, which it has, from a place in the order of a
// rule on.
func (q *ruleQuery) ordered(s set, r Rule, from, n int) ([]uint64, error) {
	if n <= 0 {
		return nil, nil
	}
	names := map[Sort]index{SortArtist: tracksByArtist, SortTitle: tracksByTitle}
	byName, named := names[r.Sort]
	var docs []uint64
	var err error
	switch {
	case r.Sort == SortAdded:
		return part(s.count(), from, n, func(back bool) iter.Seq[uint64] { return s.members(r.Descending != back) }), nil
	case named && s.count() > fewTracks:
		return part(s.count(), from, n, func(back bool) iter.Seq[uint64] {
			return s.among(byName.documents(q.tx, r.Descending != back, back))
		}), nil
	case named:
		docs, err = q.byName(s, r)
	case r.Sort == Shuffled:
		docs = q.byChance(s)
	default:
		docs, err = q.byNumber(s, r)
	}
	if err != nil {
		return nil, err
	}
	return docs[from : from+n], nil
}

// part are n numbers of a sequence of so many, from a place on, taken from
// whichever end of it is nearer: sequence gives it from its beginning, or back
// from its end.
func part(length, from, n int, sequence func(back bool) iter.Seq[uint64]) []uint64 {
	skip, back := from, false
	if rest := length - from - n; rest < from {
		skip, back = rest, true
	}
	out := make([]uint64, 0, n)
	for m := range sequence(back) {
		if skip--; skip >= 0 {
			continue
		}
		if out = append(out, m); len(out) == n {
			break
		}
	}
	if back {
		slices.Reverse(out)
	}
	return out
}

// byName sorts the members of a set by their names.
func (q *ruleQuery) byName(s set, r Rule) ([]uint64, error) {
	type named struct {
		doc uint64
		key []byte
	}
	var all []named
	for doc := range s.members(false) {
		t, err := q.tx.recordOf(doc)
		if err != nil {
			return nil, err
		}
		t.Document = 0 // which tracks of the same name are put in order by below
		key := t.titleKey()
		if r.Sort == SortArtist {
			key = t.artistKey()
		}
		all = append(all, named{doc, key})
	}
	slices.SortFunc(all, func(a, b named) int {
		by := bytes.Compare(a.key, b.key)
		if r.Descending {
			by = -by
		}
		return cmp.Or(by, cmp.Compare(a.doc, b.doc))
	})
	docs := make([]uint64, len(all))
	for i, n := range all {
		docs[i] = n.doc
	}
	return docs, nil
}

// byNumber sorts the members of a set by a column. Those without a number are
// not sorted, for they are in order and often most of all.
func (q *ruleQuery) byNumber(s set, r Rule) ([]uint64, error) {
	values, err := q.tx.numbers(columnOf(Field(r.Sort))) // orders are called as the fields they go by
	if err != nil {
		return nil, err
	}
	with := 0
	for _, v := range values {
		if v != 0 {
			with++
		}
	}
	all := make([]numbered, 0, with)
	for doc := range s.members(false) {
		if v := values[doc]; v != 0 {
			all = append(all, numbered{numberKey(v, r.Descending), doc})
		}
	}
	all = sorted(all)
	none, _ := slices.BinarySearchFunc(all, numberKey(0, r.Descending), func(n numbered, key uint64) int { return cmp.Compare(n.key, key) })
	docs := appendDocs(make([]uint64, 0, s.count()), all[:none])
	for doc := range s.members(false) {
		if values[doc] == 0 {
			docs = append(docs, doc)
		}
	}
	return appendDocs(docs, all[none:]), nil
}

// byChance shuffles the members of a set, as it does all day.
func (q *ruleQuery) byChance(s set) []uint64 {
	all := make([]numbered, 0, s.count())
	day := uint64(q.now.Unix() / int64(24*time.Hour/time.Second))
	for doc := range s.members(false) {
		all = append(all, numbered{mixed(mixed(day) ^ doc), doc})
	}
	return appendDocs(make([]uint64, 0, len(all)), sorted(all))
}

func appendDocs(docs []uint64, all []numbered) []uint64 {
	for _, n := range all {
		docs = append(docs, n.doc)
	}
	return docs
}

// numberKey sorts as a number does, or the other way round.
func numberKey(n int64, descending bool) uint64 {
	key := uint64(n) ^ 1<<63
	if descending {
		key = ^key
	}
	return key
}

// numbered is a document with the number that it is sorted by.
type numbered struct{ key, doc uint64 }

// sorted sorts by key, digit by digit, which leaves equal keys in the order that
// they had: of numbers that have many digits in common, as times and counts do,
// it is several times faster than comparing them. It may use all for its work.
func sorted(all []numbered) []numbered {
	var differing uint64
	for _, n := range all {
		differing |= n.key ^ all[0].key
	}
	const digit, values = 11, 1 << 11 // in bits; six of them are in a key
	other := make([]numbered, len(all))
	for shift := 0; shift < 64; shift += digit {
		if differing>>shift%values == 0 {
			continue
		}
		var starts [values + 1]int
		for _, n := range all {
			starts[n.key>>shift%values+1]++
		}
		for i := range values {
			starts[i+1] += starts[i]
		}
		for _, n := range all {
			at := &starts[n.key>>shift%values]
			other[*at] = n
			*at++
		}
		all, other = other, all
	}
	return all
}

// mixed spreads a number over all 64 bits, as the finaliser of SplitMix64 does
// (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
func mixed(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}
