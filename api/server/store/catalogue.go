package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Status says what a play of a track costs, by the numbers of the tracks API.
type Status int

// The statuses.
const (
	FreePaid Status = iota // as Paid; may be given away as well
	Hidden                 // only its artist sees it
	Free                   // costs nothing, never owned
	Paid                   // the nine-step price
	Deleted
)

var statusNames = [...]string{"free+paid", "hidden", "free", "paid", "deleted"}

// String is the name in the tracks API.
func (s Status) String() string {
	if s < 0 || int(s) >= len(statusNames) {
		return "hidden"
	}
	return statusNames[s]
}

// ParseStatus is the reverse of String.
func ParseStatus(name string) (Status, bool) {
	for i, n := range statusNames {
		if n == name {
			return Status(i), true
		}
	}
	return Hidden, false
}

// The types of artist ("user group") of the tracks API.
const (
	TypeArtist = 1
	TypeBand   = 2
	TypeLabel  = 3
)

// Link is a page of an artist elsewhere.
type Link struct {
	Platform string `json:"platform"`
	URI      string `json:"uri"`
}

// Artist is an artist, a band or a label.
type Artist struct {
	ID          string
	OwnerID     string
	TypeID      int
	DisplayName string
	Description string
	ShortBio    string
	Country     string
	Links       []Link
	Avatar      string // image id or empty
	Banner      string // image id or empty
	Featured    bool
	Created     time.Time
	Updated     time.Time
}

// Release is a release, "trackgroup" in the API.
type Release struct {
	ID            string
	ArtistID      string
	ArtistName    string // read only
	OwnerID       string // read only
	Title         string
	Slug          string
	Type          string // lp, ep, single, … or empty
	About         string
	DisplayArtist string
	ReleaseDate   string // YYYY-MM-DD
	Private       bool
	Enabled       bool
	Featured      bool
	Download      bool
	Cover         string // image id or empty
	Tags          []string
	Created       time.Time
	Updated       time.Time
}

// Public reports whether everyone may see the release at that time: it is
// enabled, not private, and its date has come (in UTC).
func (r Release) Public(now time.Time) bool {
	return r.Enabled && !r.Private && r.ReleaseDate <= now.UTC().Format(time.DateOnly)
}

// Track is one track. The fields about its release are read only and come from
// the first release that holds it.
type Track struct {
	ID         string
	ArtistID   string
	ArtistName string // read only
	OwnerID    string // read only
	Title      string
	Artist     string  // free text of old catalogues, or empty
	Duration   float64 // seconds, 0 when unknown
	Status     Status
	Year       int // 0 when unknown
	Tags       []string
	FileID     string // what is streamed, or empty
	FlacID     string // the lossless original, or empty
	Created    time.Time
	Updated    time.Time

	ReleaseID    string
	ReleaseTitle string
	Cover        string // image id of the release, or empty
	Public       bool   // everyone may see it: its status, and a release that is out
}

// Item is a track at its place in a release or a playlist. Index counts from 1.
type Item struct {
	ID    string
	Index int
	Track Track
}

// Listing picks a page of a list.
type Listing struct {
	Limit  int // rows on a page, > 0
	Page   int // from 1
	Order  string
	Random int64 // seed of order "random": the same seed gives the same order
}

func (l Listing) window() (limit, offset int) {
	return l.Limit, (max(l.Page, 1) - 1) * l.Limit
}

// publicRelease is true for a release g that everyone may see. Its one
// parameter is the day.
const publicRelease = `(g.enabled = 1 AND g.private = 0 AND g.release_date <= ?)`

func (q Q) today() string { return q.now.UTC().Format(time.DateOnly) }

const artistColumns = `a.id, a.owner_id, a.type_id, a.display_name, COALESCE(a.description,''), COALESCE(a.short_bio,''),
	COALESCE(a.country,''), a.links, COALESCE(a.avatar,''), COALESCE(a.banner,''), a.featured, a.created_at, a.updated_at`

func scanArtist(scan func(...any) error) (Artist, error) {
	var a Artist
	var links string
	var created, updated int64
	err := scan(&a.ID, &a.OwnerID, &a.TypeID, &a.DisplayName, &a.Description, &a.ShortBio, &a.Country, &links,
		&a.Avatar, &a.Banner, &a.Featured, &created, &updated)
	if err == nil {
		err = json.Unmarshal([]byte(links), &a.Links)
	}
	a.Created, a.Updated = unstamp(created), unstamp(updated)
	return a, err
}

const releaseColumns = `g.id, g.artist_id, a.display_name, a.owner_id, g.title, g.slug, COALESCE(g.type,''), COALESCE(g.about,''),
	COALESCE(g.display_artist,''), g.release_date, g.private, g.enabled, g.featured, g.download, COALESCE(g.cover,''),
	g.tags, g.created_at, g.updated_at`

const releaseTables = ` FROM releases g JOIN artists a ON a.id = g.artist_id `

func scanRelease(scan func(...any) error) (Release, error) {
	var g Release
	var tags string
	var created, updated int64
	err := scan(&g.ID, &g.ArtistID, &g.ArtistName, &g.OwnerID, &g.Title, &g.Slug, &g.Type, &g.About, &g.DisplayArtist,
		&g.ReleaseDate, &g.Private, &g.Enabled, &g.Featured, &g.Download, &g.Cover, &tags, &created, &updated)
	if err == nil {
		err = json.Unmarshal([]byte(tags), &g.Tags)
	}
	g.Created, g.Updated = unstamp(created), unstamp(updated)
	return g, err
}

// trackColumns and trackTables read tracks, each with the release that shows it:
// a public one before any other, else the oldest. Each has one parameter, the
// day.
const (
	trackColumns = `t.id, t.artist_id, a.display_name, a.owner_id, t.title, COALESCE(t.artist,''), COALESCE(t.duration,0), t.status,
		COALESCE(t.year,0), t.tags, COALESCE(t.file_id,''), COALESCE(t.flac_id,''), t.created_at, t.updated_at,
		COALESCE(g.id,''), COALESCE(g.title,''), COALESCE(g.cover,''), ` + publicTrack + ` AS public`

	publicTrack = `(t.status IN (0,2,3) AND g.id IS NOT NULL AND ` + publicRelease + `)`

	trackTables = ` FROM tracks t JOIN artists a ON a.id = t.artist_id
		LEFT JOIN releases g ON g.id = (
			SELECT g.id FROM release_items i JOIN releases g ON g.id = i.release_id WHERE i.track_id = t.id
			ORDER BY ` + publicRelease + ` DESC, g.created_at, g.id LIMIT 1) `

	trackSelect = `SELECT ` + trackColumns + trackTables
)

// trackArgs are the parameters of trackSelect, in front of those of a WHERE.
func (q Q) trackArgs(rest ...any) []any {
	return append([]any{q.today(), q.today()}, rest...)
}

func scanTrack(scan func(...any) error) (Track, error) {
	t, dest := trackDest()
	if err := scan(dest.fields...); err != nil {
		return Track{}, err
	}
	return *t, dest.finish(t)
}

// trackFields is where the columns of trackSelect go.
type trackFields struct {
	fields           []any
	tags             string
	created, updated int64
}

func trackDest() (*Track, *trackFields) {
	t, d := &Track{}, &trackFields{}
	d.fields = []any{&t.ID, &t.ArtistID, &t.ArtistName, &t.OwnerID, &t.Title, &t.Artist, &t.Duration, &t.Status,
		&t.Year, &d.tags, &t.FileID, &t.FlacID, &d.created, &d.updated, &t.ReleaseID, &t.ReleaseTitle, &t.Cover, &t.Public}
	return t, d
}

func (d *trackFields) finish(t *Track) error {
	t.Created, t.Updated = unstamp(d.created), unstamp(d.updated)
	return json.Unmarshal([]byte(d.tags), &t.Tags)
}

// Artist returns the artist of that id.
func (q Q) Artist(ctx context.Context, id string) (Artist, error) {
	return one(ctx, q, "reading artist", `SELECT `+artistColumns+` FROM artists a WHERE a.id = ?`, []any{id}, scanArtist)
}

// Release returns the release of that id, whoever may see it: the caller
// decides with [Release.Public] and OwnerID.
func (q Q) Release(ctx context.Context, id string) (Release, error) {
	return one(ctx, q, "reading release", `SELECT `+releaseColumns+releaseTables+`WHERE g.id = ?`, []any{id}, scanRelease)
}

// Track returns the track of that id, whoever may see it: the caller decides
// with Public and OwnerID. A deleted track is not found.
func (q Q) Track(ctx context.Context, id string) (Track, error) {
	return one(ctx, q, "reading track", trackSelect+`WHERE t.id = ? AND t.status <> 4`, q.trackArgs(id), scanTrack)
}

// ReleaseItems returns the tracks of a release in order. With all set, hidden
// tracks are among them.
func (q Q) ReleaseItems(ctx context.Context, releaseID string, all bool) ([]Item, error) {
	query := `SELECT i.id, i.position, ` + trackColumns + trackTables + `
		JOIN release_items i ON i.track_id = t.id WHERE i.release_id = ? AND t.status <> 4 AND (? OR t.status <> 1) ORDER BY i.position`
	return list(ctx, q, "reading release", query, q.trackArgs(releaseID, all), scanItem)
}

func scanItem(scan func(...any) error) (Item, error) {
	var it Item
	t, dest := trackDest()
	if err := scan(append([]any{&it.ID, &it.Index}, dest.fields...)...); err != nil {
		return it, err
	}
	err := dest.finish(t)
	it.Track = *t
	return it, err
}

// contains turns words of a person into a LIKE pattern, with \ as its escape.
func contains(s string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s) + "%"
}

func tagsJSON(tags []string) (string, error) {
	if tags == nil {
		tags = []string{}
	}
	b, err := json.Marshal(tags)
	if err != nil {
		return "", fmt.Errorf("store: writing tags: %w", err)
	}
	return string(b), nil
}
