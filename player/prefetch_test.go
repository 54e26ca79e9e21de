package player

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ninth-coop/ninth/player/source"
)

// fetched is a track of which the bytes can be read, but which is whole only
// when the test says so.
type fetched struct {
	*source.Bytes
	from *fetching
	key  string
}

func (s *fetched) Complete() bool                { return s.from.is(&s.from.whole, s.key) }
func (s *fetched) Preview() bool                 { return s.from.is(&s.from.previews, s.key) }
func (s *fetched) Fetched() (bytes, total int64) { return 1, 2 }

func (s *fetched) Close() error {
	s.from.note("-" + s.key)
	return nil
}

// fetching is what the sources of a test have been asked for.
type fetching struct {
	mu              sync.Mutex
	log             []string // keys that were opened, and "-" with those that were closed
	whole, previews []string
	stale           bool
}

func (f *fetching) note(what string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log = append(f.log, what)
}

// took returns what has happened since it was last asked.
func (f *fetching) took() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := strings.Join(f.log, " ")
	f.log = nil
	return out
}

func (f *fetching) is(set *[]string, key string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Contains(*set, key)
}

func (f *fetching) set(set *[]string, keys ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	*set = keys
}

// startFetching runs a player of tracks of two minutes, named by letters.
func startFetching(t *testing.T) (*rig, *fetching) {
	f := &fetching{}
	lib := newLibrary()
	for i, key := range []string{"a", "b", "c", "d", "e"} {
		data := levelFile(48000, 120*48000, float32(i+1)/10)
		lib.put(key, func(context.Context) (source.Source, error) {
			f.note(key)
			return &fetched{source.FromBytes(data), f, key}, nil
		})
	}
	r := start(t, lib, withItems(lib, func(_ Entry, i *Item) {
		i.Stale = func() bool {
			f.mu.Lock()
			defer f.mu.Unlock()
			return f.stale
		}
	}))
	r.SetQueue(Queue{}.Append("a", "b", "c", "d", "e"))
	return r, f
}

// What follows is fetched one after the other, each when all before it is here,
// as many as there are to be.
func TestPrefetch(t *testing.T) {
	for n, want := range []string{"", "b", "b c", "b c d"} {
		synctest.Test(t, func(t *testing.T) {
			r, f := startFetching(t)
			r.SetPrefetch(n)
			r.Play()
			r.after(2 * time.Second)
			if got := f.took(); got != "a" {
				t.Errorf("%d to fetch: while the first comes, %q", n, got)
			}
			var whole, got []string
			for _, key := range []string{"a", "b", "c", "d", "e"} {
				whole = append(whole, key)
				f.set(&f.whole, whole...)
				r.after(2 * time.Second)
				if key := f.took(); key != "" {
					got = append(got, key)
				}
			}
			if got := strings.Join(got, " "); got != want {
				t.Errorf("%d to fetch: %q, want %q", n, got, want)
			}
			r.after(98 * time.Second) // 20 s before the end
			if got := f.took(); n == 0 && got != "b" || n > 0 && got != "" {
				t.Errorf("%d to fetch: before the end %q", n, got)
			}
		})
	}
}

// What was fetched is played as it is, and what is not to come any more is
// given up; paused, the fetching goes on.
func TestPrefetchedEntriesAreTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, f := startFetching(t)
		r.SetPrefetch(3)
		r.Play()
		f.set(&f.whole, "a", "b", "c", "d", "e")
		r.after(time.Second)
		if got := f.took(); got != "a b c d" {
			t.Fatalf("opened %q", got)
		}
		r.Next()
		r.Next()
		s := r.after(time.Second)
		r.wantState(Playing)
		if got := f.took(); s.Entry.Key != "c" || !slices.Equal(sorted(got), []string{"-a", "-b", "e"}) {
			t.Errorf("after two steps at %s: %q", s.Entry.Key, got)
		}
		near(t, "the position", s.Position, 900*time.Millisecond, 200*time.Millisecond)
		r.EditQueue(func(q Queue) Queue { return q.Move(q.Entries[4].ID, q.Entries[3].ID) }) // a b c e d
		r.after(time.Second)
		if got := f.took(); !slices.Equal(sorted(got), []string{"-d", "d"}) && got != "" {
			t.Errorf("after a move %q", got)
		}
		r.Pause()
		r.EditQueue(func(q Queue) Queue { return q.Append("a", "b") })
		r.after(5 * time.Second)
		if got := f.took(); got != "a" {
			t.Errorf("paused, with more to come: %q", got)
		}
		r.SetPrefetch(0)
		r.after(time.Second)
		if got := f.took(); !strings.Contains(got, "-a") || strings.Contains(got, " a") {
			t.Errorf("with nothing to fetch: %q", got)
		}
		r.Stop()
		r.after(time.Second)
		if got := f.took(); !strings.Contains(got, "-c") {
			t.Errorf("stopped: %q", got)
		}
	})
}

func sorted(words string) []string { return slices.Sorted(strings.FieldsSeq(words)) }

// What was opened early and would be opened otherwise now, is.
func TestPrefetchedEntriesMayBeStale(t *testing.T) {
	for _, why := range []string{"stale", "a preview", "still good"} {
		t.Run(why, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, f := startFetching(t)
				r.SetPrefetch(2)
				f.set(&f.whole, "a", "b", "c", "d", "e")
				if why == "a preview" {
					f.set(&f.previews, "c")
				}
				r.Play()
				r.after(time.Second)
				f.mu.Lock()
				f.stale = why == "stale"
				f.mu.Unlock()
				f.took()
				r.PlayEntry(r.Snapshot().Queue.Entries[2].ID)
				r.after(time.Second)
				r.wantState(Playing)
				want := 1
				if why == "still good" {
					want = 0
				}
				if got := sorted(f.took()); count(got, "c") != want || count(got, "-c") != want {
					t.Errorf("%q", got)
				}
			})
		})
	}
}

func count(words []string, word string) (n int) {
	for _, w := range words {
		if w == word {
			n++
		}
	}
	return n
}

// Whoever shows the player can tell for how long nothing has come.
func TestWaitingIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := newLibrary()
		data := rawFile(48000, constant(0.1, 10))
		g := newGate(data, rawHeader+3*8*48000)
		lib.put("slow", func(context.Context) (source.Source, error) { return g, nil })
		r := start(t, lib, nil)
		r.SetQueue(Queue{}.Append("slow"))
		if w := r.Snapshot().Waiting; w != 0 {
			t.Errorf("stopped, it has waited for %v", w)
		}
		r.Play()
		if s := r.after(2 * time.Second); s.State != Playing || s.Waiting != 0 {
			t.Errorf("%v, waiting for %v", s.State, s.Waiting)
		}
		s := r.after(5 * time.Second) // about three seconds were there
		if s.State != Buffering {
			t.Fatalf("%v", s.State)
		}
		near(t, "the wait", s.Waiting, 4*time.Second, 300*time.Millisecond)
		g.allow(int64(len(data)))
		if s := r.after(time.Second); s.State != Playing || s.Waiting != 0 {
			t.Errorf("%v, waiting for %v", s.State, s.Waiting)
		}
	})
}
