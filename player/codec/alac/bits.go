package alac

import (
	"encoding/binary"
	mathbits "math/bits"
)

// bits reads bits, most significant first. Past the end it gives zeros and
// sets short.
type bits struct {
	data  []byte
	pos   int // in bits
	short bool
}

// take reads n ≤ 32 bits.
func (b *bits) take(n int) uint32 {
	v := b.peek() >> (64 - n)
	b.pos += n
	b.short = b.short || b.pos > 8*len(b.data)
	return uint32(v)
}

// peek returns the next 57 bits or more at the top of a word.
func (b *bits) peek() (v uint64) {
	at := b.pos / 8
	if at+8 <= len(b.data) {
		v = binary.BigEndian.Uint64(b.data[at:])
	} else {
		for i := range 8 {
			if at+i < len(b.data) {
				v |= uint64(b.data[at+i]) << (56 - 8*i)
			}
		}
	}
	return v << (b.pos % 8)
}

// golomb reads a value: a number of ones that counts in units of step, a zero,
// and k bits of which the last is left out for the smallest values; or, after
// maxPrefix ones, the value in width bits.
func (b *bits) golomb(k, step uint32, width int) uint32 {
	v := b.peek() // a prefix, a zero and 24 bits at most are in it
	prefix := mathbits.LeadingZeros64(^v)
	if prefix >= maxPrefix {
		b.take(maxPrefix)
		return b.take(width)
	}
	value := uint32(prefix) * step
	b.pos += prefix + 1
	if k > 0 {
		if rest := uint32(v << (prefix + 1) >> (64 - k)); rest >= 2 {
			value += rest - 1
			b.pos++ // else the last bit belongs to what follows
		}
		b.pos += int(k) - 1
	}
	b.short = b.short || b.pos > 8*len(b.data)
	return value
}

// skipData steps over a data element, skipFill over a fill element.
func (b *bits) skipData() {
	b.take(4)
	align := b.take(1) == 1
	n := int(b.take(8))
	if n == 255 {
		n += int(b.take(8))
	}
	if align {
		b.pos = (b.pos + 7) &^ 7
	}
	b.pos += 8 * n
}

func (b *bits) skipFill() {
	n := int(b.take(4))
	if n == 15 {
		n += int(b.take(8)) - 1
	}
	b.pos += 8 * n
}

// extend keeps the lowest width bits of v and their sign.
func extend(v int32, width int) int32 {
	return v << (32 - width) >> (32 - width)
}

// log2 is the logarithm of v > 0, rounded down.
func log2(v uint32) uint32 { return uint32(mathbits.Len32(v)) - 1 }
