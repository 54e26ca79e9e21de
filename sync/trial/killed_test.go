package trial

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/internal/badnet"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/sync"
)

// `make test-crash` kills more often, and tells a seed to repeat a choice; when
// a process dies is up to the machine.
var (
	kills    = flag.Int("kills", 12, "how often the worker, and the co-op, are killed")
	seedFlag = flag.Uint64("seed", 0, "seed of what is done and what goes wrong; 0 chooses one")
)

// perWorld is how many kills one library lives through, so that there is
// always music left to pay for.
const perWorld = 100

// longestLife is how long a worker lives at most, once it has opened its
// library: some thirty things are done in that time.
const longestLife = 250 * time.Millisecond

func seedOf(t *testing.T) uint64 {
	t.Helper()
	s := *seedFlag
	if s == 0 {
		s = rand.Uint64()
	}
	t.Logf("-seed %d", s)
	return s
}

// world is one library, its co-op, and what its person has done.
type world struct {
	t      *testing.T
	coop   *coop
	url    string // the co-op, by way of a network perhaps
	folder string
	net    *badnet.Net // nil: none
	rand   *rand.Rand
	clock  leap // of the player
	run    string
	seed   uint64
	base   state // before anything was done
	model  state
	life   atomic.Int64 // how often something was killed
	// what happened
	deeds, doubts, doubtful, refused int
	edits                            []string // of playlists, for whoever has to find out what went wrong
}

// newWorld reads everything once, without trouble.
func newWorld(t *testing.T, c *coop, url, folder string, seed uint64) *world {
	t.Helper()
	w := &world{
		t: t, coop: c, url: url, folder: folder, seed: seed, run: fmt.Sprintf("trial-%x", seed),
		rand: rand.New(rand.NewPCG(seed, 1<<32)),
	}
	w.clock.add(-behind)
	d := w.open()
	defer func() { must(t, d.close()) }()
	_ = value[sync.Report](t)(d.sync.Refresh(t.Context()))
	if c.ours == nil && c.cat.tracks == nil {
		c.cat = chooseTracks(t, d)
	}
	w.base = value[state](t)(d.shown(c.cat, w.run))
	w.model = w.base.clone()
	return w
}

// chooseTracks are up to a hundred tracks of a co-op that is not ours which
// cost something and are not owned, and a few free ones.
func chooseTracks(t *testing.T, d *device) catalogue {
	t.Helper()
	cat := catalogue{free: map[string]bool{}}
	for _, r := range value[library.Page[library.Release]](t)(d.Releases(library.ByTitle, 0, 1000)).Items {
		for _, tr := range value[library.Release](t)(d.Release(r.ID)).Tracks {
			if tr.Own || tr.Owned || tr.Gone || len(cat.tracks) == 100 {
				continue
			}
			cat.tracks = append(cat.tracks, tr.ID)
			cat.free[tr.ID] = tr.Status == library.Free
		}
	}
	if len(cat.tracks) < 3 {
		t.Fatal("the co-op has fewer than three tracks that this listener does not own")
	}
	return cat
}

func (w *world) open() *device {
	w.t.Helper()
	return value[*device](w.t)(openDevice(w.t.Context(), w.folder, w.url, w.coop.token, w.clock.now))
}

func (w *world) job() job {
	return job{
		Folder: w.folder, URL: w.url, Token: w.coop.token, Skew: w.clock.by, Seed: w.seed, Run: w.run, Life: int(w.life.Load()),
		Spend: true, Cat: w.coop.cat.tracks, Free: w.coop.cat.free,
	}
}

func (w *world) lifetime() time.Duration { return time.Duration(w.rand.Int64N(int64(longestLife))) }

// start starts this test binary as a worker.
func start(ctx context.Context, j job, stderr *strings.Builder) (*exec.Cmd, *bufio.Scanner, error) {
	text, err := json.Marshal(j)
	if err != nil {
		return nil, nil, err
	}
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), jobVar+"="+string(text))
	cmd.Stderr = stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	return cmd, lines, cmd.Start()
}

// live runs a worker until it is killed, and notes what it said it had done.
// What it had announced last is returned when nobody knows whether it was done.
func (w *world) live(j job, early bool) (doubt *action) {
	w.t.Helper()
	w.life.Add(1)
	var stderr strings.Builder
	cmd, lines, err := start(w.t.Context(), j, &stderr)
	must(w.t, err)
	var killed, due atomic.Bool
	kill := func() {
		killed.Store(true)
		_ = cmd.Process.Kill() // it may have ended by itself, which is told below
	}
	end := kill
	if w.rand.IntN(2) == 0 {
		end = func() { due.Store(true) } // with the next thing that it is about to do
	}
	timer := &time.Timer{}
	if early {
		timer = time.AfterFunc(w.lifetime(), kill)
	}
	for lines.Scan() {
		var said word
		must(w.t, json.Unmarshal(lines.Bytes(), &said))
		if said.Open && !early {
			timer = time.AfterFunc(w.lifetime(), end)
		}
		if said.Will != nil && due.Load() {
			kill()
		}
		if doubt, err = w.heard(said, doubt); err != nil {
			kill()
			w.t.Fatal(err)
		}
	}
	err = cmd.Wait()
	timer.Stop()
	if err == nil || !killed.Load() || stderr.Len() > 0 {
		w.t.Fatalf("the worker ended by itself: %v\n%s", err, stderr.String())
	}
	return doubt
}

// heard notes what a worker says. doubt is what it had announced last.
func (w *world) heard(said word, doubt *action) (*action, error) {
	switch {
	case said.Will != nil:
		if !w.model.fits(*said.Will) {
			return nil, fmt.Errorf("in life %d %+v was done on what is\n%v", w.life.Load(), *said.Will, w.model.Lists)
		}
		return said.Will, nil
	case said.Done:
		if doubt.List != "" {
			w.edits = append(w.edits, fmt.Sprintf("%d: %+v", w.life.Load(), *doubt))
		}
		w.model = w.model.after(*doubt, w.coop.cat)
		w.deeds++
	case said.Not != "":
		w.refused++
	}
	return nil, nil
}

// look compares the library with the model, and settles whether what was in
// doubt was done. Nothing else may be.
func (w *world) look(doubt *action) {
	w.t.Helper()
	l := value[*library.Library](w.t)(library.Open(w.folder, library.Options{Now: w.clock.now, Timeout: 10 * time.Second}))
	d := &device{Library: l, done: func() {}}
	defer func() { must(w.t, d.close()) }()
	if doubt != nil {
		w.doubts++
	}
	s := value[state](w.t)(d.shown(w.coop.cat, w.run))
	without := s.differs(w.model)
	if without == "" {
		return
	}
	if doubt == nil {
		w.t.Fatalf("after life %d the library has lost something: %s\n%s", w.life.Load(), without, strings.Join(w.edits, "\n"))
	}
	with := w.model.after(*doubt, w.coop.cat)
	if diff := s.differs(with); diff != "" {
		w.t.Fatalf("after life %d, in doubt about %+v:\nwith it %s\nwithout it %s", w.life.Load(), *doubt, diff, without)
	}
	w.model = with
	w.doubtful++
}

// finish runs the player once more without trouble, until everything has
// arrived, and compares.
func (w *world) finish() {
	w.t.Helper()
	t := w.t
	d := w.open()
	defer func() { must(t, d.close()) }()
	w.settle(d)
	_ = value[sync.Report](t)(d.sync.Refresh(t.Context()))
	w.fetchAll(d)
	must(t, d.sync.FetchCovers(t.Context()))
	w.compare(d)
	if wanted := value[[]library.Wanted](t)(d.Wanted()); len(wanted) > 0 {
		t.Errorf("not downloaded: %v", wanted)
	}
	must(t, d.Check(t.Context()))
	whole, unknown := d.checkFiles(t, w.coop.cat)
	d.checkFolder(t)
	spent := w.base.Credits - w.model.Credits
	t.Logf("%d lives, %d deeds, %d in doubt of which %d done, %d refused; %s credits spent, %d whole files, %d of segments or unknown",
		w.life.Load(), w.deeds, w.doubts, w.doubtful, w.refused, spent, whole, unknown)
}

// fetchAll downloads what is wanted. What came damaged earlier is noticed when
// it is gone on with, and then fetched anew.
func (w *world) fetchAll(d *device) {
	w.t.Helper()
	err := d.sync.DownloadOwned(w.t.Context())
	if errors.Is(err, sync.ErrCorrupt) {
		err = d.sync.DownloadOwned(w.t.Context())
	}
	must(w.t, err)
}

// settle sends the outbox, with time going on, until nothing waits.
func (w *world) settle(d *device) {
	w.t.Helper()
	var last error
	for range 100 {
		last = d.sync.SendOutbox(w.t.Context())
		waiting, _, err := d.OutboxCount()
		must(w.t, err)
		if waiting == 0 {
			return
		}
		w.clock.add(sync.SettleAfter)
	}
	w.t.Fatalf("the outbox does not empty: %v\n%+v", last, value[[]library.Intent](w.t)(d.Outbox()))
}

// compare holds library and co-op to the model.
func (w *world) compare(d *device) {
	w.t.Helper()
	t := w.t
	for _, in := range value[[]library.Intent](t)(d.Outbox()) {
		t.Errorf("left in the outbox: %+v", in)
	}
	here := value[state](t)(d.shown(w.coop.cat, w.run))
	if diff := here.differs(w.model); diff != "" {
		t.Errorf("in the library %s", diff)
	}
	c, done, err := client(w.coop.url, w.coop.token, w.clock.now)
	must(t, err)
	defer done()
	has := value[state](t)(there(t.Context(), c, w.coop.cat, w.run))
	if diff := has.differs(w.model); diff != "" {
		t.Errorf("at the co-op %s", diff)
	}
	if here.Credits != w.model.Credits || has.Credits != w.model.Credits {
		t.Errorf("credits here %s, there %s, should be %s", here.Credits, has.Credits, w.model.Credits)
	}
}

// TestKilled kills the player with SIGKILL at random points.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("short: starting and killing processes takes a while")
	}
	seed := seedOf(t)
	for done := 0; done < *kills; done += perWorld {
		t.Run(fmt.Sprint("from ", done), func(t *testing.T) {
			c := startCoop(t, done)
			w := newWorld(t, c, c.url, tempDir(t), seed+uint64(done))
			for range min(perWorld, *kills-done) {
				doubt := w.live(w.job(), w.rand.IntN(8) == 0)
				w.look(doubt)
				w.clock.add(sync.SettleAfter)
			}
			w.finish()
			c.audit(t)
		})
	}
}
