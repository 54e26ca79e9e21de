package server

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/ninth-coop/ninth/api/server/store"
)

// Bounds of a playlist, in bytes and items.
const (
	maxTitle = 300
	maxAbout = 5000
	maxItems = 10_000
)

const (
	noPlaylist    = "Playlist does not exist"
	noOwnPlaylist = "Playlist does not exist or does not belong to your user account"
)

// versionTag is the entity tag of a playlist: whose, and which version. It
// stands for the list itself, not for one way to write it.
func versionTag(p store.Playlist) string { return fmt.Sprintf(`"%s-%d"`, p.ID, p.Version) }

// ownPlaylist finds a playlist of the listener, and for a change checks that it
// is still the one that the listener saw.
func (c *call) ownPlaylist(message string) (store.Playlist, error) {
	id, err := c.id()
	if err != nil {
		return store.Playlist{}, err
	}
	p, err := c.read.Playlist(c.ctx(), id)
	if err != nil || p.UserID != c.user.ID {
		return p, hidden(err, message)
	}
	if want := c.Header.Get("If-Match"); c.tx != nil && want != "" && !matches(want, versionTag(p)) {
		return p, store.ErrConflict
	}
	return p, nil
}

func (s *Server) ownPlaylists(c *call) (reply, error) {
	q := c.query()
	l := c.listing(q, maxLimit)
	f := store.PlaylistFilter{UserID: c.user.ID, Private: true, Featured: q.flag("featured")}
	if f.TrackID = strings.ToLower(q.values.Get("includes")); f.TrackID != "" && !uuidPattern.MatchString(f.TrackID) {
		q.bad("includes", "format", `should match format "uuid"`)
	}
	if err := q.err(); err != nil {
		return reply{}, err
	}
	if err := c.playlistsVersion(l, c.user.ID); err != nil {
		return reply{}, err
	}
	list, count, err := c.read.Playlists(c.ctx(), f, l)
	if err != nil {
		return reply{}, err
	}
	out := make([]wirePlaylist, len(list))
	for i, p := range list {
		items, err := c.read.PlaylistItems(c.ctx(), p.ID, c.user.ID)
		if err != nil {
			return reply{}, err
		}
		out[i] = c.playlist(p)
		out[i].Items = mapped(items, func(it store.Item) shortItem {
			return shortItem{it.ID, it.Index, shortTrack{it.Track.ID, it.Track.Title, maybe(it.Track.Duration)}}
		})
	}
	return paged(out, count, l, "numberOfPages", "ok"), nil
}

func (s *Server) getOwnPlaylist(c *call) (reply, error) {
	p, err := c.ownPlaylist(noPlaylist)
	if err != nil {
		return reply{}, err
	}
	out, err := c.wholePlaylist(p)
	rep := ok(out)
	rep.etag = versionTag(p)
	return rep, err
}

// playlistFields is what may be said about a playlist.
type playlistFields struct {
	Title   *string   `json:"title"`
	About   *string   `json:"about"`
	Private *bool     `json:"private"`
	Tags    *[]string `json:"tags"`
}

func (in playlistFields) apply(p *store.Playlist) error {
	if in.Title == nil || strings.TrimSpace(*in.Title) == "" {
		return missing("body", "title")
	}
	p.Title = strings.TrimSpace(*in.Title)
	if len(p.Title) > maxTitle {
		return invalid("body", "title", "maxLength", fmt.Sprintf("should NOT be longer than %d characters", maxTitle))
	}
	if in.About != nil {
		if p.About = *in.About; len(p.About) > maxAbout {
			return invalid("body", "about", "maxLength", fmt.Sprintf("should NOT be longer than %d characters", maxAbout))
		}
	}
	if in.Private != nil {
		p.Private = *in.Private
	}
	if in.Tags != nil {
		p.Tags = *in.Tags
	}
	return nil
}

func (s *Server) createPlaylist(c *call) (reply, error) {
	var in playlistFields
	if err := c.decode(&in, false); err != nil {
		return reply{}, err
	}
	p := store.Playlist{ID: uuid.NewString(), UserID: c.user.ID, Private: true}
	if err := in.apply(&p); err != nil {
		return reply{}, err
	}
	rep, err := c.savePlaylist(p)
	rep.status, rep.said = http.StatusCreated, http.StatusCreated
	return rep, err
}

func (s *Server) putPlaylist(c *call) (reply, error) {
	p, err := c.ownPlaylist(noOwnPlaylist)
	if err != nil {
		return reply{}, err
	}
	var in playlistFields
	if err := c.decode(&in, false); err != nil {
		return reply{}, err
	}
	if err := in.apply(&p); err != nil {
		return reply{}, err
	}
	return c.savePlaylist(p)
}

// savePlaylist writes a playlist and answers with what is stored.
func (c *call) savePlaylist(p store.Playlist) (reply, error) {
	if err := c.tx.PutPlaylist(c.ctx(), p); err != nil {
		return reply{}, err
	}
	p, err := c.tx.Playlist(c.ctx(), p.ID)
	rep := ok(c.playlist(p))
	rep.etag = versionTag(p)
	return rep, err
}

func (s *Server) putPlaylistPrivacy(c *call) (reply, error) {
	p, err := c.ownPlaylist(noOwnPlaylist)
	if err != nil {
		return reply{}, err
	}
	var in struct {
		Private *bool `json:"private"`
	}
	if err := c.decode(&in, false); err != nil {
		return reply{}, err
	}
	if in.Private == nil {
		return reply{}, missing("body", "private")
	}
	p.Private = *in.Private
	rep, err := c.savePlaylist(p)
	rep.data = nil
	return rep, err
}

func (s *Server) deletePlaylist(c *call) (reply, error) {
	p, err := c.ownPlaylist(noPlaylist)
	if err != nil {
		return reply{}, err
	}
	err = c.tx.DeletePlaylist(c.ctx(), p.ID)
	if err == nil && p.Cover != "" {
		err = c.tx.DropPicture(c.ctx(), p.Cover)
	}
	return reply{message: "Playlist was removed"}, err
}

// itemIn is one item as a change names it.
type itemIn struct {
	ID      string `json:"id"`
	TrackID string `json:"trackId"`
	Index   *int   `json:"index"`
}

// changeItems runs one change of a playlist's items and answers with the items
// after it.
func (c *call) changeItems(change func(have []store.NewItem, in []itemIn) ([]store.NewItem, error)) (reply, error) {
	p, err := c.ownPlaylist(noOwnPlaylist)
	if err != nil {
		return reply{}, err
	}
	var in struct {
		Tracks []itemIn `json:"tracks"`
	}
	if err := c.decode(&in, false); err != nil {
		return reply{}, err
	}
	if in.Tracks == nil {
		return reply{}, missing("body", "tracks")
	}
	have, err := c.tx.PlaylistTracks(c.ctx(), p.ID)
	if err != nil {
		return reply{}, err
	}
	items, err := change(have, in.Tracks)
	if err != nil {
		return reply{}, err
	}
	if len(items) > maxItems {
		return reply{}, invalid("body", "tracks", "maxItems", fmt.Sprintf("should NOT have more than %d items", maxItems))
	}
	if err := c.tx.SetPlaylistItems(c.ctx(), p.ID, items); err != nil {
		return reply{}, err
	}
	if p, err = c.tx.Playlist(c.ctx(), p.ID); err != nil {
		return reply{}, err
	}
	after, err := c.read.PlaylistItems(c.ctx(), p.ID, c.user.ID)
	if err != nil {
		return reply{}, err
	}
	out, err := c.items(after)
	rep := ok(out)
	rep.etag = versionTag(p)
	return rep, err
}

// newItems checks tracks to be added, in the order of their index where they
// have one.
func (c *call) newItems(in []itemIn) ([]store.NewItem, error) {
	slices.SortStableFunc(in, func(a, b itemIn) int {
		if a.Index == nil || b.Index == nil {
			return 0
		}
		return *a.Index - *b.Index
	})
	out := make([]store.NewItem, len(in))
	known := map[string]bool{}
	for i, it := range in {
		id, err := trackID(it.TrackID)
		if err != nil {
			return nil, err
		}
		if !known[id] {
			if _, err := c.playable(id); err != nil {
				return nil, err
			}
			known[id] = true
		}
		out[i] = store.NewItem{ID: uuid.NewString(), TrackID: id}
	}
	return out, nil
}

// addItems appends tracks.
func (s *Server) addItems(c *call) (reply, error) {
	return c.changeItems(func(have []store.NewItem, in []itemIn) ([]store.NewItem, error) {
		added, err := c.newItems(in)
		return append(have, added...), err
	})
}

// removeItems removes single items by their id, and every copy of a track by
// trackId.
func (s *Server) removeItems(c *call) (reply, error) {
	return c.changeItems(func(have []store.NewItem, in []itemIn) ([]store.NewItem, error) {
		gone := map[string]bool{}
		for _, it := range in {
			name := strings.ToLower(it.ID)
			if name == "" {
				var err error
				if name, err = trackID(it.TrackID); err != nil {
					return nil, err
				}
			}
			gone[name] = true
		}
		return slices.DeleteFunc(have, func(it store.NewItem) bool { return gone[it.ID] || gone[it.TrackID] }), nil
	})
}

// setItems replaces all items. Items that are named by id, or failing that by a
// track that is in the list, keep their id.
func (s *Server) setItems(c *call) (reply, error) {
	return c.changeItems(func(have []store.NewItem, in []itemIn) ([]store.NewItem, error) {
		byID := map[string]string{}
		for _, it := range have {
			byID[it.ID] = it.TrackID
		}
		for i := range in {
			in[i].ID = strings.ToLower(in[i].ID)
			if track, ok := byID[in[i].ID]; ok && in[i].TrackID == "" {
				in[i].TrackID = track
			}
		}
		items, err := c.orderedItems(in, have)
		return items, err
	})
}

// orderedItems gives the wanted order the ids of the items it is made of.
func (c *call) orderedItems(in []itemIn, have []store.NewItem) ([]store.NewItem, error) {
	listed := map[string]bool{} // tracks that are in the list need no second look
	for _, it := range have {
		listed[it.TrackID] = true
	}
	var fresh []itemIn
	for _, it := range in {
		if !listed[strings.ToLower(it.TrackID)] {
			fresh = append(fresh, it)
		}
	}
	if _, err := c.newItems(fresh); err != nil {
		return nil, err
	}
	slices.SortStableFunc(in, func(a, b itemIn) int {
		if a.Index == nil || b.Index == nil {
			return 0
		}
		return *a.Index - *b.Index
	})
	free := slices.Clone(have)
	take := func(fits func(store.NewItem) bool) (store.NewItem, bool) {
		i := slices.IndexFunc(free, fits)
		if i < 0 {
			return store.NewItem{}, false
		}
		it := free[i]
		free = slices.Delete(free, i, i+1)
		return it, true
	}
	out := make([]store.NewItem, len(in))
	for i, it := range in { // those that name an item come first, so that nobody takes it from them
		if it.ID != "" {
			out[i], _ = take(func(n store.NewItem) bool { return n.ID == it.ID && strings.EqualFold(n.TrackID, it.TrackID) })
		}
	}
	for i, it := range in {
		if out[i].ID != "" {
			continue
		}
		track := strings.ToLower(it.TrackID)
		found, ok := take(func(n store.NewItem) bool { return n.TrackID == track })
		if !ok {
			found = store.NewItem{ID: uuid.NewString(), TrackID: track}
		}
		out[i] = found
	}
	return out, nil
}
