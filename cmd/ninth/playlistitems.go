package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/library"
)

type playlistAddCmd struct {
	Name string   `arg:"" help:"Its title, or its id."`
	What []string `arg:"" help:"Ids, or words to search for: a track, a release, a playlist."`
}

// Run adds what is found to the end.
func (c *playlistAddCmd) Run(ctx context.Context, e *environment) error {
	return e.withPlaylist(ctx, c.Name, func(s *app.Session, p library.Playlist) error {
		keys, err := findKeys(s.Library(), c.What)
		if err != nil {
			return err
		}
		var ids []string
		for _, k := range keys {
			if id, ok := strings.CutPrefix(k, app.TrackKey("")); ok {
				ids = append(ids, id)
			}
		}
		if err := s.Library().AddToPlaylist(p.ID, ids...); err != nil {
			return err
		}
		for _, id := range ids {
			t, err := s.Library().Track(id)
			if err != nil {
				return err
			}
			fmt.Fprintf(e.out, "%s · %s is on %s.\n", t.Title, t.Artist, p.Title)
		}
		return nil
	})
}

// errNoPlace: a playlist has no such place.
type errNoPlace struct{ at, of int }

func (n errNoPlace) Error() string {
	return fmt.Sprintf("ninth: no place %d on a playlist of %d", n.at, n.of)
}

// Sentence is what app.Explain says of it.
func (n errNoPlace) Sentence() string {
	return fmt.Sprintf("There is no place %d on a playlist of %s: 'ninth playlist show' numbers them.", n.at, count(n.of, "track"))
}

// placeOf is the item at a place, counted from 1.
func placeOf(p library.Playlist, at int) (library.PlaylistItem, error) {
	if at < 1 || at > len(p.Items) {
		return library.PlaylistItem{}, errNoPlace{at, len(p.Items)}
	}
	return p.Items[at-1], nil
}

type playlistRemoveCmd struct {
	Name   string `arg:"" help:"Its title, or its id."`
	Places []int  `arg:"" help:"Their numbers, as 'ninth playlist show' prints them."`
}

// Run takes places off; another copy of the same track stays.
func (c *playlistRemoveCmd) Run(ctx context.Context, e *environment) error {
	return e.withPlaylist(ctx, c.Name, func(s *app.Session, p library.Playlist) error {
		slices.Sort(c.Places)
		var items []library.PlaylistItem
		var ids []string
		for _, at := range slices.Compact(c.Places) {
			it, err := placeOf(p, at)
			if err != nil {
				return err
			}
			items, ids = append(items, it), append(ids, it.ID)
		}
		if err := s.Library().RemoveFromPlaylist(p.ID, ids...); err != nil {
			return err
		}
		for _, it := range items {
			fmt.Fprintf(e.out, "%s · %s is off %s.\n", it.Track.Title, it.Track.Artist, p.Title)
		}
		return nil
	})
}

type playlistMoveCmd struct {
	Name string `arg:"" help:"Its title, or its id."`
	From int    `arg:"" help:"The track's number, as 'ninth playlist show' prints it."`
	To   int    `arg:"" help:"The number that it shall have."`
}

// Run moves one track.
func (c *playlistMoveCmd) Run(ctx context.Context, e *environment) error {
	return e.withPlaylist(ctx, c.Name, func(s *app.Session, p library.Playlist) error {
		it, err := placeOf(p, c.From)
		if err == nil {
			_, err = placeOf(p, c.To)
		}
		if err == nil {
			err = s.Library().MovePlaylistItem(p.ID, it.ID, c.To-1)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s · %s is number %d on %s.\n", it.Track.Title, it.Track.Artist, c.To, p.Title)
		return nil
	})
}
