// Package msb reads bits, the highest of each byte first, as FLAC and AAC have
// them.
package msb

import "encoding/binary"

// Reader reads the bits of Data. Past the end there are zeros; Over tells
// afterwards that they were needed. It is used by one goroutine.
//
// The fields but Data are for inner loops, which hold them in variables of
// their own and give them back.
type Reader struct {
	Data  []byte
	At    int    // byte that is loaded next; beyond Data, zeros are
	Cache uint64 // bits to come, from the highest on
	Left  int    // how many of them count
}

// Refill loads until at least 56 bits are there.
func (r *Reader) Refill() {
	if r.At+8 <= len(r.Data) {
		r.Cache |= binary.BigEndian.Uint64(r.Data[r.At:]) >> r.Left
		r.At += (63 - r.Left) >> 3
		r.Left |= 56
		return
	}
	for r.Left <= 56 {
		if r.At < len(r.Data) {
			r.Cache |= uint64(r.Data[r.At]) << (56 - r.Left)
		}
		r.At++
		r.Left += 8
	}
}

// Take reads n bits, 0 to 56.
func (r *Reader) Take(n int) uint64 {
	if r.Left < n {
		r.Refill()
	}
	v := r.Cache >> 1 >> (63 - n) // in two steps, since n may be 0
	r.Cache <<= n
	r.Left -= n
	return v
}

// Position is how many bits were read.
func (r *Reader) Position() int { return 8*r.At - r.Left }

// Over reports whether more was read than there is.
func (r *Reader) Over() bool { return r.Position() > 8*len(r.Data) }
