package aac

import (
	"encoding/binary"
	"math"
	"strings"
	"sync"
)

const (
	// rootBits is how many bits the first look-up of a code goes by. Most codes
	// of most music are shorter than that with their signs.
	rootBits = 9
	// escape is the magnitude in the last codebook that says that the value
	// follows; its sequence has at most maxEscape ones (ISO/IEC 14496-3
	// §4.6.3.3).
	escape    = 16
	maxEscape = 8
)

// entry is what the bits to come begin with. From the lowest bit on: the length
// of the code, its sign bits included (5 bits); how many more bits select from
// a second table (4 bits), 0 if this is the code; in the upper half the code's
// payload, or where the second table begins.
//
// The payload of a scale factor is its index. Those of spectral codes are the
// values: of a pair, each as 6 bits and 16 more than it is; of a quadruple, each
// as 4 bits and 2 more.
type entry uint32

const (
	lengthMask   = 1<<5 - 1
	moreShift    = 5
	moreMask     = 1<<4 - 1
	payloadShift = 16
	pairBits     = 6
	pairMask     = 1<<pairBits - 1
	quadBits     = 4
	quadMask     = 1<<quadBits - 1
	quadBias     = 2
)

// book is a codebook: a table of the first rootBits bits, then those of the
// codes that are longer.
type book struct {
	root [1 << rootBits]entry
	rest []entry
}

// find is the entry of the code that the upper bits of w begin with.
func (b *book) find(w uint64) entry {
	e := b.root[w>>(64-rootBits)]
	if more := e >> moreShift & moreMask; more != 0 {
		e = b.rest[uint64(e>>payloadShift)+w<<rootBits>>(64-more)]
	}
	return e
}

// The spectral codebooks by number.
const (
	bookZero       = 0
	bookPairs      = 5 // those below are of quadruples
	bookEscape     = 11
	bookNoise      = 13
	bookOutOfPhase = 14 // of intensity stereo
	bookInPhase    = 15
)

// shapes are what the codebooks hold: the least and the greatest value, and
// whether signs follow the code.
var shapes = [...]struct {
	least, most int
	signs       bool
}{
	1: {-1, 1, false}, 2: {-1, 1, false}, 3: {0, 2, true}, 4: {0, 2, true},
	5: {-4, 4, false}, 6: {-4, 4, false}, 7: {0, 7, true}, 8: {0, 7, true},
	9: {0, 12, true}, 10: {0, 12, true}, bookEscape: {0, escape, true},
}

// books are all codebooks by number, ready for use; 0 is that of the scale
// factors.
var books = sync.OnceValue(func() *[bookEscape + 1]book {
	var all [bookEscape + 1]book
	for i, tree := range huffmanCodes {
		codes := leaves(tree)
		if i != scaleBook {
			codes = spell(codes, i)
		}
		all[i].fill(codes)
	}
	return &all
})

// leaf is a code, its bits left-aligned, how many they are, and the payload.
type leaf struct {
	code    uint32
	length  int
	payload int
}

// leaves reads a tree as huffmanCodes writes it; the payloads are indices.
func leaves(tree string) []leaf {
	const digits = "0123456789abcdefghijklmnopqrstuvwxyz"
	digit := func(i int) int { return strings.IndexByte(digits, tree[i]) }
	all := make([]leaf, 0, len(tree)/3)
	next := uint32(0)
	for i := 0; i+3 <= len(tree); i += 3 {
		length := digit(i)
		all = append(all, leaf{next, length, digit(i+1)*len(digits) + digit(i+2)})
		next += 1 << (32 - length)
	}
	return all
}

// spell turns the indices of a spectral codebook into values, and adds the sign
// bits, one for each value but 0, to the codes.
func spell(codes []leaf, number int) []leaf {
	shape := shapes[number]
	values, width, bias := 2, pairBits, escape
	if number < bookPairs {
		values, width, bias = 4, quadBits, quadBias
	}
	base := shape.most - shape.least + 1
	var all []leaf
	for _, c := range codes {
		spelt := []leaf{{code: c.code, length: c.length}}
		scale := 1
		for range values - 1 {
			scale *= base
		}
		for k := range values { // the first is the most significant of the index
			v := c.payload/scale%base + shape.least
			scale /= base
			var signed []leaf
			for _, s := range spelt {
				shift := k * width
				if !shape.signs || v == 0 {
					s.payload |= (v + bias) << shift
					signed = append(signed, s)
					continue
				}
				s.length++
				plus, minus := s, s
				plus.payload |= (bias + v) << shift
				minus.payload |= (bias - v) << shift
				minus.code |= 1 << (32 - s.length)
				signed = append(signed, plus, minus)
			}
			spelt = signed
		}
		all = append(all, spelt...)
	}
	return all
}

// fill makes the tables of codes that are complete.
func (b *book) fill(codes []leaf) {
	const rootShift = 32 - rootBits
	var more [1 << rootBits]int
	for _, c := range codes {
		root := &more[c.code>>rootShift]
		*root = max(*root, c.length-rootBits)
	}
	for i := range more {
		m := more[i]
		if m > 0 {
			b.root[i] = entry(len(b.rest)<<payloadShift | m<<moreShift)
			b.rest = append(b.rest, make([]entry, 1<<m)...)
		}
	}
	for _, c := range codes {
		table, first, free := b.root[:], int(c.code>>rootShift), rootBits-c.length
		if m := more[first]; m > 0 {
			table = b.rest[b.root[first]>>payloadShift:]
			first, free = int(c.code<<rootBits>>(32-m)), rootBits+m-c.length
		}
		for i := range 1 << free {
			table[first+i] = entry(c.payload<<payloadShift | c.length)
		}
	}
}

// powers is |v|^(4/3) with the sign of v, by v + escape: the values of pairs
// (ISO/IEC 14496-3 §4.6.1.3). It has room for all that an entry can hold.
var powers = func() (p [1 << pairBits]float32) {
	for i := range p {
		p[i] = power(i - escape)
	}
	return p
}()

// power is |v|^(4/3) with the sign of v.
func power(v int) float32 {
	x := float64(v)
	return float32(x * math.Cbrt(math.Abs(x)))
}

// scaleFactor reads the difference of two scale factors, −60 to 60.
func (r *bitReader) scaleFactor(b *book) int {
	const bias, longest = 60, 19
	if r.Left < longest {
		r.Refill()
	}
	e := b.find(r.Cache)
	n := int(e & lengthMask)
	r.Cache <<= n
	r.Left -= n
	return int(e>>payloadShift) - bias
}

// quads reads lines in fours and multiplies them by gain.
func (r *bitReader) quads(b *book, out []float32, gain float32) {
	const longest = 16 + 4
	two := powers[escape+2] * gain
	scaled := [1 << quadBits]float32{-two, -gain, 0, gain, two}
	cache, left := r.Cache, r.Left
	for len(out) >= 4 {
		if left < longest {
			r.Cache, r.Left = cache, left
			r.Refill()
			cache, left = r.Cache, r.Left
		}
		e := b.find(cache)
		cache <<= e & lengthMask
		left -= int(e & lengthMask)
		e >>= payloadShift
		quad := (*[4]float32)(out)
		quad[0] = scaled[e&quadMask]
		quad[1] = scaled[e>>quadBits&quadMask]
		quad[2] = scaled[e>>(2*quadBits)&quadMask]
		quad[3] = scaled[e>>(3*quadBits)&quadMask]
		out = out[4:]
	}
	r.Cache, r.Left = cache, left
}

// pairs reads lines in twos and multiplies them by gain.
func (r *bitReader) pairs(b *book, out []float32, gain float32) {
	const longest = 15 + 2
	cache, left, at := r.Cache, r.Left, r.At
	for len(out) >= 2 {
		if left < longest {
			if at+8 <= len(r.Data) {
				cache |= binary.BigEndian.Uint64(r.Data[at:]) >> left
				at += (63 - left) >> 3
				left |= 56
			} else {
				r.Cache, r.Left, r.At = cache, left, at
				r.Refill()
				cache, left, at = r.Cache, r.Left, r.At
			}
		}
		e := b.find(cache)
		cache <<= e & lengthMask
		left -= int(e & lengthMask)
		pair := (*[2]float32)(out)
		pair[0] = powers[e>>payloadShift&pairMask] * gain
		pair[1] = powers[e>>(payloadShift+pairBits)&pairMask] * gain
		out = out[2:]
	}
	r.Cache, r.Left, r.At = cache, left, at
}

// escapes reads lines as pairs does, from the codebook in which values above 15
// are spelt out behind the signs. It reports false if one is longer than may
// be.
func (r *bitReader) escapes(b *book, out []float32, gain float32) bool {
	const longest = 12 + 2
	for ; len(out) >= 2; out = out[2:] {
		if r.Left < longest {
			r.Refill()
		}
		e := b.find(r.Cache)
		r.Cache <<= e & lengthMask
		r.Left -= int(e & lengthMask)
		for k := range 2 {
			v := e >> (payloadShift + k*pairBits) & pairMask
			out[k] = powers[v] * gain
			if v != 0 && v != 2*escape {
				continue
			}
			long, ok := r.escaped()
			if !ok {
				return false
			}
			if v == 0 {
				long = -long
			}
			out[k] = power(long) * gain
		}
	}
	return true
}

// escaped reads a spelt-out value: ones and a zero, then four bits and one for
// each one, to which comes the power of two above them.
func (r *bitReader) escaped() (v int, ok bool) {
	n := 4
	for r.flag() {
		if n++; n > 4+maxEscape {
			return 0, false
		}
	}
	return 1<<n + r.take(n), true
}
