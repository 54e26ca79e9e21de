package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"time"
)

// cost is what a process used.
type cost struct {
	cpu    time.Duration // user and system
	memory int64         // bytes resident at most; 0 where the system does not say
}

// measure runs a command to its end.
func measure(ctx context.Context, name string, args ...string) (cost, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	c, err := spent(cmd)
	if err != nil {
		return cost{}, fmt.Errorf("%s: %w\n%s", name, err, out.Bytes())
	}
	return c, nil
}

// lookEvery is how often a process is asked for its memory. What it takes in
// its very last moments is missed.
const lookEvery = 5 * time.Millisecond

// spent runs cmd to its end.
func spent(cmd *exec.Cmd) (c cost, err error) {
	if err := cmd.Start(); err != nil {
		return c, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		select {
		case err := <-ended:
			state := cmd.ProcessState
			c.cpu = state.UserTime() + state.SystemTime()
			return c, err
		case <-look.C:
			c.memory = max(c.memory, resident(cmd.Process.Pid))
		}
	}
}

// compare measures two commands in turn, so that what disturbs the machine
// disturbs both, and returns the medians.
func compare(ctx context.Context, runs int, ours, theirs []string) (a, b cost, err error) {
	var cpu [2][]time.Duration
	var memory [2][]int64
	for range runs {
		for i, command := range [][]string{ours, theirs} {
			c, err := measure(ctx, command[0], command[1:]...)
			if err != nil {
				return a, b, err
			}
			cpu[i] = append(cpu[i], c.cpu)
			memory[i] = append(memory[i], c.memory)
		}
	}
	return cost{median(cpu[0]), median(memory[0])}, cost{median(cpu[1]), median(memory[1])}, nil
}
