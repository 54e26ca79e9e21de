package library

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ninth-coop/ninth/credits"
)

func TestPlayChangesWhatIsShownAtOnce(t *testing.T) {
	l := newLibrary(t)
	must(t, l.PutReleases(release("r", "Title", "Artist", 3)))
	must(t, l.PutAccount(Account{ID: "me", Credits: 1000, Known: true}))
	must(t, l.PutPlays(map[string]int{"r-1": 7, "r-2": 9}))

	play := func(id string) Intent {
		t.Helper()
		return value[Intent](t)(l.Play(id, l.now(), time.Minute))
	}
	eighth := play("r-1") // 256
	ninth := play("r-1")  // 512
	owned := play("r-2")  // nothing
	short := play("r-3")  // 2, of 232 left
	if eighth.Price != 256 || ninth.Price != 512 || owned.Price != 0 || short.Price != 2 {
		t.Errorf("prices %s %s %s %s", eighth.Price, ninth.Price, owned.Price, short.Price)
	}
	one := value[Track](t)(l.Track("r-1"))
	if one.Plays != 9 || !one.Owned || one.Price() != 0 {
		t.Errorf("after nine plays, two of them waiting: %+v", one)
	}
	if w := wantedIDs(t, l); len(w) != 1 || w[0] != "r-2" {
		t.Errorf("only what is confirmed is downloaded: %v", w)
	}
	if a := value[Account](t)(l.Account()); a.Credits != 1000-256-512-2 {
		t.Errorf("credits %s", a.Credits)
	}
	if m := value[credits.Milli](t)(l.SpentThisMonth()); m != 770 {
		t.Errorf("spent %s", m)
	}

	// The ninth turns out free, the eighth as expected, the third is refused.
	must(t, l.MarkSending(eighth.ID, Before{Known: true, Plays: 7, Credits: 1000}))
	must(t, l.ConfirmPlay(eighth.ID, 8, 256, 744))
	must(t, l.ConfirmPlay(ninth.ID, 9, 0, 744))
	must(t, l.Fail(short.ID, "no"))
	if a := value[Account](t)(l.Account()); a.Credits != 744 {
		t.Errorf("credits after answers: %s", a.Credits)
	}
	if m := value[credits.Milli](t)(l.SpentThisMonth()); m != 256 {
		t.Errorf("spent after answers: %s", m)
	}
	if three := value[Track](t)(l.Track("r-3")); three.Plays != 0 {
		t.Errorf("a failed play counts: %+v", three)
	}
	h := value[Page[HistoryEntry]](t)(l.History(0, 10))
	var costs []string
	for _, e := range h.Items {
		costs = append(costs, fmt.Sprint(e.Track.ID, " ", e.Cost, " ", e.Sent))
	}
	want := "[r-3 0.000 false r-2 0.000 false r-1 0.000 true r-1 0.256 true]"
	if fmt.Sprint(costs) != want {
		t.Errorf("history %v, want %s", costs, want)
	}
	if p := value[Page[Track]](t)(l.Collection(0, 10)); p.Total != 2 || p.Items[0].ID != "r-1" {
		t.Errorf("collection %+v", p)
	}
}

// TestARefreshMeetsAPlayOnItsWay: the co-op may have counted it already, and
// it must not be shown twice.
func TestARefreshMeetsAPlayOnItsWay(t *testing.T) {
	l := newLibrary(t)
	must(t, l.PutReleases(release("r", "Title", "Artist", 2)))
	must(t, l.PutAccount(Account{ID: "me", Credits: 100, Known: true}))
	in := value[Intent](t)(l.Play("r-1", l.now(), time.Minute))
	must(t, l.MarkSending(in.ID, Before{Known: true, Credits: 100}))
	must(t, l.PutAccount(Account{ID: "me", Name: "New name", Credits: 98, Known: true}))
	must(t, l.PutPlays(map[string]int{"r-1": 1, "r-2": 3}))
	a := value[Account](t)(l.Account())
	one, two := value[Track](t)(l.Track("r-1")), value[Track](t)(l.Track("r-2"))
	if a.Credits != 98 || a.Name != "New name" || one.Plays != 1 || two.Plays != 3 {
		t.Errorf("credits %s, plays %d and %d", a.Credits, one.Plays, two.Plays)
	}
	must(t, l.ConfirmPlay(in.ID, 1, 2, 98))
	a, one = value[Account](t)(l.Account()), value[Track](t)(l.Track("r-1"))
	if a.Credits != 98 || one.Plays != 1 {
		t.Errorf("settled: credits %s, plays %d", a.Credits, one.Plays)
	}
}

func TestPlayBeyondTheCredits(t *testing.T) {
	l := newLibrary(t)
	must(t, l.PutReleases(release("r", "Title", "Artist", 1)))
	must(t, l.PutAccount(Account{ID: "me", Credits: 3, Known: true}))
	for i, want := range []credits.Milli{2, 0, 0} {
		if in := value[Intent](t)(l.Play("r-1", l.now(), time.Minute)); in.Price != want {
			t.Errorf("play %d costs %s, want %s", i+1, in.Price, want)
		}
	}
	if tr := value[Track](t)(l.Track("r-1")); tr.Plays != 1 {
		t.Errorf("plays %d, want the one that is paid for", tr.Plays)
	}
}

func TestOwnTracksAreNotSent(t *testing.T) {
	l := newLibrary(t)
	r := release("r", "Draft", "Me", 1)
	r.Own, r.Draft = true, true
	must(t, l.PutReleases(r))
	in := value[Intent](t)(l.Play("r-1", l.now(), time.Minute))
	if in.ID != "" || len(value[[]Intent](t)(l.Outbox())) != 0 {
		t.Errorf("a play of one's own track is sent: %+v", in)
	}
	if h := value[Page[HistoryEntry]](t)(l.History(0, 5)); h.Total != 1 || !h.Items[0].Sent {
		t.Errorf("history %+v", h)
	}
}

func TestBuy(t *testing.T) {
	l := newLibrary(t)
	must(t, l.PutReleases(release("r", "Title", "Artist", 2)))
	must(t, l.PutAccount(Account{ID: "me", Credits: 1500, Known: true}))
	must(t, l.PutPlays(map[string]int{"r-1": 1}))
	if _, err := l.Buy("r-1", 1022); !errors.Is(err, ErrPrice) {
		t.Errorf("at a price that is none: %v", err)
	}
	in := value[Intent](t)(l.Buy("r-1", 1020))
	if _, err := l.Buy("r-1", 1020); !errors.Is(err, ErrOwned) {
		t.Errorf("twice: %v", err)
	}
	if _, err := l.Buy("r-2", 1022); !errors.Is(err, ErrCredits) {
		t.Errorf("beyond the credits: %v", err)
	}
	if _, err := l.Buy("nothing", 1022); !errors.Is(err, ErrNotFound) {
		t.Errorf("of nothing: %v", err)
	}
	if tr := value[Track](t)(l.Track("r-1")); !tr.Owned || tr.Price() != 0 {
		t.Errorf("not shown as owned: %+v", tr)
	}
	must(t, l.Fail(in.ID, "no"))
	if tr := value[Track](t)(l.Track("r-1")); tr.Owned {
		t.Error("owned after it failed")
	}
	must(t, l.Retry(in.ID))
	must(t, l.ConfirmBuy(in.ID, 1020, 480))
	tr, a := value[Track](t)(l.Track("r-1")), value[Account](t)(l.Account())
	if !tr.Owned || a.Credits != 480 || value[credits.Milli](t)(l.SpentThisMonth()) != 1020 {
		t.Errorf("after the purchase: %+v, %s", tr, a.Credits)
	}
	// A co-op that knows nothing of purchases does not take the track away.
	must(t, l.PutPlays(map[string]int{"r-1": 1}))
	must(t, l.PutOwned())
	if tr := value[Track](t)(l.Track("r-1")); !tr.Owned {
		t.Error("taken away again")
	}
}

func TestFavouritesMeet(t *testing.T) {
	l := newLibrary(t)
	must(t, l.PutFavourites("a", "b"))
	must(t, l.SetFavourite("c", true))
	must(t, l.SetFavourite("a", false))
	must(t, l.SetFavourite("b", false))
	must(t, l.SetFavourite("b", true)) // meets the one before
	out := value[[]Intent](t)(l.Outbox())
	if len(out) != 2 || out[0].TrackID != "c" || out[1].TrackID != "a" {
		t.Fatalf("outbox %+v", out)
	}
	// The co-op has not heard of any of it, and nothing flickers.
	must(t, l.PutFavourites("a", "b", "d"))
	if got := fmt.Sprint(ids(value[Page[Track]](t)(l.Favourites(0, 9)).Items)); got != "[d b c]" && got != "[b d c]" {
		t.Errorf("favourites %s", got)
	}
	// One that has left is not met any more.
	must(t, l.MarkSending(out[0].ID, Before{}))
	must(t, l.SetFavourite("c", false))
	if out = value[[]Intent](t)(l.Outbox()); len(out) != 3 {
		t.Fatalf("outbox %+v", out)
	}
	must(t, l.Fail(out[1].ID, "no"))
	if !value[Track](t)(l.listedTrack("a")).Favourite {
		t.Error("a failed change is not taken back")
	}
}

// listedTrack reads a track that the catalogue need not know.
func (l *Library) listedTrack(id string) (tr Track, err error) {
	err = l.view("reading", func(tx *txn) error {
		tr, err = tx.listed(id)
		return err
	})
	return tr, err
}

func TestDismiss(t *testing.T) {
	l := newLibrary(t)
	must(t, l.SetFavourite("a", true))
	in := value[[]Intent](t)(l.Outbox())[0]
	if err := l.DismissIntent(in.ID); !errors.Is(err, ErrWaiting) {
		t.Errorf("a waiting intent was dismissed: %v", err)
	}
	must(t, l.Fail(in.ID, "The reason."))
	if w, f, err := l.OutboxCount(); w != 0 || f != 1 || err != nil {
		t.Errorf("waiting %d, failed %d, %v", w, f, err)
	}
	if in = value[[]Intent](t)(l.Outbox())[0]; in.Reason != "The reason." {
		t.Errorf("reason %q", in.Reason)
	}
	must(t, l.DismissIntent(in.ID))
	if err := l.DismissIntent(in.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("twice: %v", err)
	}
}

// outboxModel is what the library must show, by the simplest means.
type outboxModel struct {
	credits credits.Milli
	plays   map[string]int
	owned   map[string]bool
	fav     map[string]bool
	spent   credits.Milli
	intents map[string]Intent
}

func (m *outboxModel) shown(id string) (plays int, owned bool, wallet credits.Milli) {
	plays, owned, wallet = m.plays[id], m.owned[id], m.credits
	for _, in := range m.intents {
		if in.State == IntentFailed {
			continue
		}
		wallet -= in.Price
		switch {
		case in.TrackID != id || in.Price == 0:
		case in.Kind == IntentPlay:
			plays++
		case in.Kind == IntentBuy:
			owned = true
		}
	}
	return min(plays, 9), owned || plays >= 9, wallet
}

// TestOutboxModel does everything that can be done with money and favourites
// in any order, and compares what is shown with the model after each step.
func TestOutboxModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		folder := rapidFolder(t)
		l := openAt(t, folder)
		defer func() { must(t, l.Close()) }()
		must(t, l.PutReleases(release("r", "Title", "Artist", 3)))
		must(t, l.PutAccount(Account{ID: "me", Credits: 4000, Known: true}))
		m := &outboxModel{
			credits: 4000, plays: map[string]int{}, owned: map[string]bool{}, fav: map[string]bool{}, intents: map[string]Intent{},
		}
		track := rapid.SampledFrom([]string{"r-1", "r-2", "r-3"})
		pick := func(t *rapid.T, is func(Intent) bool) (Intent, bool) {
			for _, in := range value[[]Intent](t)(l.Outbox()) {
				if is(in) && rapid.Bool().Draw(t, "this one") {
					return in, true
				}
			}
			return Intent{}, false
		}
		live := func(in Intent) bool { return in.Kind != IntentFavourite && in.State != IntentFailed }
		t.Repeat(map[string]func(*rapid.T){
			"play": func(t *rapid.T) {
				id := track.Draw(t, "track")
				plays, owned, wallet := m.shown(id)
				want := credits.Cost(plays)
				if owned || wallet < want {
					want = 0
				}
				in := value[Intent](t)(l.Play(id, start, time.Minute))
				if in.Price != want {
					t.Fatalf("a play of %s costs %s, want %s", id, in.Price, want)
				}
				m.intents[in.ID] = in
				m.spent += want
			},
			"buy": func(t *rapid.T) {
				id := track.Draw(t, "track")
				plays, owned, wallet := m.shown(id)
				price := credits.Remaining(plays)
				in, err := l.Buy(id, price)
				if owned != errors.Is(err, ErrOwned) || !owned && (wallet < price) != errors.Is(err, ErrCredits) {
					t.Fatalf("owned %v, price %s of %s: %v", owned, price, wallet, err)
				}
				if err == nil {
					m.intents[in.ID] = in
					m.spent += price
				}
			},
			"confirm": func(t *rapid.T) {
				in, ok := pick(t, live)
				if !ok {
					return
				}
				if rapid.Bool().Draw(t, "sending") {
					must(t, l.MarkSending(in.ID, Before{Known: true}))
				}
				delete(m.intents, in.ID)
				m.credits -= in.Price
				if in.Kind == IntentBuy {
					m.owned[in.TrackID] = true
					must(t, l.ConfirmBuy(in.ID, in.Price, m.credits))
					return
				}
				if in.Price > 0 {
					m.plays[in.TrackID] = min(m.plays[in.TrackID]+1, 9)
				}
				m.owned[in.TrackID] = m.owned[in.TrackID] || m.plays[in.TrackID] >= 9
				must(t, l.ConfirmPlay(in.ID, m.plays[in.TrackID], in.Price, m.credits))
			},
			"fail": func(t *rapid.T) {
				if in, ok := pick(t, live); ok {
					must(t, l.Fail(in.ID, "no"))
					m.spent -= in.Price
					in.State = IntentFailed
					m.intents[in.ID] = in
				}
			},
			"again or never": func(t *rapid.T) {
				in, ok := pick(t, func(in Intent) bool { return in.State == IntentFailed })
				switch {
				case !ok:
				case rapid.Bool().Draw(t, "again"):
					plays, owned, wallet := m.shown(in.TrackID)
					err := l.Retry(in.ID)
					price := credits.Cost(plays)
					if owned || wallet < price {
						price = 0
					}
					if in.Kind == IntentBuy {
						price = credits.Remaining(plays)
						if refused := owned || price != in.Price || wallet < price; refused != (err != nil) {
							t.Fatalf("owned %v, price %s of %s, agreed to %s: %v", owned, price, wallet, in.Price, err)
						}
					}
					if err != nil {
						return
					}
					m.spent += price
					in.State, in.Price = IntentWaiting, price
					m.intents[in.ID] = in
				default:
					must(t, l.DismissIntent(in.ID))
					delete(m.intents, in.ID)
				}
			},
			"favourite": func(t *rapid.T) {
				id, on := track.Draw(t, "track"), rapid.Bool().Draw(t, "on")
				must(t, l.SetFavourite(id, on))
				m.fav[id] = on
			},
			"": func(t *rapid.T) {
				for _, id := range []string{"r-1", "r-2", "r-3"} {
					got := value[Track](t)(l.Track(id))
					plays, owned, wallet := m.shown(id)
					if got.Plays != plays || got.Owned != owned || got.Favourite != m.fav[id] {
						t.Fatalf("%s is shown with %d plays, owned %v, favourite %v; want %d, %v, %v",
							id, got.Plays, got.Owned, got.Favourite, plays, owned, m.fav[id])
					}
					if a := value[Account](t)(l.Account()); a.Credits != wallet {
						t.Fatalf("credits %s, want %s", a.Credits, wallet)
					}
				}
				if s := value[credits.Milli](t)(l.SpentThisMonth()); s != m.spent {
					t.Fatalf("spent %s, want %s", s, m.spent)
				}
				checkInvariants(t, l)
			},
		})
	})
}
