package atomicfile

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestAFullDiskLeavesTheOldContent writes to a disk of 64 KiB.
func TestAFullDiskLeavesTheOldContent(t *testing.T) {
	disk := t.TempDir()
	err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=65536")
	if errors.Is(err, fs.ErrPermission) {
		t.Skip("only root can make a small disk")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(disk, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	name := filepath.Join(disk, "settings.json")
	old := bytes.Repeat([]byte("o"), 20<<10)
	if err := WriteBytes(name, old); err != nil {
		t.Fatal(err)
	}
	// Old and new have to fit side by side.
	if err := WriteBytes(name, bytes.Repeat([]byte("n"), 60<<10)); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("on a full disk: %v", err)
	}
	holds(t, disk, map[string]string{"settings.json": string(old)})
	fits := bytes.Repeat([]byte("n"), 40<<10)
	if err := WriteBytes(name, fits); err != nil {
		t.Errorf("what fits: %v", err)
	}
	holds(t, disk, map[string]string{"settings.json": string(fits)})
}
