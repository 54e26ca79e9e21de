package vorbis

import (
	"bytes"
	"fmt"
	"math/bits"

	"github.com/ninth-coop/ninth/player/codec"
)

var errSetup = fmt.Errorf("%w: its Vorbis set-up makes no sense", codec.ErrDamaged)

// The set-up header can ask for more memory than there is, and describe codes
// and partitions that a decoder would never come to the end of. The walk over
// it (Vorbis I, §4.2.4) refuses those; what is left can make the library panic
// at worst.
const (
	// maxEntries bounds the entries of one code book, maxValues its numbers
	// and all of a stream's: encoders write some ten thousand in all.
	maxEntries = 1 << 16
	maxValues  = 1 << 20
)

// setupSignature is how the set-up header begins.
const setupSignature = "\x05vorbis"

// checkSetup walks the set-up header up to the residues; what follows is
// harmless. It returns the header in a form that the library reads right.
func checkSetup(packet []byte) ([]byte, error) {
	if !bytes.HasPrefix(packet, []byte(setupSignature)) {
		return nil, errSetup
	}
	w := &walk{data: packet, pos: 8 * len(setupSignature)}
	values := 0
	books := w.take(8) + 1
	for range books {
		n, ok := w.codeBook()
		if values += n; !ok || values > maxValues {
			return nil, errSetup
		}
	}
	for range w.take(6) + 1 {
		w.take(16) // a time domain transform, which there is none of
	}
	for range w.take(6) + 1 {
		if !w.floor() {
			return nil, errSetup
		}
	}
	for range w.take(6) + 1 {
		if !w.residue() {
			return nil, errSetup
		}
	}
	if w.short {
		return nil, errSetup
	}
	return apply(packet, w.mends), nil
}

// walk reads bits, least significant first. Past the end it gives zeros and
// sets short.
type walk struct {
	data  []byte
	pos   int // in bits
	short bool

	mends []mend // of what the library would misread
}

// take reads n ≤ 32 bits.
func (w *walk) take(n int) (v uint32) {
	for i := range n {
		if w.pos/8 >= len(w.data) {
			w.short = true
			return 0
		}
		v |= uint32(w.data[w.pos/8]>>(w.pos%8)&1) << i
		w.pos++
	}
	return v
}

// codeBook steps over one and returns how many numbers it holds.
func (w *walk) codeBook() (values int, ok bool) {
	const sync = 0x564342
	if w.take(24) != sync {
		return 0, false
	}
	dimensions, entries := int(w.take(16)), int(w.take(24))
	if dimensions == 0 || entries < 2 || entries > maxEntries || dimensions*entries > maxValues {
		return 0, false
	}
	if !w.codeLengths(entries) {
		return 0, false
	}
	kind := w.pos
	lookup := w.take(4)
	if lookup == 0 {
		return entries, true
	}
	w.take(32) // minimum
	w.take(32) // step
	width := int(w.take(4)) + 1
	w.take(1)
	numbers := dimensions * entries
	if lookup == 1 {
		numbers = root(entries, dimensions)
		w.mends = append(w.mends, spellOut(w.data, kind, w.pos, width, dimensions, entries)...)
	}
	w.pos += numbers * width
	return dimensions * entries, !w.short
}

// codeLengths steps over the lengths of the code words. At least one must be
// in use.
func (w *walk) codeLengths(entries int) bool {
	used := 0
	if ordered := w.take(1) == 1; ordered {
		w.take(5)
		for used < entries {
			n := int(w.take(bits.Len(uint(entries - used))))
			if w.short || n > entries-used {
				return false
			}
			used += n
		}
		return true
	}
	sparse := w.take(1) == 1
	for range entries {
		if !sparse || w.take(1) == 1 {
			w.take(5)
			used++
		}
	}
	return used > 0 && !w.short
}

// floor steps over the set-up of one floor curve.
func (w *walk) floor() bool {
	switch w.take(16) {
	case 0:
		w.take(8 + 16)
		w.take(16 + 6 + 8)
		for range w.take(4) + 1 {
			w.take(8)
		}
		return !w.short
	case 1:
		return w.floor1()
	}
	return false
}

func (w *walk) floor1() bool {
	classes := make([]uint32, w.take(5))
	highest := -1
	for i := range classes {
		classes[i] = w.take(4)
		highest = max(highest, int(classes[i]))
	}
	if highest < 0 {
		w.mends = append(w.mends, unusedClass(w.pos))
	}
	var dimensions [16]uint32
	for i := range highest + 1 {
		dimensions[i] = w.take(3) + 1
		subclasses := w.take(2)
		if subclasses > 0 {
			w.take(8)
		}
		w.pos += 8 << subclasses
	}
	w.take(2)
	width := w.take(4)
	for _, class := range classes {
		w.pos += int(dimensions[class] * width)
	}
	return !w.short
}

// residue steps over the set-up of one residue. It must not end before it
// begins.
func (w *walk) residue() bool {
	kind := w.take(16)
	begin, end := w.take(24), w.take(24)
	w.take(24)
	cascades := make([]uint32, w.take(6)+1)
	w.take(8)
	for i := range cascades {
		cascades[i] = w.take(3)
		if w.take(1) == 1 {
			cascades[i] |= w.take(5) << 3
		}
	}
	for _, c := range cascades {
		w.pos += 8 * bits.OnesCount32(c)
	}
	return kind <= 2 && begin <= end && !w.short
}
