package local

import (
	"context"
	"errors"
	"runtime"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	quiet       = 2 * time.Second  // after the last of several changes
	atMost      = 30 * time.Second // after the first of them
	rescanEvery = 10 * time.Minute // where not everything is watched
	// maxOpen is how many files and folders are watched where each costs an
	// open file.
	maxOpen = 2000
)

// watcher tells of changes in folders.
type watcher interface {
	Add(folder string) error
	Remove(folder string) error
	WatchList() []string
	Changes() <-chan struct{} // closed by Close
	Close() error
}

// Wake has the folders scanned now: they are others, or something is missing.
func (s *Scanner) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Serve scans now, and whenever something changes, until the context ends. A
// scan that fails is logged and tried again later.
func (s *Scanner) Serve(ctx context.Context) error {
	var w watcher // nil until there is something to watch, or where nothing can be
	var changes <-chan struct{}
	defer func() {
		if w == nil {
			return
		}
		if err := w.Close(); err != nil {
			s.cfg.Logger.Warn("closing the watch on folders", "error", err)
		}
	}()
	for ctx.Err() == nil {
		r, met, err := s.scan(ctx)
		if err != nil && ctx.Err() == nil {
			s.cfg.Logger.Error("scanning folders of music", "error", err)
		}
		s.cfg.Logger.Info("folders of music scanned", "files", r.Files, "new", r.New, "changed", r.Changed, "moved", r.Moved, "gone", r.Gone)
		if w == nil && len(met.folders) > 0 {
			if w, err = s.watch(); err != nil {
				s.cfg.Logger.Warn("folders cannot be watched", "error", err)
			} else {
				changes = w.Changes()
			}
		}
		var again <-chan time.Time
		if err != nil || len(met.unreadable) > 0 || len(met.folders) > 0 && !s.watchAll(w, met) {
			again = s.cfg.After(rescanEvery)
		}
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-again:
		case _, open := <-changes:
			if !open {
				changes = nil
				continue
			}
			s.settle(ctx, changes)
		}
	}
	return nil
}

// settle waits until the changes are over, or for long enough.
func (s *Scanner) settle(ctx context.Context, changes <-chan struct{}) {
	enough := s.cfg.After(atMost)
	for {
		select {
		case <-ctx.Done():
			return
		case <-enough:
			return
		case <-s.cfg.After(quiet):
			return
		case _, open := <-changes:
			if !open {
				return
			}
		}
	}
}

// watchAll has all folders watched that a walk has met, and no others. It
// says false where that was refused.
func (s *Scanner) watchAll(w watcher, met walk) bool {
	if w == nil {
		return false
	}
	folders := met.folders
	if costly() && len(met.files)+len(folders) > maxOpen {
		folders = nil
	}
	wanted := make(map[string]bool, len(folders)) // whether it is watched already
	for _, f := range folders {
		wanted[f] = false
	}
	for _, f := range w.WatchList() {
		if _, ok := wanted[f]; ok {
			wanted[f] = true
		} else {
			_ = w.Remove(f) // it may be gone, and its watch with it
		}
	}
	for _, f := range folders {
		if wanted[f] {
			continue
		}
		if err := w.Add(f); err != nil {
			s.cfg.Logger.Info("a folder cannot be watched: folders are scanned every now and then", "path", f, "error", err)
			return false
		}
	}
	return len(folders) == len(met.folders)
}

// costly tells systems on which watching a folder opens all files in it.
func costly() bool {
	switch runtime.GOOS {
	case "darwin", "ios", "freebsd", "netbsd", "openbsd", "dragonfly":
		return true
	}
	return false
}

// notifier is the system's watcher, whose events are joined into one.
type notifier struct {
	*fsnotify.Watcher
	changes chan struct{}
	done    chan struct{}
}

func systemWatcher() (watcher, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	n := &notifier{Watcher: w, changes: make(chan struct{}, 1), done: make(chan struct{})}
	go n.run()
	return n, nil
}

// run ends when the watcher is closed.
func (n *notifier) run() {
	defer close(n.done)
	defer close(n.changes)
	for {
		select {
		case e, ok := <-n.Events:
			if !ok {
				return
			}
			if e.Op == fsnotify.Chmod {
				continue
			}
		case err, ok := <-n.Errors:
			if !ok {
				return
			}
			if !errors.Is(err, fsnotify.ErrEventOverflow) {
				continue
			}
		}
		select {
		case n.changes <- struct{}{}:
		default:
		}
	}
}

// Changes implements watcher.
func (n *notifier) Changes() <-chan struct{} { return n.changes }

// Close implements watcher.
func (n *notifier) Close() error {
	err := n.Watcher.Close()
	<-n.done
	return err
}
