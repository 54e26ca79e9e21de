package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"sync"
)

// news is what a program says, line by line, for those who wait for something.
type news struct {
	mu      sync.Mutex
	lines   []string
	over    bool
	changed chan struct{}
}

func newNews() *news { return &news{changed: make(chan struct{})} }

// read takes in lines until they end.
func (n *news) read(from io.Reader) {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		n.add(func() { n.lines = append(n.lines, lines.Text()) })
	}
	n.add(func() { n.over = true })
}

func (n *news) add(change func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	change()
	close(n.changed)
	n.changed = make(chan struct{})
}

// forget drops the lines that have come so far.
func (n *news) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = nil
}

// wait returns when a line since the last forget satisfies ok.
func (n *news) wait(ctx context.Context, ok func(line string) bool) error {
	for seen := 0; ; {
		n.mu.Lock()
		lines, over, changed := n.lines, n.over, n.changed
		n.mu.Unlock()
		for ; seen < len(lines); seen++ {
			if ok(lines[seen]) {
				return nil
			}
		}
		if over {
			return errors.New("the player has ended")
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
