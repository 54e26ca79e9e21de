package library

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	"go.uber.org/goleak"

	"github.com/ninth-coop/ninth/atomicfile"
)

func TestOpenKeepsWhatWasStored(t *testing.T) {
	folder := t.TempDir()
	l := openAt(t, folder)
	must(t, l.PutReleases(release("r1", "Title", "Artist", 2)))
	must(t, l.SetSetting("theme", "dark"))
	must(t, l.Close())
	l = openAt(t, folder)
	defer l.Close()
	if r := value[Release](t)(l.Release("r1")); len(r.Tracks) != 2 || r.Title != "Title" {
		t.Errorf("release after reopening: %+v", r)
	}
	if s := value[string](t)(l.Setting("theme")); s != "dark" {
		t.Errorf("setting after reopening: %q", s)
	}
}

func TestOpenTellsThatItIsInUse(t *testing.T) {
	folder := t.TempDir()
	defer openAt(t, folder).Close()
	began := time.Now()
	_, err := Open(folder, Options{Timeout: 20 * time.Millisecond})
	if !errors.Is(err, ErrInUse) {
		t.Fatalf("second Open: %v", err)
	}
	if d := time.Since(began); d > 5*time.Second {
		t.Errorf("it took %s to say so", d)
	}
}

// aLibrary is the bytes of a database with something in it, without the pages
// past the last that it uses.
func aLibrary(t *testing.T) []byte {
	t.Helper()
	folder := t.TempDir()
	l := openAt(t, folder)
	for _, id := range []string{"a", "b", "c"} {
		must(t, l.PutReleases(release(id, "Title "+id, "Artist", 20)))
	}
	var used int64
	must(t, l.view("measuring", func(tx *txn) error {
		used = tx.Size()
		return nil
	}))
	must(t, l.Close())
	return value[[]byte](t)(os.ReadFile(filepath.Join(folder, "ninth.db")))[:used]
}

func TestOpenRefusesDamageAndTouchesNothing(t *testing.T) {
	whole := aLibrary(t)
	other := filepath.Join(t.TempDir(), "other.db")
	db := value[*bolt.DB](t)(bolt.Open(other, 0o600, nil))
	must(t, db.Update(func(tx *bolt.Tx) error {
		_, err := tx.CreateBucket([]byte("somebody else's"))
		return err
	}))
	must(t, db.Close())

	zeroed := bytes.Clone(whole)
	clear(zeroed[2*os.Getpagesize():])
	tests := map[string][]byte{
		"text":             []byte("this is no library\n"),
		"a page of text":   bytes.Repeat([]byte("no library "), 2000),
		"one byte":         {0},
		"half":             whole[:len(whole)/2],
		"two pages":        whole[:2*os.Getpagesize()],
		"one page":         whole[:os.Getpagesize()],
		"one byte less":    whole[:len(whole)-1],
		"zeros":            make([]byte, len(whole)),
		"zeros after meta": zeroed,
		"another database": value[[]byte](t)(os.ReadFile(other)),
	}
	for name, content := range tests {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			file := filepath.Join(folder, "ninth.db")
			must(t, os.WriteFile(file, content, 0o600))
			l, err := Open(folder, Options{Timeout: 50 * time.Millisecond})
			if err == nil {
				l.Close()
			}
			if !errors.Is(err, ErrDamaged) {
				t.Fatalf("Open: %v", err)
			}
			if after := value[[]byte](t)(os.ReadFile(file)); !bytes.Equal(after, content) {
				t.Error("the damaged file was changed")
			}
			// The lock must be free, so that a repaired file can be opened.
			must(t, os.WriteFile(file, whole, 0o600))
			l, err = Open(folder, Options{Timeout: 50 * time.Millisecond})
			if err != nil {
				t.Fatalf("Open after repair: %v", err)
			}
			must(t, l.Close())
		})
	}
}

// TestDamageInside flips pages of a good file: whatever happens is an error
// and never a crash.
func TestDamageInside(t *testing.T) {
	whole := aLibrary(t)
	size := os.Getpagesize()
	for page := 2; page < len(whole)/size; page++ {
		content := bytes.Clone(whole)
		for i := page * size; i < (page+1)*size; i++ {
			content[i] ^= 0xa5
		}
		folder := t.TempDir()
		must(t, os.WriteFile(filepath.Join(folder, "ninth.db"), content, 0o600))
		l, err := Open(folder, Options{Timeout: 50 * time.Millisecond})
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatalf("page %d: Open: %v", page, err)
			}
			continue
		}
		for _, err := range []error{
			l.Check(t.Context()),
			second(l.Release("a")), second(l.Releases(Newest, 0, 10)), second(l.Search("title", 10)),
			l.PutReleases(release("d", "New", "Artist", 30)),
		} {
			if err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNotFound) {
				t.Fatalf("page %d: %v", page, err)
			}
		}
		_ = l.Close()
	}
}

func second[T any](_ T, err error) error { return err }

func TestOpenRefusesANewerLibrary(t *testing.T) {
	folder := t.TempDir()
	l, err := open(folder, Options{}, append(migrations[:len(migrations):len(migrations)],
		migration{"from the future", func(*txn) error { return nil }}))
	must(t, err)
	must(t, l.Close())
	before := value[[]byte](t)(os.ReadFile(filepath.Join(folder, "ninth.db")))
	if _, err = Open(folder, Options{}); !errors.Is(err, ErrNewer) {
		t.Fatalf("Open: %v", err)
	}
	after := value[[]byte](t)(os.ReadFile(filepath.Join(folder, "ninth.db")))
	if !bytes.Equal(before, after) {
		t.Error("the newer file was changed")
	}
}

func TestMigration(t *testing.T) {
	folder := t.TempDir()
	l := openAt(t, folder)
	must(t, l.SetSetting("theme", "dark"))
	must(t, l.Close())

	steps := func(up func(*txn) error) []migration {
		return append(migrations[:len(migrations):len(migrations)], migration{"the themes", up})
	}
	failing := errors.New("no")
	_, err := open(folder, Options{}, steps(func(tx *txn) error {
		if err := tx.Bucket([]byte(bState)).Put([]byte("setting:theme"), []byte("half")); err != nil {
			return err
		}
		return failing
	}))
	if !errors.Is(err, failing) {
		t.Fatalf("a failing migration: %v", err)
	}
	// The Ninth from before opens it as if nothing had been tried.
	l = openAt(t, folder)
	if s := value[string](t)(l.Setting("theme")); s != "dark" {
		t.Errorf("after a migration that failed: %q", s)
	}
	checkInvariants(t, l)
	must(t, l.Close())
	l, err = open(folder, Options{}, steps(func(tx *txn) error {
		b := tx.Bucket([]byte(bState))
		return b.Put([]byte("setting:theme"), append(b.Get([]byte("setting:theme")), " and new"...))
	}))
	must(t, err)
	if s := value[string](t)(l.Setting("theme")); s != "dark and new" {
		t.Errorf("after migrating: %q", s)
	}
	must(t, l.Close())

	// The copy is a library of the old schema, as it was.
	old := t.TempDir()
	copied := value[[]byte](t)(os.ReadFile(backupName(filepath.Join(folder, "ninth.db"), uint64(len(migrations)))))
	must(t, os.WriteFile(filepath.Join(old, "ninth.db"), copied, 0o600))
	l = openAt(t, old)
	defer l.Close()
	if s := value[string](t)(l.Setting("theme")); s != "dark" {
		t.Errorf("in the copy: %q", s)
	}
	if left, _ := filepath.Glob(filepath.Join(folder, "*"+atomicfile.Suffix)); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestNoMigrationWithoutACopy: when the library cannot be copied, it stays as
// it is.
func TestNoMigrationWithoutACopy(t *testing.T) {
	folder := t.TempDir()
	must(t, openAt(t, folder).Close())
	file := filepath.Join(folder, "ninth.db")
	inTheWay := backupName(file, uint64(len(migrations)))
	must(t, os.MkdirAll(filepath.Join(inTheWay, "full"), 0o700))
	ran := false
	steps := append(migrations[:len(migrations):len(migrations)], migration{"another", func(*txn) error {
		ran = true
		return nil
	}})
	before := value[[]byte](t)(os.ReadFile(file))
	if _, err := open(folder, Options{}, steps); err == nil || ran {
		t.Fatalf("migrated (%v) without a copy: %v", ran, err)
	}
	if !bytes.Equal(before, value[[]byte](t)(os.ReadFile(file))) {
		t.Error("the library has changed")
	}
	must(t, os.RemoveAll(inTheWay))
	must(t, value[*Library](t)(open(folder, Options{}, steps)).Close())
	if !ran {
		t.Error("the migration does not run once there is room for a copy")
	}
}

func TestAFailedTransactionLeavesNothing(t *testing.T) {
	l := newLibrary(t)
	bad := release("r2", "Second", "Artist", 2)
	bad.Tracks[1].ID = ""
	if err := l.PutReleases(release("r1", "First", "Artist", 2), bad); err == nil {
		t.Fatal("a track without id was stored")
	}
	if _, err := l.Release("r1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("half of the transaction is there: %v", err)
	}
	if r := value[Results](t)(l.Search("first", 5)); len(r.Releases) > 0 {
		t.Errorf("it can be searched for: %+v", r)
	}
}

func TestWatch(t *testing.T) {
	defer goleak.VerifyNone(t)
	l := openAt(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	changes := l.Watch(ctx)
	// Nobody reads, and nobody waits.
	must(t, l.PutReleases(release("r1", "Title", "Artist", 1)))
	must(t, l.SetFavourite("r1-1", true))
	if got, want := <-changes, Catalogue|Favourites|Outbox; got != want {
		t.Errorf("joined change %b, want %b", got, want)
	}
	must(t, l.PutReleases(release("r1", "Title", "Artist", 1)))
	select {
	case got := <-changes:
		t.Errorf("what was there already counts as a change: %b", got)
	default:
	}
	cancel()
	if _, open := <-changes; open {
		t.Error("not closed with its context")
	}
	other := l.Watch(t.Context())
	must(t, l.Close())
	if _, open := <-other; open {
		t.Error("not closed with the library")
	}
	if _, open := <-l.Watch(t.Context()); open {
		t.Error("a closed library can be watched")
	}
	if err := l.SetSetting("a", "b"); err == nil {
		t.Error("a closed library can be written")
	}
}
