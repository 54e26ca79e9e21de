package cover

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
)

// exif is a segment that says how a camera was held.
func exif(order binary.AppendByteOrder, o uint16) []byte {
	tiff := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		tiff = []byte("MM\x00*")
	}
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2) // entries
	for _, e := range [][4]uint16{{0x010F, 2, 1, 'x'}, {0x0112, 3, 1, o}} {
		tiff = order.AppendUint16(order.AppendUint16(tiff, e[0]), e[1])
		tiff = order.AppendUint32(tiff, uint32(e[2]))
		tiff = order.AppendUint16(order.AppendUint16(tiff, e[3]), 0)
	}
	segment := append([]byte("Exif\x00\x00"), tiff...)
	return append(binary.BigEndian.AppendUint16([]byte{0xFF, 0xE1}, uint16(len(segment)+2)), segment...)
}

// held puts a segment into a JPEG.
func held(picture, segment []byte) []byte {
	return append(append(bytes.Clone(picture[:2]), segment...), picture[2:]...)
}

// TestPicturesAreTurned stores a picture with a red corner in each of the ways
// in which a camera can be held: it has to come out in the upper left.
func TestPicturesAreTurned(t *testing.T) {
	const side, corner = 64, 20
	// Where the first row and the first column of the stored picture are seen,
	// by the standard, says where the upper left corner was stored.
	stored := map[uint16]image.Point{
		1: {0, 0}, 2: {1, 0}, 3: {1, 1}, 4: {0, 1}, 5: {0, 0}, 6: {0, 1}, 7: {1, 1}, 8: {1, 0},
	}
	for o, at := range stored {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			t.Run(fmt.Sprint(o, order), func(t *testing.T) {
				img := image.NewRGBA(image.Rect(0, 0, side, side))
				for x := range corner {
					for y := range corner / 2 { // wider than high, as it is seen
						seenX, seenY := x, y
						if o >= 5 {
							seenX, seenY = y, x
						}
						if at.X == 1 {
							seenX = side - 1 - seenX
						}
						if at.Y == 1 {
							seenY = side - 1 - seenY
						}
						img.Set(seenX, seenY, color.RGBA{R: 255, A: 255})
					}
				}
				var plain bytes.Buffer
				if err := jpeg.Encode(&plain, img, &jpeg.Options{Quality: 95}); err != nil {
					t.Fatal(err)
				}
				square, err := Square(held(plain.Bytes(), exif(order, o)), side*side, side)
				if err != nil {
					t.Fatal(err)
				}
				seen, err := jpeg.Decode(bytes.NewReader(square))
				if err != nil {
					t.Fatal(err)
				}
				red := func(x, y int) bool { r, _, _, _ := seen.At(x, y).RGBA(); return r > 0x8000 }
				if !red(3, 3) || !red(corner-5, 3) || red(3, corner-5) || red(side-4, 3) || red(3, side-4) {
					t.Error("the corner is not where it was seen, or lies on its side")
				}
			})
		}
	}
}

func FuzzOrientation(f *testing.F) {
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(plain.Bytes())
	f.Add(held(plain.Bytes(), exif(binary.LittleEndian, 6)))
	f.Add(held(plain.Bytes(), exif(binary.BigEndian, 9)))
	f.Add(held(plain.Bytes(), exif(binary.BigEndian, 3)[:20]))
	f.Fuzz(func(t *testing.T, file []byte) {
		if o := orientationOf(file); o < upright || o > lastOriented {
			t.Errorf("orientation %d", o)
		}
	})
}
