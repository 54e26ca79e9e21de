//go:build !windows

package app

import (
	"errors"
	"syscall"
)

// isDiskFull reports whether the system had no room left to write.
func isDiskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
