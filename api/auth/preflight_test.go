package auth

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestPreflight(t *testing.T) {
	for status, want := range map[int]error{
		http.StatusOK: nil, http.StatusFound: nil, http.StatusSeeOther: nil,
		http.StatusInternalServerError: nil, // the browser will tell
		http.StatusBadRequest:          ErrClient,
		http.StatusUnauthorized:        ErrClient,
		http.StatusNotFound:            ErrClient,
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/auth" {
				t.Errorf("it followed a redirect to %s", r.URL)
			}
			w.Header().Set("Location", "/login")
			w.WriteHeader(status)
		}))
		p := &Provider{http: newHTTP(nil)}
		if err := p.preflight(t.Context(), s.URL+"/auth"); !errors.Is(err, want) {
			t.Errorf("status %d: %v, want %v", status, err, want)
		}
		p.http.CloseIdleConnections()
		s.Close()
	}
}
