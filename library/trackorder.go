package library

import (
	"bytes"
	"encoding/binary"
	"errors"
	"iter"
)

// The keys of tracksByArtist and tracksByTitle end in the number of the
// track's document, which is all that who goes through them wants to know.

func (r trackRecord) artistKey(doc uint64) []byte {
	key := joined(sortable(r.Artist), sortable(r.Release), "")
	key = binary.BigEndian.AppendUint32(key, uint32(max(r.Number, 0)))
	return append(key, be64(doc)...)
}

func (r trackRecord) titleKey(doc uint64) []byte {
	return append(joined(sortable(r.Title), ""), be64(doc)...)
}

// place is where a track is in the orders: as what, and under which number.
// The zero place is nowhere.
type place struct {
	as  trackRecord
	doc uint64
}

func (p place) keys() (artist, title []byte) {
	if p.doc == 0 {
		return nil, nil
	}
	return p.as.artistKey(p.doc), p.as.titleKey(p.doc)
}

// placeOf is where a track is, as it is stored.
func (tx *txn) placeOf(id string) (p place, err error) {
	if p.doc, _, err = tx.numberOf(kindTrack, id); err != nil || p.doc == 0 {
		return p, err
	}
	_, err = get(tx.bucket(bTracks), []byte(id), &p.as)
	return p, err
}

// reorder moves a track in the orders by name, and has its columns written
// anew, for it is another track now, or none.
func (tx *txn) reorder(from, to place) error {
	for _, p := range []place{from, to} {
		if p.doc != 0 {
			tx.touched[p.doc] = struct{}{}
		}
	}
	fromArtist, fromTitle := from.keys()
	toArtist, toTitle := to.keys()
	return errors.Join(tracksByArtist.move(tx, fromArtist, toArtist, ""), tracksByTitle.move(tx, fromTitle, toTitle, ""))
}

// splitKey parts a key of an order by name.
func splitKey(key []byte) (name []byte, doc uint64) {
	at := max(len(key)-8, 0)
	return key[:at], number(key[at:])
}

// documents are the numbers in an order by name, or backwards. Those of equal
// names come in the order of their numbers, or with tiesTurned the other way
// round.
func (x index) documents(tx *txn, backwards, tiesTurned bool) iter.Seq[uint64] {
	c := tx.bucket(string(x)).Cursor()
	first, next := c.First, c.Next
	if backwards {
		first, next = c.Last, c.Prev
	}
	return func(yield func(uint64) bool) {
		if backwards == tiesTurned { // just as they come
			for k, _ := first(); k != nil; k, _ = next() {
				if _, doc := splitKey(k); !yield(doc) {
					return
				}
			}
			return
		}
		var before []byte
		var equal []uint64
		flush := func() bool {
			for i := len(equal) - 1; i >= 0; i-- {
				if !yield(equal[i]) {
					return false
				}
			}
			equal = equal[:0]
			return true
		}
		for k, _ := first(); k != nil; k, _ = next() {
			name, doc := splitKey(k)
			if !bytes.Equal(name, before) && !flush() {
				return
			}
			before, equal = name, append(equal, doc)
		}
		flush()
	}
}

// beginning is the set of the documents whose key begins so.
func (x index) beginning(tx *txn, prefix []byte) (set, error) {
	s := newSet(tx.bucket(kindTrack.docs()).Sequence())
	err := scan(tx.bucket(string(x)), prefix, func(k, _ []byte) (bool, error) {
		_, doc := splitKey(k)
		s.add(doc)
		return true, nil
	})
	return s, err
}

// addColumns makes what rules are evaluated by: the columns, the orders by
// name, and the words of artists apart from those of releases and tags.
func addColumns(tx *txn) error {
	if err := makeBuckets(tx, bColumns, string(tracksByArtist), string(tracksByTitle)); err != nil {
		return err
	}
	err := each(tx, bTracks, func(id string, r trackRecord) error {
		if err := tx.indexTrack(id, r); err != nil {
			return err
		}
		doc, _, err := tx.numberOf(kindTrack, id)
		return errors.Join(err, tx.reorder(place{}, place{r, doc}))
	})
	return errors.Join(err, each(tx, bReleases, tx.indexRelease))
}
