// Package coopd builds the co-op server and starts it as a process of its own,
// for tests that hold it to something from outside, or kill it.
package coopd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

const (
	source = "github.com/ninth-coop/ninth/cmd/coopd"
	// greeting begins the line that names the address.
	greeting = "coopd: serving "
	// patience is how long it may take to end when it is asked to.
	patience = 10 * time.Second
)

// Build builds the program into a folder and gives its path.
func Build(ctx context.Context, folder string) (program string, err error) {
	program = filepath.Join(folder, "coopd")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	// With the tags of all other builds, so that they share a cache.
	out, err := exec.CommandContext(ctx, "go", "build", "-tags", "gles", "-o", program, source).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("coopd: building: %w\n%s", err, out)
	}
	return program, nil
}

// Process is a running server.
type Process struct {
	// URL is where it serves: "http://127.0.0.1:4000".
	URL string

	cmd  *exec.Cmd
	stop context.CancelFunc
	end  sync.Once
	said *log
}

// Start starts a program that Build has built, and waits until it serves. The
// caller ends it with Kill.
func Start(program string, args ...string) (*Process, error) {
	ctx, stop := context.WithCancel(context.Background())
	p := &Process{cmd: exec.CommandContext(ctx, program, args...), stop: stop, said: &log{}}
	p.cmd.Stderr, p.cmd.WaitDelay = p.said, patience
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		stop()
		return nil, fmt.Errorf("coopd: starting: %w", err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), greeting)
	if err != nil || !ok {
		p.Kill()
		return nil, errors.Join(fmt.Errorf("coopd: it begins with %q: %s", line, p.Said()), err)
	}
	p.URL = url
	return p, nil
}

// Kill ends it at once, with SIGKILL where there are signals, and waits until
// it is gone. Again is nothing.
func (p *Process) Kill() {
	p.end.Do(func() {
		p.stop()
		_ = p.cmd.Wait() // it was killed
	})
}

// Said is what it wrote to standard error so far.
func (p *Process) Said() string { return p.said.String() }

// log is text that is written by one goroutine and read by another.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
