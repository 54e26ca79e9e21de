package sync

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/library"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// served runs Serve in a bubble of fake time. The library and the co-op are
// made inside it.
func served(t *testing.T, prepare func(*bench), run func(t *testing.T, b *bench)) {
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{coop: newFake()}
		b.lib = value[*library.Library](t)(library.Open(folder, library.Options{Volatile: true}))
		stocked(b)
		if prepare != nil {
			prepare(b)
		}
		b.s = New(Config{Library: b.lib, CoOp: b.coop, Random: func() float64 { return 0 }})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- b.s.Serve(ctx) }()
		synctest.Wait()
		run(t, b)
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
		synctest.Wait()
		must(t, b.lib.Close())
	})
}

// during has every request fail as long as a flag is set.
func during(set *atomic.Bool, f fault) (prepare func(*bench)) {
	return func(b *bench) {
		b.coop.faultOf = func(string) fault {
			if set.Load() {
				return f
			}
			return none
		}
	}
}

func after(d time.Duration) {
	time.Sleep(d) // of the bubble: nobody waits
	synctest.Wait()
}

func TestServe(t *testing.T) {
	content := sound(100)
	served(t, func(b *bench) { b.coop.media["a"] = &fakeMedia{bytes: content, etag: hashed(content)} }, func(t *testing.T, b *bench) {
		if st := b.s.Status(); !st.Online || st.LastRefresh.IsZero() || st.Working {
			t.Fatalf("after the start: %+v", st)
		}
		if f := value[library.File](t)(b.lib.File("a")); !f.Complete {
			t.Errorf("the owned track did not come: %+v", f)
		}
		// What a person does leaves at once.
		_ = value[library.Intent](t)(b.lib.Play("b", time.Now(), time.Minute))
		synctest.Wait()
		if b.coop.plays["b"] != 5 {
			t.Errorf("plays %d", b.coop.plays["b"])
		}
		// A fourth-to-ninth play: owned, so it is downloaded.
		b.coop.set(func() { b.coop.media["b"] = b.coop.media["a"] })
		for range 4 {
			_ = value[library.Intent](t)(b.lib.Play("b", time.Now(), time.Minute))
		}
		synctest.Wait()
		if f := value[library.File](t)(b.lib.File("b")); !f.Complete {
			t.Errorf("a track that became owned did not come: %+v", f)
		}
		n := b.coop.count("releases")
		after(RefreshEvery)
		if b.coop.count("releases") != n+1 {
			t.Error("no refresh when its time came")
		}
		b.s.Wake()
		synctest.Wait()
		if b.coop.count("releases") != n+2 {
			t.Error("no refresh when woken")
		}
	})
}

func TestServeOfflineAndBack(t *testing.T) {
	var down atomic.Bool
	down.Store(true)
	served(t, during(&down, offline), func(t *testing.T, b *bench) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		states := b.s.Subscribe(ctx)
		if st := <-states; st.Online || st.OfflineSince.IsZero() {
			t.Fatalf("status %+v", st)
		}
		_ = value[library.Intent](t)(b.lib.Play("b", time.Now(), time.Minute))
		must(t, b.lib.SetFavourite("c", true))
		after(time.Hour)
		if n := b.coop.total(); n > 150 {
			t.Errorf("%d requests in an hour without a network", n)
		}
		down.Store(false)
		after(lastPause)
		if b.coop.plays["b"] != 5 || !b.coop.favourite["c"] {
			t.Errorf("plays %d, favourite %v", b.coop.plays["b"], b.coop.favourite["c"])
		}
		if st := <-states; !st.Online || !st.OfflineSince.IsZero() || st.LastRefresh.IsZero() {
			t.Errorf("back: %+v", st)
		}
	})
}

// TestServeIdleAwayAndBack: nobody does anything, and the sign of being offline
// comes and goes all the same.
func TestServeIdleAwayAndBack(t *testing.T) {
	var down atomic.Bool
	served(t, during(&down, offline), func(t *testing.T, b *bench) {
		before := b.coop.total()
		after(ProbeEvery * 10)
		if n := b.coop.total() - before; n < 5 || n > 15 {
			t.Errorf("%d requests in ten idle minutes: %v", n, b.coop.asked[before:])
		}
		b.coop.set(func() { b.coop.credits += 5000 }) // bought in a browser
		down.Store(true)
		after(ProbeEvery)
		if st := b.s.Status(); st.Online || st.OfflineSince.IsZero() || st.Err != nil {
			t.Fatalf("away for a minute: %+v", st)
		}
		after(time.Hour)
		before = b.coop.total()
		after(time.Hour)
		if n := b.coop.total() - before; n < 60 || n > 130 {
			t.Errorf("%d requests in the second hour away", n)
		}
		refreshes := b.coop.count("releases")
		down.Store(false)
		after(lastPause)
		if st := b.s.Status(); !st.Online || !st.OfflineSince.IsZero() {
			t.Fatalf("back for a minute: %+v", st)
		}
		if n := b.coop.count("releases") - refreshes; n != 1 {
			t.Errorf("the catalogue was read %d times since", n)
		}
		if a := value[library.Account](t)(b.lib.Account()); a.Credits != b.coop.credits {
			t.Errorf("%s credits are shown, %s are there", a.Credits, b.coop.credits)
		}
	})
}

// TestServeChecks: told that the network is another one, it asks at once.
func TestServeChecks(t *testing.T) {
	var down atomic.Bool
	served(t, during(&down, offline), func(t *testing.T, b *bench) {
		after(time.Second)
		before := b.coop.total()
		b.s.Check()
		synctest.Wait()
		if n := b.coop.total() - before; n != 1 || !b.s.Status().Online {
			t.Errorf("asked %d times; %+v", n, b.s.Status())
		}
		down.Store(true)
		b.s.Check()
		synctest.Wait()
		if st := b.s.Status(); st.Online || st.OfflineSince.IsZero() {
			t.Fatalf("the network went: %+v", st)
		}
		after(10 * time.Minute)
		must(t, b.lib.SetFavourite("c", true))
		down.Store(false)
		b.s.Check()
		synctest.Wait()
		if st := b.s.Status(); !st.Online || !st.OfflineSince.IsZero() || !b.coop.favourite["c"] {
			t.Errorf("the network came back: %+v, favourite %v", st, b.coop.favourite["c"])
		}
	})
}

// TestServeBehindAPortal: a web page in the co-op's place is no answer, and once
// it has gone everything goes on.
func TestServeBehindAPortal(t *testing.T) {
	var portal atomic.Bool
	served(t, during(&portal, webPage), func(t *testing.T, b *bench) {
		portal.Store(true)
		must(t, b.lib.SetFavourite("c", true))
		after(5 * time.Minute)
		if st := b.s.Status(); !errors.Is(st.Err, api.ErrNotCoop) {
			t.Fatalf("behind a portal: %+v", st)
		}
		portal.Store(false)
		after(ProbeEvery)
		if st := b.s.Status(); st.Err != nil || !b.coop.favourite["c"] {
			t.Errorf("past it: %+v, favourite %v", st, b.coop.favourite["c"])
		}
	})
}

// TestServeBrokenRequest: one connection that breaks is not a network that is
// gone.
func TestServeBrokenRequest(t *testing.T) {
	content := sound(100)
	served(t, func(b *bench) {
		b.coop.media["a"] = &fakeMedia{bytes: content, etag: hashed(content)}
		b.coop.faultOf = scripted("stream", lostFirst)
	}, func(t *testing.T, b *bench) {
		if st := b.s.Status(); !st.Online || !st.OfflineSince.IsZero() {
			t.Errorf("status %+v", st)
		}
		after(lastPause)
		if f := value[library.File](t)(b.lib.File("a")); !f.Complete {
			t.Errorf("the track did not come: %+v", f)
		}
	})
}

// TestServeTakesOver downloads what a player has let go of.
func TestServeTakesOver(t *testing.T) {
	content := sound(100)
	var release func()
	served(t, func(b *bench) {
		b.coop.media["a"] = &fakeMedia{bytes: content, etag: hashed(content)}
		release, _ = b.lib.Claim("a")
	}, func(t *testing.T, b *bench) {
		if b.coop.count("stream") != 0 {
			t.Fatal("downloaded while someone plays it")
		}
		release()
		synctest.Wait()
		if f := value[library.File](t)(b.lib.File("a")); !f.Complete {
			t.Errorf("not taken over: %+v", f)
		}
	})
}

func TestServeHonours429(t *testing.T) {
	served(t, func(b *bench) { b.coop.faultOf = scripted("profile", busy, busy, busy, busy) }, func(t *testing.T, b *bench) {
		before := b.coop.total()
		after(6 * time.Second)
		if n := b.coop.total() - before; n != 0 {
			t.Errorf("%d requests while it should wait 7 s", n)
		}
		after(time.Minute)
		if st := b.s.Status(); st.LastRefresh.IsZero() {
			t.Errorf("never came through: %+v", st)
		}
	})
}

func TestServeStopsWhenSignedOut(t *testing.T) {
	var out atomic.Bool
	out.Store(true)
	served(t, during(&out, expired), func(t *testing.T, b *bench) {
		if st := b.s.Status(); !st.SignedOut || !st.Online {
			t.Fatalf("status %+v", st)
		}
		_ = value[library.Intent](t)(b.lib.Play("b", time.Now(), time.Minute))
		synctest.Wait()
		before := b.coop.total()
		after(time.Hour)
		if n := b.coop.total() - before; n > 0 {
			t.Errorf("%d requests in an hour, signed out", n)
		}
		out.Store(false)
		b.s.Wake()
		synctest.Wait()
		if st := b.s.Status(); st.SignedOut || b.coop.plays["b"] != 5 {
			t.Errorf("signed in again: %+v, plays %d", st, b.coop.plays["b"])
		}
	})
}

// TestServeSettles loses the answer to a play; the play is settled by itself,
// after the time that the request may still be under way.
func TestServeSettles(t *testing.T) {
	served(t, func(b *bench) { b.coop.reference, b.coop.faultOf = true, scripted("play", lostAfter) }, func(t *testing.T, b *bench) {
		_ = value[library.Intent](t)(b.lib.Play("b", time.Now(), time.Minute))
		after(SettleAfter - time.Second)
		if w, _, _ := b.lib.OutboxCount(); w != 1 {
			t.Errorf("settled too soon: %d wait", w)
		}
		after(2 * time.Second)
		if w, _, _ := b.lib.OutboxCount(); w != 0 || b.coop.plays["b"] != 5 || b.coop.count("play") != 1 {
			t.Errorf("%d wait, plays %d, sent %d times", w, b.coop.plays["b"], b.coop.count("play"))
		}
	})
}

func TestSubscriptionEnds(t *testing.T) {
	served(t, nil, func(t *testing.T, b *bench) {
		ctx, cancel := context.WithCancel(t.Context())
		states := b.s.Subscribe(ctx)
		<-states
		cancel()
		synctest.Wait()
		if _, open := <-states; open {
			t.Error("a subscription outlives its context")
		}
	})
}

// TestOwnFailuresSayNothingOfTheConnection: a disk that is full while the co-op
// is away does not bring it back.
func TestOwnFailuresSayNothingOfTheConnection(t *testing.T) {
	b := testBench(t)
	full := fmt.Errorf("library: marking an intent as sending: %w", syscall.ENOSPC)
	for _, away := range []bool{false, true} {
		if away {
			b.s.heard(&api.NetworkError{Err: errBroken})
		} else {
			b.s.heard(nil)
		}
		b.s.heard(full)
		st := b.s.Status()
		if st.Online == away || st.OfflineSince.IsZero() == away || !errors.Is(st.Err, full) {
			t.Errorf("away %v: %+v", away, st)
		}
	}
	for _, said := range []error{nil, &api.StatusError{Code: 500}, &api.RateLimitError{}, api.ErrNotCoop, api.ErrExpired, ErrOtherAccount, api.ErrConflict} {
		b.s.heard(&api.NetworkError{Err: errBroken})
		b.s.heard(said)
		if st := b.s.Status(); !st.Online || !st.OfflineSince.IsZero() {
			t.Errorf("%v is an answer: %+v", said, st)
		}
	}
}

// TestWhatDecidesWhenToGoOn: the lanes of the outbox are taken up again when the
// first of them can be.
func TestWhatDecidesWhenToGoOn(t *testing.T) {
	soon, late := &laterError{"x", time.Second}, &laterError{"x", time.Minute}
	for name, tt := range map[string]struct {
		blocked map[string]error
		want    error
	}{
		"nothing":          {nil, nil},
		"the soonest":      {map[string]error{"money": late, "playlist a": soon, "playlist b": late}, soon},
		"what may be over": {map[string]error{"money": soon, "playlist a": errBroken}, errBroken},
		"money":            {map[string]error{"favourite a": errBroken, "money": api.ErrConflict}, api.ErrConflict},
	} {
		if got := first(tt.blocked); !errors.Is(got, tt.want) || (got == nil) != (tt.want == nil) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}
