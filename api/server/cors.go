package server

import (
	"net/http"
	"slices"
	"strings"

	"github.com/ninth-coop/ninth/api/server/identity"
)

// corsHeaders are what a page of another origin may send and read.
const (
	corsSent = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, If-Range, Range"
	corsRead = "Content-Length, Content-Range, ETag, Rate-Limit-Remaining, Rate-Limit-Reset, Rate-Limit-Total, Retry-After, " + previewHeader
)

// cors lets web players of the listed origins use the API and the token
// endpoints. Cookies are never part of it: a page of another origin has its
// token and nothing else. It reports whether the request was a question of the
// browser's and has been answered.
func (s *Server) cors(w http.ResponseWriter, r *http.Request) (answered bool) {
	if len(s.cfg.Origins) == 0 {
		return false
	}
	w.Header().Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if !slices.Contains(s.cfg.Origins, origin) || !forOtherOrigins(r.URL.Path) {
		return false
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", corsRead)
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE")
	h.Set("Access-Control-Allow-Headers", corsSent)
	h.Set("Access-Control-Max-Age", "600") // seconds
	w.WriteHeader(http.StatusNoContent)
	return true
}

// forOtherOrigins leaves out the pages that people sign in on.
func forOtherOrigins(path string) bool {
	if path == pathCheckout {
		return false
	}
	return strings.HasPrefix(path, pathAPI+"/") || slices.Contains(identity.PublicPaths(), path)
}
