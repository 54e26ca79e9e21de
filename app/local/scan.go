package local

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ninth-coop/ninth/library"
)

// Config sets up a Scanner. Library is required.
type Config struct {
	Library *library.Library
	// Length tells how long the sound of a file is, 0 when it cannot tell; nil
	// tells of none. It is called from several goroutines.
	Length func(ctx context.Context, path string) time.Duration
	// Tell hears how a scan gets on: at its start, after every hundred files
	// that are new or changed, and at its end; nil when nobody listens. It must
	// not call the scanner.
	Tell   func(Progress)
	Logger *slog.Logger                         // silent when nil
	After  func(time.Duration) <-chan time.Time // time.After when nil
}

// Scanner keeps the library in step with the person's folders. Its methods
// are safe for concurrent use; scans wait for one another.
type Scanner struct {
	cfg   Config
	one   chan struct{} // holds a token while nobody scans
	wake  chan struct{}
	watch func() (watcher, error)
}

// New makes a scanner, which does nothing until it is told to.
func New(cfg Config) *Scanner {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.After == nil {
		cfg.After = time.After
	}
	if cfg.Tell == nil {
		cfg.Tell = func(Progress) {}
	}
	if cfg.Length == nil {
		cfg.Length = func(context.Context, string) time.Duration { return 0 }
	}
	s := &Scanner{cfg: cfg, one: make(chan struct{}, 1), wake: make(chan struct{}, 1), watch: systemWatcher}
	s.one <- struct{}{}
	return s
}

// Report says what a scan met.
type Report struct {
	Files      int      // with sound, in all folders
	New        int      // that were not known
	Changed    int      // that were known as another content
	Moved      int      // that were known under another path
	Gone       int      // that are no longer there
	Unreadable []string // folders; what was known below them stays
}

// Progress says how a scan gets on.
type Progress struct {
	Scanning bool
	Total    int // files that are new or changed; 0 until all folders were looked through
	Done     int // of them
	Report       // of the last scan, once it is over
}

// batch is how many files are stored in one transaction.
const batch = 100

// Scan walks through all folders once. What cannot be read is no error, see
// Report; errors are those of the library and the context. What was done until
// then stays done.
func (s *Scanner) Scan(ctx context.Context) (Report, error) {
	r, _, err := s.scan(ctx)
	return r, err
}

func (s *Scanner) scan(ctx context.Context) (r Report, w walk, err error) {
	select {
	case <-ctx.Done():
		return r, w, ctx.Err()
	case <-s.one:
		s.cfg.Tell(Progress{Scanning: true})
		defer func() {
			s.cfg.Tell(Progress{Report: r})
			s.one <- struct{}{}
		}()
	}
	folders, err := s.cfg.Library.LocalFolders()
	if err != nil {
		return r, w, err
	}
	w.entered = map[string]struct{}{}
	for _, f := range folders {
		if err := w.folder(ctx, f, 0); err != nil {
			return r, w, err
		}
	}
	todo, gone, err := s.compare(&w, folders)
	if err != nil {
		return r, w, err
	}
	r.Files, r.Unreadable = len(w.files), w.unreadable
	for _, path := range w.unreadable {
		s.cfg.Logger.Warn("a folder of music cannot be read", "path", path)
	}
	for _, t := range todo {
		switch {
		case t.id != "":
			r.Moved++
		case t.known:
			r.Changed++
		default:
			r.New++
		}
	}
	r.Gone = len(gone)
	if err := s.store(ctx, todo); err != nil {
		return r, w, err
	}
	for len(gone) > 0 {
		n := min(len(gone), batch)
		if err := s.cfg.Library.RemoveLocal(gone[:n]...); err != nil {
			return r, w, err
		}
		gone = gone[n:]
	}
	return r, w, nil
}

// task is a file to read.
type task struct {
	found
	id    string // of the track that had another path
	known bool   // it is another content at a known path
}

// sign recognises a file that was moved.
type sign struct{ size, modified int64 }

// compare finds what has to be read, and the paths that are gone. A chosen
// folder that had music and is empty now counts as one that cannot be read:
// so a disk looks that is not plugged in.
func (s *Scanner) compare(w *walk, folders []string) (todo []task, gone []string, err error) {
	known, err := s.known()
	if err != nil {
		return nil, nil, err
	}
	for _, f := range w.files {
		st, ok := known[f.path]
		delete(known, f.path)
		if !ok || st.Size != f.size || !st.Modified.Equal(f.modified) {
			todo = append(todo, task{found: f, known: ok})
		}
	}
	for _, folder := range w.empty {
		for path := range known {
			if below(path, folder) {
				w.unreadable = append(w.unreadable, folder)
				break
			}
		}
	}
	lost := map[sign][]string{}
	for path, st := range known {
		if belowAny(path, folders) && belowAny(path, w.unreadable) {
			continue
		}
		gone = append(gone, path)
		k := sign{st.Size, st.Modified.UnixNano()}
		lost[k] = append(lost[k], st.TrackID)
	}
	fresh := map[sign]int{}
	for _, t := range todo {
		if !t.known {
			fresh[sign{t.size, t.modified.UnixNano()}]++
		}
	}
	moved := map[string]bool{}
	for i, t := range todo {
		k := sign{t.size, t.modified.UnixNano()}
		if !t.known && fresh[k] == 1 && len(lost[k]) == 1 { // else nobody can say which is which
			todo[i].id = lost[k][0]
			moved[todo[i].id] = true
		}
	}
	left := gone[:0]
	for _, path := range gone {
		if !moved[known[path].TrackID] {
			left = append(left, path)
		}
	}
	return todo, left, nil
}

// known is what the library has, by path.
func (s *Scanner) known() (map[string]library.LocalStat, error) {
	known := map[string]library.LocalStat{}
	for after := ""; ; {
		const window = 1000
		stats, err := s.cfg.Library.LocalStats(after, window)
		if err != nil {
			return nil, err
		}
		for _, st := range stats {
			known[st.Path] = st
			after = st.Path
		}
		if len(stats) < window {
			return known, nil
		}
	}
}

// store reads files and puts them into the library.
func (s *Scanner) store(ctx context.Context, todo []task) error {
	for total := len(todo); len(todo) > 0; {
		s.cfg.Tell(Progress{Scanning: true, Total: total, Done: total - len(todo)})
		n := min(len(todo), batch)
		files := make([]library.LocalFile, n)
		g, gctx := errgroup.WithContext(ctx)
		g.SetLimit(max(runtime.NumCPU()/2, 1)) // playing comes first
		for i, t := range todo[:n] {
			g.Go(func() error {
				files[i] = s.read(gctx, t)
				return gctx.Err()
			})
		}
		if err := g.Wait(); err != nil {
			return fmt.Errorf("local: reading files: %w", err)
		}
		if err := s.cfg.Library.PutLocal(files...); err != nil {
			return err
		}
		todo = todo[n:]
	}
	return nil
}

func (s *Scanner) read(ctx context.Context, t task) library.LocalFile {
	tags := ReadTags(t.path)
	return library.LocalFile{
		ID: t.id, Path: t.path, Size: t.size, Modified: t.modified,
		Title: tags.Title, Artist: tags.Artist, AlbumArtist: tags.AlbumArtist, Release: tags.Release, Genre: tags.Genre,
		Disc: tags.Disc, Number: tags.Number, Year: tags.Year,
		Duration: s.cfg.Length(ctx, t.path), Cover: tags.Picture || t.cover,
	}
}
