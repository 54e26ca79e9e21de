// Package store keeps everything the co-op knows in one SQLite database:
// people, catalogue, ledger, playlists, and the state of sign-ins.
//
// Reads go through [Store.Read] and see the last committed state. Every change
// is one transaction, [Store.Update]: it is written whole or not at all, and
// survives a crash once Update has returned. Updates are serialised, so a
// function passed to Update may read, decide and write without any lock.
// All methods may be called from several goroutines.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver named "sqlite"
)

var (
	// ErrNotFound means that no such row exists, or that the asker may not know
	// that it does.
	ErrNotFound = errors.New("store: not found")
	// ErrConflict means that a row changed since the caller last read it.
	ErrConflict = errors.New("store: changed meanwhile")
	// ErrNewerSchema means that a newer version of the program wrote the
	// database. Nothing has been changed in it.
	ErrNewerSchema = errors.New("store: database belongs to a newer version")
)

// fileName is the database inside the data directory.
const fileName = "coop.db"

// Store is an open database. Close it when no request is under way.
type Store struct {
	writer *sql.DB // one connection: SQLite has one writer anyway, and a queue beats SQLITE_BUSY
	reader *sql.DB
	now    func() time.Time
}

// Open opens or creates the database in dir, which must exist, and brings its
// schema up to date. now gives the time of everything that is stored.
func Open(ctx context.Context, dir string, now func() time.Time) (*Store, error) {
	path := filepath.Join(dir, fileName)
	// SQLite would create the file with the umask's rights; passwords and
	// tokens live here, so it is made private before SQLite sees it.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store: opening database: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("store: opening database: %w", err)
	}
	writer, err := connect(path, "immediate", 1)
	if err != nil {
		return nil, err
	}
	s := &Store{writer: writer, now: now}
	if err := migrate(ctx, writer); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	const readers = 4 // more than the cores of a small machine: reads are short
	if s.reader, err = connect(path, "deferred", readers); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func connect(path, lock string, conns int) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("store: opening database: %w", err)
	}
	// The path is escaped, because SQLite reads this name as a URI and a
	// question mark in a directory name would end it.
	slashed := filepath.ToSlash(abs)
	if slashed[0] != '/' {
		slashed = "/" + slashed
	}
	name := "file://" + (&url.URL{Path: slashed}).EscapedPath() + "?" + url.Values{
		"_txlock": {lock},
		"_pragma": {
			"busy_timeout(10000)", // milliseconds
			"journal_mode(WAL)",
			"foreign_keys(1)",
			"synchronous(FULL)", // money: a confirmed play survives a power cut
		},
	}.Encode()
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, fmt.Errorf("store: opening database: %w", err)
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// Close closes the database.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.reader, s.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// runner is what *sql.DB and *sql.Tx have in common.
type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Q asks questions. It is bound to the last committed state, or to a running
// transaction when it is the Q of a [Tx].
type Q struct {
	db  runner
	now time.Time
}

// Tx is a running transaction: questions and changes.
type Tx struct{ Q }

// Now is the time of this question or transaction.
func (q Q) Now() time.Time { return q.now }

// Read gives access to the last committed state.
func (s *Store) Read() Q { return Q{db: s.reader, now: s.now()} }

// Update runs fn in one transaction. An error from fn, or a panic, undoes
// everything that fn did and is passed on.
func (s *Store) Update(ctx context.Context, fn func(*Tx) error) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: beginning: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit this does nothing
	if err := fn(&Tx{Q{db: tx, now: s.now()}}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: committing: %w", err)
	}
	return nil
}

// exec runs a statement and tells how many rows it changed.
func (tx *Tx) exec(ctx context.Context, doing, query string, args ...any) (int64, error) {
	res, err := tx.db.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("store: %s: %w", doing, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("store: %s: %w", doing, err)
	}
	return n, nil
}

// row reads one row into dest; no row is [ErrNotFound].
func (q Q) row(ctx context.Context, doing, query string, args []any, dest ...any) error {
	err := q.db.QueryRowContext(ctx, query, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("store: %s: %w", doing, err)
	}
	return nil
}

// one reads one row with scan; no row is [ErrNotFound].
func one[T any](ctx context.Context, q Q, doing, query string, args []any, scan func(func(...any) error) (T, error)) (T, error) {
	v, err := scan(q.db.QueryRowContext(ctx, query, args...).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return v, ErrNotFound
	}
	if err != nil {
		return v, fmt.Errorf("store: %s: %w", doing, err)
	}
	return v, nil
}

// list reads every row of a question with scan.
func list[T any](ctx context.Context, q Q, doing, query string, args []any, scan func(func(...any) error) (T, error)) ([]T, error) {
	rows, err := q.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", doing, err)
	}
	defer rows.Close()
	out := []T{}
	for rows.Next() {
		v, err := scan(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("store: %s: %w", doing, err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: %s: %w", doing, err)
	}
	return out, nil
}

// stamp is how a time is stored: milliseconds since 1970, UTC.
func stamp(t time.Time) int64 { return t.UnixMilli() }

func unstamp(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
