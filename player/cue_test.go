package player

import (
	"testing"
	"testing/synctest"
	"time"
)

// A stored queue is taken up where it was left, and nothing is opened for it.
func TestCue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib, q := threeTracks()
		r := start(t, lib, nil)
		r.SetQueue(q)
		r.Cue(2, 30*time.Second)
		s := r.after(time.Second)
		if s.State != Stopped || s.Entry != q.Entries[1] || s.Position != 30*time.Second || s.Listen != 0 {
			t.Fatalf("cued, it is %v of %v at %v", s.State, s.Entry, s.Position)
		}
		r.Play()
		s = r.after(2 * time.Second)
		r.wantState(Playing)
		near(t, "position", s.Position, 32*time.Second, 150*time.Millisecond)
		near(t, "heard", s.Heard, 2*time.Second, 150*time.Millisecond)

		r.Cue(1, 0)
		if s := r.after(time.Second); s.Entry != q.Entries[1] {
			t.Errorf("Cue while playing went to %v", s.Entry)
		}
		if err := r.stop(); err != nil {
			t.Fatal(err)
		}
		s = r.Snapshot()
		near(t, "the last position", s.Position, 33*time.Second, 150*time.Millisecond)
	})
}
