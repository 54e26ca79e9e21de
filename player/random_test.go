package player

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
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

// Whatever a person does, and whatever the tracks, the network and the device
// are like, the state machine keeps to its diagram, the position goes back only
// when it is told to, and the player can still play.
func TestRandomCommands(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { randomCommands(t, seeded(seed), 3*time.Minute) })
		})
	}
}

// hourVariable has TestAnHourOfRandomCommands run: it takes minutes with the
// race detector. Its value is the seed.
const hourVariable = "NINTH_HOUR"

func TestAnHourOfRandomCommands(t *testing.T) {
	seed, err := strconv.ParseUint(os.Getenv(hourVariable), 10, 64)
	if err != nil {
		t.Skipf("for make test-hour, which sets %s", hourVariable)
	}
	synctest.Test(t, func(t *testing.T) { randomCommands(t, seeded(seed), time.Hour) })
}

// storm is a player to which everything happens.
type storm struct {
	*rig
	rnd  *rand.Rand
	keys []string
	net  *network
	from time.Time
	seen map[State]int // how often
}

func randomCommands(t *testing.T, rnd *rand.Rand, length time.Duration) {
	lib, keys := mixedLibrary(rnd)
	net := newNetwork()
	keys = append(keys, net.fill(lib)...)
	r := start(t, lib, func(c *Config) { c.Logger = strict(t) })
	st := &storm{r, rnd, keys, net, time.Now(), map[State]int{}}
	actions := st.actions()
	r.SetQueue(Queue{}.Append(keys...))
	for time.Since(st.from) < length {
		st.mishap()
		for range 1 + rnd.IntN(3) {
			actions[rnd.IntN(len(actions))]()
		}
		synctest.Wait()
		longest := 300 * time.Millisecond
		if rnd.IntN(4) == 0 {
			longest = 5 * time.Second // nobody touches it for a while
		}
		for range 3 {
			st.letPass(time.Duration(rnd.Int64N(int64(longest))))
		}
	}
	net.set(true)
	r.tape.fail(nil)
	r.SetSound(Sound{})
	q := Queue{LastID: 1 << 20}.Append("long")
	r.SetQueue(q)
	r.PlayEntry(q.Entries[0].ID)
	r.after(3 * time.Second)
	r.wantState(Playing)
	listens, _ := r.told()
	checkListens(t, listens)
	t.Logf("%v, %d listens, seen %v", time.Since(st.from).Round(time.Second), listens[len(listens)-1].ID, st.seen)
	for state := Stopped; state <= NoDevice && length >= time.Hour; state++ {
		if st.seen[state] == 0 {
			t.Errorf("in an hour it was never %v", state)
		}
	}
}

// mishap cuts the network or the device off, for some seconds.
func (st *storm) mishap() {
	switch st.rnd.IntN(40) {
	case 0:
		st.net.cut(st.rnd)
	case 1, 2, 3:
		st.net.set(true)
	case 4:
		st.tape.fail(output.ErrNoDevice)
	case 5, 6, 7:
		st.tape.fail(nil)
	}
}

// letPass lets time go by in which nobody commands anything, and holds what is
// said before and after against it.
func (st *storm) letPass(d time.Duration) {
	before := st.Snapshot()
	s := st.after(d)
	at := time.Since(st.from)
	st.seen[s.State]++
	// A seek beyond the end is known to be one when the track is open.
	looped := s.Loop != Loop{} || before.Loop != Loop{}
	same := s.Listen == before.Listen && s.Listen != 0 && s.Duration == before.Duration && !looped
	if same && s.Position < before.Position {
		st.t.Fatalf("%v: the position went from %v to %v in %v", at, before.Position, s.Position, s.State)
	}
	const slack = 250 * time.Millisecond // a snapshot's age, and what the device is ahead
	if most := d*2 + slack; same && s.Position-before.Position > most {
		st.t.Fatalf("%v: the position went from %v to %v in %v", at, before.Position, s.Position, d)
	}
	if s.Listen == before.Listen && s.Heard < before.Heard {
		st.t.Fatalf("%v: %v were heard, and then %v", at, before.Heard, s.Heard)
	}
	if err := s.Queue.Check(); err != nil {
		st.t.Fatalf("%v: %v", at, err)
	}
	if (s.State == Failed) != (s.Err != nil) {
		st.t.Fatalf("%v: %v with error %v", at, s.State, s.Err)
	}
	if s.Waiting > 0 && s.State != Loading && s.State != Buffering {
		st.t.Fatalf("%v: %v after a wait of %v", at, s.State, s.Waiting)
	}
}

// actions are what a person can do.
func (st *storm) actions() []func() {
	r, rnd := st.rig, st.rnd
	return []func(){
		r.Play, r.Play, r.Pause, r.Toggle, r.Next, r.Next, r.Previous, r.Stop,
		func() { r.PlayEntry(st.entry()) },
		func() { r.PlayEntry(st.entry()) },
		func() { r.Seek(time.Duration(rnd.IntN(45)) * time.Second) },
		func() { r.SeekBy(time.Duration(rnd.IntN(20)-10) * time.Second) },
		func() { r.SetVolume(rnd.Float64()) },
		func() { r.Cue(st.entry(), time.Duration(rnd.IntN(45))*time.Second) },
		func() { r.SetMuted(rnd.IntN(2) == 0) },
		func() { r.SetSound(randomSound(rnd)) },
		func() { r.StopAfter(rnd.IntN(2) == 0) },
		func() { r.SetPrefetch(rnd.IntN(MaxPrefetch + 1)) },
		func() {
			from := time.Duration(rnd.IntN(20)) * time.Second
			r.SetLoop(Loop{from, from + time.Duration(rnd.IntN(3000))*time.Millisecond})
		},
		r.ClearLoop, r.ClearLoop,
		func() { r.EditQueue(st.edit()) },
		func() { r.EditQueue(st.edit()) },
	}
}

func (st *storm) key() string { return st.keys[st.rnd.IntN(len(st.keys))] }

// entry is one of the queue, most often.
func (st *storm) entry() EntryID {
	q := st.Snapshot().Queue
	if q.Len() == 0 {
		return 0
	}
	return q.Entries[st.rnd.IntN(q.Len())].ID
}

// longestQueue is how long the queue gets before entries go out again.
const longestQueue = 60

// edit is some change of the queue. What is random is drawn here, not on the
// player's goroutine.
func (st *storm) edit() func(Queue) Queue {
	a, b, k, seed := st.entry(), st.entry(), st.key(), st.rnd.Uint64()
	if q := st.Snapshot().Queue; q.Len() > longestQueue {
		return func(q Queue) Queue { return q.KeepOnly(a).Append(st.keys...) }
	}
	return []func(Queue) Queue{
		func(q Queue) Queue { return q.Append(k, k) },
		func(q Queue) Queue { return q.InsertAfter(a, k) },
		func(q Queue) Queue { return q.Remove(a) },
		func(q Queue) Queue { return q.Move(a, b) },
		func(q Queue) Queue { return q.Shuffle(seeded(seed), a) },
		Queue.Unshuffle,
		func(q Queue) Queue { return q.WithRepeat(Repeat(seed % 3)) },
	}[st.rnd.IntN(7)]
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
