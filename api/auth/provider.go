package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/ninth-coop/ninth/api"
)

const (
	// maxAnswer bounds each answer of a provider, in bytes; real ones are a
	// few KiB.
	maxAnswer = 1 << 20
	// requestTime bounds each request to a provider.
	requestTime = 30 * time.Second
)

// Config says where and as whom to sign in.
type Config struct {
	Issuer   string // the co-op's address, such as "https://coop.example"
	ClientID string
	// ClientSecret is sent only if it is set. One that ships with a player is
	// no secret; some servers want it all the same.
	ClientSecret string
	// Redirect is where the browser returns to, when the server insists on a
	// registered address: http, on this machine, such as
	// "http://localhost:8080". Empty is any free port of 127.0.0.1, /callback.
	Redirect string
	// Scopes to ask for; nil asks for openid, and for offline_access and
	// read_write where the server has them.
	Scopes []string
	// HTTP carries the requests; nil is a client of this package's own.
	HTTP *http.Client
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// AllowPlainHTTP permits an issuer without TLS that is not this machine.
	AllowPlainHTTP bool
}

// Provider is a co-op's identity provider, as discovered. It is immutable and
// safe for concurrent use.
type Provider struct {
	cfg      Config
	meta     metadata
	http     *http.Client
	now      func() time.Time
	verifier *oidc.IDTokenVerifier
	oauth    oauth2.Config
}

// metadata is what of OpenID Connect Discovery 1.0 and RFC 8414 is used.
type metadata struct {
	Issuer        string   `json:"issuer"`
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Revocation    string   `json:"revocation_endpoint"`
	Device        string   `json:"device_authorization_endpoint"`
	JWKS          string   `json:"jwks_uri"`
	Scopes        []string `json:"scopes_supported"`
	AuthMethods   []string `json:"token_endpoint_auth_methods_supported"`
	Algorithms    []string `json:"id_token_signing_alg_values_supported"`
	IssInResponse bool     `json:"authorization_response_iss_parameter_supported"`
}

// Discover reads the provider's description and checks that it is about the
// issuer asked.
func Discover(ctx context.Context, cfg Config) (*Provider, error) {
	const op = "finding the sign-in"
	cfg.Issuer = strings.TrimRight(strings.TrimSpace(cfg.Issuer), "/")
	if err := cfg.permits(cfg.Issuer); err != nil {
		return nil, wrap(op, err)
	}
	p := &Provider{cfg: cfg, http: newHTTP(cfg.HTTP), now: cfg.Now}
	if p.now == nil {
		p.now = time.Now
	}
	if err := p.discover(ctx); err != nil {
		return nil, wrap(op, err)
	}
	p.oauth = oauth2.Config{
		ClientID: cfg.ClientID, ClientSecret: cfg.ClientSecret, Scopes: p.scopes(),
		Endpoint: oauth2.Endpoint{AuthURL: p.meta.Authorization, TokenURL: p.meta.Token, AuthStyle: p.authStyle()},
	}
	// The key set outlives this call, so it gets the client but not the
	// caller's context; its requests are bounded by the client.
	keys := oidc.NewRemoteKeySet(oidc.ClientContext(context.WithoutCancel(ctx), p.http), p.meta.JWKS)
	p.verifier = oidc.NewVerifier(p.meta.Issuer, keys, &oidc.Config{
		ClientID: cfg.ClientID, Now: p.now, SupportedSigningAlgs: p.algorithms(),
	})
	return p, nil
}

// Issuer is the provider's own name for itself.
func (p *Provider) Issuer() string { return p.meta.Issuer }

// HasDevice tells whether [Provider.SignInDevice] can work.
func (p *Provider) HasDevice() bool { return p.meta.Device != "" }

func (p *Provider) discover(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.cfg.Issuer+"/.well-known/openid-configuration", nil)
	if err != nil {
		return ErrNotProvider
	}
	req.Header.Set("Accept", "application/json")
	resp, err := p.http.Do(req)
	if err != nil {
		return failed(ctx, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusTooManyRequests {
		return api.NewRateLimitError(resp.Header, p.now())
	}
	if resp.StatusCode >= 500 {
		return &api.StatusError{Code: resp.StatusCode}
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if resp.StatusCode != http.StatusOK || kind != "application/json" {
		return ErrNotProvider
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return failed(ctx, err)
	}
	if err := json.Unmarshal(body, &p.meta); err != nil {
		return ErrNotProvider
	}
	return p.check()
}

// check holds the description against what was asked.
func (p *Provider) check() error {
	m := &p.meta
	if strings.TrimRight(m.Issuer, "/") != p.cfg.Issuer {
		return fmt.Errorf("%w: asked %s, found %s", ErrIssuer, p.cfg.Issuer, words(m.Issuer))
	}
	for _, needed := range []string{m.Authorization, m.Token, m.JWKS} {
		if needed == "" {
			return ErrNotProvider
		}
	}
	for _, endpoint := range []string{m.Authorization, m.Token, m.JWKS, m.Revocation, m.Device} {
		if endpoint == "" {
			continue
		}
		if err := p.cfg.permits(endpoint); err != nil {
			return err
		}
	}
	return nil
}

// permits tells whether secrets may be sent to an address.
func (c Config) permits(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http":
		return ErrNotProvider
	case u.Scheme == "http" && !isLoopback(u.Hostname()) && !c.AllowPlainHTTP:
		return fmt.Errorf("%s: %w", u.Host, ErrInsecure)
	}
	return nil
}

func (p *Provider) scopes() []string {
	if p.cfg.Scopes != nil {
		return p.cfg.Scopes
	}
	out := []string{oidc.ScopeOpenID}
	for _, wish := range []string{oidc.ScopeOfflineAccess, "read_write"} {
		if slices.Contains(p.meta.Scopes, wish) {
			out = append(out, wish)
		}
	}
	return out
}

// authStyle fixes how the client names itself at the token endpoint. Trying
// both ways, as the library would by itself, presents a code twice, upon
// which servers revoke what it gave.
func (p *Provider) authStyle() oauth2.AuthStyle {
	methods := p.meta.AuthMethods
	if p.cfg.ClientSecret == "" || len(methods) > 0 && !slices.Contains(methods, "client_secret_basic") {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

// algorithms are the server's, less those that prove nothing: "none", and the
// HMACs, whose key would be the shipped client secret.
func (p *Provider) algorithms() []string {
	sound := []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}
	out := slices.DeleteFunc(slices.Clone(p.meta.Algorithms), func(a string) bool { return !slices.Contains(sound, a) })
	if len(out) == 0 {
		return []string{oidc.RS256}
	}
	return out
}

// tokens makes Tokens of a token answer.
func (p *Provider) tokens(t *oauth2.Token, subject string) Tokens {
	out := Tokens{
		Issuer: p.meta.Issuer, ClientID: p.cfg.ClientID, Subject: subject,
		Access: t.AccessToken, Refresh: t.RefreshToken,
	}
	if t.ExpiresIn > 0 {
		out.Expires = p.now().Add(time.Duration(min(t.ExpiresIn, 1<<31)) * time.Second)
	}
	out.Scope, _ = t.Extra("scope").(string)
	return out
}

// errRedirected and errTooLarge are answers of no provider.
var (
	errRedirected = errors.New("redirected")
	errTooLarge   = errors.New("answer too large")
)

// newHTTP is a client for a provider's endpoints: bounded in time and size,
// and never redirected, since what it posts are secrets.
func newHTTP(given *http.Client) *http.Client {
	below := http.DefaultTransport
	if given != nil && given.Transport != nil {
		below = given.Transport
	}
	return &http.Client{
		Transport:     boundedTransport{below},
		Timeout:       requestTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirected },
	}
}

type boundedTransport struct{ below http.RoundTripper }

func (t boundedTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.below.RoundTrip(req)
	if err == nil {
		resp.Body = &boundedBody{ReadCloser: resp.Body, left: maxAnswer}
	}
	return resp, err
}

// boundedBody fails beyond its limit, so that a cut answer is never taken for
// a whole one.
type boundedBody struct {
	io.ReadCloser
	left int64 // bytes
}

func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// isTransport tells a failure to exchange from a failure to understand.
func isTransport(err error) bool {
	var in *url.Error
	var network net.Error
	return errors.As(err, &in) || errors.As(err, &network) || errors.Is(err, io.ErrUnexpectedEOF)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
