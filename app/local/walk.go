package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Bounds of a walk.
const (
	maxDepth = 32      // folders in folders
	maxFiles = 500_000 // files with sound
)

// errTooMany: there are more files than the library could show well.
var errTooMany = fmt.Errorf("local: more than %d files", maxFiles)

// sounds are the names' ends of files that may be music the player knows.
var sounds = []string{".aac", ".aif", ".aifc", ".aiff", ".flac", ".m4a", ".m4b", ".mp3", ".mp4", ".oga", ".ogg", ".opus", ".wav", ".wave"}

// IsSound tells by its name whether a file may be music that the player knows.
func IsSound(name string) bool { return slices.Contains(sounds, strings.ToLower(filepath.Ext(name))) }

// found is a file that a walk has met.
type found struct {
	path     string
	size     int64
	modified time.Time
	cover    bool // there is a picture in its folder
}

// walk is a way through folders, each entered once.
type walk struct {
	files      []found
	folders    []string
	unreadable []string
	empty      []string            // of those that the person chose
	entered    map[string]struct{} // by their paths without links
}

// folder walks through a folder and those in it, in the order of their names.
// What cannot be read is noted and passed over.
func (w *walk) folder(ctx context.Context, path string, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		w.unreadable = append(w.unreadable, path)
		return nil //nolint:nilerr // it is told in the report
	}
	if _, again := w.entered[target]; again || depth > maxDepth {
		return nil
	}
	w.entered[target] = struct{}{}
	entries, err := os.ReadDir(path)
	if err != nil {
		w.unreadable = append(w.unreadable, path)
	}
	w.folders = append(w.folders, path)
	if depth == 0 && err == nil && len(entries) == 0 {
		w.empty = append(w.empty, path)
	}
	cover := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return isCover(e.Name()) })
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		name := filepath.Join(path, e.Name())
		info, err := os.Stat(name) // follows links; the entry itself does not
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) && e.Type()&fs.ModeSymlink == 0 {
				w.unreadable = append(w.unreadable, name) // the disk, or the network to it
			}
			continue // a link that leads nowhere, or gone by now
		}
		switch {
		case info.IsDir():
			if err := w.folder(ctx, name, depth+1); err != nil {
				return err
			}
		case info.Mode().IsRegular() && IsSound(name):
			if len(w.files) >= maxFiles {
				return errTooMany
			}
			w.files = append(w.files, found{name, info.Size(), info.ModTime(), cover})
		}
	}
	return nil
}

// below tells whether a path is a folder or in it.
func below(path, folder string) bool {
	rest, ok := strings.CutPrefix(path, folder)
	return ok && (rest == "" || strings.HasSuffix(folder, string(filepath.Separator)) || rest[0] == filepath.Separator)
}

func belowAny(path string, folders []string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return below(path, f) })
}

// isCover tells a picture that is the cover of what is beside it.
func isCover(name string) bool {
	name = strings.ToLower(name)
	ext := filepath.Ext(name)
	if ext != ".jpg" && ext != ".jpeg" && ext != ".png" {
		return false
	}
	return slices.Contains([]string{"cover", "folder", "front", "album"}, strings.TrimSuffix(name, ext))
}

// coverBeside reads the picture beside a file; nil when there is none.
func coverBeside(path string) ([]byte, error) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("local: looking for a cover: %w", err)
	}
	for _, e := range entries {
		if !isCover(e.Name()) {
			continue
		}
		name := filepath.Join(filepath.Dir(path), e.Name())
		info, err := os.Stat(name)
		if err != nil || !info.Mode().IsRegular() || info.Size() > maxPicture {
			continue
		}
		picture, err := os.ReadFile(name)
		if err != nil && !errors.Is(err, fs.ErrPermission) {
			return nil, fmt.Errorf("local: reading a cover: %w", err)
		}
		if isPicture(picture) {
			return picture, nil
		}
	}
	return nil, nil
}
