package auth

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// callbackServer waits on loopback for the browser to come back.
type callbackServer struct {
	redirect string        // the redirect_uri
	answers  chan callback // the first answer, and no other
	server   *http.Server
	done     chan struct{}
}

// callback is the browser's return. reply must be called once: it decides
// the page that the browser shows.
type callback struct {
	query url.Values
	reply func(error)
}

// listen opens the listener for a redirect address; empty is any free port.
func listen(ctx context.Context, redirect string) (*callbackServer, error) {
	address, path := "127.0.0.1:0", "/callback"
	hosts := map[string]bool{}
	if redirect != "" {
		u, err := url.Parse(redirect)
		if err != nil || u.Scheme != "http" || !isLoopback(u.Hostname()) || u.RawQuery != "" || u.Fragment != "" {
			return nil, ErrRedirect
		}
		port := u.Port()
		if port == "" {
			port = "80"
		}
		// "localhost" is bound as 127.0.0.1: never more than loopback.
		host := "127.0.0.1"
		if u.Hostname() == "::1" {
			host = "::1"
		}
		address, path = net.JoinHostPort(host, port), u.Path
		hosts[u.Host] = true
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, listenError(address, err)
	}
	hosts[l.Addr().String()] = true
	if redirect == "" {
		redirect = "http://" + l.Addr().String() + path
	}
	s := &callbackServer{redirect: redirect, answers: make(chan callback), done: make(chan struct{})}
	s.server = &http.Server{
		Handler:           &callbackHandler{path: path, hosts: hosts, answers: s.answers, done: s.done},
		ReadHeaderTimeout: 10 * time.Second,
		MaxHeaderBytes:    64 << 10,
	}
	go func() { _ = s.server.Serve(l) }() // ends with close, always with an error
	return s, nil
}

// errWindowsInUse is WSAEADDRINUSE, which package syscall names on Windows
// only.
const errWindowsInUse = syscall.Errno(10048)

func listenError(address string, err error) error {
	var code syscall.Errno
	if errors.As(err, &code) && (code == syscall.EADDRINUSE || code == errWindowsInUse) {
		_, port, _ := net.SplitHostPort(address)
		n, _ := strconv.Atoi(port)
		return &PortError{Port: n}
	}
	return err
}

// close stops listening once the page in progress is written.
func (s *callbackServer) close() {
	close(s.done)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if s.server.Shutdown(ctx) != nil {
		s.server.Close()
	}
}

// callbackHandler hands the first proper return of the browser on.
type callbackHandler struct {
	path    string
	hosts   map[string]bool // Host headers by which this listener is meant
	answers chan<- callback
	done    <-chan struct{}
	first   sync.Once
}

func (h *callbackHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !h.hosts[r.Host] {
		// Another name that resolves to this machine: DNS rebinding.
		http.Error(w, "wrong host", http.StatusMisdirectedRequest)
		return
	}
	if r.URL.Path != h.path && !(h.path == "" && r.URL.Path == "/") {
		http.NotFound(w, r)
		return
	}
	if mode := r.Header.Get("Sec-Fetch-Mode"); r.Method != http.MethodGet || mode != "" && mode != "navigate" {
		// A page that probes this port is not the listener coming back.
		http.Error(w, "this address is for the browser's return only", http.StatusMethodNotAllowed)
		return
	}
	mine := false
	h.first.Do(func() { mine = true })
	if !mine {
		writePage(w, http.StatusGone, errSecondCallback)
		return
	}
	outcome := make(chan error, 1)
	select {
	case h.answers <- callback{query: r.URL.Query(), reply: func(err error) { outcome <- err }}:
	case <-h.done:
		writePage(w, http.StatusGone, errSecondCallback)
		return
	}
	if err := <-outcome; err != nil {
		writePage(w, http.StatusBadRequest, err)
		return
	}
	writePage(w, http.StatusOK, nil)
}

// errSecondCallback: the sign-in that this return belongs to is over.
var errSecondCallback = errors.New("this sign-in is already over")
