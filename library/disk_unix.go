//go:build unix

package library

import (
	"os"

	"golang.org/x/sys/unix"
)

// diskSpace is how many bytes the file system of a folder has left for this
// person, and how many it can hold.
func diskSpace(folder string) (free, all int64, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, 0, err
	}
	return int64(s.Bavail) * int64(s.Bsize), int64(s.Blocks) * int64(s.Bsize), nil
}

// unlock lets go of bbolt's lock on a file, which closing alone does not do
// while the file is mapped.
func unlock(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_UN) }
