package coopd

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestStartsAndIsKilled(t *testing.T) {
	defer goleak.VerifyNone(t)
	dir := t.TempDir()
	program, err := Build(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	p, err := Start(program, "--addr", "127.0.0.1:0", "--data", data)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Kill()
	transport := &http.Transport{DisableKeepAlives: true}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.URL+"/api/v3/tracks", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.Body.Close() != nil || resp.StatusCode != 200 {
		t.Errorf("%d %s, %v", resp.StatusCode, body, err)
	}
	// What it complains of at the start is told.
	if _, err := Start(program, "--addr", strings.TrimPrefix(p.URL, "http://"), "--data", data); err == nil || !strings.Contains(err.Error(), "taken") {
		t.Errorf("a second one at the same address: %v", err)
	}
	p.Kill()
	p.Kill()
	if resp, err := transport.RoundTrip(req); err == nil {
		_ = resp.Body.Close()
		t.Error("it answers after it was killed")
	}
}
