package sync

import (
	"context"
	"errors"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/library"
)

// Found are the ids of what a co-op's search has found, in its order. All of
// it is in the library.
type Found struct{ Tracks, Releases, Artists []string }

const (
	// mostFound is how many of each kind are taken over from one search.
	mostFound = 50
	// foundWhole is how many releases of one search that the library did not
	// know are read with their tracks at once; the next refresh reads the rest.
	foundWhole = 8
)

// Search asks the co-op for what has words in its name, and stores what the
// library did not know of it: what it knows it knows better. The paid plays of
// tracks that are new here are asked for too, so that no price is wrong.
func (s *Syncer) Search(ctx context.Context, words string) (Found, error) {
	r, err := s.coop.Search(ctx, words)
	s.heard(err)
	if err != nil {
		return Found{}, wrap("searching", err)
	}
	r.Tracks, r.Releases = r.Tracks[:min(len(r.Tracks), mostFound)], r.Releases[:min(len(r.Releases), mostFound)]
	r.Artists = r.Artists[:min(len(r.Artists), mostFound)]
	found, err := s.store(ctx, r)
	return found, wrap("searching", err)
}

// store puts what a search has found into the library.
func (s *Syncer) store(ctx context.Context, r api.SearchResult) (f Found, err error) {
	var rows []library.Release
	var stale []string
	for _, rel := range r.Releases {
		f.Releases = append(f.Releases, rel.ID)
		switch _, err := s.lib.Release(rel.ID); {
		case errors.Is(err, library.ErrNotFound):
			rows, stale = append(rows, listed(rel)), append(stale, rel.ID)
		case err != nil:
			return f, err
		}
	}
	var artists []library.Artist
	for _, a := range r.Artists {
		f.Artists = append(f.Artists, a.ID)
		switch _, err := s.lib.Artist(a.ID); {
		case errors.Is(err, library.ErrNotFound):
			artists = append(artists, artist(a))
		case err != nil:
			return f, err
		}
	}
	for _, t := range r.Tracks {
		f.Tracks = append(f.Tracks, t.ID)
	}
	fresh, err := s.unknown(r.Tracks)
	if err != nil {
		return f, err
	}
	whole, err := s.readReleases(ctx, stale[:min(len(stale), foundWhole)])
	if err != nil {
		return f, err
	}
	if err := s.playsOfFresh(ctx, whole, fresh); err != nil {
		return f, err
	}
	return f, errors.Join(s.lib.PutReleases(rows...), s.lib.PutReleases(whole...), s.lib.PutArtists(artists...), s.lib.PutTracks(fresh...))
}

// unknown are the tracks that the library has never heard of.
func (s *Syncer) unknown(tracks []api.Track) (fresh []library.Track, err error) {
	for _, t := range tracks {
		known, err := s.lib.Tracks(t.ID)
		if err != nil {
			return nil, err
		}
		if len(known) == 0 {
			fresh = append(fresh, loose(t))
		}
	}
	return fresh, nil
}

// playsOfFresh reads what the person has paid for the tracks of releases, and
// for others.
func (s *Syncer) playsOfFresh(ctx context.Context, releases []library.Release, tracks []library.Track) error {
	var ids []string
	for _, r := range releases {
		for _, t := range r.Tracks {
			ids = append(ids, t.ID)
		}
	}
	for _, t := range tracks {
		ids = append(ids, t.ID)
	}
	if len(ids) == 0 {
		return nil
	}
	release, err := s.speak(ctx)
	if err != nil {
		return err
	}
	defer release()
	return s.refreshPlays(ctx, ids)
}
