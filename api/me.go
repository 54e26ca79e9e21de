package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
)

// Profile gives the signed-in listener, credits included.
func (c *Client) Profile(ctx context.Context) (Profile, error) {
	var wire wireProfile
	if _, err := c.do(ctx, call{op: "reading the profile", path: "/user/profile", auth: required}, &wire); err != nil {
		return Profile{}, err
	}
	return c.convert().profile(wire), nil
}

// Collection gives a page of the tracks owned by nine plays. On reference
// servers bought tracks are not among them.
func (c *Client) Collection(ctx context.Context, o ListOptions) (Page[Track], error) {
	return getPage(ctx, c, call{op: "reading the collection", path: "/user/collection", auth: required}, o, c.convert().tracks)
}

// Favourites gives a page of the starred tracks.
func (c *Client) Favourites(ctx context.Context, o ListOptions) (Page[Track], error) {
	return getPage(ctx, c, call{op: "listing favourites", path: "/user/favorites", auth: required}, o, c.convert().tracks)
}

// History gives a page of what the listener played, newest first, one entry
// for each play.
func (c *Client) History(ctx context.Context, o ListOptions) (Page[Track], error) {
	return getPage(ctx, c, call{op: "reading the history", path: "/user/plays/history", auth: required}, o, c.convert().tracks)
}

// batch is how many ids go into one question; a hundred UUIDs would pass
// what some servers accept as an address.
const batch = 50

// resolve asks a question about tracks in batches and hands each answer on.
func resolve[W any](ctx context.Context, c *Client, op, path string, trackIDs []string, each func(W)) error {
	for some := range slices.Chunk(trackIDs, batch) {
		var wire list[W]
		in := call{op: op, path: path, query: url.Values{"ids": some}, auth: required}
		if len(some) == 1 {
			// A single value is not an array to every server; a list with a
			// comma is one everywhere.
			in.query = url.Values{"ids": {some[0] + "," + some[0]}}
		}
		if _, err := c.do(ctx, in, &wire); err != nil {
			return err
		}
		for _, w := range wire {
			each(w)
		}
	}
	return nil
}

// FavouritesOf tells which of the tracks are starred.
func (c *Client) FavouritesOf(ctx context.Context, trackIDs []string) (map[string]bool, error) {
	out := make(map[string]bool, len(trackIDs))
	for _, id := range trackIDs {
		out[id] = false
	}
	err := resolve(ctx, c, "asking for favourites", "/user/favorites/resolve", trackIDs, func(w wirePlay) {
		if _, asked := out[w.TrackID]; asked {
			out[w.TrackID] = true
		}
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// SetFavourite stars a track or takes the star away. The API only toggles,
// so the state is asked first and toggled at most once: the call may be
// repeated after any error, once nothing can be on its way any more. A network
// that fails before anything was toggled is a [NetworkError] not Sent.
func (c *Client) SetFavourite(ctx context.Context, trackID string, on bool) error {
	const op = "setting a favourite"
	if _, err := segment(trackID); err != nil {
		return wrap(op, err)
	}
	now, err := c.FavouritesOf(ctx, []string{trackID})
	if err != nil || now[trackID] == on {
		return asking(op, err)
	}
	var wire struct {
		Type *bool `json:"type"`
	}
	in := call{
		op: op, method: http.MethodPost, path: "/user/favorites", auth: required,
		body: map[string]string{"trackId": trackID},
	}
	if _, err := c.do(ctx, in, &wire); err != nil {
		return err
	}
	if wire.Type != nil && *wire.Type != on {
		// Another device toggled between question and answer.
		return wrap(op, ErrConflict)
	}
	return nil
}

// asking is the failure of a question that comes before a change: whatever
// became of the question, nothing was changed.
func asking(op string, err error) error {
	var network *NetworkError
	if errors.As(err, &network) {
		return wrap(op, &NetworkError{Err: network.Err})
	}
	return err
}
