package server_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/ninth-coop/ninth/api/server/demo"
)

// pictureOf is a picture of one colour.
func pictureOf(t *testing.T, w, h int, c color.Color, asPNG bool) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		img.Set(i%w, i/w, c)
	}
	var b bytes.Buffer
	var err error
	if asPNG {
		err = png.Encode(&b, img)
	} else {
		err = jpeg.Encode(&b, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// strip is a picture of so many pixels, in a row.
func strip(t *testing.T, pixels int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewPaletted(image.Rect(0, 0, pixels, 1), color.Palette{color.White})); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sendCover sends a form with one file.
func (c *coop) sendCover(token, list, field string, content []byte, header ...string) answer {
	c.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.SetBoundary("the-boundary"); err != nil {
		c.t.Fatal(err)
	}
	part, err := w.CreateFormFile(field, "../../cover.png")
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		c.t.Fatal(err)
	}
	header = append(header, "Authorization", "Bearer "+token, "Content-Type", w.FormDataContentType())
	return c.do(c.http, http.MethodPut, "/api/v3/user/playlists/"+list+"/cover", &b, header...)
}

func TestAPlaylistIsGivenACover(t *testing.T) {
	c := newCoop(t)
	tom := c.tokenOf(demo.Tom())
	list := c.newPlaylist(tom, harbour)
	cover := func() string {
		data := at(t, c.get("/user/playlists/"+list, tom), "data").(map[string]any)
		address, _ := data["cover"].(string)
		return address
	}
	shown := func(address string, size string) image.Image {
		t.Helper()
		path := strings.Replace(strings.TrimPrefix(address, c.url), "-x600", "-x"+size, 1)
		a := c.do(c.http, http.MethodGet, path, nil)
		if a.StatusCode != 200 || a.Header.Get("Content-Type") != "image/jpeg" {
			t.Fatalf("%s: %d %s", path, a.StatusCode, a.Header.Get("Content-Type"))
		}
		img, err := jpeg.Decode(bytes.NewReader(a.body))
		if err != nil {
			t.Fatal(err)
		}
		return img
	}
	if cover() != "" {
		t.Fatal("it has a cover already")
	}
	a := c.sendCover(tom, list, "file", pictureOf(t, 900, 600, color.RGBA{R: 255, A: 255}, true))
	if a.StatusCode != 200 || at(t, a.json(t), "data", "cover") == nil {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	first := cover()
	for size, want := range map[string]int{"120": 120, "600": 600, "1500": 600} { // never enlarged
		img := shown(first, size)
		if b := img.Bounds(); b.Dx() != want || b.Dy() != want {
			t.Errorf("at %s it is %v", size, b)
		}
		if r, g, _, _ := img.At(50, 50).RGBA(); r>>8 < 240 || g>>8 > 15 {
			t.Errorf("at %s it has another colour", size)
		}
	}

	// Another one takes its place, the same request twice makes one.
	blue := pictureOf(t, 50, 60, color.RGBA{B: 255, A: 255}, false)
	key := []string{"Idempotency-Key", "a-key"}
	one, two := c.sendCover(tom, list, "file", blue, key...), c.sendCover(tom, list, "file", blue, key...)
	second := cover()
	if second == first || !bytes.Equal(one.body, two.body) || shown(second, "600").Bounds().Dx() != 50 {
		t.Errorf("%s, then %s: %s, %s", first, second, one.body, two.body)
	}
	if a := c.do(c.http, http.MethodGet, strings.Replace(strings.TrimPrefix(first, c.url), "-x600", "-x960", 1), nil); a.StatusCode != 404 {
		t.Errorf("the first one is kept: %d", a.StatusCode)
	}
	if a := c.api("PUT", "/user/playlists/"+list, tom, map[string]string{"title": "Other"}); a.StatusCode != 200 || cover() != second {
		t.Errorf("renamed, and the cover is %s", cover())
	}
	if a := c.sendCover(tom, list, "file", strip(t, 16_000_000)); a.StatusCode != 200 {
		t.Errorf("one of as many pixels as it may have: %d %s", a.StatusCode, a.body)
	}
	if a := c.api("DELETE", "/user/playlists/"+list, tom, nil); a.StatusCode != 200 {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

func TestWhatIsNoCover(t *testing.T) {
	c := newCoop(t)
	tom, mara := c.tokenOf(demo.Tom()), c.tokenOf(demo.Mara())
	list := c.newPlaylist(tom)
	good := pictureOf(t, 10, 10, color.White, true)
	for name, tt := range map[string]struct {
		answer answer
		status int
	}{
		"no picture":       {c.sendCover(tom, list, "file", []byte("<svg/>")), 400},
		"nothing":          {c.sendCover(tom, list, "file", nil), 400},
		"half of one":      {c.sendCover(tom, list, "file", good[:len(good)/2]), 400},
		"a huge one":       {c.sendCover(tom, list, "file", strip(t, 16_000_001)), 400},
		"another field":    {c.sendCover(tom, list, "picture", good), 400},
		"too many bytes":   {c.sendCover(tom, list, "file", make([]byte, 9<<20)), 413},
		"no form":          {c.api("PUT", "/user/playlists/"+list+"/cover", tom, map[string]string{"file": "x"}), 400},
		"someone else's":   {c.sendCover(mara, list, "file", good), 404},
		"nobody":           {c.sendCover("", list, "file", good), 401},
		"another version":  {c.sendCover(tom, list, "file", good, "If-Match", fmt.Sprintf(`"%s-99"`, list)), 412},
		"no such playlist": {c.sendCover(tom, strings.Repeat("0", 8)+"-0000-4000-8000-000000000000", "file", good), 404},
	} {
		if tt.answer.StatusCode != tt.status {
			t.Errorf("%s: %d %s, want %d", name, tt.answer.StatusCode, tt.answer.body, tt.status)
		}
	}
	if got := at(t, c.get("/user/playlists/"+list, tom), "data").(map[string]any)["cover"]; got != nil {
		t.Errorf("the cover is %v", got)
	}
}
