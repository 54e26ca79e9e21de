package app

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"testing/iotest"
)

func TestSquare(t *testing.T) {
	wide := image.NewNRGBA(image.Rect(0, 0, 3000, 1500))
	for x := 750; x < 2250; x++ { // its middle is red, with a hole
		for y := range 1500 {
			if x > 800 || y > 50 {
				wide.Set(x, y, color.NRGBA{R: 255, A: 255})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, wide); err != nil {
		t.Fatal(err)
	}
	whole := bytes.Clone(b.Bytes())
	cover, err := square(&b)
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(cover))
	if err != nil || img.Bounds() != image.Rect(0, 0, coverSide, coverSide) {
		t.Fatalf("%v, %v", img.Bounds(), err)
	}
	if r, g, _, _ := img.At(600, 600).RGBA(); r>>8 < 240 || g>>8 > 20 {
		t.Error("it is not the middle")
	}
	if _, g, _, _ := img.At(5, 5).RGBA(); g>>8 < 240 {
		t.Error("what is transparent is not white")
	}

	huge := bytes.Clone(whole)
	copy(huge[16:24], []byte{0, 0, 255, 255, 0, 0, 255, 255})
	for name, content := range map[string]string{
		"nothing": "", "a text": "once upon a time", "half of one": string(whole[:len(whole)/2]), "a huge one": string(huge),
	} {
		if _, err := square(strings.NewReader(content)); !errors.Is(err, errNoPicture) {
			t.Errorf("%s: %v", name, err)
		}
	}
	lost := errors.New("lost")
	if _, err := square(iotest.ErrReader(lost)); !errors.Is(err, lost) {
		t.Errorf("of a reader that fails: %v", err)
	}
}
