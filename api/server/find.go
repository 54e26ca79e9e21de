package server

import (
	"net/url"
	"strings"

	"github.com/ninth-coop/ninth/api/server/store"
)

// How many of each the answers hold at most.
const (
	foundArtists  = 20
	foundTracks   = 20
	foundReleases = 50
	taggedEach    = 50
)

// found is what search and tag give.
type found struct {
	Artists     *[]wireArtist `json:"artists,omitempty"`
	Labels      *[]wireArtist `json:"labels,omitempty"`
	Bands       *[]wireArtist `json:"bands,omitempty"`
	Tracks      []wireTrack   `json:"tracks"`
	Trackgroups []wireRelease `json:"trackgroups"`
}

const maxWords = 200 // characters of a search

func (s *Server) search(c *call) (reply, error) {
	q := c.query()
	words := strings.TrimSpace(q.values.Get("q"))
	if words == "" {
		q.bad("q", "required", "should have required property 'q'")
	} else if len(words) > maxWords {
		q.bad("q", "maxLength", "should NOT be longer than 200 characters")
	}
	if err := q.err(); err != nil {
		return reply{}, err
	}
	artists, _, err := c.read.Artists(c.ctx(), store.ArtistFilter{Words: words}, store.Listing{Limit: foundArtists, Page: 1})
	if err != nil {
		return reply{}, err
	}
	tracks, err := c.read.SearchTracks(c.ctx(), words, foundTracks)
	if err != nil {
		return reply{}, err
	}
	releases, _, err := c.read.Releases(c.ctx(), store.ReleaseFilter{Words: words}, store.Listing{Limit: foundReleases, Page: 1})
	if err != nil {
		return reply{}, err
	}
	byType := map[int]*[]wireArtist{store.TypeArtist: {}, store.TypeBand: {}, store.TypeLabel: {}}
	for _, a := range artists {
		kind := a.TypeID
		if kind == store.TypeBand { // clients of the reference know artists only
			kind = store.TypeArtist
		}
		if list := byType[kind]; list != nil {
			*list = append(*list, c.artist(a))
		}
	}
	return bare(found{
		Artists: byType[store.TypeArtist], Labels: byType[store.TypeLabel], Bands: byType[store.TypeBand],
		Tracks: mapped(tracks, c.track), Trackgroups: c.releases(releases),
	}), nil
}

func (s *Server) tag(c *call) (reply, error) {
	tag := strings.ToLower(strings.TrimSpace(c.PathValue("tag")))
	if tag == "" || len(tag) > maxWords {
		return reply{}, invalid("path", "tag", "maxLength", "should be a tag")
	}
	tracks, err := c.read.TaggedTracks(c.ctx(), tag, taggedEach)
	if err != nil {
		return reply{}, err
	}
	releases, _, err := c.read.Releases(c.ctx(), store.ReleaseFilter{Tag: tag}, store.Listing{Limit: taggedEach, Page: 1})
	return bare(found{Tracks: mapped(tracks, c.track), Trackgroups: c.releases(releases)}), err
}

// resolve finds what an address of this co-op's API or of a web player names:
// any address that ends in …/<kind>/<uuid>.
func (s *Server) resolve(c *call) (reply, error) {
	raw := c.URL.Query().Get("url")
	if raw == "" {
		return reply{}, missing("query", "url")
	}
	u, err := url.Parse(raw)
	if err != nil {
		return reply{}, invalid("query", "url", "format", `should match format "uri"`)
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) < 2 {
		return reply{}, notFound("Not found")
	}
	kinds := map[string]endpoint{
		"track": s.oneTrack, "tracks": s.oneTrack, "release": s.oneRelease, "trackgroups": s.oneRelease,
		"artist": s.oneArtist, "artists": s.oneArtist, "label": s.oneLabel, "labels": s.oneLabel,
		"playlist": s.onePlaylist, "playlists": s.onePlaylist,
	}
	e, known := kinds[parts[len(parts)-2]]
	id := strings.ToLower(parts[len(parts)-1])
	if !known || !uuidPattern.MatchString(id) {
		return reply{}, notFound("Not found")
	}
	c.SetPathValue("id", id)
	return e(c)
}
