package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

var sound = bytes.Repeat([]byte("0123456789abcdef"), 4096)

const soundTag = `"v1"`

// ranged serves the sound as coopd does.
func ranged(tag string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", tag)
		w.Header().Set("Content-Type", "audio/mp4")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(sound))
	}
}

func readStream(t *testing.T, s *Stream) []byte {
	t.Helper()
	defer s.Body.Close()
	got, err := io.ReadAll(s.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestStreamRanges(t *testing.T) {
	size := int64(len(sound))
	for _, tt := range []struct {
		name  string
		want  StreamRequest
		from  int64
		bytes int64
	}{
		{"all", StreamRequest{}, 0, size},
		{"from the middle", StreamRequest{Offset: 1000, ETag: soundTag}, 1000, size - 1000},
		{"a piece", StreamRequest{Offset: 1000, Length: 24}, 1000, 24},
		{"the head", StreamRequest{Length: 10}, 0, 10},
		{"nothing left", StreamRequest{Offset: size, ETag: soundTag}, size, 0},
		{"another version", StreamRequest{Offset: 1000, ETag: `"v0"`}, 0, size},
		{"another version, weakly", StreamRequest{Offset: 1000, ETag: `W/"v0"`}, 0, size},
		{"beyond the end of another version", StreamRequest{Offset: size + 5, ETag: `"v0"`}, 0, size},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := answering(t, ranged(soundTag)).Stream(context.Background(), trackA, tt.want)
			if err != nil {
				t.Fatal(err)
			}
			got := readStream(t, s)
			if s.Offset != tt.from || int64(len(got)) != tt.bytes || s.Size != size || !s.Ranged || s.Preview {
				t.Errorf("offset %d, %d bytes of %d, ranged %v, preview %v", s.Offset, len(got), s.Size, s.Ranged, s.Preview)
			}
			if !bytes.Equal(got, sound[tt.from:tt.from+tt.bytes]) {
				t.Error("other bytes")
			}
			if s.ETag != soundTag || s.ContentType != "audio/mp4" && tt.bytes > 0 {
				t.Errorf("ETag %s, type %s", s.ETag, s.ContentType)
			}
		})
	}
	_, err := answering(t, ranged(soundTag)).Stream(context.Background(), trackA, StreamRequest{Offset: size + 5})
	var status *StatusError
	if !errors.As(err, &status) || status.Code != 416 {
		t.Errorf("beyond the end: %v", err)
	}
	_, err = answering(t, ranged(soundTag)).Stream(context.Background(), trackA, StreamRequest{Offset: -1})
	if err == nil {
		t.Error("a negative offset was sent")
	}
}

// TestStreamWithoutRanges is the reference server: the whole body whatever is
// asked, chunked, with a weak ETag.
func TestStreamWithoutRanges(t *testing.T) {
	c := answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "identity" {
			t.Errorf("Accept-Encoding: %s", r.Header.Get("Accept-Encoding"))
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("ETag", `W/"weak"`)
		_, _ = w.Write(sound[:10])
		w.(http.Flusher).Flush()
		_, _ = w.Write(sound[10:])
	}))
	s, err := c.Stream(context.Background(), trackA, StreamRequest{Offset: 1000, ETag: `W/"weak"`})
	if err != nil {
		t.Fatal(err)
	}
	if got := readStream(t, s); s.Offset != 0 || s.Size != -1 || s.Ranged || !bytes.Equal(got, sound) {
		t.Errorf("offset %d, size %d, ranged %v, %d bytes", s.Offset, s.Size, s.Ranged, len(got))
	}
}

// previewing redirects as a reference server does, whether for want of
// credits or of a sign-in.
func previewing(profile http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/api/v3/user/stream/"):
			http.Redirect(w, r, strings.Replace(r.URL.Path, "/user", "", 1), http.StatusFound)
		case strings.HasPrefix(r.URL.Path, "/api/v3/stream/"):
			ranged(`"trim"`)(w, r)
		default:
			profile.ServeHTTP(w, r)
		}
	}
}

func TestPreviews(t *testing.T) {
	ctx := context.Background()
	poor := answering(t, previewing(loadSample(t, "profile")))
	s, err := poor.Stream(ctx, trackA, StreamRequest{})
	if err != nil || !s.Preview {
		t.Fatalf("too few credits: %+v, %v", s, err)
	}
	s.Body.Close()
	s, err = poor.Stream(ctx, trackA, StreamRequest{Free: true})
	if err != nil || s.Preview {
		t.Fatalf("a free track: %+v, %v", s, err)
	}
	s.Body.Close()

	_, err = answering(t, previewing(loadSample(t, "profile_badtoken"))).Stream(ctx, trackA, StreamRequest{})
	wantIs(t, err, ErrExpired)

	nobody := clientOf(t, serve(t, previewing(webPage(500))), "")
	s, err = nobody.Stream(ctx, trackA, StreamRequest{})
	if err != nil || !s.Preview {
		t.Fatalf("nobody: %+v, %v", s, err)
	}
	s.Body.Close()
}

func TestStreamParts(t *testing.T) {
	var asked string
	c := answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Path
		ranged(soundTag)(w, r)
	}))
	s, err := c.Stream(context.Background(), trackA, StreamRequest{Part: "segment-000.ts"})
	if err != nil {
		t.Fatal(err)
	}
	s.Body.Close()
	if asked != "/api/v3/user/stream/"+trackA+"/segment-000.ts" {
		t.Errorf("asked %s", asked)
	}
	_, err = c.Stream(context.Background(), trackA, StreamRequest{Part: "../x"})
	wantIs(t, err, ErrBadID)
}

func TestStreamFailures(t *testing.T) {
	lying := func(value string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", value)
			w.Header().Set("Content-Type", "audio/mp4")
			w.WriteHeader(http.StatusPartialContent)
		}
	}
	for _, tt := range []struct {
		name    string
		handler http.Handler
		want    error
	}{
		{"a web page", webPage(200), ErrNotCoop},
		{"JSON", said(200, `{"data":null}`), ErrNotCoop},
		{"no content", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }), ErrNotCoop},
		{"not found", loadSample(t, "track_404"), ErrNotFound},
		{"expired", loadSample(t, "profile_badtoken"), ErrExpired},
		{"another range", lying("bytes 0-9/10"), ErrNotCoop},
		{"no range", lying(""), ErrNotCoop},
		{"backwards", lying("bytes 5-4/10"), ErrNotCoop},
		{"beyond itself", lying("bytes 5-10/10"), ErrNotCoop},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := answering(t, tt.handler).Stream(context.Background(), trackA, StreamRequest{Offset: 5})
			wantIs(t, err, tt.want)
		})
	}
}

// TestStreamEndsWithItsContext: a reader of a stalled stream is released.
func TestStreamEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c := answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "audio/mp4")
		_, _ = w.Write(sound[:10])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	s, err := c.Stream(ctx, trackA, StreamRequest{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Body.Close()
	buf := make([]byte, 10)
	if _, err := io.ReadFull(s.Body, buf); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := s.Body.Read(buf); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestStreamTokenStaysHome(t *testing.T) {
	var leaked atomic.Value
	leaked.Store("nothing asked")
	cdn := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leaked.Store(r.Header.Get("Authorization"))
		ranged(soundTag)(w, r)
	}))
	c := answering(t, http.RedirectHandler(cdn.URL+"/bucket", http.StatusFound))
	s, err := c.Stream(context.Background(), trackA, StreamRequest{Offset: 7})
	if err != nil {
		t.Fatal(err)
	}
	if got := readStream(t, s); !bytes.Equal(got, sound[7:]) || s.Preview {
		t.Errorf("%d bytes, preview %v", len(got), s.Preview)
	}
	if got := leaked.Load(); got != "" {
		t.Errorf("the other host got %q", got)
	}
}

func TestImage(t *testing.T) {
	ctx := context.Background()
	picture := func(kind string, size int) *Client {
		return answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "" {
				t.Error("a picture was asked for with the token")
			}
			w.Header().Set("Content-Type", kind)
			for range size / 1024 {
				_, _ = w.Write(sound[:1024])
			}
		}))
	}
	c := picture("images/jpg", 4096) // sic: what reference servers say
	body, err := c.Image(ctx, c.BaseURL()+"/images/x.jpg")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(body)
	if body.Close(); err != nil || len(got) != 4096 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	c = picture("image/jpeg", maxImage+1024)
	body, err = c.Image(ctx, c.BaseURL()+"/images/x.jpg")
	if err == nil {
		_, err = io.Copy(io.Discard, body)
		body.Close()
	}
	wantIs(t, err, ErrTooLarge)
	for _, bad := range []string{"", "file:///etc/passwd", "/images/x.jpg"} {
		if _, err := c.Image(ctx, bad); err == nil {
			t.Errorf("%q was fetched", bad)
		}
	}
	page := answering(t, webPage(200))
	if _, err := page.Image(ctx, page.BaseURL()+"/x.jpg"); err == nil {
		t.Error("a web page passed for a picture")
	}
	away, err := New(Config{BaseURL: "https://coop.example"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := away.Image(ctx, c.BaseURL()+"/x.jpg"); err == nil {
		t.Error("a co-op elsewhere made this machine ask itself")
	}
}
