package library

import (
	"errors"
	"fmt"
	"time"

	"github.com/ninth-coop/ninth/credits"
)

// trackRecord is what the catalogue says of a track. What the person has of
// it is kept apart, since it changes at another pace and is forgotten at
// sign-out.
type trackRecord struct {
	Title     string `cbor:"1,keyasint,omitempty"`
	Artist    string `cbor:"2,keyasint,omitempty"`
	ArtistID  string `cbor:"3,keyasint,omitempty"`
	Release   string `cbor:"4,keyasint,omitempty"`
	ReleaseID string `cbor:"5,keyasint,omitempty"`
	Number    int    `cbor:"6,keyasint,omitempty"`
	Duration  int64  `cbor:"7,keyasint,omitempty"` // ns
	Year      int    `cbor:"8,keyasint,omitempty"`
	Status    Status `cbor:"9,keyasint,omitempty"`
	Cover     string `cbor:"10,keyasint,omitempty"`
	Own       bool   `cbor:"11,keyasint,omitempty"`
	Gone      bool   `cbor:"12,keyasint,omitempty"`
	Segments  bool   `cbor:"13,keyasint,omitempty"`
	Document  uint64 `cbor:"14,keyasint,omitempty"` // its number in the search; 0 for one that is gone. saveTrack sees to it
}

func (r trackRecord) track(id string) Track {
	return Track{
		ID: id, Title: r.Title, Artist: r.Artist, ArtistID: r.ArtistID, Release: r.Release,
		ReleaseID: r.ReleaseID, Number: r.Number, Duration: time.Duration(r.Duration),
		Year: r.Year, Status: r.Status, Cover: r.Cover, Own: r.Own || IsLocalTrack(id), Gone: r.Gone,
		Local: IsLocalTrack(id), Segments: r.Segments,
	}
}

// learn takes over what a track's release says of it; what it leaves empty
// stays.
func (r trackRecord) learn(t Track) trackRecord {
	known(&r.Title, t.Title)
	known(&r.Artist, t.Artist)
	known(&r.ArtistID, t.ArtistID)
	known(&r.Release, t.Release)
	known(&r.ReleaseID, t.ReleaseID)
	known(&r.Number, t.Number)
	known(&r.Duration, int64(t.Duration))
	known(&r.Year, t.Year)
	known(&r.Status, t.Status)
	known(&r.Cover, t.Cover)
	known(&r.Segments, t.Segments)
	r.Own = r.Own || t.Own
	r.Gone = false
	return r
}

// fill takes over what is not known yet: lists that are no releases say less
// of a track, and some of it in other words.
func (r trackRecord) fill(t Track) trackRecord {
	return trackRecord{}.learn(t).learn(r.track(t.ID))
}

// known sets *to unless v is the zero value.
func known[T comparable](to *T, v T) {
	var zero T
	if v != zero {
		*to = v
	}
}

// Track is one track, with what is shown of it. ErrNotFound.
func (l *Library) Track(id string) (t Track, err error) {
	err = l.view("reading a track", func(tx *txn) error {
		t, err = tx.track(id)
		return err
	})
	return t, err
}

// Tracks are the tracks of ids in their order; unknown ones are left out.
func (l *Library) Tracks(ids ...string) (out []Track, err error) {
	err = l.view("reading tracks", func(tx *txn) error {
		out = make([]Track, 0, len(ids))
		for _, id := range ids {
			t, err := tx.track(id)
			switch {
			case errors.Is(err, ErrNotFound):
			case err != nil:
				return err
			default:
				out = append(out, t)
			}
		}
		return nil
	})
	return out, err
}

// PutTracks stores what the co-op says of tracks outside their releases. It
// only adds to what is known.
func (l *Library) PutTracks(tracks ...Track) error {
	return l.update("storing tracks", func(tx *txn) error {
		for _, t := range tracks {
			if err := tx.putTrack(t, trackRecord.fill); err != nil {
				return err
			}
		}
		return nil
	})
}

// putTrack joins t with what is known of the track, in one of the two ways.
func (tx *txn) putTrack(t Track, join func(trackRecord, Track) trackRecord) error {
	if err := checkTheirs(t.ID); err != nil {
		return fmt.Errorf("track: %w", err)
	}
	var r trackRecord
	if _, err := get(tx.bucket(bTracks), []byte(t.ID), &r); err != nil {
		return err
	}
	return tx.saveTrack(t.ID, join(r, t))
}

func (tx *txn) saveTrack(id string, r trackRecord) error {
	var was trackRecord
	if _, err := get(tx.bucket(bTracks), []byte(id), &was); err != nil {
		return err
	}
	var err error
	switch r.Document = was.Document; {
	case r.Gone && r.Document != 0:
		err = tx.bucket(kindTrack.docs()).Delete(be64(r.Document))
		r.Document = 0
	case !r.Gone && r.Document == 0:
		r.Document, err = tx.newDocument(kindTrack, id)
	}
	if err != nil {
		return err
	}
	changed, err := put(tx.bucket(bTracks), []byte(id), r)
	if err != nil || !changed {
		return err
	}
	tx.change |= Catalogue
	return errors.Join(tx.wantPicture(r.Cover), tx.refileIfPins(id), tx.reindex(was, r))
}

// forgetTrack takes what the catalogue says of a track out.
func (tx *txn) forgetTrack(id string, r trackRecord) error {
	tx.change |= Catalogue
	return errors.Join(
		tx.bucket(kindTrack.docs()).Delete(be64(r.Document)),
		tx.bucket(bTracks).Delete([]byte(id)),
		tx.reindex(r, trackRecord{}),
	)
}

// track is a track as it is shown. ErrNotFound when the catalogue never
// named it.
func (tx *txn) track(id string) (Track, error) {
	var r trackRecord
	ok, err := get(tx.bucket(bTracks), []byte(id), &r)
	if err != nil {
		return Track{}, err
	}
	if !ok {
		return Track{}, fmt.Errorf("track %.40q: %w", id, ErrNotFound)
	}
	return tx.laidOver(r.track(id))
}

// listed is track for lists, which show a bare entry for a track that the
// person has and the catalogue never named.
func (tx *txn) listed(id string) (Track, error) {
	t, err := tx.track(id)
	if errors.Is(err, ErrNotFound) {
		return tx.laidOver(Track{ID: id, Gone: true})
	}
	return t, err
}

// laidOver adds what the person has of a track: confirmed facts, and over
// them what waits in the outbox.
func (tx *txn) laidOver(t Track) (Track, error) {
	if IsLocalTrack(t.ID) {
		t.Local, t.Own = true, true
		t.Favourite = tx.bucket(bFavourites).Get([]byte(t.ID)) != nil
		if !t.Gone {
			t.Offline = Pinned
		}
		return t, nil
	}
	waiting, err := tx.pending(t.ID)
	if err != nil {
		return t, err
	}
	f, _, err := tx.file(t.ID)
	if err != nil {
		return t, err
	}
	id := []byte(t.ID)
	owned := tx.bucket(bOwned).Get(id) != nil
	t.Plays = min(tx.confirmedPlays(t.ID)+waiting.Plays, credits.PlaysToOwn)
	t.Owned = owned || waiting.Bought || t.Plays == credits.PlaysToOwn
	t.Favourite = tx.bucket(bFavourites).Get(id) != nil
	t.Offline, err = tx.offline(f, owned)
	return t, err
}

func (tx *txn) confirmedPlays(id string) int {
	if v := tx.bucket(bPlays).Get([]byte(id)); len(v) == 1 {
		return min(int(v[0]), credits.PlaysToOwn)
	}
	return 0
}
