package store

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// TestVersions makes each change that a list can show, and looks whether the
// version of that list tells it, and those of the others do not.
func TestVersions(t *testing.T) {
	const catalogue, theirs, public, others = "catalogue", "theirs", "public", "others"
	playlist := Playlist{ID: "list", UserID: listener(0), Title: "List", Private: true}
	for _, test := range []struct {
		name   string
		change func(ctx context.Context, tx *Tx) error
		told   string // the lists whose version is another one
	}{
		{"nothing", func(context.Context, *Tx) error { return nil }, ""},
		{"a play", func(ctx context.Context, tx *Tx) error {
			_, err := tx.exec(ctx, "playing", `INSERT INTO plays (user_id, track_id, paid, at) VALUES (?, ?, 0, 0)`, listener(0), track(0))
			return err
		}, ""},
		{"a release", func(ctx context.Context, tx *Tx) error {
			return tx.PutRelease(ctx, Release{ID: "another", ArtistID: "artist", Title: "Another"})
		}, "catalogue theirs public others"},
		{"the same release again", func(ctx context.Context, tx *Tx) error {
			return tx.PutRelease(ctx, Release{ID: "release", ArtistID: "artist", Title: "Renamed", Enabled: true})
		}, "catalogue theirs public others"},
		{"its tracks", func(ctx context.Context, tx *Tx) error {
			return tx.SetReleaseItems(ctx, "release", []NewItem{{"new", track(0)}})
		}, "catalogue theirs public others"},
		{"a track's title", func(ctx context.Context, tx *Tx) error {
			return tx.PutTrack(ctx, Track{ID: track(1), ArtistID: "artist", Title: "Renamed", Status: Paid})
		}, "catalogue theirs public others"},
		{"an artist's name", func(ctx context.Context, tx *Tx) error {
			return tx.PutArtist(ctx, Artist{ID: "artist", OwnerID: "owner", DisplayName: "Renamed"})
		}, "catalogue theirs public others"},
		{"a playlist", func(ctx context.Context, tx *Tx) error {
			return tx.PutPlaylist(ctx, Playlist{ID: "new", UserID: listener(0), Title: "New"})
		}, "theirs public"},
		{"its order", func(ctx context.Context, tx *Tx) error {
			return tx.SetPlaylistItems(ctx, "list", []NewItem{{"y", track(1)}, {"x", track(0)}})
		}, "theirs public"},
		{"its end", func(ctx context.Context, tx *Tx) error { return tx.DeletePlaylist(ctx, "list") }, "theirs public"},
		{"a listener's name", func(ctx context.Context, tx *Tx) error {
			return tx.PutUser(ctx, User{ID: listener(0), Email: listener(0), DisplayName: "Renamed", RoleID: RoleUser})
		}, "theirs public"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, t.TempDir())
			people(t, s, 2, 2)
			update(t, s, func(tx *Tx) error {
				if err := tx.PutPlaylist(t.Context(), playlist); err != nil {
					return err
				}
				return tx.SetPlaylistItems(t.Context(), "list", []NewItem{{"x", track(0)}, {"y", track(1)}})
			})
			before := versions(t, s.Read())
			update(t, s, func(tx *Tx) error { return test.change(t.Context(), tx) })
			after, told := versions(t, s.Read()), ""
			for _, list := range []string{catalogue, theirs, public, others} {
				if after[list] != before[list] {
					told += " " + list
				}
			}
			if want := test.told; told != "" && told[1:] != want || told == "" && want != "" {
				t.Errorf("told%s, want %s", told, want)
			}
		})
	}
}

func versions(t *testing.T, q Q) map[string]string {
	t.Helper()
	out := map[string]string{}
	var err error
	if out["catalogue"], err = q.CatalogueVersion(t.Context()); err != nil {
		t.Fatal(err)
	}
	for list, user := range map[string]string{"theirs": listener(0), "public": "", "others": listener(1)} {
		if out[list], err = q.PlaylistsVersion(t.Context(), user); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestVersionOfAnother: another database with the same changes, or another day,
// is another state.
func TestVersionOfAnother(t *testing.T) {
	a, b := open(t, t.TempDir()), open(t, t.TempDir())
	people(t, a, 1, 1)
	people(t, b, 1, 1)
	tomorrow := a.Read()
	tomorrow.now = start.Add(24 * time.Hour)
	seen := map[string]bool{}
	for _, q := range []Q{a.Read(), b.Read(), tomorrow} {
		seen[versions(t, q)["catalogue"]] = true
	}
	if len(seen) != 3 {
		t.Errorf("versions: %v", seen)
	}
}

// TestMigrationCountsChanges opens a database of the first schema.
func TestMigrationCountsChanges(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	people(t, s, 1, 1)
	for _, q := range []string{
		`DROP TABLE revisions`, `DROP INDEX releases_public`, `DROP TABLE pictures`, `PRAGMA user_version = 1`,
	} {
		if _, err := s.writer.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	triggers, err := list(t.Context(), s.Read(), "listing", `SELECT name FROM sqlite_master WHERE type = 'trigger'`, nil,
		func(scan func(...any) error) (name string, err error) { return name, scan(&name) })
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range triggers {
		if _, err := s.writer.Exec(`DROP TRIGGER ` + name); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	before := versions(t, s.Read())
	update(t, s, func(tx *Tx) error {
		return tx.PutTrack(t.Context(), Track{ID: track(0), ArtistID: "artist", Title: "Renamed", Status: Paid})
	})
	if after := versions(t, s.Read()); after["catalogue"] == before["catalogue"] {
		t.Errorf("the change is not counted: %v", after)
	}
}

// TestReleasesInPages walks the releases in each order: pages fit together, and
// hold each public release once.
func TestReleasesInPages(t *testing.T) {
	s := open(t, t.TempDir())
	people(t, s, 1, 1)
	const n = 23
	update(t, s, func(tx *Tx) error {
		for i := range n {
			r := Release{
				ID: fmt.Sprint("r", i), ArtistID: "artist", Title: "Release", Enabled: i%7 != 0, Private: i%11 == 1,
				ReleaseDate: fmt.Sprintf("2026-02-%02d", 1+i%5),
			}
			if err := tx.PutRelease(t.Context(), r); err != nil {
				return err
			}
		}
		return nil
	})
	for _, l := range []Listing{{Order: "newest"}, {Order: "oldest"}, {Order: "random", Random: 3}} {
		for _, f := range []ReleaseFilter{{}, {Words: "release"}, {OwnerID: "owner"}} {
			seen, dates := map[string]bool{}, []string{}
			var total int
			for l.Limit, l.Page = 5, 1; ; l.Page++ {
				page, count, err := s.Read().Releases(t.Context(), f, l)
				if err != nil {
					t.Fatal(err)
				}
				total = count
				for _, r := range page {
					if seen[r.ID] || r.ArtistName != "Artist" {
						t.Errorf("%+v twice, or without its artist", r)
					}
					seen[r.ID] = true
					dates = append(dates, r.ReleaseDate)
				}
				if len(page) < l.Limit {
					break
				}
			}
			want := 18
			if f.OwnerID != "" {
				want = n + 1
			}
			if total != len(seen) || total != want {
				t.Errorf("%+v %+v: %d of %d, want %d", l, f, len(seen), total, want)
			}
			for i := 1; i < len(dates); i++ {
				if l.Order == "newest" && dates[i] > dates[i-1] || l.Order == "oldest" && dates[i] < dates[i-1] {
					t.Errorf("%s: %v", l.Order, dates)
					break
				}
			}
		}
	}
}
