package mp3

import "encoding/binary"

// bitReader reads bits, the highest first. The bytes must be followed by at
// least readAhead more that exist, of any value; positions are checked by the
// caller, once per element instead of once per bit.
type bitReader struct {
	bytes []byte
	at    int // bits
}

// readAhead is how many bytes a reader may go beyond the end before it is
// noticed: the scale factors of a granule, 5 bits each, and a peek.
const readAhead = (5*maxFactors+7)/8 + 8

// peek is the next bits, left-aligned; at least the upper 57 are right.
func (r *bitReader) peek() uint64 {
	return binary.BigEndian.Uint64(r.bytes[r.at>>3:]) << (r.at & 7)
}

// take reads n bits, 0 to 32.
func (r *bitReader) take(n int) int {
	v := r.peek() >> 1 >> (63 - n)
	r.at += n
	return int(v)
}

// flag reads one bit.
func (r *bitReader) flag() bool { return r.take(1) == 1 }
