package vorbis

import "encoding/binary"

// bitReader reads a packet, the lowest bit of each byte first (Vorbis I, §2).
// Past the end there are zeros, and over is true from then on.
type bitReader struct {
	data  []byte
	at    int    // byte that is loaded next
	cache uint64 // bits to come, from the lowest on
	left  int    // how many of them are of the packet
	over  bool
}

// refill loads until at least 56 bits are there, if the packet has them.
func (r *bitReader) refill() {
	if r.at+8 <= len(r.data) {
		r.cache |= binary.LittleEndian.Uint64(r.data[r.at:]) << r.left
		r.at += (63 - r.left) >> 3
		r.left |= 56
		return
	}
	for r.left <= 56 && r.at < len(r.data) {
		r.cache |= uint64(r.data[r.at]) << r.left
		r.at++
		r.left += 8
	}
}

// take reads n bits, 0 to 32.
func (r *bitReader) take(n int) uint32 {
	if r.left < n {
		r.refill()
	}
	v := uint32(r.cache & (1<<n - 1))
	r.skip(n)
	return v
}

// skip goes past bits that are loaded.
func (r *bitReader) skip(n int) {
	r.cache >>= n
	if r.left -= n; r.left < 0 {
		r.cache, r.left, r.over = 0, 0, true
	}
}

func (r *bitReader) flag() bool { return r.take(1) == 1 }
