package server

import (
	"fmt"
	"html"
	"time"

	"github.com/ninth-coop/ninth/api/server/store"
)

// The objects of the API, with its names. A pointer without omitempty is
// written as null, as the reference does.

// picture is one size of an image.
type picture struct {
	Width  int    `json:"width"`
	Height int    `json:"height"`
	URL    string `json:"url,omitempty"`
}

type imageRef struct {
	ID *string `json:"id"`
}

type nameRef struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
}

type trackRelease struct {
	ID    string `json:"id,omitempty"`
	Title string `json:"title,omitempty"`
	Cover string `json:"cover"`
}

type wireTrack struct {
	ID           string             `json:"id"`
	CreatorID    string             `json:"creatorId"`
	Title        string             `json:"title"`
	Duration     *float64           `json:"duration,omitempty"` // seconds
	TrackGroup   trackRelease       `json:"trackGroup"`
	TrackGroupID string             `json:"trackGroupId,omitempty"`
	Year         *int               `json:"year"`
	HLS          *bool              `json:"hls"`
	Status       string             `json:"status"`
	Creator      nameRef            `json:"creator"`
	UserPlays    *int               `json:"userPlays,omitempty"`
	UserFav      *bool              `json:"userFavorited,omitempty"`
	Artist       *string            `json:"artist"`
	URL          string             `json:"url"`
	Images       map[string]picture `json:"images"`
	Tags         []string           `json:"tags"`
	Formats      []string           `json:"formats"`
}

type wireItem struct {
	ID      string    `json:"id"`
	Index   int       `json:"index"`
	TrackID string    `json:"trackId"`
	Track   wireTrack `json:"track"`
}

type wireRelease struct {
	ID            string             `json:"id"`
	Title         string             `json:"title"`
	Slug          string             `json:"slug"`
	Type          *string            `json:"type"`
	About         *string            `json:"about"`
	Tags          []string           `json:"tags"`
	CreatorID     string             `json:"creatorId"`
	Creator       nameRef            `json:"creator"`
	DisplayArtist *string            `json:"display_artist"`
	ReleaseDate   string             `json:"releaseDate"`
	Private       bool               `json:"private"`
	Enabled       bool               `json:"enabled"`
	Featured      bool               `json:"featured"`
	Download      bool               `json:"download"`
	Cover         string             `json:"cover,omitempty"`
	CoverMetadata *imageRef          `json:"cover_metadata"`
	Images        map[string]picture `json:"images"`
	URI           string             `json:"uri"`
	CreatedAt     time.Time          `json:"createdAt"`
	UpdatedAt     time.Time          `json:"updatedAt"`
	Items         []wireItem         `json:"items,omitempty"`
}

type wirePlaylist struct {
	ID            string             `json:"id"`
	Title         string             `json:"title"`
	About         *string            `json:"about"`
	Private       bool               `json:"private"`
	Featured      bool               `json:"featured"`
	Tags          []string           `json:"tags"`
	CreatorID     string             `json:"creatorId"`
	Creator       nameRef            `json:"creator"`
	Cover         *string            `json:"cover"`
	CoverMetadata imageRef           `json:"cover_metadata"`
	Images        map[string]picture `json:"images"`
	Version       int64              `json:"version"`
	CreatedAt     time.Time          `json:"createdAt"`
	UpdatedAt     time.Time          `json:"updatedAt"`
	Items         any                `json:"items,omitempty"` // []wireItem or []shortItem
}

// shortItem is an item of the listener's own list of playlists.
type shortItem struct {
	ID    string     `json:"id"`
	Index int        `json:"index"`
	Track shortTrack `json:"track"`
}

type shortTrack struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Duration *float64 `json:"duration,omitempty"`
}

type wireArtist struct {
	ID          string            `json:"id"`
	TypeID      int               `json:"typeId"`
	Type        *artistType       `json:"type,omitempty"`
	DisplayName string            `json:"displayName"`
	Description *string           `json:"description"`
	ShortBio    *string           `json:"shortBio"`
	Country     *string           `json:"country"`
	Links       []store.Link      `json:"links"`
	Banner      map[string]string `json:"banner"`
	Avatar      map[string]string `json:"avatar"`
	Owner       ownerRef          `json:"owner"`
	Images      struct{}          `json:"images"`
	CreatedAt   time.Time         `json:"createdAt"`
	UpdatedAt   time.Time         `json:"updatedAt"`
	Trackgroups *[]wireRelease    `json:"trackgroups,omitempty"`
}

type artistType struct {
	ID          int    `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
}

type ownerRef struct {
	ID       string `json:"id"`
	LegacyID *int   `json:"legacyId"`
}

// maybe is null for the zero value.
func maybe[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// some is never null: an empty list is "[]".
func some(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// The widths of covers, by the names of the API.
func coverSizes() map[string]int { return map[string]int{"small": 120, "medium": 600, "large": 1500} }

// The widths of portraits, by the names of the API.
func portraitSizes() map[string]int {
	return map[string]int{"xxs": 60, "xs": 120, "s": 300, "m": 600, "l": 960, "xl": 1200, "xxl": 1500}
}

func (c *call) imageURL(id string, width int) string {
	return fmt.Sprintf("%s/images/%s-x%d.jpg", c.base, id, width)
}

func (c *call) cover(id string) string {
	if id == "" {
		return ""
	}
	return c.imageURL(id, coverSizes()["medium"])
}

func (c *call) images(id string) map[string]picture {
	out := map[string]picture{}
	for name, width := range coverSizes() {
		p := picture{Width: width, Height: width}
		if id != "" {
			p.URL = c.imageURL(id, width)
		}
		out[name] = p
	}
	return out
}

func (c *call) portrait(id string) map[string]string {
	if id == "" {
		return nil
	}
	out := map[string]string{}
	for name, width := range portraitSizes() {
		out[name] = c.imageURL(id, width)
	}
	return out
}

// track writes one track as everyone sees it.
func (c *call) track(t store.Track) wireTrack {
	formats := []string{}
	var segments *bool
	switch {
	case t.FileID != "" && c.hls:
		formats, segments = append(formats, "hls"), new(bool)
		*segments = true
	case t.FileID != "":
		formats = append(formats, "m4a")
	}
	if t.FlacID != "" {
		formats = append(formats, "flac")
	}
	images := map[string]picture{}
	if t.Cover != "" {
		images = c.images(t.Cover)
	}
	return wireTrack{
		ID: t.ID, CreatorID: t.ArtistID, Title: t.Title, Duration: maybe(t.Duration),
		TrackGroup:   trackRelease{ID: t.ReleaseID, Title: t.ReleaseTitle, Cover: c.cover(t.Cover)},
		TrackGroupID: t.ReleaseID, Year: maybe(t.Year), HLS: segments, Status: t.Status.String(),
		Creator: nameRef{t.ArtistID, t.ArtistName}, Artist: maybe(html.UnescapeString(t.Artist)),
		URL: c.base + pathAPI + "/user/stream/" + t.ID, Images: images, Tags: some(t.Tags), Formats: formats,
	}
}

// tracks writes tracks, and for someone signed in how often they played them
// and whether they starred them.
func (c *call) tracks(list []store.Track) ([]wireTrack, error) {
	out := make([]wireTrack, len(list))
	at := map[string][]*wireTrack{}
	ids := make([]string, 0, len(list))
	for i, t := range list {
		out[i] = c.track(t)
		at[t.ID] = append(at[t.ID], &out[i])
		ids = append(ids, t.ID)
	}
	if c.user.ID == "" {
		return out, nil
	}
	plays, err := c.read.AllPlays(c.ctx(), c.user.ID, ids)
	if err != nil {
		return nil, err
	}
	starred, err := c.read.AreFavourites(c.ctx(), c.user.ID, ids)
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].UserPlays, out[i].UserFav = new(int), new(bool)
	}
	for _, p := range plays {
		for _, t := range at[p.TrackID] {
			*t.UserPlays = p.Count
		}
	}
	for _, id := range starred {
		for _, t := range at[id] {
			*t.UserFav = true
		}
	}
	return out, nil
}

// items writes the items of a release or a playlist.
func (c *call) items(list []store.Item) ([]wireItem, error) {
	tracks := make([]store.Track, len(list))
	for i, it := range list {
		tracks[i] = it.Track
	}
	written, err := c.tracks(tracks)
	if err != nil {
		return nil, err
	}
	out := make([]wireItem, len(list))
	for i, it := range list {
		out[i] = wireItem{ID: it.ID, Index: it.Index, TrackID: it.Track.ID, Track: written[i]}
	}
	return out, nil
}

// release writes a release without its tracks.
func (c *call) release(g store.Release) wireRelease {
	var meta *imageRef
	if g.Cover != "" {
		meta = &imageRef{&g.Cover}
	}
	return wireRelease{
		ID: g.ID, Title: g.Title, Slug: g.Slug, Type: maybe(g.Type), About: maybe(g.About), Tags: some(g.Tags),
		CreatorID: g.ArtistID, Creator: nameRef{g.ArtistID, g.ArtistName}, DisplayArtist: maybe(g.DisplayArtist),
		ReleaseDate: g.ReleaseDate, Private: g.Private, Enabled: g.Enabled, Featured: g.Featured, Download: g.Download,
		Cover: c.cover(g.Cover), CoverMetadata: meta, Images: c.images(g.Cover),
		URI: c.base + pathAPI + "/trackgroups/" + g.ID, CreatedAt: g.Created, UpdatedAt: g.Updated,
	}
}

func (c *call) releases(list []store.Release) []wireRelease {
	out := make([]wireRelease, len(list))
	for i, g := range list {
		out[i] = c.release(g)
	}
	return out
}

// wholeRelease writes a release with its tracks; all adds hidden ones.
func (c *call) wholeRelease(g store.Release, all bool) (wireRelease, error) {
	out := c.release(g)
	items, err := c.read.ReleaseItems(c.ctx(), g.ID, all)
	if err != nil {
		return out, err
	}
	for i := range items { // seen from this release, not from the first that holds the track
		t := &items[i].Track
		t.ReleaseID, t.ReleaseTitle, t.Cover = g.ID, g.Title, g.Cover
	}
	out.Items, err = c.items(items)
	return out, err
}

func (c *call) wholeReleases(list []store.Release, all bool) ([]wireRelease, error) {
	out := make([]wireRelease, len(list))
	for i, g := range list {
		var err error
		if out[i], err = c.wholeRelease(g, all); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// artist writes an artist, band or label.
func (c *call) artist(a store.Artist) wireArtist {
	names := map[int]artistType{
		store.TypeArtist: {store.TypeArtist, "artist", "Artist"},
		store.TypeBand:   {store.TypeBand, "band", "Band"},
		store.TypeLabel:  {store.TypeLabel, "label", "Label"},
	}
	links := a.Links
	if links == nil {
		links = []store.Link{}
	}
	return wireArtist{
		ID: a.ID, TypeID: a.TypeID, Type: maybe(names[a.TypeID]), DisplayName: a.DisplayName,
		Description: maybe(a.Description), ShortBio: maybe(a.ShortBio), Country: maybe(a.Country), Links: links,
		Banner: c.portrait(a.Banner), Avatar: c.portrait(a.Avatar), Owner: ownerRef{ID: a.OwnerID},
		CreatedAt: a.Created, UpdatedAt: a.Updated,
	}
}

func (c *call) artists(list []store.Artist) []wireArtist {
	out := make([]wireArtist, len(list))
	for i, a := range list {
		out[i] = c.artist(a)
	}
	return out
}

// playlist writes a playlist without its tracks.
func (c *call) playlist(p store.Playlist) wirePlaylist {
	return wirePlaylist{
		ID: p.ID, Title: p.Title, About: maybe(p.About), Private: p.Private, Featured: p.Featured, Tags: some(p.Tags),
		CreatorID: p.UserID, Creator: nameRef{p.UserID, p.UserName}, Cover: maybe(c.cover(p.Cover)),
		CoverMetadata: imageRef{maybe(p.Cover)}, Images: c.images(p.Cover), Version: p.Version,
		CreatedAt: p.Created, UpdatedAt: p.Updated,
	}
}

// wholePlaylist writes a playlist with the tracks that the asker may see.
func (c *call) wholePlaylist(p store.Playlist) (wirePlaylist, error) {
	out := c.playlist(p)
	list, err := c.read.PlaylistItems(c.ctx(), p.ID, c.user.ID)
	if err != nil {
		return out, err
	}
	items, err := c.items(list)
	out.Items = items
	return out, err
}
