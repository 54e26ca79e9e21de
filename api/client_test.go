package api

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestNewRefusesWhatIsNoCoop(t *testing.T) {
	for _, address := range []string{"", "coop.example", "ftp://coop.example", "https://", "http://%zz"} {
		_, err := New(Config{BaseURL: address})
		wantIs(t, err, ErrNotCoop)
	}
	_, err := New(Config{BaseURL: "http://coop.example"})
	wantIs(t, err, ErrInsecure)
	for _, address := range []string{"http://127.0.0.1:1", "http://localhost:4000/api/v3/", "https://coop.example/music/"} {
		c, err := New(Config{BaseURL: address})
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if got := c.BaseURL(); strings.HasSuffix(got, "/") || strings.HasSuffix(got, root) {
			t.Errorf("%s became %s", address, got)
		}
	}
}

func TestRequestsAsTheContractWantsThem(t *testing.T) {
	var seen *http.Request
	c := answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r
		said(200, `{"data":[]}`)(w, r)
	}))
	if _, err := c.Artists(context.Background(), ListOptions{Page: 3, Limit: 500, Order: "newest", Featured: true}); err != nil {
		t.Fatal(err)
	}
	q := seen.URL.Query()
	if seen.URL.Path != "/api/v3/artists" || q.Get("page") != "3" || q.Get("limit") != "100" || q.Get("order") != "newest" || q.Get("featured") != "true" {
		t.Errorf("asked %s", seen.URL)
	}
	if q.Get("u") == "" {
		t.Error("a signed-in listener's request for a cached route has no key of its own")
	}
	if got := seen.Header.Get("Accept"); got != "application/json, image/jpeg" {
		t.Errorf("Accept: %s", got)
	}
	if got := seen.Header.Get("Authorization"); got != "Bearer "+secret {
		t.Errorf("Authorization: %s", got)
	}
	if _, err := c.Releases(context.Background(), ListOptions{}); err != nil {
		t.Fatal(err)
	}
	if seen.URL.RawQuery != "" || seen.Header.Get("Authorization") != "" {
		t.Errorf("a public list was asked for as someone: %s", seen.URL)
	}
}

func TestFailuresAsTheServerMeansThem(t *testing.T) {
	profile := func(c *Client) error { _, err := c.Profile(context.Background()); return err }
	track := func(c *Client) error { _, err := c.Track(context.Background(), trackA); return err }
	tests := []struct {
		name    string
		handler http.Handler
		ask     func(*Client) error
		want    error
		retry   bool
	}{
		{"401 with a token", loadSample(t, "profile_badtoken"), profile, ErrExpired, false},
		{"401 in HTML", webPage(401), profile, ErrExpired, false},
		{"404 of the route", loadSample(t, "track_404"), track, ErrNotFound, false},
		{"a web page", webPage(200), track, ErrNotCoop, false},
		{"a web page for 404", webPage(404), track, ErrNotCoop, false},
		{"a redirect to a login page", http.RedirectHandler("/login", http.StatusFound), track, ErrNotCoop, false},
		{"other JSON", said(200, `[1,2]`), track, ErrNotCoop, false},
		{"JSON of no envelope", said(200, `{"hello":"world"}`), track, ErrNotCoop, false},
		{"the wrong type inside", said(200, `{"data":{"id":7}}`), track, ErrNotCoop, false},
		{"cut JSON", said(200, `{"data":{"id":"x"`), track, ErrNotCoop, false},
		{"too deep", said(200, `{"data":`+strings.Repeat("[", 100)+strings.Repeat("]", 100)+"}"), track, ErrTooLarge, false},
		{"too large", said(200, `{"data":"`+strings.Repeat("x", maxJSON)+`"}`), track, ErrTooLarge, false},
		{"endless redirects", loop(), track, ErrNotCoop, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.ask(answering(t, tt.handler))
			wantIs(t, err, tt.want)
			if retry, _ := Retryable(err); retry != tt.retry {
				t.Errorf("Retryable = %v for %v", retry, err)
			}
		})
	}
}

func webPage(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<!doctype html><title>Welcome</title>")
	}
}

func loop() http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }
}

// TestNotEvery404IsNotFound: the reference server answers 404 for failures of
// its own.
func TestNotEvery404IsNotFound(t *testing.T) {
	for _, name := range []string{"trackgroups_random", "unknown_route"} {
		_, err := answering(t, loadSample(t, name)).Track(context.Background(), trackA)
		var status *StatusError
		if errors.Is(err, ErrNotFound) || !errors.As(err, &status) || status.Code != 404 {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, words := range []string{"column track does not exist", `relation "tracks" does not exist`, "", "Cannot read properties of null"} {
		if errors.Is(&StatusError{Code: 404, Message: words}, ErrNotFound) {
			t.Errorf("%q counts as not found", words)
		}
	}
	if errors.Is(&StatusError{Code: 400, Message: "Not found"}, ErrNotFound) {
		t.Error("a 400 counts as not found")
	}
}

func TestServerTrouble(t *testing.T) {
	for _, tt := range []struct {
		handler http.Handler
		code    int
		retry   bool
	}{
		{webPage(502), 502, true}, {said(503, `{"data":null,"message":"soon"}`), 503, true},
		{loadSample(t, "spendings"), 500, true}, {said(501, `{"data":null}`), 501, false},
		{loadSample(t, "tracks_limit_101"), 400, false},
	} {
		_, err := answering(t, tt.handler).Track(context.Background(), trackA)
		var status *StatusError
		if !errors.As(err, &status) || status.Code != tt.code {
			t.Errorf("want %d, got %v", tt.code, err)
		}
		if retry, _ := Retryable(err); retry != tt.retry {
			t.Errorf("Retryable = %v for %v", retry, err)
		}
	}
}

func TestRateLimit(t *testing.T) {
	limited := func(name, value string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			if name != "" {
				w.Header().Set(name, value)
			}
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}
	for _, tt := range []struct {
		handler http.Handler
		want    time.Duration
	}{
		{loadSample(t, "rate_limited_429"), 58 * time.Second},
		{limited("Retry-After", epoch.Add(90*time.Second).Format(http.TimeFormat)), 90 * time.Second},
		{limited("Rate-Limit-Reset", "1795176030"), 30 * time.Second},
		{limited("Retry-After", "0"), time.Second},
		{limited("Retry-After", "999999999"), maxWait},
		{limited("Retry-After", "soon"), defaultWait},
		{limited("", ""), defaultWait},
	} {
		_, err := answering(t, tt.handler).Profile(context.Background())
		retry, after := Retryable(err)
		if !retry || after != tt.want {
			t.Errorf("Retryable = %v, %v; want %v (%v)", retry, after, tt.want, err)
		}
	}
}

func TestSignedOut(t *testing.T) {
	asked := false
	srv := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = true
		loadSample(t, "profile_noauth").ServeHTTP(w, r)
	}))
	_, err := clientOf(t, srv, "").Profile(context.Background())
	wantIs(t, err, ErrSignedOut)
	if asked {
		t.Error("a request that needs a token was sent without one")
	}
}

// TestTokenStaysHome redirects reads from the co-op to other origins: another
// port of the same host, and another name for it, which net/http itself
// would give the credentials to in part.
func TestTokenStaysHome(t *testing.T) {
	var leaked atomic.Value
	other := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leaked.Store(r.Header.Get("Authorization"))
		said(200, `{"data":{"id":"x"}}`)(w, r)
	}))
	for _, to := range []string{other.URL, strings.Replace(other.URL, "127.0.0.1", "localhost", 1)} {
		leaked.Store("nothing asked")
		var home string
		c := answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			home = r.Header.Get("Authorization")
			http.Redirect(w, r, to+"/elsewhere", http.StatusFound)
		}))
		if _, err := c.Track(context.Background(), trackA); err != nil {
			t.Fatal(err)
		}
		if home != "Bearer "+secret {
			t.Errorf("the co-op got %q", home)
		}
		if got := leaked.Load(); got != "" {
			t.Errorf("%s got %q", to, got)
		}
	}
}

// TestTokenComesBackHome: a redirect within the co-op keeps the token.
func TestTokenComesBackHome(t *testing.T) {
	c := answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/v3/tracks/") {
			http.Redirect(w, r, "/moved", http.StatusMovedPermanently)
			return
		}
		if r.Header.Get("Authorization") != "Bearer "+secret {
			t.Error("the token got lost on the way")
		}
		said(200, `{"data":{"id":"x"}}`)(w, r)
	}))
	if _, err := c.Track(context.Background(), trackA); err != nil {
		t.Fatal(err)
	}
}

func TestWritesAreNeverRedirectedOrRepeated(t *testing.T) {
	var posts atomic.Int32
	c := answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		posts.Add(1)
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	_, err := c.CreatePlaylist(context.Background(), PlaylistEdit{Title: "x"})
	wantIs(t, err, ErrNotCoop)
	if n := posts.Load(); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestErrorsTellNoSecrets(t *testing.T) {
	echo := answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		said(400, `{"status":400,"message":"bad `+r.Header.Get("Authorization")+` `+strings.Repeat("x", 1000)+`","data":null}`)(w, r)
	}))
	_, err := echo.Profile(context.Background())
	mustNotTell(t, err)
	if err == nil || len(err.Error()) > 400 {
		t.Errorf("error of %d bytes", len(err.Error()))
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	c := clientOf(t, gone, secret)
	_, err = c.Search(context.Background(), "private words")
	mustNotTell(t, err)
	if err == nil || strings.Contains(err.Error(), "private") {
		t.Errorf("got %v", err)
	}
	if retry, _ := Retryable(err); !retry {
		t.Errorf("a server that is away is not retryable: %v", err)
	}
}

func TestBadIDsAreNeverSent(t *testing.T) {
	c := answering(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("asked %s", r.URL) }))
	ctx := context.Background()
	for _, id := range []string{"", ".", "..", "../user/profile", "a/b", "a?b", "a%2fb", "ä", strings.Repeat("a", 129)} {
		_, err := c.Release(ctx, id)
		wantIs(t, err, ErrBadID)
		_, err = c.Play(ctx, id, "key")
		wantIs(t, err, ErrBadID)
		_, err = c.Stream(ctx, id, StreamRequest{})
		wantIs(t, err, ErrBadID)
		_, err = c.AddToPlaylist(ctx, someUID, id)
		wantIs(t, err, ErrBadID)
	}
}

func TestGzip(t *testing.T) {
	c := answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			t.Error("gzip is not asked for")
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, `{"data":{"id":"x","title":"Packed"}}`)
		z.Close()
	}))
	track, err := c.Track(context.Background(), trackA)
	if err != nil || track.Title != "Packed" {
		t.Errorf("%+v, %v", track, err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c := answering(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))
	_, err := c.Profile(ctx)
	wantIs(t, err, context.Canceled)
	if retry, _ := Retryable(err); retry {
		t.Error("what the caller ended would be tried again")
	}
}

func TestVersionsOfLists(t *testing.T) {
	versions := map[string]string{}
	c := answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("limit") != "1" {
			t.Errorf("asked %s", r.URL)
		}
		if v := versions[strings.TrimPrefix(r.URL.Path, root)]; v != "" {
			w.Header().Set(versionHeader, v)
		}
		said(200, `{"data":[]}`)(w, r)
	}))
	for _, test := range []struct{ releases, own, public, catalogue, playlists string }{
		{"", "", "", "", ""},
		{"7", "1", "2", "7", "1 2"},
		{"7", "1", "", "7", ""},
		{"7", "", "2", "7", ""},
		{strings.Repeat("7", maxVersion+1), "1", strings.Repeat("2", maxVersion+1), "", ""},
	} {
		versions["/trackgroups"], versions["/user/playlists"], versions["/playlists"] = test.releases, test.own, test.public
		catalogue, err := c.CatalogueVersion(t.Context())
		if err != nil || catalogue != test.catalogue {
			t.Errorf("catalogue %q, %v, want %q", catalogue, err, test.catalogue)
		}
		playlists, err := c.PlaylistsVersion(t.Context())
		if err != nil || playlists != test.playlists {
			t.Errorf("playlists %q, %v, want %q", playlists, err, test.playlists)
		}
	}
}
