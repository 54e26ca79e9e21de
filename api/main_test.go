package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	secret  = "s3cret-access-token"
	trackA  = "706cff12-ba44-49f7-8982-98b3996a2919"
	trackB  = "44a28752-1101-4e0d-8c40-2c36dc82d035"
	someUID = "84322e4f-0247-427f-8bed-e7617c3df5ad"
)

var epoch = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// sample is a real answer of a reference server.
type sample struct {
	Status  int               `json:"status"`
	Type    string            `json:"type"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
}

func loadSample(t testing.TB, name string) sample {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var s sample
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// ServeHTTP answers as the server did.
func (s sample) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	for name, value := range s.Headers {
		w.Header().Set(name, value)
	}
	w.Header().Set("Content-Type", s.Type)
	w.WriteHeader(s.Status)
	_, _ = w.Write(s.Body)
}

// serve runs a co-op that answers with h.
func serve(t testing.TB, h http.Handler) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv
}

// clientOf is a signed-in client of the server; an empty token is nobody.
func clientOf(t testing.TB, srv *httptest.Server, token string) *Client {
	t.Helper()
	c, err := New(Config{
		BaseURL: srv.URL,
		HTTP:    srv.Client(),
		Token:   func(context.Context) (string, error) { return token, nil },
		Now:     func() time.Time { return epoch },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// answering is a signed-in client of a co-op that answers with h.
func answering(t testing.TB, h http.Handler) *Client {
	t.Helper()
	return clientOf(t, serve(t, h), secret)
}

// said answers with JSON.
func said(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// mustNotTell fails the test if an error gives away the token or a query.
func mustNotTell(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	for _, part := range []string{secret, "?", "u="} {
		if strings.Contains(err.Error(), part) {
			t.Errorf("the error holds %q: %v", part, err)
		}
	}
}

func wantIs(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got error %v, want %v", err, want)
	}
	mustNotTell(t, err)
}
