package library

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// localPrefix begins the id of a playlist that the co-op has not named yet.
const localPrefix = "local-"

// IsLocal tells the id of a playlist that the co-op has not named yet: nothing
// but its creation can be sent.
func IsLocal(playlistID string) bool { return strings.HasPrefix(playlistID, localPrefix) }

// playlistRecord is a playlist as it is shown, and its tracks as the co-op
// had them last.
type playlistRecord struct {
	Title   string       `cbor:"1,keyasint,omitempty"`
	About   string       `cbor:"2,keyasint,omitempty"`
	Owner   string       `cbor:"3,keyasint,omitempty"`
	Own     bool         `cbor:"4,keyasint,omitempty"`
	Private bool         `cbor:"5,keyasint,omitempty"`
	Cover   string       `cbor:"6,keyasint,omitempty"`
	Items   []itemRecord `cbor:"7,keyasint,omitempty"`
	Theirs  []string     `cbor:"8,keyasint,omitempty"`
	Length  int64        `cbor:"9,keyasint,omitempty"` // ns, of all items, as far as it was known when this was written
	Unfound []Unfound    `cbor:"10,keyasint,omitempty"`
}

type itemRecord struct {
	ID      string `cbor:"1,keyasint"`
	TrackID string `cbor:"2,keyasint"`
}

func (r playlistRecord) key(id string) []byte {
	first := "1"
	if r.Own {
		first = "0"
	}
	return joined(first+sortable(r.Title), id)
}

func (r playlistRecord) heading() Heading {
	return Heading{Known: true, Title: r.Title, About: r.About, Private: r.Private}
}

func (r *playlistRecord) setHeading(h Heading) {
	r.Title, r.About, r.Private = h.Title, h.About, h.Private
}

func (r playlistRecord) trackIDs() []string {
	ids := make([]string, len(r.Items))
	for i, it := range r.Items {
		ids[i] = it.TrackID
	}
	return ids
}

// Playlists is a window on the playlists: the person's own first, by title.
func (l *Library) Playlists(offset, limit int) (Page[Playlist], error) {
	return page(l, "listing playlists", playlistsByTitle, offset, limit, (*txn).playlist)
}

// Playlist is one playlist with its items. The id that a playlist had before
// the co-op named it stays valid. ErrNotFound.
func (l *Library) Playlist(id string) (p Playlist, err error) {
	err = l.view("reading a playlist", func(tx *txn) error {
		id, r, err := tx.playlistRecord(id)
		if err != nil {
			return err
		}
		p = r.playlist(id)
		p.Unfound = r.Unfound
		for _, it := range r.Items {
			t, err := tx.listed(it.TrackID)
			if err != nil {
				return err
			}
			p.Items = append(p.Items, PlaylistItem{ID: it.ID, Track: t})
		}
		return nil
	})
	return p, err
}

// maxRenames bounds how often an old id of a playlist is followed: each time
// that it was removed elsewhere and made again adds two.
const maxRenames = 64

// playlistRecord is the record of a playlist and the id it has by now.
func (tx *txn) playlistRecord(id string) (string, playlistRecord, error) {
	var r playlistRecord
	for range maxRenames {
		to := tx.bucket(bAliases).Get([]byte(id))
		if to == nil {
			break
		}
		id = string(to)
	}
	ok, err := get(tx.bucket(bPlaylists), []byte(id), &r)
	if err == nil && !ok {
		err = fmt.Errorf("playlist %.40q: %w", id, ErrNotFound)
	}
	return id, r, err
}

func (tx *txn) playlist(id string) (Playlist, error) {
	id, r, err := tx.playlistRecord(id)
	if err != nil {
		return Playlist{}, err
	}
	return r.playlist(id), nil
}

func (r playlistRecord) playlist(id string) Playlist {
	return Playlist{
		ID: id, Title: r.Title, About: r.About, Owner: r.Owner, Own: r.Own, Private: r.Private,
		Cover: r.Cover, Count: len(r.Items), Duration: time.Duration(r.Length),
	}
}

// length adds up the durations of items.
func (tx *txn) length(items []itemRecord) (ns int64, err error) {
	for _, it := range items {
		var t trackRecord
		if _, err := get(tx.bucket(bTracks), []byte(it.TrackID), &t); err != nil {
			return 0, err
		}
		ns += t.Duration
	}
	return ns, nil
}

// savePlaylist writes a playlist with its indexes. old is nil for a new one.
func (tx *txn) savePlaylist(id string, old *playlistRecord, r playlistRecord) (err error) {
	if r.Length, err = tx.length(r.Items); err != nil {
		return err
	}
	changed, err := put(tx.bucket(bPlaylists), []byte(id), r)
	if err != nil || !changed {
		return err
	}
	tx.change |= Playlists
	var from []byte
	var before []itemRecord
	if old != nil {
		from, before = old.key(id), old.Items
	}
	return errors.Join(
		playlistsByTitle.move(tx, from, r.key(id), id),
		tx.index(kindPlaylist, id, indexed(r.Title, r.Owner)),
		tx.hold(id, before, r.Items),
		tx.wantPicture(r.Cover),
	)
}

// hold keeps the list of playlists that each track is on.
func (tx *txn) hold(id string, before, now []itemRecord) error {
	b := tx.bucket(bHolders)
	for _, it := range before {
		if err := b.Delete(joined(it.TrackID, id)); err != nil {
			return err
		}
	}
	for _, it := range now {
		if err := b.Put(joined(it.TrackID, id), []byte{}); err != nil {
			return err
		}
	}
	r := playlistRecord{Items: slices.Concat(before, now)}
	return tx.refileHeld(pinnedPlaylist, id, r.trackIDs()...)
}

func (tx *txn) deletePlaylist(id string, r playlistRecord) error {
	tx.change |= Playlists
	return errors.Join(
		playlistsByTitle.remove(tx, r.key(id)),
		tx.unindex(kindPlaylist, id),
		tx.hold(id, r.Items, nil),
		tx.unpin(pinnedPlaylist, id),
		tx.bucket(bPlaylists).Delete([]byte(id)),
	)
}
