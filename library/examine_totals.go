package library

import (
	"bytes"
	"errors"

	"github.com/ninth-coop/ninth/credits"
)

// waitingCosts adds up what waits in the outbox: by track, and in credits.
func (tx *txn) waitingCosts() (byTrack map[string]pendingRecord, cost credits.Milli, err error) {
	byTrack = map[string]pendingRecord{}
	err = tx.intents(func(_ []byte, in intentRecord) (bool, error) {
		if in.State == IntentFailed || in.Price == 0 {
			return true, nil
		}
		p := byTrack[in.TrackID]
		switch in.Kind {
		case IntentPlay:
			p.Plays++
		case IntentBuy:
			p.Bought = true
		default:
			return true, nil
		}
		byTrack[in.TrackID] = p
		cost += in.Price
		return true, nil
	})
	return byTrack, cost, err
}

func (tx *txn) examineOutbox(e *examination) error {
	n := 0
	err := tx.intents(func(key []byte, in intentRecord) (bool, error) {
		n++
		if !bytes.Equal(tx.bucket(bIntents).Get([]byte(in.ID)), key) {
			e.tell(bIntents, "%.40q is not where its id says", in.ID)
		}
		return true, nil
	})
	byID, listErr := allKeys(tx.bucket(bIntents))
	if len(byID) > n {
		e.tell(bIntents, "%d ids lead nowhere", len(byID)-n)
	}
	if err := errors.Join(err, listErr); err != nil {
		return err
	}
	want, cost, err := tx.waitingCosts()
	if err != nil {
		return err
	}
	have := 0
	err = each(tx, bPending, func(id string, p pendingRecord) error {
		have++
		if w := want[id]; w != p {
			e.tell(bPending, "%.40q has %+v waiting, not %+v", id, w, p)
		}
		return nil
	})
	if have < len(want) {
		e.tell(bPending, "%d tracks with waiting plays are missing", len(want)-have)
	}
	if kept := credits.Milli(tx.counter(counterWaiting)); kept != cost {
		e.tell(bCounters, "what waits costs %d milli-credits, not %d", cost, kept)
	}
	return err
}

func (tx *txn) bytesOnDisk() (n int64, err error) {
	err = each(tx, bFiles, func(_ string, f File) error {
		n += f.Have()
		return nil
	})
	return n, err
}

func (tx *txn) examineTotals(e *examination) error {
	n, err := tx.bytesOnDisk()
	if kept := tx.counter(counterDisk); err == nil && kept != n {
		e.tell(bCounters, "%d bytes are on disk, not %d", n, kept)
	}
	if n, kept := tx.seekBytes(), tx.bucket(bSeek).Sequence(); kept != n {
		e.tell(bSeek, "%d bytes of seek indexes are kept, not %d", n, kept)
	}
	return err
}

// seekBytes adds up the seek indexes.
func (tx *txn) seekBytes() (n uint64) {
	c := tx.bucket(bSeek).Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		n += uint64(len(v))
	}
	return n
}

// mendPins takes out pins of what is not there.
func (tx *txn) mendPins() error {
	var drop [][]byte
	err := tx.bucket(string(pinned)).ForEach(func(k, _ []byte) error {
		if !tx.leads(k) {
			drop = append(drop, bytes.Clone(k))
		}
		return nil
	})
	for _, k := range drop {
		err = errors.Join(err, tx.bucket(string(pinned)).Delete(k))
	}
	return errors.Join(err, tx.recount(pinned), tx.recount(historyByTime), tx.recount(picturesByAddress))
}

// recount brings the count of an index back to its entries.
func (tx *txn) recount(x index) error {
	n := uint64(0)
	b := tx.bucket(string(x))
	err := b.ForEach(func(_, _ []byte) error { n++; return nil })
	return errors.Join(err, b.SetSequence(n))
}

// mendReleases has releases of which a track is missing read again.
func (tx *txn) mendReleases() error {
	return tx.missingTracks(func(id, _ string, r releaseRecord) error {
		r.Filled = false
		_, err := put(tx.bucket(bReleases), []byte(id), r)
		return errors.Join(err, tx.dropSettings(SettingCatalogue))
	})
}

func (tx *txn) mendHolders() error {
	if err := tx.clear(bHolders); err != nil {
		return err
	}
	b := tx.bucket(bHolders)
	return each(tx, bPlaylists, func(id string, r playlistRecord) error {
		for _, it := range r.Items {
			if err := b.Put(joined(it.TrackID, id), []byte{}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (tx *txn) mendIndexes() error {
	entries := map[index][]entry{}
	err := tx.expected(func(x index, key []byte, id string) error {
		if key != nil {
			entries[x] = append(entries[x], entry{key, id})
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, x := range derived {
		if err := errors.Join(tx.clear(string(x)), x.build(tx, entries[x])); err != nil {
			return err
		}
	}
	return nil
}

// mendTotals adds up again what is on disk and what waits.
func (tx *txn) mendTotals() error {
	n, err := tx.bytesOnDisk()
	if err != nil {
		return err
	}
	byTrack, cost, err := tx.waitingCosts()
	if err != nil {
		return err
	}
	if err := errors.Join(tx.clear(bPending), tx.clear(bIntents)); err != nil {
		return err
	}
	for id, p := range byTrack {
		if _, err := put(tx.bucket(bPending), []byte(id), p); err != nil {
			return err
		}
	}
	err = tx.intents(func(key []byte, in intentRecord) (bool, error) {
		return true, tx.bucket(bIntents).Put([]byte(in.ID), key)
	})
	return errors.Join(err,
		tx.bucket(bSeek).SetSequence(tx.seekBytes()),
		tx.addCounter(counterDisk, n-tx.counter(counterDisk)),
		tx.addCounter(counterWaiting, int64(cost)-tx.counter(counterWaiting)))
}
