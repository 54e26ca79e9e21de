package api

import (
	"context"
	"net/url"
	"strconv"
)

// maxLimit is the largest page that servers give.
const maxLimit = 100

func (c *Client) convert() convert { return convert{base: c.base} }

// values are the options as a query.
func (o ListOptions) values() url.Values {
	q := url.Values{}
	if o.Page > 1 {
		q.Set("page", strconv.Itoa(o.Page))
	}
	if o.Limit > 0 {
		q.Set("limit", strconv.Itoa(min(o.Limit, maxLimit)))
	}
	if o.Order != "" {
		q.Set("order", o.Order)
	}
	if o.Type != "" {
		q.Set("type", o.Type)
	}
	if o.Featured {
		q.Set("featured", "true")
	}
	return q
}

// versionHeader is how coopd, unlike a reference server, names the state of a
// whole list with its first page.
const versionHeader = "X-Ninth-Version"

// maxVersion is the longest name of a state that is believed, in bytes.
const maxVersion = 500

// listVersion asks for the state of a list; empty where the server has no name
// for it.
func (c *Client) listVersion(ctx context.Context, in call) (string, error) {
	in.query = ListOptions{Limit: 1}.values()
	env, err := c.do(ctx, in, nil)
	if err != nil || len(env.version) > maxVersion {
		return "", err
	}
	return env.version, nil
}

// CatalogueVersion names the state of the public releases and the artists:
// while it stays the same, there is nothing new in either list. It is empty
// where the server does not say, as a reference server does not.
func (c *Client) CatalogueVersion(ctx context.Context) (string, error) {
	return c.listVersion(ctx, call{op: "asking for the catalogue's version", path: "/trackgroups"})
}

// PlaylistsVersion is CatalogueVersion for the listener's playlists and the
// public ones together.
func (c *Client) PlaylistsVersion(ctx context.Context) (string, error) {
	const op = "asking for the version of playlists"
	own, err := c.listVersion(ctx, call{op: op, path: "/user/playlists", auth: required})
	if err != nil || own == "" {
		return "", err
	}
	public, err := c.listVersion(ctx, call{op: op, path: "/playlists"})
	if err != nil || public == "" {
		return "", err
	}
	return own + " " + public, nil
}

// getPage asks for one page of a list and converts what it holds.
func getPage[W, T any](ctx context.Context, c *Client, in call, o ListOptions, into func([]W) []T) (Page[T], error) {
	in.query = o.values()
	var wire list[W]
	env, err := c.do(ctx, in, &wire)
	if err != nil {
		return Page[T]{}, err
	}
	return Page[T]{
		Items: into(wire), Page: max(o.Page, 1),
		Pages: max(env.Pages, env.NumberOfPages).int(), Total: env.Count.int(),
	}, nil
}

// getOne asks for one thing by its id and converts it.
func getOne[W, T any](ctx context.Context, c *Client, in call, prefix, id, suffix string, into func(W) T) (T, error) {
	var wire W
	var none T
	part, err := segment(id)
	if err == nil {
		in.path = prefix + part + suffix
		_, err = c.exchange(ctx, in, &wire)
	}
	if err != nil {
		return none, wrap(in.op, err)
	}
	return into(wire), nil
}

// Releases gives a page of the public releases, without their tracks.
// Orders: "newest", "oldest".
func (c *Client) Releases(ctx context.Context, o ListOptions) (Page[Release], error) {
	return getPage(ctx, c, call{op: "listing releases", path: "/trackgroups"}, o, c.convert().releases)
}

// Release gives a release with its tracks. One that is not out is
// [ErrNotFound] here even for its artist: see [Client.OwnRelease].
func (c *Client) Release(ctx context.Context, id string) (Release, error) {
	return getOne(ctx, c, call{op: "reading a release", auth: optional}, "/trackgroups/", id, "", c.convert().release)
}

// Tracks gives a page of the public tracks. Orders: "newest", "latest",
// "plays" (most recently played first), "random". Reference servers lose
// tracks between pages: walk with [Client.AllTracks].
func (c *Client) Tracks(ctx context.Context, o ListOptions) (Page[Track], error) {
	return getPage(ctx, c, call{op: "listing tracks", path: "/tracks"}, o, c.convert().tracks)
}

// Track gives one track.
func (c *Client) Track(ctx context.Context, id string) (Track, error) {
	return getOne(ctx, c, call{op: "reading a track", auth: optional}, "/tracks/", id, "", c.convert().track)
}

// Artists gives a page of artists and labels.
func (c *Client) Artists(ctx context.Context, o ListOptions) (Page[Artist], error) {
	return getPage(ctx, c, call{op: "listing artists", path: "/artists", auth: optional}, o, c.convert().artists)
}

// Artist gives one artist, without releases.
func (c *Client) Artist(ctx context.Context, id string) (Artist, error) {
	return getOne(ctx, c, call{op: "reading an artist"}, "/artists/", id, "", c.convert().artist)
}

// ArtistReleases gives a page of an artist's public releases, with tracks.
func (c *Client) ArtistReleases(ctx context.Context, id string, o ListOptions) (Page[Release], error) {
	const op = "listing an artist's releases"
	part, err := segment(id)
	if err != nil {
		return Page[Release]{}, wrap(op, err)
	}
	return getPage(ctx, c, call{op: op, path: "/artists/" + part + "/releases", auth: optional}, o, c.convert().releases)
}

// TopTracks gives the artist's most played tracks, at most ten.
func (c *Client) TopTracks(ctx context.Context, artistID string) ([]Track, error) {
	in := call{op: "listing an artist's top tracks", query: url.Values{"limit": {"10"}}}
	return getOne(ctx, c, in, "/artists/", artistID, "/tracks/top",
		func(w list[wireTrack]) []Track { return c.convert().tracks(w) })
}

// Search finds artists, releases and tracks whose name contains the words.
// Hidden tracks and tracks of releases that are not out are left out.
func (c *Client) Search(ctx context.Context, text string) (SearchResult, error) {
	var wire wireFound
	in := call{op: "searching", path: "/search", query: url.Values{"q": {text}}}
	if _, err := c.do(ctx, in, &wire); err != nil {
		return SearchResult{}, err
	}
	return c.convert().found(wire, true), nil
}

// Tag finds releases and tracks with a tag.
func (c *Client) Tag(ctx context.Context, tag string) (SearchResult, error) {
	var wire wireFound
	in := call{op: "reading a tag", path: "/tag/" + url.PathEscape(tag)}
	if tag == "" || tag == "." || tag == ".." {
		return SearchResult{}, wrap(in.op, ErrBadID)
	}
	if _, err := c.do(ctx, in, &wire); err != nil {
		return SearchResult{}, err
	}
	return c.convert().found(wire, false), nil
}

// Playlists gives a page of the public playlists.
func (c *Client) Playlists(ctx context.Context, o ListOptions) (Page[Playlist], error) {
	return getPage(ctx, c, call{op: "listing playlists", path: "/playlists"}, o, c.convert().playlists)
}
