package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// ErrClient: the server does not know the client, or not with this redirect
// address.
var ErrClient = errors.New("the server does not know this client or redirect address")

// preflight asks for the sign-in page once, before a browser does. A server
// that does not accept the client or its redirect address shows an error page
// and, rightly, never sends the browser back (RFC 6749 §4.1.2.1); the sign-in
// would wait for ever. Whatever else is wrong the browser will tell.
func (p *Provider) preflight(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return ErrNotProvider
	}
	req.Header.Set("Accept", "text/html")
	client := *p.http
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	if err != nil {
		return failed(ctx, err)
	}
	_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return failed(ctx, err)
	}
	switch resp.StatusCode {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
		return fmt.Errorf("%w: it answered %d", ErrClient, resp.StatusCode)
	}
	return nil
}
