package api

import (
	"cmp"
	"html"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/ninth-coop/ninth/credits"
)

// convert turns shapes of the wire into values, with picture addresses made
// whole against the co-op's.
type convert struct{ base *url.URL }

// text is a person's words as meant: entities of the legacy rows decoded,
// control characters gone, ends trimmed.
func text(s string) string {
	s = html.UnescapeString(s)
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// name is text on one line.
func name(s string) string { return strings.Join(strings.Fields(text(s)), " ") }

// moment reads a timestamp; what is none is the zero time.
func moment(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// date keeps a civil date and drops a time of day; what is none is empty.
func date(s string) string {
	day, _, _ := strings.Cut(s, "T")
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return ""
	}
	return day
}

// tags are the words of a tag list, lower-cased, each once.
func tags(in []string) []string {
	var out []string
	for _, t := range in {
		if t = strings.ToLower(name(t)); t != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// address makes a picture's address whole, or empty if it is none that may
// be fetched.
func (c convert) address(s string) string {
	if s == "" || len(s) > 2048 {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	u = c.base.ResolveReference(u)
	if u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return ""
	}
	return u.String()
}

// cover reads the cover field of a row: an address, or the bare id of an
// image, which the co-op then serves under /images in a known size.
func (c convert) cover(s string) string {
	if id, err := segment(s); err == nil && strings.Count(id, "-") == 4 {
		return c.base.JoinPath("images", id+"-x600.jpg").String()
	}
	return c.address(s)
}

// images are the sizes that have an address, smallest first.
func (c convert) images(in wireImages) []Image {
	var out []Image
	for _, w := range in {
		if at := c.address(w.URL); at != "" {
			out = append(out, Image{URL: at, Width: w.Width.int(), Height: w.Height.int()})
		}
	}
	slices.SortFunc(out, func(a, b Image) int {
		return cmp.Or(cmp.Compare(a.Width, b.Width), cmp.Compare(a.URL, b.URL))
	})
	return out
}

// largest is the address of the last image, or else of the plain cover.
func (c convert) largest(sizes []Image, cover string) string {
	if len(sizes) > 0 {
		return sizes[len(sizes)-1].URL
	}
	return c.cover(cover)
}

func (c convert) track(w wireTrack) Track {
	t := Track{
		ID: w.ID, Title: name(w.Title), ArtistID: w.CreatorID, Artist: name(w.Artist),
		ReleaseID: w.TrackGroupID, Duration: seconds(w.Duration), Year: w.Year.int(),
		HLS: w.HLS, Status: trackStatus(w.Status), Covers: c.images(w.Images),
	}
	cover := ""
	if g := w.TrackGroup; g != nil {
		t.ReleaseID = cmp.Or(t.ReleaseID, g.ID)
		t.ReleaseTitle = name(g.Title)
		cover = g.Cover
	}
	if w.Creator != nil {
		t.ArtistID = cmp.Or(w.Creator.ID, t.ArtistID)
		t.Artist = cmp.Or(name(w.Creator.DisplayName), t.Artist)
	}
	t.CoverURL = c.largest(t.Covers, cover)
	if w.UserPlays != nil {
		t.Personal, t.Plays = true, w.UserPlays.int()
	}
	if w.UserFavorited != nil {
		t.Personal, t.Favourite = true, *w.UserFavorited
	}
	return t
}

// seconds is a duration of at most a week; a longer one is not believed.
func seconds(n number) time.Duration {
	if n < 0 || n > 7*24*3600 {
		return 0
	}
	return time.Duration(float64(n) * float64(time.Second)).Round(time.Microsecond)
}

// trackStatus knows the words of the API. Another word counts as paid, so
// that a price is shown rather than a surprise made.
func trackStatus(s status) Status {
	switch known := Status(s); known {
	case StatusFree, StatusFreeAndPaid, StatusHidden, StatusDeleted:
		return known
	}
	return StatusPaid
}

func (c convert) tracks(in []wireTrack) []Track {
	out := make([]Track, 0, len(in))
	for _, w := range in {
		if w.ID != "" {
			out = append(out, c.track(w))
		}
	}
	return out
}

func (c convert) release(w wireRelease) Release {
	r := Release{
		ID: w.ID, Title: name(w.Title), Type: w.Type, About: text(w.About), Tags: tags(w.Tags),
		ArtistID: w.CreatorID, Date: date(w.ReleaseDate), Private: w.Private,
		Enabled: w.Enabled == nil || *w.Enabled, Covers: c.images(w.Images), UpdatedAt: moment(w.UpdatedAt),
	}
	if w.Creator != nil {
		r.ArtistID = cmp.Or(w.Creator.ID, r.ArtistID)
		r.Artist = name(w.Creator.DisplayName)
	}
	r.DisplayArtist = cmp.Or(name(w.DisplayArtist), r.Artist)
	r.CoverURL = c.largest(r.Covers, w.Cover)
	for i, item := range c.items(w.Items) {
		t := item.Track
		// Inside a release its tracks carry neither cover nor, on some
		// routes, the release and the artist.
		t.Index = i + 1
		t.ReleaseID, t.ReleaseTitle = r.ID, r.Title
		t.ArtistID = cmp.Or(t.ArtistID, r.ArtistID)
		t.Artist = cmp.Or(t.Artist, r.Artist, r.DisplayArtist)
		if t.CoverURL == "" {
			t.CoverURL, t.Covers = r.CoverURL, r.Covers
		}
		r.Tracks = append(r.Tracks, t)
	}
	return r
}

func (c convert) releases(in []wireRelease) []Release {
	out := make([]Release, 0, len(in))
	for _, w := range in {
		if w.ID != "" {
			out = append(out, c.release(w))
		}
	}
	return out
}

// items are entries in their order: by the server's index, which may begin
// at 0 or 1, have gaps or repeat, and then as they came. They are numbered
// anew from 1. An entry whose track is gone is left out.
func (c convert) items(in []wireItem) []PlaylistItem {
	in = slices.Clone(in)
	slices.SortStableFunc(in, func(a, b wireItem) int { return cmp.Compare(a.Index, b.Index) })
	out := make([]PlaylistItem, 0, len(in))
	for _, w := range in {
		if w.Track == nil {
			continue
		}
		t := c.track(*w.Track)
		if t.ID = cmp.Or(t.ID, w.TrackID); t.ID == "" {
			continue
		}
		out = append(out, PlaylistItem{ID: w.ID, Index: len(out) + 1, Track: t})
	}
	return out
}

func (c convert) artist(w wireArtist) Artist {
	a := Artist{
		ID: w.ID, Name: name(w.DisplayName), Kind: KindArtist, UpdatedAt: moment(w.UpdatedAt),
		About:     cmp.Or(text(w.ShortBio), text(w.Description)),
		AvatarURL: c.largest(c.images(w.Avatar), ""),
		BannerURL: c.largest(c.images(w.Banner), ""),
	}
	if kinds := []ArtistKind{KindArtist, KindBand, KindLabel, KindDistributor}; w.TypeID >= 1 && w.TypeID.int() <= len(kinds) {
		a.Kind = kinds[w.TypeID.int()-1]
	}
	for _, l := range w.Links {
		if at := c.address(l.URI); at != "" {
			a.Links = append(a.Links, Link{Platform: name(l.Platform), URL: at})
		}
	}
	for _, g := range w.TrackGroups {
		if g.ID == "" {
			continue
		}
		if g.Creator == nil {
			g.Creator = &wireCreator{ID: cmp.Or(g.CreatorID, w.ID), DisplayName: w.DisplayName}
		}
		a.Releases = append(a.Releases, c.release(g))
	}
	return a
}

func (c convert) artists(in []wireArtist) []Artist {
	out := make([]Artist, 0, len(in))
	for _, w := range in {
		if w.ID != "" {
			out = append(out, c.artist(w))
		}
	}
	return out
}

func (c convert) playlist(w wirePlaylist) Playlist {
	p := Playlist{
		ID: w.ID, Title: name(w.Title), About: text(w.About), Tags: tags(w.Tags), Private: w.Private,
		OwnerID: w.CreatorID, CoverURL: c.largest(c.images(w.Images), w.Cover),
		Items: c.items(w.Items), UpdatedAt: moment(w.UpdatedAt),
	}
	if w.Creator != nil {
		p.OwnerID = cmp.Or(w.Creator.ID, p.OwnerID)
		p.Owner = name(w.Creator.DisplayName)
	}
	for i := range p.Items {
		p.Items[i].Track.Index = p.Items[i].Index
	}
	return p
}

func (c convert) playlists(in []wirePlaylist) []Playlist {
	out := make([]Playlist, 0, len(in))
	for _, w := range in {
		if w.ID != "" {
			out = append(out, c.playlist(w))
		}
	}
	return out
}

func (c convert) profile(w wireProfile) Profile {
	return Profile{
		ID: w.ID, Name: name(w.DisplayName), Email: name(w.Email), Country: name(w.Country),
		Role: w.Role.Name, Member: w.IsListenerMember || w.IsMusicMember, Credits: credits.Milli(w.Credit.Total),
		Artists: c.artists(w.UserGroups), AvatarURL: c.address(w.Gravatar),
	}
}

// found keeps what a listener may see: a reference server's search also
// finds hidden tracks and those of releases that are not out.
func (c convert) found(w wireFound, publicOnly bool) SearchResult {
	out := SearchResult{Releases: c.releases(w.TrackGroups), Artists: c.artists(w.Artists)}
	out.Artists = append(out.Artists, c.artists(w.Bands)...)
	out.Artists = append(out.Artists, c.artists(w.Labels)...)
	out.Tracks = slices.DeleteFunc(c.tracks(w.Tracks), func(t Track) bool {
		return t.Status == StatusHidden || t.Status == StatusDeleted || publicOnly && t.ReleaseID == ""
	})
	return out
}
