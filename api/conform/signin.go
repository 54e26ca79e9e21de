package conform

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/api/auth"
)

func (s *suite) config() auth.Config {
	return auth.Config{
		Issuer: s.target.Addr, ClientID: s.target.ClientID, ClientSecret: s.target.ClientSecret,
		Redirect: s.target.Redirect, HTTP: s.http,
	}
}

// metadata is the discovery document as it is.
func (s *suite) metadata(t *testing.T) map[string]any {
	t.Helper()
	return s.get(t, "/.well-known/openid-configuration", "").json
}

func (s *suite) discovery(t *testing.T) {
	provider, err := auth.Discover(t.Context(), s.config())
	if err != nil {
		t.Fatal(err)
	}
	s.provider = provider
	m := s.metadata(t)
	for _, key := range []string{"authorization_endpoint", "token_endpoint", "jwks_uri", "revocation_endpoint", "userinfo_endpoint"} {
		if at, _ := m[key].(string); !strings.HasPrefix(at, "http") {
			t.Errorf("%s is %v", key, m[key])
		}
	}
	for key, value := range map[string]string{
		"code_challenge_methods_supported": "S256", "response_types_supported": "code", "scopes_supported": "openid",
	} {
		if list, _ := m[key].([]any); !slices.Contains(list, any(value)) {
			t.Errorf("%s is %v, want %s in it", key, m[key], value)
		}
	}
	if m["authorization_response_iss_parameter_supported"] != true {
		s.lacks("iss in authorization responses (RFC 9207)")
	}
}

func (s *suite) signIn(t *testing.T) {
	if s.provider == nil {
		t.Fatal("nothing was discovered")
	}
	token := s.token(t, s.target.Listener)
	tokens := s.tokens[s.target.Listener]
	if tokens.Subject == "" || tokens.Expires.IsZero() {
		t.Errorf("the token answer lacks an id_token or an expiry: %v", tokens)
	}
	s.get(t, root+"/user/profile", token).success(t)
}

// success checks a positive answer with data.
func (a answer) success(t *testing.T) {
	t.Helper()
	if a.status/100 != 2 || a.json["data"] == nil {
		t.Errorf("want data, got %d %.200s", a.status, a.body)
	}
}

func (s *suite) wrongPassword(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := s.provider.SignIn(ctx, auth.FormBrowser(s.http, s.target.Listener.Email, "not-"+s.target.Listener.Password), auth.SignInOptions{})
	if !errors.Is(err, auth.ErrCredentials) {
		t.Errorf("a wrong password ends with %v", err)
	}
}

// authorize asks for a code with the given changes and gives where the server
// leads: its answer to the first request, and the address.
func (s *suite) authorize(t *testing.T, change func(url.Values)) answer {
	t.Helper()
	endpoint, _ := s.metadata(t)["authorization_endpoint"].(string)
	redirect := s.target.Redirect
	if redirect == "" {
		redirect = "http://127.0.0.1:1/callback"
	}
	q := url.Values{
		"response_type": {"code"}, "client_id": {s.target.ClientID}, "redirect_uri": {redirect}, "scope": {"openid"},
		"state": {"st4te"}, "code_challenge": {oauth2.S256ChallengeFromVerifier(oauth2.GenerateVerifier())}, "code_challenge_method": {"S256"},
	}
	change(q)
	return s.get(t, strings.TrimPrefix(endpoint, s.target.Addr)+"?"+q.Encode(), "")
}

func (s *suite) pkceRequired(t *testing.T) {
	a := s.authorize(t, func(q url.Values) { q.Del("code_challenge"); q.Del("code_challenge_method") })
	at, err := url.Parse(a.header.Get("Location"))
	if err != nil || a.status/100 != 3 || at.Query().Get("error") != "invalid_request" || at.Query().Get("state") != "st4te" {
		t.Errorf("without a challenge: %d to %s", a.status, at)
	}
}

// unknownRedirect: an address that is not registered is never led to.
func (s *suite) unknownRedirect(t *testing.T) {
	for _, evil := range []string{"https://evil.example/callback", "http://127.0.0.1.evil.example/callback", "ninth://callback"} {
		a := s.authorize(t, func(q url.Values) { q.Set("redirect_uri", evil) })
		if a.status < 400 || a.header.Get("Location") != "" {
			t.Errorf("%s: %d to %s", evil, a.status, a.header.Get("Location"))
		}
	}
}

// codeOnce signs in, and presents the same code a second time.
func (s *suite) codeOnce(t *testing.T) {
	var posted url.Values
	cfg := s.config()
	cfg.HTTP = &http.Client{Transport: listening{s.http.Transport, func(form url.Values) {
		if form.Get("code") != "" {
			posted = form
		}
	}}}
	provider, err := auth.Discover(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := provider.SignIn(t.Context(), auth.FormBrowser(s.http, s.target.Listener.Email, s.target.Listener.Password), auth.SignInOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if posted == nil {
		t.Fatal("no code was presented")
	}
	status, body := s.postForm(t, s.endpoint(t, "token_endpoint"), posted)
	if status != http.StatusBadRequest || !strings.Contains(body, "invalid_grant") {
		t.Errorf("a code presented twice: %d %.200s", status, body)
	}
	if a := s.get(t, root+"/user/profile", tokens.Access); a.status != http.StatusUnauthorized {
		s.lacks("revoking what a code gave when it is presented twice")
	}
}

// listening hears the forms that are posted.
type listening struct {
	below http.RoundTripper
	heard func(url.Values)
}

func (l listening) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(body)
		if err != nil {
			return nil, err
		}
		if form, err := url.ParseQuery(string(text)); err == nil {
			l.heard(form)
		}
	}
	return l.below.RoundTrip(r)
}

func (s *suite) refresh(t *testing.T) {
	old := s.tokens[s.target.Listener]
	if old.Refresh == "" {
		s.lacks("refresh tokens")
		s.skip(t, "the server gives no refresh tokens")
	}
	fresh, err := s.provider.Refresh(t.Context(), old)
	if err != nil {
		t.Fatal(err)
	}
	s.tokens[s.target.Listener] = fresh
	s.get(t, root+"/user/profile", fresh.Access).success(t)
	if fresh.Access == old.Access {
		t.Error("refreshing gives the same access token")
	}
	if fresh.Refresh == old.Refresh {
		s.lacks("rotation of refresh tokens")
		return
	}
	if _, err := s.provider.Refresh(t.Context(), old); !errors.Is(err, auth.ErrExpired) {
		t.Errorf("a spent refresh token: %v", err)
	}
	// A spent token that comes again means that someone stole one of the two:
	// a careful server now ends both.
	delete(s.tokens, s.target.Listener)
	s.token(t, s.target.Listener)
}

func (s *suite) revocation(t *testing.T) {
	tokens, err := s.provider.SignIn(t.Context(), auth.FormBrowser(s.http, s.target.Listener.Email, s.target.Listener.Password), auth.SignInOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s.get(t, root+"/user/profile", tokens.Access).success(t)
	if err := s.provider.Revoke(t.Context(), tokens); err != nil {
		t.Fatal(err)
	}
	s.get(t, root+"/user/profile", tokens.Access).failure(t, http.StatusUnauthorized, "User not found")
	if _, err := s.provider.Refresh(t.Context(), tokens); tokens.Refresh != "" && !errors.Is(err, auth.ErrExpired) {
		t.Errorf("a revoked refresh token: %v", err)
	}
}

// device runs the whole device flow: the code is entered in a browser that
// signs in first.
func (s *suite) device(t *testing.T) {
	if !s.provider.HasDevice() {
		s.lacks("the device flow")
		s.skip(t, "the server has no device flow")
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	tokens, err := s.provider.SignInDevice(ctx, func(code auth.DeviceCode) {
		if code.UserCode == "" || !strings.Contains(code.Complete, "user_code=") || code.URL == "" {
			t.Errorf("to be shown: %+v", code)
		}
		if err := auth.FormBrowser(s.http, s.target.Listener.Email, s.target.Listener.Password)(ctx, code.Complete); err != nil {
			cancel(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	c := s.clientWith(t, tokens.Access)
	if p, err := c.Profile(t.Context()); err != nil || p.Email != s.target.Listener.Email {
		t.Errorf("the device is signed in as %q, %v", p.Email, err)
	}
}

func (s *suite) endpoint(t *testing.T, name string) string {
	t.Helper()
	at, _ := s.metadata(t)[name].(string)
	return at
}

// noToken: required routes say which of the two is the matter.
func (s *suite) noToken(t *testing.T) {
	for _, path := range []string{"/user/profile", "/user/collection", "/user/playlists", "/user/plays/history"} {
		s.get(t, root+path, "").failure(t, http.StatusUnauthorized, "Missing required access token")
		s.get(t, root+path, "not-a-token").failure(t, http.StatusUnauthorized, "User not found")
	}
	if _, err := s.clientWith(t, "not-a-token").Profile(t.Context()); !errors.Is(err, api.ErrExpired) {
		t.Errorf("the client makes %v of it", err)
	}
}

func (s *suite) postForm(t *testing.T, at string, form url.Values) (status int, body string) {
	t.Helper()
	headers := []string{"Content-Type", "application/x-www-form-urlencoded"}
	if s.target.ClientSecret != "" {
		form.Set("client_secret", s.target.ClientSecret)
	}
	form.Set("client_id", s.target.ClientID)
	a := s.ask(t, http.MethodPost, strings.TrimPrefix(at, s.target.Addr), "", form.Encode(), headers...)
	return a.status, string(a.body)
}
