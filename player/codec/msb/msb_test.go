package msb

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// Any row of widths reads what a number of that many bits holds, with zeros
// behind it, and tells whether they were needed.
func TestReaderReadsBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "data")
		const zeros = 400
		whole := new(big.Int).Lsh(new(big.Int).SetBytes(data), zeros)
		total := 8*len(data) + zeros
		r := Reader{Data: data}
		at := 0
		for _, n := range rapid.SliceOfN(rapid.IntRange(0, 56), 0, 12).Draw(t, "widths") {
			if at+n > total {
				return
			}
			want := new(big.Int).Rsh(whole, uint(total-at-n))
			want.And(want, new(big.Int).SetUint64(1<<n-1))
			if got := r.Take(n); got != want.Uint64() {
				t.Fatalf("%d bits at %d are %x, want %x", n, at, got, want)
			}
			at += n
			if r.Position() != at || r.Over() != (at > 8*len(data)) {
				t.Fatalf("at %d of %d: position %d, over %v", at, 8*len(data), r.Position(), r.Over())
			}
		}
	})
}
