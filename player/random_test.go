package player

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/ninth-coop/ninth/player/output"
	"github.com/ninth-coop/ninth/player/source"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// strict is a log that fails the test on an error, such as a state that has
// left its diagram.
func strict(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(failing{t}, &slog.HandlerOptions{Level: slog.LevelError}))
}

type failing struct{ t *testing.T }

func (f failing) Write(b []byte) (int, error) {
	f.t.Error(string(bytes.TrimSpace(b)))
	return len(b), nil
}

// mixedLibrary has tracks of every kind: long, short, tiny, at another rate,
// slow, cut off, empty, broken and missing.
func mixedLibrary(rnd *rand.Rand) (library, []string) {
	lib := newLibrary()
	lib.addLevel("long", 0.1, 40*time.Second)
	lib.addLevel("short", 0.2, 2*time.Second)
	lib.addLevel("tiny", 0.3, 10*time.Millisecond)
	lib.addLevel("empty", 0, 0)
	lib.addBroken("broken")
	lib.add("other rate", 44100, tone(44100, 3*44100))
	half := rawFile(48000, constant(0.4, 4))
	lib.put("cut off", func(context.Context) (source.Source, error) {
		return source.FromBytes(half[:len(half)/2]), nil
	})
	slow := rawFile(48000, constant(0.5, 6))
	delays := make(chan time.Duration, 1000)
	for range cap(delays) {
		delays <- time.Duration(rnd.IntN(3000)) * time.Millisecond
	}
	lib.put("slow", func(ctx context.Context) (source.Source, error) {
		g := newGate(slow, rawHeader)
		go func() {
			for n := int64(0); n <= int64(len(slow)); n += 8 * 48000 {
				select {
				case <-time.After(<-delays):
					g.allow(rawHeader + n)
				case <-ctx.Done():
					return
				}
			}
			g.allow(int64(len(slow)))
		}()
		return g, nil
	})
	return lib, []string{"long", "short", "tiny", "empty", "broken", "other rate", "cut off", "slow", "missing"}
}

// Whatever a person does, and whatever the tracks are like, the state machine
// keeps to its diagram, the position goes back only when it is told to, and
// the player can still play.
func TestRandomCommands(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { randomCommands(t, seeded(seed), 300) })
		})
	}
}

func randomCommands(t *testing.T, rnd *rand.Rand, commands int) {
	lib, keys := mixedLibrary(rnd)
	r := start(t, lib, func(c *Config) { c.Logger = strict(t) })
	key := func() string { return keys[rnd.IntN(len(keys))] }
	entry := func() EntryID {
		q := r.Snapshot().Queue
		if q.Len() == 0 {
			return 0
		}
		return q.Entries[rnd.IntN(q.Len())].ID
	}
	// What is random is drawn here, not on the player's goroutine.
	edit := func() func(Queue) Queue {
		a, b, k, seed := entry(), entry(), key(), rnd.Uint64()
		return []func(Queue) Queue{
			func(q Queue) Queue { return q.Append(k, k) },
			func(q Queue) Queue { return q.InsertAfter(a, k) },
			func(q Queue) Queue { return q.Remove(a) },
			func(q Queue) Queue { return q.Move(a, b) },
			func(q Queue) Queue { return q.Shuffle(seeded(seed), a) },
			Queue.Unshuffle,
			func(q Queue) Queue { return q.WithRepeat(Repeat(seed % 3)) },
		}[rnd.IntN(7)]
	}
	actions := []func(){
		r.Play, r.Play, r.Pause, r.Toggle, r.Next, r.Next, r.Previous, r.Stop,
		func() { r.PlayEntry(entry()) },
		func() { r.PlayEntry(entry()) },
		func() { r.Seek(time.Duration(rnd.IntN(45)) * time.Second) },
		func() { r.SeekBy(time.Duration(rnd.IntN(20)-10) * time.Second) },
		func() { r.SetVolume(rnd.Float64()) },
		func() { r.Cue(entry(), time.Duration(rnd.IntN(45))*time.Second) },
		func() { r.SetMuted(rnd.IntN(2) == 0) },
		func() { r.SetSound(randomSound(rnd)) },
		func() { r.StopAfter(rnd.IntN(2) == 0) },
		func() {
			from := time.Duration(rnd.IntN(20)) * time.Second
			r.SetLoop(Loop{from, from + time.Duration(rnd.IntN(3000))*time.Millisecond})
		},
		r.ClearLoop, r.ClearLoop,
		func() { r.EditQueue(edit()) },
		func() { r.EditQueue(edit()) },
	}
	r.SetQueue(Queue{}.Append(keys...))
	for i := range commands {
		switch i {
		case commands / 2:
			r.tape.fail(output.ErrNoDevice)
		case commands * 3 / 4:
			r.tape.fail(nil)
		}
		for range 1 + rnd.IntN(3) {
			actions[rnd.IntN(len(actions))]()
		}
		synctest.Wait()
		for range 3 {
			before := r.Snapshot()
			s := r.after(time.Duration(rnd.IntN(300)) * time.Millisecond)
			// A seek beyond the end is known to be one when the track is open.
			looped := s.Loop != Loop{} || before.Loop != Loop{}
			if s.Listen == before.Listen && s.Duration == before.Duration && s.Position < before.Position && !looped {
				t.Fatalf("command %d: the position went from %v to %v in %v", i, before.Position, s.Position, s.State)
			}
			if err := s.Queue.Check(); err != nil {
				t.Fatalf("command %d: %v", i, err)
			}
			if (s.State == Failed) != (s.Err != nil) {
				t.Fatalf("command %d: %v with error %v", i, s.State, s.Err)
			}
		}
	}
	q := Queue{LastID: 1 << 20}.Append("long")
	r.SetQueue(q)
	r.PlayEntry(q.Entries[0].ID)
	r.after(3 * time.Second)
	r.wantState(Playing)
	listens, _ := r.told()
	checkListens(t, listens)
}

func randomSound(rnd *rand.Rand) Sound {
	return Sound{
		Loudness:  Loudness(rnd.IntN(4)),
		Preamp:    float64(rnd.IntN(12) - 6),
		Crossfade: time.Duration(rnd.IntN(4)) * 2 * time.Second,
		PauseFade: time.Duration(rnd.IntN(500)) * time.Millisecond,
		Speed:     []float64{1, 1, 0.5, 1.3, 2}[rnd.IntN(5)],
	}
}

// checkListens holds what OnListen was told: every listen grows, none goes on
// after its end.
func checkListens(t *testing.T, listens []Listen) {
	t.Helper()
	last := map[uint64]Listen{}
	for _, l := range listens {
		before := last[l.ID]
		if before.Done || l.Heard < before.Heard || (!l.Done && l.Heard == before.Heard) {
			t.Errorf("listen %+v came after %+v", l, before)
		}
		if l.Ended && !l.Done {
			t.Errorf("listen %+v has ended and is not done", l)
		}
		last[l.ID] = l
	}
}
