package server_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api/server/demo"
)

func TestDiscoveryNamesTheEndpointsOfTheContract(t *testing.T) {
	c := newCoop(t)
	got := c.do(c.http, "GET", "/.well-known/openid-configuration", nil).json(t)
	for key, want := range map[string]string{
		"issuer": "", "authorization_endpoint": "/auth", "token_endpoint": "/token", "userinfo_endpoint": "/me",
		"revocation_endpoint": "/token/revocation", "end_session_endpoint": "/session/end",
		"device_authorization_endpoint": "/device/auth", "jwks_uri": "/jwks",
	} {
		if got[key] != c.url+want {
			t.Errorf("%s = %v, want %s", key, got[key], c.url+want)
		}
	}
	if got["authorization_response_iss_parameter_supported"] != true {
		t.Error("iss is not announced")
	}
}

func TestCodeFlow(t *testing.T) {
	c := newCoop(t)
	u := c.signIn(c.browser(), authorizeURL(), demo.Mara())
	if got := u.Scheme + "://" + u.Host + u.Path; got != redirect {
		t.Errorf("redirected to %s", got)
	}
	q := u.Query()
	if q.Get("state") != "st4te" || q.Get("iss") != c.url || q.Get("code") == "" {
		t.Errorf("redirect says %v", q)
	}
	a, tok := c.exchange(q.Get("code"))
	if a.StatusCode != 200 || tok.Expires != 3600 || !strings.EqualFold(tok.Type, "Bearer") || tok.Refresh == "" || tok.ID == "" {
		t.Fatalf("token: %d %s", a.StatusCode, a.body)
	}
	if got := a.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q", got)
	}
	claims := map[string]any{}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(tok.ID, ".")[1])
	if err != nil || json.Unmarshal(payload, &claims) != nil {
		t.Fatalf("id_token %q", tok.ID)
	}
	if claims["sub"] != demo.Mara().ID || claims["nonce"] != "n0nce" || claims["iss"] != c.url {
		t.Errorf("id_token says %v", claims)
	}
	if got := at(t, c.get("/user/profile", tok.Access), "data", "displayName"); got != "Mara" {
		t.Errorf("profile of %v", got)
	}
	me := c.do(c.http, "GET", "/me", nil, "Authorization", "Bearer "+tok.Access).json(t)
	if me["sub"] != demo.Mara().ID || me["name"] != "Mara" {
		t.Errorf("userinfo says %v", me)
	}
}

func TestScopes(t *testing.T) {
	c := newCoop(t)
	u := c.signIn(c.browser(), authorizeURL("scope", "read_write"), demo.Mara())
	_, tok := c.exchange(u.Query().Get("code"))
	if tok.Access == "" || tok.Refresh != "" {
		t.Errorf("without offline_access: access %t, refresh %t", tok.Access != "", tok.Refresh != "")
	}
}

func TestAuthorizeRefuses(t *testing.T) {
	c := newCoop(t)
	tests := map[string]struct {
		change   []string
		toPerson bool   // an error page, and no redirect
		code     string // else the error that the app is told
	}{
		"no PKCE":             {change: []string{"code_challenge", ""}, code: "invalid_request"},
		"plain PKCE":          {change: []string{"code_challenge_method", "plain"}, code: "invalid_request"},
		"odd challenge":       {change: []string{"code_challenge", "short"}, code: "invalid_request"},
		"implicit":            {change: []string{"response_type", "token"}, code: "unsupported_response_type"},
		"fragment":            {change: []string{"response_mode", "fragment"}, code: "invalid_request"},
		"no scope":            {change: []string{"scope", ""}, code: "invalid_scope"},
		"request object":      {change: []string{"request", "x.y.z"}, code: "request_not_supported"},
		"silent, nobody here": {change: []string{"prompt", "none"}, code: "login_required"},
		"unknown client":      {change: []string{"client_id", "nobody"}, toPerson: true},
		"no redirect":         {change: []string{"redirect_uri", ""}, toPerson: true},
		"other path":          {change: []string{"redirect_uri", "http://127.0.0.1:45678/other"}, toPerson: true},
		"other host":          {change: []string{"redirect_uri", "http://example.org:45678/callback"}, toPerson: true},
		"other scheme":        {change: []string{"redirect_uri", "https://127.0.0.1:45678/callback"}, toPerson: true},
		"query":               {change: []string{"redirect_uri", "http://127.0.0.1:45678/callback?x=1"}, toPerson: true},
		"user":                {change: []string{"redirect_uri", "http://127.0.0.1:45678@example.org/callback"}, toPerson: true},
		"escaped fragment":    {change: []string{"redirect_uri", "http://127.0.0.1%2Fcallback%23@example.org/"}, toPerson: true},
		"no port":             {change: []string{"redirect_uri", "http://127.0.0.1/callback"}, toPerson: true},
		"loopback of others":  {change: []string{"client_id", demo.ReferenceClientID}, toPerson: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := c.do(c.browser(), "GET", authorizeURL(tt.change...), nil)
			if tt.toPerson {
				if a.StatusCode != 400 || a.Header.Get("Location") != "" {
					t.Errorf("%d, Location %q", a.StatusCode, a.Header.Get("Location"))
				}
				return
			}
			u, err := a.Location()
			if err != nil {
				t.Fatalf("%d: %v: %s", a.StatusCode, err, a.body)
			}
			q := u.Query()
			if !strings.HasPrefix(u.String(), redirect) || q.Get("error") != tt.code || q.Get("state") != "st4te" || q.Get("iss") != c.url {
				t.Errorf("redirect to %s", u)
			}
		})
	}
	t.Run("repeated parameter", func(t *testing.T) {
		a := c.do(c.http, "GET", authorizeURL()+"&redirect_uri=http://127.0.0.1:1/callback", nil)
		if a.StatusCode != 400 {
			t.Errorf("%d", a.StatusCode)
		}
	})
}

func TestLoopbackHosts(t *testing.T) {
	c := newCoop(t)
	for _, uri := range []string{"http://localhost:1/callback", "http://[::1]:65535/callback", "http://127.0.0.1:8080/callback"} {
		a := c.do(c.http, "GET", authorizeURL("redirect_uri", uri), nil)
		if a.StatusCode != http.StatusFound || !strings.HasPrefix(a.Header.Get("Location"), "/login?auth=") {
			t.Errorf("%s: %d to %q", uri, a.StatusCode, a.Header.Get("Location"))
		}
	}
}

func TestConfidentialClient(t *testing.T) {
	c := newCoop(t)
	ask := authorizeURL("client_id", demo.ReferenceClientID, "redirect_uri", demo.ReferenceRedirect)
	grant := func(b *http.Client, secret string) (answer, tokens) {
		u := c.do(b, "GET", ask, nil)
		var code string
		if loc, err := u.Location(); err == nil {
			code = loc.Query().Get("code")
		} else {
			code = c.signIn(b, ask, demo.Mara()).Query().Get("code")
		}
		return c.post("/token", "grant_type", "authorization_code", "client_id", demo.ReferenceClientID, "client_secret", secret,
			"code", code, "redirect_uri", demo.ReferenceRedirect, "code_verifier", verifier)
	}
	b := c.browser()
	for _, secret := range []string{"", "wrong"} {
		if a, tok := grant(b, secret); a.StatusCode != http.StatusUnauthorized || tok.Error != "invalid_client" {
			t.Errorf("secret %q: %d %s", secret, a.StatusCode, a.body)
		}
	}
	if a, tok := grant(b, demo.ReferenceClientSecret); tok.Access == "" {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

func TestBrowserSession(t *testing.T) {
	c := newCoop(t)
	b := c.browser()
	c.signIn(b, authorizeURL(), demo.Mara())

	for _, prompt := range []string{"", "none"} {
		a := c.do(b, "GET", authorizeURL("prompt", prompt), nil)
		u, err := a.Location()
		if err != nil || u.Query().Get("code") == "" {
			t.Errorf("prompt %q: %d, %v", prompt, a.StatusCode, err)
		}
	}
	if a := c.do(b, "GET", authorizeURL("prompt", "login"), nil); a.StatusCode != 200 || !strings.Contains(string(a.body), `name="password"`) {
		t.Errorf("prompt=login: %d", a.StatusCode)
	}
	c.clock.Advance(2 * time.Hour)
	if a := c.do(b, "GET", authorizeURL("max_age", "60"), nil); a.StatusCode != 200 {
		t.Errorf("max_age: %d", a.StatusCode)
	}
	c.clock.Advance(14 * 24 * time.Hour)
	if a := c.do(b, "GET", authorizeURL(), nil); a.StatusCode != 200 {
		t.Errorf("after 14 days: %d", a.StatusCode)
	}
}

func TestSignInBelongsToItsBrowser(t *testing.T) {
	c := newCoop(t)
	thief, victim := c.browser(), c.browser()
	page := c.do(thief, "GET", authorizeURL(), nil)
	id := fill(page.body).Get("auth")
	if a := c.do(victim, "GET", "/login?auth="+url.QueryEscape(id), nil); a.StatusCode != 400 {
		t.Errorf("another browser may sign in: %d", a.StatusCode)
	}
	c.signIn(victim, authorizeURL(), demo.Mara())
	if a := c.do(thief, "GET", "/auth/callback?id="+url.QueryEscape(id), nil); a.Header.Get("Location") != "" && strings.Contains(a.Header.Get("Location"), "code=") {
		t.Error("a code without a sign-in")
	}
	form := fill(page.body)
	form.Set("email", demo.Mara().Email)
	form.Set("password", demo.Mara().Password)
	form.Set("csrf", "wrong")
	a := c.do(thief, "POST", "/login", strings.NewReader(form.Encode()), "Content-Type", "application/x-www-form-urlencoded")
	if a.StatusCode != 400 {
		t.Errorf("a form of another page: %d", a.StatusCode)
	}
}

func TestWrongPasswords(t *testing.T) {
	c := newCoop(t)
	b := c.browser()
	page := c.do(b, "GET", authorizeURL(), nil)
	form := fill(page.body)
	form.Set("email", demo.Mara().Email)
	try := func(password string) answer {
		form.Set("password", password)
		return c.do(b, "POST", "/login", strings.NewReader(form.Encode()), "Content-Type", "application/x-www-form-urlencoded")
	}
	for range 10 {
		if a := try("guess"); a.StatusCode != 200 {
			t.Fatalf("wrong password: %d", a.StatusCode)
		}
	}
	if a := try(demo.Mara().Password); a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" {
		t.Errorf("after ten failures: %d", a.StatusCode)
	}
	form = fill(c.do(b, "GET", authorizeURL(), nil).body)
	form.Set("email", "nobody@example.coop")
	if a := try("guess"); a.StatusCode != 200 || !strings.Contains(string(a.body), "do not fit") {
		t.Errorf("unknown person: %d", a.StatusCode)
	}
	c.clock.Advance(15 * time.Minute)
	form = fill(c.do(b, "GET", authorizeURL(), nil).body)
	form.Set("email", strings.ToUpper(demo.Mara().Email))
	if a := try(demo.Mara().Password); a.StatusCode != http.StatusFound {
		t.Errorf("a quarter of an hour later: %d", a.StatusCode)
	}
}

func TestCodeIsForOneUse(t *testing.T) {
	c := newCoop(t)
	code := c.signIn(c.browser(), authorizeURL(), demo.Mara()).Query().Get("code")
	_, tok := c.exchange(code)
	if a := c.api("GET", "/user/profile", tok.Access, nil); a.StatusCode != 200 {
		t.Fatalf("first use: %d", a.StatusCode)
	}
	if a, again := c.exchange(code); a.StatusCode != 400 || again.Error != "invalid_grant" {
		t.Errorf("second use: %d %s", a.StatusCode, a.body)
	}
	if a := c.api("GET", "/user/profile", tok.Access, nil); a.StatusCode != 401 {
		t.Errorf("the first token lives on: %d", a.StatusCode)
	}
	if a, _ := c.refresh(tok.Refresh); a.StatusCode != 400 {
		t.Errorf("the first refresh token lives on: %d", a.StatusCode)
	}
}

func (c *coop) refresh(token string) (answer, tokens) {
	c.t.Helper()
	return c.post("/token", "grant_type", "refresh_token", "client_id", "ninth", "refresh_token", token)
}

func TestTokenRefuses(t *testing.T) {
	c := newCoop(t)
	b := c.browser()
	c.signIn(b, authorizeURL(), demo.Mara())
	code := func() string {
		u, err := c.do(b, "GET", authorizeURL(), nil).Location()
		if err != nil {
			t.Fatal(err)
		}
		return u.Query().Get("code")
	}
	for name, tt := range map[string]struct {
		fields []string
		want   string
	}{
		"no grant":       {nil, "invalid_request"},
		"password":       {[]string{"grant_type", "password", "username", "x", "password", "y"}, "unsupported_grant_type"},
		"jwt":            {[]string{"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion", "x"}, "unsupported_grant_type"},
		"wrong verifier": {[]string{"grant_type", "authorization_code", "client_id", "ninth", "code", code(), "redirect_uri", redirect, "code_verifier", strings.Repeat("x", 43)}, "invalid_grant"},
		"no verifier":    {[]string{"grant_type", "authorization_code", "client_id", "ninth", "code", code(), "redirect_uri", redirect}, "invalid_request"},
		"other redirect": {[]string{"grant_type", "authorization_code", "client_id", "ninth", "code", code(), "redirect_uri", "http://127.0.0.1:1/callback", "code_verifier", verifier}, "invalid_grant"},
		"no such code":   {[]string{"grant_type", "authorization_code", "client_id", "ninth", "code", "x", "redirect_uri", redirect, "code_verifier", verifier}, "invalid_grant"},
		"no such token":  {[]string{"grant_type", "refresh_token", "client_id", "ninth", "refresh_token", "x"}, "invalid_grant"},
	} {
		t.Run(name, func(t *testing.T) {
			if a, tok := c.post("/token", tt.fields...); a.StatusCode != 400 || tok.Error != tt.want {
				t.Errorf("%d %s, want %s", a.StatusCode, a.body, tt.want)
			}
		})
	}
	t.Run("late", func(t *testing.T) {
		late := code()
		c.clock.Advance(61 * time.Second)
		if a, tok := c.exchange(late); a.StatusCode != 400 || tok.Error != "invalid_grant" {
			t.Errorf("%d %s", a.StatusCode, a.body)
		}
	})
	t.Run("broken form", func(t *testing.T) {
		a := c.do(c.http, "POST", "/token", strings.NewReader("grant_type=refresh_token&%zz"), "Content-Type", "application/x-www-form-urlencoded")
		if a.StatusCode != 400 {
			t.Errorf("%d", a.StatusCode)
		}
	})
}

func TestRefreshRotates(t *testing.T) {
	c := newCoop(t)
	_, first := c.exchange(c.signIn(c.browser(), authorizeURL(), demo.Mara()).Query().Get("code"))
	c.clock.Advance(time.Hour)
	if a := c.api("GET", "/user/profile", first.Access, nil); a.StatusCode != 401 || !strings.Contains(a.Header.Get("WWW-Authenticate"), "invalid_token") {
		t.Errorf("expired token: %d, %q", a.StatusCode, a.Header.Get("WWW-Authenticate"))
	}
	a, second := c.refresh(first.Refresh)
	if second.Access == "" || second.Refresh == "" || second.Refresh == first.Refresh {
		t.Fatalf("refresh: %d %s", a.StatusCode, a.body)
	}
	if a := c.api("GET", "/user/profile", second.Access, nil); a.StatusCode != 200 {
		t.Errorf("new token: %d", a.StatusCode)
	}
	if a, tok := c.refresh(first.Refresh); a.StatusCode != 400 || tok.Error != "invalid_grant" {
		t.Errorf("reuse: %d %s", a.StatusCode, a.body)
	}
	if a := c.api("GET", "/user/profile", second.Access, nil); a.StatusCode != 401 {
		t.Errorf("the family lives on: %d", a.StatusCode)
	}
	if a, _ := c.refresh(second.Refresh); a.StatusCode != 400 {
		t.Errorf("the family's refresh token lives on: %d", a.StatusCode)
	}
}

func TestRevocation(t *testing.T) {
	c := newCoop(t)
	b := c.browser()
	_, tok := c.exchange(c.signIn(b, authorizeURL(), demo.Mara()).Query().Get("code"))
	if a, _ := c.post("/token/revocation", "client_id", "ninth", "token", tok.Access, "token_type_hint", "access_token"); a.StatusCode != 200 {
		t.Fatalf("revoking: %d %s", a.StatusCode, a.body)
	}
	if a := c.api("GET", "/user/profile", tok.Access, nil); a.StatusCode != 401 {
		t.Errorf("revoked token: %d", a.StatusCode)
	}
	_, tok = c.refresh(tok.Refresh)
	if a, _ := c.post("/token/revocation", "client_id", "ninth", "token", tok.Refresh); a.StatusCode != 200 {
		t.Fatalf("revoking: %d %s", a.StatusCode, a.body)
	}
	if a := c.api("GET", "/user/profile", tok.Access, nil); a.StatusCode != 401 {
		t.Errorf("access token of a revoked refresh token: %d", a.StatusCode)
	}
	if a, _ := c.refresh(tok.Refresh); a.StatusCode != 400 {
		t.Errorf("revoked refresh token: %d", a.StatusCode)
	}
	if a, _ := c.post("/token/revocation", "client_id", "ninth", "token", "never was one"); a.StatusCode != 200 {
		t.Errorf("an unknown token is no error (RFC 7009): %d", a.StatusCode)
	}
	u, err := c.do(b, "GET", authorizeURL(), nil).Location()
	if err != nil {
		t.Fatal(err)
	}
	_, tok = c.exchange(u.Query().Get("code"))
	c.do(b, "GET", "/session/end?id_token_hint="+tok.ID, nil)
	if a := c.api("GET", "/user/profile", tok.Access, nil); a.StatusCode != 401 {
		t.Errorf("after signing out: %d", a.StatusCode)
	}
	if a := c.do(b, "GET", authorizeURL(), nil); a.StatusCode != 200 {
		t.Errorf("the browser is still signed in: %d", a.StatusCode)
	}
}
