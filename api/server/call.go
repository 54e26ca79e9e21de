package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/ninth-coop/ninth/api/server/identity"
	"github.com/ninth-coop/ninth/api/server/store"
)

// access says whether an endpoint wants to know who asks.
type access int

const (
	open     access = iota // never
	optional               // if a good token is sent
	required               // always
)

// call is one request to an endpoint.
type call struct {
	*http.Request
	user store.User // zero: nobody
	base string
	hls  bool      // tracks are served in segments
	read store.Q   // the state the endpoint sees: inside the transaction of a change
	tx   *store.Tx // set for requests that change something
	head http.Header
}

// versionHeader names the state of a whole list, on its first page: while it
// stays the same, so does every page. That of /trackgroups is also about
// /artists.
const versionHeader = "X-Ninth-Version"

func (c *call) ctx() context.Context { return c.Request.Context() }

func (c *call) now() time.Time { return c.read.Now() }

// reply is an answer in the envelope of the API.
type reply struct {
	status   int    // 0: 200
	data     any    // "data"
	count    *int   // "count"
	pages    int    // the number of pages, under pagesKey
	pagesKey string // "pages", "numberOfPages" or empty
	said     any    // "status" in the body, left out when nil
	message  string // "message", left out when empty
	etag     string // of the data; empty: a digest of the body
}

// ok is the reply of most endpoints.
func ok(data any) reply { return reply{data: data, said: "ok"} }

// bare is the reply of those that send no "status".
func bare(data any) reply { return reply{data: data} }

func (r reply) body() ([]byte, error) {
	fields := map[string]any{"data": r.data}
	if r.count != nil {
		fields["count"] = *r.count
	}
	if r.pagesKey != "" {
		fields[r.pagesKey] = r.pages
	}
	if r.said != nil {
		fields["status"] = r.said
	}
	if r.message != "" {
		fields["message"] = r.message
	}
	return encode(fields)
}

// encode writes JSON as the API does: "&" stays "&".
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("server: writing JSON: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// endpoint answers a call, or fails with an [apiError] or one of the store's
// errors.
type endpoint func(*call) (reply, error)

// serve makes a handler of an endpoint.
func (s *Server) serve(who access, e endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := &call{Request: r, base: s.base(r), hls: s.cfg.HLS != "", head: w.Header()}
		h := w.Header()
		h.Set("Cache-Control", "private, no-cache")
		h.Add("Vary", "Authorization")
		h.Set(keysHeader, "kept")
		var err error
		if c.user, err = s.authenticate(r, who); err != nil {
			s.fail(w, r, err)
			return
		}
		status, body, etag, err := s.answer(c, e)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.write(w, r, status, body, etag)
	}
}

// authenticate finds out who asks.
func (s *Server) authenticate(r *http.Request, who access) (store.User, error) {
	if who == open {
		return store.User{}, nil
	}
	token, sent := identity.Bearer(r)
	if !sent {
		if who == required {
			return store.User{}, &apiError{Status: http.StatusUnauthorized, Message: "Missing required access token"}
		}
		return store.User{}, nil
	}
	u, err := s.identity.UserOf(r.Context(), token)
	if errors.Is(err, identity.ErrBadToken) {
		if who == required {
			return u, &apiError{Status: http.StatusUnauthorized, Message: "User not found", badToken: true}
		}
		return store.User{}, nil
	}
	return u, err
}

// answer runs the endpoint: a GET on the committed state, anything else in one
// transaction together with its idempotency key.
func (s *Server) answer(c *call, e endpoint) (status int, body []byte, etag string, err error) {
	if c.Method == http.MethodGet || c.Method == http.MethodHead {
		c.read = s.store.Read()
		return run(c, e)
	}
	key, digest, err := idempotency(c.Request)
	if err != nil {
		return 0, nil, "", err
	}
	err = s.store.Update(c.ctx(), func(tx *store.Tx) error {
		c.tx, c.read = tx, tx.Q
		if key != "" && c.user.ID != "" {
			kept, err := tx.Answer(c.ctx(), c.user.ID, key)
			if err == nil {
				if kept.Request != digest {
					return &apiError{Status: http.StatusUnprocessableEntity, Message: "This Idempotency-Key was used for another request"}
				}
				status, body = kept.Status, kept.Body
				return nil
			}
			if !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		var err error
		if status, body, etag, err = run(c, e); err != nil || key == "" {
			return err
		}
		return tx.KeepAnswer(c.ctx(), c.user.ID, key, store.Answer{Request: digest, Status: status, Body: body})
	})
	return status, body, etag, err
}

func run(c *call, e endpoint) (status int, body []byte, etag string, err error) {
	rep, err := e(c)
	if err != nil {
		return 0, nil, "", err
	}
	if status = rep.status; status == 0 {
		status = http.StatusOK
	}
	body, err = rep.body()
	return status, body, rep.etag, err
}

// keysHeader tells that answers are kept under their Idempotency-Key.
const keysHeader = "X-Ninth-Keys"

// maxKey bounds an Idempotency-Key, in characters.
const maxKey = 200

// idempotency reads the request's key and makes a digest of what it asks. The
// body can be read again afterwards.
func idempotency(r *http.Request) (key, digest string, err error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return "", "", bodyError(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	key = r.Header.Get("Idempotency-Key")
	if len(key) > maxKey {
		return "", "", invalid("header", "Idempotency-Key", "maxLength", fmt.Sprintf("should NOT be longer than %d characters", maxKey))
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s %s?%s\n", r.Method, r.URL.Path, r.URL.RawQuery)
	h.Write(body)
	return key, hex.EncodeToString(h.Sum(nil)), nil
}

func bodyError(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return &apiError{Status: http.StatusRequestEntityTooLarge, Message: "Request is too large"}
	}
	return &apiError{Status: http.StatusBadRequest, Message: "Request cannot be read"}
}

// write sends JSON, or 304 when the reader has it already.
func (s *Server) write(w http.ResponseWriter, r *http.Request, status int, body []byte, etag string) {
	h := w.Header()
	if etag == "" {
		sum := sha256.Sum256(body)
		const tagBytes = 16
		etag = `"` + hex.EncodeToString(sum[:tagBytes]) + `"`
	}
	h.Set("ETag", etag)
	if status == http.StatusOK && r.Method == http.MethodGet && matches(r.Header.Get("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a reader that has gone away is not our concern
	}
}

// matches compares an entity tag with a list of them, weakly (RFC 9110
// §8.8.3.2).
func matches(header, etag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		one = strings.TrimSpace(one)
		if one == "*" || strings.TrimPrefix(one, "W/") == etag {
			return true
		}
	}
	return false
}
