package flac

import (
	"encoding/binary"
	"math/bits"

	"github.com/ninth-coop/ninth/player/codec/msb"
)

// bitReader reads the bits of one frame.
type bitReader struct{ msb.Reader }

// signed reads a number of n bits, 0 to 56, in two's complement.
func (r *bitReader) signed(n int) int64 {
	if n == 0 {
		return 0
	}
	return int64(r.Take(n)<<(64-n)) >> (64 - n)
}

// unary counts the zeros before the next one bit, and reads past that.
func (r *bitReader) unary() (zeros uint64) {
	for {
		r.Refill()
		n := bits.LeadingZeros64(r.Cache)
		if n < r.Left {
			r.Cache = r.Cache << n << 1
			r.Left -= n + 1
			return zeros + uint64(n)
		}
		zeros += uint64(r.Left)
		r.Cache <<= r.Left
		r.Left = 0
		if r.At > len(r.Data)+8 {
			return 0 // there is none any more: over
		}
	}
}

// rice reads numbers of the Rice code with parameter k, 0 to 30 (RFC 9639,
// §9.2.7.1), as they come in their zigzag order.
func (r *bitReader) rice(out []int64, k int) {
	cache, left, at := r.Cache, r.Left, r.At
	for i := range out {
		if left < 48 && at+8 <= len(r.Data) {
			cache |= binary.BigEndian.Uint64(r.Data[at:]) >> left
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
			r.Cache, r.Left, r.At = cache, left, at
			v = r.unary() << k
			v |= r.Take(k)
			cache, left, at = r.Cache, r.Left, r.At
		}
		out[i] = int64(v>>1) ^ -int64(v&1)
	}
	r.Cache, r.Left, r.At = cache, left, at
}
