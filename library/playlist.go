package library

import (
	"crypto/rand"
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
		tx.index(kindPlaylist, id, r.Title, r.Owner),
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

// CreatePlaylist makes an empty playlist of the person's own. Its id begins
// with "local-" until the co-op has given it one; both work afterwards.
func (l *Library) CreatePlaylist(title, about string, private bool) (p Playlist, err error) {
	err = l.update("creating a playlist", func(tx *txn) error {
		id := localPrefix + rand.Text()
		a, err := tx.account()
		if err != nil {
			return err
		}
		r := playlistRecord{Title: title, About: about, Owner: a.Name, Own: true, Private: private}
		if err := tx.savePlaylist(id, nil, r); err != nil {
			return err
		}
		p = r.playlist(id)
		_, err = tx.enqueue(intentRecord{Intent: Intent{
			Kind: IntentPlaylistCreate, PlaylistID: id, Title: title, About: about, Private: private,
		}})
		return err
	})
	return p, err
}

// UpdatePlaylist changes what a playlist is called, its text and who sees it.
func (l *Library) UpdatePlaylist(id, title, about string, private bool) error {
	return l.editPlaylist("changing a playlist", id, func(tx *txn, id string, r *playlistRecord) error {
		r.Title, r.About, r.Private = title, about, private
		// What has not left yet is changed in its place, the creation too.
		key, in, err := tx.lastIntent(func(in Intent) bool {
			return in.PlaylistID == id && in.State == IntentWaiting &&
				(in.Kind == IntentPlaylistUpdate || in.Kind == IntentPlaylistCreate)
		})
		if err != nil {
			return err
		}
		if key != nil && in.Tries == 0 {
			in.Title, in.About, in.Private = title, about, private
			return tx.saveIntent(key, in)
		}
		_, err = tx.enqueue(intentRecord{Intent: Intent{
			Kind: IntentPlaylistUpdate, PlaylistID: id, Title: title, About: about, Private: private,
		}})
		return err
	})
}

// DeletePlaylist removes a playlist. One that the co-op has never heard of
// leaves no trace.
func (l *Library) DeletePlaylist(id string) error {
	return l.update("deleting a playlist", func(tx *txn) error {
		id, r, err := tx.playlistRecord(id)
		if err != nil {
			return err
		}
		if !r.Own {
			return ErrReadOnly
		}
		heardOf, left, err := tx.withdraw(id)
		if err != nil {
			return err
		}
		if err := tx.deletePlaylist(id, r); err != nil || !heardOf {
			return err
		}
		_, err = tx.enqueue(intentRecord{Intent: Intent{
			Kind: IntentPlaylistDelete, PlaylistID: id, Title: r.Title, Base: mostOf(append(left, r.Theirs, r.trackIDs())...),
		}})
		return err
	})
}

// mostOf has each track as often as the list that has it most often: what a
// co-op can have of a playlist by the doing of this machine.
func mostOf(lists ...[]string) []string {
	var out []string
	have := map[string]int{}
	for _, list := range lists {
		count := map[string]int{}
		for _, t := range list {
			if count[t]++; count[t] > have[t] {
				have[t] = count[t]
				out = append(out, t)
			}
		}
	}
	return out
}

// withdraw takes the intents for a playlist that have not left out of the
// outbox. It tells whether the co-op has, or may have, heard of the playlist,
// and what the edits that did leave wished for.
func (tx *txn) withdraw(id string) (heardOf bool, left [][]string, err error) {
	heardOf = !IsLocal(id)
	type entry struct {
		key []byte
		in  intentRecord
	}
	var drop []entry
	err = tx.intents(func(k []byte, in intentRecord) (bool, error) {
		switch {
		case in.PlaylistID != id:
		case in.State == IntentWaiting && in.Tries == 0, in.State == IntentFailed:
			drop = append(drop, entry{append([]byte(nil), k...), in})
		default:
			heardOf, left = true, append(left, in.Items)
		}
		return true, nil
	})
	if err != nil {
		return false, nil, err
	}
	for _, e := range drop {
		if err := tx.remove(e.key, e.in); err != nil {
			return false, nil, err
		}
	}
	return heardOf, left, nil
}

// AddToPlaylist appends tracks; one that is on the playlist already is added
// once more.
func (l *Library) AddToPlaylist(id string, trackIDs ...string) error {
	return l.editItems("adding to a playlist", id, func(items []itemRecord) ([]itemRecord, error) {
		for _, t := range trackIDs {
			if err := checkID(t); err != nil {
				return nil, err
			}
			items = append(items, itemRecord{ID: rand.Text(), TrackID: t})
		}
		return items, nil
	})
}

// RemoveFromPlaylist removes places, not tracks: another copy of the same
// track stays. Items that are gone already are passed over.
func (l *Library) RemoveFromPlaylist(id string, itemIDs ...string) error {
	return l.editItems("removing from a playlist", id, func(items []itemRecord) ([]itemRecord, error) {
		return slices.DeleteFunc(items, func(it itemRecord) bool { return slices.Contains(itemIDs, it.ID) }), nil
	})
}

// MovePlaylistItem moves an item so that it becomes number to, from 0; past
// the end means last. ErrNotFound.
func (l *Library) MovePlaylistItem(id, itemID string, to int) error {
	return l.editItems("moving on a playlist", id, func(items []itemRecord) ([]itemRecord, error) {
		from := slices.IndexFunc(items, func(it itemRecord) bool { return it.ID == itemID })
		if from < 0 {
			return nil, fmt.Errorf("item: %w", ErrNotFound)
		}
		it := items[from]
		items = slices.Delete(items, from, from+1)
		return slices.Insert(items, min(max(to, 0), len(items)), it), nil
	})
}

// editPlaylist changes a playlist of the person's own.
func (l *Library) editPlaylist(doing, id string, edit func(tx *txn, id string, r *playlistRecord) error) error {
	return l.update(doing, func(tx *txn) error {
		id, old, err := tx.playlistRecord(id)
		if err != nil {
			return err
		}
		if !old.Own {
			return ErrReadOnly
		}
		r := old
		r.Items = slices.Clone(old.Items)
		if err := edit(tx, id, &r); err != nil {
			return err
		}
		return tx.savePlaylist(id, &old, r)
	})
}

// editItems changes the items of a playlist, and keeps one intent for all
// edits since the last that left: what they began from, and what is wished.
func (l *Library) editItems(doing, id string, edit func([]itemRecord) ([]itemRecord, error)) error {
	return l.editPlaylist(doing, id, func(tx *txn, id string, r *playlistRecord) error {
		items, err := edit(r.Items)
		if err != nil {
			return err
		}
		r.Items = items
		wished := r.trackIDs()
		key, in, err := tx.lastIntent(func(in Intent) bool {
			return in.PlaylistID == id && in.Kind == IntentPlaylistItems && in.State != IntentFailed
		})
		if err != nil {
			return err
		}
		if key == nil || in.State != IntentWaiting || in.Tries > 0 {
			base := r.Theirs
			if key != nil {
				base = in.Items
			}
			if slices.Equal(base, wished) {
				return nil
			}
			_, err = tx.enqueue(intentRecord{Intent: Intent{
				Kind: IntentPlaylistItems, PlaylistID: id, Base: base, Items: wished,
			}})
			return err
		}
		if slices.Equal(in.Base, wished) {
			return tx.remove(key, in)
		}
		in.Items = wished
		return tx.saveIntent(key, in)
	})
}
