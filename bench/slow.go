package main

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// The network that starts and seeks are measured on.
const (
	latency   = 50 * time.Millisecond // before each answer
	bandwidth = 2e6                   // bytes a second for each answer
)

// slowServer serves the files of a folder on loopback as a network would.
type slowServer struct {
	server *http.Server
	base   string
}

// serveSlowly begins to serve a folder, with ranges or without.
func serveSlowly(dir string, ranges bool) (*slowServer, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it does not wait for anybody
	if err != nil {
		return nil, err
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(latency)
		if !ranges {
			r.Header.Del("Range")
		}
		f, err := os.Open(filepath.Join(dir, filepath.Base(r.URL.Path)))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		defer f.Close() // only read from
		info, err := f.Stat()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		slow := &slowWriter{ResponseWriter: w, began: time.Now()}
		if ranges {
			http.ServeContent(slow, r, "", time.Time{}, f)
			return
		}
		_, _ = io.Copy(slow, io.LimitReader(f, info.Size())) // the client may go when it likes
	})
	s := &slowServer{
		server: &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute},
		base:   "http://" + listener.Addr().String() + "/",
	}
	go func() { _ = s.server.Serve(listener) }() // ends with close
	return s, nil
}

func (s *slowServer) address(path string) string { return s.base + url.PathEscape(filepath.Base(path)) }

func (s *slowServer) close() { _ = s.server.Close() }

// slowWriter writes no faster than the bandwidth.
type slowWriter struct {
	http.ResponseWriter
	began time.Time
	sent  int
}

func (w *slowWriter) Write(b []byte) (int, error) {
	n := 0
	for n < len(b) {
		m, err := w.ResponseWriter.Write(b[n:min(len(b), n+16<<10)])
		n += m
		w.sent += m
		if err != nil {
			return n, err
		}
		if f, ok := w.ResponseWriter.(http.Flusher); ok {
			f.Flush()
		}
		due := time.Duration(float64(w.sent) / bandwidth * float64(time.Second))
		time.Sleep(due - time.Since(w.began))
	}
	return n, nil
}
