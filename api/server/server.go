// Package server is the co-op's side of the tracks API: identity, catalogue,
// media, ledger and playlists in one [Server].
//
// It answers as the reference implementation does, so that existing clients
// work, and mends what is broken there. What it adds to the contract:
//
//   - Idempotency-Key (1 to 200 characters) on any request that changes
//     something: the first answer of 2xx is kept and given again to a request
//     with the same key and the same content; another content is 422. Every
//     answer of the API says so with X-Ninth-Keys, so that a client that has
//     lost an answer knows that it may ask for it again.
//   - POST /user/plays takes "playedAt" (RFC 3339), the time of a play made
//     offline: within the last 90 days, and not in the future. A time of less
//     than a minute ago is taken for now.
//   - POST /user/favorites takes "type": true or false sets the star, without
//     it the star is turned round.
//   - A playlist has a "version", also sent as ETag of the playlist; a change
//     with If-Match fails with 412 when someone else was faster. Playlist items
//     have an "id": items/remove takes {"tracks":[{"id"}]} for one copy, and a
//     reorder that names ids keeps them.
//   - Range, If-Range, HEAD and strong ETags on all audio; If-None-Match on all
//     JSON; answers for one person are never shared with another.
//   - A preview carries the header X-Ninth-Preview with its length in seconds.
//   - GET /user/stream/{id}?format=flac (or Accept: audio/flac) gives the
//     lossless original of a track that the listener owns; a track has
//     "formats", the formats in which it exists.
//   - [Config].HLS serves tracks in segments of MPEG-TS, of fragmented MP4 or of
//     packed audio; X-Ninth-Joined on their playlists tells the size and the
//     SHA-256 of the segments behind each other.
//   - The first page of /trackgroups, /playlists and /user/playlists carries
//     X-Ninth-Version: while it stays the same, so does the whole list, and for
//     /trackgroups also that of /artists.
//   - order=random with seed=N: pages of one shuffle fit together.
//   - Bought tracks count as owned everywhere, the ninth play works, free plays
//     of a track do not count towards it, and an artist hears the own tracks in
//     full without a wallet.
//   - Hidden, private and future things do not leak, neither by search nor by
//     their stream address.
package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ninth-coop/ninth/api/server/identity"
	"github.com/ninth-coop/ninth/api/server/media"
	"github.com/ninth-coop/ninth/api/server/page"
	"github.com/ninth-coop/ninth/api/server/store"
	"github.com/ninth-coop/ninth/atomicfile"
)

// ErrBadBaseURL means that [Config].BaseURL is not an http or https address
// without a path, query or fragment.
var ErrBadBaseURL = errors.New("server: base address must be http(s)://host with nothing after it")

// Config says how to run a co-op. Only DataDir and Media are required.
type Config struct {
	// DataDir holds the database, the signing key and the media cache. It is
	// created with mode 0700.
	DataDir string

	// Media holds the originals; see package media for what its files must do.
	Media fs.FS

	// BaseURL is the address under which people reach the co-op, and the issuer
	// of its sign-ins. Empty: the address that each request was sent to, which
	// fits a co-op on loopback; there, requests for any other host name are
	// refused (they come from web pages that pretend to be the co-op).
	BaseURL string

	Now    func() time.Time // nil: time.Now
	Logger *slog.Logger     // nil: no log

	// RateLimit is the number of requests that one address may send in 60
	// seconds, everything counted. 0: no limit.
	RateLimit int

	// HLS is how tracks are served: "" is one file each; any other form is in
	// segments only, as the reference server has what was uploaded lately. What
	// cannot be cut, and the FLAC originals, stay files.
	HLS media.Form

	// Origins are the web pages, as "https://player.example", that may use the
	// API from a browser. Apps need no entry.
	Origins []string

	// Clients are the apps that may sign people in. Nil: the Ninth player.
	Clients []identity.Client

	// DemoShop sells credits for nothing. Without it there is no shop.
	DemoShop bool

	// AccessLifetime and the others are lifetimes of sign-ins; 0 stands for the
	// default of package identity.
	AccessLifetime  time.Duration
	RefreshLifetime time.Duration
	DevicePoll      time.Duration

	// Seed fills the store before the first request. It runs at every start and
	// must leave alone what it finds already there. Nil: nothing.
	Seed func(context.Context, *store.Store, *media.Library) error
}

// Server is a co-op. Its handler may be used by several goroutines.
type Server struct {
	cfg      Config
	store    *store.Store
	media    *media.Library
	identity *identity.Provider
	pages    *page.Pages
	handler  http.Handler
	// strict is set while the only listener is on loopback: see BaseURL.
	strict atomic.Bool
}

// New opens the store, brings it up to date, seeds it and prepares the handler.
// The caller closes the server.
func New(ctx context.Context, cfg Config) (*Server, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Clients == nil {
		cfg.Clients = []identity.Client{identity.Ninth()}
	}
	if err := checkBase(&cfg.BaseURL); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("server: making data directory: %w", err)
	}
	pages, err := page.New()
	if err != nil {
		return nil, err
	}
	st, err := store.Open(ctx, cfg.DataDir, cfg.Now)
	if err != nil {
		return nil, err
	}
	cache := filepath.Join(cfg.DataDir, "cache")
	// What a server that was killed has left.
	if err := errors.Join(atomicfile.Sweep(cfg.DataDir), atomicfile.Sweep(cache)); err != nil {
		return nil, errors.Join(fmt.Errorf("server: %w", err), st.Close())
	}
	s := &Server{cfg: cfg, store: st, pages: pages, media: media.New(cfg.Media, cache)}
	s.strict.Store(true)
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return s, nil
}

func (s *Server) start(ctx context.Context) error {
	if s.cfg.Seed != nil {
		if err := s.cfg.Seed(ctx, s.store, s.media); err != nil {
			return fmt.Errorf("server: seeding: %w", err)
		}
	}
	var err error
	s.identity, err = identity.New(identity.Config{
		Store: s.store, Dir: s.cfg.DataDir, Issuer: s.base, Pages: s.pages, Now: s.cfg.Now, Logger: s.cfg.Logger,
		Clients: s.cfg.Clients, Returns: []string{pathCheckout},
		AccessLifetime: s.cfg.AccessLifetime, RefreshLifetime: s.cfg.RefreshLifetime, DevicePoll: s.cfg.DevicePoll,
	})
	if err != nil {
		return err
	}
	s.handler = s.middleware(s.routes())
	return nil
}

// checkBase checks a base address and takes the slash off its end.
func checkBase(base *string) error {
	if *base == "" {
		return nil
	}
	*base = strings.TrimSuffix(*base, "/")
	u, err := url.Parse(*base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || *base != u.Scheme+"://"+u.Host {
		return ErrBadBaseURL
	}
	return nil
}

// base is the address of the co-op as this request sees it, without a slash at
// its end.
func (s *Server) base(r *http.Request) string {
	if s.cfg.BaseURL != "" {
		return s.cfg.BaseURL
	}
	return "http://" + r.Host
}

// Handler answers every address of the co-op.
func (s *Server) Handler() http.Handler { return s.handler }

// Time limits of a connection. Answers have none as a whole, because audio is
// read at the speed at which it is heard.
const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	stopTimeout   = 5 * time.Second
)

// Serve answers requests that come to l until ctx ends, and then lets those
// under way finish for a few seconds. It closes l. Ending by ctx is not an
// error.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	if addr, ok := l.Addr().(*net.TCPAddr); ok && !addr.IP.IsLoopback() {
		s.strict.Store(false)
	}
	srv := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(s.cfg.Logger.Handler(), slog.LevelWarn),
	}
	stopped := make(chan error, 1)
	serving, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		<-serving.Done()
		// The caller's context has ended; stopping gets its own time.
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		if err := srv.Shutdown(grace); err != nil {
			stopped <- srv.Close() // streams that are still being read
			return
		}
		stopped <- nil
	}()
	err := srv.Serve(l)
	stop()
	if stopErr := <-stopped; err == nil || errors.Is(err, http.ErrServerClosed) {
		err = stopErr
	}
	if err != nil {
		return fmt.Errorf("server: serving: %w", err)
	}
	return nil
}

// Close closes the store. Call it after Serve has returned.
func (s *Server) Close() error { return s.store.Close() }
