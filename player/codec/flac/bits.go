package flac

import (
	"encoding/binary"
	"math/bits"
)

// bitReader reads the bits of one frame, the highest of each byte first. Past
// the end there are zeros; over tells afterwards that they were needed.
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

// take reads n bits, 0 to 56.
func (r *bitReader) take(n int) uint64 {
	if r.left < n {
		r.refill()
	}
	v := r.cache >> 1 >> (63 - n) // in two steps, since n may be 0
	r.cache <<= n
	r.left -= n
	return v
}

// signed reads a number of n bits, 0 to 56, in two's complement.
func (r *bitReader) signed(n int) int64 {
	if n == 0 {
		return 0
	}
	return int64(r.take(n)<<(64-n)) >> (64 - n)
}

// unary counts the zeros before the next one bit, and reads past that.
func (r *bitReader) unary() (zeros uint64) {
	for {
		r.refill()
		n := bits.LeadingZeros64(r.cache)
		if n < r.left {
			r.cache = r.cache << n << 1
			r.left -= n + 1
			return zeros + uint64(n)
		}
		zeros += uint64(r.left)
		r.cache <<= r.left
		r.left = 0
		if r.at > len(r.data)+8 {
			return 0 // there is none any more: over
		}
	}
}

// rice reads numbers of the Rice code with parameter k, 0 to 30 (RFC 9639,
// §9.2.7.1), as they come in their zigzag order.
func (r *bitReader) rice(out []int64, k int) {
	cache, left, at := r.cache, r.left, r.at
	for i := range out {
		if left < 48 && at+8 <= len(r.data) {
			cache |= binary.BigEndian.Uint64(r.data[at:]) >> left
			at += (63 - left) >> 3
			left |= 56
		}
		var v uint64
		if n := bits.LeadingZeros64(cache); n+1+k <= left {
			cache = cache << (n & 63) << 1
			v = uint64(n)<<k | cache>>1>>(63-k)
			cache <<= k
			left -= n + 1 + k
		} else { // a long one, or the end of the frame
			r.cache, r.left, r.at = cache, left, at
			v = r.unary() << k
			v |= r.take(k)
			cache, left, at = r.cache, r.left, r.at
		}
		out[i] = int64(v>>1) ^ -int64(v&1)
	}
	r.cache, r.left, r.at = cache, left, at
}

// over reports whether more was read than there is.
func (r *bitReader) over() bool { return r.at-r.left/8 > len(r.data) }
