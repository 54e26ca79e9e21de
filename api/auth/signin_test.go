package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api"
)

func TestSignIn(t *testing.T) {
	f := newFake(t)
	var browser clicking
	tokens, err := f.provider(t).SignIn(context.Background(), browser.show, SignInOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if tokens.Subject != "mara" || tokens.Issuer != f.URL || tokens.ClientID != "ninth" || tokens.Scope != "openid" ||
		!strings.HasPrefix(tokens.Access, "access-") || !strings.HasPrefix(tokens.Refresh, "refresh-") ||
		!tokens.Expires.Equal(epoch.Add(time.Hour)) {
		t.Errorf("tokens: %#v", tokens)
	}
	if browser.status != 200 || !strings.Contains(browser.page, "You are signed in.") {
		t.Errorf("the browser ends on %d: %s", browser.status, browser.page)
	}
	for _, form := range []string{"%v", "%+v", "%#v", "%s"} {
		if s := fmt.Sprintf(form, tokens); strings.Contains(s, tokens.Access) || strings.Contains(s, tokens.Refresh) {
			t.Errorf("%s prints %s", form, s)
		}
	}
}

func TestAuthorizeRequest(t *testing.T) {
	f := newFake(t)
	cfg := f.config()
	cfg.ClientSecret = "client-secret"
	p, err := Discover(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var asked *url.URL
	_, err = p.SignIn(ctx, func(_ context.Context, address string) error {
		asked, _ = url.Parse(address)
		cancel()
		return nil
	}, SignInOptions{Silent: true})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	q := asked.Query()
	redirect, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || redirect.Hostname() != "127.0.0.1" || redirect.Path != "/callback" || redirect.Port() == "0" {
		t.Errorf("redirect_uri %s", redirect)
	}
	if q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 ||
		len(q.Get("state")) < 20 || len(q.Get("nonce")) < 20 || q.Get("state") == q.Get("nonce") ||
		q.Get("prompt") != "none" || q.Get("scope") != "openid offline_access read_write" {
		t.Errorf("asked %v", q)
	}
	if strings.Contains(asked.String(), "client-secret") || q.Has("code_verifier") {
		t.Error("a secret is in the address")
	}
}

func TestHostileAnswers(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(*fake)
		want  error
	}{
		{"wrong state", func(f *fake) { f.callback = func(q url.Values) { q.Set("state", "other") } }, ErrMismatch},
		{"no state", func(f *fake) { f.callback = func(q url.Values) { q.Del("state") } }, ErrMismatch},
		{"two states", func(f *fake) { f.callback = func(q url.Values) { q.Add("state", "other") } }, ErrMismatch},
		{"wrong iss", func(f *fake) { f.callback = func(q url.Values) { q.Set("iss", "https://evil.example") } }, ErrMismatch},
		{"promised iss missing", func(f *fake) { f.callback = func(q url.Values) { q.Del("iss") } }, ErrMismatch},
		{"no code", func(f *fake) { f.callback = func(q url.Values) { q.Del("code") } }, ErrMismatch},
		{"another's code", func(f *fake) { f.callback = func(q url.Values) { q.Set("code", "code-stolen") } }, ErrExpired},
		{"refused", func(f *fake) { f.callback = func(q url.Values) { q.Del("code"); q.Set("error", "access_denied") } }, ErrRefused},
		{"refused by someone else", func(f *fake) {
			f.callback = func(q url.Values) { q.Set("state", "other"); q.Set("error", "access_denied") }
		}, ErrMismatch},
		{"must ask", func(f *fake) { f.callback = func(q url.Values) { q.Set("error", "login_required") } }, ErrInteraction},
		{"wrong nonce", func(f *fake) { f.claims = func(c map[string]any) { c["nonce"] = "replayed" } }, ErrMismatch},
		{"no nonce", func(f *fake) { f.claims = func(c map[string]any) { delete(c, "nonce") } }, ErrMismatch},
		{"another's id_token", func(f *fake) { f.claims = func(c map[string]any) { c["aud"] = "other" } }, ErrMismatch},
		{"id_token of another issuer", func(f *fake) { f.claims = func(c map[string]any) { c["iss"] = "https://evil.example" } }, ErrMismatch},
		{"id_token of yesterday", func(f *fake) {
			f.claims = func(c map[string]any) { c["exp"] = epoch.Add(-24 * time.Hour).Unix() }
		}, ErrMismatch},
		{"wrong at_hash", func(f *fake) { f.claims = func(c map[string]any) { c["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA" } }, ErrMismatch},
		{"no id_token", func(f *fake) { f.answer = func(a map[string]any) { delete(a, "id_token") } }, ErrMismatch},
		{"unsigned id_token", func(f *fake) {
			f.answer = func(a map[string]any) { a["id_token"] = unsigned(a["id_token"].(string)) }
		}, ErrMismatch},
		{"keys that are none", func(f *fake) {
			f.override["/jwks"] = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }
		}, ErrMismatch},
		{"token page in HTML", func(f *fake) { f.override["/token"] = htmlPage(404) }, nil},
		{"token endpoint redirects", func(f *fake) {
			f.override["/token"] = func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "/revoke", http.StatusTemporaryRedirect)
			}
		}, ErrNotProvider},
		{"token answer without end", func(f *fake) {
			f.override["/token"] = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				fmt.Fprintf(w, `{"access_token":"%s`, strings.Repeat("x", 2*maxAnswer))
			}
		}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			tt.spoil(f)
			var browser clicking
			tokens, err := f.provider(t).SignIn(context.Background(), browser.show, SignInOptions{})
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if tokens != (Tokens{}) {
				t.Errorf("tokens all the same: %v", tokens)
			}
			tellsNothing(t, err)
			if browser.status == 200 || strings.Contains(browser.page, "You are signed in") {
				t.Errorf("the browser says %s", browser.page)
			}
			if asked := slices.Collect(func(yield func(string) bool) {
				for _, r := range f.requests {
					if r == "/token" && !yield(r) {
						return
					}
				}
			}); len(asked) > 1 {
				t.Errorf("the code was presented %d times", len(asked))
			}
		})
	}
}

// unsigned takes a JWT's signature away and says so in its head.
func unsigned(token string) string {
	_, rest, _ := strings.Cut(token, ".")
	payload, _, _ := strings.Cut(rest, ".")
	return "eyJhbGciOiJub25lIn0." + payload + "."
}

func htmlPage(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		fmt.Fprint(w, "<!doctype html><title>Welcome</title>")
	}
}

func TestDiscoveryOfWhatIsNoProvider(t *testing.T) {
	ctx := context.Background()
	spoiled := func(change func(map[string]any)) func(*fake) {
		return func(f *fake) { f.discovery = change }
	}
	answered := func(h http.HandlerFunc) func(*fake) {
		return func(f *fake) { f.override["/.well-known/openid-configuration"] = h }
	}
	for _, tt := range []struct {
		name  string
		spoil func(*fake)
		want  error
	}{
		{"HTML", answered(htmlPage(200)), ErrNotProvider},
		{"404", answered(http.NotFound), ErrNotProvider},
		{"redirect", answered(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) }), ErrNotProvider},
		{"endless", answered(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"issuer":"`, strings.Repeat("x", 2*maxAnswer))
		}), ErrNotProvider},
		{"another issuer", spoiled(func(d map[string]any) { d["issuer"] = "https://evil.example" }), ErrIssuer},
		{"no token endpoint", spoiled(func(d map[string]any) { delete(d, "token_endpoint") }), ErrNotProvider},
		{"a token endpoint in the open", spoiled(func(d map[string]any) { d["token_endpoint"] = "http://evil.example/t" }), ErrInsecure},
		{"an endpoint that is none", spoiled(func(d map[string]any) { d["authorization_endpoint"] = "javascript:alert(1)" }), ErrNotProvider},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			tt.spoil(f)
			if _, err := Discover(ctx, f.config()); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
	for address, want := range map[string]error{"": ErrNotProvider, "coop.example": ErrNotProvider, "http://coop.example": ErrInsecure} {
		if _, err := Discover(ctx, Config{Issuer: address}); !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", address, err, want)
		}
	}
	f := newFake(t)
	f.override["/.well-known/openid-configuration"] = htmlPage(503)
	_, err := Discover(ctx, f.config())
	if again, _ := api.Retryable(err); !again {
		t.Errorf("a server in trouble is not retryable: %v", err)
	}
	f.Close()
	_, err = Discover(ctx, f.config())
	if again, _ := api.Retryable(err); !again {
		t.Errorf("a server that is away is not retryable: %v", err)
	}
}

func TestOccupiedPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f := newFake(t)
	cfg := f.config()
	cfg.Redirect = "http://localhost:" + fmt.Sprint(l.Addr().(*net.TCPAddr).Port)
	p, err := Discover(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.SignIn(context.Background(), nil, SignInOptions{})
	var port *PortError
	if !errors.Is(err, ErrPortTaken) || !errors.As(err, &port) || port.Port != l.Addr().(*net.TCPAddr).Port {
		t.Errorf("got %v", err)
	}
}

func TestFixedRedirect(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	f := newFake(t)
	cfg := f.config()
	cfg.Redirect = fmt.Sprintf("http://localhost:%d", port)
	p, err := Discover(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	var browser clicking
	if _, err := p.SignIn(context.Background(), browser.show, SignInOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"https://localhost:1", "http://coop.example:8080", "http://0.0.0.0:8080", "ninth://callback", "http://localhost:8080/?a=b"} {
		if _, err := listen(context.Background(), bad); !errors.Is(err, ErrRedirect) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestBrowserThatDoesNotOpen(t *testing.T) {
	_, err := newFake(t).provider(t).SignIn(context.Background(),
		func(context.Context, string) error { return ErrNoBrowser }, SignInOptions{})
	if !errors.Is(err, ErrNoBrowser) {
		t.Errorf("got %v", err)
	}
}

// TestBrowserThatStays: one that shows the address until its context ends
// does not keep the sign-in from ending.
func TestBrowserThatStays(t *testing.T) {
	var browser clicking
	tokens, err := newFake(t).provider(t).SignIn(context.Background(), func(ctx context.Context, address string) error {
		if err := browser.show(ctx, address); err != nil {
			return err
		}
		<-ctx.Done()
		return ctx.Err()
	}, SignInOptions{})
	if err != nil || tokens.Access == "" {
		t.Errorf("%v, %v", tokens, err)
	}
}

// TestSlowServer: a sign-in that is given up ends at once, and the browser is
// told.
func TestSlowServer(t *testing.T) {
	f := newFake(t)
	ctx, cancel := context.WithCancel(context.Background())
	f.override["/token"] = func(_ http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil { // else the end of the request is not noticed
			t.Error(err)
		}
		cancel()
		<-r.Context().Done()
	}
	var browser clicking
	patient := func(_ context.Context, address string) error { return browser.show(context.Background(), address) }
	_, err := f.provider(t).SignIn(ctx, patient, SignInOptions{})
	if !errors.Is(err, context.Canceled) || browser.status != http.StatusBadRequest {
		t.Errorf("got %v; the browser %d", err, browser.status)
	}
	tellsNothing(t, err)
}

// TestCallbackListener is what else may knock at the port while it waits.
func TestCallbackListener(t *testing.T) {
	back, err := listen(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(back.redirect)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	ask := func(method, path, host, mode string) int {
		req, err := http.NewRequest(method, "http://"+at.Host+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		if mode != "" {
			req.Header.Set("Sec-Fetch-Mode", mode)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	for _, tt := range []struct {
		method, path, host, mode string
		want                     int
	}{
		{"GET", "/callback?code=x", "evil.example", "", 421},
		{"GET", "/callback?code=x", "evil.example:" + at.Port(), "", 421},
		{"POST", "/callback?code=x", at.Host, "", 405},
		{"GET", "/callback?code=x", at.Host, "no-cors", 405},
		{"GET", "/callback/x", at.Host, "", 404},
		{"GET", "/favicon.ico", at.Host, "", 404},
	} {
		if got := ask(tt.method, tt.path, tt.host, tt.mode); got != tt.want {
			t.Errorf("%s %s for %s (%s): %d, want %d", tt.method, tt.path, tt.host, tt.mode, got, tt.want)
		}
	}
	first := make(chan int)
	go func() { first <- ask("GET", "/callback?code=1", at.Host, "navigate") }()
	answer := <-back.answers
	if got := ask("GET", "/callback?code=2", at.Host, "navigate"); got != 410 {
		t.Errorf("a second return: %d", got)
	}
	answer.reply(nil)
	if got := <-first; got != 200 || answer.query.Get("code") != "1" {
		t.Errorf("the first return: %d, %v", got, answer.query)
	}
	back.close()
}

func FuzzCallback(f *testing.F) {
	f.Add("code=c&state=right&iss=https%3A%2F%2Fcoop.example")
	f.Add("error=access_denied&state=right")
	f.Add("code=c&code=d&state=right")
	f.Add("%zz&;=&state")
	p := &Provider{meta: metadata{Issuer: "https://coop.example", IssInResponse: true}}
	f.Fuzz(func(t *testing.T, query string) {
		q, err := url.ParseQuery(query)
		code, callbackErr := p.callback(attempt{state: "right"}, q)
		if callbackErr == nil && (q.Get("state") != "right" || q.Get("iss") != p.meta.Issuer || code == "" || code != q.Get("code")) {
			t.Errorf("%q was let in (%v)", query, err)
		}
		if callbackErr != nil && len(callbackErr.Error()) > 2000 {
			t.Errorf("an error of %d bytes", len(callbackErr.Error()))
		}
	})
}
