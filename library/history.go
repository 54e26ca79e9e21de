package library

import (
	"errors"
	"slices"
	"time"

	"github.com/ninth-coop/ninth/credits"
)

const counterEntries = "entries" // plays ever written into the history

// entryRecord is one play. Its key is the time and a sequence; a play of
// which a co-op does not say when it was has the time 0 and comes last.
type entryRecord struct {
	TrackID string `cbor:"1,keyasint"`
	Heard   int64  `cbor:"2,keyasint,omitempty"` // ns
	Cost    int64  `cbor:"3,keyasint,omitempty"` // milli-credits
	Sent    bool   `cbor:"4,keyasint,omitempty"`
}

// heardRecord is a track's place in the history.
type heardRecord struct {
	Count int   `cbor:"1,keyasint"` // entries
	Last  int64 `cbor:"2,keyasint"` // ns; 0 when unknown
}

// History is a window on the plays, latest first.
func (l *Library) History(offset, limit int) (p Page[HistoryEntry], err error) {
	err = l.view("reading the history", func(tx *txn) error {
		p.Total = historyByTime.count(tx)
		return historyByTime.window(tx, offset, limit, true, func(k, v []byte) error {
			var r entryRecord
			if err := decode(v, &r); err != nil {
				return err
			}
			e := HistoryEntry{Heard: time.Duration(r.Heard), Cost: credits.Milli(r.Cost), Sent: r.Sent}
			if at := entryTime(k); at != 0 {
				e.At = time.Unix(0, at)
			}
			var h heardRecord
			if _, err := get(tx.bucket(bHeard), []byte(r.TrackID), &h); err != nil {
				return err
			}
			e.Count = h.Count
			e.Track, err = tx.listed(r.TrackID)
			p.Items = append(p.Items, e)
			return err
		})
	})
	return p, err
}

// entryTime undoes ordered.
func entryTime(key []byte) int64 {
	if len(key) < 8 {
		return 0
	}
	return int64(number(key[:8]) ^ 1<<63)
}

// addEntry writes an entry and returns its key. at may be the zero time.
func (tx *txn) addEntry(at time.Time, r entryRecord) ([]byte, error) {
	ns := int64(0)
	if !at.IsZero() {
		ns = at.UnixNano()
	}
	seq := uint64(tx.counter(counterEntries))
	if err := tx.addCounter(counterEntries, 1); err != nil {
		return nil, err
	}
	raw, err := encoding.Marshal(r)
	if err != nil {
		return nil, err
	}
	var h heardRecord
	if _, err := get(tx.bucket(bHeard), []byte(r.TrackID), &h); err != nil {
		return nil, err
	}
	old := h
	h.Count++
	h.Last = max(h.Last, ns)
	tx.change |= History
	key := append(ordered(ns), be64(seq)...)
	_, err = put(tx.bucket(bHeard), []byte(r.TrackID), h)
	return key, errors.Join(err, tx.placeHeard(r.TrackID, old, h), tx.touch(r.TrackID), historyByTime.add(tx, key, string(raw)))
}

// placeHeard keeps the orders of what was heard. The zero record has no place.
func (tx *txn) placeHeard(id string, old, h heardRecord) error {
	last, most := old.keys(id)
	toLast, toMost := h.keys(id)
	return errors.Join(heardLast.move(tx, last, toLast, id), heardMost.move(tx, most, toMost, id))
}

func (h heardRecord) keys(id string) (last, most []byte) {
	if h.Count == 0 {
		return nil, nil
	}
	at := newestFirst(h.Last)
	return append(slices.Clone(at), id...), slices.Concat(newestFirst(int64(h.Count)), at, []byte(id))
}

// changeEntry changes an entry in its place. One that is gone since, because
// somebody signed out, is not an error.
func (tx *txn) changeEntry(key []byte, change func(*entryRecord)) error {
	if key == nil {
		return nil
	}
	var r entryRecord
	ok, err := get(tx.bucket(bHistory), key, &r)
	if err != nil || !ok {
		return err
	}
	change(&r)
	changed, err := put(tx.bucket(bHistory), key, r)
	if changed {
		tx.change |= History
	}
	return err
}

// sameListen is how far the co-op's time of a play may be from ours.
const sameListen = 2 * time.Minute

// PutHistory adds the plays that the co-op knows and this machine does not,
// because they were made elsewhere; what is known is not added again.
// Entries with a time are the same when track and time agree, to two minutes.
// Of a track's entries without one, as many are added as are missing: the
// co-op's rows must then be all of its rows, or the newest.
func (l *Library) PutHistory(entries ...HistoryEntry) error {
	return l.update("storing the history", func(tx *txn) error {
		rows := map[string]int{}
		for _, e := range entries {
			if err := checkID(e.Track.ID); err != nil {
				return err
			}
			known, err := tx.knownEntry(e, rows)
			if err != nil {
				return err
			}
			if known {
				continue
			}
			r := entryRecord{TrackID: e.Track.ID, Heard: int64(e.Heard), Cost: int64(e.Cost), Sent: true}
			if _, err := tx.addEntry(e.At, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// knownEntry tells whether an entry of the co-op is here already. rows counts
// the rows without a time that were met so far, by track.
func (tx *txn) knownEntry(e HistoryEntry, rows map[string]int) (bool, error) {
	if e.At.IsZero() {
		rows[e.Track.ID]++
		var h heardRecord
		_, err := get(tx.bucket(bHeard), []byte(e.Track.ID), &h)
		return h.Count >= rows[e.Track.ID], err
	}
	known := false
	c := tx.bucket(bHistory).Cursor()
	last := e.At.Add(sameListen).UnixNano()
	for k, v := c.Seek(ordered(e.At.Add(-sameListen).UnixNano())); k != nil && entryTime(k) <= last; k, v = c.Next() {
		var r entryRecord
		if err := decode(v, &r); err != nil {
			return false, err
		}
		known = known || r.TrackID == e.Track.ID
	}
	return known, nil
}
