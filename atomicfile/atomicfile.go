// Package atomicfile writes files that are there whole or not at all. Whatever
// happens meanwhile (the process is killed, the disk is full, the power fails),
// a name stands for its old content or for the whole new one.
//
// What a killed process leaves behind is a file with the name's beginning and
// [Suffix] beside it, which [Sweep] removes at the next start.
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Suffix ends the names of files that are being written.
const Suffix = ".tmp"

// Write makes a file of what write writes, in the place of what had the name
// before, readable by its owner alone (mode 0600). The folder must be there. On
// an error of write or of the disk the name is what it was, and nothing is left
// beside it; only if the folder cannot be synced is the new file in place
// already, and may be gone after the power fails.
//
// Of two who write the same name at once the last to finish wins.
func Write(name string, write func(io.Writer) error) error {
	folder, base := filepath.Split(name)
	f, err := os.CreateTemp(filepath.Clean(folder), base+"-*"+Suffix) // made with mode 0600
	if err != nil {
		return fmt.Errorf("atomicfile: writing %s: %w", base, err)
	}
	// Synced before it is renamed: a file system may keep the name and lose the
	// bytes otherwise.
	if err = errors.Join(write(f), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("atomicfile: writing %s: %w", base, errors.Join(err, os.Remove(f.Name())))
	}
	if err := syncFolder(filepath.Dir(name)); err != nil {
		return fmt.Errorf("atomicfile: writing %s: %w", base, err)
	}
	return nil
}

// WriteBytes is Write of content that is at hand.
func WriteBytes(name string, content []byte) error {
	return Write(name, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// Rename gives a file whose bytes are synced another name, which lasts once it
// returns nil. moved tells that it has the name, if perhaps not for long.
func Rename(from, to string) (moved bool, err error) {
	if err := os.Rename(from, to); err != nil {
		return false, fmt.Errorf("atomicfile: renaming: %w", err)
	}
	if err := syncFolder(filepath.Dir(to)); err != nil {
		return true, fmt.Errorf("atomicfile: renaming: %w", err)
	}
	return true, nil
}

// Sweep removes what killed writers have left in a folder, which need not be
// there. Folders below it are left alone. Nobody may be writing meanwhile.
func Sweep(folder string) error {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("atomicfile: sweeping: %w", err)
	}
	var errs []error
	for _, e := range entries {
		if e.Type().IsRegular() && strings.HasSuffix(e.Name(), Suffix) {
			errs = append(errs, os.Remove(filepath.Join(folder, e.Name())))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("atomicfile: sweeping: %w", err)
	}
	return nil
}
