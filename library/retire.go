package library

import (
	"errors"
	"math"
)

// dropTracks forgets the tracks that left a release, unless the person has
// them.
func (tx *txn) dropTracks(before, now []string) error {
	stays := make(map[string]struct{}, len(now))
	for _, id := range now {
		stays[id] = struct{}{}
	}
	for _, id := range before {
		if _, ok := stays[id]; ok {
			continue
		}
		if err := tx.dropTrack(id); err != nil {
			return err
		}
	}
	return nil
}

func (tx *txn) dropTrack(id string) error {
	var r trackRecord
	ok, err := get(tx.bucket(bTracks), []byte(id), &r)
	if err != nil || !ok {
		return err
	}
	kept, err := tx.kept(id)
	if err != nil {
		return err
	}
	if kept {
		r.Gone = true
		return tx.saveTrack(id, r)
	}
	return errors.Join(tx.forgetTrack(id, r), tx.dropSeekIndex(id), tx.refileIfPins(id))
}

// kept says whether the person has something of a track: then it stays, even
// when the catalogue no longer has it.
func (tx *txn) kept(id string) (bool, error) {
	key := []byte(id)
	for _, b := range []string{bOwned, bFavourites, bPlays, bPending, bFiles, bHeard} {
		if tx.bucket(b).Get(key) != nil {
			return true, nil
		}
	}
	held := false
	err := scan(tx.bucket(bHolders), joined(id, ""), func(_, _ []byte) (bool, error) {
		held = true
		return false, nil
	})
	return held, err
}

// RetainReleases takes out of the catalogue every public release for which
// keep is false: a whole walk through the co-op's catalogue did not meet it.
// A release of which the person has a track stays, marked gone and in no
// list; own releases are left alone.
func (l *Library) RetainReleases(keep func(id string) bool) error {
	return l.update("retiring releases", func(tx *txn) error {
		ids, err := releasesByDate.ids(tx, 0, math.MaxInt32)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if keep(id) {
				continue
			}
			if err := tx.retire(id); err != nil {
				return err
			}
		}
		return nil
	})
}

// RetainOwn takes the mark of being the person's own from every release for
// which keep is false. A draft that is gone is forgotten.
func (l *Library) RetainOwn(keep func(id string) bool) error {
	return l.update("retiring own releases", func(tx *txn) error {
		ids, err := releasesOwn.ids(tx, 0, math.MaxInt32)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if keep(id) {
				continue
			}
			if err := tx.disown(id); err != nil {
				return err
			}
		}
		return nil
	})
}

// disown takes the mark from a release and its tracks.
func (tx *txn) disown(id string) error {
	r, err := tx.releaseRecord(id)
	if err != nil {
		return err
	}
	for _, trackID := range r.Tracks {
		var t trackRecord
		ok, err := get(tx.bucket(bTracks), []byte(trackID), &t)
		if err != nil {
			return err
		}
		if t.Own = false; ok {
			if err := tx.saveTrack(trackID, t); err != nil {
				return err
			}
		}
	}
	old := r
	r.Own = false
	if err := tx.saveRelease(id, old, r, true); err != nil {
		return err
	}
	if r.Draft {
		return tx.retire(id)
	}
	return nil
}

// retire takes a release out of the catalogue.
func (tx *txn) retire(id string) error {
	r, err := tx.releaseRecord(id)
	if err != nil || r.Own {
		return err
	}
	has := false
	for _, trackID := range r.Tracks {
		kept, err := tx.kept(trackID)
		if err != nil {
			return err
		}
		has = has || kept
	}
	if has {
		old := r
		r.Gone = true
		return tx.saveRelease(id, old, r, true)
	}
	return tx.forgetRelease(id, r)
}

// forgetRelease takes a release out of the library, and its tracks with it.
func (tx *txn) forgetRelease(id string, r releaseRecord) error {
	tx.change |= Catalogue
	if err := tx.dropTracks(r.Tracks, nil); err != nil {
		return err
	}
	if err := errors.Join(tx.moveRelease(id, r.keys(id), releaseKeys{}), tx.retag(id, r, releaseRecord{})); err != nil {
		return err
	}
	if err := errors.Join(tx.unindex(kindRelease, id), tx.unpin(pinnedRelease, id)); err != nil {
		return err
	}
	if err := tx.bucket(bReleases).Delete([]byte(id)); err != nil {
		return err
	}
	return tx.dropArtistWithout(r.ArtistID)
}
