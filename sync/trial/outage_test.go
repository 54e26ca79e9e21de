package trial

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api/conform"
	"github.com/ninth-coop/ninth/internal/coopd"
	"github.com/ninth-coop/ninth/sync"
)

// programs is where coopd is built, once, when the first test needs it.
var programs struct {
	once   stdsync.Once
	folder string
	coopd  string
	err    error
}

func program(t *testing.T) string {
	t.Helper()
	programs.once.Do(func() {
		if programs.folder, programs.err = os.MkdirTemp("", "ninth-trial-"); programs.err == nil { //nolint:usetesting // it outlives the test
			programs.coopd, programs.err = coopd.Build(context.Background(), programs.folder)
		}
	})
	must(t, programs.err)
	return programs.coopd
}

// process is a co-op of our own.
type process struct {
	*coopd.Process
	t    *testing.T
	args []string
	data string
}

// startProcess starts a coopd with the trial's music.
func startProcess(t *testing.T, segments bool) *process {
	t.Helper()
	dir := tempDir(t)
	p := &process{t: t, data: filepath.Join(dir, "data")}
	folder := filepath.Join(dir, "media")
	must(t, furnish(t.Context(), p.data, folder))
	p.args = []string{"--data", p.data, "--media", folder}
	if segments {
		p.args = append(p.args, "--hls", "ts")
	}
	p.start("127.0.0.1:0")
	t.Cleanup(p.kill)
	return p
}

func (p *process) start(addr string) {
	p.t.Helper()
	p.Process = value[*coopd.Process](p.t)(coopd.Start(program(p.t), append(p.args, "--addr", addr)...))
}

// kill is SIGKILL; again is nothing.
func (p *process) kill() {
	p.Kill()
	if said := p.Said(); said != "" {
		p.t.Errorf("coopd said: %s", said)
	}
}

// again kills it, leaves it dead for a while and starts it at the same address.
func (p *process) again(dead time.Duration) {
	p.t.Helper()
	p.kill()
	time.Sleep(dead) // the player goes on meanwhile; nothing is waited for
	p.start(strings.TrimPrefix(p.URL, "http://"))
}

// TestServerKilled kills the co-op with SIGKILL at random points, while the
// player goes on.
func TestServerKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("short: starting and killing processes takes a while")
	}
	if _, given := conform.FromEnv(); given {
		t.Skip("the server that the environment names cannot be killed from here")
	}
	seed := seedOf(t)
	for done := 0; done < *kills; done += perWorld {
		t.Run(fmt.Sprint("from ", done), func(t *testing.T) {
			c := startCoop(t, done+perWorld) // segments first
			w := newWorld(t, c, c.url, tempDir(t), seed+uint64(done))
			d, stop := w.goOn()
			for range min(perWorld, *kills-done) {
				time.Sleep(w.lifetime()) // until something happens to it; nothing is waited for
				c.ours.again(w.lifetime() / 8)
				w.life.Add(1)
				w.clock.add(sync.SettleAfter)
				d.sync.Wake()
			}
			stop()
			w.look(nil)
			w.finish()
			c.audit(t)
		})
	}
}

// goOn has the player go on in this process until stop is called.
func (w *world) goOn() (d *device, stop func()) {
	w.t.Helper()
	d = w.open()
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan error, 2)
	go func() { ended <- d.sync.Serve(ctx) }()
	go func() {
		var doubt *action
		ended <- deeds(ctx, d, w.job(), w.clock.now, func(said word) (err error) {
			doubt, err = w.heard(said, doubt)
			return err
		})
	}()
	return d, func() {
		w.t.Helper()
		cancel()
		for range 2 {
			if err := <-ended; err != nil {
				w.t.Error(err)
			}
		}
		must(w.t, d.close())
	}
}
