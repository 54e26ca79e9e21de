package cover

import (
	"bytes"
	"encoding/binary"
	"image"
)

// orientation is how a camera was held, as the tag Orientation of Exif 2.32
// (CIPA DC-008) numbers it: 1 is upright, 2 mirrored, 3 and 4 these turned
// half round, 5 to 8 with rows and columns changed. What says nothing, or
// nonsense, is upright.
type orientation int

const (
	upright      orientation = 1
	lastOriented orientation = 8
)

// orientationOf reads it from a JPEG.
func orientationOf(file []byte) orientation {
	const (
		startOfScan = 0xDA
		app1        = 0xE1
	)
	for rest := bytes.TrimPrefix(file, []byte{0xFF, 0xD8}); len(rest) >= 4 && rest[0] == 0xFF; {
		marker, length := rest[1], int(binary.BigEndian.Uint16(rest[2:]))
		if marker == startOfScan || length < 2 || 2+length > len(rest) {
			break
		}
		if exif, ok := bytes.CutPrefix(rest[4:2+length], []byte("Exif\x00\x00")); ok && marker == app1 {
			return inExif(exif)
		}
		rest = rest[2+length:]
	}
	return upright
}

// inExif looks in the first directory of a TIFF file, which Exif is.
func inExif(tiff []byte) orientation {
	const (
		tag   = 0x0112
		short = 3
		entry = 12 // bytes
	)
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(tiff, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(tiff, []byte("MM\x00*")):
		order = binary.BigEndian
	}
	if order == nil || len(tiff) < 8 {
		return upright
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return upright
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < entry {
			break
		}
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short {
			if o := orientation(order.Uint16(entries[8:])); o > upright && o <= lastOriented {
				return o
			}
			break
		}
		entries = entries[entry:]
	}
	return upright
}

// turned is a square picture as it was seen.
func (o orientation) turned(img *image.RGBA) *image.RGBA {
	if o == upright {
		return img
	}
	out := image.NewRGBA(img.Bounds())
	last := img.Bounds().Dx() - 1
	for y := range last + 1 {
		for x := range last + 1 {
			fromX, fromY := x, y
			switch o {
			case 2:
				fromX = last - x
			case 3:
				fromX, fromY = last-x, last-y
			case 4:
				fromY = last - y
			case 5:
				fromX, fromY = y, x
			case 6:
				fromX, fromY = y, last-x
			case 7:
				fromX, fromY = last-y, last-x
			case 8:
				fromX, fromY = last-y, x
			}
			out.SetRGBA(x, y, img.RGBAAt(fromX, fromY))
		}
	}
	return out
}
