package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// resident is the most memory that a running process has held since it runs
// its program, in bytes. What the system says of an ended process is of no use:
// it counts the memory of the one that it was started from.
func resident(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0 // it has ended
	}
	_, rest, _ := strings.Cut(string(status), "\nVmHWM:")
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	kib, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0
	}
	return kib << 10
}
