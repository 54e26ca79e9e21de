// Package reference puts the faults of the reference server of the tracks API
// back, for tests: a proxy in front of a co-op that has mended them. It knows
// no Idempotency-Key, no If-Match, no Range and no strong ETag; it gives no
// refresh tokens, no ids of playlist items and no order=random; it skips every
// second page of tracks, refuses the time of a play, and fails the ninth play
// after counting it.
package reference

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
)

// Faults is how many faults Handler puts in.
const Faults = 9

const root = "/api/v3"

// Handler passes requests on to the server at an address, such as
// "http://127.0.0.1:4000", and spoils them and their answers. transport
// carries the requests; nil is http's default.
func Handler(address string, transport http.RoundTripper) (http.Handler, error) {
	to, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("reference: reading the address: %w", err)
	}
	proxy := &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host // the issuer is the address that was asked
			spoilRequest(r.Out)
		},
		ModifyResponse: spoilResponse,
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := spoilPlay(r); err != nil {
			http.Error(w, "the request breaks off", http.StatusBadRequest)
			return
		}
		proxy.ServeHTTP(w, r)
	}), nil
}

func spoilRequest(r *http.Request) {
	for _, header := range []string{"Range", "If-Range", "If-None-Match", "If-Match", "Idempotency-Key", "Accept-Encoding"} {
		r.Header.Del(header)
	}
	q := r.URL.Query()
	if page, err := strconv.Atoi(q.Get("page")); err == nil && page > 1 && r.URL.Path == root+"/tracks" {
		q.Set("page", strconv.Itoa(page+1))
		r.URL.RawQuery = q.Encode()
	}
	if r.URL.Path == root+"/trackgroups" && q.Get("order") == "random" {
		r.URL.Path = root + "/nowhere"
	}
}

// spoilPlay makes a play with a time one that every server refuses.
func spoilPlay(r *http.Request) error {
	if r.Method != http.MethodPost || r.URL.Path != root+"/user/plays" {
		return nil
	}
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if bytes.Contains(text, []byte("playedAt")) {
		text = []byte(`{}`)
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	return nil
}

func spoilResponse(resp *http.Response) error {
	resp.Header.Del("Accept-Ranges")
	for _, header := range []string{"X-Ninth-Keys", "X-Ninth-Joined", "X-Ninth-Preview"} {
		resp.Header.Del(header)
	}
	path := resp.Request.URL.Path
	if strings.Contains(path, "/stream/") {
		resp.Header.Set("ETag", "W/"+resp.Header.Get("ETag"))
		return nil
	}
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		return nil
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if err := resp.Body.Close(); err != nil {
		return err
	}
	var body map[string]any
	if json.Unmarshal(text, &body) == nil && spoilJSON(resp, path, body) {
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	resp.Header.Set("Content-Length", strconv.Itoa(len(text)))
	return nil
}

// spoilJSON changes an answer and tells whether it did.
func spoilJSON(resp *http.Response, path string, body map[string]any) bool {
	data, _ := body["data"].(map[string]any)
	switch {
	case body["refresh_token"] != nil:
		delete(body, "refresh_token")
	case path == root+"/user/plays" && data["count"] == 9.0 && data["cost"] == 512.0:
		resp.StatusCode = http.StatusNotFound
		clear(body)
		body["status"], body["data"] = http.StatusNotFound, nil
		body["message"] = `invalid input value for enum enum_user_track_purchase_type: "play"`
	case strings.HasPrefix(path, root+"/user/playlists/") && data["items"] != nil:
		items, _ := data["items"].([]any)
		for _, item := range items {
			if object, ok := item.(map[string]any); ok {
				delete(object, "id")
			}
		}
	default:
		return false
	}
	return true
}
