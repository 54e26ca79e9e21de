package library

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"github.com/ninth-coop/ninth/credits"
)

const (
	keyAccount = "account"
	keyQueue   = "queue"
	keySetting = "setting:"

	counterWaiting = "waiting" // milli-credits that intents in the outbox will cost
	counterSpent   = "spent:"  // + YYYY-MM: milli-credits spent in that month
)

// Account is the person signed in. Credits have the cost of what waits in
// the outbox taken off.
func (l *Library) Account() (a Account, err error) {
	err = l.view("reading the account", func(tx *txn) error {
		a, err = tx.account()
		return err
	})
	return a, err
}

func (tx *txn) account() (a Account, err error) {
	if _, err := get(tx.bucket(bState), []byte(keyAccount), &a); err != nil {
		return a, err
	}
	a.Credits -= credits.Milli(tx.counter(counterWaiting))
	return a, nil
}

// PutAccount stores who is signed in, with the credits as the co-op says
// them: the cost of waiting intents not taken off. While a play or purchase is
// on its way the known credits stay, since nobody can say whether the co-op's
// have it in them.
func (l *Library) PutAccount(a Account) error {
	return l.update("storing the account", func(tx *txn) error {
		unsettled, err := tx.unsettled()
		if err != nil {
			return err
		}
		var old Account
		if _, err := get(tx.bucket(bState), []byte(keyAccount), &old); err != nil {
			return err
		}
		if old.Known && len(unsettled) > 0 {
			a.Credits = old.Credits
		}
		changed, err := put(tx.bucket(bState), []byte(keyAccount), a)
		if changed {
			tx.change |= Ownership
		}
		return err
	})
}

// setCredits stores the total that came with an answer about money.
func (tx *txn) setCredits(total credits.Milli) error {
	var a Account
	if _, err := get(tx.bucket(bState), []byte(keyAccount), &a); err != nil {
		return err
	}
	a.Credits = total
	tx.change |= Ownership
	_, err := put(tx.bucket(bState), []byte(keyAccount), a)
	return err
}

// SpentThisMonth is what plays and purchases of this calendar month, in the
// clock's time zone, cost: those made on this machine, with those that wait
// in the outbox at the price that was shown.
func (l *Library) SpentThisMonth() (m credits.Milli, err error) {
	err = l.view("adding up the month", func(tx *txn) error {
		m = credits.Milli(tx.counter(l.monthKey(l.now())))
		return nil
	})
	return m, err
}

// Setting is the text stored under key, "" when there is none.
func (l *Library) Setting(key string) (value string, err error) {
	err = l.view("reading a setting", func(tx *txn) error {
		value = string(tx.bucket(bState).Get([]byte(keySetting + key)))
		return nil
	})
	return value, err
}

// SetSetting stores a text under key; "" removes it.
func (l *Library) SetSetting(key, value string) error {
	return l.update("storing a setting", func(tx *txn) error {
		k := []byte(keySetting + key)
		if value == "" {
			return tx.bucket(bState).Delete(k)
		}
		return tx.bucket(bState).Put(k, []byte(value))
	})
}

// Queue is the queue as it was saved last; the zero Queue when never.
func (l *Library) Queue() (q Queue, err error) {
	err = l.view("reading the queue", func(tx *txn) error {
		_, err := get(tx.bucket(bState), []byte(keyQueue), &q)
		return err
	})
	return q, err
}

// SaveQueue stores the queue.
func (l *Library) SaveQueue(q Queue) error {
	return l.update("storing the queue", func(tx *txn) error {
		changed, err := put(tx.bucket(bState), []byte(keyQueue), q)
		if changed {
			tx.change |= QueueSaved
		}
		return err
	})
}

// ErrWaiting is returned by SignOut when the outbox holds what the co-op has
// not heard of.
var ErrWaiting = errors.New("the outbox is not empty")

// SignOut forgets what belongs to the account: ownership, favourites,
// playlists, history, own releases, drafts, the queue and the outbox. The
// catalogue, settings, smart lists and files stay, the files unpinned, and so
// does all that concerns the person's own files. With intents in
// the outbox it fails with ErrWaiting unless discard is set, because they
// would be lost.
func (l *Library) SignOut(discard bool) error {
	return l.update("signing out", func(tx *txn) error {
		if k, _ := tx.bucket(bOutbox).Cursor().First(); k != nil && !discard {
			return ErrWaiting
		}
		kept, err := tx.keptHere()
		if err != nil {
			return err
		}
		if err := tx.forgetPersonal(); err != nil {
			return err
		}
		for _, id := range kept {
			if err := tx.refile(id, func(f *File) { f.Pinned, f.LetGo = false, false }); err != nil {
				return err
			}
		}
		tx.change = Catalogue | Ownership | Favourites | Playlists | History | QueueSaved | Outbox | Files
		return nil
	})
}

// keptHere are the tracks of which bytes are here or wanted; more than once
// when they are both.
func (tx *txn) keptHere() ([]string, error) {
	owned, err := allKeys(tx.bucket(bOwned))
	if err != nil {
		return nil, err
	}
	files, err := allKeys(tx.bucket(bFiles))
	if err != nil {
		return nil, err
	}
	coming, err := wanted.ids(tx, 0, wanted.count(tx))
	return slices.Concat(owned, files, coming), err
}

func (tx *txn) forgetPersonal() error {
	drop, err := releasesOwn.ids(tx, 0, releasesOwn.count(tx))
	if err != nil {
		return err
	}
	for _, id := range drop {
		if err := tx.disown(id); err != nil {
			return err
		}
	}
	lists, err := playlistsByTitle.ids(tx, 0, playlistsByTitle.count(tx))
	if err != nil {
		return err
	}
	for _, id := range lists {
		if err := tx.unindex(kindPlaylist, id); err != nil {
			return err
		}
	}
	counters, err := allKeys(tx.bucket(bCounters))
	if err != nil {
		return err
	}
	for _, k := range counters {
		if k == counterDisk || k == counterEntries {
			continue
		}
		if err := tx.bucket(bCounters).Delete([]byte(k)); err != nil {
			return err
		}
	}
	if err := tx.touchKeys(bPlays, bOwned, bPending, bFavourites, bHeard); err != nil {
		return err
	}
	for _, name := range []string{
		bPlays, bOwned, bPending, bPlaylists, bAliases, bOutbox, bIntents,
		bHolders, string(ownedSince), string(nearly), string(playlistsByTitle), string(pinned),
	} {
		if err := tx.clear(name); err != nil {
			return err
		}
	}
	if err := tx.forgetAllButLocal(); err != nil {
		return err
	}
	return errors.Join(
		tx.dropSettings(syncSettings),
		tx.bucket(bState).Delete([]byte(keyAccount)),
		tx.bucket(bState).Delete([]byte(keyQueue)),
	)
}

// forgetAllButLocal forgets the favourites, the history and who is followed,
// but for what is the person's own files': that belongs to the machine.
func (tx *txn) forgetAllButLocal() error {
	byKey := func(k, _ []byte) (string, error) { return string(k), nil }
	byValue := func(_, v []byte) (string, error) { return string(v), nil }
	byEntry := func(_, v []byte) (string, error) {
		var r entryRecord
		err := decode(v, &r)
		return r.TrackID, err
	}
	for name, idOf := range map[string]func(k, v []byte) (string, error){
		bFavourites: byKey, bHeard: byKey, bFollowed: byKey, bHistory: byEntry,
		string(favouritesSince): byValue, string(heardLast): byValue, string(heardMost): byValue, string(followedSince): byValue,
	} {
		type pair struct{ k, v []byte }
		var kept []pair
		err := tx.bucket(name).ForEach(func(k, v []byte) error {
			id, err := idOf(k, v)
			if IsLocalTrack(id) {
				kept = append(kept, pair{bytes.Clone(k), bytes.Clone(v)})
			}
			return err
		})
		if err := errors.Join(err, tx.clear(name)); err != nil {
			return err
		}
		b := tx.bucket(name)
		for _, p := range kept {
			if err := b.Put(p.k, p.v); err != nil {
				return err
			}
		}
		if err := b.SetSequence(uint64(len(kept))); err != nil {
			return err
		}
	}
	return nil
}

// clear empties a bucket.
func (tx *txn) clear(name string) error {
	if err := tx.DeleteBucket([]byte(name)); err != nil {
		return fmt.Errorf("emptying %s: %w", name, err)
	}
	delete(tx.buckets, name)
	_, err := tx.CreateBucket([]byte(name))
	return err
}

func allKeys(b *bolt.Bucket) ([]string, error) {
	var keys []string
	err := b.ForEach(func(k, _ []byte) error {
		keys = append(keys, string(k))
		return nil
	})
	return keys, err
}

// Settings in which the sync notes how far it has come. They are forgotten with
// what they are about.
const (
	syncSettings = "sync."
	// SettingCatalogue is the version of the co-op's catalogue that is here.
	SettingCatalogue = "sync.catalogue"
	// SettingPlaylists is the version of the co-op's playlists that is here. An
	// edit that is made, arrives or fails takes it away: after that, what the
	// co-op has must be looked at.
	SettingPlaylists = "sync.playlists"
)

// dropSettings forgets the settings whose names begin with prefix.
func (tx *txn) dropSettings(prefix string) error {
	b := tx.bucket(bState)
	var keys [][]byte
	err := scan(b, []byte(keySetting+prefix), func(k, _ []byte) (bool, error) {
		keys = append(keys, bytes.Clone(k))
		return true, nil
	})
	for _, k := range keys {
		err = errors.Join(err, b.Delete(k))
	}
	return err
}
