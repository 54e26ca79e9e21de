package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/credits"
	"github.com/ninth-coop/ninth/library"
)

var start = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func must(t fataler, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v", err)
	}
}

func value[T any](t fataler) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		must(t, err)
		return v
	}
}

// bench is a library, a fake co-op and a clock that stands still until told.
type bench struct {
	lib  *library.Library
	coop *fakeCoop
	now  time.Time
	s    *Syncer
}

func newBench(t fataler, folder string) *bench {
	t.Helper()
	b := &bench{coop: newFake(), now: start}
	b.lib = value[*library.Library](t)(library.Open(folder, library.Options{Now: b.clock, Volatile: true}))
	b.restart()
	must(t, b.lib.PutReleases(library.Release{ID: "r", Title: "Release", Artist: "The Artist", ArtistID: "artist", Tracks: []library.Track{
		{ID: "a", Title: "Track a", Status: library.Paid}, {ID: "b", Title: "Track b", Status: library.Paid},
		{ID: "c", Title: "Track c", Status: library.Paid},
	}}))
	return b
}

func (b *bench) clock() time.Time { return b.now }

// restart is a new start of the program with the same library.
func (b *bench) restart() {
	b.s = New(Config{Library: b.lib, CoOp: b.coop, Now: b.clock, Random: func() float64 { return 0 }})
}

func testBench(t *testing.T) *bench {
	t.Helper()
	b := newBench(t, t.TempDir())
	t.Cleanup(func() { must(t, b.lib.Close()) })
	return b
}

// scripted gives the faults of one kind of request, one after another.
func scripted(op string, script ...fault) func(string) fault {
	return func(asked string) fault {
		if asked != op || len(script) == 0 {
			return none
		}
		f := script[0]
		script = script[1:]
		return f
	}
}

// drain sends the outbox again and again, with time going on, until it is
// empty but for failed intents.
func (b *bench) drain(t fataler) {
	t.Helper()
	for range 60 {
		err := b.s.SendOutbox(context.Background())
		waiting, _, countErr := b.lib.OutboxCount()
		must(t, countErr)
		if waiting == 0 {
			must(t, err)
			return
		}
		b.now = b.now.Add(SettleAfter)
	}
	t.Fatalf("the outbox does not empty: %+v", value[[]library.Intent](t)(b.lib.Outbox()))
}

func TestPlayExactlyOnce(t *testing.T) {
	for f := none; f < faults; f++ {
		for _, reference := range []bool{false, true} {
			t.Run(fmt.Sprint(f, reference), func(t *testing.T) {
				b := testBench(t)
				b.coop.reference = reference
				b.coop.faultOf = scripted("play", f, f)
				b.coop.plays["a"] = 2
				in := value[library.Intent](t)(b.lib.Play("a", b.now, time.Minute))
				b.drain(t)
				if b.coop.acts[in.ID] != 1 || b.coop.plays["a"] != 3 || b.coop.charged != 8 {
					t.Errorf("acted %d times, plays %d, charged %s", b.coop.acts[in.ID], b.coop.plays["a"], b.coop.charged)
				}
				a, tr := value[library.Account](t)(b.lib.Account()), value[library.Track](t)(b.lib.Track("a"))
				if a.Credits != b.coop.credits || tr.Plays != 3 {
					t.Errorf("credits %s, plays %d", a.Credits, tr.Plays)
				}
				if m := value[credits.Milli](t)(b.lib.SpentThisMonth()); m != 8 {
					t.Errorf("spent %s", m)
				}
			})
		}
	}
}

func TestBuyExactlyOnce(t *testing.T) {
	for f := none; f < faults; f++ {
		for _, reference := range []bool{false, true} {
			t.Run(fmt.Sprint(f, reference), func(t *testing.T) {
				b := testBench(t)
				b.coop.reference = reference
				b.coop.faultOf = scripted("buy", f, f)
				b.coop.plays["a"] = 3
				must(t, b.lib.PutPlays(map[string]int{"a": 3}))
				in := value[library.Intent](t)(b.lib.Buy("a", credits.Remaining(3)))
				b.drain(t)
				if b.coop.acts[in.ID] != 1 || b.coop.charged != 1008 {
					t.Errorf("acted %d times, charged %s", b.coop.acts[in.ID], b.coop.charged)
				}
				if tr := value[library.Track](t)(b.lib.Track("a")); !tr.Owned {
					t.Errorf("not owned: %+v", tr)
				}
				_ = value[Report](t)(b.s.Refresh(t.Context()))
				if tr := value[library.Track](t)(b.lib.Track("a")); !tr.Owned {
					t.Error("not owned after a refresh")
				}
				if out := value[[]library.Intent](t)(b.lib.Outbox()); len(out) != 0 {
					t.Errorf("outbox %+v", out)
				}
			})
		}
	}
}

func TestTheNinthPlayOfTheReferenceServer(t *testing.T) {
	b := testBench(t)
	b.coop.reference = true
	b.coop.plays["a"] = 8
	must(t, b.lib.PutPlays(map[string]int{"a": 8}))
	in := value[library.Intent](t)(b.lib.Play("a", b.now, time.Minute))
	// The server has answered, so nothing has to be waited for.
	must(t, b.s.SendOutbox(t.Context()))
	tr := value[library.Track](t)(b.lib.Track("a"))
	if b.coop.acts[in.ID] != 1 || !tr.Owned || tr.Plays != 9 {
		t.Errorf("acted %d times, %+v", b.coop.acts[in.ID], tr)
	}
	if m := value[credits.Milli](t)(b.lib.SpentThisMonth()); m != 0 {
		t.Errorf("spent %s on what was not charged", m)
	}
}

// TestPlaysOfWhatWasBought: the reference server forgets purchases and would
// charge for playing what is owned.
func TestPlaysOfWhatWasBought(t *testing.T) {
	for _, reference := range []bool{false, true} {
		b := testBench(t)
		b.coop.reference = reference
		_ = value[library.Intent](t)(b.lib.Buy("a", credits.Remaining(0)))
		_ = value[library.Intent](t)(b.lib.Play("a", b.now, time.Minute))
		b.drain(t)
		if sent := b.coop.count("play") == 1; b.coop.charged != 1022 || sent == reference {
			t.Errorf("reference %v: charged %s, sent %v", reference, b.coop.charged, sent)
		}
		if h := value[library.Page[library.HistoryEntry]](t)(b.lib.History(0, 5)); h.Total != 1 || !h.Items[0].Sent {
			t.Errorf("reference %v: history %+v", reference, h)
		}
	}
}

func TestALostAnswerIsNotAskedAboutTooSoon(t *testing.T) {
	b := testBench(t)
	b.coop.reference = true
	b.coop.faultOf = scripted("play", lostAfter)
	_ = value[library.Intent](t)(b.lib.Play("a", b.now, time.Minute))
	_ = value[library.Intent](t)(b.lib.Play("b", b.now, time.Minute))
	must(t, b.lib.SetFavourite("c", true))
	if err := b.s.SendOutbox(t.Context()); !errors.Is(err, api.ErrOutcomeUnknown) {
		t.Fatalf("lost: %v", err)
	}
	if !b.coop.favourite["c"] {
		t.Error("a favourite waits for money")
	}
	for _, wait := range []time.Duration{time.Second, SettleAfter - 2*time.Second} {
		b.now = b.now.Add(wait)
		var later *laterError
		if err := b.s.SendOutbox(t.Context()); !errors.As(err, &later) || b.coop.count("play") != 1 {
			t.Fatalf("too soon: %v, sent %d times", err, b.coop.count("play"))
		}
	}
	b.now = b.now.Add(time.Second)
	must(t, b.s.SendOutbox(t.Context()))
	if b.coop.count("play") != 2 || b.coop.plays["a"] != 1 || b.coop.plays["b"] != 1 {
		t.Errorf("sent %d times, plays %v", b.coop.count("play"), b.coop.plays)
	}
}

func TestPurchasesThatMustNotBeSent(t *testing.T) {
	tests := map[string]struct {
		plays  int
		wallet credits.Milli
		reason string
	}{
		"owned meanwhile":  {9, 5000, ""},
		"price fell":       {4, 5000, "bought"},
		"price rose":       {0, 5000, ReasonPriceRose},
		"credits are gone": {2, 1015, ReasonShort},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := testBench(t)
			must(t, b.lib.PutPlays(map[string]int{"a": 2}))
			_ = value[library.Intent](t)(b.lib.Buy("a", credits.Remaining(2)))
			b.coop.plays["a"], b.coop.credits = tt.plays, tt.wallet
			b.drain(t)
			sent, out := b.coop.count("buy"), value[[]library.Intent](t)(b.lib.Outbox())
			if tt.reason == "bought" {
				if sent != 1 || b.coop.charged != 992 || len(out) != 0 {
					t.Errorf("sent %d times, charged %s, %+v", sent, b.coop.charged, out)
				}
				return
			}
			reason := ""
			if len(out) == 1 && out[0].State == library.IntentFailed {
				reason = out[0].Reason
			}
			if sent != 0 || reason != tt.reason {
				t.Errorf("sent %d times, reason %q, want %q", sent, reason, tt.reason)
			}
		})
	}
}

// TestAnUnclearPurchase: on a server that does not count purchases, another
// device spends while the answer is lost. Nothing can be told, so the person
// is told.
func TestAnUnclearPurchase(t *testing.T) {
	b := testBench(t)
	b.coop.reference = true
	b.coop.faultOf = scripted("buy", lostFirst)
	_ = value[library.Intent](t)(b.lib.Buy("a", 1022))
	_ = b.s.SendOutbox(t.Context())
	b.coop.credits -= 5
	b.drain(t)
	out := value[[]library.Intent](t)(b.lib.Outbox())
	if len(out) != 1 || out[0].Reason != ReasonUnclear || b.coop.count("buy") != 1 {
		t.Errorf("sent %d times, %+v", b.coop.count("buy"), out)
	}
}

func TestTwoAccountsAreNotMixed(t *testing.T) {
	b := testBench(t)
	_ = value[Report](t)(b.s.Refresh(t.Context()))
	_ = value[library.Intent](t)(b.lib.Play("a", b.now, time.Minute))
	b.coop.user = "somebody else"
	b.restart()
	if err := b.s.SendOutbox(t.Context()); !errors.Is(err, ErrOtherAccount) {
		t.Errorf("outbox: %v", err)
	}
	if _, err := b.s.Refresh(t.Context()); !errors.Is(err, ErrOtherAccount) {
		t.Errorf("refresh: %v", err)
	}
	if b.coop.count("play") != 0 {
		t.Error("a play was sent in the name of another")
	}
	must(t, b.lib.SignOut(true))
	_ = value[Report](t)(b.s.Refresh(t.Context()))
}

func TestPermanentFailuresAreShown(t *testing.T) {
	b := testBench(t)
	must(t, b.lib.SetFavourite("a", true))
	refused := &refusing{fakeCoop: b.coop, err: &api.StatusError{Code: 403, Message: "no"}}
	b.s = New(Config{Library: b.lib, CoOp: refused, Now: b.clock})
	must(t, b.s.SendOutbox(t.Context()))
	out := value[[]library.Intent](t)(b.lib.Outbox())
	if len(out) != 1 || out[0].Reason != ReasonRefused {
		t.Fatalf("outbox %+v", out)
	}
	if value[library.Track](t)(b.lib.Track("a")).Favourite {
		t.Error("still shown as a favourite")
	}
	// A 404 with an exception's text is the reference server's own failure.
	refused.err = &api.StatusError{Code: 404, Message: "Cannot read properties of undefined"}
	must(t, b.lib.Retry(out[0].ID))
	if err := b.s.SendOutbox(t.Context()); err == nil {
		t.Error("a failure of the server counts as an answer")
	}
	if out = value[[]library.Intent](t)(b.lib.Outbox()); out[0].State == library.IntentFailed {
		t.Errorf("given up: %+v", out)
	}
}

// refusing fails every favourite.
type refusing struct {
	*fakeCoop
	err error
}

func (r *refusing) SetFavourite(context.Context, string, bool) error { return r.err }

// TestExactlyOnce lets a person do things while requests fail in every way and
// the program is started anew; in the end the co-op has what they did, once.
func TestExactlyOnce(outer *testing.T) {
	rapid.Check(outer, func(t *rapid.T) {
		b := newBench(t, outer.TempDir())
		defer func() { must(t, b.lib.Close()) }()
		b.coop.reference = rapid.Bool().Draw(t, "reference")
		b.coop.shy = rapid.Bool().Draw(t, "shy")
		draw := rapid.SampledFrom([]fault{none, none, none, offline, lostFirst, lostAfter, lostAfter, busy, broken, brokeLate, brokeLate, webPage, expired})
		calm := false
		b.coop.faultOf = func(op string) fault {
			if calm {
				return none
			}
			return draw.Draw(t, op)
		}
		track := rapid.SampledFrom([]string{"a", "b", "c"})
		var money []library.Intent
		var lists []string
		list := func(t *rapid.T) string {
			if len(lists) == 0 {
				t.Skip("no playlist")
			}
			return rapid.SampledFrom(lists).Draw(t, "playlist")
		}
		t.Repeat(map[string]func(*rapid.T){
			"play": func(t *rapid.T) {
				money = append(money, value[library.Intent](t)(b.lib.Play(track.Draw(t, "track"), b.now, time.Minute)))
			},
			"buy": func(t *rapid.T) {
				id := track.Draw(t, "track")
				tr := value[library.Track](t)(b.lib.Track(id))
				if in, err := b.lib.Buy(id, tr.ToOwn()); err == nil {
					money = append(money, in)
				}
			},
			"favourite": func(t *rapid.T) {
				must(t, b.lib.SetFavourite(track.Draw(t, "track"), rapid.Bool().Draw(t, "on")))
			},
			"create": func(t *rapid.T) {
				p := value[library.Playlist](t)(b.lib.CreatePlaylist(fmt.Sprint("List ", len(lists)), "", true))
				lists = append(lists, p.ID)
			},
			"add": func(t *rapid.T) { _ = b.lib.AddToPlaylist(list(t), track.Draw(t, "track")) },
			"remove": func(t *rapid.T) {
				if p, err := b.lib.Playlist(list(t)); err == nil && len(p.Items) > 0 {
					must(t, b.lib.RemoveFromPlaylist(p.ID, rapid.SampledFrom(p.Items).Draw(t, "item").ID))
				}
			},
			"move": func(t *rapid.T) {
				if p, err := b.lib.Playlist(list(t)); err == nil && len(p.Items) > 0 {
					must(t, b.lib.MovePlaylistItem(p.ID, rapid.SampledFrom(p.Items).Draw(t, "item").ID, 0))
				}
			},
			"rename": func(t *rapid.T) {
				if p, err := b.lib.Playlist(list(t)); err == nil {
					must(t, b.lib.UpdatePlaylist(p.ID, p.Title+"!", "", false))
				}
			},
			"delete": func(t *rapid.T) { _ = b.lib.DeletePlaylist(list(t)) },
			"send":   func(t *rapid.T) { _ = b.s.SendOutbox(context.Background()) },
			"refresh": func(t *rapid.T) {
				_, _ = b.s.Refresh(context.Background())
				if alive := b.alive(t, lists); value[library.Page[library.Playlist]](t)(b.lib.Playlists(0, 99)).Total != alive {
					t.Fatalf("a playlist is shown twice, or not at all: %d were made and not deleted", alive)
				}
			},
			"wait":    func(t *rapid.T) { b.now = b.now.Add(SettleAfter) },
			"restart": func(*rapid.T) { b.restart() },
			"weather": func(*rapid.T) { calm = !calm },
		})
		b.coop.faultOf = nil
		b.now = b.now.Add(SettleAfter)
		b.drain(t)
		_ = value[Report](t)(b.s.Refresh(context.Background()))
		b.compare(t, money)
		if alive := b.alive(t, lists); len(b.coop.lists) != alive {
			t.Fatalf("%d playlists were made and not deleted, the co-op has %d", alive, len(b.coop.lists))
		}
	})
}

// alive is how many of the playlists that were made are here.
func (b *bench) alive(t fataler, made []string) (n int) {
	t.Helper()
	for _, id := range made {
		switch _, err := b.lib.Playlist(id); {
		case err == nil:
			n++
		case !errors.Is(err, library.ErrNotFound):
			t.Fatalf("reading a playlist: %v", err)
		}
	}
	return n
}

// compare checks that the co-op has what the person did.
func (b *bench) compare(t *rapid.T, money []library.Intent) {
	t.Helper()
	if out := value[[]library.Intent](t)(b.lib.Outbox()); len(out) > 0 {
		t.Fatalf("left in the outbox: %+v", out)
	}
	for _, in := range money {
		n := b.coop.acts[in.ID]
		// A purchase of what is owned by then need not be made. A play must not
		// be sent when the server has forgotten that the track was bought.
		unsent := in.Kind == library.IntentBuy || b.coop.reference && in.Price == 0
		if n > 1 || n == 0 && !unsent {
			t.Fatalf("%s of %s at %s took effect %d times", in.Kind, in.TrackID, in.Price, n)
		}
	}
	a := value[library.Account](t)(b.lib.Account())
	if a.Credits != b.coop.credits {
		t.Fatalf("credits here %s, there %s", a.Credits, b.coop.credits)
	}
	if m := value[credits.Milli](t)(b.lib.SpentThisMonth()); m != b.coop.charged {
		t.Fatalf("spent here %s, charged there %s", m, b.coop.charged)
	}
	for _, id := range []string{"a", "b", "c"} {
		tr := value[library.Track](t)(b.lib.Track(id))
		if tr.Favourite != b.coop.favourite[id] || tr.Plays != b.coop.plays[id] && !tr.Owned {
			t.Fatalf("here %+v, there favourite %v, plays %d", tr, b.coop.favourite[id], b.coop.plays[id])
		}
	}
	var here, there []string
	for _, p := range value[library.Page[library.Playlist]](t)(b.lib.Playlists(0, 99)).Items {
		full := value[library.Playlist](t)(b.lib.Playlist(p.ID))
		var ids []string
		for _, it := range full.Items {
			ids = append(ids, it.Track.ID)
		}
		here = append(here, fmt.Sprint(full.ID, full.Title, ids))
	}
	for _, p := range b.coop.lists {
		there = append(there, fmt.Sprint(p.ID, p.Title, trackIDs(p.Items)))
	}
	slices.Sort(here)
	slices.Sort(there)
	if !slices.Equal(here, there) {
		t.Fatalf("playlists here %v, there %v", here, there)
	}
}
