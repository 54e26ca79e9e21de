package vorbis

import "math"

// The library misreads two things that set-up headers may hold. A header that
// has one of them is handed over in other words that mean the same.

// mend is a stretch of the set-up header, in bits, and what to put in its place.
type mend struct {
	at, length int
	write      func(*bitWriter)
}

// spellOut are the mends for a code book of lookup type 1, whose vectors are
// all combinations of a few numbers. How many those are is a root of the
// number of entries (Vorbis I, §9.2.3), which the library computes in floating
// point and, for some perfect powers, one too low. The book becomes one of
// lookup type 2, which spells out every vector. Its lookup type is at bit
// kind, its numbers, of width bits each, are at bit at.
func spellOut(data []byte, kind, at, width, dimensions, entries int) []mend {
	count := root(entries, dimensions)
	if int(math.Floor(math.Pow(float64(entries), 1/float64(dimensions)))) == count {
		return nil
	}
	return []mend{
		{kind, 4, func(w *bitWriter) { w.put(2, 4) }},
		{at, count * width, func(w *bitWriter) {
			numbers := make([]uint32, count)
			in := &walk{data: data, pos: at}
			for i := range numbers {
				numbers[i] = in.take(width)
			}
			for entry := range entries {
				for range dimensions {
					w.put(numbers[entry%count], width)
					entry /= count
				}
			}
		}},
	}
}

// root is the largest number whose power to dimensions is at most entries.
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

// unusedClass is the mend for a floor curve without partitions, as low
// frequency channels have it: the library reads the description of a class of
// partitions nevertheless. at is the bit where it would be.
func unusedClass(at int) mend {
	const classBits = 3 + 2 + 8 // one dimension, no subclasses, no book
	return mend{at, 0, func(w *bitWriter) { w.put(0, classBits) }}
}

// apply returns the header with the mends, which are in order, done.
func apply(packet []byte, mends []mend) []byte {
	if len(mends) == 0 {
		return packet
	}
	in, out := &walk{data: packet}, &bitWriter{}
	for _, m := range mends {
		out.copy(in, m.at)
		in.pos += m.length
		m.write(out)
	}
	out.copy(in, 8*len(packet))
	return out.data
}

// bitWriter writes bits, least significant first.
type bitWriter struct {
	data []byte
	pos  int // in bits
}

func (w *bitWriter) put(v uint32, n int) {
	for i := range n {
		if w.pos%8 == 0 {
			w.data = append(w.data, 0)
		}
		w.data[w.pos/8] |= byte(v>>i&1) << (w.pos % 8)
		w.pos++
	}
}

// copy takes the bits of in up to position end.
func (w *bitWriter) copy(in *walk, end int) {
	for in.pos < end {
		n := min(end-in.pos, 32)
		w.put(in.take(n), n)
	}
}
