package server_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	catalogue "github.com/ninth-coop/ninth/assets/demo"

	"github.com/ninth-coop/ninth/api/server"
	"github.com/ninth-coop/ninth/api/server/demo"
)

// start is the day on which every test begins.
var start = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// clock is a clock that moves when it is told to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// template is a seeded data folder, made once and copied for each test: hashing
// passwords and making keys takes long with the race detector.
var template string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "coop")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	template = dir
	cfg, err := demo.Config(dir)
	if err == nil {
		cfg.Now = func() time.Time { return start }
		var s *server.Server
		if s, err = server.New(context.Background(), cfg); err == nil {
			err = s.Close()
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}

// coop is a running demo co-op.
type coop struct {
	t     *testing.T
	clock *clock
	url   string
	http  *http.Client // follows no redirects and keeps no cookies
	list  catalogue.Catalogue
}

func newCoop(t *testing.T, change ...func(*server.Config)) *coop {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(template)); err != nil {
		t.Fatal(err)
	}
	cfg, err := demo.Config(dir)
	if err != nil {
		t.Fatal(err)
	}
	list, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	c := &coop{t: t, clock: &clock{now: start}, list: list}
	cfg.Now = c.clock.Now
	for _, f := range change {
		f(&cfg)
	}
	s, err := server.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	ts := httptest.NewServer(s.Handler())
	c.url = ts.URL
	c.http = &http.Client{
		Transport:     ts.Client().Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(func() {
		ts.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// trackID finds a track of the catalogue by its title.
func (c *coop) trackID(title string) string {
	c.t.Helper()
	for _, r := range c.list.Releases {
		for _, t := range r.Tracks {
			if t.Title == title {
				return t.ID
			}
		}
	}
	c.t.Fatalf("the catalogue has no track %q", title)
	return ""
}

// answer is a response that was read to its end.
type answer struct {
	*http.Response
	body []byte
}

// do sends a request. header is name, value, name, value, …
func (c *coop) do(client *http.Client, method, path string, body io.Reader, header ...string) answer {
	c.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = c.url + path
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
	}
	res, err := client.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{res, data}
}

// api sends a request to the tracks API; token may be empty, in nil.
func (c *coop) api(method, path, token string, in any, header ...string) answer {
	c.t.Helper()
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			c.t.Fatal(err)
		}
		body = strings.NewReader(string(data))
		header = append(header, "Content-Type", "application/json")
	}
	if token != "" {
		header = append(header, "Authorization", "Bearer "+token)
	}
	return c.do(c.http, method, "/api/v3"+path, body, header...)
}

// get reads JSON into an untyped value and demands 200.
func (c *coop) get(path, token string) map[string]any {
	c.t.Helper()
	a := c.api("GET", path, token, nil)
	if a.StatusCode != 200 {
		c.t.Fatalf("GET %s: %d %s", path, a.StatusCode, a.body)
	}
	return a.json(c.t)
}

func (a answer) json(t *testing.T) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("not JSON: %v: %.200s", err, a.body)
	}
	return v
}

// at follows keys and indices through an untyped value.
func at(t *testing.T, v any, path ...any) any {
	t.Helper()
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok {
				t.Fatalf("no %q in %T", p, v)
			}
			v = m[p]
		case int:
			l, ok := v.([]any)
			if !ok || p >= len(l) {
				t.Fatalf("no item %d in %v", p, v)
			}
			v = l[p]
		}
	}
	return v
}

// browser is a browser with cookies that stops at redirects to other hosts.
func (c *coop) browser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return &http.Client{Transport: c.http.Transport, Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if "http://"+r.URL.Host != c.url {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}

const (
	verifier = "a-code-verifier-that-is-long-enough-for-rfc-7636"
	redirect = "http://127.0.0.1:45678/callback"
)

func challenge() string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// authorizeURL builds an authorization request; more is name, value, …, and an
// empty value takes a parameter away.
func authorizeURL(more ...string) string {
	q := url.Values{
		"response_type": {"code"}, "client_id": {"ninth"}, "redirect_uri": {redirect}, "state": {"st4te"}, "nonce": {"n0nce"},
		"scope": {"openid profile read_write offline_access"}, "code_challenge": {challenge()}, "code_challenge_method": {"S256"},
	}
	for i := 0; i < len(more); i += 2 {
		q.Set(more[i], more[i+1])
		if more[i+1] == "" {
			q.Del(more[i])
		}
	}
	return "/auth?" + q.Encode()
}

var input = regexp.MustCompile(`<input[^>]*name="(\w+)"[^>]*value="([^"]*)"`)

// fill reads the hidden fields of a page's form.
func fill(page []byte) url.Values {
	form := url.Values{}
	for _, m := range input.FindAllSubmatch(page, -1) {
		form.Set(string(m[1]), html.UnescapeString(string(m[2])))
	}
	return form
}

// signIn fills in the sign-in form behind an authorization request and returns
// the redirect to the app.
func (c *coop) signIn(b *http.Client, authorize string, p demo.Person) *url.URL {
	c.t.Helper()
	page := c.do(b, "GET", authorize, nil)
	form := fill(page.body)
	form.Set("email", p.Email)
	form.Set("password", p.Password)
	res := c.do(b, "POST", "/login", strings.NewReader(form.Encode()), "Content-Type", "application/x-www-form-urlencoded")
	if res.StatusCode != http.StatusFound {
		c.t.Fatalf("sign-in: %d %s", res.StatusCode, res.body)
	}
	u, err := res.Location()
	if err != nil {
		c.t.Fatal(err)
	}
	return u
}

// tokens is an answer of the token endpoint.
type tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	ID      string `json:"id_token"`
	Type    string `json:"token_type"`
	Expires int    `json:"expires_in"`
	Scope   string `json:"scope"`
	Error   string `json:"error"`
}

// post sends a form of name, value, … to one of the provider's endpoints.
func (c *coop) post(path string, fields ...string) (answer, tokens) {
	c.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	a := c.do(c.http, "POST", path, strings.NewReader(form.Encode()), "Content-Type", "application/x-www-form-urlencoded")
	var tok tokens
	if len(a.body) > 0 {
		if err := json.Unmarshal(a.body, &tok); err != nil {
			c.t.Fatalf("%s: %v: %s", path, err, a.body)
		}
	}
	return a, tok
}

func (c *coop) exchange(code string) (answer, tokens) {
	c.t.Helper()
	return c.post("/token", "grant_type", "authorization_code", "client_id", "ninth", "code", code, "redirect_uri", redirect, "code_verifier", verifier)
}

// tokenOf signs someone in and returns the access token.
func (c *coop) tokenOf(p demo.Person) string {
	c.t.Helper()
	u := c.signIn(c.browser(), authorizeURL(), p)
	a, tok := c.exchange(u.Query().Get("code"))
	if tok.Access == "" {
		c.t.Fatalf("no token: %d %s", a.StatusCode, a.body)
	}
	return tok.Access
}

// mediaFile reads a file of the catalogue.
func mediaFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := catalogue.FS.ReadFile(filepath.ToSlash(path))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
