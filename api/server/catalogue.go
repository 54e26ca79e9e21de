package server

import "github.com/ninth-coop/ninth/api/server/store"

// How many rows the endpoints give when the asker does not say.
const (
	defaultTracks   = 50
	defaultReleases = 90
	defaultArtists  = 20
	defaultLabels   = 100
	defaultUpdated  = 50
	featuredArtists = 10
)

func (s *Server) listTracks(c *call) (reply, error) {
	q := c.query()
	l := c.listing(q, defaultTracks, "random", "latest", "plays", "newest")
	if err := q.err(); err != nil {
		return reply{}, err
	}
	list, count, err := c.read.Tracks(c.ctx(), l)
	if err != nil {
		return reply{}, err
	}
	return paged(mapped(list, c.track), count, l, "numberOfPages", "ok"), nil
}

func mapped[T, U any](list []T, f func(T) U) []U {
	out := make([]U, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}

// visible reports whether the asker may see a track.
func (c *call) visible(t store.Track) bool {
	return t.Public || c.user.ID != "" && t.OwnerID == c.user.ID
}

func (s *Server) oneTrack(c *call) (reply, error) {
	id, err := c.id()
	if err != nil {
		return reply{}, err
	}
	t, err := c.read.Track(c.ctx(), id)
	if err != nil || !c.visible(t) {
		return reply{}, hidden(err, "No track found")
	}
	out, err := c.tracks([]store.Track{t})
	if err != nil {
		return reply{}, err
	}
	return bare(out[0]), nil
}

// hidden is "not found" both for what is not there and for what may not be seen.
func hidden(err error, message string) error {
	if err == nil {
		return notFound(message)
	}
	return orNotFound(err, message)
}

func (s *Server) listReleases(c *call) (reply, error) {
	q := c.query()
	l := c.listing(q, defaultReleases, "newest", "oldest", "random")
	f := store.ReleaseFilter{Type: releaseType(q), Featured: q.flag("featured")}
	if err := q.err(); err != nil {
		return reply{}, err
	}
	// Before the list: what changes in between is then read again, not missed.
	if l.Page <= 1 {
		version, err := c.read.CatalogueVersion(c.ctx())
		if err != nil {
			return reply{}, err
		}
		c.head.Set(versionHeader, version)
	}
	list, count, err := c.read.Releases(c.ctx(), f, l)
	if err != nil {
		return reply{}, err
	}
	return paged(c.releases(list), count, l, "numberOfPages", "ok"), nil
}

func releaseTypes() []string {
	return []string{"lp", "ep", "single", "compilation", "collection", "podcast"}
}

func releaseType(q *query) string { return q.choice("type", append(releaseTypes(), "playlist")...) }

func (s *Server) oneRelease(c *call) (reply, error) {
	id, err := c.id()
	if err != nil {
		return reply{}, err
	}
	g, err := c.read.Release(c.ctx(), id)
	if err != nil || !g.Public(c.now()) {
		return reply{}, hidden(err, "Track group does not exist")
	}
	out, err := c.wholeRelease(g, false)
	return ok(out), err
}

func (s *Server) listPlaylists(c *call) (reply, error) {
	q := c.query()
	l := c.listing(q, defaultReleases, "newest", "oldest", "random")
	f := store.PlaylistFilter{Featured: q.flag("featured")}
	if err := q.err(); err != nil {
		return reply{}, err
	}
	if err := c.playlistsVersion(l, ""); err != nil {
		return reply{}, err
	}
	return c.playlistPage(f, l)
}

// playlistsVersion says the version of a list of playlists on its first page.
func (c *call) playlistsVersion(l store.Listing, userID string) error {
	if l.Page > 1 {
		return nil
	}
	version, err := c.read.PlaylistsVersion(c.ctx(), userID)
	c.head.Set(versionHeader, version)
	return err
}

// playlistPage lists public playlists with their tracks.
func (c *call) playlistPage(f store.PlaylistFilter, l store.Listing) (reply, error) {
	list, count, err := c.read.Playlists(c.ctx(), f, l)
	if err != nil {
		return reply{}, err
	}
	out := make([]wirePlaylist, len(list))
	for i, p := range list {
		if out[i], err = c.wholePlaylist(p); err != nil {
			return reply{}, err
		}
	}
	return paged(out, count, l, "numberOfPages", "ok"), nil
}

func (s *Server) onePlaylist(c *call) (reply, error) {
	id, err := c.id()
	if err != nil {
		return reply{}, err
	}
	p, err := c.read.Playlist(c.ctx(), id)
	if err != nil || p.Private && p.UserID != c.user.ID {
		return reply{}, hidden(err, "Playlist does not exist")
	}
	out, err := c.wholePlaylist(p)
	return ok(out), err
}

func (s *Server) listArtists(c *call) (reply, error) {
	q := c.query()
	l := c.listing(q, defaultArtists)
	if err := q.err(); err != nil {
		return reply{}, err
	}
	return c.artistPage(store.ArtistFilter{}, l, "pages")
}

// artistPage lists artists with their public releases.
func (c *call) artistPage(f store.ArtistFilter, l store.Listing, pagesKey string) (reply, error) {
	list, count, err := c.read.Artists(c.ctx(), f, l)
	if err != nil {
		return reply{}, err
	}
	out := c.artists(list)
	for i := range out {
		releases, _, err := c.read.Releases(c.ctx(), store.ReleaseFilter{ArtistID: out[i].ID}, store.Listing{Limit: maxLimit, Page: 1})
		if err != nil {
			return reply{}, err
		}
		written := c.releases(releases)
		out[i].Trackgroups = &written
	}
	return paged(out, count, l, pagesKey, "ok"), nil
}

func (s *Server) featuredArtists(c *call) (reply, error) {
	rep, err := c.artistPage(store.ArtistFilter{Featured: true}, store.Listing{Limit: featuredArtists, Page: 1}, "")
	return bare(rep.data), err
}

func (s *Server) updatedArtists(c *call) (reply, error) {
	q := c.query()
	l := c.listing(q, defaultUpdated)
	if err := q.err(); err != nil {
		return reply{}, err
	}
	l.Order = "updated"
	return c.artistPage(store.ArtistFilter{}, l, "numberOfPages")
}

// findArtist reads the artist of the path.
func (c *call) findArtist() (store.Artist, error) {
	id, err := c.id()
	if err != nil {
		return store.Artist{}, err
	}
	a, err := c.read.Artist(c.ctx(), id)
	return a, orNotFound(err, "Not found")
}

func (s *Server) oneArtist(c *call) (reply, error) {
	a, err := c.findArtist()
	return bare(c.artist(a)), err
}

func (s *Server) artistReleases(c *call) (reply, error) {
	a, err := c.findArtist()
	if err != nil {
		return reply{}, err
	}
	q := c.query()
	l := c.listing(q, defaultReleases, "newest", "oldest", "random")
	f := store.ReleaseFilter{ArtistID: a.ID, Type: releaseType(q)}
	if err := q.err(); err != nil {
		return reply{}, err
	}
	list, count, err := c.read.Releases(c.ctx(), f, l)
	if err != nil {
		return reply{}, err
	}
	out, err := c.wholeReleases(list, false)
	return paged(out, count, l, "numberOfPages", "ok"), err
}

func (s *Server) artistTop(c *call) (reply, error) {
	a, err := c.findArtist()
	if err != nil {
		return reply{}, err
	}
	q := c.query()
	const defaultTop, maxTop = 3, 10
	limit := q.number("limit", defaultTop, 1, maxTop)
	if err := q.err(); err != nil {
		return reply{}, err
	}
	list, err := c.read.TopTracks(c.ctx(), a.ID, limit)
	return bare(mapped(list, c.track)), err
}

func (s *Server) artistTracks(c *call) (reply, error) {
	a, err := c.findArtist()
	if err != nil {
		return reply{}, err
	}
	q := c.query()
	l := c.listing(q, defaultTracks)
	if err := q.err(); err != nil {
		return reply{}, err
	}
	list, count, err := c.read.ArtistTracks(c.ctx(), a.ID, l)
	return paged(mapped(list, c.track), count, l, "numberOfPages", "ok"), err
}

func (s *Server) listLabels(c *call) (reply, error) {
	q := c.query()
	l := c.listing(q, defaultLabels)
	if err := q.err(); err != nil {
		return reply{}, err
	}
	list, count, err := c.read.Artists(c.ctx(), store.ArtistFilter{TypeID: store.TypeLabel}, l)
	return paged(c.artists(list), count, l, "pages", nil), err
}

func (s *Server) oneLabel(c *call) (reply, error) {
	a, err := c.findArtist()
	if err != nil || a.TypeID != store.TypeLabel {
		return reply{}, hidden(err, "Not found")
	}
	return bare(c.artist(a)), nil
}

// labelArtists and labelReleases: this co-op keeps no members of labels, so a
// label has no artists, and the releases that are its own.
func (s *Server) labelArtists(c *call) (reply, error) {
	if _, err := s.oneLabel(c); err != nil {
		return reply{}, err
	}
	return paged([]wireArtist{}, 0, store.Listing{Limit: defaultArtists}, "pages", nil), nil
}

func (s *Server) labelReleases(c *call) (reply, error) {
	if _, err := s.oneLabel(c); err != nil {
		return reply{}, err
	}
	rep, err := s.artistReleases(c)
	rep.pagesKey = "pages"
	return rep, err
}

// oneUser tells about a listener: a name. E-mail addresses are nobody else's
// business.
func (s *Server) oneUser(c *call) (reply, error) {
	id, err := c.id()
	if err != nil {
		return reply{}, err
	}
	u, err := c.read.User(c.ctx(), id)
	if err != nil {
		return reply{}, orNotFound(err, "Not found")
	}
	return bare(map[string]any{"id": u.ID, "displayName": u.DisplayName, "country": maybe(u.Country)}), nil
}

func (s *Server) userPlaylists(c *call) (reply, error) {
	id, err := c.id()
	if err != nil {
		return reply{}, err
	}
	q := c.query()
	l := c.listing(q, maxLimit)
	if err := q.err(); err != nil {
		return reply{}, err
	}
	return c.playlistPage(store.PlaylistFilter{UserID: id}, l)
}
