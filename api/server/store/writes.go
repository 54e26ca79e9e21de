package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// File is a file of the media folder.
type File struct {
	ID       string
	Path     string // inside the media folder, with slashes
	Mime     string
	Size     int64 // bytes
	Modified time.Time
	SHA256   string // lower-case hexadecimal
}

// File returns what is known about a media file.
func (q Q) File(ctx context.Context, id string) (File, error) {
	f := File{ID: id}
	var modified int64
	err := q.row(ctx, "reading file", `SELECT path, mime, size, modified, sha256 FROM files WHERE id = ?`, []any{id},
		&f.Path, &f.Mime, &f.Size, &modified, &f.SHA256)
	f.Modified = unstamp(modified)
	return f, err
}

// PutFile creates or overwrites what is known about a media file.
func (tx *Tx) PutFile(ctx context.Context, f File) error {
	_, err := tx.exec(ctx, "writing file", `
		INSERT INTO files (id, path, mime, size, modified, sha256) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET path = excluded.path, mime = excluded.mime, size = excluded.size,
			modified = excluded.modified, sha256 = excluded.sha256`,
		f.ID, f.Path, f.Mime, f.Size, stamp(f.Modified), f.SHA256)
	return err
}

// ImageFiles returns the paths of an image's JPEG files by their width in
// pixels. An unknown image has none.
func (q Q) ImageFiles(ctx context.Context, id string) (map[int]string, error) {
	type file struct {
		width int
		path  string
	}
	files, err := list(ctx, q, "reading image", `SELECT width, path FROM image_files WHERE image_id = ?`, []any{id},
		func(scan func(...any) error) (f file, err error) { return f, scan(&f.width, &f.path) })
	out := make(map[int]string, len(files))
	for _, f := range files {
		out[f.width] = f.path
	}
	return out, err
}

// PutImage creates or overwrites an image, a square JPEG in one or more widths.
func (tx *Tx) PutImage(ctx context.Context, id string, files map[int]string) error {
	if _, err := tx.exec(ctx, "writing image", `INSERT INTO images (id) VALUES (?) ON CONFLICT DO NOTHING`, id); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, "writing image", `DELETE FROM image_files WHERE image_id = ?`, id); err != nil {
		return err
	}
	for width, path := range files {
		_, err := tx.exec(ctx, "writing image", `INSERT INTO image_files (image_id, width, path) VALUES (?, ?, ?)`, id, width, path)
		if err != nil {
			return err
		}
	}
	return nil
}

// PutPicture creates an image of one square JPEG that a listener sent.
func (tx *Tx) PutPicture(ctx context.Context, id string, jpeg []byte) error {
	if err := tx.PutImage(ctx, id, nil); err != nil {
		return err
	}
	_, err := tx.exec(ctx, "writing picture", `INSERT INTO pictures (image_id, jpeg) VALUES (?, ?)`, id, jpeg)
	return err
}

// DropPicture forgets an image that a listener sent, once nothing shows it any
// more. Any other image stays.
func (tx *Tx) DropPicture(ctx context.Context, id string) error {
	_, err := tx.exec(ctx, "removing picture", `DELETE FROM images WHERE id = ? AND id IN (SELECT image_id FROM pictures)
		AND id NOT IN (SELECT cover FROM playlists WHERE cover IS NOT NULL)`, id)
	return err
}

// Picture returns the JPEG of an image that a listener sent; ErrNotFound.
func (q Q) Picture(ctx context.Context, id string) (jpeg []byte, err error) {
	return one(ctx, q, "reading picture", `SELECT jpeg FROM pictures WHERE image_id = ?`, []any{id},
		func(scan func(...any) error) (b []byte, err error) { return b, scan(&b) })
}

// PutArtist creates or overwrites an artist. A zero Created is now.
func (tx *Tx) PutArtist(ctx context.Context, a Artist) error {
	if a.Links == nil {
		a.Links = []Link{}
	}
	links, err := json.Marshal(a.Links)
	if err != nil {
		return fmt.Errorf("store: writing artist: %w", err)
	}
	_, err = tx.exec(ctx, "writing artist", `
		INSERT INTO artists (id, owner_id, type_id, display_name, description, short_bio, country, links, avatar, banner, featured, created_at, updated_at)
		VALUES (?, ?, ?, ?, NULLIF(?,''), NULLIF(?,''), NULLIF(?,''), ?, NULLIF(?,''), NULLIF(?,''), ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET owner_id = excluded.owner_id, type_id = excluded.type_id, display_name = excluded.display_name,
			description = excluded.description, short_bio = excluded.short_bio, country = excluded.country, links = excluded.links,
			avatar = excluded.avatar, banner = excluded.banner, featured = excluded.featured, updated_at = excluded.updated_at`,
		a.ID, a.OwnerID, a.TypeID, a.DisplayName, a.Description, a.ShortBio, a.Country, string(links), a.Avatar, a.Banner, a.Featured,
		stamp(tx.created(a.Created)), stamp(tx.now))
	return err
}

// PutRelease creates or overwrites a release, without its tracks. A zero
// Created is now.
func (tx *Tx) PutRelease(ctx context.Context, g Release) error {
	tags, err := tagsJSON(g.Tags)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, "writing release", `
		INSERT INTO releases (id, artist_id, title, slug, type, about, display_artist, release_date, private, enabled, featured, download, cover, tags, created_at, updated_at)
		VALUES (?, ?, ?, ?, NULLIF(?,''), NULLIF(?,''), NULLIF(?,''), ?, ?, ?, ?, ?, NULLIF(?,''), ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET artist_id = excluded.artist_id, title = excluded.title, slug = excluded.slug, type = excluded.type,
			about = excluded.about, display_artist = excluded.display_artist, release_date = excluded.release_date, private = excluded.private,
			enabled = excluded.enabled, featured = excluded.featured, download = excluded.download, cover = excluded.cover,
			tags = excluded.tags, updated_at = excluded.updated_at`,
		g.ID, g.ArtistID, g.Title, g.Slug, g.Type, g.About, g.DisplayArtist, g.ReleaseDate, g.Private, g.Enabled, g.Featured, g.Download,
		g.Cover, tags, stamp(tx.created(g.Created)), stamp(tx.now))
	return err
}

// PutTrack creates or overwrites a track. A zero Created is now.
func (tx *Tx) PutTrack(ctx context.Context, t Track) error {
	tags, err := tagsJSON(t.Tags)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, "writing track", `
		INSERT INTO tracks (id, artist_id, title, artist, duration, status, year, tags, file_id, flac_id, created_at, updated_at)
		VALUES (?, ?, ?, NULLIF(?,''), NULLIF(?,0.0), ?, NULLIF(?,0), ?, NULLIF(?,''), NULLIF(?,''), ?, ?)
		ON CONFLICT (id) DO UPDATE SET artist_id = excluded.artist_id, title = excluded.title, artist = excluded.artist,
			duration = excluded.duration, status = excluded.status, year = excluded.year, tags = excluded.tags,
			file_id = excluded.file_id, flac_id = excluded.flac_id, updated_at = excluded.updated_at`,
		t.ID, t.ArtistID, t.Title, t.Artist, t.Duration, int(t.Status), t.Year, tags, t.FileID, t.FlacID,
		stamp(tx.created(t.Created)), stamp(tx.now))
	return err
}

// SetReleaseItems replaces the tracks of a release. Ids must be new.
func (tx *Tx) SetReleaseItems(ctx context.Context, releaseID string, items []NewItem) error {
	if _, err := tx.exec(ctx, "writing release", `DELETE FROM release_items WHERE release_id = ?`, releaseID); err != nil {
		return err
	}
	for i, it := range items {
		_, err := tx.exec(ctx, "writing release", `INSERT INTO release_items (id, release_id, track_id, position) VALUES (?, ?, ?, ?)`,
			it.ID, releaseID, it.TrackID, i+1)
		if err != nil {
			return err
		}
	}
	return nil
}

// NewItem is a track to be put into a release or a playlist under an id of its
// own.
type NewItem struct {
	ID      string
	TrackID string
}

func (tx *Tx) created(t time.Time) time.Time {
	if t.IsZero() {
		return tx.now
	}
	return t
}
