package app

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/ninth-coop/ninth/cover"
)

func TestSquareCover(t *testing.T) {
	file := func(width, height int) io.Reader {
		t.Helper()
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.White})); err != nil {
			t.Fatal(err)
		}
		return &b
	}
	square, err := squareCover(file(1500, 1300))
	if err != nil {
		t.Fatal(err)
	}
	if cfg, err := jpeg.DecodeConfig(bytes.NewReader(square)); err != nil || cfg.Width != coverSide || cfg.Height != coverSide {
		t.Errorf("it is %d by %d: %v", cfg.Width, cfg.Height, err)
	}
	if _, err := squareCover(file(maxPicturePixels, 1)); err != nil {
		t.Errorf("as many pixels as it may have: %v", err)
	}
	for name, content := range map[string]io.Reader{
		"a text":          strings.NewReader("once upon a time"),
		"too many pixels": file(maxPicturePixels+1, 1),
		"too many bytes":  io.MultiReader(file(9, 9), bytes.NewReader(make([]byte, maxPictureBytes))),
	} {
		if _, err := squareCover(content); !errors.Is(err, cover.ErrNoPicture) {
			t.Errorf("%s: %v", name, err)
		}
	}
	lost := errors.New("lost")
	if _, err := squareCover(iotest.ErrReader(lost)); !errors.Is(err, lost) {
		t.Errorf("of a reader that fails: %v", err)
	}
}
