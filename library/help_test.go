package library

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/credits"
)

// start is when the clocks of these tests begin.
var start = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// clock is a clock that goes on by a millisecond each time it is read, so
// that no two things happen at once.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(time.Millisecond)
	return c.at
}

// fataler is what the helpers need of testing.T and rapid.T.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func openAt(t fataler, folder string) *Library {
	t.Helper()
	c := &clock{at: start}
	l, err := Open(folder, Options{Now: c.now, Timeout: 50 * time.Millisecond, Volatile: true})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return l
}

// newLibrary is an empty library that is closed, after a look at its
// invariants, when the test ends.
func newLibrary(t *testing.T) *Library {
	t.Helper()
	l := openAt(t, t.TempDir())
	t.Cleanup(func() {
		checkInvariants(t, l)
		if err := l.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return l
}

func must(t fataler, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v", err)
	}
}

// value is must for what comes with an error.
func value[T any](t fataler) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		must(t, err)
		return v
	}
}

// release makes a release of n tracks with ids "<id>-1" and on.
func release(id, title, artist string, n int) Release {
	r := Release{ID: id, Title: title, Artist: artist, ArtistID: "by-" + artist, Date: "2026-01-02", Kind: "ep"}
	for i := 1; i <= n; i++ {
		r.Tracks = append(r.Tracks, Track{
			ID: fmt.Sprintf("%s-%d", id, i), Title: fmt.Sprintf("%s part %d", title, i), Status: Paid, Duration: time.Minute,
		})
	}
	return r
}

func ids(tracks []Track) []string {
	out := make([]string, len(tracks))
	for i, t := range tracks {
		out[i] = t.ID
	}
	return out
}

func releaseIDs(releases []Release) []string {
	out := make([]string, len(releases))
	for i, r := range releases {
		out[i] = r.ID
	}
	return out
}

// checkInvariants compares everything that is kept with what it is kept of.
func checkInvariants(t fataler, l *Library) {
	t.Helper()
	err := l.view("checking invariants", func(tx *txn) error {
		for err := range tx.Check() {
			return err
		}
		for _, x := range []index{
			releasesByDate, releasesByTitle, releasesByArtist, releasesOwn, releasesOf, releasesTagged, artistsByName, ownedSince,
			favouritesSince, followedSince, nearly, heardLast, heardMost, playlistsByTitle, historyByTime, diskUsed, diskEvictable, wanted, picturesByAddress,
		} {
			keys, err := allKeys(tx.bucket(string(x)))
			if err != nil {
				return err
			}
			if x.count(tx) != len(keys) {
				return fmt.Errorf("index %s counts %d, has %d", x, x.count(tx), len(keys))
			}
		}
		return checkMoney(tx)
	})
	if err != nil {
		t.Fatalf("invariants: %v", err)
	}
}

// checkMoney adds up the outbox again.
func checkMoney(tx *txn) error {
	pending := map[string]pendingRecord{}
	waiting := credits.Milli(0)
	seqs := 0
	err := tx.intents(func(key []byte, in intentRecord) (bool, error) {
		seqs++
		if !slices.Equal(tx.bucket(bIntents).Get([]byte(in.ID)), key) {
			return false, fmt.Errorf("intent %s is not where its id says", in.ID)
		}
		if in.State == IntentFailed || in.Price == 0 {
			return true, nil
		}
		p := pending[in.TrackID]
		switch in.Kind {
		case IntentPlay:
			p.Plays++
		case IntentBuy:
			p.Bought = true
		default:
			return true, nil
		}
		pending[in.TrackID] = p
		waiting += in.Price
		return true, nil
	})
	if err != nil {
		return err
	}
	byID, err := allKeys(tx.bucket(bIntents))
	if err != nil {
		return err
	}
	if len(byID) != seqs {
		return fmt.Errorf("%d intents, %d ids", seqs, len(byID))
	}
	if got := credits.Milli(tx.counter(counterWaiting)); got != waiting {
		return fmt.Errorf("waiting costs %s, the outbox %s", got, waiting)
	}
	stored, err := allKeys(tx.bucket(bPending))
	if err != nil {
		return err
	}
	if len(stored) != len(pending) {
		return fmt.Errorf("%d tracks pending, the outbox has %d", len(stored), len(pending))
	}
	for id, want := range pending {
		if got, err := tx.pending(id); err != nil || got != want {
			return fmt.Errorf("pending of %s is %+v, the outbox has %+v (%w)", id, got, want, err)
		}
	}
	return nil
}
