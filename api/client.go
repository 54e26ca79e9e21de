package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

const (
	root = "/api/v3"
	// maxJSON bounds an answer; a release of a thousand tracks with all its
	// images is about 1 MiB.
	maxJSON = 8 << 20
	// requestTime bounds a whole exchange of JSON, and the wait for the first
	// byte of a stream.
	requestTime = 30 * time.Second
)

// Config says which co-op to talk to, and how.
type Config struct {
	// BaseURL is the co-op's address, such as "https://coop.example". A path
	// is kept, a trailing "/api/v3" is understood.
	BaseURL string
	// HTTP carries the requests; nil means a client of this package's own. Its
	// Timeout and CheckRedirect are not used, since streams have no total
	// time and redirects are checked here.
	HTTP *http.Client
	// Token gives the access token for one request, refreshed if need be. Nil,
	// or an empty token, means that nobody is signed in.
	Token func(ctx context.Context) (string, error)
	// UserAgent names the player; empty means "ninth".
	UserAgent string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// AllowPlainHTTP permits an address without TLS that is not this machine,
	// such as a co-op in one's own home.
	AllowPlainHTTP bool
}

// Client talks to one co-op for one account. It is safe for concurrent use.
type Client struct {
	base  *url.URL // without the API root
	http  *http.Client
	token func(context.Context) (string, error)
	agent string
	now   func() time.Time
	// listener is sent as ?u= with a signed-in listener's requests for public
	// things: a reference server caches those by address alone and would hand
	// out someone else's copy. It is random, so it tells nobody anything.
	listener string
	// undated is set once the server has refused the time of a play.
	undated atomic.Bool
	// keyed is set once the server has said that it knows keys.
	keyed atomic.Bool
	// renditions are those that were opened lately, with what was learnt of
	// them.
	renditions renditions
}

// New makes a client. It fails on an address that is no http(s) URL, and with
// [ErrInsecure] on one that would send the token over an open network.
func New(cfg Config) (*Client, error) {
	base, err := url.Parse(strings.TrimSpace(cfg.BaseURL))
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return nil, fmt.Errorf("api: %w: it needs the form https://host", ErrNotCoop)
	}
	if base.Scheme == "http" && !isLoopback(base.Hostname()) && !cfg.AllowPlainHTTP {
		return nil, fmt.Errorf("api: %s: %w", base.Host, ErrInsecure)
	}
	base.Path = strings.TrimSuffix(strings.TrimRight(base.Path, "/"), root)
	base.RawPath, base.RawQuery, base.Fragment, base.User = "", "", "", nil
	c := &Client{base: base, token: cfg.Token, agent: cfg.UserAgent, now: cfg.Now, listener: rand.Text()}
	if c.agent == "" {
		c.agent = "ninth"
	}
	if c.now == nil {
		c.now = time.Now
	}
	c.http = newHTTP(cfg.HTTP, base)
	return c, nil
}

// BaseURL is the co-op's address as the client uses it, without "/api/v3".
func (c *Client) BaseURL() string { return c.base.String() }

// Close drops idle connections. The client stays usable.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// call is one exchange with the API.
type call struct {
	op     string // what is being done, for errors: "reading a release"
	method string // GET when empty
	path   string // below the API root, escaped
	query  url.Values
	body   any    // sent as JSON when not nil
	form   *form  // sent in the place of a body when not nil
	key    string // Idempotency-Key when not empty
	match  string // If-Match when not empty
	auth   auth
}

// auth is what a route makes of a token.
type auth uint8

const (
	public   auth = iota // no token is sent
	optional             // a token adds what is personal
	required             // without a token nothing is sent
)

// do sends a call and decodes the envelope's data into out (nil: ignored).
// It returns the envelope without its data, for page counts.
func (c *Client) do(ctx context.Context, in call, out any) (envelope, error) {
	env, err := c.exchange(ctx, in, out)
	if err != nil {
		return envelope{}, wrap(in.op, err)
	}
	return env, nil
}

// wrap says what was being done, once, at the edge of the package.
func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("api: %s: %w", op, err)
}

func (c *Client) exchange(ctx context.Context, in call, out any) (envelope, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	req, token, err := c.request(ctx, in)
	if err != nil {
		return envelope{}, unsent(err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return envelope{}, failed(ctx, err)
	}
	defer resp.Body.Close()
	if resp.Header.Get(keysHeader) != "" {
		c.keyed.Store(true)
	}
	body, err := readJSON(ctx, resp)
	if err != nil {
		return envelope{}, c.refine(resp, err)
	}
	var env envelope
	if err := json.Unmarshal(body, &env); err != nil {
		return envelope{}, c.refine(resp, notCoop("its JSON is not the tracks API's"))
	}
	env.etag, env.version = resp.Header.Get("ETag"), resp.Header.Get(versionHeader)
	if resp.StatusCode >= 300 {
		return envelope{}, c.status(resp, env.words(token), token)
	}
	if out == nil {
		return env, nil
	}
	if len(env.Data) == 0 || bytes.Equal(env.Data, []byte("null")) {
		return env, &emptyError{message: words(env.Message, token), enveloped: env.Data != nil}
	}
	if err := json.Unmarshal(env.Data, out); err != nil {
		return env, notCoop(words(strings.TrimPrefix(err.Error(), "json: "), token))
	}
	env.Data = nil
	return env, nil
}

// emptyError is a success without data: either the server's way of saying
// no, or no answer of this API at all.
type emptyError struct {
	message   string
	enveloped bool
}

func (e *emptyError) Error() string {
	if e.message != "" {
		return "the server answered without data: " + e.message
	}
	return "the server answered without data"
}

func (e *emptyError) Is(target error) bool { return target == ErrNotCoop && !e.enveloped }

// request builds the HTTP request of a call and gives the token it will carry.
func (c *Client) request(ctx context.Context, in call) (*http.Request, string, error) {
	token, err := c.tokenFor(ctx, in.auth)
	if err != nil {
		return nil, "", err
	}
	query := in.query
	if token != "" && in.auth == optional {
		if query == nil {
			query = url.Values{}
		}
		query.Set("u", c.listener)
	}
	target := c.base.String() + root + in.path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	var body io.Reader
	var text []byte
	if in.body != nil {
		if text, err = json.Marshal(in.body); err != nil {
			return nil, "", fmt.Errorf("writing the request: %w", err)
		}
		body = bytes.NewReader(text)
	}
	kind := "application/json"
	if in.form != nil {
		text, kind = in.form.content, in.form.kind
		body = bytes.NewReader(text)
	}
	method := in.method
	if method == "" {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(withToken(ctx, token), method, target, body)
	if err != nil {
		return nil, "", errors.New("the request cannot be written") // err would hold the query
	}
	// A request without Accept is given WebP covers by some routes.
	req.Header.Set("Accept", "application/json, image/jpeg")
	req.Header.Set("User-Agent", c.agent)
	if body != nil {
		req.Header.Set("Content-Type", kind)
		// net/http repeats a request by itself when a kept-alive connection
		// breaks and the body can be had again; a play must not be.
		req.GetBody = nil
	}
	if key := keyOf(ctx, in, text); key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	if in.match != "" {
		req.Header.Set("If-Match", in.match)
	}
	return req, token, nil
}

func (c *Client) tokenFor(ctx context.Context, need auth) (string, error) {
	if need == public {
		return "", nil
	}
	token := ""
	if c.token != nil {
		var err error
		if token, err = c.token(ctx); err != nil {
			return "", fmt.Errorf("getting the access token: %w", err)
		}
	}
	if token == "" && need == required {
		return "", ErrSignedOut
	}
	return token, nil
}

// failed is a transport error made fit to show and to decide on.
func failed(ctx context.Context, err error) error {
	if errors.Is(err, errRedirected) {
		return notCoop("it redirects")
	}
	if cause := context.Cause(ctx); cause != nil {
		return &NetworkError{Err: cause, Sent: true}
	}
	return NewNetworkError(err)
}

// readJSON reads an answer whole, within the limits.
func readJSON(ctx context.Context, resp *http.Response) ([]byte, error) {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if kind != "application/json" && !strings.HasSuffix(kind, "+json") {
		return nil, notCoop("it does not answer with JSON")
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxJSON+1))
	if err != nil {
		return nil, failed(ctx, err)
	}
	if len(body) > maxJSON || tooDeep(body) {
		return nil, ErrTooLarge
	}
	return body, nil
}

// refine lets the status speak where the body could not be understood: a
// proxy's error page or a plain-text refusal is still about the status.
func (c *Client) refine(resp *http.Response, err error) error {
	code := resp.StatusCode
	if errors.Is(err, ErrNotCoop) && (code >= 500 || code == 401 || code == 429) {
		return c.status(resp, "", sentToken(resp))
	}
	return err
}

// status turns a failure status into the error that callers know.
func (c *Client) status(resp *http.Response, message, token string) error {
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		return NewRateLimitError(resp.Header, c.now())
	case resp.StatusCode == http.StatusUnauthorized && token == "":
		return ErrSignedOut
	case resp.StatusCode == http.StatusUnauthorized:
		return ErrExpired
	case resp.StatusCode < 400:
		return notCoop("it redirects")
	}
	return &StatusError{Code: resp.StatusCode, Message: words(message, token)}
}

func notCoop(why string) error { return fmt.Errorf("%w: %s", ErrNotCoop, why) }

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// segment is an id as a part of a path. It refuses what no server gives, so
// that nothing from outside can reach another route.
func segment(id string) (string, error) {
	if id == "" || len(id) > 128 || id == "." || id == ".." {
		return "", ErrBadID
	}
	for _, r := range id {
		if (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune("-_.:~", r) {
			return "", ErrBadID
		}
	}
	return id, nil
}

type operationKey struct{}

// WithKey gives whatever is changed under the context an Idempotency-Key,
// made of the operation and of what the request asks for. So a server that
// knows keys does each change that one operation needs once, however often it
// is asked, and another change of the same operation is another one. Plays and
// purchases have a key of their own and keep it.
func WithKey(ctx context.Context, operation string) context.Context {
	return context.WithValue(ctx, operationKey{}, operation)
}

// Operation is the operation that WithKey put into the context, for whoever
// stands in for a [Client]; empty is none.
func Operation(ctx context.Context) string {
	operation, _ := ctx.Value(operationKey{}).(string)
	return operation
}

// keysHeader is how coopd, unlike a reference server, says that it keeps its
// first answer to each Idempotency-Key.
const keysHeader = "X-Ninth-Keys"

// KnowsKeys tells that the server keeps its first answer to each
// Idempotency-Key, so that sending the same again tells what became of it, and
// does nothing else. False until the server has said so.
func (c *Client) KnowsKeys() bool { return c.keyed.Load() }

// keyOf is the key of a call under the context; empty is none.
func keyOf(ctx context.Context, in call, body []byte) string {
	operation := Operation(ctx)
	if in.key != "" || operation == "" || in.method == "" || in.method == http.MethodGet {
		return in.key
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s %s\n%s\n%s", in.method, in.path, in.match, body)
	return operation + "-" + hex.EncodeToString(h.Sum(nil)[:8])
}
