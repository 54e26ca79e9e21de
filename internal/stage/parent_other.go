//go:build !linux

package stage

import "syscall"

// dieWithParent has no counterpart outside Linux, where stages run.
func dieWithParent() *syscall.SysProcAttr { return nil }
