package cover_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/ninth-coop/ninth/cover"
)

// pngOf is a picture as a file.
func pngOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// wide is a picture whose middle is red, with a hole in a corner of it.
func wide() image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, 3000, 1500))
	for x := 750; x < 2250; x++ {
		for y := range 1500 {
			if x > 800 || y > 50 {
				img.Set(x, y, color.NRGBA{R: 255, A: 255})
			}
		}
	}
	return img
}

func TestSquareIsTheMiddle(t *testing.T) {
	square, err := cover.Square(pngOf(t, wide()), 3000*1500, 1200)
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(square))
	if err != nil || img.Bounds() != image.Rect(0, 0, 1200, 1200) {
		t.Fatalf("%v, %v", img.Bounds(), err)
	}
	if r, g, _, _ := img.At(600, 600).RGBA(); r>>8 < 240 || g>>8 > 20 {
		t.Error("it is not the middle")
	}
	if _, g, _, _ := img.At(5, 5).RGBA(); g>>8 < 240 {
		t.Error("what is transparent is not white")
	}

	var tall bytes.Buffer
	if err := jpeg.Encode(&tall, image.NewGray(image.Rect(0, 0, 30, 70)), nil); err != nil {
		t.Fatal(err)
	}
	if square, err = cover.Square(tall.Bytes(), 1e6, 1200); err != nil {
		t.Fatal(err)
	}
	if cfg, err := jpeg.DecodeConfig(bytes.NewReader(square)); err != nil || cfg.Width != 30 || cfg.Height != 30 {
		t.Errorf("a small one is %d by %d: %v", cfg.Width, cfg.Height, err)
	}
}

func TestWhatIsNotTaken(t *testing.T) {
	good := pngOf(t, image.NewGray(image.Rect(0, 0, 40, 25)))
	if _, err := cover.Square(good, 1000, 1200); err != nil {
		t.Errorf("1,000 pixels of 1,000: %v", err)
	}
	// Only the beginning of a file, which says that it is 65,535 by 65,535.
	huge := bytes.Clone(good[:33])
	copy(huge[16:24], []byte{0, 0, 255, 255, 0, 0, 255, 255})
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	var moving bytes.Buffer
	if err := gif.Encode(&moving, image.NewGray(image.Rect(0, 0, 9, 9)), nil); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		sent  []byte
		most  int
		large bool
	}{
		"nothing":          {nil, 1000, false},
		"a text":           {[]byte("once upon a time"), 1000, false},
		"half of one":      {good[:len(good)/2], 1000, false},
		"of another kind":  {moving.Bytes(), 1000, false},
		"a pixel too many": {good, 999, true},
		"a huge one":       {huge, 64_000_000, true},
	} {
		_, err := cover.Square(tt.sent, tt.most, 1200)
		if !errors.Is(err, cover.ErrNoPicture) || strings.Contains(err.Error(), "pixels") != tt.large {
			t.Errorf("%s: %v", name, err)
		}
	}
}
