package library

import (
	"bytes"
	"encoding/binary"
	"errors"
	"iter"
	"maps"
	"slices"
)

// The keys of tracksByArtist and tracksByTitle end in the number of the
// track's document, which is all that who goes through them wants to know.

func (r trackRecord) artistKey() []byte {
	key := joined(sortable(r.Artist), sortable(r.Release), "")
	key = binary.BigEndian.AppendUint32(key, uint32(max(r.Number, 0)))
	return binary.BigEndian.AppendUint32(key, uint32(r.Document))
}

func (r trackRecord) titleKey() []byte {
	return binary.BigEndian.AppendUint32(joined(sortable(r.Title), ""), uint32(r.Document))
}

// places are a track's keys in the orders by name, and its words in the
// search; it has none when the catalogue no longer has it.
func (r trackRecord) places() (artist, title []byte, words []string) {
	if r.Document == 0 {
		return nil, nil, nil
	}
	return r.artistKey(), r.titleKey(), indexed(r.Title, r.Artist, r.Release)
}

// reindex moves a track in the search and in the orders by name, and has its
// columns written anew. The zero record is nowhere.
func (tx *txn) reindex(from, to trackRecord) error {
	for _, r := range []trackRecord{from, to} {
		if r.Document != 0 {
			tx.touched[r.Document] = struct{}{}
		}
	}
	fromArtist, fromTitle, fromWords := from.places()
	toArtist, toTitle, toWords := to.places()
	if from.Document != to.Document || !slices.Equal(fromWords, toWords) {
		tx.editWords(kindTrack, from.Document, fromWords, false)
		tx.editWords(kindTrack, to.Document, toWords, true)
	}
	return errors.Join(tracksByArtist.move(tx, fromArtist, toArtist, ""), tracksByTitle.move(tx, fromTitle, toTitle, ""))
}

// documentOf is the number of a track's document, 0 when it has none.
func (tx *txn) documentOf(trackID string) (uint64, error) {
	var r struct {
		Document uint64 `cbor:"14,keyasint"` // of a trackRecord
	}
	_, err := get(tx.bucket(bTracks), []byte(trackID), &r)
	return r.Document, err
}

// splitKey parts a key of an order by name.
func splitKey(key []byte) (name []byte, doc uint64) {
	if len(key) < 4 {
		return nil, 0
	}
	at := len(key) - 4
	return key[:at], uint64(binary.BigEndian.Uint32(key[at:]))
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
// name, and the words of artists apart from those of releases and tags. The
// number of a track's document moves into its record.
func addColumns(tx *txn) error {
	if err := makeBuckets(tx, bColumns, string(tracksByArtist), string(tracksByTitle)); err != nil {
		return err
	}
	numbers := map[string]uint64{}
	err := each(tx, kindTrack.numbers(), func(id string, d document) error {
		numbers[id] = d.Number
		return nil
	})
	if err := errors.Join(err, tx.clear(kindTrack.words()), tx.DeleteBucket([]byte(kindTrack.numbers()))); err != nil {
		return err
	}
	delete(tx.buckets, kindTrack.numbers())
	var byArtist, byTitle []entry
	for _, id := range slices.Sorted(maps.Keys(numbers)) {
		r, err := tx.moveNumber(id, numbers[id])
		if err != nil {
			return err
		}
		if artist, title, words := r.places(); artist != nil {
			byArtist, byTitle = append(byArtist, entry{artist, ""}), append(byTitle, entry{title, ""})
			tx.editWords(kindTrack, r.Document, words, true)
			tx.touched[r.Document] = struct{}{}
		}
	}
	return errors.Join(tracksByArtist.build(tx, byArtist), tracksByTitle.build(tx, byTitle), each(tx, bReleases, tx.indexRelease))
}

// moveNumber puts the number of a track's document into its record, and gives
// that; the zero record when the number led nowhere.
func (tx *txn) moveNumber(id string, number uint64) (r trackRecord, err error) {
	known, err := get(tx.bucket(bTracks), []byte(id), &r)
	if err != nil {
		return r, err
	}
	if !known {
		return r, tx.bucket(kindTrack.docs()).Delete(be64(number))
	}
	r.Document = number
	_, err = put(tx.bucket(bTracks), []byte(id), r)
	return r, err
}
