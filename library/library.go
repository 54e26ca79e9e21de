package library

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Errors that callers decide by. They arrive wrapped.
var (
	ErrInUse    = errors.New("another process has the library open")
	ErrNewer    = errors.New("the library was written by a newer Ninth")
	ErrDamaged  = errors.New("the library cannot be read")
	ErrNotFound = errors.New("not in the library")
	ErrOwned    = errors.New("the track is owned already")
	ErrCredits  = errors.New("not enough credits")
	ErrPrice    = errors.New("the price is another one")
	ErrReadOnly = errors.New("the playlist is someone else's")
)

// DefaultTimeout is how long Open waits for another process to let go.
const DefaultTimeout = time.Second

// Options are what Open can be told. The zero value is usable.
type Options struct {
	Now     func() time.Time // time.Now when nil
	Logger  *slog.Logger     // silent when nil
	Timeout time.Duration    // to wait for the lock; DefaultTimeout when 0
	// Volatile leaves it to the system when changes reach the disk. That is
	// for tests and for libraries that are thrown away: when the machine
	// stops, the library may be damaged.
	Volatile bool
}

// Library is an open library. It is safe for concurrent use.
type Library struct {
	db     *bolt.DB
	folder string
	now    func() time.Time
	log    *slog.Logger

	mu       sync.Mutex
	watchers map[chan Change]struct{} // nil once closed
	claims   map[string]struct{}      // tracks whose bytes someone is fetching
	swept    []string                 // what Sweep removed
}

// Open opens the library in the folder at path, and makes both when they are
// not there. It fails with ErrInUse, ErrNewer or ErrDamaged; in these cases
// nothing on disk has been changed.
func Open(path string, opts Options) (*Library, error) {
	return open(path, opts, migrations)
}

func open(path string, opts Options, steps []migration) (*Library, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.Timeout == 0 {
		opts.Timeout = DefaultTimeout
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("library: making the folder: %w", err)
	}
	file := filepath.Join(path, "ninth.db")
	db, err := openDB(file, opts)
	if err != nil {
		return nil, fmt.Errorf("library: opening %s: %w", file, err)
	}
	l := &Library{
		db: db, folder: path, now: opts.Now, log: opts.Logger,
		watchers: map[chan Change]struct{}{}, claims: map[string]struct{}{},
	}
	if err := l.migrate(file, steps); err != nil {
		return nil, errors.Join(fmt.Errorf("library: opening %s: %w", file, err), db.Close())
	}
	return l, nil
}

// openDB opens the bbolt file and tells the ways in which that fails apart. A
// damaged file makes bbolt panic, or fault on a page past its end, so both
// are caught. bbolt then leaves its lock, which we let go, and its mapping,
// which stays until the process ends.
func openDB(file string, opts Options) (db *bolt.DB, err error) {
	var held *os.File
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			if held != nil {
				_ = errors.Join(unlock(held), held.Close()) // what is wrong is said below
			}
			db, err = nil, fmt.Errorf("%w: %v", ErrDamaged, p)
		}
	}()
	db, err = bolt.Open(file, 0o600, &bolt.Options{
		Timeout:      opts.Timeout,
		NoSync:       opts.Volatile,
		NoGrowSync:   opts.Volatile,
		FreelistType: bolt.FreelistMapType,
		NoStatistics: true,
		OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
			f, err := os.OpenFile(name, flag, mode)
			held = f
			return f, err
		},
	})
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, ErrInUse
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrVersionMismatch),
		errors.Is(err, bolterrors.ErrChecksum), errors.Is(err, bolterrors.ErrInvalidMapping),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	case err != nil:
		return nil, damagedIfTooSmall(file, err)
	}
	if err := checkLength(db, held); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// damagedIfTooSmall turns the error of opening a file that is too short to
// hold bbolt's two first pages into ErrDamaged; bbolt has no error of its own
// for it.
func damagedIfTooSmall(file string, err error) error {
	info, statErr := os.Stat(file)
	if statErr == nil && info.Mode().IsRegular() && info.Size() > 0 && info.Size() < 2*int64(os.Getpagesize()) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// checkLength compares the file's length with what its header says, because
// reading a page past the end of a mapped file is a fault and not an error.
func checkLength(db *bolt.DB, f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("reading its length: %w", err)
	}
	return db.View(func(tx *bolt.Tx) error {
		if info.Size() < tx.Size() {
			return fmt.Errorf("%w: %d bytes, its header says %d", ErrDamaged, info.Size(), tx.Size())
		}
		return nil
	})
}

// Close waits for running transactions, closes what Watch returned, and lets
// other processes in. Further calls of the library fail.
func (l *Library) Close() error {
	l.mu.Lock()
	for ch := range l.watchers {
		close(ch)
	}
	l.watchers = nil
	l.mu.Unlock()
	if err := l.db.Close(); err != nil {
		return fmt.Errorf("library: closing: %w", err)
	}
	return nil
}

// Folder is the folder that was opened.
func (l *Library) Folder() string { return l.folder }

// Check reads every page of the database and reports the first
// inconsistency. It takes time in proportion to the file.
func (l *Library) Check(ctx context.Context) error {
	return l.view("checking", func(tx *txn) error {
		for err := range tx.Check() {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		return ctx.Err()
	})
}

// Watch reports which parts of the library changed after each transaction. A
// slow reader delays nobody: what it has not received is joined into one
// value. The channel is closed when the context ends or the library is
// closed.
func (l *Library) Watch(ctx context.Context) <-chan Change {
	ch := make(chan Change, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.watchers == nil {
		close(ch)
		return ch
	}
	l.watchers[ch] = struct{}{}
	context.AfterFunc(ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if _, ok := l.watchers[ch]; ok {
			delete(l.watchers, ch)
			close(ch)
		}
	})
	return ch
}

func (l *Library) publish(c Change) {
	if c == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for ch := range l.watchers {
		joined := c
		select {
		case earlier := <-ch:
			joined |= earlier
		default:
		}
		ch <- joined // never blocks: only publish sends, under the lock, and the buffer is empty now
	}
}

// txn is a transaction with what belongs to it: the changes to publish, the
// search words and the columns of tracks to write once at its end, and handles
// of buckets.
type txn struct {
	*bolt.Tx
	l       *Library
	change  Change
	words   map[wordKey]*postingEdit
	touched map[uint64]struct{} // document numbers of tracks
	buckets map[string]*bolt.Bucket
}

// bucket is the bucket of that name. It panics when there is none: migrations
// make them all, so its absence is damage, which view and update report.
func (tx *txn) bucket(name string) *bolt.Bucket {
	if b := tx.buckets[name]; b != nil {
		return b
	}
	b := tx.Bucket([]byte(name))
	if b == nil {
		panic("no bucket " + name)
	}
	tx.buckets[name] = b
	return b
}

func (l *Library) view(doing string, fn func(*txn) error) error {
	return guarded(doing, func() error {
		return l.db.View(func(tx *bolt.Tx) error {
			return fn(&txn{Tx: tx, l: l, buckets: map[string]*bolt.Bucket{}})
		})
	})
}

func (l *Library) update(doing string, fn func(*txn) error) error {
	var change Change
	err := guarded(doing, func() error {
		return l.db.Update(func(btx *bolt.Tx) error {
			tx := &txn{
				Tx: btx, l: l, buckets: map[string]*bolt.Bucket{}, words: map[wordKey]*postingEdit{}, touched: map[uint64]struct{}{},
			}
			if err := fn(tx); err != nil {
				return err
			}
			change = tx.change
			return errors.Join(tx.flushWords(), tx.flushColumns())
		})
	})
	if err == nil {
		l.publish(change)
	}
	return err
}

// guarded runs a transaction. bbolt panics or faults when a page makes no
// sense; that is reported as ErrDamaged, and its own deferred rollback has
// let the transaction go by then.
func guarded(doing string, fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("library: %s: %w: %v", doing, ErrDamaged, p)
		}
	}()
	if err := fn(); err != nil {
		return fmt.Errorf("library: %s: %w", doing, err)
	}
	return nil
}
