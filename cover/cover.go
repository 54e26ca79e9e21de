// Package cover makes covers of the pictures that people give.
package cover

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	_ "image/png" // Square reads it

	"golang.org/x/image/draw"
)

// ErrNoPicture means that something is no picture that is taken: no JPEG or
// PNG, a damaged one, or one with too many pixels.
var ErrNoPicture = errors.New("cover: not a picture that is taken")

// quality of the JPEGs.
const quality = 88

// Square is the middle of a JPEG or PNG as a square JPEG, at most side pixels
// wide and never enlarged, turned as its camera was held. What is transparent
// becomes white. What else is in the file, such as the place where the picture
// was taken, is left out.
//
// A picture of more than most pixels is not decoded: a small file can claim to
// be a huge picture. Its memory is some bytes for each of the pixels.
// [ErrNoPicture].
func Square(sent []byte, most, side int) ([]byte, error) {
	cfg, kind, err := image.DecodeConfig(bytes.NewReader(sent))
	if err != nil || kind != "jpeg" && kind != "png" {
		return nil, ErrNoPicture
	}
	if cfg.Width < 1 || cfg.Height < 1 || cfg.Width > most/cfg.Height {
		return nil, fmt.Errorf("%w: %d by %d pixels", ErrNoPicture, cfg.Width, cfg.Height)
	}
	src, _, err := image.Decode(bytes.NewReader(sent))
	if err != nil {
		return nil, ErrNoPicture
	}
	b := src.Bounds()
	whole := min(b.Dx(), b.Dy())
	from := image.Rect(0, 0, whole, whole).Add(b.Min).Add(image.Pt((b.Dx()-whole)/2, (b.Dy()-whole)/2))
	side = min(side, whole)
	dst := image.NewRGBA(image.Rect(0, 0, side, side))
	draw.Draw(dst, dst.Bounds(), image.White, image.Point{}, draw.Src) // under what is transparent
	draw.CatmullRom.Scale(dst, dst.Bounds(), src, from, draw.Over, nil)
	var out bytes.Buffer
	if kind == "jpeg" {
		dst = orientationOf(sent).turned(dst)
	}
	if err := jpeg.Encode(&out, dst, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("cover: writing a JPEG: %w", err)
	}
	return out.Bytes(), nil
}
