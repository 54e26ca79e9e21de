// Package uitest is a session for the tests of the window: a real library in
// a temporary folder, filled with a small co-op's facts, and a player that
// plays nothing but says what it is told to say. There is no network.
package uitest

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/local"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
)

// Now is the moment at which every test takes place: an evening.
func Now() time.Time { return time.Date(2026, 11, 20, 19, 30, 0, 0, time.UTC) }

// Session is the session of a test. Change what it says with Say; what the
// window asks of it is written down in Calls.
type Session struct {
	lib *library.Library

	mu     sync.Mutex
	snap   player.Snapshot
	status app.Status
	peaks  []byte
	calls  []string
	device string // chosen
	eq     app.Equaliser
	finish bool // what SleepFinishes says
	ahead  app.Ahead
	sleep  time.Time
	scan   local.Progress
	found  map[string]app.Found
	rule   app.DownloadRule
	limit  app.CacheLimit
	free   int64
}

// New makes a session whose library holds the co-op of Releases, of a
// listener called Mara.
func New(t testing.TB) *Session {
	t.Helper()
	lib, err := library.Open(t.TempDir(), library.Options{Now: Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := lib.Close(); err != nil {
			t.Error(err)
		}
	})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(lib.PutAccount(library.Account{
		ID: "mara", Name: "Mara", Email: "mara@example.org", CoOp: "https://coop.example",
		Artist: true, Credits: 12480, Known: true,
	}))
	must(lib.PutReleases(Releases()...))
	must(lib.PutPlays(map[string]int{
		"low-3": 4, "low-4": 7, "low-5": 1, "night-1": 8, "points-2": 8,
	}))
	must(lib.PutOwned("low-1", "low-2", "ledger-1", "ripple-2"))
	must(lib.PutFavourites("low-3"))
	s := &Session{lib: lib, peaks: Peaks()}
	s.status = app.Status{SignedIn: true, Online: true, Device: player.DeviceInfo{Name: "Speakers"}}
	s.limit, s.free = app.CacheLimit{Bytes: app.DefaultCache}, 52_400_000_000
	s.snap = player.Snapshot{Volume: 0.64, Device: s.status.Device, At: Now()}
	return s
}

// Say changes what the session says.
func (s *Session) Say(change func(*player.Snapshot, *app.Status)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.snap, &s.status)
}

// Calls is what has been asked of the session so far, in order.
func (s *Session) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

func (s *Session) called(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, what)
}

// get is a part of what the session says.
func get[T any](s *Session, part *T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return *part
}

// set changes a part of it.
func set[T any](s *Session, part *T, v T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*part = v
}

// Library is the test's library.
func (s *Session) Library() *library.Library { return s.lib }

// Keep puts tracks whole on this machine, pinned or in the rolling cache.
func (s *Session) Keep(t testing.TB, pinned bool, trackIDs ...string) {
	t.Helper()
	for _, id := range trackIDs {
		name, err := s.lib.AudioPath(id)
		if err == nil {
			err = os.WriteFile(name, []byte("sound"), 0o600)
		}
		rel, relErr := filepath.Rel(s.lib.Folder(), name)
		err = errors.Join(err, relErr, s.lib.SaveFile(library.File{TrackID: id, Path: filepath.ToSlash(rel), Size: 5}))
		err = errors.Join(err, s.lib.Complete(id, 5, nil), s.lib.Pin(id, pinned))
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Peaks is a waveform that looks like one.
func Peaks() []byte {
	peaks := make([]byte, 420)
	for i := range peaks {
		x := float64(i)
		v := 0.35 + 0.25*math.Sin(x/17) + 0.2*math.Sin(x/5.3) + 0.2*math.Sin(x/2.1)*math.Sin(x/29)
		peaks[i] = byte(255 * min(max(math.Abs(v), 0.1), 1))
	}
	return peaks
}

// Hear puts tracks into the queue, the one at index current in the player at a
// position, playing.
func (s *Session) Hear(current int, position time.Duration, trackIDs ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := make([]string, len(trackIDs))
	for i, id := range trackIDs {
		keys[i] = app.TrackKey(id)
	}
	q := s.snap.Queue.Clear().Append(keys...)
	t, err := s.lib.Track(trackIDs[current])
	if err != nil {
		panic("uitest: no track " + trackIDs[current])
	}
	s.snap.Queue, s.snap.Entry = q, q.Entries[current]
	s.snap.State = player.Playing
	s.snap.Listen++
	s.snap.Item = player.Item{Key: keys[current], Title: t.Title, Artist: t.Artist, Release: t.Release}
	s.snap.Position, s.snap.Duration, s.snap.Buffered = position, t.Duration, 0.83
}
