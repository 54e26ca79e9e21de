package app

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/ninth-coop/ninth/cover"
)

func TestSquareCover(t *testing.T) {
	file := func(width, height int) *bytes.Buffer {
		t.Helper()
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
			t.Fatal(err)
		}
		return &b
	}
	// The beginning of a file that says how many pixels it has, in a row.
	claims := func(pixels uint32) io.Reader {
		t.Helper()
		head := file(1, 1).Bytes()[:33]
		binary.BigEndian.PutUint32(head[16:], pixels)
		binary.BigEndian.PutUint32(head[29:], crc32.ChecksumIEEE(head[12:29]))
		return bytes.NewReader(head)
	}
	square, err := squareCover(file(1500, 1300))
	if err != nil {
		t.Fatal(err)
	}
	if cfg, err := jpeg.DecodeConfig(bytes.NewReader(square)); err != nil || cfg.Width != 1200 || cfg.Height != 1200 {
		t.Errorf("it is %d by %d: %v", cfg.Width, cfg.Height, err)
	}
	for name, tt := range map[string]struct {
		content io.Reader
		reason  string
	}{
		"a text":          {strings.NewReader("once upon a time"), ""},
		"only a head":     {claims(64_000_000), ""},
		"too many pixels": {claims(64_000_001), "pixels"},
		"too many bytes":  {io.MultiReader(file(9, 9), bytes.NewReader(make([]byte, 64<<20))), "bytes"},
	} {
		_, err := squareCover(tt.content)
		if !errors.Is(err, cover.ErrNoPicture) || !strings.HasSuffix(err.Error(), cmp.Or(tt.reason, cover.ErrNoPicture.Error())) {
			t.Errorf("%s: %v", name, err)
		}
	}
	lost := errors.New("lost")
	if _, err := squareCover(iotest.ErrReader(lost)); !errors.Is(err, lost) {
		t.Errorf("of a reader that fails: %v", err)
	}
}
