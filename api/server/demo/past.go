package demo

import (
	"context"
	"errors"
	"time"

	"github.com/ninth-coop/ninth/api/server/store"
	"github.com/ninth-coop/ninth/credits"
)

// heard says how often Mara has played tracks of the catalogue, by title. All
// others she has yet to hear.
func heard() []struct {
	title string
	plays int
} {
	return []struct {
		title string
		plays int
	}{
		{"Harbour lights", 9}, {"What the tide keeps", 9}, {"Slow telegraph", 4}, {"Lanterns, lowered", 7}, {"Undertow", 1},
		{"Paper boats", 9}, {"Second shift", 8}, {"Signal box", 2},
	}
}

// starred and listed are the titles of Mara's favourites and of her playlist.
func starred() []string { return []string{"Slow telegraph", "Harbour lights", "Paper boats"} }

func listed() []string {
	return []string{"Harbour lights", "Paper boats", "Slow telegraph", "Signal box", "What the tide keeps"}
}

const playlistTitle = "Sunday, late"

// past gives the listeners their credits and Mara what she has done so far. It
// runs once: as soon as there are wallets, nothing is touched.
func (s seeder) past(ctx context.Context) error {
	_, err := s.tx.Wallet(ctx, Mara().ID)
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	tracks := map[string]store.Track{}
	for _, r := range s.list.Releases {
		for _, t := range r.Tracks {
			if tracks[t.Title], err = s.tx.Track(ctx, t.ID); err != nil {
				return err
			}
		}
	}
	spent := credits.Milli(0)
	for _, h := range heard() {
		if t, ok := tracks[h.title]; ok && t.Status != store.Free {
			spent += credits.Remaining(0) - credits.Remaining(h.plays)
		}
	}
	if err := s.tx.TopUp(ctx, Mara().ID, Mara().Credits+spent); err != nil {
		return err
	}
	if err := s.tx.TopUp(ctx, Tom().ID, Tom().Credits); err != nil {
		return err
	}
	if err := s.plays(ctx, tracks); err != nil {
		return err
	}
	on := true
	for _, title := range starred() {
		if t, ok := tracks[title]; ok {
			if _, err := s.tx.SetFavourite(ctx, Mara().ID, t.ID, &on); err != nil {
				return err
			}
		}
	}
	return s.playlist(ctx, tracks)
}

// plays spreads Mara's plays over the last weeks: round after round, so that
// her history is mixed, ending an hour ago.
func (s seeder) plays(ctx context.Context, tracks map[string]store.Track) error {
	var order []store.Track
	for round := range credits.PlaysToOwn {
		for _, h := range heard() {
			if t, ok := tracks[h.title]; ok && round < h.plays {
				order = append(order, t)
			}
		}
	}
	const apart = 7 * time.Hour
	for i, t := range order {
		at := s.tx.Now().Add(-time.Hour - apart*time.Duration(len(order)-1-i))
		if _, err := s.tx.Play(ctx, Mara().ID, t, at); err != nil {
			return err
		}
	}
	return nil
}

func (s seeder) playlist(ctx context.Context, tracks map[string]store.Track) error {
	id := derived("playlist", playlistTitle)
	err := s.tx.PutPlaylist(ctx, store.Playlist{ID: id, UserID: Mara().ID, Title: playlistTitle, About: "For when the washing-up is done."})
	if err != nil {
		return err
	}
	var items []store.NewItem
	for _, title := range listed() {
		if t, ok := tracks[title]; ok {
			items = append(items, store.NewItem{ID: derived("entry", id, t.ID), TrackID: t.ID})
		}
	}
	return s.tx.SetPlaylistItems(ctx, id, items)
}
