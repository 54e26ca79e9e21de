package trial

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/api/conform"
	"github.com/ninth-coop/ninth/sync"
)

// process is a co-op in a process of its own.
type process struct {
	t    *testing.T
	told post
	cmd  *exec.Cmd
	says *strings.Builder
}

// startProcess starts a co-op of our own, and signs its listener in.
func startProcess(t *testing.T) (*process, *coop) {
	t.Helper()
	dir := tempDir(t)
	p := &process{t: t, told: post{Dir: dir, Addr: "127.0.0.1:0"}}
	p.start()
	t.Cleanup(p.kill)
	c := &coop{
		url: "http://" + p.told.Addr, dir: dir, cat: ownCatalogue(), close: p.kill,
		who: conform.Account{Email: listenerEmail, Password: listenerPassword},
	}
	c.signIn(t, auth.Config{Issuer: c.url, ClientID: "ninth"})
	p.kill()
	p.told.Ahead = ahead
	p.start()
	return p, c
}

// start starts the co-op, each time at the address of the first.
func (p *process) start() {
	p.t.Helper()
	p.says = &strings.Builder{}
	cmd, lines, err := start(context.WithoutCancel(p.t.Context()), "coop", p.told, p.says)
	must(p.t, err)
	p.cmd = cmd
	if !lines.Scan() {
		_ = cmd.Wait() // what it said tells more
		p.t.Fatalf("the co-op does not start: %s", p.says)
	}
	p.told.Addr = lines.Text()
}

// kill is SIGKILL; again is nothing.
func (p *process) kill() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait() // it was killed
	if p.says.Len() > 0 {
		p.t.Errorf("the co-op said: %s", p.says)
	}
	p.cmd = nil
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
			p, c := startProcess(t)
			w := newWorld(t, c, c.url, tempDir(t), seed+uint64(done))
			d, stop := w.goOn()
			for range min(perWorld, *kills-done) {
				time.Sleep(w.lifetime()) // until something happens to it; nothing is waited for
				p.kill()
				time.Sleep(w.lifetime() / 8)
				p.start()
				w.life++
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
