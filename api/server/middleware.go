package server

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxBody bounds a request's body, in bytes. No request of the API comes near,
// but for a picture: see maxPicture.
const maxBody = 1 << 20

// bodyTimeout bounds how long a request's body may take to arrive.
const bodyTimeout = 30 * time.Second

// middleware puts around every handler what holds for all of them.
func (s *Server) middleware(next http.Handler) http.Handler {
	limit := newLimiter(s.cfg.RateLimit, s.cfg.Now)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		defer s.recovered(w, r)
		if s.cfg.BaseURL == "" && s.strict.Load() && !loopbackHost(r.Host) {
			http.Error(w, "This co-op answers on this machine only.", http.StatusMisdirectedRequest)
			return
		}
		if !limit.allow(w, r) || s.cors(w, r) {
			return
		}
		if r.ContentLength != 0 {
			// Not every writer has deadlines (tests record); then there is none.
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout))
			most := int64(maxBody)
			if r.Method == http.MethodPut && strings.HasSuffix(strings.TrimRight(r.URL.Path, "/"), "/cover") {
				most = maxPicture
			}
			r.Body = http.MaxBytesReader(w, r.Body, most)
		}
		if len(r.URL.Path) > 1 && strings.HasSuffix(r.URL.Path, "/") {
			r = r.Clone(r.Context()) // the request belongs to the caller
			r.URL.Path, r.URL.RawPath = strings.TrimRight(r.URL.Path, "/"), ""
		}
		next.ServeHTTP(w, r)
	})
}

// recovered turns a panic of a handler into an answer of 500 and a line in the
// log, without the request's headers: a token may be among them.
func (s *Server) recovered(w http.ResponseWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	s.cfg.Logger.ErrorContext(r.Context(), "handler panicked", "method", r.Method, "path", r.URL.Path, "panic", fmt.Sprint(p))
	http.Error(w, "Something went wrong here.", http.StatusInternalServerError)
}

// loopbackHost reports whether a Host header names this machine.
func loopbackHost(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	host = strings.Trim(host, "[]")
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// limitWindow is the length of the window in which requests are counted.
const limitWindow = time.Minute

// limiter counts requests by address in windows of a minute. It may be used by
// several goroutines.
type limiter struct {
	limit int // 0: none
	now   func() time.Time

	mu    sync.Mutex
	until time.Time // end of this window, the same for everyone
	seen  map[string]int
}

func newLimiter(limit int, now func() time.Time) *limiter {
	return &limiter{limit: limit, now: now, seen: map[string]int{}}
}

// allow counts a request and answers it with 429 when there were too many.
func (l *limiter) allow(w http.ResponseWriter, r *http.Request) bool {
	if l.limit == 0 {
		return true
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	l.mu.Lock()
	now := l.now()
	if !now.Before(l.until) {
		l.until = now.Add(limitWindow)
		clear(l.seen)
	}
	l.seen[host]++
	left, until := l.limit-l.seen[host], l.until
	l.mu.Unlock()

	h := w.Header()
	h.Set("Rate-Limit-Total", strconv.Itoa(l.limit))
	h.Set("Rate-Limit-Remaining", strconv.Itoa(max(left, 0)))
	h.Set("Rate-Limit-Reset", strconv.FormatInt(until.Unix(), 10))
	if left >= 0 {
		return true
	}
	seconds := int(until.Sub(now)/time.Second) + 1
	h.Set("Retry-After", strconv.Itoa(seconds))
	h.Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusTooManyRequests)
	_, _ = w.Write([]byte("API is rate limited"))
	return false
}
