package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/ninth-coop/ninth/api/hls"
	"github.com/ninth-coop/ninth/api/server"
	"github.com/ninth-coop/ninth/api/server/demo"
	"github.com/ninth-coop/ninth/api/server/media"
)

// servedAs is a demo co-op that serves tracks in segments.
func servedAs(t *testing.T, form media.Form) *coop {
	t.Helper()
	return newCoop(t, func(cfg *server.Config) { cfg.HLS = form })
}

// joined fetches what a playlist names, and gives it behind each other.
func (c *coop) joined(playlist, token string) (whole []byte, said string) {
	c.t.Helper()
	a := c.api("GET", playlist, token, nil)
	if a.StatusCode != 200 || a.Header.Get("Content-Type") != "application/vnd.apple.mpegurl" {
		c.t.Fatalf("%s: %d %v %s", playlist, a.StatusCode, a.Header, a.body)
	}
	base, err := url.Parse(c.url + "/api/v3" + playlist)
	if err != nil {
		c.t.Fatal(err)
	}
	list, err := hls.Parse(a.body, base)
	if err != nil {
		c.t.Fatal(err)
	}
	if len(list.Variants) > 0 {
		v, err := list.Choose()
		if err != nil || v.Codecs[0] != "mp4a.40.2" || v.Bandwidth < 10_000 {
			c.t.Fatalf("%+v, %v", v, err)
		}
		return c.joined(strings.TrimPrefix(v.URL.Path, "/api/v3"), token)
	}
	for _, s := range list.Segments {
		header := []string{"Authorization", "Bearer " + token}
		if s.Length >= 0 {
			header = append(header, "Range", fmt.Sprintf("bytes=%d-%d", s.From, s.From+s.Length-1))
		}
		part := c.do(c.http, "GET", s.URL.String(), nil, header...)
		if part.StatusCode != 200 && part.StatusCode != 206 || !strings.HasPrefix(part.Header.Get("ETag"), `"`) {
			c.t.Fatalf("%s: %d %s", s.URL, part.StatusCode, part.body)
		}
		whole = append(whole, part.body...)
	}
	return whole, a.Header.Get("X-Ninth-Joined")
}

func TestServedInSegments(t *testing.T) {
	for _, form := range []media.Form{media.Transport, media.Fragments, media.Packed} {
		t.Run(string(form), func(t *testing.T) {
			c := servedAs(t, form)
			mara := c.tokenOf(demo.Mara())
			track := c.trackNamed("Undertow")
			path := "/user/stream/" + track.ID
			if got := at(t, c.get("/tracks/"+track.ID, mara), "data", "hls"); got != true {
				t.Errorf("hls is %v", got)
			}
			if a := c.api("GET", path, mara, nil); a.StatusCode != 404 {
				t.Errorf("as one file: %d", a.StatusCode)
			}
			whole, said := c.joined(path+"/playlist.m3u8", mara)
			if want := fmt.Sprintf("%d; sha256=%s", len(whole), digestOf(whole)); said != want {
				t.Errorf("says %s, is %s", said, want)
			}
			cut, _ := c.joined("/stream/"+track.ID+"/playlist.m3u8", "")
			if share := float64(len(cut)) / float64(len(whole)); share > 50/track.Duration {
				t.Errorf("the preview is %.2f of the track", share)
			}
			a := c.api("GET", "/stream/"+track.ID+"/playlist.m3u8", "", nil)
			if a.Header.Get("X-Ninth-Preview") != "45" || strings.Contains(string(a.body), "segment") {
				t.Errorf("a preview that does not say so: %v\n%s", a.Header, a.body)
			}
			if a := c.api("GET", path+"/nothing.ts", mara, nil); a.StatusCode != 404 {
				t.Errorf("no such part: %d", a.StatusCode)
			}
		})
	}
}

func TestWhoHearsSegments(t *testing.T) {
	c := servedAs(t, media.Transport)
	mara, tom, ines := c.tokenOf(demo.Mara()), c.tokenOf(demo.Tom()), c.tokenOf(demo.Ines())
	for range 2 {
		c.api("POST", "/user/plays", tom, map[string]string{"trackId": c.trackID("Undertow")})
	}
	for _, part := range []string{"playlist.m3u8", "segment-005.ts"} {
		for _, tt := range []struct {
			who, token, title string
			want              int
		}{
			{"nobody", "", "Undertow", 302},
			{"Mara", mara, "Undertow", 200},
			{"Tom, too little", tom, "Undertow", 302},
			{"Mara, hidden", mara, "Salt letters", 404},
			{"Ines, her draft", ines, "Salt letters", 200},
		} {
			id := c.trackID(tt.title)
			a := c.api("GET", "/user/stream/"+id+"/"+part, tt.token, nil)
			if a.StatusCode != tt.want {
				t.Errorf("%s, %s: %d, want %d", tt.who, part, a.StatusCode, tt.want)
			}
			if want := "/api/v3/stream/" + id + "/" + part; tt.want == 302 && a.Header.Get("Location") != want {
				t.Errorf("%s: sent to %s", tt.who, a.Header.Get("Location"))
			}
		}
	}
	// The address of a preview gives nothing of the rest.
	if a := c.api("GET", "/stream/"+c.trackID("Undertow")+"/segment-005.ts", mara, nil); a.StatusCode != 404 {
		t.Errorf("a segment behind the preview: %d", a.StatusCode)
	}
	a := c.api("HEAD", "/user/stream/"+c.trackID("Undertow")+"/segment-000.ts", mara, nil)
	if a.StatusCode != http.StatusOK || a.ContentLength <= 0 || a.Header.Get("Content-Type") != "video/mp2t" {
		t.Errorf("HEAD: %d %v", a.StatusCode, a.Header)
	}
}

// Without the setting there are no segments.
func TestAFileHasNoParts(t *testing.T) {
	c := newCoop(t)
	id := c.trackID("Undertow")
	if a := c.api("GET", "/user/stream/"+id+"/playlist.m3u8", c.tokenOf(demo.Mara()), nil); a.StatusCode != 404 {
		t.Errorf("%d", a.StatusCode)
	}
	if got := at(t, c.get("/tracks/"+id, ""), "data", "hls"); got != nil {
		t.Errorf("hls is %v", got)
	}
}
