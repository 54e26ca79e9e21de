package trial

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ninth-coop/ninth/library"
)

// jobVar is in the environment of a process that is no test, and tells it what
// to do.
const jobVar = "NINTH_TRIAL_JOB"

func TestMain(m *testing.M) {
	if os.Getenv(jobVar) != "" {
		if err := work(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if err := os.RemoveAll(programs.folder); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(code)
	}))
}

// job is what a worker is told.
type job struct {
	Folder  string
	URL     string
	Token   string
	Skew    time.Duration // of its clock
	Seed    uint64
	Run     string // begins the texts of its playlists
	Life    int    // how often a worker was started before
	Spend   bool
	Refused bool // what the library refuses is no failure: the disk is full
	Cat     []string
	Free    map[string]bool
}

// word is a line that a worker says.
type word struct {
	Open bool    `json:",omitempty"`
	Will *action `json:",omitempty"` // said before
	Done bool    `json:",omitempty"` // the library has it
	Not  string  `json:",omitempty"` // the library refused it
}

// mostWaiting is how many intents a worker lets wait before it does more.
const mostWaiting = 10

// work is the player without its window: it does things and keeps in step with
// the co-op, both until it is killed.
func work() error {
	var j job
	if err := json.Unmarshal([]byte(os.Getenv(jobVar)), &j); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	now := func() time.Time { return time.Now().Add(j.Skew) }
	d, err := openDevice(ctx, j.Folder, j.URL, j.Token, now)
	for ; err != nil && j.Refused; d, err = openDevice(ctx, j.Folder, j.URL, j.Token, now) {
		time.Sleep(time.Millisecond) // until there is space, or until killed
	}
	if err != nil {
		return err
	}
	say := json.NewEncoder(os.Stdout)
	if err := say.Encode(word{Open: true}); err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() { served <- d.sync.Serve(ctx) }()
	err = deeds(ctx, d, j, now, func(w word) error { return say.Encode(w) })
	stop()
	return errors.Join(err, <-served, d.close())
}

// deeds does random things, each announced and reported, until the context
// ends.
func deeds(ctx context.Context, d *device, j job, now func() time.Time, say func(word) error) error {
	cat := catalogue{tracks: j.Cat, free: j.Free}
	n := 0
	p := &person{
		Rand: rand.New(rand.NewPCG(j.Seed, uint64(j.Life))),
		cat:  cat, spend: j.Spend,
		serial: func() string { n++; return fmt.Sprintf("%s.%d.%d", j.Run, j.Life, n) },
	}
	watch, stop := context.WithCancel(ctx)
	defer stop()
	changes := d.Watch(watch)
	for ctx.Err() == nil {
		if err := waitForRoom(d, changes, 1+p.IntN(mostWaiting)); err != nil {
			return err
		}
		s, err := d.shown(cat, j.Run)
		if err != nil {
			return err
		}
		a := p.next(s)
		if err := say(word{Will: &a}); err != nil {
			return err
		}
		reply := word{Done: true}
		if err := d.do(a, now()); err != nil {
			if !j.Refused {
				return fmt.Errorf("%+v: %w", a, err)
			}
			reply = word{Not: err.Error()}
		}
		if err := say(reply); err != nil {
			return err
		}
	}
	return nil
}

// waitForRoom waits until few intents wait to be sent, or for a while: what
// cannot be sent should not end everything.
func waitForRoom(d *device, changes <-chan library.Change, most int) error {
	patience := time.NewTimer(50 * time.Millisecond)
	defer patience.Stop()
	for {
		waiting, _, err := d.OutboxCount()
		if err != nil || waiting < most {
			return err
		}
		select {
		case <-changes: // or closed, because the end has come
		case <-patience.C:
			return nil
		}
	}
}
