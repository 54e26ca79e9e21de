package vorbis

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/ninth-coop/ninth/player/codec"
)

// bitWriter writes bits, the lowest first.
type bitWriter struct {
	data []byte
	pos  int // in bits
}

func (w *bitWriter) put(v uint32, n int) {
	for i := range n {
		if w.pos%8 == 0 {
			w.data = append(w.data, 0)
		}
		w.data[w.pos/8] |= byte(v>>i&1) << (w.pos % 8)
		w.pos++
	}
}

// written is values and their widths in turn, behind some bytes.
func written(before string, values ...uint32) []byte {
	w := &bitWriter{data: []byte(before), pos: 8 * len(before)}
	for i := 0; i < len(values); i += 2 {
		w.put(values[i], int(values[i+1]))
	}
	return w.data
}

// book is a code book of lookup type 0 with two words of one bit.
var book = []uint32{0x564342, 24, 1, 16, 2, 24, 0, 1, 0, 1, 0, 5, 0, 5, 0, 4}

// rest is a set-up behind its code books: no transform, a floor of no
// partitions, a residue from begin to end, a mapping and a mode.
func rest(begin, end uint32) []uint32 {
	return []uint32{
		0, 6, 0, 16, // transforms
		0, 6, 1, 16, 0, 5, 0, 2, 4, 4, // floors
		0, 6, 2, 16, begin, 24, end, 24, 0, 24, 0, 6, 0, 8, 0, 3, 0, 1, // residues
		0, 6, 0, 16, 0, 1, 0, 1, 0, 2, 0, 8, 0, 8, 0, 8, // mappings
		0, 6, 0, 1, 0, 16, 0, 16, 0, 8, 1, 1, // modes
	}
}

func TestSetupsThatCannotBe(t *testing.T) {
	with := func(at int, value uint32) []byte {
		b := slices.Clone(book)
		b[2*at] = value
		return written(setupSignature, slices.Concat([]uint32{0, 8}, b, rest(0, 10))...)
	}
	sound := with(1, 1)
	if _, err := parseSetup(sound, 1); err != nil {
		t.Fatalf("a sound set-up: %v", err)
	}
	for name, packet := range map[string][]byte{
		"another signature":                    append([]byte("\x03"), sound[1:]...),
		"no synchronisation":                   with(0, 0),
		"no dimensions":                        with(1, 0),
		"no entries":                           with(2, 0),
		"16 million entries":                   with(2, 1<<24-1),
		"more codes than there is room for":    written(setupSignature, slices.Concat([]uint32{0, 8, 0x564342, 24, 1, 16, 3, 24, 0, 1, 0, 1, 0, 5, 0, 5, 0, 5, 0, 4}, rest(0, 10))...),
		"a residue that ends before it begins": written(setupSignature, slices.Concat([]uint32{0, 8}, book, rest(11, 10))...),
		"more books than there are":            written(setupSignature, slices.Concat([]uint32{9, 8}, book, rest(0, 10))...),
		"too many numbers": written(setupSignature, slices.Concat([]uint32{0, 8},
			[]uint32{0x564342, 24, 0xFFFF, 16, 60_000, 24, 1, 1, 31, 5}, make([]uint32, 40), rest(0, 10))...),
		"ordered words without end": written(setupSignature, slices.Concat([]uint32{0, 8},
			[]uint32{0x564342, 24, 1, 16, 60_000, 24, 1, 1, 0, 5}, make([]uint32, 64))...),
	} {
		if _, err := parseSetup(packet, 1); !errors.Is(err, codec.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for n := range len(sound) {
		if _, err := parseSetup(sound[:n], 1); !errors.Is(err, codec.ErrDamaged) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
}

// The specification's own example (Vorbis I, §3.2.1): eight entries of the
// lengths 2, 4, 4, 4, 4, 2, 3 and 3 have these codes.
func TestCodesOfTheSpecification(t *testing.T) {
	var b codebook
	if !b.assign([]uint8{2, 4, 4, 4, 4, 2, 3, 3}) {
		t.Fatal("the lengths are refused")
	}
	for entry, code := range []string{"00", "0100", "0101", "0110", "0111", "10", "110", "111"} {
		var w bitWriter
		for _, c := range code {
			w.put(uint32(c-'0'), 1)
		}
		r := &bitReader{data: w.data}
		if got := b.decode(r); got != entry {
			t.Errorf("%s is entry %d, want %d", code, got, entry)
		}
	}
}

func TestCodesLongerThanTheTable(t *testing.T) {
	// One of each length, so that the last two have 20 bits.
	var lengths []uint8
	for n := range 20 {
		lengths = append(lengths, uint8(n+1))
	}
	lengths = append(lengths, 20)
	var b codebook
	if !b.assign(lengths) {
		t.Fatal("the lengths are refused")
	}
	for entry, length := range lengths {
		var w bitWriter
		w.put(1<<min(entry, 20)-1, min(entry, 20)) // ones, then a zero
		if entry < 20 {
			w.put(0, int(length)-entry)
		}
		if got := b.decode(&bitReader{data: w.data}); got != entry {
			t.Errorf("entry %d is read as %d", entry, got)
		}
	}
	if got := b.decode(&bitReader{}); got != -1 {
		t.Errorf("nothing is read as %d", got)
	}
}

func TestVectorsOfALattice(t *testing.T) {
	// 27 entries in three dimensions are the combinations of three numbers;
	// the cube root of 27 in floating point is a little short of 3.
	values := []uint32{0x564342, 24, 3, 16, 27, 24, 0, 1, 0, 1}
	for range 27 {
		values = append(values, 4, 5)
	}
	one := uint32(788) << 21 // 1 in the packed form
	values = append(values, 1, 4, 0, 32, one|1, 32, 4, 4, 0, 1, 7, 5, 17, 5, 27, 5)
	budget := maxNumbers
	b, ok := parseCodebook(&bitReader{data: written("", values...)}, &budget)
	if !ok {
		t.Fatal("the book is refused")
	}
	numbers := []float32{7, 17, 27}
	for entry := range 27 {
		got := b.vectors[3*entry:][:3]
		if want := []float32{numbers[entry%3], numbers[entry/3%3], numbers[entry/9]}; !slices.Equal(got, want) {
			t.Fatalf("entry %d is %v, want %v", entry, got, want)
		}
	}
}

func TestNumbersOfTheHeader(t *testing.T) {
	for packed, want := range map[uint32]float64{
		788<<21 | 1:         1,
		1<<31 | 788<<21 | 3: -3,
		780<<21 | 1:         1.0 / 256,
		0:                   0,
	} {
		if got := float32Of(packed); math.Abs(got-want) > 1e-12 {
			t.Errorf("%#x is %v, want %v", packed, got, want)
		}
	}
}
