package library

import (
	"bytes"
	"errors"
	"fmt"
	"time"
)

// Order is an order of releases.
type Order int

// The orders of Releases.
const (
	Newest Order = iota
	ByTitle
	ByArtist
)

// releaseRecord is what the catalogue says of a release.
type releaseRecord struct {
	Title    string   `cbor:"1,keyasint,omitempty"`
	Artist   string   `cbor:"2,keyasint,omitempty"`
	ArtistID string   `cbor:"3,keyasint,omitempty"`
	Kind     string   `cbor:"4,keyasint,omitempty"`
	Date     string   `cbor:"5,keyasint,omitempty"`
	About    string   `cbor:"6,keyasint,omitempty"`
	Tags     []string `cbor:"7,keyasint,omitempty"`
	Cover    string   `cbor:"8,keyasint,omitempty"`
	Own      bool     `cbor:"9,keyasint,omitempty"`
	Draft    bool     `cbor:"10,keyasint,omitempty"`
	Gone     bool     `cbor:"11,keyasint,omitempty"`
	Tracks   []string `cbor:"12,keyasint,omitempty"`
	Updated  int64    `cbor:"13,keyasint,omitempty"` // ns, of the state in which the tracks were read
	Filled   bool     `cbor:"14,keyasint,omitempty"` // the tracks were read
}

func (r releaseRecord) release(id string) Release {
	out := Release{
		ID: id, Title: r.Title, Artist: r.Artist, ArtistID: r.ArtistID, Kind: r.Kind, Date: r.Date,
		About: r.About, Tags: r.Tags, Cover: r.Cover, Own: r.Own, Draft: r.Draft, Gone: r.Gone,
		Local: IsLocalTrack(id),
	}
	if r.Updated != 0 {
		out.Updated = time.Unix(0, r.Updated)
	}
	return out
}

// releaseKeys are the keys of a release in the indexes; nil where it does
// not belong.
type releaseKeys struct{ date, title, artist, own, of, local []byte }

func (r releaseRecord) keys(id string) releaseKeys {
	date := string(descending(r.Date))
	title, artist := sortable(r.Title), sortable(r.Artist)
	var k releaseKeys
	switch {
	case IsLocalTrack(id):
		k.local = joined(artist, date+id)
	case !r.Draft && !r.Gone:
		k.date = joined(date+title, id)
		k.title = joined(title, id)
		k.artist = joined(artist, date+id)
	}
	if r.Own {
		k.own = joined(date+title, id)
	}
	if r.ArtistID != "" {
		k.of = joined(r.ArtistID, date+id)
	}
	return k
}

// descending turns a date into ten bytes that put later dates first, and no
// date last.
func descending(date string) []byte {
	out := bytes.Repeat([]byte{0xff}, 10)
	for i := range min(len(date), len(out)) {
		out[i] = ^date[i]
	}
	return out
}

// Release is one release with its tracks. ErrNotFound.
func (l *Library) Release(id string) (r Release, err error) {
	err = l.view("reading a release", func(tx *txn) error {
		var rec releaseRecord
		if rec, err = tx.releaseRecord(id); err != nil {
			return err
		}
		r = rec.release(id)
		for _, trackID := range rec.Tracks {
			t, err := tx.listed(trackID)
			if err != nil {
				return err
			}
			r.Tracks = append(r.Tracks, t)
		}
		return nil
	})
	return r, err
}

// Releases is a window on the public releases.
func (l *Library) Releases(order Order, offset, limit int) (Page[Release], error) {
	x := releasesByDate
	switch order {
	case ByTitle:
		x = releasesByTitle
	case ByArtist:
		x = releasesByArtist
	}
	return page(l, "listing releases", x, offset, limit, (*txn).release)
}

// OwnReleases is a window on the releases of the person signed in, drafts
// included, newest first.
func (l *Library) OwnReleases(offset, limit int) (Page[Release], error) {
	return page(l, "listing own releases", releasesOwn, offset, limit, (*txn).release)
}

func (tx *txn) releaseRecord(id string) (r releaseRecord, err error) {
	ok, err := get(tx.bucket(bReleases), []byte(id), &r)
	if err == nil && !ok {
		err = fmt.Errorf("release %.40q: %w", id, ErrNotFound)
	}
	return r, err
}

func (tx *txn) release(id string) (Release, error) {
	r, err := tx.releaseRecord(id)
	return r.release(id), err
}

// learn takes over what r says. A release with tracks is all there is to
// know; one without is a row of a list, in which what is empty is left out.
// Own is only ever set.
func (r releaseRecord) learn(from Release) releaseRecord {
	if from.Tracks != nil {
		r = releaseRecord{Own: r.Own, Filled: true}
		if !from.Updated.IsZero() {
			r.Updated = from.Updated.UnixNano()
		}
	}
	known(&r.Title, from.Title)
	known(&r.Artist, from.Artist)
	known(&r.ArtistID, from.ArtistID)
	known(&r.Kind, from.Kind)
	known(&r.Date, from.Date)
	known(&r.About, from.About)
	known(&r.Cover, from.Cover)
	if len(from.Tags) > 0 {
		r.Tags = from.Tags
	}
	r.Own = r.Own || from.Own
	r.Draft, r.Gone = from.Draft, false
	return r
}

// PutReleases stores releases as the co-op describes them. Tracks replaces
// the track list, unless it is nil: then what is known of the release and the
// row leaves out stays. Own is only ever set here; RetainOwn takes it back.
// What is stored already is not written again.
func (l *Library) PutReleases(releases ...Release) error {
	if len(releases) == 0 {
		return nil // a transaction waits for the disk also when it changes nothing
	}
	return l.update("storing releases", func(tx *txn) error {
		for _, r := range releases {
			if err := tx.putRelease(r); err != nil {
				return err
			}
		}
		return nil
	})
}

func (tx *txn) putRelease(r Release) error {
	if err := errors.Join(checkTheirs(r.ID), checkIfAny(r.ArtistID)); err != nil {
		return fmt.Errorf("release: %w", err)
	}
	var old releaseRecord
	known, err := get(tx.bucket(bReleases), []byte(r.ID), &old)
	if err != nil {
		return err
	}
	rec := old.learn(r)
	if r.Tracks != nil {
		rec.Tracks = make([]string, 0, len(r.Tracks))
		for i, t := range r.Tracks {
			if err := tx.putTrack(onRelease(t, r, i+1), trackRecord.learn); err != nil {
				return err
			}
			rec.Tracks = append(rec.Tracks, t.ID)
		}
	}
	if err := tx.saveRelease(r.ID, old, rec, known); err != nil {
		return err
	}
	return tx.dropTracks(old.Tracks, rec.Tracks)
}

// Stale are the ids, of these releases as a list shows them, of which the
// tracks have not been read, or were read before the release was updated.
// Own releases are not among them: their own list says more.
func (l *Library) Stale(releases ...Release) (ids []string, err error) {
	err = l.view("looking for stale releases", func(tx *txn) error {
		for _, r := range releases {
			rec, err := tx.releaseRecord(r.ID)
			switch {
			case errors.Is(err, ErrNotFound):
				ids = append(ids, r.ID)
			case err != nil:
				return err
			case !rec.Own && (!rec.Filled || !r.Updated.IsZero() && r.Updated.UnixNano() != rec.Updated):
				ids = append(ids, r.ID)
			}
		}
		return nil
	})
	return ids, err
}

// onRelease is a track with what its release says of it.
func onRelease(t Track, r Release, number int) Track {
	t.Release, t.ReleaseID = r.Title, r.ID
	if t.Number == 0 {
		t.Number = number
	}
	if t.Artist == "" {
		t.Artist = r.Artist
	}
	if t.ArtistID == "" {
		t.ArtistID = r.ArtistID
	}
	if t.Cover == "" {
		t.Cover = r.Cover
	}
	t.Own = t.Own || r.Own
	return t
}

func checkIfAny(id string) error {
	if id == "" {
		return nil
	}
	return checkTheirs(id)
}

// checkTheirs is checkID for what a co-op describes: it has no say in what is
// the person's own.
func checkTheirs(id string) error {
	if IsLocalTrack(id) {
		return fmt.Errorf("the id %.40q: %w", id, ErrLocal)
	}
	return checkID(id)
}

// saveRelease writes a release with its indexes, and the artist it names.
func (tx *txn) saveRelease(id string, old, rec releaseRecord, known bool) error {
	changed, err := put(tx.bucket(bReleases), []byte(id), rec)
	if err != nil || !changed {
		return err
	}
	tx.change |= Catalogue
	var from releaseKeys
	if known {
		from = old.keys(id)
	}
	if err := errors.Join(tx.moveRelease(id, from, rec.keys(id)), tx.retag(id, old, rec)); err != nil {
		return err
	}
	if err := tx.wantPicture(rec.Cover); err != nil {
		return err
	}
	if err := tx.indexRelease(id, rec); err != nil || rec.Gone || rec.ArtistID == "" || rec.Draft {
		return err
	}
	return tx.nameArtist(rec.ArtistID, rec.Artist)
}

func (tx *txn) indexRelease(id string, r releaseRecord) error {
	if r.Gone {
		return tx.unindex(kindRelease, id)
	}
	return tx.index(kindRelease, id, indexed(r.Title, r.Artist, r.Tags...))
}

func (tx *txn) moveRelease(id string, from, to releaseKeys) error {
	return errors.Join(
		releasesByDate.move(tx, from.date, to.date, id),
		releasesByTitle.move(tx, from.title, to.title, id),
		releasesByArtist.move(tx, from.artist, to.artist, id),
		releasesOwn.move(tx, from.own, to.own, id),
		releasesOf.move(tx, from.of, to.of, id),
		releasesLocal.move(tx, from.local, to.local, id),
	)
}
