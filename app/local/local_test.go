package local

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ninth-coop/ninth/library"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tagged is a file with the tags of ID3v2.3, by frame.
func tagged(frames map[string]string, picture []byte) []byte {
	var body bytes.Buffer
	frame := func(id string, content []byte) {
		body.WriteString(id)
		_ = binary.Write(&body, binary.BigEndian, uint32(len(content))) // never fails
		body.Write([]byte{0, 0})
		body.Write(content)
	}
	for id, text := range frames {
		frame(id, append([]byte{3}, text...)) // 3: UTF-8, which players read in this version too
	}
	if picture != nil {
		frame("APIC", append([]byte("\x00image/jpeg\x00\x03\x00"), picture...))
	}
	n := body.Len()
	head := []byte{'I', 'D', '3', 3, 0, 0, byte(n >> 21 & 0x7f), byte(n >> 14 & 0x7f), byte(n >> 7 & 0x7f), byte(n & 0x7f)}
	return append(head, body.Bytes()...)
}

var jpeg = []byte("\xff\xd8\xff\xe0 a picture")

type place struct {
	t   testing.TB
	dir string
	lib *library.Library
	s   *Scanner
}

// newPlace is a folder of music in an empty library.
func newPlace(t testing.TB) *place {
	t.Helper()
	lib, err := library.Open(t.TempDir(), library.Options{Volatile: true})
	must(t, err)
	t.Cleanup(func() { must(t, lib.Close()) })
	dir, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	must(t, lib.AddLocalFolder(dir))
	return &place{t, dir, lib, New(Config{Library: lib, Length: func(context.Context, string) time.Duration { return time.Minute }})}
}

func (p *place) path(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }

// write puts a file into the folder, an hour ago and then always later.
func (p *place) write(name string, content []byte) {
	p.t.Helper()
	must(p.t, os.MkdirAll(filepath.Dir(p.path(name)), 0o755))
	must(p.t, os.WriteFile(p.path(name), content, 0o644))
}

func (p *place) scan() string {
	p.t.Helper()
	r, err := p.s.Scan(p.t.Context())
	must(p.t, err)
	return fmt.Sprintf("%d files: %d new, %d changed, %d moved, %d gone", r.Files, r.New, r.Changed, r.Moved, r.Gone)
}

func (p *place) want(what string) {
	p.t.Helper()
	if got := p.scan(); got != what {
		p.t.Errorf("%s, want %s", got, what)
	}
}

func (p *place) titles() string {
	p.t.Helper()
	tracks, err := p.lib.LocalTracks(0, 100)
	must(p.t, err)
	var out []string
	for _, t := range tracks.Items {
		out = append(out, t.Title)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func song(title string) []byte {
	return tagged(map[string]string{"TIT2": title, "TPE1": "Ana", "TALB": "Low", "TRCK": "3/9", "TYER": "1999", "TCON": "Dub"}, jpeg)
}

func TestScan(t *testing.T) {
	p := newPlace(t)
	p.want("0 files: 0 new, 0 changed, 0 moved, 0 gone")
	p.write("low/1.mp3", song("One"))
	p.write("low/2.MP3", song("Two"))
	p.write("low/notes.txt", song("No sound"))
	p.write(".hidden/3.mp3", song("Hidden"))
	p.write("bare.flac", []byte("no tags at all"))
	p.want("3 files: 3 new, 0 changed, 0 moved, 0 gone")
	p.want("3 files: 0 new, 0 changed, 0 moved, 0 gone")
	if got := p.titles(); got != "One, Two, bare" {
		t.Errorf("tracks: %s", got)
	}
	tracks, err := p.lib.LocalTracks(1, 1)
	must(t, err)
	one := tracks.Items[0]
	if one.Artist != "Ana" || one.Release != "Low" || one.Number != 3 || one.Year != 1999 || one.Duration != time.Minute || one.Cover == "" {
		t.Errorf("a track: %+v", one)
	}
	picture, err := Cover(p.lib, one.ReleaseID)
	if err != nil || !bytes.Equal(picture, jpeg) {
		t.Errorf("the cover: %q, %v", picture, err)
	}

	p.write("low/1.mp3", song("One, longer"))
	must(t, os.Rename(p.path("low/2.MP3"), p.path("two.mp3")))
	must(t, os.Remove(p.path("bare.flac")))
	p.want("2 files: 0 new, 1 changed, 1 moved, 1 gone")
	if got := p.titles(); got != "One, longer, Two" {
		t.Errorf("tracks: %s", got)
	}
	must(t, p.lib.RemoveLocalFolder(p.dir))
	p.want("0 files: 0 new, 0 changed, 0 moved, 2 gone")
}

// TestAMovedFileKeepsItsHistory, and two that are alike are not mistaken for
// one another.
func TestAMovedFileKeepsItsHistory(t *testing.T) {
	p := newPlace(t)
	p.write("a/1.mp3", song("One"))
	p.scan()
	tracks, err := p.lib.LocalTracks(0, 1)
	must(t, err)
	id := tracks.Items[0].ID
	_, err = p.lib.Play(id, time.Now(), time.Minute)
	must(t, err)
	must(t, os.Rename(p.path("a"), p.path("b")))
	p.want("1 files: 0 new, 0 changed, 1 moved, 0 gone")
	h, err := p.lib.History(0, 9)
	must(t, err)
	if h.Total != 1 || h.Items[0].Track.Gone || h.Items[0].Track.ID != id {
		t.Errorf("the history: %+v", h)
	}
	same := time.Unix(1_600_000_000, 0)
	for _, name := range []string{"x.mp3", "y.mp3"} {
		p.write(name, song("Same"))
		must(t, os.Chtimes(p.path(name), same, same))
	}
	p.scan()
	for _, name := range []string{"x.mp3", "y.mp3"} {
		must(t, os.Rename(p.path(name), p.path("new "+name)))
	}
	p.want("3 files: 2 new, 0 changed, 0 moved, 2 gone")
}

func TestLinksAndFoldersThatCannotBeRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need rights there")
	}
	p := newPlace(t)
	p.write("a/1.mp3", song("One"))
	p.write("closed/2.mp3", song("Two"))
	must(t, os.Symlink(p.dir, p.path("a/loop")))
	must(t, os.Symlink("..", p.path("closed/up")))
	must(t, os.Symlink("nowhere", p.path("a/dead.mp3")))
	must(t, os.Symlink(p.path("a"), p.path("z")))
	p.want("2 files: 2 new, 0 changed, 0 moved, 0 gone")

	gone := filepath.Join(p.dir, "..", "moved away")
	must(t, os.Rename(p.dir, gone))
	r, err := p.s.Scan(t.Context())
	must(t, err)
	if r.Gone != 0 || len(r.Unreadable) != 1 || p.titles() != "One, Two" {
		t.Errorf("without the disk: %+v, %s", r, p.titles())
	}
	must(t, os.Rename(gone, p.dir))
	if os.Getuid() == 0 {
		return // may read everything
	}
	must(t, os.Chmod(p.path("closed"), 0))
	defer os.Chmod(p.path("closed"), 0o755) //nolint:errcheck // for the test's own cleaning up
	r, err = p.s.Scan(t.Context())
	must(t, err)
	if r.Gone != 0 || len(r.Unreadable) != 1 {
		t.Errorf("with a closed folder: %+v", r)
	}
}

func TestAScanTellsHowItGetsOn(t *testing.T) {
	p := newPlace(t)
	for i := range batch + 1 {
		p.write(fmt.Sprintf("%03d.mp3", i), song(fmt.Sprint("Song ", i)))
	}
	var told []string
	p.s.cfg.Tell = func(g Progress) {
		told = append(told, fmt.Sprintf("%t %d/%d, %d files, %d new", g.Scanning, g.Done, g.Total, g.Files, g.New))
	}
	p.scan()
	want := []string{"true 0/0, 0 files, 0 new", "true 0/101, 0 files, 0 new", "true 100/101, 0 files, 0 new", "false 0/0, 101 files, 101 new"}
	if !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}

// TestADiskThatIsNotPluggedIn leaves an empty folder where it was. What was on
// it waits, and is the same when it is back.
func TestADiskThatIsNotPluggedIn(t *testing.T) {
	p := newPlace(t)
	p.want("0 files: 0 new, 0 changed, 0 moved, 0 gone")
	p.write("a/1.mp3", song("One"))
	p.write("a/2.mp3", song("Two"))
	p.scan()
	away := p.dir + " away"
	must(t, os.Rename(p.dir, away))
	must(t, os.Mkdir(p.dir, 0o755))
	r, err := p.s.Scan(t.Context())
	must(t, err)
	if r.Gone != 0 || !slices.Equal(r.Unreadable, []string{p.dir}) || p.titles() != "One, Two" {
		t.Errorf("without the disk: %+v, %s", r, p.titles())
	}
	must(t, os.Remove(p.dir))
	must(t, os.Rename(away, p.dir))
	p.want("2 files: 0 new, 0 changed, 0 moved, 0 gone")
	must(t, os.Remove(p.path("a/1.mp3")))
	must(t, os.Remove(p.path("a/2.mp3")))
	p.want("0 files: 0 new, 0 changed, 0 moved, 2 gone")
}

func TestCoversBesideFiles(t *testing.T) {
	p := newPlace(t)
	p.write("low/1.mp3", tagged(map[string]string{"TIT2": "One", "TALB": "Low"}, []byte("not a picture")))
	p.write("low/Folder.JPG", jpeg)
	p.write("high/1.mp3", tagged(map[string]string{"TIT2": "High", "TALB": "High"}, nil))
	p.write("high/cover.png", []byte("<html>"))
	p.scan()
	releases, err := p.lib.LocalReleases(0, 9)
	must(t, err)
	for _, r := range releases.Items {
		picture, err := Cover(p.lib, r.ID)
		must(t, err)
		if want := map[string][]byte{"Low": jpeg}[r.Title]; !bytes.Equal(picture, want) {
			t.Errorf("the cover of %s: %q", r.Title, picture)
		}
	}
}

func TestNoPipeIsOpened(t *testing.T) {
	if _, err := Picture(t.TempDir()); !errors.Is(err, errNoTags) {
		t.Errorf("a folder has tags: %v", err)
	}
	if tags := ReadTags(filepath.Join(t.TempDir(), "01 Gone.mp3")); tags.Title != "01 Gone" {
		t.Errorf("tags of what is not there: %+v", tags)
	}
}

// fakeWatcher is watched by hand.
type fakeWatcher struct {
	mu      sync.Mutex
	folders map[string]bool
	changes chan struct{}
	refuses bool
}

func (w *fakeWatcher) Add(f string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refuses {
		return errors.New("no more watches")
	}
	w.folders[f] = true
	return nil
}

func (w *fakeWatcher) Remove(f string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.folders, f)
	return nil
}

func (w *fakeWatcher) WatchList() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for f := range w.folders {
		out = append(out, f)
	}
	slices.Sort(out)
	return out
}

func (w *fakeWatcher) Changes() <-chan struct{} { return w.changes }
func (w *fakeWatcher) Close() error             { close(w.changes); return nil }

// served runs a scanner with a watcher of ours until the test ends. Its clock
// tells of every wait, and lets those of a change pass at once.
func served(t *testing.T, p *place, w *fakeWatcher) (rescan chan time.Time, waits chan time.Duration) {
	t.Helper()
	rescan, waits = make(chan time.Time), make(chan time.Duration, 100)
	p.s.watch = func() (watcher, error) { return w, nil }
	p.s.cfg.After = func(d time.Duration) <-chan time.Time {
		waits <- d
		switch d {
		case rescanEvery:
			return rescan
		case quiet:
			over := make(chan time.Time)
			close(over)
			return over
		}
		return nil
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.s.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		must(t, <-done)
	})
	return rescan, waits
}

// eventually waits for the library to have these titles.
func (p *place) eventually(want string) {
	p.t.Helper()
	changed := p.lib.Watch(p.t.Context())
	for p.titles() != want {
		select {
		case <-changed:
		case <-time.After(20 * time.Second):
			p.t.Fatalf("tracks: %s, want %s", p.titles(), want)
		}
	}
}

func TestServeFollowsChanges(t *testing.T) {
	p := newPlace(t)
	p.write("a/1.mp3", song("One"))
	w := &fakeWatcher{folders: map[string]bool{"/left": true}, changes: make(chan struct{})}
	served(t, p, w)
	p.eventually("One")
	p.write("b/2.mp3", song("Two"))
	w.changes <- struct{}{} // taken only after the first scan has its folders watched
	p.eventually("One, Two")
	p.write("b/3.mp3", song("Three"))
	w.changes <- struct{}{}
	p.eventually("One, Three, Two")
	if got := w.WatchList(); !slices.Equal(got, []string{p.dir, p.path("a"), p.path("b")}) {
		t.Errorf("watched: %v", got)
	}
	must(t, p.lib.RemoveLocalFolder(p.dir))
	p.s.Wake()
	p.eventually("")
}

func TestServeScansNowAndThenWhereWatchingIsRefused(t *testing.T) {
	p := newPlace(t)
	w := &fakeWatcher{folders: map[string]bool{}, changes: make(chan struct{}), refuses: true}
	rescan, waits := served(t, p, w)
	if d := <-waits; d != rescanEvery {
		t.Fatalf("it waits for %s", d)
	}
	p.write("1.mp3", song("One"))
	rescan <- time.Time{}
	p.eventually("One")
}

// TestTheSystemTellsOfChanges is the one test with the system's own watcher.
func TestTheSystemTellsOfChanges(t *testing.T) {
	w, err := systemWatcher()
	if err != nil {
		t.Skipf("nothing can be watched here: %v", err)
	}
	dir := t.TempDir()
	if err := w.Add(dir); err != nil {
		must(t, w.Close())
		t.Skipf("nothing can be watched here: %v", err)
	}
	must(t, os.WriteFile(filepath.Join(dir, "1.mp3"), song("One"), 0o644))
	if _, open := <-w.Changes(); !open {
		t.Error("closed")
	}
	must(t, w.Close())
}

func FuzzReadTags(f *testing.F) {
	f.Add(song("One"))
	f.Add([]byte("fLaC\x84\x00\x00\x20\x00\x00\x00\x00\x01\x00\x00\x00\x08\x00\x00\x00TITLE=ab"))
	f.Add([]byte("fLaC\x86\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Add([]byte("OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x1e\x01vorbis"))
	f.Add([]byte("\x00\x00\x00\x14ftypM4A \x00\x00\x00\x00\x00\x00\x00\x00moov\x00\x00\x00\x08udta"))
	f.Add([]byte("ID3\x04\x00\x80\x7f\x7f\x7f\x7fTIT2\x7f\x7f\x7f\x7f\x00\x00\x03x"))
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "name.mp3")
		must(t, os.WriteFile(path, content, 0o600))
		tags := ReadTags(path)
		if tags.Title == "" || strings.ContainsAny(tags.Title+tags.Artist+tags.Release, "\n\t") || len([]rune(tags.Release)) > longestTag {
			t.Fatalf("tags: %+v", tags)
		}
		if tags.Number < 0 || tags.Disc < 0 || tags.Year < 0 {
			t.Fatalf("numbers: %+v", tags)
		}
		_, _ = Picture(path)
	})
}

// BenchmarkScan50000 looks through 50,000 files that have not changed.
func BenchmarkScan50000(b *testing.B) {
	p := newPlace(b)
	content := song("One")
	for i := range 50_000 {
		p.write(fmt.Sprintf("%04d/%02d.mp3", i/20, i%20), content)
	}
	began := time.Now()
	p.scan()
	first := time.Since(began)
	for b.Loop() {
		p.scan()
	}
	b.ReportMetric(first.Seconds(), "first-s")
}
