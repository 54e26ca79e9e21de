package app

import (
	"context"
	"errors"
	"fmt"
	stdsync "sync"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/sync"
)

// connection is a sign-in at work: everything that talks to one co-op for one
// account. It is replaced as a whole.
type connection struct {
	source *auth.Source
	client *api.Client
	sync   *sync.Syncer
	now    func() time.Time

	mu      stdsync.Mutex
	given   string    // the access token that was used last
	renewed time.Time // when one was last given up before its time
}

// renewEvery bounds how often an access token is given up before its time: a
// co-op that refuses every token must not be asked for new ones without end.
const renewEvery = time.Minute

// token gives the access token for a request, and remembers it.
func (c *connection) token(ctx context.Context) (string, error) {
	t, err := c.source.Token(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.given = t
	return t, err
}

// renew gives up the access token that the co-op has refused although its time
// is not over, as it does after it has lost or revoked it. It reports whether
// it is worth asking again, with what the refresh token brings.
func (c *connection) renew() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.given == "" || c.now().Sub(c.renewed) < renewEvery {
		return false
	}
	c.renewed = c.now()
	c.source.Expire(c.given)
	return true
}

// connect takes up the sign-in that is stored for a co-op. It does not use the
// network. Without a stored sign-in it fails with auth.ErrNoTokens.
func (s *Session) connect(ctx context.Context, coop CoOp) (*connection, error) {
	source, err := auth.NewSource(ctx, coop.auth(s.cfg), s.tokens, coop.key())
	if err != nil {
		return nil, err
	}
	c := &connection{source: source, now: s.now}
	if c.client, err = s.clientWith(coop, c.token); err != nil {
		return nil, err
	}
	c.sync = sync.New(sync.Config{
		Library: s.library, CoOp: c.client, Now: s.now, Logger: s.log,
		MayDownload: s.mayDownload, Quota: s.cacheQuota,
	})
	return c, nil
}

func (s *Session) connection() *connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conn
}

// replaceConnection makes c the connection; nil is none. Whoever serves the
// old one is told.
func (s *Session) replaceConnection(coop CoOp, c *connection) {
	s.mu.Lock()
	s.coop, s.conn = coop, c
	close(s.changed)
	s.changed = make(chan struct{})
	s.mu.Unlock()
	s.setStatus(func(st *Status) {
		*st = Status{Device: st.Device, TokenWarning: st.TokenWarning, SignedIn: c != nil}
	})
}

// serveConnections runs the sync of whatever connection there is, until the
// context ends.
func (s *Session) serveConnections(ctx context.Context) error {
	for ctx.Err() == nil {
		s.mu.Lock()
		c, changed := s.conn, s.changed
		s.mu.Unlock()
		if c == nil {
			select {
			case <-changed:
			case <-ctx.Done():
			}
			continue
		}
		if err := s.serveConnection(ctx, c, changed); err != nil {
			return err
		}
	}
	return nil
}

// serveConnection runs one connection until it is replaced.
func (s *Session) serveConnection(ctx context.Context, c *connection, changed <-chan struct{}) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer c.client.Close()
	done := make(chan error, 1)
	go func() { done <- c.sync.Serve(ctx) }()
	states := c.sync.Subscribe(ctx)
	for {
		select {
		case <-changed:
			stop()
			return <-done
		case err := <-done:
			return err
		case st, ok := <-states:
			if !ok {
				states = nil // the context ends: so does Serve
				continue
			}
			if st.SignedOut && c.renew() {
				c.sync.Wake()
				continue
			}
			s.connectionStatus(st)
		}
	}
}

// NetworkChanged has the co-op asked at once whether it can be reached, and
// downloads and what is fetched ahead go on if they may. The session calls it by
// itself where the system tells of changes; a phone's shell, which is told,
// calls it too.
func (s *Session) NetworkChanged() {
	s.resumeDownloads()
	s.reconsiderAhead()
	s.doubt()
}

// doubt has the co-op asked whether it can be reached.
func (s *Session) doubt() {
	if c := s.connection(); c != nil {
		c.sync.Check()
	}
}

// WantCovers has pictures fetched that a screen misses.
func (s *Session) WantCovers() {
	if c := s.connection(); c != nil {
		c.sync.WakeCovers()
	}
}

// Refresh brings library and co-op in step, once: the outbox first, then what
// the co-op knows.
func (s *Session) Refresh(ctx context.Context) error {
	c := s.connection()
	if c == nil {
		return fmt.Errorf("app: refreshing: %w", s.whyNoConnection())
	}
	_, err := c.sync.Refresh(ctx)
	if errors.Is(err, api.ErrExpired) && c.renew() {
		_, err = c.sync.Refresh(ctx)
	}
	s.connectionStatus(c.sync.Status())
	return err
}

// Found is what a co-op's search has found.
type Found = sync.Found

// searchPatience is how long a search of the co-op may take: what comes later
// is of no use to who types.
const searchPatience = 15 * time.Second

// SearchCoOp asks the co-op for what has words in its name; what it finds is in
// the library then. Without a co-op it finds nothing, which is no error.
func (s *Session) SearchCoOp(ctx context.Context, words string) (Found, error) {
	c := s.connection()
	if c == nil {
		return Found{}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, searchPatience)
	defer cancel()
	found, err := c.sync.Search(ctx, words)
	if err != nil {
		return Found{}, fmt.Errorf("app: searching the co-op: %w", err)
	}
	return found, nil
}

// Download fetches the owned and pinned tracks that are not here whole.
func (s *Session) Download(ctx context.Context) error {
	c := s.connection()
	if c == nil {
		return fmt.Errorf("app: downloading: %w", s.whyNoConnection())
	}
	err := c.sync.DownloadOwned(ctx)
	s.connectionStatus(c.sync.Status())
	return err
}

// Flush sends what waits in the outbox, for as long as patience. What cannot
// be sent stays there: that is no error.
func (s *Session) Flush(ctx context.Context, patience time.Duration) error {
	c := s.connection()
	if c == nil {
		return nil
	}
	waiting, _, err := s.library.OutboxCount()
	if err != nil {
		return fmt.Errorf("app: sending the outbox: %w", err)
	}
	if waiting == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := c.sync.SendOutbox(ctx); err != nil {
		s.log.Info("sending the outbox", "error", err)
	}
	return nil
}

func (s *Session) whyNoConnection() error {
	if s.status.Get().Expired {
		return api.ErrExpired
	}
	return auth.ErrNoTokens
}
