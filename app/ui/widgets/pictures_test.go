package widgets

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

func picturesIn(t *testing.T) (p *Pictures, folder string, finds map[string]int) {
	t.Helper()
	folder, finds = t.TempDir(), map[string]int{}
	return NewPictures(func(address string) (string, bool) {
		finds[address]++
		name := filepath.Join(folder, address)
		_, err := os.Stat(name)
		return name, err == nil
	}, now), folder, finds
}

func writePicture(t *testing.T, name string, w, h int, c color.Color) {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		img.Set(i%w, i/w, c)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCoverShowsItsPictureOnceThereIsOne(t *testing.T) {
	start(t)
	pictures, folder, finds := picturesIn(t)
	c := NewCover(pictures, 40)
	show(t, c, 40, 40)
	c.Set("low.png", "Low Water Marks")
	if c.loaded {
		t.Fatal("there is no picture yet")
	}
	writePicture(t, filepath.Join(folder, "low.png"), 90, 60, lit)
	pictures.Retry()
	if !c.loaded || c.img.Image.Bounds().Dx() != 40 || c.img.Image.Bounds().Dy() != 40 {
		t.Fatalf("after a retry: loaded %v", c.loaded)
	}
	c.Set("low.png", "Low Water Marks")
	other := NewCover(pictures, 40)
	show(t, other, 40, 40)
	other.Set("low.png", "Low Water Marks")
	if !other.loaded || finds["low.png"] > 3 {
		t.Errorf("a picture at hand is read again: %d times", finds["low.png"])
	}
}

func TestRecycledCoverIgnoresALatePicture(t *testing.T) {
	start(t)
	var late func()
	pictures, folder, _ := picturesIn(t)
	writePicture(t, filepath.Join(folder, "a.png"), 9, 9, lit)
	pictures.run = func(work func() func()) { late = work() }
	c := NewCover(pictures, 40)
	show(t, c, 40, 40)
	c.Set("a.png", "A")
	arrive := late
	c.Set("", "B")
	arrive()
	if c.loaded {
		t.Error("the picture of another release is shown")
	}
}

func TestHostilePicturesAreNoPictures(t *testing.T) {
	start(t)
	folder := t.TempDir()
	huge := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x06\x00\x00\x00")
	for name, content := range map[string][]byte{"empty": {}, "html": []byte("<html>"), "huge": huge} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if img, err := openPicture(path, 40); err == nil || img != nil {
			t.Errorf("%s was opened", name)
		}
	}
}

func FuzzOpenPicture(f *testing.F) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, 3, 2))); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("\xff\xd8\xff\xe0\x00\x10JFIF"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "picture")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if img, err := openPicture(path, 16); err == nil && img.Bounds().Dx() != 16 {
			t.Error("a picture of another size")
		}
	})
}

func TestPicturesForgetTheOldest(t *testing.T) {
	start(t)
	pictures, folder, _ := picturesIn(t)
	for i := range 5 {
		name := fmt.Sprintf("%d.png", i)
		writePicture(t, filepath.Join(folder, name), 4, 4, lit)
		pictures.load(name, 2000, func(image.Image) {})
	}
	if pictures.bytes > cacheBytes || pictures.recent.Len() != len(pictures.cache) || len(pictures.cache) == 5 {
		t.Errorf("%d pictures of %d bytes are kept", len(pictures.cache), pictures.bytes)
	}
}
