package sync

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/library"
)

// Report says what a refresh met. Of a list that has not changed since the last
// one it says what that met.
type Report struct {
	Releases  int // public ones
	Own       int // releases of the person's own
	Owned     int // tracks in the co-op's collection
	Favourite int
	Playlists int   // the person's own
	Waiting   int   // intents left in the outbox
	Failed    int   // intents that wait for the person
	Unsent    error // why the outbox could not be emptied; nil when it was
}

const (
	batch        = 100  // items written in one transaction
	parallel     = 4    // requests at once, where many are needed
	firstHistory = 1000 // plays read when the library is new
	laterHistory = 100  // and afterwards
	// publicLists is how many of other people's playlists are kept.
	publicLists = 200

	settingHistory = "sync.history" // set once the first history is here
)

// Refresh sends the outbox, then reads everything the co-op knows that this
// machine should. It stops at the first failure; what was read until then is
// kept. One intent that cannot be sent is no failure of it: see Report.
func (s *Syncer) Refresh(ctx context.Context) (Report, error) { return s.refresh(ctx, "") }

func (s *Syncer) refresh(ctx context.Context, w worker) (Report, error) {
	var r Report
	defer s.status.work()()
	err := s.refreshPersonal(ctx, &r)
	if err == nil {
		err = s.refreshCatalogue(ctx, &r)
	}
	if err == nil {
		err = s.refreshHistory(ctx)
	}
	s.heardBy(w, err)
	if err != nil {
		return r, wrap("refreshing", err)
	}
	s.status.change(func(st *Status) { st.LastRefresh = s.cfg.Now() })
	return r, nil
}

// refreshPersonal does what concerns the account, in one conversation.
func (s *Syncer) refreshPersonal(ctx context.Context, r *Report) error {
	release, err := s.speak(ctx)
	if err != nil {
		return err
	}
	defer release()
	if _, err := s.readProfile(ctx); err != nil {
		return err
	}
	if r.Unsent = s.sendOutbox(ctx); r.Unsent != nil && stopsAll(r.Unsent) {
		return r.Unsent
	}
	for _, step := range []func(context.Context, *Report) error{
		s.refreshOwned, s.refreshFavourites, s.refreshPlaylists, s.refreshOwn,
	} {
		if err := step(ctx, r); err != nil {
			return err
		}
	}
	r.Waiting, r.Failed, err = s.lib.OutboxCount()
	return err
}

func (s *Syncer) refreshOwned(ctx context.Context, r *Report) error {
	ids, err := s.tracksOf(s.coop.AllCollection(ctx))
	if err != nil {
		return err
	}
	r.Owned = len(ids)
	if err := s.lib.PutOwned(ids...); err != nil {
		return err
	}
	known, err := s.lib.Known()
	if err != nil {
		return err
	}
	return s.refreshPlays(ctx, known)
}

// refreshPlays asks for the paid plays of tracks, and stores them.
func (s *Syncer) refreshPlays(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	plays, err := s.coop.PlaysOf(ctx, ids)
	if err != nil {
		return err
	}
	return s.lib.PutPlays(plays)
}

// tracksOf stores the tracks of a list and gives their ids in order.
func (s *Syncer) tracksOf(list iter.Seq2[api.Track, error]) ([]string, error) {
	var ids []string
	err := inBatches(list, func(some []api.Track) error {
		tracks := make([]library.Track, len(some))
		for i, t := range some {
			tracks[i], ids = loose(t), append(ids, t.ID)
		}
		return s.lib.PutTracks(tracks...)
	})
	return ids, err
}

// inBatches hands a list on in pieces that fit one transaction.
func inBatches[T any](list iter.Seq2[T, error], store func([]T) error) error {
	some := make([]T, 0, batch)
	for v, err := range list {
		if err != nil {
			return err
		}
		if some = append(some, v); len(some) < batch {
			continue
		}
		if err := store(some); err != nil {
			return err
		}
		some = some[:0]
	}
	if len(some) == 0 {
		return nil
	}
	return store(some)
}

func (s *Syncer) refreshFavourites(ctx context.Context, r *Report) error {
	ids, err := s.tracksOf(s.coop.AllFavourites(ctx))
	if err != nil {
		return err
	}
	r.Favourite = len(ids)
	return s.lib.PutFavourites(ids...)
}

// refreshPlaylists reads the person's own playlists and some of other
// people's.
func (s *Syncer) refreshPlaylists(ctx context.Context, r *Report) (err error) {
	r.Playlists, err = s.unlessKnown(ctx, library.SettingPlaylists, s.coop.PlaylistsVersion, func() (int, error) {
		return s.readPlaylists(ctx)
	})
	return err
}

// listsAtOnce is how many playlists are written in one transaction, each with
// what it says of its tracks.
const listsAtOnce = 10

// readPlaylists stores the playlists and counts those of the person.
func (s *Syncer) readPlaylists(ctx context.Context) (count int, err error) {
	seen := map[string]bool{}
	some := make([]library.Playlist, 0, listsAtOnce)
	store := func(p api.Playlist, own bool) error {
		seen[p.ID] = true
		if some = append(some, playlist(p, own)); len(some) < listsAtOnce {
			return nil
		}
		err := s.lib.PutPlaylists(some...)
		some = some[:0]
		return err
	}
	for p, err := range s.coop.AllOwnPlaylists(ctx) {
		if err != nil {
			return count, err
		}
		if err := withItems(ctx, p, s.coop.OwnPlaylist, func(p api.Playlist) error { return store(p, true) }); err != nil {
			return count, err
		}
		count = len(seen)
	}
	public := 0
	for p, err := range s.coop.AllPlaylists(ctx) {
		if err != nil {
			return count, err
		}
		if seen[p.ID] {
			continue
		}
		if public++; public > publicLists {
			break
		}
		if err := withItems(ctx, p, s.coop.Playlist, func(p api.Playlist) error { return store(p, false) }); err != nil {
			return count, err
		}
	}
	if err := s.lib.PutPlaylists(some...); err != nil {
		return count, err
	}
	return count, s.lib.RetainPlaylists(func(p library.Playlist) bool { return seen[p.ID] })
}

// withItems hands a playlist on with its items. A list that comes without any
// is asked for by itself, so that none is emptied by a server that leaves them
// out; one that is gone by then is not handed on.
func withItems(ctx context.Context, p api.Playlist, whole func(context.Context, string) (api.Playlist, error), store func(api.Playlist) error) error {
	if len(p.Items) == 0 {
		full, err := whole(ctx, p.ID)
		if errors.Is(err, api.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		p.Items = full.Items
	}
	if p.Items == nil {
		p.Items = []api.PlaylistItem{}
	}
	return store(p)
}

func (s *Syncer) refreshOwn(ctx context.Context, r *Report) error {
	releases, err := s.coop.OwnReleases(ctx)
	if err != nil {
		return err
	}
	r.Own = len(releases)
	seen := map[string]bool{}
	var found []library.Release
	for _, rel := range releases {
		seen[rel.ID] = true
		found = append(found, own(rel, s.cfg.Now()))
	}
	for some := range slices.Chunk(found, batch) {
		if err := s.lib.PutReleases(some...); err != nil {
			return err
		}
	}
	return s.lib.RetainOwn(func(id string) bool { return seen[id] })
}

// refreshHistory reads the latest plays, more of them the first time, and the
// paid plays of the tracks it meets for the first time.
func (s *Syncer) refreshHistory(ctx context.Context) error {
	done, err := s.lib.Setting(settingHistory)
	if err != nil {
		return err
	}
	limit := firstHistory
	if done != "" {
		limit = laterHistory
	}
	var entries []library.HistoryEntry
	var tracks []library.Track
	var ids []string
	seen := map[string]bool{}
	for t, err := range s.coop.AllHistory(ctx) {
		if err != nil {
			return err
		}
		if len(entries) == limit {
			break
		}
		entries = append(entries, library.HistoryEntry{Track: loose(t)})
		if !seen[t.ID] {
			seen[t.ID], ids, tracks = true, append(ids, t.ID), append(tracks, loose(t))
		}
	}
	release, err := s.speak(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := s.refreshPlays(ctx, ids); err != nil {
		return err
	}
	return errors.Join(s.lib.PutTracks(tracks...), s.lib.PutHistory(entries...), s.lib.SetSetting(settingHistory, "read"))
}
