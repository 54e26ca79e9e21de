package api

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"
)

// errRedirected stops a redirect that must not be followed.
var errRedirected = errors.New("redirected")

// maxRedirects bounds a chain; a preview takes one step.
const maxRedirects = 5

// newHTTP prepares a client of its own over the transport of given, or over
// one of its own.
func newHTTP(given *http.Client, base *url.URL) *http.Client {
	var below http.RoundTripper
	if given != nil {
		below = given.Transport
		if below == nil {
			below = http.DefaultTransport
		}
	} else {
		below = &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
			TLSHandshakeTimeout:   10 * time.Second,
			ResponseHeaderTimeout: requestTime,
			ForceAttemptHTTP2:     true,
			MaxIdleConns:          32,
			MaxIdleConnsPerHost:   8,
			IdleConnTimeout:       90 * time.Second,
		}
	}
	return &http.Client{
		Transport:     &tokenTransport{below: below, base: base},
		CheckRedirect: checkRedirect,
	}
}

// checkRedirect follows reads only: a redirected write would be sent to an
// address nobody chose.
func checkRedirect(req *http.Request, via []*http.Request) error {
	reads := via[0].Method == http.MethodGet || via[0].Method == http.MethodHead
	if !reads || len(via) > maxRedirects {
		return errRedirected
	}
	if via[0].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return errRedirected
	}
	return nil
}

type tokenKey struct{}

// withToken gives a request its token by way of the context, which redirects
// keep, so that the decision falls anew at each step.
func withToken(ctx context.Context, token string) context.Context {
	if token == "" {
		return ctx
	}
	return context.WithValue(ctx, tokenKey{}, token)
}

// tokenTransport is the one place that adds the token: to requests for the
// co-op's origin and to no others. Sitting below the redirects it is not
// subject to net/http's rule, which keeps credentials for another port or a
// subdomain.
type tokenTransport struct {
	below http.RoundTripper
	base  *url.URL
}

func (t *tokenTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	token, _ := req.Context().Value(tokenKey{}).(string)
	if token == "" || !sameOrigin(req.URL, t.base) {
		return t.below.RoundTrip(req)
	}
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+token)
	return t.below.RoundTrip(req)
}

// CloseIdleConnections lets http.Client reach the transport below.
func (t *tokenTransport) CloseIdleConnections() {
	if c, ok := t.below.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// sentToken is the token that the request of an answer was allowed to carry.
func sentToken(resp *http.Response) string {
	token, _ := resp.Request.Context().Value(tokenKey{}).(string)
	return token
}

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && a.Hostname() == b.Hostname() && port(a) == port(b)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}
