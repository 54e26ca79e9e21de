package library

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/ninth-coop/ninth/credits"
)

// intentRecord is an intent with what only the library needs to know of it.
type intentRecord struct {
	Intent
	Entry []byte `cbor:",omitempty"` // play: key of its history entry
}

func (in Intent) money() bool { return in.Kind == IntentPlay || in.Kind == IntentBuy }

// pendingRecord is what waits in the outbox for one track.
type pendingRecord struct {
	Plays  int  `cbor:"1,keyasint,omitempty"` // that will be paid for
	Bought bool `cbor:"2,keyasint,omitempty"`
}

func (tx *txn) pending(id string) (p pendingRecord, err error) {
	_, err = get(tx.bucket(bPending), []byte(id), &p)
	return p, err
}

// Outbox is all intents in the order of doing, failed ones included.
func (l *Library) Outbox() (out []Intent, err error) {
	err = l.view("reading the outbox", func(tx *txn) error {
		return tx.intents(func(_ []byte, in intentRecord) (bool, error) {
			out = append(out, in.Intent)
			return true, nil
		})
	})
	return out, err
}

// Intent is one intent of the outbox as it is now; ErrNotFound when it has
// ended. Until it is marked as sending a further wish of the person may change
// it in its place, or meet it and take it away.
func (l *Library) Intent(id string) (in Intent, err error) {
	err = l.view("reading an intent", func(tx *txn) error {
		_, rec, err := tx.intent(id)
		in = rec.Intent
		return err
	})
	return in, err
}

// OutboxCount is how many intents wait to be sent or settled, and how many
// failed and wait for the person.
func (l *Library) OutboxCount() (waiting, failed int, err error) {
	err = l.view("counting the outbox", func(tx *txn) error {
		return tx.intents(func(_ []byte, in intentRecord) (bool, error) {
			if in.State == IntentFailed {
				failed++
			} else {
				waiting++
			}
			return true, nil
		})
	})
	return waiting, failed, err
}

// intents calls fn with the intents in order until it says false. fn must not
// change the outbox.
func (tx *txn) intents(fn func(key []byte, in intentRecord) (more bool, err error)) error {
	return scan(tx.bucket(bOutbox), nil, func(k, v []byte) (bool, error) {
		var in intentRecord
		if err := decode(v, &in); err != nil {
			return false, err
		}
		return fn(k, in)
	})
}

// intent is the intent with an id, and its key.
func (tx *txn) intent(id string) (key []byte, in intentRecord, err error) {
	key = tx.bucket(bIntents).Get([]byte(id))
	if key == nil {
		return nil, in, fmt.Errorf("intent %.40q: %w", id, ErrNotFound)
	}
	if _, err := get(tx.bucket(bOutbox), key, &in); err != nil {
		return nil, in, err
	}
	return key, in, nil
}

// enqueue gives an intent its id, state and time, appends it to the outbox
// and lets it count for what is shown.
func (tx *txn) enqueue(in intentRecord) (Intent, error) {
	in.ID, in.State = rand.Text(), IntentWaiting
	if in.At.IsZero() {
		in.At = tx.l.now()
	}
	b := tx.bucket(bOutbox)
	seq, err := b.NextSequence()
	if err != nil {
		return Intent{}, err
	}
	return in.Intent, errors.Join(
		tx.bucket(bIntents).Put([]byte(in.ID), be64(seq)),
		tx.saveIntent(be64(seq), in),
		tx.count(in, +1),
	)
}

func (tx *txn) saveIntent(key []byte, in intentRecord) error {
	tx.change |= Outbox
	_, err := put(tx.bucket(bOutbox), key, in)
	return errors.Join(err, tx.unsettlePlaylists(in))
}

// unsettlePlaylists has the co-op's playlists read again after something has
// happened to an edit of one.
func (tx *txn) unsettlePlaylists(in intentRecord) error {
	if in.PlaylistID == "" {
		return nil
	}
	return tx.dropSettings(SettingPlaylists)
}

// remove takes an intent out of the outbox and out of what is shown.
func (tx *txn) remove(key []byte, in intentRecord) error {
	tx.change |= Outbox
	if in.State != IntentFailed {
		if err := tx.count(in, -1); err != nil {
			return err
		}
	}
	return errors.Join(tx.bucket(bIntents).Delete([]byte(in.ID)), tx.bucket(bOutbox).Delete(key), tx.unsettlePlaylists(in))
}

// count adds an intent about money to what is shown, or takes it away.
func (tx *txn) count(in intentRecord, sign int) error {
	if !in.money() || in.Price == 0 {
		return nil
	}
	tx.change |= Ownership
	p, err := tx.pending(in.TrackID)
	if err != nil {
		return err
	}
	if in.Kind == IntentBuy {
		p.Bought = sign > 0
	} else {
		p.Plays += sign
	}
	b := tx.bucket(bPending)
	if p == (pendingRecord{}) {
		err = b.Delete([]byte(in.TrackID))
	} else {
		_, err = put(b, []byte(in.TrackID), p)
	}
	return errors.Join(err, tx.touch(in.TrackID), tx.addCounter(counterWaiting, int64(sign)*int64(in.Price)))
}

// MarkSending is called just before the request of an intent leaves, with
// what the co-op said of the track and the wallet. From then on its outcome is
// settled by asking, until Confirm…, Retry or Fail.
func (l *Library) MarkSending(id string, before Before) error {
	return l.changeIntent("marking an intent as sending", id, func(tx *txn, key []byte, in intentRecord) error {
		in.State, in.Before, in.Sent = IntentSending, before, l.now()
		in.Tries++
		return tx.saveIntent(key, in)
	})
}

// Retry puts an intent back: it is known not to have happened, and is sent
// again. A failed one counts again for what is shown: a play at the price of
// now, a purchase only if it could be made now at the price agreed to, else
// with the errors of Buy.
func (l *Library) Retry(id string) error {
	return l.changeIntent("retrying an intent", id, func(tx *txn, key []byte, in intentRecord) (err error) {
		failed := in.State == IntentFailed
		in.State, in.Before, in.Reason = IntentWaiting, Before{}, ""
		if failed && in.money() {
			if in.Price, err = tx.priceOf(in.Intent); err != nil {
				return err
			}
		}
		if err := tx.saveIntent(key, in); err != nil || !failed {
			return err
		}
		return errors.Join(tx.count(in, +1), tx.spend(in, in.Price), tx.show(key, in))
	})
}

// Fail ends an intent with a sentence for the person, and takes back what it
// changed in what is shown. It stays in the outbox until DismissIntent.
func (l *Library) Fail(id, reason string) error {
	return l.changeIntent("failing an intent", id, func(tx *txn, key []byte, in intentRecord) error {
		if in.State == IntentFailed {
			return nil
		}
		in.State, in.Reason = IntentFailed, reason
		if err := tx.saveIntent(key, in); err != nil {
			return err
		}
		return errors.Join(tx.count(in, -1), tx.spend(in, -in.Price), tx.unshow(in))
	})
}

// DismissIntent forgets a failed intent: the person has seen it. With the
// creation of a playlist the playlist goes. Intents that have not failed are
// left alone, with ErrWaiting.
func (l *Library) DismissIntent(id string) error {
	return l.changeIntent("dismissing an intent", id, func(tx *txn, key []byte, in intentRecord) error {
		if in.State != IntentFailed {
			return ErrWaiting
		}
		if in.Kind != IntentPlaylistCreate {
			return tx.remove(key, in)
		}
		var r playlistRecord
		known, err := get(tx.bucket(bPlaylists), []byte(in.PlaylistID), &r)
		if err != nil || !known {
			return errors.Join(err, tx.dropIntents(in.PlaylistID))
		}
		return errors.Join(tx.dropIntents(in.PlaylistID), tx.deletePlaylist(in.PlaylistID, r))
	})
}

// Confirm ends an intent that the co-op has carried out and about which there
// is nothing more to store: a favourite, a change or removal of a playlist.
func (l *Library) Confirm(id string) error {
	return l.changeIntent("confirming an intent", id, func(tx *txn, key []byte, in intentRecord) error {
		return tx.remove(key, in)
	})
}

func (l *Library) changeIntent(doing, id string, fn func(tx *txn, key []byte, in intentRecord) error) error {
	return l.update(doing, func(tx *txn) error {
		key, in, err := tx.intent(id)
		if err != nil {
			return err
		}
		return fn(tx, append([]byte(nil), key...), in)
	})
}

// show does again to what is shown what unshow took back.
func (tx *txn) show(key []byte, in intentRecord) error {
	switch in.Kind {
	case IntentFavourite:
		return tx.setFavourite(in.TrackID, in.On, 0)
	case IntentPlay:
		return tx.changeEntry(in.Entry, func(e *entryRecord) { e.Cost = int64(in.Price) })
	case IntentPlaylistItems, IntentPlaylistUpdate, IntentPlaylistCover:
		return tx.showAgain(in)
	case IntentPlaylistDelete:
		return tx.deleteAgain(key, in)
	}
	return nil
}

// unshow takes back what an intent changed in what is shown. Playlists come
// back with the next refresh.
func (tx *txn) unshow(in intentRecord) error {
	switch in.Kind {
	case IntentFavourite:
		return tx.setFavourite(in.TrackID, !in.On, 0)
	case IntentPlay:
		return tx.changeEntry(in.Entry, func(e *entryRecord) { e.Cost = 0 })
	}
	return nil
}

// spend adds an amount to the month in which the intent was made.
func (tx *txn) spend(in intentRecord, by credits.Milli) error {
	return tx.addCounter(tx.l.monthKey(in.At), int64(by))
}

// monthKey is the counter of the month of at, in the clock's time zone.
func (l *Library) monthKey(at time.Time) string {
	return counterSpent + at.In(l.now().Location()).Format("2006-01")
}

// SetFavourite stars a track or takes the star away. It meets a wish that
// still waits: the two leave the outbox together.
func (l *Library) SetFavourite(trackID string, on bool) error {
	return l.update("setting a favourite", func(tx *txn) error {
		if err := checkID(trackID); err != nil {
			return err
		}
		if on == (tx.bucket(bFavourites).Get([]byte(trackID)) != nil) {
			return nil
		}
		if err := tx.setFavourite(trackID, on, 0); err != nil {
			return err
		}
		if IsLocalTrack(trackID) {
			return nil // the co-op need not know
		}
		key, opposite, err := tx.lastIntent(func(in Intent) bool {
			return in.Kind == IntentFavourite && in.TrackID == trackID && in.State != IntentFailed
		})
		if err != nil {
			return err
		}
		if key != nil && opposite.State == IntentWaiting && opposite.Tries == 0 && opposite.On != on {
			return tx.remove(key, opposite)
		}
		_, err = tx.enqueue(intentRecord{Intent: Intent{Kind: IntentFavourite, TrackID: trackID, On: on}})
		return err
	})
}

// lastIntent is the latest intent that is one of those asked for; its key is
// nil when there is none.
func (tx *txn) lastIntent(is func(Intent) bool) (key []byte, found intentRecord, err error) {
	err = tx.intents(func(k []byte, in intentRecord) (bool, error) {
		if is(in.Intent) {
			key, found = append([]byte(nil), k...), in
		}
		return true, nil
	})
	return key, found, err
}
