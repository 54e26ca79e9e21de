package conform

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// TestReferenceFaults puts the faults of reference servers back in, between
// the suite and coopd. The suite must still pass, and must name each of them.
func TestReferenceFaults(t *testing.T) {
	if _, given := FromEnv(); given {
		t.Skip("the server that the environment names may have these faults itself")
	}
	defer goleak.VerifyNone(t)
	t.Run("contract", func(t *testing.T) {
		target := startCoopd(t)
		target.Addr = degrade(t, target.Addr)
		report := Run(t, target)
		t.Log(report)
		for _, fault := range []string{"refresh tokens", "Range", "idempotency", "ninth play", "pages of tracks", "by its entry", "random of releases", "made offline", "versions of playlists"} {
			if !slices.ContainsFunc(report.Lacks, func(lack string) bool { return strings.Contains(lack, fault) }) {
				t.Errorf("nobody noticed that the server lacks %s", fault)
			}
		}
		if len(report.Lacks) != faults {
			t.Errorf("%d faults were named, %d put in", len(report.Lacks), faults)
		}
	})
}

// faults is how many faults degrade puts in.
const faults = 9

// degrade is the address of a server in front of addr that has the faults of
// a reference server.
func degrade(t *testing.T, addr string) string {
	t.Helper()
	to, err := url.Parse(addr)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host // the issuer is the address that was asked
			spoilRequest(r.Out)
			if err := spoilPlay(r.Out); err != nil {
				t.Error(err)
			}
		},
		ModifyResponse: spoilResponse,
	})
	t.Cleanup(proxy.Close)
	return proxy.URL
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
