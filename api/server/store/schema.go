package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// migrations[i] brings a database from version i to version i+1. An entry that
// has shipped is never changed: a new one is added at the end.
var migrations = []string{schema1, schema2, schema3}

// migrate brings the schema up to date, one transaction per step.
func migrate(ctx context.Context, db *sql.DB) error {
	var version int
	if err := db.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return fmt.Errorf("store: reading schema version: %w", err)
	}
	if version > len(migrations) {
		return fmt.Errorf("%w: schema %d, this program knows %d", ErrNewerSchema, version, len(migrations))
	}
	for ; version < len(migrations); version++ {
		if err := step(ctx, db, version); err != nil {
			return fmt.Errorf("store: migrating to schema %d: %w", version+1, err)
		}
	}
	return nil
}

func step(ctx context.Context, db *sql.DB, version int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, migrations[version]); err != nil {
		return err
	}
	// A pragma takes no parameters; version is our own integer.
	if _, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, version+1)); err != nil {
		return err
	}
	return tx.Commit()
}

// schema1 is the first schema. Ids are UUIDs as text, times are milliseconds
// since 1970, amounts are milli-credits, tags are JSON arrays of text.
//
// The ledger is double entry: the entries of one journal sum to zero, and an
// account's balance is the sum of its entries (kept beside them, and checked
// by the tests). A listener's account never goes below zero.
const schema1 = `
CREATE TABLE users (
  id            TEXT PRIMARY KEY,
  email         TEXT NOT NULL UNIQUE COLLATE NOCASE,
  display_name  TEXT NOT NULL,
  country       TEXT,
  password_hash TEXT NOT NULL,
  role_id       INTEGER NOT NULL,
  member        INTEGER NOT NULL DEFAULT 0,
  newsletter    INTEGER NOT NULL DEFAULT 0,
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL
) STRICT;
CREATE TABLE files (
  id       TEXT PRIMARY KEY,
  path     TEXT NOT NULL UNIQUE,
  mime     TEXT NOT NULL,
  size     INTEGER NOT NULL,
  modified INTEGER NOT NULL,
  sha256   TEXT NOT NULL
) STRICT;
CREATE TABLE images (
  id TEXT PRIMARY KEY
) STRICT;
CREATE TABLE image_files (
  image_id TEXT NOT NULL REFERENCES images(id),
  width    INTEGER NOT NULL,
  path     TEXT NOT NULL,
  PRIMARY KEY (image_id, width)
) STRICT, WITHOUT ROWID;
CREATE TABLE artists (
  id           TEXT PRIMARY KEY,
  owner_id     TEXT NOT NULL REFERENCES users(id),
  type_id      INTEGER NOT NULL DEFAULT 1,
  display_name TEXT NOT NULL,
  description  TEXT,
  short_bio    TEXT,
  country      TEXT,
  links        TEXT NOT NULL DEFAULT '[]',
  avatar       TEXT REFERENCES images(id),
  banner       TEXT REFERENCES images(id),
  featured     INTEGER NOT NULL DEFAULT 0,
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX artists_owner ON artists(owner_id);
CREATE TABLE releases (
  id             TEXT PRIMARY KEY,
  artist_id      TEXT NOT NULL REFERENCES artists(id),
  title          TEXT NOT NULL,
  slug           TEXT NOT NULL,
  type           TEXT,
  about          TEXT,
  display_artist TEXT,
  release_date   TEXT NOT NULL,
  private        INTEGER NOT NULL DEFAULT 1,
  enabled        INTEGER NOT NULL DEFAULT 0,
  featured       INTEGER NOT NULL DEFAULT 0,
  download       INTEGER NOT NULL DEFAULT 0,
  cover          TEXT REFERENCES images(id),
  tags           TEXT NOT NULL DEFAULT '[]',
  created_at     INTEGER NOT NULL,
  updated_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX releases_artist ON releases(artist_id);
CREATE TABLE tracks (
  id         TEXT PRIMARY KEY,
  artist_id  TEXT NOT NULL REFERENCES artists(id),
  title      TEXT NOT NULL,
  artist     TEXT,
  duration   REAL,
  status     INTEGER NOT NULL DEFAULT 1,
  year       INTEGER,
  tags       TEXT NOT NULL DEFAULT '[]',
  file_id    TEXT REFERENCES files(id),
  flac_id    TEXT REFERENCES files(id),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX tracks_artist ON tracks(artist_id);
CREATE TABLE release_items (
  id         TEXT PRIMARY KEY,
  release_id TEXT NOT NULL REFERENCES releases(id) ON DELETE CASCADE,
  track_id   TEXT NOT NULL REFERENCES tracks(id),
  position   INTEGER NOT NULL,
  UNIQUE (release_id, position)
) STRICT;
CREATE INDEX release_items_track ON release_items(track_id);

CREATE TABLE accounts (
  id       INTEGER PRIMARY KEY,
  kind     TEXT NOT NULL CHECK (kind IN ('listener','artist','coop','sales')),
  owner_id TEXT NOT NULL,
  balance  INTEGER NOT NULL DEFAULT 0 CHECK (kind <> 'listener' OR balance >= 0),
  UNIQUE (kind, owner_id)
) STRICT;
CREATE TABLE journals (
  id   INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('play','buy','topup')),
  at   INTEGER NOT NULL
) STRICT;
CREATE TABLE entries (
  id         INTEGER PRIMARY KEY,
  journal_id INTEGER NOT NULL REFERENCES journals(id),
  account_id INTEGER NOT NULL REFERENCES accounts(id),
  amount     INTEGER NOT NULL
) STRICT;
CREATE INDEX entries_account ON entries(account_id);
CREATE TABLE plays (
  id         INTEGER PRIMARY KEY,
  user_id    TEXT NOT NULL REFERENCES users(id),
  track_id   TEXT NOT NULL REFERENCES tracks(id),
  paid       INTEGER NOT NULL,
  journal_id INTEGER REFERENCES journals(id),
  at         INTEGER NOT NULL
) STRICT;
CREATE INDEX plays_user ON plays(user_id, at);
CREATE INDEX plays_track ON plays(track_id, at);
CREATE TABLE counts (
  user_id  TEXT NOT NULL REFERENCES users(id),
  track_id TEXT NOT NULL REFERENCES tracks(id),
  paid     INTEGER NOT NULL CHECK (paid BETWEEN 0 AND 9),
  owned_at INTEGER,
  PRIMARY KEY (user_id, track_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE favourites (
  id       INTEGER PRIMARY KEY,
  user_id  TEXT NOT NULL REFERENCES users(id),
  track_id TEXT NOT NULL REFERENCES tracks(id),
  active   INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  UNIQUE (user_id, track_id)
) STRICT;
CREATE TABLE playlists (
  id         TEXT PRIMARY KEY,
  user_id    TEXT NOT NULL REFERENCES users(id),
  title      TEXT NOT NULL,
  about      TEXT,
  private    INTEGER NOT NULL DEFAULT 1,
  featured   INTEGER NOT NULL DEFAULT 0,
  cover      TEXT REFERENCES images(id),
  tags       TEXT NOT NULL DEFAULT '[]',
  version    INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX playlists_user ON playlists(user_id);
CREATE TABLE playlist_items (
  id          TEXT PRIMARY KEY,
  playlist_id TEXT NOT NULL REFERENCES playlists(id) ON DELETE CASCADE,
  track_id    TEXT NOT NULL REFERENCES tracks(id),
  position    INTEGER NOT NULL,
  created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX playlist_items_list ON playlist_items(playlist_id, position);
CREATE TABLE answers (
  user_id TEXT NOT NULL REFERENCES users(id),
  key     TEXT NOT NULL,
  request TEXT NOT NULL,
  status  INTEGER NOT NULL,
  body    BLOB NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE browser_sessions (
  hash      TEXT PRIMARY KEY,
  user_id   TEXT NOT NULL REFERENCES users(id),
  auth_time INTEGER NOT NULL,
  expires   INTEGER NOT NULL
) STRICT;
CREATE TABLE auth_requests (
  id           TEXT PRIMARY KEY,
  browser      TEXT NOT NULL,
  client_id    TEXT NOT NULL,
  redirect_uri TEXT NOT NULL,
  scopes       TEXT NOT NULL,
  state        TEXT NOT NULL,
  nonce        TEXT NOT NULL,
  challenge    TEXT NOT NULL,
  prompt       TEXT NOT NULL,
  max_age      INTEGER,
  user_id      TEXT REFERENCES users(id),
  auth_time    INTEGER NOT NULL DEFAULT 0,
  code_hash    TEXT UNIQUE,
  used         INTEGER NOT NULL DEFAULT 0,
  family       TEXT NOT NULL,
  expires      INTEGER NOT NULL
) STRICT;
CREATE TABLE access_tokens (
  hash      TEXT PRIMARY KEY,
  family    TEXT NOT NULL,
  user_id   TEXT NOT NULL REFERENCES users(id),
  client_id TEXT NOT NULL,
  scopes    TEXT NOT NULL,
  expires   INTEGER NOT NULL
) STRICT;
CREATE INDEX access_tokens_family ON access_tokens(family);
CREATE TABLE refresh_tokens (
  hash      TEXT PRIMARY KEY,
  family    TEXT NOT NULL,
  user_id   TEXT NOT NULL REFERENCES users(id),
  client_id TEXT NOT NULL,
  scopes    TEXT NOT NULL,
  auth_time INTEGER NOT NULL,
  expires   INTEGER NOT NULL,
  used      INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX refresh_tokens_family ON refresh_tokens(family);
CREATE TABLE device_codes (
  hash      TEXT PRIMARY KEY,
  user_code TEXT NOT NULL UNIQUE,
  client_id TEXT NOT NULL,
  scopes    TEXT NOT NULL,
  state     INTEGER NOT NULL DEFAULT 0,
  user_id   TEXT REFERENCES users(id),
  auth_time INTEGER NOT NULL DEFAULT 0,
  expires   INTEGER NOT NULL
) STRICT;
`

// schema2 counts what happens to the lists that players keep copies of, so that
// a copy is compared without reading the list: see [Q.CatalogueVersion]. The
// number that is drawn once tells this database from another one that has seen
// as many changes. Its index is the order of public releases.
//
// A change of a playlist's items always changes the playlist's own row, and that
// of a file what is said of its tracks.
var schema2 = `
CREATE TABLE revisions (
  list   TEXT PRIMARY KEY,
  number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO revisions VALUES ('birth', abs(random() % 1000000000000));
CREATE INDEX releases_public ON releases(release_date DESC, created_at DESC) WHERE enabled = 1 AND private = 0;
` + counting("catalogue", "releases", "artists", "tracks", "release_items") + `
CREATE TRIGGER playlists_insert AFTER INSERT ON playlists BEGIN ` + revise(`'playlists ' || new.user_id`) + revise(`'playlists'`) + ` END;
CREATE TRIGGER playlists_update AFTER UPDATE ON playlists BEGIN ` + revise(`'playlists ' || new.user_id`) + revise(`'playlists'`) + ` END;
CREATE TRIGGER playlists_delete AFTER DELETE ON playlists BEGIN ` + revise(`'playlists ' || old.user_id`) + revise(`'playlists'`) + ` END;
CREATE TRIGGER users_name AFTER UPDATE OF display_name ON users BEGIN ` + revise(`'playlists ' || new.id`) + revise(`'playlists'`) + ` END;
`

// counting makes triggers that count every change of tables under one name.
func counting(list string, tables ...string) string {
	var b strings.Builder
	for _, table := range tables {
		for _, event := range []string{"INSERT", "UPDATE", "DELETE"} {
			fmt.Fprintf(&b, "CREATE TRIGGER %s_%s AFTER %s ON %s BEGIN %s END;\n", table, strings.ToLower(event), event, table, revise("'"+list+"'"))
		}
	}
	return b.String()
}

// revise is the statement that counts a change of a list, which is an expression
// of SQL.
func revise(list string) string {
	return "INSERT INTO revisions VALUES (" + list + ", 1) ON CONFLICT (list) DO UPDATE SET number = number + 1; "
}

// schema3 keeps the pictures that listeners send, which are in no folder of
// originals.
const schema3 = `
CREATE TABLE pictures (
  image_id TEXT PRIMARY KEY REFERENCES images(id) ON DELETE CASCADE,
  jpeg     BLOB NOT NULL
) STRICT;
`
