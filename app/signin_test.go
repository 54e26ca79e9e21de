package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/api/server"
	"github.com/ninth-coop/ninth/api/server/demo"
	"github.com/ninth-coop/ninth/api/server/media"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player/output"
)

// coop runs the demo co-op on a loopback port that stays the same when it is
// started again.
type coop struct {
	t    *testing.T
	addr string
	data string
	hls  media.Form // how tracks are served
	stop func()
}

func startCoop(t *testing.T) *coop {
	t.Helper()
	return startCoopWith(t, "")
}

// startCoopWith is startCoop of one that serves tracks in a form of segments.
func startCoopWith(t *testing.T, hls media.Form) *coop {
	t.Helper()
	c := &coop{t: t, addr: "127.0.0.1:0", data: filepath.Join(t.TempDir(), "coop"), hls: hls}
	c.start()
	t.Cleanup(func() { c.stop() })
	return c
}

func (c *coop) start() {
	c.t.Helper()
	cfg, err := demo.Config(c.data)
	if err != nil {
		c.t.Fatal(err)
	}
	cfg.HLS = c.hls
	srv, err := server.New(c.t.Context(), cfg)
	if err != nil {
		c.t.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(c.t.Context(), "tcp4", c.addr)
	if err != nil {
		c.t.Fatal(err)
	}
	c.addr = l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ctx, l) }()
	c.stop = func() {
		cancel()
		if err := errors.Join(<-served, srv.Close()); err != nil {
			c.t.Errorf("stopping the co-op: %v", err)
		}
		c.stop = func() {}
	}
}

// forgetEverything starts the co-op anew, without what it knew of sign-ins.
func (c *coop) forgetEverything() {
	c.t.Helper()
	c.stop()
	if err := os.RemoveAll(c.data); err != nil {
		c.t.Fatal(err)
	}
	c.start()
}

func (c *coop) signIn(s *Session, who demo.Person, discard bool) error {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	return s.SignIn(c.t.Context(), SignIn{
		CoOp: CoOp{Address: "http://" + c.addr}, Discard: discard,
		Browser: auth.FormBrowser(client, who.Email, who.Password),
	})
}

func openSession(t *testing.T, home string, tokens auth.Store) *Session {
	t.Helper()
	s, err := Open(t.Context(), Config{Home: home, Tokens: tokens, Device: output.Null(output.System{}, 0, nil)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSigningInAndOut(t *testing.T) {
	c := startCoop(t)
	home, tokens := t.TempDir(), &auth.Memory{}
	s := openSession(t, home, tokens)
	if err := c.signIn(s, demo.Person{Email: demo.Mara().Email, Password: "wrong"}, false); !errors.Is(err, auth.ErrCredentials) {
		t.Errorf("a wrong password: %v", err)
	}
	if s.Status().SignedIn {
		t.Error("signed in with a wrong password")
	}
	if err := c.signIn(s, demo.Mara(), false); err != nil {
		t.Fatal(err)
	}
	if err := s.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	a, err := s.Library().Account()
	if err != nil || a.Name != "Mara" || a.Credits != demo.Mara().Credits {
		t.Errorf("the account is %+v, %v", a, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	// The next start takes the sign-in up again, without the network.
	s = openSession(t, home, tokens)
	if st := s.Status(); !st.SignedIn || s.CoOp().Address != "http://"+c.addr {
		t.Fatalf("after a restart: %+v at %+v", st, s.CoOp())
	}
	releases, err := s.Library().Releases(library.Newest, 0, 1)
	if err != nil || releases.Total == 0 {
		t.Fatalf("%d releases, %v", releases.Total, err)
	}

	// What Mara has not sent yet is not lost to Tom's sign-in.
	release, err := s.Library().Release(releases.Items[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	track := release.Tracks[0]
	if err := s.SetFavourite(track.ID, !track.Favourite); err != nil {
		t.Fatal(err)
	}
	if err := c.signIn(s, demo.Tom(), false); !errors.Is(err, library.ErrWaiting) {
		t.Errorf("signing in as somebody else with a full outbox: %v", err)
	}
	if err := s.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.signIn(s, demo.Tom(), false); err != nil {
		t.Errorf("signing in as somebody else: %v", err)
	}
	if a, err := s.Library().Account(); err != nil || a.Name != "Tom" || a.Credits != 10 {
		t.Errorf("the account is %+v, %v", a, err)
	}
	if err := s.SignOut(t.Context(), false); err != nil {
		t.Errorf("signing out: %v", err)
	}
	if err := s.Refresh(t.Context()); !errors.Is(err, auth.ErrNoTokens) {
		t.Errorf("a refresh after signing out: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestAnExpiredSignInIsToldAsThat(t *testing.T) {
	c := startCoop(t)
	s := openSession(t, t.TempDir(), &auth.Memory{})
	if err := c.signIn(s, demo.Mara(), false); err != nil {
		t.Fatal(err)
	}
	if err := s.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.forgetEverything()
	err := s.Refresh(t.Context())
	if !errors.Is(err, api.ErrExpired) || Explain(err) != "Your sign-in has expired: sign in again." {
		t.Errorf("%v is explained as %q", err, Explain(err))
	}
	if st := s.Status(); !st.Expired {
		t.Errorf("the status is %+v", st)
	}
	// Everything known is still here.
	if filled, err := s.Filled(); err != nil || !filled {
		t.Errorf("the library is empty (%v)", err)
	}
	if err := c.signIn(s, demo.Mara(), false); err != nil {
		t.Fatal(err)
	}
	if err := s.Refresh(t.Context()); err != nil {
		t.Errorf("after signing in again: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestNobodyAnswers(t *testing.T) {
	c := startCoop(t)
	s := openSession(t, t.TempDir(), &auth.Memory{})
	if err := c.signIn(s, demo.Mara(), false); err != nil {
		t.Fatal(err)
	}
	c.stop()
	err := s.Refresh(t.Context())
	if want := "The co-op cannot be reached: check the address and your connection."; Explain(err) != want {
		t.Errorf("%v is explained as %q", err, Explain(err))
	}
	if st := s.Status(); !st.Offline() || st.Expired {
		t.Errorf("the status is %+v", st)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// told is a network whose changes the test tells of.
type told struct {
	wire
	changes chan struct{}
}

func (n *told) Follow(ctx context.Context, changed func()) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-n.changes:
			changed()
		}
	}
}

// TestTheNetworkGoesAndReturns: being offline is shown and left when the system
// tells of another network, and nobody has to do anything.
func TestTheNetworkGoesAndReturns(t *testing.T) {
	c := startCoop(t)
	network := &told{changes: make(chan struct{})}
	s, err := Open(t.Context(), Config{
		Home: t.TempDir(), Tokens: &auth.Memory{}, Device: output.Null(output.System{}, 0, nil), Network: network,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.signIn(s, demo.Mara(), false); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx) }()
	states := s.FollowStatus(ctx)
	until := func(what string, is func(Status) bool) {
		t.Helper()
		for {
			select {
			case st := <-states:
				if is(st) {
					return
				}
			case <-time.After(time.Minute):
				t.Fatalf("%s: still %+v", what, s.Status())
			}
		}
	}
	until("at first", func(st Status) bool { return st.Online && !st.Working && !st.LastRefresh.IsZero() })
	c.stop()
	network.changes <- struct{}{}
	until("the network is gone", func(st Status) bool { return st.Offline() && !st.Online })
	tracks, err := s.Library().Collection(0, 1)
	if err != nil || len(tracks.Items) == 0 {
		t.Fatalf("nothing is owned: %v", err)
	}
	if err := s.SetFavourite(tracks.Items[0].ID, !tracks.Items[0].Favourite); err != nil {
		t.Fatal(err)
	}
	until("an edit waits", func(st Status) bool { return st.Offline() && st.WaitingEdits == 1 })
	c.start()
	network.changes <- struct{}{}
	until("the network is back", func(st Status) bool { return st.Online && !st.Offline() && st.WaitingEdits == 0 })
	cancel()
	if err := errors.Join(<-served, s.Close()); err != nil {
		t.Error(err)
	}
}
