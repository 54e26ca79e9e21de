package vorbis

import (
	"errors"
	"slices"
	"testing"

	"github.com/ninth-coop/ninth/player/codec"
)

// setup writes values and their widths in turn behind the signature.
func setup(values ...uint32) []byte {
	w := &bitWriter{data: []byte(setupSignature), pos: 8 * len(setupSignature)}
	for i := 0; i < len(values); i += 2 {
		w.put(values[i], int(values[i+1]))
	}
	return w.data
}

// book is a code book of lookup type 0 with two words of one bit.
var book = []uint32{0x564342, 24, 1, 16, 2, 24, 0, 1, 0, 1, 0, 5, 0, 5, 0, 4}

// rest is a set-up behind its code books: no transform, a floor of no
// partitions, and a residue from begin to end.
func rest(begin, end uint32) []uint32 {
	return []uint32{
		0, 6, 0, 16, // transforms
		0, 6, 1, 16, 0, 5, 0, 2, 4, 4, // floors
		0, 6, 2, 16, begin, 24, end, 24, 0, 24, 0, 6, 0, 8, 0, 3, 0, 1, // residues
		0, 32, 0, 32,
	}
}

func TestSetupsThatWouldNeverEnd(t *testing.T) {
	with := func(at int, value uint32) []uint32 {
		b := slices.Clone(book)
		b[2*at] = value
		return slices.Concat([]uint32{0, 8}, b, rest(0, 10))
	}
	if _, err := checkSetup(setup(with(1, 1)...)); err != nil {
		t.Fatalf("a sound set-up: %v", err)
	}
	for name, values := range map[string][]uint32{
		"no synchronisation":                   with(0, 0),
		"no dimensions":                        with(1, 0),
		"no entries":                           with(2, 0),
		"one entry":                            with(2, 1),
		"16 million entries":                   with(2, 1<<24-1),
		"nothing in use":                       slices.Concat([]uint32{0, 8}, []uint32{0x564342, 24, 1, 16, 2, 24, 0, 1, 1, 1, 0, 1, 0, 1, 0, 4}, rest(0, 10)),
		"a residue that ends before it begins": slices.Concat([]uint32{0, 8}, book, rest(11, 10)),
		"more books than there are":            slices.Concat([]uint32{9, 8}, book, rest(0, 10)),
		"too many numbers": slices.Concat([]uint32{0, 8},
			[]uint32{0x564342, 24, 0xFFFF, 16, 60_000, 24, 1, 1, 0, 5}, rest(0, 10)),
		"ordered words without end": slices.Concat([]uint32{0, 8},
			[]uint32{0x564342, 24, 1, 16, 60_000, 24, 1, 1, 0, 5}, make([]uint32, 64)),
	} {
		if _, err := checkSetup(setup(values...)); !errors.Is(err, codec.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	whole := setup(with(1, 1)...)
	for n := range len(whole) - 8 {
		if _, err := checkSetup(whole[:n]); !errors.Is(err, codec.ErrDamaged) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
}

func TestALatticeIsSpeltOut(t *testing.T) {
	// 27 entries in three dimensions are the combinations of three numbers;
	// the cube root of 27 in floating point is a little short of 3.
	values := []uint32{0, 8, 0x564342, 24, 3, 16, 27, 24, 0, 1, 0, 1}
	for range 27 {
		values = append(values, 4, 5)
	}
	values = append(values, 1, 4, 77, 32, 88, 32, 4, 4, 1, 1, 7, 5, 17, 5, 27, 5)
	got, err := checkSetup(setup(slices.Concat(values, rest(0, 10))...))
	if err != nil {
		t.Fatal(err)
	}
	in := &walk{data: got, pos: 8*len(setupSignature) + 8 + 24 + 16 + 24 + 2 + 27*5}
	if kind := in.take(4); kind != 2 {
		t.Fatalf("lookup type %d", kind)
	}
	if low, step, width, sequence := in.take(32), in.take(32), in.take(4), in.take(1); low != 77 || step != 88 || width != 4 || sequence != 1 {
		t.Errorf("%d, %d, %d, %d", low, step, width, sequence)
	}
	numbers := []uint32{7, 17, 27}
	for entry := range 27 {
		vector := []uint32{in.take(5), in.take(5), in.take(5)}
		if want := []uint32{numbers[entry%3], numbers[entry/3%3], numbers[entry/9]}; !slices.Equal(vector, want) {
			t.Fatalf("entry %d is %v, want %v", entry, vector, want)
		}
	}
	// What follows is unchanged but for the class that the floor lacks.
	if in.take(6) != 0 || in.take(16) != 0 || in.take(6) != 0 || in.take(16) != 1 || in.take(5) != 0 || in.take(13) != 0 ||
		in.take(2) != 0 || in.take(4) != 4 {
		t.Error("what follows the book is changed")
	}
}
