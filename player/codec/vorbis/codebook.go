package vorbis

import (
	"math"
	"math/bits"
	"slices"
)

// codebook is a Huffman code, and for most the vectors that its entries stand
// for (Vorbis I, §3).
type codebook struct {
	dimensions int
	// vectors are the numbers of all entries, one after the other; nil in a
	// book that only codes entry numbers.
	vectors []float32

	// short has the codes of up to shortBits bits by the bits that come:
	// entry<<8 | length; 0 is none of them.
	short []uint32
	long  []longCode // the others, in order of their bits
}

type longCode struct {
	bits   uint32 // from the highest on
	length uint8
	entry  int32
}

const (
	shortBits = 10
	// Bounds of what a set-up header can ask for, lest it asks for more memory
	// than there is: encoders write some ten thousand entries in all.
	maxEntries = 1 << 18
	maxVectors = 1 << 21 // numbers of one book
)

// parseCodebook reads a code book (Vorbis I, §3.2.1). budget is how many
// numbers the stream may still have, and is reduced.
func parseCodebook(r *bitReader, budget *int) (codebook, bool) {
	const sync = 0x564342
	if r.take(24) != sync {
		return codebook{}, false
	}
	b := codebook{dimensions: int(r.take(16))}
	entries := int(r.take(24))
	if b.dimensions == 0 || entries == 0 || entries > maxEntries {
		return codebook{}, false
	}
	lengths, ok := codeLengths(r, entries)
	if !ok || !b.assign(lengths) || !b.readVectors(r, entries, budget) {
		return codebook{}, false
	}
	return b, !r.over
}

// codeLengths reads how many bits the code of each entry has; 0 is unused.
func codeLengths(r *bitReader, entries int) ([]uint8, bool) {
	lengths := make([]uint8, entries)
	if !r.flag() { // in no order
		sparse := r.flag()
		for i := range lengths {
			if !sparse || r.flag() {
				lengths[i] = uint8(r.take(5)) + 1
			}
			if r.over {
				return nil, false
			}
		}
		return lengths, true
	}
	length := uint8(r.take(5)) + 1
	for i := 0; i < entries; length++ {
		n := int(r.take(bits.Len(uint(entries - i))))
		if r.over || length > 32 || i+n > entries {
			return nil, false
		}
		for range n {
			lengths[i] = length
			i++
		}
	}
	return lengths, true
}

// assign gives each entry the lowest code of its length that is free, in their
// order (Vorbis I, §3.2.1). It is false when the lengths have no such codes.
func (b *codebook) assign(lengths []uint8) bool {
	var free [33]uint32 // by length, a free code from the highest bit on; 0 is none
	b.short = make([]uint32, 1<<shortBits)
	used := 0
	for entry, length := range lengths {
		if length == 0 {
			continue
		}
		var code uint32
		if used == 0 {
			for n := 1; n <= int(length); n++ {
				free[n] = 1 << (32 - n)
			}
		} else {
			at := int(length)
			for at > 0 && free[at] == 0 {
				at--
			}
			if at == 0 {
				return false
			}
			code, free[at] = free[at], 0
			for n := int(length); n > at; n-- {
				free[n] = code + 1<<(32-n)
			}
		}
		used++
		b.add(code, length, entry)
	}
	slices.SortFunc(b.long, func(x, y longCode) int {
		if x.bits < y.bits {
			return -1
		}
		return 1
	})
	return true // even of none: old encoders have books that nothing refers to
}

func (b *codebook) add(code uint32, length uint8, entry int) {
	if length > shortBits {
		b.long = append(b.long, longCode{code, length, int32(entry)})
		return
	}
	for at := int(bits.Reverse32(code)); at < len(b.short); at += 1 << length {
		b.short[at] = uint32(entry)<<8 | uint32(length)
	}
}

// decode reads the number of an entry; −1 if the bits are no code, or none are
// left.
func (b *codebook) decode(r *bitReader) int {
	if r.left < 32 {
		r.refill()
	}
	if e := b.short[r.cache&(1<<shortBits-1)]; e != 0 {
		r.skip(int(e & 0xFF))
		if r.over {
			return -1
		}
		return int(e >> 8)
	}
	return b.decodeLong(r)
}

func (b *codebook) decodeLong(r *bitReader) int {
	come := bits.Reverse32(uint32(r.cache))
	at, found := slices.BinarySearchFunc(b.long, come, func(c longCode, come uint32) int {
		switch {
		case c.bits < come:
			return -1
		case c.bits > come:
			return 1
		}
		return 0
	})
	if !found {
		at-- // the last one that is not above
	}
	if at < 0 || (come^b.long[at].bits)>>(32-b.long[at].length) != 0 {
		r.over = true
		return -1
	}
	r.skip(int(b.long[at].length))
	if r.over {
		return -1
	}
	return int(b.long[at].entry)
}

// vector reads the vector of an entry; nil as in decode.
func (b *codebook) vector(r *bitReader) []float32 {
	entry := b.decode(r)
	if entry < 0 {
		return nil
	}
	return b.vectors[entry*b.dimensions:][:b.dimensions]
}

// readVectors reads what the entries stand for (Vorbis I, §3.2.1, §3.3).
func (b *codebook) readVectors(r *bitReader, entries int, budget *int) bool {
	kind := r.take(4)
	if kind == 0 {
		return true
	}
	if kind > 2 {
		return false
	}
	low, step := float32Of(r.take(32)), float32Of(r.take(32))
	width := int(r.take(4)) + 1
	sequence := r.flag()
	numbers := b.dimensions * entries
	if numbers > maxVectors || numbers > *budget {
		return false
	}
	*budget -= numbers
	count := numbers
	if kind == 1 {
		count = root(entries, b.dimensions)
	}
	grid := make([]float32, count)
	for i := range grid {
		grid[i] = float32(float64(r.take(width))*step + low)
		if r.over {
			return false
		}
	}
	b.vectors = make([]float32, numbers)
	for entry := range entries {
		vector, last, rest := b.vectors[entry*b.dimensions:][:b.dimensions], float32(0), entry
		for i := range vector {
			at := entry*b.dimensions + i
			if kind == 1 {
				at = rest % count
				rest /= count
			}
			vector[i] = grid[at] + last
			if sequence {
				last = vector[i]
			}
		}
	}
	return true
}

// float32Of unpacks a number of the set-up header (Vorbis I, §9.2.2).
func float32Of(x uint32) float64 {
	mantissa := float64(x & 0x1FFFFF)
	if x>>31 != 0 {
		mantissa = -mantissa
	}
	return math.Ldexp(mantissa, int(x>>21&0x3FF)-788)
}

// root is the largest number whose power to dimensions is at most entries
// (Vorbis I, §9.2.3).
func root(entries, dimensions int) int {
	for r := 1; ; r++ {
		power := 1
		for range dimensions {
			if power *= r + 1; power > entries {
				return r
			}
		}
	}
}
