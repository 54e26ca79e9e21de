package stage

import (
	"encoding/binary"
	"image/color"
	"testing"
)

// dumpOf makes a window dump of two pixels, red and then blue.
func dumpOf(order binary.AppendByteOrder, orderField uint32) []byte {
	header := [25]uint32{
		0: 4*25 + 4, 1: 7, 2: 2, 3: 24, 4: 2, 5: 1, 7: orderField,
		11: 32, 12: 8, 14: 0xff0000, 15: 0xff00, 16: 0xff, 19: 1,
	}
	var dump []byte
	for _, field := range header {
		dump = binary.BigEndian.AppendUint32(dump, field)
	}
	dump = append(dump, "win\x00"...)
	dump = append(dump, make([]byte, 12)...)
	for _, pixel := range []uint32{0xff0000, 0x0000fe} {
		dump = order.AppendUint32(dump, pixel)
	}
	return dump
}

func TestDecodeXWD(t *testing.T) {
	for name, dump := range map[string][]byte{
		"little-endian": dumpOf(binary.LittleEndian, 0),
		"big-endian":    dumpOf(binary.BigEndian, 1),
	} {
		got, err := decodeXWD(dump)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.At(0, 0) != (color.RGBA{R: 0xff, A: 0xff}) || got.At(1, 0) != (color.RGBA{B: 0xfe, A: 0xff}) {
			t.Errorf("%s: pixels %v and %v", name, got.At(0, 0), got.At(1, 0))
		}
	}
}

func FuzzDecodeXWD(f *testing.F) {
	f.Add(dumpOf(binary.LittleEndian, 0))
	f.Add([]byte("not a dump"))
	f.Fuzz(func(_ *testing.T, dump []byte) {
		if len(dump) > 1<<16 {
			return
		}
		// Whatever it holds, decoding must end without a panic.
		_, _ = decodeXWD(dump)
	})
}
