package server_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/Eyevinn/mp4ff/mp4"

	catalogue "github.com/ninth-coop/ninth/assets/demo"

	"github.com/ninth-coop/ninth/api/server"
	"github.com/ninth-coop/ninth/api/server/demo"
)

// trackNamed finds a track's entry in the catalogue.
func (c *coop) trackNamed(title string) catalogue.Track {
	c.t.Helper()
	id := c.trackID(title)
	for _, r := range c.list.Releases {
		for _, t := range r.Tracks {
			if t.ID == id {
				return t
			}
		}
	}
	panic("unreachable")
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func TestWhoHearsWhat(t *testing.T) {
	c := newCoop(t)
	mara, tom, ines := c.tokenOf(demo.Mara()), c.tokenOf(demo.Tom()), c.tokenOf(demo.Ines())
	for range 2 { // leaves Tom 0.004 credits, and a third play costs 0.008
		c.api("POST", "/user/plays", tom, map[string]string{"trackId": c.trackID("Undertow")})
	}
	tests := []struct {
		who, token, title string
		want              int // 200 the whole track, 302 the preview, 404 nothing
	}{
		{"nobody", "", "Undertow", 302},
		{"a bad token", "deadbeef", "Undertow", 302},
		{"Mara, with credit", mara, "Undertow", 200},
		{"Mara, owned", mara, "Harbour lights", 200},
		{"Tom, enough for one", tom, "Slow telegraph", 200},
		{"Tom, too little", tom, "Undertow", 302},
		{"Mara, hidden", mara, "Salt letters", 404},
		{"Mara, not out yet", mara, "Spring tide", 404},
		{"Ines, her own", ines, "Undertow", 200},
		{"Ines, her draft", ines, "Salt letters", 200},
		{"Ines, her next", ines, "Spring tide", 200},
	}
	for _, tt := range tests {
		t.Run(tt.who, func(t *testing.T) {
			track := c.trackNamed(tt.title)
			a := c.api("GET", "/user/stream/"+track.ID, tt.token, nil)
			if a.StatusCode != tt.want {
				t.Fatalf("%d, want %d", a.StatusCode, tt.want)
			}
			switch tt.want {
			case 200:
				if !bytes.Equal(a.body, mediaFile(t, track.Audio.Path)) {
					t.Error("not the track's bytes")
				}
				if got := a.Header.Get("ETag"); got != `"`+digestOf(mediaFile(t, track.Audio.Path))+`"` {
					t.Errorf("ETag %s", got)
				}
				if got := a.Header.Get("Content-Type"); got != "audio/mp4" {
					t.Errorf("Content-Type %s", got)
				}
			case 302:
				if got := a.Header.Get("Location"); got != "/api/v3/stream/"+track.ID {
					t.Errorf("Location %s", got)
				}
			}
			if a.Header.Get("X-Ninth-Preview") != "" {
				t.Error("marked as a preview")
			}
		})
	}
}

func TestPreviewIsCutAndMarked(t *testing.T) {
	c := newCoop(t)
	track := c.trackNamed("Undertow")
	a := c.api("GET", "/stream/"+track.ID, "", nil)
	if a.StatusCode != 200 || a.Header.Get("X-Ninth-Preview") != "45" || a.Header.Get("ETag") != `"`+digestOf(mediaFile(t, track.Audio.Path))+`-45"` {
		t.Fatalf("%d %v", a.StatusCode, a.Header)
	}
	f, err := mp4.DecodeFile(bytes.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Moov.Mvhd.Duration * 1000 / uint64(f.Moov.Mvhd.Timescale); got != 45000 {
		t.Errorf("preview of %d ms", got)
	}
	for _, title := range []string{"Salt letters", "Spring tide"} {
		if a := c.api("GET", "/stream/"+c.trackID(title), "", nil); a.StatusCode != 404 {
			t.Errorf("%s leaks: %d", title, a.StatusCode)
		}
	}
	if a := c.api("GET", "/stream/00000000-0000-4000-8000-000000000000", "", nil); a.StatusCode != 404 || a.json(t)["message"] != "Not found" {
		t.Errorf("no such track: %d %s", a.StatusCode, a.body)
	}
}

func TestRange(t *testing.T) {
	c := newCoop(t)
	token := c.tokenOf(demo.Mara())
	track := c.trackNamed("Harbour lights")
	path, whole := "/user/stream/"+track.ID, mediaFile(t, track.Audio.Path)
	size := len(whole)
	etag := c.api("HEAD", path, token, nil).Header.Get("ETag")
	tests := map[string]struct {
		header   []string
		status   int
		from, to int // of the body
	}{
		"whole":           {nil, 200, 0, size},
		"middle":          {[]string{"Range", "bytes=1000-1999"}, 206, 1000, 2000},
		"to the end":      {[]string{"Range", fmt.Sprintf("bytes=%d-", size-10)}, 206, size - 10, size},
		"the last bytes":  {[]string{"Range", "bytes=-10"}, 206, size - 10, size},
		"past the end":    {[]string{"Range", fmt.Sprintf("bytes=%d-", size)}, 416, 0, 0},
		"nonsense":        {[]string{"Range", "bytes=x"}, 416, 0, 0},
		"same file":       {[]string{"Range", "bytes=5-9", "If-Range", etag}, 206, 5, 10},
		"other file":      {[]string{"Range", "bytes=5-9", "If-Range", `"other"`}, 200, 0, size},
		"known":           {[]string{"If-None-Match", etag}, 304, 0, 0},
		"known otherwise": {[]string{"If-None-Match", `"other"`}, 200, 0, size},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := c.api("GET", path, token, nil, tt.header...)
			if a.StatusCode != tt.status {
				t.Fatalf("%d, want %d", a.StatusCode, tt.status)
			}
			if tt.status < 300 && !bytes.Equal(a.body, whole[tt.from:tt.to]) {
				t.Errorf("%d wrong bytes", len(a.body))
			}
		})
	}
	a := c.api("HEAD", path, token, nil)
	if a.ContentLength != int64(size) || a.Header.Get("Accept-Ranges") != "bytes" || len(a.body) != 0 {
		t.Errorf("HEAD: %v", a.Header)
	}
}

func TestLossless(t *testing.T) {
	c := newCoop(t)
	var flac, lossy catalogue.Track
	for _, r := range c.list.Releases {
		for _, tr := range r.Tracks {
			if tr.Original != nil && tr.Status == catalogue.StatusPaid && r.Enabled && !r.Private {
				flac = tr
			}
		}
	}
	if flac.ID == "" {
		t.Fatal("the catalogue has no FLAC originals")
	}
	lossy = c.trackNamed("Harbour lights")
	token := c.tokenOf(demo.Mara())
	if a := c.api("GET", "/user/stream/"+flac.ID+"?format=flac", token, nil); a.StatusCode != 403 {
		t.Errorf("not owned: %d", a.StatusCode)
	}
	if a := c.api("POST", "/user/plays/buy", token, map[string]string{"trackId": flac.ID}); a.StatusCode != 200 {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	want := mediaFile(t, flac.Original.Path)
	for _, ask := range [][]string{{"?format=flac"}, {"", "Accept", "audio/flac, */*;q=0.5"}} {
		a := c.api("GET", "/user/stream/"+flac.ID+ask[0], token, nil, ask[1:]...)
		if a.StatusCode != 200 || a.Header.Get("Content-Type") != "audio/flac" || !bytes.Equal(a.body, want) {
			t.Errorf("%v: %d %s", ask, a.StatusCode, a.Header.Get("Content-Type"))
		}
	}
	if a := c.api("GET", "/user/stream/"+lossy.ID, token, nil, "Accept", "audio/flac"); a.Header.Get("Content-Type") != "audio/mp4" {
		t.Errorf("without an original: %d %s", a.StatusCode, a.Header.Get("Content-Type"))
	}
	if a := c.api("GET", "/user/stream/"+lossy.ID+"?format=flac", token, nil); a.StatusCode != 403 {
		t.Errorf("without an original, demanded: %d", a.StatusCode)
	}
}

func TestImages(t *testing.T) {
	c := newCoop(t)
	id := c.list.Releases[0].Cover.ID
	for _, width := range []int{60, 120, 300, 600, 960, 1200, 1500} {
		a := c.do(c.http, "GET", fmt.Sprintf("/images/%s-x%d.jpg", id, width), nil)
		if a.StatusCode != 200 || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") {
			t.Fatalf("%d: %d %s", width, a.StatusCode, a.body)
		}
		cfg, err := jpeg.DecodeConfig(bytes.NewReader(a.body))
		if err != nil || cfg.Width != width || cfg.Height != width {
			t.Errorf("%d: %dx%d, %v", width, cfg.Width, cfg.Height, err)
		}
	}
	for _, name := range []string{id + "-x599.jpg", id + "-x600.png", "00000000-0000-4000-8000-000000000000-x600.jpg", "..%2f..%2fcoop.db", "x"} {
		if a := c.do(c.http, "GET", "/images/"+name, nil); a.StatusCode != 404 {
			t.Errorf("%s: %d", name, a.StatusCode)
		}
	}
}

func TestReplacedFileGetsAnotherTag(t *testing.T) {
	// A folder with the catalogue's files, in which one is replaced.
	files := fstest.MapFS{}
	list, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	put := func(paths ...string) {
		for _, p := range paths {
			files[p] = &fstest.MapFile{Data: mediaFile(t, p)}
		}
	}
	for _, a := range list.Artists {
		put(a.Avatar.Small, a.Avatar.Medium, a.Avatar.Large)
	}
	for _, r := range list.Releases {
		put(r.Cover.Small, r.Cover.Medium, r.Cover.Large)
		for _, tr := range r.Tracks {
			put(tr.Audio.Path)
			if tr.Original != nil {
				put(tr.Original.Path)
			}
		}
	}
	c := newCoop(t, func(cfg *server.Config) { cfg.Media = files })
	token := c.tokenOf(demo.Mara())
	track := c.trackNamed("Harbour lights")
	before := c.api("HEAD", "/user/stream/"+track.ID, token, nil).Header.Get("ETag")
	files[track.Audio.Path] = &fstest.MapFile{Data: []byte("another recording")}
	a := c.api("GET", "/user/stream/"+track.ID, token, nil)
	if a.StatusCode != http.StatusOK || string(a.body) != "another recording" || a.Header.Get("ETag") == before {
		t.Errorf("%d %s, ETag before %s", a.StatusCode, a.Header.Get("ETag"), before)
	}
	delete(files, track.Audio.Path)
	if a := c.api("GET", "/user/stream/"+track.ID, token, nil); a.StatusCode != 404 {
		t.Errorf("file gone: %d", a.StatusCode)
	}
}
