package stage

import (
	"encoding/binary"
	"fmt"
	"image"
	"math/bits"
)

// decodeXWD reads an X window dump (X11/XWDFile.h, version 7) of a true-colour
// window with 32 bits a pixel, which is what a display of depth 24 gives.
func decodeXWD(dump []byte) (image.Image, error) {
	const (
		words   = 25    // The header's 32-bit fields, big-endian.
		longest = 32767 // No X window is longer or wider.
	)
	if len(dump) < 4*words {
		return nil, fmt.Errorf("stage: a window dump of %d bytes", len(dump))
	}
	var header [words]uint32
	for i := range header {
		header[i] = binary.BigEndian.Uint32(dump[4*i:])
	}
	headerSize, version, width, height := header[0], header[1], int(header[4]), int(header[5])
	bigEndian, depth, stride, masks, colours := header[7] == 1, header[11], int(header[12]), header[14:17], header[19]
	if version != 7 || depth != 32 || stride < 4*width {
		return nil, fmt.Errorf("stage: a window dump of version %d with %d bits a pixel", version, depth)
	}
	if width < 1 || width > longest || height < 1 || height > longest {
		return nil, fmt.Errorf("stage: a window dump of %d by %d pixels", width, height)
	}
	const colourSize = 12
	start := int(headerSize) + colourSize*int(colours)
	if len(dump) < start+stride*height {
		return nil, fmt.Errorf("stage: a window dump of %d by %d cut short at %d bytes", width, height, len(dump))
	}
	var order binary.ByteOrder = binary.LittleEndian
	if bigEndian {
		order = binary.BigEndian
	}
	var shift [3]int
	for i, mask := range masks {
		shift[i] = bits.TrailingZeros32(mask)
	}
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		row := dump[start+y*stride:]
		for x := range width {
			pixel := order.Uint32(row[4*x:])
			at := out.PixOffset(x, y)
			for i, mask := range masks {
				out.Pix[at+i] = uint8(pixel & mask >> shift[i])
			}
			out.Pix[at+3] = 0xff
		}
	}
	return out, nil
}
