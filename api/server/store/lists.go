package store

import (
	"context"
	"fmt"
	"strings"
)

// Tracks lists the tracks that everyone may see, and their number. Orders:
// "newest" and "latest" (by release date), "plays" (those played, most
// recently played first), "random"; anything else is newest.
func (q Q) Tracks(ctx context.Context, l Listing) ([]Track, int, error) {
	where, order := `WHERE `+publicTrack, ` ORDER BY g.release_date DESC, g.id, t.id`
	var orderArgs []any
	switch l.Order {
	case "plays":
		where += ` AND EXISTS (SELECT 1 FROM plays p WHERE p.track_id = t.id)`
		order = ` ORDER BY (SELECT MAX(p.id) FROM plays p WHERE p.track_id = t.id) DESC`
	case "random":
		order, orderArgs = shuffled("t"), []any{shuffleSeed(l.Random)}
	}
	return q.trackPage(ctx, where, []any{q.today()}, order, orderArgs, l)
}

// shufflePrime bounds the keys of a shuffle. Multiplying by a number below a
// prime gives every row a key of its own, as long as there are fewer rows.
const shufflePrime = 1000003

// shuffled orders rows by a key made of the row number and one parameter, see
// [shuffleSeed]. It is the same for the same seed, so that pages of one shuffle
// fit together.
func shuffled(table string) string {
	id := table + ".rowid"
	return fmt.Sprintf(` ORDER BY %s * ? %% %d, %s`, id, shufflePrime, id)
}

// shuffleSeed turns any number into a factor for shuffled.
func shuffleSeed(seed int64) int64 {
	return int64(uint64(seed)*0x9E3779B97F4A7C15>>32)%(shufflePrime-1) + 1
}

// trackPage runs one page of trackSelect, and counts the rows of all pages.
func (q Q) trackPage(ctx context.Context, where string, whereArgs []any, order string, orderArgs []any, l Listing) ([]Track, int, error) {
	var count int
	args := append([]any{q.today()}, whereArgs...)
	if err := q.row(ctx, "counting tracks", `SELECT COUNT(*)`+trackTables+where, args, &count); err != nil {
		return nil, 0, err
	}
	limit, offset := l.window()
	args = append(append(q.trackArgs(whereArgs...), orderArgs...), limit, offset)
	tracks, err := list(ctx, q, "listing tracks", trackSelect+where+order+` LIMIT ? OFFSET ?`, args, scanTrack)
	return tracks, count, err
}

// ReleaseFilter narrows a list of releases. Empty fields do not narrow.
type ReleaseFilter struct {
	ArtistID string
	OwnerID  string // set: every release of this person's artists, drafts included
	Type     string
	Featured *bool
	Private  *bool
	Enabled  *bool
	Download *bool
	Tag      string // a part of one of its tags
	Words    string // a part of its title or its artist's name
}

func (f ReleaseFilter) where(q Q) (string, []any) {
	var conds []string
	var args []any
	add := func(cond string, arg ...any) {
		conds = append(conds, cond)
		args = append(args, arg...)
	}
	if f.OwnerID == "" {
		add(publicRelease, q.today())
	} else {
		add(`a.owner_id = ?`, f.OwnerID)
	}
	if f.ArtistID != "" {
		add(`g.artist_id = ?`, f.ArtistID)
	}
	if f.Type != "" {
		add(`g.type = ?`, f.Type)
	}
	for column, want := range map[string]*bool{"featured": f.Featured, "private": f.Private, "enabled": f.Enabled, "download": f.Download} {
		if want != nil {
			add(`g.`+column+` = ?`, *want)
		}
	}
	if f.Tag != "" {
		add(`EXISTS (SELECT 1 FROM json_each(g.tags) WHERE value LIKE ? ESCAPE '\')`, contains(f.Tag))
	}
	if f.Words != "" {
		add(`(g.title LIKE ? ESCAPE '\' OR a.display_name LIKE ? ESCAPE '\')`, contains(f.Words), contains(f.Words))
	}
	return `WHERE ` + strings.Join(conds, ` AND `), args
}

// Releases lists releases, and their number. Orders: "newest" (by release
// date), "oldest", "random"; anything else is newest.
func (q Q) Releases(ctx context.Context, f ReleaseFilter, l Listing) ([]Release, int, error) {
	where, args := f.where(q)
	// Every release has an artist, who is looked for only where it matters:
	// counting, and passing over those of earlier pages, is most of the work.
	tables := ` FROM releases g `
	if f.OwnerID != "" || f.Words != "" {
		tables = releaseTables
	}
	var count int
	if err := q.row(ctx, "counting releases", `SELECT COUNT(*)`+tables+where, args, &count); err != nil {
		return nil, 0, err
	}
	order := ` ORDER BY g.release_date DESC, g.created_at DESC, g.rowid`
	switch l.Order {
	case "oldest":
		order = ` ORDER BY g.release_date, g.created_at, g.rowid`
	case "random":
		order = shuffled("g")
		args = append(args, shuffleSeed(l.Random))
	}
	limit, offset := l.window()
	args = append(args, limit, offset)
	if l.Order == "random" {
		args = append(args, shuffleSeed(l.Random))
	}
	window := `(SELECT g.rowid AS row` + tables + where + order + ` LIMIT ? OFFSET ?)`
	releases, err := list(ctx, q, "listing releases", `SELECT `+releaseColumns+releaseTables+`JOIN `+window+` ON row = g.rowid`+order, args, scanRelease)
	return releases, count, err
}

// ArtistFilter narrows a list of artists. Empty fields do not narrow.
type ArtistFilter struct {
	OwnerID  string
	TypeID   int
	Featured bool
	Words    string // a part of the name
}

// Artists lists artists, newest first, and their number. Order "updated" puts
// the artist of the latest release first and leaves out those without any.
func (q Q) Artists(ctx context.Context, f ArtistFilter, l Listing) ([]Artist, int, error) {
	conds, args := []string{`1 = 1`}, []any{}
	add := func(cond string, arg ...any) {
		conds = append(conds, cond)
		args = append(args, arg...)
	}
	if f.OwnerID != "" {
		add(`a.owner_id = ?`, f.OwnerID)
	}
	if f.TypeID != 0 {
		add(`a.type_id = ?`, f.TypeID)
	}
	if f.Featured {
		add(`a.featured = 1`)
	}
	if f.Words != "" {
		add(`a.display_name LIKE ? ESCAPE '\'`, contains(f.Words))
	}
	order, orderArgs := ` ORDER BY a.created_at DESC, a.rowid`, []any{}
	if l.Order == "updated" {
		const latest = `(SELECT MAX(g.release_date) FROM releases g WHERE g.artist_id = a.id AND ` + publicRelease + `)`
		add(latest+` IS NOT NULL`, q.today())
		order, orderArgs = ` ORDER BY `+latest+` DESC, a.rowid`, []any{q.today()}
	}
	where := ` FROM artists a WHERE ` + strings.Join(conds, ` AND `)
	var count int
	if err := q.row(ctx, "counting artists", `SELECT COUNT(*)`+where, args, &count); err != nil {
		return nil, 0, err
	}
	limit, offset := l.window()
	artists, err := list(ctx, q, "listing artists", `SELECT `+artistColumns+where+order+` LIMIT ? OFFSET ?`,
		append(append(args, orderArgs...), limit, offset), scanArtist)
	return artists, count, err
}

// TopTracks lists an artist's public tracks that were played more than once,
// most played first.
func (q Q) TopTracks(ctx context.Context, artistID string, limit int) ([]Track, error) {
	const played = `(SELECT COUNT(*) FROM plays p WHERE p.track_id = t.id)`
	tracks, _, err := q.trackPage(ctx, `WHERE t.artist_id = ? AND `+publicTrack+` AND `+played+` > 1`,
		[]any{artistID, q.today()}, ` ORDER BY `+played+` DESC, t.rowid`, nil, Listing{Limit: limit, Page: 1})
	return tracks, err
}

// ArtistTracks lists an artist's public tracks, newest release first, and their
// number.
func (q Q) ArtistTracks(ctx context.Context, artistID string, l Listing) ([]Track, int, error) {
	return q.trackPage(ctx, `WHERE t.artist_id = ? AND `+publicTrack, []any{artistID, q.today()},
		` ORDER BY g.release_date DESC, g.id, t.rowid`, nil, l)
}

// OwnTracks lists every track of the artists that the user owns, newest first,
// and their number.
func (q Q) OwnTracks(ctx context.Context, userID string, l Listing) ([]Track, int, error) {
	return q.trackPage(ctx, `WHERE a.owner_id = ? AND t.status <> 4`, []any{userID}, ` ORDER BY t.created_at DESC, t.rowid`, nil, l)
}

// SearchTracks finds public tracks by a part of their title.
func (q Q) SearchTracks(ctx context.Context, words string, limit int) ([]Track, error) {
	tracks, _, err := q.trackPage(ctx, `WHERE t.title LIKE ? ESCAPE '\' AND `+publicTrack, []any{contains(words), q.today()},
		` ORDER BY t.title, t.rowid`, nil, Listing{Limit: limit, Page: 1})
	return tracks, err
}

// TaggedTracks finds public tracks that bear exactly this tag, or whose release
// does.
func (q Q) TaggedTracks(ctx context.Context, tag string, limit int) ([]Track, error) {
	tracks, _, err := q.trackPage(ctx, `WHERE (EXISTS (SELECT 1 FROM json_each(t.tags) WHERE value = ?)
		OR EXISTS (SELECT 1 FROM json_each(g.tags) WHERE value = ?)) AND `+publicTrack, []any{tag, tag, q.today()},
		` ORDER BY g.release_date DESC, t.rowid`, nil, Listing{Limit: limit, Page: 1})
	return tracks, err
}

// CatalogueVersion names the state of what everyone can list: the public
// releases with their tracks, and the artists. While it stays the same, so do
// they; it may change when they do not.
func (q Q) CatalogueVersion(ctx context.Context) (string, error) {
	// The day is in it, because releases come out on theirs.
	return q.version(ctx, "catalogue", q.today())
}

// PlaylistsVersion is [Q.CatalogueVersion] for a list of playlists: of one
// person, or of all public ones when userID is empty. What they say of their
// tracks is the catalogue's.
func (q Q) PlaylistsVersion(ctx context.Context, userID string) (string, error) {
	catalogue, err := q.CatalogueVersion(ctx)
	if err != nil {
		return "", err
	}
	return q.version(ctx, strings.TrimSpace("playlists "+userID), catalogue)
}

// version is the number of changes that a list has seen, with what else its
// state depends on.
func (q Q) version(ctx context.Context, list, with string) (string, error) {
	var birth, number int64
	err := q.row(ctx, "reading a version", `SELECT
			(SELECT number FROM revisions WHERE list = 'birth'),
			COALESCE((SELECT number FROM revisions WHERE list = ?), 0)`, []any{list}, &birth, &number)
	return fmt.Sprintf("%x-%x/%s", birth, number, with), err
}
