package stage

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// packages names the Debian package of every program a stage uses.
var packages = map[string]string{
	"Xvfb":        "xvfb",
	"openbox":     "openbox",
	"xdotool":     "xdotool",
	"xwd":         "x11-apps",
	"dbus-daemon": "dbus-daemon",
	"pulseaudio":  "pulseaudio",
	"pactl":       "pulseaudio-utils",
	"parec":       "pulseaudio-utils",
}

func lookUp(program string) (string, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return "", &MissingError{Program: program, Package: packages[program]}
	}
	return path, nil
}

// stopTime is how long a program may take to end when asked to, before it is killed.
const stopTime = 5 * time.Second

// Process is a program running on a stage.
type Process struct {
	name string
	cmd  *exec.Cmd
	log  string
	done chan struct{}
	err  error // how it ended; set before done is closed
}

// Done is closed when the program has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait waits for the program's end and gives nil when it ended with status 0,
// an *exec.ExitError otherwise.
func (p *Process) Wait() error {
	<-p.done
	return p.err
}

// Stop asks the program to end (SIGTERM), kills it when it does not within five
// seconds, and says how it ended.
func (p *Process) Stop() error {
	p.Signal(syscall.SIGTERM)
	late := time.NewTimer(stopTime)
	defer late.Stop()
	select {
	case <-p.done:
	case <-late.C:
		p.Signal(syscall.SIGKILL)
	}
	return p.Wait()
}

// Signal sends a signal to the program, and does nothing when it has ended.
func (p *Process) Signal(signal os.Signal) {
	// The only error is that the program has ended, which Done tells.
	_ = p.cmd.Process.Signal(signal)
}

// Output is what the program has written so far, both streams in one.
func (p *Process) Output() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// crew starts processes and ends them. The kernel ends a child marked with a
// parent-death signal when the parent's thread ends, so all are started from
// one goroutine that keeps its thread until the crew goes home.
type crew struct {
	dir      string
	requests chan func()
	home     sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	members []*Process
}

func newCrew(dir string) *crew {
	c := &crew{dir: dir, requests: make(chan func())}
	c.home.Go(func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		for request := range c.requests {
			request()
		}
	})
	return c
}

var errClosed = errors.New("stage: closed")

// start starts cmd with its output in a log file in the stage's folder, unless
// cmd has a Stdout of its own.
func (c *crew) start(name string, cmd *exec.Cmd) (*Process, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, errClosed
	}
	p := &Process{name: name, cmd: cmd, done: make(chan struct{})}
	log, err := os.Create(filepath.Join(c.dir, fmt.Sprintf("%02d-%s.log", len(c.members), name)))
	if err != nil {
		return nil, fmt.Errorf("stage: starting %s: %w", name, err)
	}
	defer log.Close()
	p.log = log.Name()
	cmd.Stderr = log
	if cmd.Stdout == nil {
		cmd.Stdout = log
	}
	cmd.SysProcAttr = dieWithParent()
	started := make(chan error)
	c.requests <- func() { started <- cmd.Start() }
	if err := <-started; err != nil {
		return nil, fmt.Errorf("stage: starting %s: %w", name, err)
	}
	c.members = append(c.members, p)
	c.home.Go(func() {
		p.err = cmd.Wait()
		close(p.done)
	})
	return p, nil
}

// close ends every process, the last one first, and waits for all of them.
func (c *crew) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.closed = true
	for i := len(c.members) - 1; i >= 0; i-- {
		// A program ended by a signal says so; that is what was asked for.
		_ = c.members[i].Stop()
	}
	close(c.requests)
	c.home.Wait()
}

// lastWords gives the end of every program's output, for the log of a failed test.
func (c *crew) lastWords() string {
	const tail = 2000
	c.mu.Lock()
	defer c.mu.Unlock()
	var text strings.Builder
	for _, p := range c.members {
		out := strings.TrimSpace(p.Output())
		fmt.Fprintf(&text, "--- %s\n%s\n", p.name, out[max(0, len(out)-tail):])
	}
	return text.String()
}
