package auth

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var epoch = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// signer is made once: an RSA key takes its time under the race detector.
var signer = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// fake is an identity provider whose every answer a test can spoil.
type fake struct {
	*httptest.Server
	t *testing.T

	mu         sync.Mutex
	challenges map[string]url.Values // authorization requests by code
	spent      map[string]bool       // codes and refresh tokens presented
	serial     int
	requests   []string // paths asked, in order
	revoked    []string

	// hooks; nil leaves an answer as it is
	discovery func(map[string]any)
	callback  func(url.Values)     // spoils the redirect back
	claims    func(map[string]any) // spoils the id_token
	answer    func(map[string]any) // spoils the token answer
	override  map[string]http.HandlerFunc
	device    []string // OAuth errors to give before the device's token
}

func newFake(t *testing.T) *fake {
	f := &fake{t: t, challenges: map[string]url.Values{}, spent: map[string]bool{}, override: map[string]http.HandlerFunc{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", f.serveDiscovery)
	mux.HandleFunc("GET /authorize", f.serveAuthorize)
	mux.HandleFunc("POST /token", f.serveToken)
	mux.HandleFunc("POST /device", f.serveDevice)
	mux.HandleFunc("POST /revoke", func(_ http.ResponseWriter, r *http.Request) {
		f.revoked = append(f.revoked, r.PostFormValue("token_type_hint")+" "+r.PostFormValue("token"))
	})
	mux.HandleFunc("GET /jwks", f.serveKeys)
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.requests = append(f.requests, r.URL.Path)
		if h := f.override[r.URL.Path]; h != nil {
			h(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) config() Config {
	return Config{Issuer: f.URL, ClientID: "ninth", HTTP: f.Client(), Now: func() time.Time { return epoch }}
}

func (f *fake) provider(t *testing.T) *Provider {
	t.Helper()
	p, err := Discover(context.Background(), f.config())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func say(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		panic(err)
	}
}

func (f *fake) serveDiscovery(w http.ResponseWriter, _ *http.Request) {
	d := map[string]any{
		"issuer": f.URL, "authorization_endpoint": f.URL + "/authorize", "token_endpoint": f.URL + "/token",
		"jwks_uri": f.URL + "/jwks", "device_authorization_endpoint": f.URL + "/device", "revocation_endpoint": f.URL + "/revoke",
		"scopes_supported":                               []string{"openid", "offline_access", "read_write"},
		"id_token_signing_alg_values_supported":          []string{"RS256", "none", "HS256"},
		"authorization_response_iss_parameter_supported": true,
	}
	if f.discovery != nil {
		f.discovery(d)
	}
	say(w, 200, d)
}

// serveAuthorize is a listener who is signed in already and agrees at once.
func (f *fake) serveAuthorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("code_challenge_method") != "S256" || q.Get("client_id") != "ninth" {
		http.Error(w, "no", http.StatusBadRequest)
		return
	}
	code := "code-" + rand.Text()
	f.challenges[code] = q
	back := url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {f.URL}}
	if f.callback != nil {
		f.callback(back)
	}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

func (f *fake) serveToken(w http.ResponseWriter, r *http.Request) {
	refuse := func(code string) {
		say(w, 400, map[string]string{"error": code, "error_description": "secret-in-words"})
	}
	switch r.PostFormValue("grant_type") {
	case "authorization_code":
		code := r.PostFormValue("code")
		q, ok := f.challenges[code]
		sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
		if !ok || f.spent[code] || q.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) ||
			q.Get("redirect_uri") != r.PostFormValue("redirect_uri") {
			refuse("invalid_grant")
			return
		}
		f.spent[code] = true
		f.grant(w, q.Get("nonce"))
	case "refresh_token":
		token := r.PostFormValue("refresh_token")
		if f.spent[token] || !strings.HasPrefix(token, "refresh-") {
			refuse("invalid_grant")
			return
		}
		f.spent[token] = true
		f.grant(w, "")
	case deviceGrant:
		if len(f.device) > 0 {
			code := f.device[0]
			f.device = f.device[1:]
			if code == "500" {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			refuse(code)
			return
		}
		f.grant(w, "")
	default:
		refuse("unsupported_grant_type")
	}
}

func (f *fake) grant(w http.ResponseWriter, nonce string) {
	f.serial++
	claims := map[string]any{
		"iss": f.URL, "sub": "mara", "aud": "ninth", "iat": epoch.Unix(), "exp": epoch.Add(time.Hour).Unix(),
	}
	if nonce != "" {
		claims["nonce"] = nonce
	}
	if f.claims != nil {
		f.claims(claims)
	}
	serial := rand.Text()
	a := map[string]any{
		"access_token": "access-" + serial, "refresh_token": "refresh-" + serial, "token_type": "Bearer",
		"expires_in": 3600, "scope": "openid", "id_token": sign(claims),
	}
	if f.answer != nil {
		f.answer(a)
	}
	say(w, 200, a)
}

func (f *fake) serveDevice(w http.ResponseWriter, _ *http.Request) {
	say(w, 200, map[string]any{
		"device_code": "device-secret", "user_code": "XFSP-BVNZ", "verification_uri": f.URL + "/device",
		"verification_uri_complete": f.URL + "/device?user_code=XFSP-BVNZ", "expires_in": 600,
	})
}

func (f *fake) serveKeys(w http.ResponseWriter, _ *http.Request) {
	k := signer().PublicKey
	say(w, 200, map[string]any{"keys": []any{map[string]string{
		"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1",
		"n": base64.RawURLEncoding.EncodeToString(k.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.E)).Bytes()),
	}}})
}

// sign makes a JWT of the claims, RS256.
func sign(claims map[string]any) string {
	payload, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","kid":"1"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload)
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(nil, signer(), crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(sig)
}

// clicking is a browser that follows redirects and keeps what it saw last.
type clicking struct {
	status int
	page   string
}

func (c *clicking) show(ctx context.Context, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	defer http.DefaultClient.CloseIdleConnections()
	page, err := io.ReadAll(resp.Body)
	c.status, c.page = resp.StatusCode, string(page)
	return err
}

// tellsNothing fails the test if an error holds a token, a code or a secret.
func tellsNothing(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	for _, part := range []string{"access-", "refresh-", "code-", "device-secret", "client-secret", "code_verifier", "state="} {
		if strings.Contains(err.Error(), part) {
			t.Errorf("the error holds %q: %v", part, err)
		}
	}
}
