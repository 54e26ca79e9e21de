package library

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
)

// PutPlaylists stores playlists as the co-op has them. One with an intent in
// the outbox is left as the person wished it, and a new one that may be what is
// just being created here is passed over until that is settled. Items give the
// tracks in order, and add to what is known of these; their ids are not looked
// at: places keep the ids they have here. Items of nil leave the known ones.
func (l *Library) PutPlaylists(playlists ...Playlist) error {
	return l.update("storing playlists", func(tx *txn) error {
		busy, making, err := tx.busyPlaylists()
		if err != nil {
			return err
		}
		for _, p := range playlists {
			if err := checkID(p.ID); err != nil {
				return fmt.Errorf("playlist: %w", err)
			}
			for _, it := range p.Items {
				if err := tx.meet(it.Track); err != nil {
					return fmt.Errorf("playlist item: %w", err)
				}
			}
			if busy[p.ID] {
				continue
			}
			if err := tx.putPlaylist(p, making); err != nil {
				return err
			}
		}
		return nil
	})
}

func (tx *txn) putPlaylist(p Playlist, making []Heading) error {
	var old playlistRecord
	known, err := get(tx.bucket(bPlaylists), []byte(p.ID), &old)
	if err != nil {
		return err
	}
	if !known && p.Own && slices.Contains(making, p.Heading().trimmed()) {
		return nil
	}
	r := playlistRecord{
		Title: p.Title, About: p.About, Owner: p.Owner, Own: p.Own, Private: p.Private, Cover: p.Cover,
		Items: old.Items, Theirs: old.Theirs, Unfound: old.Unfound,
	}
	if p.Items != nil {
		r.Theirs = make([]string, 0, len(p.Items))
		for _, it := range p.Items {
			r.Theirs = append(r.Theirs, it.Track.ID)
		}
		r.Items = placed(old.Items, r.Theirs)
	}
	if !known {
		return tx.savePlaylist(p.ID, nil, r)
	}
	return tx.savePlaylist(p.ID, &old, r)
}

// meet stores what a list says of a track, if it says anything.
func (tx *txn) meet(t Track) error {
	if t.Title == "" {
		return checkID(t.ID)
	}
	return tx.putTrack(t, trackRecord.fill)
}

// placed gives each track of a list its place: the nth copy of a track keeps
// the id of its nth place before, and a new place gets a new id.
func placed(before []itemRecord, trackIDs []string) []itemRecord {
	free := map[string][]string{}
	for _, it := range before {
		free[it.TrackID] = append(free[it.TrackID], it.ID)
	}
	out := make([]itemRecord, len(trackIDs))
	for i, t := range trackIDs {
		out[i] = itemRecord{TrackID: t}
		if ids := free[t]; len(ids) > 0 {
			out[i].ID, free[t] = ids[0], ids[1:]
		} else {
			out[i].ID = rand.Text()
		}
	}
	return out
}

// busyPlaylists are the playlists with an intent that has not failed, and the
// headings of those that the co-op may have made already.
func (tx *txn) busyPlaylists() (busy map[string]bool, making []Heading, err error) {
	busy = map[string]bool{}
	err = tx.intents(func(_ []byte, in intentRecord) (bool, error) {
		if in.PlaylistID != "" && in.State != IntentFailed {
			busy[in.PlaylistID] = true
		}
		if in.Kind == IntentPlaylistCreate && in.State != IntentFailed && in.Tries > 0 {
			making = append(making, in.Heading().trimmed())
		}
		return true, nil
	})
	return busy, making, err
}

// RetainPlaylists forgets the playlists for which keep is false, except those
// with an intent in the outbox, and those that the co-op has not named.
func (l *Library) RetainPlaylists(keep func(p Playlist) bool) error {
	return l.update("retiring playlists", func(tx *txn) error {
		busy, _, err := tx.busyPlaylists()
		if err != nil {
			return err
		}
		ids, err := playlistsByTitle.ids(tx, 0, playlistsByTitle.count(tx))
		if err != nil {
			return err
		}
		for _, id := range ids {
			p, err := tx.playlist(id)
			if err != nil {
				return err
			}
			if busy[id] || IsLocal(id) || keep(p) {
				continue
			}
			_, r, err := tx.playlistRecord(id)
			if err != nil {
				return err
			}
			if err := tx.deletePlaylist(id, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// ConfirmCreated ends the creation of a playlist: the co-op has given it an
// id, which takes the place of the local one everywhere.
func (l *Library) ConfirmCreated(intentID, playlistID string) error {
	return l.changeIntent("confirming a new playlist", intentID, func(tx *txn, key []byte, in intentRecord) error {
		if err := checkID(playlistID); err != nil {
			return err
		}
		if in.Kind != IntentPlaylistCreate {
			return fmt.Errorf("a %s creates no playlist", in.Kind)
		}
		if err := tx.remove(key, in); err != nil {
			return err
		}
		return tx.renamePlaylist(in.PlaylistID, playlistID)
	})
}

func (tx *txn) renamePlaylist(from, to string) error {
	if from == to {
		return nil
	}
	var keys [][]byte
	var renamed []intentRecord
	err := tx.intents(func(k []byte, in intentRecord) (bool, error) {
		if in.PlaylistID == from {
			in.PlaylistID = to
			keys, renamed = append(keys, append([]byte(nil), k...)), append(renamed, in)
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	for i, in := range renamed {
		if err := tx.saveIntent(keys[i], in); err != nil {
			return err
		}
	}
	var r playlistRecord
	known, err := get(tx.bucket(bPlaylists), []byte(from), &r)
	if err != nil || !known {
		return err // deleted since: its delete intent has the new id now
	}
	held := tx.isPinned(pinnedPlaylist, from) || tx.isPinned(pinnedPlaylist, to)
	if err := tx.deletePlaylist(from, r); err != nil {
		return err
	}
	// The co-op's list of playlists may have been faster than its answer.
	var met playlistRecord
	if known, err = get(tx.bucket(bPlaylists), []byte(to), &met); err != nil {
		return err
	}
	if known {
		if err := tx.deletePlaylist(to, met); err != nil {
			return err
		}
	}
	if held {
		if err := pinned.add(tx, pinKey(pinnedPlaylist, to), to); err != nil {
			return err
		}
	}
	return errors.Join(
		tx.savePlaylist(to, nil, r),
		tx.bucket(bAliases).Put([]byte(from), []byte(to)),
	)
}

// MarkJoined is MarkSending for an edit of a playlist's items: joined is what
// leaves, made of the edit and of theirs, which the co-op has now, each under
// its id in theirIDs. When the answer is lost, that is the edit to go on with.
func (l *Library) MarkJoined(intentID string, theirs, theirIDs, joined []string) error {
	return l.changeIntent("marking a playlist as sending", intentID, func(tx *txn, key []byte, in intentRecord) error {
		in.State, in.Sent, in.Theirs, in.TheirIDs, in.Joined = IntentSending, l.now(), theirs, theirIDs, joined
		in.Tries++
		return tx.saveIntent(key, in)
	})
}

// ConfirmItems ends an edit of a playlist's items: theirs is what the co-op
// has now, the edit and what others did joined. It is shown unless a later
// edit waits.
func (l *Library) ConfirmItems(intentID string, theirs ...string) error {
	return l.changeIntent("confirming a playlist", intentID, func(tx *txn, key []byte, in intentRecord) error {
		if in.Kind != IntentPlaylistItems {
			return fmt.Errorf("a %s changes no items", in.Kind)
		}
		if err := tx.remove(key, in); err != nil {
			return err
		}
		var old playlistRecord
		known, err := get(tx.bucket(bPlaylists), []byte(in.PlaylistID), &old)
		if err != nil || !known {
			return err
		}
		later, _, err := tx.lastIntent(func(other Intent) bool {
			return other.PlaylistID == in.PlaylistID && other.Kind == IntentPlaylistItems && other.State != IntentFailed
		})
		if err != nil {
			return err
		}
		r := old
		r.Theirs = theirs
		if later == nil {
			r.Items = placed(old.Items, theirs)
		}
		return tx.savePlaylist(in.PlaylistID, &old, r)
	})
}

// ConfirmHeading ends a change of a playlist's title, text or privacy: theirs
// is what the co-op says now, and is shown unless a later change waits.
func (l *Library) ConfirmHeading(intentID string, theirs Heading) error {
	return l.changeIntent("confirming a playlist's title", intentID, func(tx *txn, key []byte, in intentRecord) error {
		if err := tx.remove(key, in); err != nil {
			return err
		}
		return tx.showHeading(in.PlaylistID, theirs)
	})
}

// FailHeading is Fail for a change of a playlist that another one met: theirs
// is what the co-op says now. It is shown, and is what the change begins from
// if the person tries again, which then wins.
func (l *Library) FailHeading(intentID, reason string, theirs Heading) error {
	return l.changeIntent("failing a change of a playlist", intentID, func(tx *txn, key []byte, in intentRecord) error {
		in.State, in.Reason, in.Was = IntentFailed, reason, theirs
		return errors.Join(tx.saveIntent(key, in), tx.showHeading(in.PlaylistID, theirs))
	})
}

// showHeading shows what the co-op says about a playlist, unless a change of
// it waits.
func (tx *txn) showHeading(playlistID string, h Heading) error {
	later, _, err := tx.lastIntent(func(in Intent) bool {
		return in.PlaylistID == playlistID && in.Kind == IntentPlaylistUpdate && in.State != IntentFailed
	})
	if err != nil || later != nil {
		return err
	}
	return tx.reshow(playlistID, func(r *playlistRecord) { r.setHeading(h) })
}

// reshow changes what is shown of a playlist, if it is still here.
func (tx *txn) reshow(playlistID string, change func(r *playlistRecord)) error {
	var old playlistRecord
	known, err := get(tx.bucket(bPlaylists), []byte(playlistID), &old)
	if err != nil || !known {
		return err
	}
	r := old
	change(&r)
	return tx.savePlaylist(playlistID, &old, r)
}

// showAgain shows what an edit wishes that failed and is tried again, unless
// another one of its kind waits, which knows nothing of it.
func (tx *txn) showAgain(edit intentRecord) error {
	other, _, err := tx.lastIntent(func(in Intent) bool {
		return in.PlaylistID == edit.PlaylistID && in.Kind == edit.Kind && in.State != IntentFailed && in.ID != edit.ID
	})
	if err != nil || other != nil {
		return err
	}
	return tx.reshow(edit.PlaylistID, func(r *playlistRecord) {
		switch edit.Kind {
		case IntentPlaylistItems:
			r.Items = placed(r.Items, edit.Items)
		case IntentPlaylistCover:
			r.Cover = edit.Cover
		default:
			r.setHeading(edit.Heading())
		}
	})
}

// deleteAgain removes a playlist once more that has come back, with all that
// the person has seen on it meanwhile. One that has not is left to the intent.
func (tx *txn) deleteAgain(key []byte, in intentRecord) error {
	var r playlistRecord
	known, err := get(tx.bucket(bPlaylists), []byte(in.PlaylistID), &r)
	if err != nil || !known {
		return err
	}
	return errors.Join(tx.remove(key, in), tx.giveUp(in.PlaylistID, r))
}

// Recreate turns a playlist that was removed from the co-op, while it was
// edited here, into a new one with the tracks that are shown, and drops the
// intents for the old. It returns the id it has until the co-op names it.
func (l *Library) Recreate(playlistID string) (localID string, err error) {
	err = l.update("keeping a removed playlist", func(tx *txn) error {
		playlistID, old, err := tx.playlistRecord(playlistID)
		if err != nil {
			return err
		}
		r := old
		r.Theirs = nil
		if err := errors.Join(tx.dropIntents(playlistID), tx.savePlaylist(playlistID, &old, r)); err != nil {
			return err
		}
		localID = localPrefix + rand.Text()
		if err := tx.renamePlaylist(playlistID, localID); err != nil {
			return err
		}
		return tx.enqueueNew(localID, r)
	})
	return localID, err
}

// dropIntents takes all intents for a playlist out of the outbox.
func (tx *txn) dropIntents(playlistID string) error {
	for {
		key, in, err := tx.lastIntent(func(in Intent) bool { return in.PlaylistID == playlistID })
		if err != nil || key == nil {
			return err
		}
		if err := tx.remove(key, in); err != nil {
			return err
		}
	}
}
