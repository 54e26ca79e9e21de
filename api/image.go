package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// maxImage bounds a picture: the largest cover served is about 1 MiB.
const maxImage = 16 << 20

// Image opens a picture by an address that a value of this package gave. No
// token goes along. Reading beyond 16 MiB fails with [ErrTooLarge]; the caller
// closes it.
func (c *Client) Image(ctx context.Context, address string) (io.ReadCloser, error) {
	const op = "fetching a picture"
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, wrap(op, errors.New("this is no address of a picture"))
	}
	if isLoopback(u.Hostname()) && !isLoopback(c.base.Hostname()) {
		// A co-op elsewhere has no business with what runs on this machine.
		return nil, wrap(op, errors.New("the address points at this machine"))
	}
	ctx, cancel := context.WithTimeoutCause(ctx, requestTime, context.DeadlineExceeded)
	body, err := c.image(ctx, u)
	if err != nil {
		cancel()
		return nil, wrap(op, err)
	}
	return &boundedBody{body: body, left: maxImage, cancel: cancel}, nil
}

func (c *Client) image(ctx context.Context, u *url.URL) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, errors.New("this is no address of a picture")
	}
	req.Header.Set("Accept", "image/jpeg, image/png")
	req.Header.Set("User-Agent", c.agent)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, failed(ctx, err)
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch {
	case resp.StatusCode == http.StatusOK && resp.ContentLength > maxImage:
		err = ErrTooLarge
	case resp.StatusCode == http.StatusNotFound:
		err = ErrNotFound // nothing but an address was asked for
	case resp.StatusCode != http.StatusOK:
		err = c.status(resp, "", "")
	case strings.HasPrefix(kind, "text/") || kind == "application/json":
		err = errors.New("the answer is no picture")
	}
	if err != nil {
		resp.Body.Close()
		return nil, err
	}
	return resp.Body, nil
}

// boundedBody fails, rather than ends, beyond its limit: half a picture
// must not pass for a whole one.
type boundedBody struct {
	body   io.ReadCloser
	left   int64 // bytes
	cancel context.CancelFunc
}

func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, wrap("reading a picture", ErrTooLarge)
	}
	return n, err
}

func (b *boundedBody) Close() error {
	err := b.body.Close()
	b.cancel()
	return err
}
