package library

import (
	"errors"
	"fmt"
)

type artistRecord struct {
	Name    string `cbor:"1,keyasint,omitempty"`
	About   string `cbor:"2,keyasint,omitempty"`
	Country string `cbor:"3,keyasint,omitempty"`
	Avatar  string `cbor:"4,keyasint,omitempty"`
}

func (r artistRecord) artist(id string) Artist {
	return Artist{ID: id, Name: r.Name, About: r.About, Country: r.Country, Avatar: r.Avatar}
}

// maxReleasesOfArtist bounds an artist's page.
const maxReleasesOfArtist = 1000

// Artist is one artist with their releases, newest first. Drafts are left
// out. ErrNotFound.
func (l *Library) Artist(id string) (a Artist, err error) {
	err = l.view("reading an artist", func(tx *txn) error {
		if a, err = tx.artist(id); err != nil {
			return err
		}
		a.Releases, err = tx.releasesBy(id, maxReleasesOfArtist)
		return err
	})
	return a, err
}

// Artists is a window on the artists by name.
func (l *Library) Artists(offset, limit int) (Page[Artist], error) {
	return page(l, "listing artists", artistsByName, offset, limit, (*txn).artist)
}

func (tx *txn) artist(id string) (Artist, error) {
	var r artistRecord
	ok, err := get(tx.bucket(bArtists), []byte(id), &r)
	if err == nil && !ok {
		err = fmt.Errorf("artist %.40q: %w", id, ErrNotFound)
	}
	return r.artist(id), err
}

// releasesBy are at most limit releases of an artist that can be listed.
func (tx *txn) releasesBy(artistID string, limit int) ([]Release, error) {
	var out []Release
	err := scan(tx.bucket(string(releasesOf)), joined(artistID, ""), func(_, id []byte) (bool, error) {
		r, err := tx.release(string(id))
		if err != nil {
			return false, err
		}
		if !r.Draft {
			out = append(out, r)
		}
		return len(out) < limit, nil
	})
	return out, err
}

// PutArtists stores artists as the co-op describes them; their Releases are
// not looked at.
func (l *Library) PutArtists(artists ...Artist) error {
	return l.update("storing artists", func(tx *txn) error {
		for _, a := range artists {
			if err := checkTheirs(a.ID); err != nil {
				return fmt.Errorf("artist: %w", err)
			}
			rec := artistRecord{Name: a.Name, About: a.About, Country: a.Country, Avatar: a.Avatar}
			if err := tx.saveArtist(a.ID, rec); err != nil {
				return err
			}
		}
		return nil
	})
}

func (tx *txn) saveArtist(id string, rec artistRecord) error {
	var old artistRecord
	known, err := get(tx.bucket(bArtists), []byte(id), &old)
	if err != nil {
		return err
	}
	changed, err := put(tx.bucket(bArtists), []byte(id), rec)
	if err != nil || !changed {
		return err
	}
	tx.change |= Catalogue
	var from []byte
	if known {
		from = joined(sortable(old.Name), id)
	}
	return errors.Join(
		artistsByName.move(tx, from, joined(sortable(rec.Name), id), id),
		tx.index(kindArtist, id, indexed(rec.Name, "")),
		tx.wantPicture(rec.Avatar),
	)
}

// nameArtist makes sure that the artist a release names can be found; what is
// known of them already stays.
func (tx *txn) nameArtist(id, name string) error {
	if tx.bucket(bArtists).Get([]byte(id)) != nil {
		return nil
	}
	return tx.saveArtist(id, artistRecord{Name: name})
}

// dropArtistWithout forgets an artist who has no release left and whom nobody
// follows.
func (tx *txn) dropArtistWithout(id string) error {
	if id == "" {
		return nil
	}
	left := false
	err := scan(tx.bucket(string(releasesOf)), joined(id, ""), func(_, _ []byte) (bool, error) {
		left = true
		return false, nil
	})
	if err != nil || left || tx.bucket(bFollowed).Get([]byte(id)) != nil {
		return err
	}
	var r artistRecord
	known, err := get(tx.bucket(bArtists), []byte(id), &r)
	if err != nil || !known {
		return err
	}
	return errors.Join(
		artistsByName.remove(tx, joined(sortable(r.Name), id)),
		tx.unindex(kindArtist, id),
		tx.bucket(bArtists).Delete([]byte(id)),
	)
}
