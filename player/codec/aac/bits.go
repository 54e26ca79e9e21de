package aac

import "encoding/binary"

// bitReader reads the bits of one access unit, the highest of each byte first.
// Past the end there are zeros; over tells afterwards that they were needed.
type bitReader struct {
	data  []byte
	at    int    // byte that is loaded next; beyond data, zeros are
	cache uint64 // bits to come, from the highest on
	left  int    // how many of them count
}

// refill loads until at least 56 bits are there.
func (r *bitReader) refill() {
	if r.at+8 <= len(r.data) {
		r.cache |= binary.BigEndian.Uint64(r.data[r.at:]) >> r.left
		r.at += (63 - r.left) >> 3
		r.left |= 56
		return
	}
	for r.left <= 56 {
		if r.at < len(r.data) {
			r.cache |= uint64(r.data[r.at]) << (56 - r.left)
		}
		r.at++
		r.left += 8
	}
}

// take reads n bits, 0 to 32.
func (r *bitReader) take(n int) int {
	if r.left < n {
		r.refill()
	}
	v := r.cache >> 1 >> (63 - n) // in two steps, since n may be 0
	r.cache <<= n
	r.left -= n
	return int(v)
}

func (r *bitReader) flag() bool { return r.take(1) == 1 }

// position is how many bits were read.
func (r *bitReader) position() int { return 8*r.at - r.left }

// skip goes n bits on.
func (r *bitReader) skip(n int) { r.seek(r.position() + n) }

// align goes on to the next byte.
func (r *bitReader) align() { r.skip(-r.position() & 7) }

// seek goes to a bit, behind the end at most by a little.
func (r *bitReader) seek(bit int) {
	bit = min(bit, 8*len(r.data)+1)
	r.at, r.cache, r.left = bit>>3, 0, 0
	r.take(bit & 7)
}

// over reports whether more was read than there is.
func (r *bitReader) over() bool { return r.position() > 8*len(r.data) }
