package library

import (
	"os"

	"golang.org/x/sys/windows"
)

// diskSpace is how many bytes the file system of a folder has left for this
// person, and how many it can hold.
func diskSpace(folder string) (free, all int64, err error) {
	p, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, 0, err
	}
	var left, total uint64
	if err := windows.GetDiskFreeSpaceEx(p, &left, &total, nil); err != nil {
		return 0, 0, err
	}
	return int64(left), int64(total), nil
}

// unlock does nothing: closing a file lets go of its locks.
func unlock(*os.File) error { return nil }
