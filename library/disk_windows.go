package library

import (
	"os"

	"golang.org/x/sys/windows"
)

func freeSpace(folder string) (int64, error) {
	p, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, err
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(p, &free, nil, nil); err != nil {
		return 0, err
	}
	return int64(free), nil
}

// syncDir does nothing: Windows cannot sync a folder, and its renames are
// journalled.
func syncDir(string) error { return nil }

// unlock does nothing: closing a file lets go of its locks.
func unlock(*os.File) error { return nil }
