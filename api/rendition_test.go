package api

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api/hls"
)

// reference is a co-op that has a track as HLS only, and serves it as the
// reference server does in production: weak ETags, lengths, no ranges.
type reference struct {
	segments  int
	poor      bool   // the credits do not suffice
	poorFrom  string // from the segment with this name on
	limited   string // asks for patience at this file
	profile   http.HandlerFunc
	elsewhere string // where the segments are, if not here

	mu    sync.Mutex
	asked []string
	spied []string // Authorization headers, by path
}

func segmentBytes(name string) []byte {
	return bytes.Repeat([]byte("<"+name+">"), 100)
}

// whole is the track as one file.
func (r *reference) whole(prefix string, n int) (out []byte) {
	for i := range n {
		out = append(out, segmentBytes(fmt.Sprintf("%s-%03d.ts", prefix, i))...)
	}
	return out
}

func (r *reference) playlist(prefix string, n int) string {
	list := "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXT-X-MEDIA-SEQUENCE:0\n"
	for i := range n {
		list += fmt.Sprintf("#EXTINF:10.005333,\n%s%s-%03d.ts\n", r.elsewhere, prefix, i)
	}
	return list + "#EXT-X-ENDLIST\n"
}

func (r *reference) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	r.asked = append(r.asked, req.Method+" "+req.URL.Path)
	r.spied = append(r.spied, req.URL.Path+" "+req.Header.Get("Authorization"))
	r.mu.Unlock()
	path, user := strings.CutPrefix(req.URL.Path, "/api/v3/user/stream/"+trackA)
	if !user {
		var ok bool
		if path, ok = strings.CutPrefix(req.URL.Path, "/api/v3/stream/"+trackA); !ok && r.profile != nil {
			r.profile(w, req)
			return
		}
	}
	name := strings.TrimPrefix(path, "/")
	poor := r.poor || r.poorFrom != "" && name >= r.poorFrom && strings.HasPrefix(name, "segment")
	switch {
	case user && (req.Header.Get("Authorization") == "" || poor):
		http.Redirect(w, req, "/api/v3/stream/"+trackA+path, http.StatusFound)
	case name == r.limited && name != "":
		w.Header().Set("Retry-After", "58")
		http.Error(w, "API is rate limited", http.StatusTooManyRequests)
	case name == "playlist.m3u8":
		prefix, n := "segment", r.segments
		if !user {
			prefix, n = "trim", 2
		}
		r.send(w, req, "application/vnd.apple.mpegurl", []byte(r.playlist(prefix, n)))
	case strings.HasSuffix(name, ".ts"):
		r.send(w, req, "video/mp2t", segmentBytes(name))
	default:
		said(http.StatusNotFound, `{"status":404,"message":"Error finding file","data":null}`)(w, req)
	}
}

func (r *reference) send(w http.ResponseWriter, req *http.Request, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("ETag", `W/"f2-1a1face45ba"`)
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	if req.Method == http.MethodGet {
		_, _ = w.Write(body)
	}
}

func (r *reference) count(prefix string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.asked {
		if strings.HasPrefix(a, prefix) {
			n++
		}
	}
	return n
}

func TestATrackOfSegmentsIsOneFile(t *testing.T) {
	for _, hint := range []bool{false, true} {
		coop := &reference{segments: 12}
		c := answering(t, coop)
		s, err := c.Stream(t.Context(), trackA, StreamRequest{HLS: hint})
		if err != nil {
			t.Fatal(err)
		}
		whole := coop.whole("segment", 12)
		if got := readStream(t, s); !bytes.Equal(got, whole) || s.Preview || !s.Ranged || s.Offset != 0 || s.ETag == "" {
			t.Fatalf("%d of %d bytes, %+v", len(got), len(whole), s)
		}
		if n := coop.count("GET /api/v3/user/stream/" + trackA); hint && n != 13 || !hint && n != 14 {
			t.Errorf("hint %v: %d requests", hint, n)
		}
		tail, err := c.Stream(t.Context(), trackA, StreamRequest{Offset: 5000, ETag: s.ETag, HLS: hint})
		if err != nil {
			t.Fatal(err)
		}
		if got := readStream(t, tail); tail.Offset != 5000 || tail.Size != int64(len(whole)) || !bytes.Equal(got, whole[5000:]) {
			t.Errorf("from %d: %d bytes of %d", tail.Offset, len(got), tail.Size)
		}
		if n := coop.count("GET /api/v3/user/stream/" + trackA + "/playlist"); n != 1 {
			t.Errorf("the playlist was read %d times", n)
		}
	}
}

// TestADownloadOfSegmentsGoesOn is another run of the program.
func TestADownloadOfSegmentsGoesOn(t *testing.T) {
	coop := &reference{segments: 12}
	srv := serve(t, coop)
	first, err := clientOf(t, srv, secret).Stream(t.Context(), trackA, StreamRequest{})
	if err != nil {
		t.Fatal(err)
	}
	readStream(t, first)
	whole := coop.whole("segment", 12)
	c := clientOf(t, srv, secret)
	for _, tt := range []struct {
		name string
		want StreamRequest
		from int64
		got  []byte
	}{
		{"to the end", StreamRequest{Offset: 5000, ETag: first.ETag}, 5000, whole[5000:]},
		{"a piece", StreamRequest{Offset: 5000, Length: 2000, ETag: first.ETag}, 5000, whole[5000:7000]},
		{"at the end", StreamRequest{Offset: int64(len(whole)), ETag: first.ETag}, int64(len(whole)), nil},
		{"of another version", StreamRequest{Offset: 5000, ETag: `"hls-another"`}, 0, whole},
	} {
		s, err := c.Stream(t.Context(), trackA, tt.want)
		if err != nil {
			t.Fatal(err)
		}
		if got := readStream(t, s); s.Offset != tt.from || !bytes.Equal(got, tt.got) || s.ETag != first.ETag {
			t.Errorf("%s: %d bytes from %d", tt.name, len(got), s.Offset)
		}
	}
}

func TestPlacesOfSegments(t *testing.T) {
	coop := &reference{segments: 12}
	c := answering(t, coop)
	s, err := c.Stream(t.Context(), trackA, StreamRequest{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Body.Close()
	off, begins, ok, err := c.Place(t.Context(), trackA, s.ETag, 65*time.Second)
	if want := int64(len(coop.whole("segment", 6))); err != nil || !ok || off != want || begins.Round(time.Second) != time.Minute {
		t.Errorf("%d, %v, %v, %v; want %d", off, begins, ok, err, want)
	}
	if n := coop.count("HEAD"); n > 6 {
		t.Errorf("%d lengths asked for", n)
	}
	if _, _, ok, err = c.Place(t.Context(), trackA, `"another"`, 0); ok || err != nil {
		t.Errorf("another version: %v, %v", ok, err)
	}
}

func TestPreviewsOfSegments(t *testing.T) {
	profile := loadSample(t, "profile")
	for name, tt := range map[string]struct {
		coop  *reference
		token string
	}{
		"nobody is signed in": {&reference{segments: 12}, ""},
		"for want of credits": {&reference{segments: 12, poor: true, profile: profile.ServeHTTP}, secret},
	} {
		s, err := clientOf(t, serve(t, tt.coop), tt.token).Stream(t.Context(), trackA, StreamRequest{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := readStream(t, s); !s.Preview || !bytes.Equal(got, tt.coop.whole("trim", 2)) {
			t.Errorf("%s: %d bytes, preview %v", name, len(got), s.Preview)
		}
	}
	expired := &reference{segments: 12, poor: true, profile: said(401, `{"status":401,"message":"User not found","data":null}`)}
	_, err := answering(t, expired).Stream(t.Context(), trackA, StreamRequest{})
	wantIs(t, err, ErrExpired)
}

// TestAPreviewNeverMixesWithTheTrack takes away the credits, or the sign-in, in
// the middle.
func TestAPreviewNeverMixesWithTheTrack(t *testing.T) {
	for name, tt := range map[string]struct {
		profile http.HandlerFunc
		want    error
	}{
		"the credits ran out": {loadSample(t, "profile").ServeHTTP, ErrPreviewOnly},
		"signed out":          {said(401, `{"status":401,"message":"User not found","data":null}`), ErrExpired},
	} {
		coop := &reference{segments: 12, poorFrom: "segment-005.ts", profile: tt.profile}
		s, err := answering(t, coop).Stream(t.Context(), trackA, StreamRequest{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(s.Body)
		if !errors.Is(err, tt.want) || !bytes.Equal(got, coop.whole("segment", 5)) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		if again, _ := Retryable(err); again {
			t.Errorf("%s: tried again", name)
		}
		s.Body.Close()
	}
}

func TestPatienceIsAskedForInTheMiddle(t *testing.T) {
	s, err := answering(t, &reference{segments: 12, limited: "segment-003.ts"}).Stream(t.Context(), trackA, StreamRequest{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Body.Close()
	_, err = io.ReadAll(s.Body)
	if again, after := Retryable(err); !again || after != 58*time.Second {
		t.Errorf("%v: %v, %v", err, again, after)
	}
}

// TestTheTokenStaysWithTheCoOp has the segments on another host.
func TestTheTokenStaysWithTheCoOp(t *testing.T) {
	other := &reference{}
	cdn := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = "/api/v3/stream/" + trackA + r.URL.Path
		other.ServeHTTP(w, r)
	}))
	coop := &reference{segments: 3, elsewhere: cdn.URL + "/"}
	s, err := answering(t, coop).Stream(t.Context(), trackA, StreamRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if got := readStream(t, s); !bytes.Equal(got, coop.whole("segment", 3)) {
		t.Errorf("%d bytes", len(got))
	}
	if len(other.spied) != 3 {
		t.Errorf("%v", other.spied)
	}
	for _, header := range other.spied {
		if strings.Contains(header, secret) {
			t.Errorf("another host was given the token: %s", header)
		}
	}
}

func TestSegmentsInPlacesTheyHaveNoBusinessIn(t *testing.T) {
	secure := httptest.NewTLSServer(nil)
	defer secure.Close()
	for name, elsewhere := range map[string]string{"without TLS": "http://coop.example/", "a file": "file:///etc/"} {
		coop := &reference{segments: 2, elsewhere: elsewhere}
		secure.Config.Handler = coop
		_, err := clientOf(t, secure, secret).Stream(t.Context(), trackA, StreamRequest{})
		if !errors.Is(err, ErrInsecure) && !errors.Is(err, hls.ErrPlaylist) {
			t.Errorf("%s: %v", name, err)
		}
		mustNotTell(t, err)
	}
	remote, err := New(Config{BaseURL: "https://coop.example"})
	if err != nil {
		t.Fatal(err)
	}
	here, err := hls.Parse([]byte("#EXTM3U\n#EXTINF:1,\nhttps://127.0.0.1/a\n#EXT-X-ENDLIST"), remote.base)
	if err != nil {
		t.Fatal(err)
	}
	wantIs(t, remote.mayReach(here.Segments[0].URL), ErrNotCoop)
}

func TestATrackThatIsNowhere(t *testing.T) {
	for _, hint := range []bool{false, true} {
		_, err := answering(t, &reference{}).Stream(t.Context(), trackB, StreamRequest{HLS: hint})
		wantIs(t, err, ErrNotFound)
	}
	live := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, ".m3u8") {
			said(404, `{"status":404,"message":"Error finding file","data":null}`)(w, r)
			return
		}
		_, _ = io.WriteString(w, "#EXTM3U\n#EXTINF:1,\na\n")
	})
	var unsupported *hls.UnsupportedError
	if _, err := answering(t, live).Stream(t.Context(), trackA, StreamRequest{}); !errors.As(err, &unsupported) {
		t.Errorf("a live stream: %v", err)
	}
}

// TestABrokenBodyIsTriedAgain breaks the connection in the middle.
func TestABrokenBodyIsTriedAgain(t *testing.T) {
	c := answering(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "audio/mp4")
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write(make([]byte, 500))
	}))
	s, err := c.Stream(t.Context(), trackA, StreamRequest{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Body.Close()
	if _, err = io.ReadAll(s.Body); err == nil {
		t.Fatal("half a body passes for a whole one")
	}
	if again, _ := Retryable(err); !again {
		t.Errorf("%v: not tried again", err)
	}
}

// A connection that ends before the answer is trouble with the network, and not
// the end of what is read.
func TestAConnectionThatEndsIsNoEndOfFile(t *testing.T) {
	coop := &reference{segments: 5}
	broken := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "segment-003.ts") {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_ = conn.Close() // so that the client sees the end
			return
		}
		coop.ServeHTTP(w, r)
	})
	s, err := answering(t, broken).Stream(t.Context(), trackA, StreamRequest{HLS: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Body.Close()
	got, err := io.ReadAll(s.Body) // which takes what is io.EOF for no error
	var network *NetworkError
	if again, _ := Retryable(err); !errors.As(err, &network) || !again || errors.Is(err, io.EOF) {
		t.Errorf("%d bytes of %d, then %v", len(got), len(coop.whole("segment", 5)), err)
	}
}
