package identity

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// Client is an app that may ask for sign-ins.
type Client struct {
	ID   string
	Name string // shown to people

	// SecretHash is the digest of the client's secret, see [HashSecret]. Empty
	// for a public client: an app on people's machines cannot keep a secret,
	// and PKCE is required of everyone anyway.
	SecretHash string

	// RedirectURIs are addresses that codes may be sent to, compared letter by
	// letter.
	RedirectURIs []string

	// LoopbackPath lets codes be sent to http://127.0.0.1, [::1] or localhost
	// on any port with exactly this path (RFC 8252 §7.3). Empty: not allowed.
	LoopbackPath string
}

// Ninth is the public client of the Ninth player.
func Ninth() Client {
	return Client{ID: "ninth", Name: "Ninth", LoopbackPath: "/callback"}
}

// HashSecret is the digest of a client secret. Secrets must be long and random.
func HashSecret(secret string) string { return digest(secret) }

func (c Client) public() bool { return c.SecretHash == "" }

// mayRedirectTo decides on an address before the library sees it. The library
// decodes an address once more than the browser does, so its own check can be
// led elsewhere with an escaped "#"; an escape is therefore never allowed.
func (c Client) mayRedirectTo(uri string) bool {
	if slices.Contains(c.RedirectURIs, uri) {
		return true
	}
	if c.LoopbackPath == "" {
		return false
	}
	u, err := url.Parse(uri)
	if err != nil {
		return false
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil || port == 0 {
		return false
	}
	for _, host := range []string{"127.0.0.1", "[::1]", "localhost"} {
		if uri == "http://"+host+":"+u.Port()+c.LoopbackPath {
			return true
		}
	}
	return false
}

// origin is where a validated redirect address leads, for a page's policy.
func origin(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return "'self'"
	}
	return u.Scheme + "://" + u.Host
}

// client lends a Client the methods that the library asks for.
type client struct {
	Client
	redirect string // the one address that this request may use
}

func (c client) GetID() string                    { return c.ID }
func (c client) PostLogoutRedirectURIs() []string { return c.Client.RedirectURIs }
func (c client) ResponseTypes() []oidc.ResponseType {
	return []oidc.ResponseType{oidc.ResponseTypeCode}
}
func (c client) LoginURL(id string) string           { return pathLogin + "?auth=" + url.QueryEscape(id) }
func (c client) AccessTokenType() op.AccessTokenType { return op.AccessTokenTypeBearer }
func (c client) IDTokenLifetime() time.Duration      { return time.Hour }
func (c client) DevMode() bool                       { return false }
func (c client) IsScopeAllowed(scope string) bool    { return scope == ScopeReadWrite }
func (c client) IDTokenUserinfoClaimsAssertion() bool {
	return false
}
func (c client) ClockSkew() time.Duration { return 0 }

func (c client) RedirectURIs() []string {
	if c.redirect == "" {
		return c.Client.RedirectURIs
	}
	return []string{c.redirect}
}

// ApplicationType is how the library tells a client with a secret ("web") from
// one without ("native").
func (c client) ApplicationType() op.ApplicationType {
	if c.public() {
		return op.ApplicationTypeNative
	}
	return op.ApplicationTypeWeb
}

// AuthMethod is the one that the library checks for; with "basic" it takes the
// secret from the form as well.
func (c client) AuthMethod() oidc.AuthMethod {
	if c.public() {
		return oidc.AuthMethodNone
	}
	return oidc.AuthMethodBasic
}

func (c client) GrantTypes() []oidc.GrantType {
	return []oidc.GrantType{oidc.GrantTypeCode, oidc.GrantTypeRefreshToken, oidc.GrantTypeDeviceCode}
}

//nolint:revive,staticcheck // the library's spelling
func (c client) RestrictAdditionalIdTokenScopes() func([]string) []string { return same }

func (c client) RestrictAdditionalAccessTokenScopes() func([]string) []string { return same }

func same(scopes []string) []string { return scopes }
