package aac

import "github.com/ninth-coop/ninth/player/codec/msb"

// bitReader reads the bits of one access unit.
type bitReader struct{ msb.Reader }

func newBitReader(unit []byte) *bitReader { return &bitReader{msb.Reader{Data: unit}} }

// take reads n bits, 0 to 32.
func (r *bitReader) take(n int) int { return int(r.Take(n)) }

func (r *bitReader) flag() bool { return r.take(1) == 1 }

// skip goes n bits on.
func (r *bitReader) skip(n int) { r.seek(r.Position() + n) }

// align goes on to the next byte.
func (r *bitReader) align() { r.skip(-r.Position() & 7) }

// seek goes to a bit, behind the end at most by a little.
func (r *bitReader) seek(bit int) {
	bit = min(bit, 8*len(r.Data)+1)
	r.At, r.Cache, r.Left = bit>>3, 0, 0
	r.take(bit & 7)
}
