package main

import (
	"os"
	"syscall"
)

// resident is the most memory that an ended process held, in bytes.
func resident(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return usage.Maxrss << 10 // Linux counts in KiB
}
