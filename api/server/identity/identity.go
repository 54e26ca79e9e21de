// Package identity signs people in. It is an OAuth 2.0 and OpenID Connect
// provider: authorization code with PKCE S256, device flow (RFC 8628), rotating
// refresh tokens, revocation (RFC 7009), discovery, sign-out, and the plain
// pages that people see.
//
// The protocol is the work of github.com/zitadel/oidc; this package keeps its
// state in the store and stands guard in front of it where the tracks API or
// current practice (RFC 9700) asks for more: PKCE for every client, strict
// redirect addresses, "iss" in every answer (RFC 9207), sign-ins bound to the
// browser they began in, one use per code and per refresh token, with
// revocation of everything that came from it when it appears again.
//
// Access tokens are opaque and stored as hashes only. A [Provider] may be used
// by several goroutines.
package identity

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"

	"github.com/ninth-coop/ninth/api/server/page"
	"github.com/ninth-coop/ninth/api/server/store"
)

// ScopeReadWrite is the one scope of the tracks API.
const ScopeReadWrite = "read_write"

// The addresses of the provider.
const (
	pathAuthorize = "/auth"
	pathCallback  = "/auth/callback"
	pathToken     = "/token"
	pathUserinfo  = "/me"
	pathRevoke    = "/token/revocation"
	pathEnd       = "/session/end"
	pathKeys      = "/jwks"
	pathDevAuth   = "/device/auth"
	pathDiscovery = "/.well-known/openid-configuration"
	pathLogin     = "/login"
	pathDevice    = "/device"
	pathSignedOut = "/signed-out"
)

// The lifetimes that a zero in [Config] stands for.
const (
	DefaultAccessLifetime  = time.Hour
	DefaultRefreshLifetime = 30 * 24 * time.Hour
	DefaultDeviceLifetime  = 10 * time.Minute
	DefaultDevicePoll      = 5 * time.Second
)

const (
	sessionLifetime = 14 * 24 * time.Hour // of a browser that is signed in
	requestLifetime = 15 * time.Minute    // of a sign-in that nobody finishes
	codeLifetime    = time.Minute
)

// ErrBadToken means that an access token is unknown, expired or revoked.
var ErrBadToken = errors.New("identity: access token is not valid")

// Config says how to run a provider. Zero lifetimes stand for the defaults.
type Config struct {
	Store  *store.Store
	Dir    string                     // holds the signing key, see keyFile
	Issuer func(*http.Request) string // base address without a slash at its end
	Pages  *page.Pages
	Now    func() time.Time
	Logger *slog.Logger

	Clients []Client
	Returns []string // local paths that a sign-in may lead back to

	AccessLifetime  time.Duration
	RefreshLifetime time.Duration
	DeviceLifetime  time.Duration
	DevicePoll      time.Duration
}

// Provider is a running provider.
type Provider struct {
	Config
	keys     *keys
	op       *op.Provider
	gate     gate
	failures *failures
}

// New makes a provider, and its signing key the first time.
func New(cfg Config) (*Provider, error) {
	setDefault(&cfg.AccessLifetime, DefaultAccessLifetime)
	setDefault(&cfg.RefreshLifetime, DefaultRefreshLifetime)
	setDefault(&cfg.DeviceLifetime, DefaultDeviceLifetime)
	setDefault(&cfg.DevicePoll, DefaultDevicePoll)
	k, err := loadKeys(cfg.Dir)
	if err != nil {
		return nil, err
	}
	const hashesAtOnce = 2
	p := &Provider{Config: cfg, keys: k, gate: make(gate, hashesAtOnce), failures: newFailures(cfg.Now)}
	p.op, err = op.NewProvider(&op.Config{
		CodeMethodS256:        true,
		AuthMethodPost:        true,
		GrantTypeRefreshToken: true,
		DeviceAuthorization: op.DeviceAuthorizationConfig{
			Lifetime:     cfg.DeviceLifetime,
			PollInterval: cfg.DevicePoll,
			UserFormPath: pathDevice,
			UserCode:     op.UserCodeBase20,
		},
	}, &storage{p}, func(bool) (op.IssuerFromRequest, error) { return cfg.Issuer, nil },
		op.WithCrypto(k), op.WithLogger(cfg.Logger), op.WithAllowInsecure())
	if err != nil {
		return nil, fmt.Errorf("identity: starting provider: %w", err)
	}
	return p, nil
}

func setDefault(d *time.Duration, value time.Duration) {
	if *d == 0 {
		*d = value
	}
}

// Register adds the provider's addresses to mux.
func (p *Provider) Register(mux *http.ServeMux) {
	for pattern, h := range map[string]http.HandlerFunc{
		"GET " + pathAuthorize:  p.authorize,
		"POST " + pathAuthorize: p.authorize,
		"GET " + pathCallback:   p.callback,
		"POST " + pathToken:     p.token,
		"GET " + pathUserinfo:   p.userinfo,
		"POST " + pathUserinfo:  p.userinfo,
		"POST " + pathRevoke:    p.revoke,
		"GET " + pathEnd:        p.endSession,
		"POST " + pathEnd:       p.endSession,
		"GET " + pathKeys:       func(w http.ResponseWriter, r *http.Request) { op.Keys(w, r, p.op.Storage()) },
		"POST " + pathDevAuth:   p.deviceAuth,
		"GET " + pathDiscovery:  p.discovery,
		"GET " + pathLogin:      p.loginPage,
		"POST " + pathLogin:     p.login,
		"GET " + pathDevice:     p.devicePage,
		"POST " + pathDevice:    p.device,
		"GET " + pathSignedOut:  p.signedOut,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			h(w, r.WithContext(op.ContextWithIssuer(r.Context(), p.Issuer(r))))
		})
	}
}

// PublicPaths are the addresses that apps call themselves, without a browser
// and its cookies.
func PublicPaths() []string {
	return []string{pathDiscovery, pathKeys, pathToken, pathUserinfo, pathRevoke, pathDevAuth}
}

// Bearer takes the access token out of a request's Authorization header.
func Bearer(r *http.Request) (token string, ok bool) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), ok && strings.EqualFold(scheme, "Bearer")
}

// UserOf returns the person that an access token speaks for, or [ErrBadToken].
func (p *Provider) UserOf(ctx context.Context, token string) (store.User, error) {
	t, err := p.accessToken(ctx, token)
	if err != nil {
		return store.User{}, err
	}
	u, err := p.Store.Read().User(ctx, t.UserID)
	if errors.Is(err, store.ErrNotFound) {
		return u, ErrBadToken
	}
	return u, err
}

func (p *Provider) accessToken(ctx context.Context, token string) (store.Token, error) {
	plain, err := p.keys.Decrypt(token)
	if err != nil {
		return store.Token{}, ErrBadToken
	}
	id, _, _ := strings.Cut(plain, ":") // the rest is the library's own note of the person
	t, err := p.Store.Read().AccessToken(ctx, digest(id))
	if errors.Is(err, store.ErrNotFound) {
		return t, ErrBadToken
	}
	return t, err
}

// client finds a registered client.
func (p *Provider) client(id string) (Client, bool) {
	for _, c := range p.Clients {
		if c.ID == id {
			return c, true
		}
	}
	return Client{}, false
}
