package library

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"
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

func wantedIDs(t fataler, l *Library) (ids []string) {
	t.Helper()
	for _, w := range value[[]Wanted](t)(l.Wanted()) {
		ids = append(ids, w.TrackID)
	}
	return ids
}

// checkInvariants compares everything that is kept with what it is kept of.
func checkInvariants(t fataler, l *Library) {
	t.Helper()
	if err := l.Check(context.Background()); err != nil {
		t.Fatalf("%v", err)
	}
	faults, err := l.Examine(context.Background())
	if err != nil || len(faults) > 0 {
		t.Fatalf("invariants: %v %v", faults, err)
	}
}
