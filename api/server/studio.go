package server

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"github.com/ninth-coop/ninth/api/server/store"
)

// The artist's own room: everything of the artists that someone owns, whether
// it is out or not.

func (s *Server) ownArtists(c *call) (reply, error) {
	q := c.query()
	l := c.listing(q, maxLimit)
	if err := q.err(); err != nil {
		return reply{}, err
	}
	list, count, err := c.read.Artists(c.ctx(), store.ArtistFilter{OwnerID: c.user.ID}, l)
	if err != nil {
		return reply{}, err
	}
	out := c.artists(list)
	for i, a := range list {
		f := store.ReleaseFilter{OwnerID: c.user.ID, ArtistID: a.ID}
		releases, _, err := c.read.Releases(c.ctx(), f, store.Listing{Limit: maxLimit, Page: 1})
		if err != nil {
			return reply{}, err
		}
		whole, err := c.wholeReleases(releases, true)
		if err != nil {
			return reply{}, err
		}
		out[i].Trackgroups = &whole
	}
	return paged(out, count, l, "pages", "ok"), nil
}

func (s *Server) ownArtist(c *call) (reply, error) {
	a, err := c.findArtist()
	if err != nil || a.OwnerID != c.user.ID {
		return reply{}, hidden(err, "Not found")
	}
	return ok(c.artist(a)), nil
}

func (s *Server) createArtist(c *call) (reply, error) {
	var in struct {
		DisplayName string `json:"displayName"`
		Description string `json:"description"`
		ShortBio    string `json:"shortBio"`
	}
	if err := c.decode(&in, false); err != nil {
		return reply{}, err
	}
	a := store.Artist{
		ID: uuid.NewString(), OwnerID: c.user.ID, TypeID: store.TypeArtist,
		DisplayName: strings.TrimSpace(in.DisplayName), Description: in.Description, ShortBio: in.ShortBio,
	}
	if a.DisplayName == "" {
		return reply{}, missing("body", "displayName")
	}
	if len(a.DisplayName) > maxName || len(a.Description) > maxAbout || len(a.ShortBio) > maxAbout {
		return reply{}, invalid("body", "", "maxLength", "should be shorter")
	}
	if err := c.tx.PutArtist(c.ctx(), a); err != nil {
		return reply{}, err
	}
	a, err := c.tx.Artist(c.ctx(), a.ID)
	return reply{status: http.StatusCreated, said: http.StatusCreated, data: c.artist(a)}, err
}

func (s *Server) ownReleases(c *call) (reply, error) {
	q := c.query()
	l := c.listing(q, maxLimit, "newest", "oldest", "random")
	f := store.ReleaseFilter{
		OwnerID: c.user.ID, Type: releaseType(q),
		Private: q.flag("private"), Enabled: q.flag("enabled"), Download: q.flag("download"), Featured: q.flag("featured"),
	}
	if err := q.err(); err != nil {
		return reply{}, err
	}
	list, count, err := c.read.Releases(c.ctx(), f, l)
	if err != nil {
		return reply{}, err
	}
	out, err := c.wholeReleases(list, true)
	return paged(out, count, l, "numberOfPages", "ok"), err
}

// findOwnRelease reads a release of the artist who asks.
func (c *call) findOwnRelease() (store.Release, error) {
	id, err := c.id()
	if err != nil {
		return store.Release{}, err
	}
	g, err := c.read.Release(c.ctx(), id)
	if err != nil || g.OwnerID != c.user.ID {
		return g, hidden(err, "Track group does not exist")
	}
	return g, nil
}

func (s *Server) ownRelease(c *call) (reply, error) {
	g, err := c.findOwnRelease()
	if err != nil {
		return reply{}, err
	}
	out, err := c.wholeRelease(g, true)
	return ok(out), err
}

// releaseFields is what may be said about a release.
type releaseFields struct {
	CreatorID     *string   `json:"creatorId"`
	Title         *string   `json:"title"`
	Type          *string   `json:"type"`
	About         *string   `json:"about"`
	DisplayArtist *string   `json:"display_artist"`
	ReleaseDate   *string   `json:"releaseDate"`
	Private       *bool     `json:"private"`
	Enabled       *bool     `json:"enabled"`
	Download      *bool     `json:"download"`
	Tags          *[]string `json:"tags"`
}

func set[T any](dst *T, v *T) {
	if v != nil {
		*dst = *v
	}
}

// apply checks the fields and puts them into a release.
func (in releaseFields) apply(g *store.Release) error {
	set(&g.Title, in.Title)
	set(&g.Type, in.Type)
	set(&g.About, in.About)
	set(&g.DisplayArtist, in.DisplayArtist)
	set(&g.ReleaseDate, in.ReleaseDate)
	set(&g.Private, in.Private)
	set(&g.Enabled, in.Enabled)
	set(&g.Download, in.Download)
	set(&g.Tags, in.Tags)
	if g.Title = strings.TrimSpace(g.Title); g.Title == "" {
		return missing("body", "title")
	}
	if len(g.Title) > maxTitle || len(g.About) > maxAbout || len(g.DisplayArtist) > maxTitle {
		return invalid("body", "", "maxLength", "should be shorter")
	}
	if g.Type != "" && !slices.Contains(releaseTypes(), g.Type) {
		return invalid("body", "type", "enum", "should be equal to one of the allowed values")
	}
	if _, err := time.Parse(time.DateOnly, g.ReleaseDate); err != nil {
		return invalid("body", "releaseDate", "format", `should match format "date"`)
	}
	g.Slug = Slug(g.Title)
	return nil
}

// Slug makes a title fit for an address: "Low Water Marks" is
// "low-water-marks".
func Slug(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(words, "-")
}

func (s *Server) createRelease(c *call) (reply, error) {
	var in releaseFields
	if err := c.decode(&in, false); err != nil {
		return reply{}, err
	}
	artist, err := c.ownArtistFor(in.CreatorID)
	if err != nil {
		return reply{}, err
	}
	g := store.Release{
		ID: uuid.NewString(), ArtistID: artist, Private: true,
		ReleaseDate: c.now().UTC().Format(time.DateOnly),
	}
	if err := in.apply(&g); err != nil {
		return reply{}, err
	}
	rep, err := c.saveRelease(g)
	rep.status, rep.said = http.StatusCreated, http.StatusCreated
	return rep, err
}

// ownArtistFor finds the artist that something new belongs to: the one named,
// or the first.
func (c *call) ownArtistFor(id *string) (string, error) {
	list, _, err := c.read.Artists(c.ctx(), store.ArtistFilter{OwnerID: c.user.ID}, store.Listing{Limit: maxLimit, Page: 1})
	if err != nil {
		return "", err
	}
	for i := len(list) - 1; i >= 0; i-- { // newest first in the list
		if id == nil || strings.EqualFold(list[i].ID, *id) {
			return list[i].ID, nil
		}
	}
	return "", &apiError{Status: http.StatusForbidden, Message: "You can't make music for this artist"}
}

func (c *call) saveRelease(g store.Release) (reply, error) {
	if err := c.tx.PutRelease(c.ctx(), g); err != nil {
		return reply{}, err
	}
	g, err := c.tx.Release(c.ctx(), g.ID)
	return ok(c.release(g)), err
}

func (s *Server) putRelease(c *call) (reply, error) {
	g, err := c.findOwnRelease()
	if err != nil {
		return reply{}, err
	}
	var in releaseFields
	if err := c.decode(&in, false); err != nil {
		return reply{}, err
	}
	if err := in.apply(&g); err != nil {
		return reply{}, err
	}
	return c.saveRelease(g)
}

func (s *Server) ownTracks(c *call) (reply, error) {
	q := c.query()
	l := c.listing(q, defaultTracks)
	if err := q.err(); err != nil {
		return reply{}, err
	}
	list, count, err := c.read.OwnTracks(c.ctx(), c.user.ID, l)
	if err != nil {
		return reply{}, err
	}
	out, err := c.tracks(list)
	return paged(out, count, l, "numberOfPages", "ok"), err
}

func (s *Server) ownTrack(c *call) (reply, error) {
	id, err := c.id()
	if err != nil {
		return reply{}, err
	}
	t, err := c.read.Track(c.ctx(), id)
	if err != nil || t.OwnerID != c.user.ID {
		return reply{}, hidden(err, "No track found")
	}
	out, err := c.tracks([]store.Track{t})
	if err != nil {
		return reply{}, err
	}
	return bare(out[0]), nil
}
