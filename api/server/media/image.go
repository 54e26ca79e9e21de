package media

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"io/fs"
	"slices"

	"golang.org/x/image/draw"
)

// Widths are the sizes, in pixels, in which pictures are served.
func Widths() []int { return []int{60, 120, 300, 600, 960, 1200, 1500} }

// Bounds of a picture that is scaled: a small file can claim to be a huge
// picture.
const (
	maxPixels   = 40_000_000
	jpegQuality = 88
)

// errTooLarge means that a picture has more than maxPixels.
var errTooLarge = errors.New("media: picture too large")

// Image opens a square picture in one of the [Widths] as JPEG. files are the
// originals by their width: the fitting one is served as it is, else the
// largest is scaled. A picture is never enlarged. fs.ErrNotExist means that
// there is no such picture or width.
func (l *Library) Image(id string, files map[int]string, width int) (*File, error) {
	if len(files) == 0 || !slices.Contains(Widths(), width) {
		return nil, fmt.Errorf("media: picture %s at %d: %w", id, width, fs.ErrNotExist)
	}
	if path, ok := files[width]; ok {
		return l.Open(path)
	}
	largest := 0
	for w := range files {
		largest = max(largest, w)
	}
	return l.made(imageName(id, width), func(w io.Writer) error {
		f, err := l.Open(files[largest])
		if err != nil {
			return err
		}
		defer f.Close()
		return scale(w, f, width)
	})
}

// Picture is Image for a picture whose one original is at hand. original is
// asked for when the width has not been made yet.
func (l *Library) Picture(id string, width int, original func() ([]byte, error)) (*File, error) {
	if !slices.Contains(Widths(), width) {
		return nil, fmt.Errorf("media: picture %s at %d: %w", id, width, fs.ErrNotExist)
	}
	return l.made(imageName(id, width), func(w io.Writer) error {
		jpeg, err := original()
		if err != nil {
			return err
		}
		return scale(w, bytes.NewReader(jpeg), width)
	})
}

func imageName(id string, width int) string { return fmt.Sprintf("image-%s-x%d.jpg", id, width) }

// scale writes a JPEG at most width pixels wide.
func scale(w io.Writer, r io.ReadSeeker, width int) error {
	cfg, err := jpeg.DecodeConfig(r)
	if err != nil {
		return fmt.Errorf("media: reading picture: %w", err)
	}
	if cfg.Width*cfg.Height > maxPixels {
		return errTooLarge
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("media: reading picture: %w", err)
	}
	src, err := jpeg.Decode(r)
	if err != nil {
		return fmt.Errorf("media: reading picture: %w", err)
	}
	width = min(width, cfg.Width)
	dst := image.NewRGBA(image.Rect(0, 0, width, max(cfg.Height*width/cfg.Width, 1)))
	draw.CatmullRom.Scale(dst, dst.Bounds(), src, src.Bounds(), draw.Src, nil)
	if err := jpeg.Encode(w, dst, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return fmt.Errorf("media: writing picture: %w", err)
	}
	return nil
}
