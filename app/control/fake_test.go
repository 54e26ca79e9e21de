package control

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait of these tests. It is long because machines are
// slow: nothing waits that long when all is well.
const patience = 30 * time.Second

// fake is a session that records what it is told and plays nothing.
type fake struct {
	lib   *library.Library
	snaps chan player.Snapshot // unbuffered: what was sent is being worked on

	mu    sync.Mutex
	now   player.Snapshot
	calls []string
}

func newFake(t *testing.T) *fake {
	t.Helper()
	lib, err := library.Open(t.TempDir(), library.Options{Volatile: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := lib.Close(); err != nil {
			t.Error(err)
		}
	})
	return &fake{lib: lib, snaps: make(chan player.Snapshot)}
}

// show makes a snapshot the latest and waits until it is being worked on.
func (f *fake) show(t *testing.T, snap player.Snapshot) {
	t.Helper()
	f.mu.Lock()
	f.now = snap
	f.mu.Unlock()
	select {
	case f.snaps <- snap:
	case <-time.After(patience):
		t.Fatal("nobody follows the session")
	}
}

// told gives what the session was told since the last time.
func (f *fake) told() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	calls := f.calls
	f.calls = nil
	return calls
}

func (f *fake) note(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, fmt.Sprintf(format, args...))
}

func (f *fake) Now() player.Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fake) Library() *library.Library                     { return f.lib }
func (f *fake) Follow(context.Context) <-chan player.Snapshot { return f.snaps }

func (f *fake) Cover(address string, _ int) (string, bool) {
	path, ok, err := f.lib.Cover(address)
	return path, ok && err == nil
}

func (f *fake) Play()                     { f.note("Play") }
func (f *fake) Pause()                    { f.note("Pause") }
func (f *fake) Toggle()                   { f.note("Toggle") }
func (f *fake) Stop()                     { f.note("Stop") }
func (f *fake) Next()                     { f.note("Next") }
func (f *fake) Previous()                 { f.note("Previous") }
func (f *fake) Seek(to time.Duration)     { f.note("Seek %v", to) }
func (f *fake) SeekBy(d time.Duration)    { f.note("SeekBy %v", d) }
func (f *fake) SetSpeed(v float64)        { f.note("SetSpeed %v", v) }
func (f *fake) SetVolume(v float64)       { f.note("SetVolume %v", v) }
func (f *fake) SetMuted(muted bool)       { f.note("SetMuted %v", muted) }
func (f *fake) SetShuffle(on bool)        { f.note("SetShuffle %v", on) }
func (f *fake) SetRepeat(r player.Repeat) { f.note("SetRepeat %d", r) }
