package store

import (
	"context"
	"encoding/json"
	"strings"
	"time"
)

// placeholders makes "?,?,?" and its arguments for an IN list.
func placeholders(ids []string) (string, []any) {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	return strings.TrimSuffix(strings.Repeat("?,", len(ids)), ","), args
}

// Favourite is the star of one track.
type Favourite struct {
	ID     int64
	Active bool
}

// SetFavourite stars or unstars a track; a nil want turns the present state
// round.
func (tx *Tx) SetFavourite(ctx context.Context, userID, trackID string, want *bool) (Favourite, error) {
	var f Favourite
	err := tx.row(ctx, "writing favourite", `
		INSERT INTO favourites (user_id, track_id, active, at) VALUES (?1, ?2, COALESCE(?3, 1), ?4)
		ON CONFLICT (user_id, track_id) DO UPDATE SET
			at = CASE WHEN active = COALESCE(?3, 1 - active) THEN at ELSE ?4 END, active = COALESCE(?3, 1 - active)
		RETURNING id, active`, []any{userID, trackID, want, stamp(tx.now)}, &f.ID, &f.Active)
	return f, err
}

// Favourites lists the user's starred tracks that can still be seen, latest
// first, and their number.
func (q Q) Favourites(ctx context.Context, userID string, l Listing) ([]Track, int, error) {
	return q.trackPage(ctx, `JOIN favourites f ON f.track_id = t.id AND f.user_id = ? WHERE f.active = 1
		AND t.status <> 4 AND (a.owner_id = f.user_id OR `+publicTrack+`)`,
		[]any{userID, q.today()}, ` ORDER BY f.at DESC, f.id DESC`, nil, l)
}

// AreFavourites returns those of the tracks that the user has starred.
func (q Q) AreFavourites(ctx context.Context, userID string, trackIDs []string) ([]string, error) {
	in, args := placeholders(trackIDs)
	return list(ctx, q, "reading favourites", `SELECT track_id FROM favourites WHERE user_id = ? AND active = 1 AND track_id IN (`+in+`)`,
		append([]any{userID}, args...), func(scan func(...any) error) (id string, err error) { return id, scan(&id) })
}

// Playlist is someone's list of tracks.
type Playlist struct {
	ID       string
	UserID   string
	UserName string // read only
	Title    string
	About    string
	Private  bool
	Featured bool
	Cover    string // image id or empty
	Tags     []string
	Version  int64 // read only; grows with every change of the list or its tracks
	Created  time.Time
	Updated  time.Time
}

const (
	playlistColumns = `l.id, l.user_id, u.display_name, l.title, COALESCE(l.about,''), l.private, l.featured, COALESCE(l.cover,''),
		l.tags, l.version, l.created_at, l.updated_at`
	playlistTables = ` FROM playlists l JOIN users u ON u.id = l.user_id `
)

func scanPlaylist(scan func(...any) error) (Playlist, error) {
	var p Playlist
	var tags string
	var created, updated int64
	err := scan(&p.ID, &p.UserID, &p.UserName, &p.Title, &p.About, &p.Private, &p.Featured, &p.Cover, &tags, &p.Version, &created, &updated)
	if err == nil {
		err = json.Unmarshal([]byte(tags), &p.Tags)
	}
	p.Created, p.Updated = unstamp(created), unstamp(updated)
	return p, err
}

// Playlist returns the playlist of that id, whoever may see it.
func (q Q) Playlist(ctx context.Context, id string) (Playlist, error) {
	return one(ctx, q, "reading playlist", `SELECT `+playlistColumns+playlistTables+`WHERE l.id = ?`, []any{id}, scanPlaylist)
}

// PlaylistFilter narrows a list of playlists. Empty fields do not narrow.
type PlaylistFilter struct {
	UserID   string // of this person
	Private  bool   // private ones too
	Featured *bool
	TrackID  string // holding this track
}

// Playlists lists playlists, and their number. Orders are those of Releases.
func (q Q) Playlists(ctx context.Context, f PlaylistFilter, l Listing) ([]Playlist, int, error) {
	where, args := `WHERE (? OR l.private = 0)`, []any{f.Private}
	add := func(cond string, arg any) {
		where += ` AND ` + cond
		args = append(args, arg)
	}
	if f.UserID != "" {
		add(`l.user_id = ?`, f.UserID)
	}
	if f.Featured != nil {
		add(`l.featured = ?`, *f.Featured)
	}
	if f.TrackID != "" {
		add(`EXISTS (SELECT 1 FROM playlist_items i WHERE i.playlist_id = l.id AND i.track_id = ?)`, f.TrackID)
	}
	var count int
	if err := q.row(ctx, "counting playlists", `SELECT COUNT(*)`+playlistTables+where, args, &count); err != nil {
		return nil, 0, err
	}
	order := ` ORDER BY l.created_at DESC, l.rowid DESC`
	switch l.Order {
	case "oldest":
		order = ` ORDER BY l.created_at, l.rowid`
	case "random":
		order = shuffled("l")
		args = append(args, shuffleSeed(l.Random))
	}
	limit, offset := l.window()
	lists, err := list(ctx, q, "listing playlists", `SELECT `+playlistColumns+playlistTables+where+order+` LIMIT ? OFFSET ?`,
		append(args, limit, offset), scanPlaylist)
	return lists, count, err
}

// PlaylistItems returns the tracks of a playlist in order. Tracks that have
// become invisible to the viewer stay out; their places stay counted.
func (q Q) PlaylistItems(ctx context.Context, playlistID, viewerID string) ([]Item, error) {
	return list(ctx, q, "reading playlist", `SELECT i.id, i.position, `+trackColumns+trackTables+`
		JOIN playlist_items i ON i.track_id = t.id
		WHERE i.playlist_id = ? AND t.status <> 4 AND (a.owner_id = ? OR `+publicTrack+`
			OR EXISTS (SELECT 1 FROM counts c WHERE c.track_id = t.id AND c.user_id = ? AND c.owned_at IS NOT NULL))
		ORDER BY i.position`, q.trackArgs(playlistID, viewerID, q.today(), viewerID), scanItem)
}

// PlaylistTracks returns every item of a playlist in order, ids only.
func (q Q) PlaylistTracks(ctx context.Context, playlistID string) ([]NewItem, error) {
	return list(ctx, q, "reading playlist", `SELECT id, track_id FROM playlist_items WHERE playlist_id = ? ORDER BY position`, []any{playlistID},
		func(scan func(...any) error) (it NewItem, err error) { return it, scan(&it.ID, &it.TrackID) })
}

// PutPlaylist creates a playlist, or overwrites the one of the same id and
// raises its version.
func (tx *Tx) PutPlaylist(ctx context.Context, p Playlist) error {
	tags, err := tagsJSON(p.Tags)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, "writing playlist", `
		INSERT INTO playlists (id, user_id, title, about, private, featured, cover, tags, created_at, updated_at)
		VALUES (?, ?, ?, NULLIF(?,''), ?, ?, NULLIF(?,''), ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET title = excluded.title, about = excluded.about, private = excluded.private,
			featured = excluded.featured, cover = excluded.cover, tags = excluded.tags, version = version + 1, updated_at = excluded.updated_at`,
		p.ID, p.UserID, p.Title, p.About, p.Private, p.Featured, p.Cover, tags, stamp(tx.now), stamp(tx.now))
	return err
}

// SetPlaylistItems replaces the tracks of a playlist and raises its version.
// Items that were in it keep the time they came.
func (tx *Tx) SetPlaylistItems(ctx context.Context, playlistID string, items []NewItem) error {
	before := map[string]int64{}
	rows, err := list(ctx, tx.Q, "reading playlist", `SELECT id, created_at FROM playlist_items WHERE playlist_id = ?`, []any{playlistID},
		func(scan func(...any) error) (r struct {
			id string
			at int64
		}, err error) {
			return r, scan(&r.id, &r.at)
		})
	if err != nil {
		return err
	}
	for _, r := range rows {
		before[r.id] = r.at
	}
	if _, err := tx.exec(ctx, "writing playlist", `DELETE FROM playlist_items WHERE playlist_id = ?`, playlistID); err != nil {
		return err
	}
	for i, it := range items {
		at, ok := before[it.ID]
		if !ok {
			at = stamp(tx.now)
		}
		_, err := tx.exec(ctx, "writing playlist", `INSERT INTO playlist_items (id, playlist_id, track_id, position, created_at) VALUES (?, ?, ?, ?, ?)`,
			it.ID, playlistID, it.TrackID, i+1, at)
		if err != nil {
			return err
		}
	}
	_, err = tx.exec(ctx, "writing playlist", `UPDATE playlists SET version = version + 1, updated_at = ? WHERE id = ?`, stamp(tx.now), playlistID)
	return err
}

// DeletePlaylist removes a playlist and its items.
func (tx *Tx) DeletePlaylist(ctx context.Context, id string) error {
	n, err := tx.exec(ctx, "removing playlist", `DELETE FROM playlists WHERE id = ?`, id)
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}
