package auth

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api"
)

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// watched is a store that can fail and remembers what it was given.
type watched struct {
	Memory
	mu    sync.Mutex
	err   error
	saved []Tokens
}

func (w *watched) Save(ctx context.Context, key string, t Tokens) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	w.saved = append(w.saved, t)
	return w.Memory.Save(ctx, key, t)
}

// signedIn is a source whose access token ends in an hour.
func signedIn(t *testing.T, f *fake, refresh string) (*Source, *watched, *clock) {
	t.Helper()
	c := &clock{now: epoch}
	cfg := f.config()
	cfg.Now = c.Now
	store := &watched{}
	err := store.Memory.Save(context.Background(), "k", Tokens{
		Issuer: f.URL, ClientID: "ninth", Subject: "mara", Access: "access-0", Refresh: refresh, Expires: epoch.Add(time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSource(context.Background(), cfg, store, "k")
	if err != nil {
		t.Fatal(err)
	}
	return s, store, c
}

func TestSourceRefreshes(t *testing.T) {
	ctx := context.Background()
	f := newFake(t)
	s, store, clock := signedIn(t, f, "refresh-0")
	if token, err := s.Token(ctx); err != nil || token != "access-0" || len(f.requests) != 0 {
		t.Fatalf("%q, %v, %q", token, err, f.requests)
	}
	clock.pass(time.Hour - early)
	// The id_token in the fake's answers ends by its own clock.
	token, err := s.Token(ctx)
	if err != nil || token == "access-0" {
		t.Fatalf("%q, %v", token, err)
	}
	if len(store.saved) != 1 || store.saved[0].Access != token || store.saved[0].Refresh == "refresh-0" || store.saved[0].Subject != "mara" {
		t.Errorf("saved %d", len(store.saved))
	}
	again, err := s.Token(ctx)
	if err != nil || again != token {
		t.Errorf("%q, %v", again, err)
	}
	s.Expire("access-0") // long replaced
	if same, _ := s.Token(ctx); same != token {
		t.Error("an old token's end ended the new one")
	}
	s.Expire(token)
	if other, err := s.Token(ctx); err != nil || other == token {
		t.Errorf("%q, %v", other, err)
	}
	if _, err := NewSource(ctx, f.config(), store, "other"); !errors.Is(err, ErrNoTokens) {
		t.Errorf("an account that is not there: %v", err)
	}
}

// TestOneRefreshForMany: a rotated token presented twice would end the
// sign-in.
func TestOneRefreshForMany(t *testing.T) {
	f := newFake(t)
	s, store, clock := signedIn(t, f, "refresh-0")
	clock.pass(time.Hour)
	var all sync.WaitGroup
	got := make([]string, 50)
	for i := range got {
		all.Go(func() {
			token, err := s.Token(context.Background())
			if err != nil {
				t.Error(err)
			}
			got[i] = token
		})
	}
	all.Wait()
	if slices.Contains(got, "") || len(slices.Compact(got)) != 1 || len(store.saved) != 1 {
		t.Errorf("%d different tokens, %d saved", len(slices.Compact(got)), len(store.saved))
	}
}

func TestSourceThatCannotRefresh(t *testing.T) {
	ctx := context.Background()
	f := newFake(t)
	s, _, clock := signedIn(t, f, "")
	clock.pass(time.Hour - time.Second)
	if token, err := s.Token(ctx); err != nil || token != "access-0" {
		t.Errorf("to the last second: %q, %v", token, err)
	}
	clock.pass(time.Second)
	if _, err := s.Token(ctx); !errors.Is(err, ErrExpired) || !errors.Is(err, api.ErrExpired) {
		t.Errorf("after its end: %v", err)
	}

	spent, _, clock := signedIn(t, f, "unknown")
	clock.pass(time.Hour)
	if _, err := spent.Token(ctx); !errors.Is(err, ErrExpired) {
		t.Errorf("a refresh token that is spent: %v", err)
	}
}

func TestSourceOffline(t *testing.T) {
	ctx := context.Background()
	f := newFake(t)
	s, _, clock := signedIn(t, f, "refresh-0")
	f.Close()
	clock.pass(time.Hour - time.Second)
	if token, err := s.Token(ctx); err != nil || token != "access-0" {
		t.Errorf("while it lasts: %q, %v", token, err)
	}
	clock.pass(time.Second)
	_, err := s.Token(ctx)
	if again, _ := api.Retryable(err); !again || errors.Is(err, ErrExpired) {
		t.Errorf("offline is not expired: %v", err)
	}
}

// TestSourceThatCannotSave: what the server gave is used all the same, and
// saved once that works.
func TestSourceThatCannotSave(t *testing.T) {
	ctx := context.Background()
	s, store, clock := signedIn(t, newFake(t), "refresh-0")
	store.err = errors.New("disk full")
	clock.pass(time.Hour)
	token, err := s.Token(ctx)
	if err != nil || s.Unsaved() == nil {
		t.Fatalf("%v, unsaved: %v", err, s.Unsaved())
	}
	store.mu.Lock()
	store.err = nil
	store.mu.Unlock()
	if again, err := s.Token(ctx); err != nil || again != token || s.Unsaved() != nil || len(store.saved) != 1 {
		t.Errorf("%v, unsaved: %v, %d saved", err, s.Unsaved(), len(store.saved))
	}
}

func TestRefreshedForSomeoneElse(t *testing.T) {
	f := newFake(t)
	f.claims = func(c map[string]any) { c["sub"] = "tom" }
	s, store, clock := signedIn(t, f, "refresh-0")
	clock.pass(time.Hour)
	if _, err := s.Token(context.Background()); !errors.Is(err, ErrMismatch) || len(store.saved) != 0 {
		t.Errorf("got %v", err)
	}
}

// TestCallerWhoLeaves does not end the refresh that others wait for.
func TestCallerWhoLeaves(t *testing.T) {
	f := newFake(t)
	arrived, leave := make(chan struct{}), make(chan struct{})
	f.override["/token"] = func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-leave
		delete(f.override, "/token")
		f.serveToken(w, r)
	}
	s, store, clock := signedIn(t, f, "refresh-0")
	clock.pass(time.Hour)
	ctx, cancel := context.WithCancel(context.Background())
	left := make(chan error)
	go func() { _, err := s.Token(ctx); left <- err }()
	<-arrived
	stays := make(chan error)
	go func() { _, err := s.Token(context.Background()); stays <- err }()
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the one who left: %v", err)
	}
	close(leave)
	if err := <-stays; err != nil || len(store.saved) != 1 {
		t.Errorf("the one who stayed: %v", err)
	}
}

func TestSignOut(t *testing.T) {
	ctx := context.Background()
	f := newFake(t)
	s, store, _ := signedIn(t, f, "refresh-0")
	if err := s.SignOut(ctx); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(f.revoked, []string{"refresh_token refresh-0", "access_token access-0"}) {
		t.Errorf("revoked %q", f.revoked)
	}
	if _, err := store.Load(ctx, "k"); !errors.Is(err, ErrNoTokens) {
		t.Errorf("still stored: %v", err)
	}
	if _, err := s.Token(ctx); !errors.Is(err, ErrExpired) {
		t.Errorf("still usable: %v", err)
	}

	s, store, _ = signedIn(t, f, "refresh-1")
	f.Close()
	if err := s.SignOut(ctx); err == nil {
		t.Error("a sign-out that the server never heard of is silent")
	}
	if _, err := store.Load(ctx, "k"); !errors.Is(err, ErrNoTokens) {
		t.Errorf("still stored: %v", err)
	}
}
