package library

import (
	"context"
	"errors"
	"fmt"

	"github.com/ninth-coop/ninth/credits"
)

// Fault is something in the library that contradicts something else in it.
type Fault struct {
	Where string // the bucket, as the package comment names it
	What  string // a sentence for the log; ids are cut to 40 bytes
}

// maxFaults bounds what Examine tells of one bucket: a thousand faults of one
// kind are one fault.
const maxFaults = 20

// Examine compares everything that is kept twice: indexes with what they are
// of, totals with what they add up, ids with what they lead to. It takes time
// in proportion to the library, and changes nothing.
func (l *Library) Examine(ctx context.Context) (faults []Fault, err error) {
	err = l.view("examining", func(tx *txn) error {
		faults, err = tx.examine(ctx)
		return err
	})
	return faults, err
}

// Mend writes indexes and totals anew from what they are of, and takes out
// what leads nowhere. What the person did and what the co-op said is not
// touched. It is one transaction.
func (l *Library) Mend(ctx context.Context) error {
	return l.update("mending", func(tx *txn) error {
		tx.change = Catalogue | Ownership | Favourites | Playlists | History | Files
		for _, step := range []func() error{tx.mendReleases, tx.mendPins, tx.mendHolders, tx.mendTotals, tx.mendSearch, tx.mendIndexes, tx.mendColumns} {
			if err := errors.Join(step(), ctx.Err()); err != nil {
				return err
			}
		}
		return nil
	})
}

// examination gathers faults.
type examination struct {
	faults []Fault
	told   map[string]int
}

func (e *examination) tell(where, what string, args ...any) {
	if e.told[where]++; e.told[where] <= maxFaults {
		e.faults = append(e.faults, Fault{where, fmt.Sprintf(what, args...)})
	}
}

func (tx *txn) examine(ctx context.Context) ([]Fault, error) {
	e := &examination{told: map[string]int{}}
	for _, step := range []func(*examination) error{
		tx.examineIndexes, tx.examineHolders, tx.examinePins, tx.examineReleases, tx.examineOutbox, tx.examineTotals, tx.examineSearch, tx.examineColumns,
	} {
		if err := errors.Join(step(e), ctx.Err()); err != nil {
			return nil, err
		}
	}
	return e.faults, nil
}

// derived are the indexes that follow from records; the others are records
// themselves.
var derived = []index{
	releasesByDate, releasesByTitle, releasesByArtist, releasesOwn, releasesOf, releasesTagged, artistsByName, ownedSince,
	releasesLocal, localByPath, localByArtist, favouritesSince, followedSince, heardLast, heardMost, nearly, playlistsByTitle, diskUsed, diskSize, diskEvictable, wanted,
	tracksByArtist, tracksByTitle,
}

// expected calls emit with every key that the derived indexes should have.
// Keys that are nil are not in the index.
func (tx *txn) expected(emit func(x index, key []byte, id string) error) error {
	return errors.Join(
		each(tx, bReleases, func(id string, r releaseRecord) error {
			k := r.keys(id)
			for _, key := range r.tagKeys(id) {
				if err := emit(releasesTagged, key, id); err != nil {
					return err
				}
			}
			return errors.Join(emit(releasesByDate, k.date, id), emit(releasesByTitle, k.title, id),
				emit(releasesByArtist, k.artist, id), emit(releasesOwn, k.own, id), emit(releasesOf, k.of, id), emit(releasesLocal, k.local, id))
		}),
		each(tx, bTracks, func(_ string, r trackRecord) error {
			artist, title, _ := r.places()
			return errors.Join(emit(tracksByArtist, artist, ""), emit(tracksByTitle, title, ""))
		}),
		each(tx, bLocal, func(id string, r localRecord) error {
			var t trackRecord
			_, err := get(tx.bucket(bTracks), []byte(id), &t)
			return errors.Join(err, emit(localByPath, []byte(r.Path), id), emit(localByArtist, r.order(id, t), id))
		}),
		each(tx, bArtists, func(id string, r artistRecord) error {
			return emit(artistsByName, joined(sortable(r.Name), id), id)
		}),
		each(tx, bPlaylists, func(id string, r playlistRecord) error { return emit(playlistsByTitle, r.key(id), id) }),
		tx.expectedSince(bOwned, ownedSince, emit),
		tx.expectedSince(bFavourites, favouritesSince, emit),
		tx.expectedSince(bFollowed, followedSince, emit),
		each(tx, bHeard, func(id string, h heardRecord) error {
			last, most := h.keys(id)
			return errors.Join(emit(heardLast, last, id), emit(heardMost, most, id))
		}),
		tx.bucket(bPlays).ForEach(func(id, _ []byte) error {
			n := tx.confirmedPlays(string(id))
			if n == 0 || n == credits.PlaysToOwn || tx.bucket(bOwned).Get(id) != nil {
				return nil
			}
			return emit(nearly, append([]byte{byte(credits.PlaysToOwn - n)}, id...), string(id))
		}),
		tx.expectedFiles(emit),
	)
}

// expectedSince are the keys of what is ordered by since when it is.
func (tx *txn) expectedSince(bucket string, x index, emit func(x index, key []byte, id string) error) error {
	return tx.bucket(bucket).ForEach(func(id, since []byte) error {
		return emit(x, append(newestFirst(int64(number(since))), id...), string(id))
	})
}

// expectedFiles are the keys of files, and of tracks that should have one.
func (tx *txn) expectedFiles(emit func(x index, key []byte, id string) error) error {
	ids := map[string]struct{}{}
	for _, name := range []string{bFiles, bOwned} {
		keys, err := allKeys(tx.bucket(name))
		if err != nil {
			return err
		}
		for _, id := range keys {
			ids[id] = struct{}{}
		}
	}
	err := tx.bucket(string(pinned)).ForEach(func(k, _ []byte) error {
		held, err := tx.heldIDs(string(k[:1]), string(k[1:]))
		for _, id := range held {
			ids[id] = struct{}{}
		}
		return err
	})
	if err != nil {
		return err
	}
	for id := range ids {
		f, _, err := tx.file(id)
		if err != nil {
			return err
		}
		k, err := tx.fileKeys(f)
		if err != nil {
			return err
		}
		err = errors.Join(emit(diskUsed, k.used, id), emit(diskSize, k.size, id), emit(diskEvictable, k.evictable, id), emit(wanted, k.wanted, id))
		if err != nil {
			return err
		}
	}
	return nil
}

// heldIDs are the tracks of a release or playlist; none when it is not there.
func (tx *txn) heldIDs(kind, id string) ([]string, error) {
	if kind == pinnedRelease {
		r, err := tx.releaseRecord(id)
		return r.Tracks, ignoreMissing(err)
	}
	_, p, err := tx.playlistRecord(id)
	return p.trackIDs(), ignoreMissing(err)
}

// each calls fn with the records of a bucket.
func each[T any](tx *txn, bucket string, fn func(id string, record T) error) error {
	return tx.bucket(bucket).ForEach(func(k, raw []byte) error {
		var record T
		if err := decode(raw, &record); err != nil {
			return fmt.Errorf("%s %.40q: %w", bucket, k, err)
		}
		return fn(string(k), record)
	})
}

func (tx *txn) examineIndexes(e *examination) error {
	found := map[index]int{}
	err := tx.expected(func(x index, key []byte, id string) error {
		if key == nil {
			return nil
		}
		found[x]++
		if v := tx.bucket(string(x)).Get(key); v == nil || string(v) != id {
			e.tell(string(x), "%.40q is not where it belongs", id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, x := range append([]index{historyByTime, picturesByAddress, pinned}, derived...) {
		n := 0
		if err := tx.bucket(string(x)).ForEach(func(_, _ []byte) error { n++; return nil }); err != nil {
			return err
		}
		if n != x.count(tx) {
			e.tell(string(x), "it counts %d entries and has %d", x.count(tx), n)
		}
	}
	for _, x := range derived {
		if n := x.count(tx); n > found[x] {
			e.tell(string(x), "%d entries stand for nothing", n-found[x])
		}
	}
	return nil
}

func (tx *txn) examineHolders(e *examination) error {
	n := 0
	err := each(tx, bPlaylists, func(id string, r playlistRecord) error {
		seen := map[string]struct{}{}
		for _, it := range r.Items {
			if _, again := seen[it.TrackID]; again {
				continue
			}
			seen[it.TrackID] = struct{}{}
			n++
			if tx.bucket(bHolders).Get(joined(it.TrackID, id)) == nil {
				e.tell(bHolders, "it does not know that %.40q is on %.40q", it.TrackID, id)
			}
		}
		return nil
	})
	held := 0
	err = errors.Join(err, tx.bucket(bHolders).ForEach(func(_, _ []byte) error { held++; return nil }))
	if held > n {
		e.tell(bHolders, "%d tracks are held by no playlist", held-n)
	}
	return err
}

func (tx *txn) examinePins(e *examination) error {
	return tx.bucket(string(pinned)).ForEach(func(k, id []byte) error {
		if !tx.leads(k) {
			e.tell(string(pinned), "%.40q leads nowhere", id)
		}
		return nil
	})
}

// leads tells whether what a pin is of is there.
func (tx *txn) leads(pin []byte) bool {
	bucket := bReleases
	if string(pin[:1]) == pinnedPlaylist {
		bucket = bPlaylists
	}
	return len(pin) > 1 && tx.bucket(bucket).Get(pin[1:]) != nil
}

func (tx *txn) examineReleases(e *examination) error {
	return tx.missingTracks(func(id, trackID string, r releaseRecord) error {
		if r.Filled {
			e.tell(bReleases, "track %.40q of %.40q leads nowhere", trackID, id)
		}
		return nil
	})
}

// missingTracks calls fn with each release of which a track is not there, and
// the first such track. fn may change the release.
func (tx *txn) missingTracks(fn func(id, trackID string, r releaseRecord) error) error {
	type lack struct {
		id, track string
		release   releaseRecord
	}
	var lacks []lack
	err := each(tx, bReleases, func(id string, r releaseRecord) error {
		for _, t := range r.Tracks {
			if tx.bucket(bTracks).Get([]byte(t)) == nil {
				lacks = append(lacks, lack{id, t, r})
				break
			}
		}
		return nil
	})
	for _, l := range lacks {
		err = errors.Join(err, fn(l.id, l.track, l.release))
	}
	return err
}
