package source

import (
	"slices"
	"sort"
)

// Range is the bytes from Start up to and without End.
type Range struct{ Start, End int64 }

// Ranges is a set of bytes: ranges in order, none empty, none touching the
// next. The zero value is the empty set.
type Ranges []Range

// Add returns the set with r in it. The receiver may be changed.
func (s Ranges) Add(r Range) Ranges {
	if r.Start >= r.End {
		return s
	}
	// [i, j) are the ranges that r overlaps or touches.
	i := sort.Search(len(s), func(k int) bool { return s[k].End >= r.Start })
	j := i + sort.Search(len(s)-i, func(k int) bool { return s[i+k].Start > r.End })
	if i < j {
		r.Start = min(r.Start, s[i].Start)
		r.End = max(r.End, s[j-1].End)
	}
	return slices.Replace(s, i, j, r)
}

// Reach returns the end of what is present without a gap from off on; it is
// off itself where nothing is.
func (s Ranges) Reach(off int64) int64 {
	i := sort.Search(len(s), func(k int) bool { return s[k].End > off })
	if i < len(s) && s[i].Start <= off {
		return s[i].End
	}
	return off
}

// Bytes is how many bytes are in the set.
func (s Ranges) Bytes() int64 {
	var n int64
	for _, r := range s {
		n += r.End - r.Start
	}
	return n
}

// valid reports whether s keeps its rules and stays within [0, size); a size
// of 0 bounds nothing. A stored set may have been damaged.
func (s Ranges) valid(size int64) bool {
	last := int64(-1)
	for _, r := range s {
		if r.Start <= last || r.Start < 0 || r.End <= r.Start || (size > 0 && r.End > size) {
			return false
		}
		last = r.End
	}
	return true
}

// State is what is known about a download, to be kept between sessions beside
// the file. The zero State knows nothing.
type State struct {
	Size    int64  // bytes of the whole track; 0 while it is not known
	ETag    string // validator of the bytes; empty if the server gives none
	Preview bool   // the bytes are a shortened preview of the track
	Ranges  Ranges // what is in the file
}

// Complete reports whether every byte of the track is there.
func (s State) Complete() bool {
	return s.Size > 0 && s.Ranges.Reach(0) == s.Size
}

func (s State) clone() State {
	s.Ranges = slices.Clone(s.Ranges)
	return s
}
