package control

import (
	"testing"
	"time"

	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
)

// TestDescribeWithoutItem: what is not resolved yet is described by the
// library, or by its file name.
func TestDescribeWithoutItem(t *testing.T) {
	f := newFake(t)
	if err := f.lib.PutTracks(library.Track{ID: "b", Title: "Paper boats", Artist: "Ada Quay", Duration: time.Minute}); err != nil {
		t.Fatal(err)
	}
	q := player.Queue{}.Append("track:b", "file:/music/Own.flac", "track:gone")
	for i, want := range []Track{
		{Title: "Paper boats", Artist: "Ada Quay", Duration: time.Minute}, {Title: "Own.flac"}, {},
	} {
		if got := Describe(f, player.Snapshot{Entry: q.Entries[i], Queue: q}); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}

func TestBelief(t *testing.T) {
	at := time.Unix(1000, 0)
	var b Belief
	for i, step := range []struct {
		state    player.State
		entry    player.EntryID
		pass     time.Duration // since the step before
		position time.Duration
		tell     bool
	}{
		{player.Stopped, 1, 0, 40 * time.Second, false},
		{player.Loading, 1, time.Second, 40 * time.Second, false},
		{player.Playing, 1, time.Second, 40 * time.Second, true}, // it goes on where it was left
		{player.Playing, 1, 100 * time.Millisecond, 40100 * time.Millisecond, false},
		{player.Playing, 1, 10 * time.Minute, 640 * time.Second, false}, // a slow reader
		{player.Buffering, 1, time.Second, 641 * time.Second, false},
		{player.Buffering, 1, 5 * time.Second, 641 * time.Second, false},
		{player.Playing, 1, time.Second, 641 * time.Second, true}, // once
		{player.Playing, 1, time.Second, 642 * time.Second, false},
		{player.Paused, 1, 100 * time.Millisecond, 642100 * time.Millisecond, false},
		{player.Paused, 1, time.Hour, 642100 * time.Millisecond, false},
		{player.Paused, 1, time.Second, 0, true},
		{player.Playing, 2, time.Second, 100 * time.Millisecond, false}, // the next track
		{player.Playing, 2, 3 * time.Second, 0, true},                   // the same once more
		{player.Failed, 2, time.Second, 0, false},
	} {
		at = at.Add(step.pass)
		snap := player.Snapshot{State: step.state, Entry: player.Entry{ID: step.entry}, Position: step.position, At: at}
		if tell := b.Correct(snap); tell != step.tell {
			t.Errorf("step %d: told %v", i, tell)
		}
	}
}

// Whoever was told the speed counts by it.
func TestBeliefGoesAtTheSpeed(t *testing.T) {
	at := time.Unix(1000, 0)
	var b Belief
	for i, step := range []struct {
		speed    float64
		pass     time.Duration
		position time.Duration
		tell     bool
	}{
		{0, 0, 0, false},
		{2, 10 * time.Second, 10 * time.Second, false}, // from here on twice as fast
		{2, 10 * time.Second, 30 * time.Second, false},
		{0.5, 10 * time.Second, 50 * time.Second, false},
		{0.5, 10 * time.Second, 55 * time.Second, false},
		{0.5, 10 * time.Second, 65 * time.Second, true},
	} {
		at = at.Add(step.pass)
		snap := player.Snapshot{
			State: player.Playing, Entry: player.Entry{ID: 1}, Position: step.position, At: at, Sound: player.Sound{Speed: step.speed},
		}
		if tell := b.Correct(snap); tell != step.tell {
			t.Errorf("step %d: told %v", i, tell)
		}
	}
}
