//go:build !linux

package trial

import "testing"

func TestDiskFull(t *testing.T) { t.Skip("a small disk can be made on Linux only") }
