package mobile

import (
	"context"
	"errors"
	"math"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/api/server"
	"github.com/ninth-coop/ninth/api/server/demo"
	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
	"github.com/ninth-coop/ninth/player/output"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait of these tests. It is long because machines are
// slow: nothing waits that long when all is well.
const patience = time.Minute

// demoCoop serves the demo co-op on loopback and gives its address.
func demoCoop(t *testing.T) string {
	t.Helper()
	cfg, err := demo.Config(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	srv, err := server.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(errors.Join(err, srv.Close()))
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-served, srv.Close()); err != nil {
			t.Error(err)
		}
	})
	return "http://" + l.Addr().String()
}

// changes is a Listener that passes on that something has changed.
type changes chan struct{}

func (c changes) OnChange() {
	select {
	case c <- struct{}{}:
	default:
	}
}

// openQuiet opens a player that nobody hears, on the phone of one test.
func openQuiet(t *testing.T, home string) (*Ninth, changes) {
	t.Helper()
	c := make(changes, 1)
	n, err := open(app.Config{
		Home: home, Tokens: &auth.Memory{}, Device: output.Null(output.System{}, 0, nil),
	}, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n, c
}

// until waits for a change that makes the condition true. Nothing but OnChange
// wakes it, so a change that is not told fails the test.
func (c changes) until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	timeout := time.After(patience)
	for !condition() {
		select {
		case <-c:
		case <-timeout:
			t.Fatalf("never: %s", what)
		}
	}
}

// approver is a person with a browser beside the phone: allows the code as the
// demo's listener.
type approver struct {
	t        *testing.T
	password string
	code     string
	done     chan error
}

func newApprover(t *testing.T, password string) *approver {
	return &approver{t: t, password: password, done: make(chan error, 1)}
}

func (a *approver) ShowCode(url, code, complete string) {
	a.code = code
	if url == "" || !strings.Contains(complete, url) {
		a.t.Errorf("shown %q and %q", url, complete)
	}
	go func() {
		a.done <- auth.FormBrowser(nil, demo.Mara().Email, a.password)(a.t.Context(), complete)
	}()
}

// TestListening goes the way of a new listener: sign in by code, refresh, find a
// release, play it, seek, skip, and come back after a restart.
func TestListening(t *testing.T) {
	address, home := demoCoop(t), t.TempDir()
	n, changed := openQuiet(t, home)
	if n.SignedIn() || n.Title() != "" || n.StateName() != Stopped || n.Now().Entry != 0 {
		t.Errorf("it begins with %q, %s, signed in: %v", n.Title(), n.StateName(), n.SignedIn())
	}
	a := newApprover(t, demo.Mara().Password)
	if err := n.SignInWithCode(address, a); err != nil {
		t.Fatal(err)
	}
	if err := <-a.done; err != nil || a.code == "" {
		t.Fatal(err)
	}
	changed.until(t, "signed in", n.SignedIn)
	if err := n.Refresh(); err != nil {
		t.Fatal(err)
	}
	credits, err := n.CreditsMilli()
	if err != nil || credits <= 0 {
		t.Errorf("%d milli-credits: %v", credits, err)
	}
	list, err := n.Releases(0, 2)
	if err != nil || list.Len() != 2 || list.Total() <= 2 || list.Get(0).Title == "" || list.Get(2) != nil || list.Get(-1) != nil {
		t.Fatalf("releases: %+v, %v", list, err)
	}
	r := album(t, n)
	if err := n.PlayRelease(r.ID); err != nil {
		t.Fatal(err)
	}
	changed.until(t, "playing", func() bool { return n.StateName() == Playing })
	first := n.Now()
	if first.Title != n.Title() || first.Artist != n.Artist() || first.ReleaseTitle != r.Title || first.DurationMs < 1000 || !n.CanNext() || n.CanPrevious() {
		t.Errorf("playing %+v of %+v", first, r)
	}
	changed.until(t, "the cover is here", func() bool { return n.CoverPath() != "" })
	if _, err := os.Stat(n.CoverPath()); err != nil {
		t.Error(err)
	}
	n.Pause()
	changed.until(t, "paused", func() bool { return !n.Active() })
	n.SeekTo(first.DurationMs / 2)
	changed.until(t, "in the middle", func() bool { return n.Position() == first.DurationMs/2 })
	n.SeekTo(math.MinInt64)
	changed.until(t, "at the beginning", func() bool { return n.Position() == 0 })
	n.SetSpeed(1.5)
	changed.until(t, "faster", func() bool { return n.Speed() == 1.5 })
	n.SetSpeed(1)
	n.Next()
	changed.until(t, "the second track", func() bool { return n.Now().Entry != first.Entry })
	n.Toggle()
	changed.until(t, "playing again", func() bool { return n.StateName() == Playing })
	n.Previous()
	changed.until(t, "the first track", func() bool { return n.Now().Entry == first.Entry })
	n.Stop()
	changed.until(t, "stopped", func() bool { return n.StateName() == Stopped })
	if text := n.Trouble(); text != "" || n.Offline() {
		t.Errorf("trouble: %q, offline: %v", text, n.Offline())
	}
	if err := errors.Join(n.Close(), n.Close()); err != nil {
		t.Fatal(err)
	}

	again, changed := openQuiet(t, home)
	changed.until(t, "the queue of last time", func() bool { return again.Title() == first.Title })
	if again.CoverPath() == "" {
		t.Error("the cover is forgotten")
	}
}

// album is a release with more than one track.
func album(t *testing.T, n *Ninth) library.Release {
	t.Helper()
	page, err := n.session.Library().Releases(library.Newest, 0, maxWindow)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range page.Items {
		if whole, err := n.session.Library().Release(r.ID); err == nil && len(whole.Tracks) > 1 && !whole.Draft {
			return whole
		}
	}
	t.Fatal("the demo has no album")
	return library.Release{}
}

// never is a person who does not type the code.
type never chan struct{}

func (n never) ShowCode(string, string, string) { close(n) }

func TestSignInGivenUp(t *testing.T) {
	address := demoCoop(t)
	n, _ := openQuiet(t, t.TempDir())
	n.CancelSignIn() // there is none
	first := make(chan error, 1)
	shown := make(never)
	go func() { first <- n.SignInWithCode(address, shown) }()
	<-shown
	second := make(chan error, 1)
	shown = make(never)
	go func() { second <- n.SignInWithCode(address, shown) }()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the earlier sign-in: %v", err)
	}
	<-shown
	n.CancelSignIn()
	if err := <-second; !errors.Is(err, context.Canceled) || err.Error() != "Cancelled." {
		t.Errorf("the later sign-in: %v", err)
	}
}

// TestSentences: whatever fails, a person can read why.
func TestSentences(t *testing.T) {
	home := t.TempDir()
	n, _ := openQuiet(t, home)
	_, inUse := Open(home, nil)
	_, creditsErr := n.CreditsMilli()
	if creditsErr != nil {
		t.Error(creditsErr)
	}
	for what, err := range map[string]error{
		"a second player":        inUse,
		"no co-op":               n.SignInWithCode("", make(never)),
		"no address":             n.SignInWithCode("not an address", make(never)),
		"nobody signed in":       n.Refresh(),
		"a release of elsewhere": n.PlayRelease("00000000-0000-0000-0000-000000000000"),
	} {
		if err == nil {
			t.Errorf("%s: no error", what)
		} else if text := err.Error(); text != app.Explained(errors.Unwrap(err)).String() || !strings.HasSuffix(text, ".") || strings.Contains(text, "app:") {
			t.Errorf("%s: %q", what, text)
		}
	}
}

func TestStateNames(t *testing.T) {
	for s, name := range map[player.State]string{
		player.Stopped: Stopped, player.Loading: Loading, player.Playing: Playing,
		player.Paused: Paused, player.Buffering: Buffering, player.Failed: Failed,
		player.NoDevice: NoDevice,
	} {
		if s.String() != name {
			t.Errorf("%s is called %s", s, name)
		}
	}
}
