package library

import (
	"crypto/rand"
	"fmt"
	"math"
	"slices"
)

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
		return tx.enqueueNew(id, r)
	})
	return p, err
}

// enqueueNew lets a playlist be made at the co-op as it is.
func (tx *txn) enqueueNew(id string, r playlistRecord) error {
	create := Intent{Kind: IntentPlaylistCreate, PlaylistID: id, Title: r.Title, About: r.About, Private: r.Private}
	if _, err := tx.enqueue(intentRecord{Intent: create}); err != nil {
		return err
	}
	if r.Cover != "" {
		dress := Intent{Kind: IntentPlaylistCover, PlaylistID: id, Title: r.Title, Cover: r.Cover}
		if _, err := tx.enqueue(intentRecord{Intent: dress}); err != nil {
			return err
		}
	}
	if len(r.Items) == 0 {
		return nil
	}
	fill := Intent{Kind: IntentPlaylistItems, PlaylistID: id, Items: r.trackIDs()}
	_, err := tx.enqueue(intentRecord{Intent: fill})
	return err
}

// UpdatePlaylist changes what a playlist is called, its text and who sees it.
func (l *Library) UpdatePlaylist(id, title, about string, private bool) error {
	return l.editPlaylist("changing a playlist", id, func(tx *txn, id string, r *playlistRecord) error {
		was := r.heading()
		r.Title, r.About, r.Private = title, about, private
		if r.heading() == was {
			return nil
		}
		// What has not left yet is changed in its place, the creation too.
		key, in, err := tx.lastIntent(func(in Intent) bool {
			return in.PlaylistID == id && in.State == IntentWaiting &&
				(in.Kind == IntentPlaylistUpdate || in.Kind == IntentPlaylistCreate)
		})
		if err != nil {
			return err
		}
		if key != nil && in.Tries == 0 && in.Heading() == was {
			in.Title, in.About, in.Private = title, about, private
			return tx.saveIntent(key, in)
		}
		_, err = tx.enqueue(intentRecord{Intent: Intent{
			Kind: IntentPlaylistUpdate, PlaylistID: id, Title: title, About: about, Private: private, Was: was,
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
		return tx.giveUp(id, r)
	})
}

// giveUp deletes a playlist, here and by an intent at the co-op.
func (tx *txn) giveUp(id string, r playlistRecord) error {
	heardOf, seen, err := tx.withdraw(id)
	if err != nil {
		return err
	}
	if err := tx.deletePlaylist(id, r); err != nil || !heardOf {
		return err
	}
	_, err = tx.enqueue(intentRecord{Intent: Intent{
		Kind: IntentPlaylistDelete, PlaylistID: id, Title: r.Title, Base: mostOf(append(seen, r.trackIDs())...),
	}})
	return err
}

// mostOf has each track as often as the list that has it most often.
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
// and what the person saw on it: after each edit, and before those that it will
// not hear of. What the co-op has beyond that was added elsewhere.
func (tx *txn) withdraw(id string) (heardOf bool, seen [][]string, err error) {
	heardOf = !IsLocal(id)
	type entry struct {
		key []byte
		in  intentRecord
	}
	var drop []entry
	err = tx.intents(func(k []byte, in intentRecord) (bool, error) {
		if in.PlaylistID != id {
			return true, nil
		}
		if in.State == IntentWaiting && in.Tries == 0 || in.State == IntentFailed {
			drop = append(drop, entry{append([]byte(nil), k...), in})
			seen = append(seen, in.Base)
		} else {
			heardOf = true // and what the edit takes away is gone before the playlist is
		}
		seen = append(seen, in.Items)
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
	return heardOf, seen, nil
}

// AddToPlaylist appends tracks; one that is on the playlist already is added
// once more. ErrLocal for a file of the person's own: the co-op keeps the
// playlist, and does not have it.
func (l *Library) AddToPlaylist(id string, trackIDs ...string) error {
	return l.InsertIntoPlaylist(id, math.MaxInt, trackIDs...)
}

// InsertIntoPlaylist is AddToPlaylist with a place: the first track becomes
// number at, from 0; past the end means last.
func (l *Library) InsertIntoPlaylist(id string, at int, trackIDs ...string) error {
	return l.editItems("adding to a playlist", id, func(_ *txn, r *playlistRecord) error {
		for _, t := range trackIDs {
			if err := checkTheirs(t); err != nil {
				return err
			}
		}
		r.Items = slices.Insert(r.Items, min(max(at, 0), len(r.Items)), itemsOf(trackIDs)...)
		return nil
	})
}

// RemoveFromPlaylist removes places, not tracks: another copy of the same
// track stays. Items that are gone already are passed over.
func (l *Library) RemoveFromPlaylist(id string, itemIDs ...string) error {
	return l.editItems("removing from a playlist", id, func(_ *txn, r *playlistRecord) error {
		r.Items = slices.DeleteFunc(r.Items, func(it itemRecord) bool { return slices.Contains(itemIDs, it.ID) })
		return nil
	})
}

// MovePlaylistItem moves an item so that it becomes number to, from 0; past
// the end means last. ErrNotFound.
func (l *Library) MovePlaylistItem(id, itemID string, to int) error {
	return l.editItems("moving on a playlist", id, func(_ *txn, r *playlistRecord) error {
		from := slices.IndexFunc(r.Items, func(it itemRecord) bool { return it.ID == itemID })
		if from < 0 {
			return fmt.Errorf("item: %w", ErrNotFound)
		}
		it := r.Items[from]
		left := slices.Delete(r.Items, from, from+1)
		r.Items = slices.Insert(left, min(max(to, 0), len(left)), it)
		return nil
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
// edits since the last that left: what was shown when they began, and what is
// wished.
func (l *Library) editItems(doing, id string, edit func(tx *txn, r *playlistRecord) error) error {
	return l.editPlaylist(doing, id, func(tx *txn, id string, r *playlistRecord) error {
		before := r.trackIDs()
		if err := edit(tx, r); err != nil {
			return err
		}
		wished := r.trackIDs()
		if slices.Equal(before, wished) {
			return nil
		}
		key, in, err := tx.lastIntent(func(in Intent) bool {
			return in.PlaylistID == id && in.Kind == IntentPlaylistItems && in.State != IntentFailed
		})
		if err != nil {
			return err
		}
		// An intent can only go on from here if it led to what the person saw.
		if key == nil || in.State != IntentWaiting || in.Tries > 0 || !slices.Equal(in.Items, before) {
			_, err = tx.enqueue(intentRecord{Intent: Intent{
				Kind: IntentPlaylistItems, PlaylistID: id, Base: before, Items: wished,
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
