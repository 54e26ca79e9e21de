package library

import (
	"errors"
	"fmt"
	"slices"

	"github.com/ninth-coop/ninth/credits"
)

// Collection is a window on the owned tracks, latest first. A purchase that
// waits in the outbox is not in it yet.
func (l *Library) Collection(offset, limit int) (Page[Track], error) {
	return page(l, "listing the collection", ownedSince, offset, limit, (*txn).listed)
}

// Owns tells whether a track is in the collection: what waits in the outbox
// does not count.
func (l *Library) Owns(trackID string) (owns bool, err error) {
	err = l.view("looking into the collection", func(tx *txn) error {
		owns = tx.bucket(bOwned).Get([]byte(trackID)) != nil
		return nil
	})
	return owns, err
}

// Favourites is a window on the favourite tracks, latest first.
func (l *Library) Favourites(offset, limit int) (Page[Track], error) {
	return page(l, "listing favourites", favouritesSince, offset, limit, (*txn).listed)
}

// NearlyOwned is a window on the tracks with at least minPlays confirmed paid
// plays that are not owned, most plays first.
func (l *Library) NearlyOwned(minPlays, offset, limit int) (p Page[Track], err error) {
	err = l.view("listing nearly owned tracks", func(tx *txn) error {
		if offset < 0 || limit < 0 {
			return fmt.Errorf("a window of %d from %d", limit, offset)
		}
		return scan(tx.bucket(string(nearly)), nil, func(k, v []byte) (bool, error) {
			if credits.PlaysToOwn-int(k[0]) < minPlays {
				return false, nil
			}
			p.Total++
			if p.Total <= offset || len(p.Items) >= limit {
				return true, nil
			}
			t, err := tx.listed(string(v))
			p.Items = append(p.Items, t)
			return true, err
		})
	})
	return p, err
}

// FromOwnedArtists are at most limit releases by the artists of the tracks
// that came into the collection last, without the releases these are on.
func (l *Library) FromOwnedArtists(limit int) (out []Release, err error) {
	const perArtist, recent = 3, 200
	err = l.view("listing releases of owned artists", func(tx *txn) error {
		ids, err := ownedSince.ids(tx, 0, recent)
		if err != nil {
			return err
		}
		artists, has, err := tx.artistsOf(ids)
		if err != nil {
			return err
		}
		for _, artist := range artists {
			releases, err := tx.releasesBy(artist, perArtist+len(has))
			if err != nil {
				return err
			}
			n := 0
			for _, r := range releases {
				if _, ok := has[r.ID]; ok || n == perArtist || len(out) == limit {
					continue
				}
				out, n = append(out, r), n+1
			}
		}
		return nil
	})
	return out, err
}

// artistsOf are the artists of tracks, each once, and the releases that the
// tracks are on.
func (tx *txn) artistsOf(trackIDs []string) (artists []string, releases map[string]struct{}, err error) {
	releases = map[string]struct{}{}
	seen := map[string]struct{}{}
	for _, id := range trackIDs {
		var t trackRecord
		if _, err := get(tx.bucket(bTracks), []byte(id), &t); err != nil {
			return nil, nil, err
		}
		releases[t.ReleaseID] = struct{}{}
		if _, ok := seen[t.ArtistID]; !ok && t.ArtistID != "" {
			seen[t.ArtistID] = struct{}{}
			artists = append(artists, t.ArtistID)
		}
	}
	return artists, releases, nil
}

// PutPlays stores how many paid plays the co-op counts, by track id. Nine
// make a track owned. A track of which a play or purchase is on its way is
// passed over: it may be counted in already, and is shown on top.
func (l *Library) PutPlays(plays map[string]int) error {
	return l.update("storing plays", func(tx *txn) error {
		unsettled, err := tx.unsettled()
		if err != nil {
			return err
		}
		for id, n := range plays {
			if unsettled[id] {
				continue
			}
			if err := tx.putPlays(id, n); err != nil {
				return err
			}
		}
		return nil
	})
}

func (tx *txn) putPlays(id string, plays int) error {
	if err := checkID(id); err != nil {
		return fmt.Errorf("plays: %w", err)
	}
	plays = min(max(plays, 0), credits.PlaysToOwn)
	old := tx.confirmedPlays(id)
	if plays >= credits.PlaysToOwn {
		if err := tx.own(id, 0); err != nil {
			return err
		}
	}
	if plays == old {
		return nil
	}
	tx.change |= Ownership
	if err := tx.touch(id); err != nil {
		return err
	}
	b := tx.bucket(bPlays)
	if plays == 0 {
		return errors.Join(b.Delete([]byte(id)), tx.placeNearly(id, old, 0))
	}
	return errors.Join(b.Put([]byte(id), []byte{byte(plays)}), tx.placeNearly(id, old, plays))
}

// placeNearly keeps the index of tracks on the way to being owned.
func (tx *txn) placeNearly(id string, old, plays int) error {
	key := func(n int) []byte {
		if n <= 0 || n >= credits.PlaysToOwn {
			return nil
		}
		return append([]byte{byte(credits.PlaysToOwn - n)}, id...)
	}
	to := key(plays)
	if tx.bucket(bOwned).Get([]byte(id)) != nil {
		to = nil
	}
	return nearly.move(tx, key(old), to, id)
}

// PutOwned adds tracks to the collection, the latest first. It never takes
// one away: a co-op's list leaves out what was bought at once and what has
// been withdrawn, and what is owned stays owned.
func (l *Library) PutOwned(ids ...string) error {
	return l.update("storing the collection", func(tx *txn) error {
		for i, id := range ids {
			if err := checkID(id); err != nil {
				return fmt.Errorf("owned: %w", err)
			}
			if err := tx.own(id, int64(i)); err != nil {
				return err
			}
		}
		return nil
	})
}

// own adds a track to the collection, age nanoseconds before now.
func (tx *txn) own(id string, age int64) error {
	b := tx.bucket(bOwned)
	if b.Get([]byte(id)) != nil {
		return nil
	}
	since := tx.l.now().UnixNano() - age
	tx.change |= Ownership
	return errors.Join(
		b.Put([]byte(id), be64(uint64(since))),
		ownedSince.add(tx, append(newestFirst(since), id...), id),
		tx.placeNearly(id, tx.confirmedPlays(id), 0),
		tx.refile(id, func(*File) {}),
	)
}

// PutFavourites replaces the favourites by the co-op's, latest first. Tracks
// with an intent in the outbox stay as the person wished.
func (l *Library) PutFavourites(ids ...string) error {
	return l.update("storing favourites", func(tx *txn) error {
		wished, err := tx.wishedFavourites()
		if err != nil {
			return err
		}
		theirs := map[string]struct{}{}
		for _, id := range ids {
			if err := checkID(id); err != nil {
				return fmt.Errorf("favourite: %w", err)
			}
			theirs[id] = struct{}{}
		}
		before, err := allKeys(tx.bucket(bFavourites))
		if err != nil {
			return err
		}
		for _, id := range before {
			if _, ok := theirs[id]; ok || wished[id] || IsLocalTrack(id) {
				continue
			}
			if err := tx.setFavourite(id, false, 0); err != nil {
				return err
			}
		}
		for i, id := range ids {
			if wished[id] {
				continue
			}
			if err := tx.setFavourite(id, true, int64(i)); err != nil {
				return err
			}
		}
		return nil
	})
}

// wishedFavourites are the tracks with a favourite intent that has not
// failed.
func (tx *txn) wishedFavourites() (map[string]bool, error) {
	wished := map[string]bool{}
	err := tx.intents(func(_ []byte, in intentRecord) (bool, error) {
		if in.Kind == IntentFavourite && in.State != IntentFailed {
			wished[in.TrackID] = true
		}
		return true, nil
	})
	return wished, err
}

// setFavourite changes what is shown, age nanoseconds before now.
func (tx *txn) setFavourite(id string, on bool, age int64) error {
	b := tx.bucket(bFavourites)
	since := b.Get([]byte(id))
	if on == (since != nil) {
		return nil
	}
	tx.change |= Favourites
	if !on {
		key := append(newestFirst(int64(number(since))), id...)
		return errors.Join(b.Delete([]byte(id)), favouritesSince.remove(tx, key), tx.touch(id))
	}
	at := tx.l.now().UnixNano() - age
	return errors.Join(
		tx.touch(id),
		b.Put([]byte(id), be64(uint64(at))),
		favouritesSince.add(tx, append(newestFirst(at), id...), id),
	)
}

// Known are the track ids of which the co-op counts paid plays or which the
// person has in hand, for asking the co-op about them again: with plays, on a
// playlist, favourite or heard here. The order is that of the ids.
func (l *Library) Known() (ids []string, err error) {
	err = l.view("listing known tracks", func(tx *txn) error {
		set := map[string]struct{}{}
		for _, name := range []string{bPlays, bFavourites, bHeard, bOwned} {
			keys, err := allKeys(tx.bucket(name))
			if err != nil {
				return err
			}
			for _, k := range keys {
				if !IsLocalTrack(k) {
					set[k] = struct{}{}
				}
			}
		}
		for id := range set {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		return nil
	})
	return ids, err
}
