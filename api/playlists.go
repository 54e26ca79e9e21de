package api

import (
	"context"
	"errors"
	"net/http"
)

// OwnPlaylists gives a page of the listener's playlists. Their items carry
// only id, title and duration of the tracks.
func (c *Client) OwnPlaylists(ctx context.Context, o ListOptions) (Page[Playlist], error) {
	return getPage(ctx, c, call{op: "listing own playlists", path: "/user/playlists", auth: required}, o, c.convert().playlists)
}

// OwnPlaylist gives one of the listener's playlists, private ones included,
// with full tracks.
func (c *Client) OwnPlaylist(ctx context.Context, id string) (Playlist, error) {
	in := call{op: "reading an own playlist", auth: required}
	part, err := segment(id)
	if err != nil {
		return Playlist{}, wrap(in.op, err)
	}
	in.path = "/user/playlists/" + part
	var wire wirePlaylist
	env, err := c.do(ctx, in, &wire)
	if err != nil {
		return Playlist{}, err
	}
	p := c.convert().playlist(wire)
	p.Version = env.etag
	return p, nil
}

// Playlist gives anyone's public playlist with full tracks.
func (c *Client) Playlist(ctx context.Context, id string) (Playlist, error) {
	return getOne(ctx, c, call{op: "reading a playlist", auth: optional}, "/playlists/", id, "", c.convert().playlist)
}

type wireEdit struct {
	Title   string `json:"title"`
	About   string `json:"about"`
	Private bool   `json:"private"`
}

// CreatePlaylist makes a playlist and gives it back, still empty. Repeating
// it makes another.
func (c *Client) CreatePlaylist(ctx context.Context, e PlaylistEdit) (Playlist, error) {
	var wire wirePlaylist
	in := call{
		op: "creating a playlist", method: http.MethodPost, path: "/user/playlists",
		auth: required, body: wireEdit(e),
	}
	if _, err := c.do(ctx, in, &wire); err != nil {
		return Playlist{}, err
	}
	return c.convert().playlist(wire), nil
}

// UpdatePlaylist sets title, text and privacy; items stay. The answer has
// none.
func (c *Client) UpdatePlaylist(ctx context.Context, id string, e PlaylistEdit) (Playlist, error) {
	return c.UpdatePlaylistIf(ctx, id, "", e)
}

// UpdatePlaylistIf does so only if the playlist is still in the state that
// version names, and is [ErrConflict] otherwise. Reference servers do not look
// at it.
func (c *Client) UpdatePlaylistIf(ctx context.Context, id, version string, e PlaylistEdit) (Playlist, error) {
	in := call{op: "changing a playlist", method: http.MethodPut, auth: required, match: version, body: wireEdit(e)}
	return getOne(ctx, c, in, "/user/playlists/", id, "", c.convert().playlist)
}

// DeletePlaylist removes a playlist. One that is not there is [ErrNotFound].
func (c *Client) DeletePlaylist(ctx context.Context, id string) error {
	return c.DeletePlaylistIf(ctx, id, "")
}

// DeletePlaylistIf does so only if the playlist is still in the state that
// version names, and is [ErrConflict] otherwise. Reference servers do not look
// at it.
func (c *Client) DeletePlaylistIf(ctx context.Context, id, version string) error {
	in := call{op: "deleting a playlist", method: http.MethodDelete, auth: required, match: version}
	_, err := getOne(ctx, c, in, "/user/playlists/", id, "", func(w any) any { return w })
	var empty *emptyError
	if errors.As(err, &empty) && empty.enveloped {
		return nil
	}
	return err
}

type wireEntry struct {
	TrackID string `json:"trackId"`
	Index   int    `json:"index,omitempty"`
}

// AddToPlaylist appends tracks and gives all items back. A track may be in a
// playlist more than once; repeating the call adds it again.
func (c *Client) AddToPlaylist(ctx context.Context, id string, trackIDs ...string) ([]PlaylistItem, error) {
	return c.writeItems(ctx, call{op: "adding to a playlist"}, id, "/items/add", trackIDs)
}

// RemoveFromPlaylist removes every copy of the tracks and gives the rest
// back. To remove one of two copies, send what is to remain with
// [Client.ReorderPlaylist].
func (c *Client) RemoveFromPlaylist(ctx context.Context, id string, trackIDs ...string) ([]PlaylistItem, error) {
	return c.writeItems(ctx, call{op: "removing from a playlist"}, id, "/items/remove", trackIDs)
}

// ReorderPlaylist replaces all items by these tracks in this order, and
// gives the new items back. Nothing else in the playlist survives.
func (c *Client) ReorderPlaylist(ctx context.Context, id string, trackIDs []string) ([]PlaylistItem, error) {
	return c.ReorderPlaylistIf(ctx, id, "", trackIDs)
}

// ReorderPlaylistIf does so only if the playlist is still in the state that
// version names, and is [ErrConflict] otherwise. Reference servers do not look
// at it: there the last one to write wins.
func (c *Client) ReorderPlaylistIf(ctx context.Context, id, version string, trackIDs []string) ([]PlaylistItem, error) {
	return c.writeItems(ctx, call{op: "reordering a playlist", match: version}, id, "/items", trackIDs)
}

func (c *Client) writeItems(ctx context.Context, in call, id, route string, trackIDs []string) ([]PlaylistItem, error) {
	entries := make([]wireEntry, len(trackIDs))
	for i, track := range trackIDs {
		if _, err := segment(track); err != nil {
			return nil, wrap(in.op, err)
		}
		entries[i].TrackID = track
		if route == "/items" {
			// Without a number every item of a whole list is given the same one.
			entries[i].Index = i + 1
		}
	}
	in.method, in.auth, in.body = http.MethodPut, required, map[string][]wireEntry{"tracks": entries}
	return getOne(ctx, c, in, "/user/playlists/", id, route, func(w list[wireItem]) []PlaylistItem {
		items := c.convert().items(w)
		for i := range items {
			items[i].Track.Index = items[i].Index
		}
		return items
	})
}
