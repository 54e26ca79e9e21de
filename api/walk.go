package api

import (
	"context"
	"errors"
	"iter"
)

// maxPages bounds a walk: 200,000 items at the largest page, or a server that
// never comes to an end.
const maxPages = 2000

var errEndless = errors.New("api: the list does not end")

// walk goes through all pages of a list. It ends with the server's last page
// or with an empty one, and after an error.
func walk[T any](page func(ListOptions) (Page[T], error), o ListOptions) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		for o.Page = 1; o.Page <= maxPages; o.Page++ {
			p, err := page(o)
			if err != nil {
				yield(none, err)
				return
			}
			for _, item := range p.Items {
				if !yield(item, nil) {
					return
				}
			}
			full := o.Limit > 0 && len(p.Items) >= o.Limit
			if len(p.Items) == 0 || p.Pages > 0 && o.Page >= p.Pages || p.Pages == 0 && !full {
				return
			}
		}
		yield(none, errEndless)
	}
}

// AllReleases walks the public releases, newest first.
func (c *Client) AllReleases(ctx context.Context) iter.Seq2[Release, error] {
	return walk(func(o ListOptions) (Page[Release], error) { return c.Releases(ctx, o) },
		ListOptions{Limit: maxLimit, Order: "newest"})
}

// AllArtists walks all artists and labels.
func (c *Client) AllArtists(ctx context.Context) iter.Seq2[Artist, error] {
	return walk(func(o ListOptions) (Page[Artist], error) { return c.Artists(ctx, o) },
		ListOptions{Limit: maxLimit})
}

// AllArtistReleases walks an artist's public releases, with tracks.
func (c *Client) AllArtistReleases(ctx context.Context, id string) iter.Seq2[Release, error] {
	return walk(func(o ListOptions) (Page[Release], error) { return c.ArtistReleases(ctx, id, o) },
		ListOptions{Limit: maxLimit})
}

// AllPlaylists walks the public playlists.
func (c *Client) AllPlaylists(ctx context.Context) iter.Seq2[Playlist, error] {
	return walk(func(o ListOptions) (Page[Playlist], error) { return c.Playlists(ctx, o) },
		ListOptions{Limit: maxLimit})
}

// AllOwnPlaylists walks the listener's playlists.
func (c *Client) AllOwnPlaylists(ctx context.Context) iter.Seq2[Playlist, error] {
	return walk(func(o ListOptions) (Page[Playlist], error) { return c.OwnPlaylists(ctx, o) },
		ListOptions{Limit: maxLimit})
}

// AllCollection walks the tracks owned by nine plays.
func (c *Client) AllCollection(ctx context.Context) iter.Seq2[Track, error] {
	return walk(func(o ListOptions) (Page[Track], error) { return c.Collection(ctx, o) },
		ListOptions{Limit: maxLimit})
}

// AllFavourites walks the starred tracks.
func (c *Client) AllFavourites(ctx context.Context) iter.Seq2[Track, error] {
	return walk(func(o ListOptions) (Page[Track], error) { return c.Favourites(ctx, o) },
		ListOptions{Limit: maxLimit})
}

// AllHistory walks what the listener played, newest first. A play made while
// walking may show an entry twice.
func (c *Client) AllHistory(ctx context.Context) iter.Seq2[Track, error] {
	return walk(func(o ListOptions) (Page[Track], error) { return c.History(ctx, o) },
		ListOptions{Limit: maxLimit})
}

// AllTracks walks the public tracks, newest first, each once, on any server.
//
// Reference servers begin page p > 1 at p·limit and so never show the items
// from limit to 2·limit. Hence a first page of 100, and from there pages of
// 50: page 2 begins at 100 where the fault is and at 50 where it is not, and
// what was already given is left out.
func (c *Client) AllTracks(ctx context.Context) iter.Seq2[Track, error] {
	return func(yield func(Track, error) bool) {
		seen := make(map[string]bool)
		o := ListOptions{Limit: maxLimit, Order: "newest"}
		for o.Page = 1; o.Page <= maxPages; o.Page++ {
			p, err := c.Tracks(ctx, o)
			if err != nil {
				yield(Track{}, err)
				return
			}
			for _, t := range p.Items {
				if seen[t.ID] {
					continue
				}
				seen[t.ID] = true
				if !yield(t, nil) {
					return
				}
			}
			if len(p.Items) == 0 || p.Pages > 0 && o.Page >= p.Pages {
				return
			}
			o.Limit = maxLimit / 2
		}
		yield(Track{}, errEndless)
	}
}
