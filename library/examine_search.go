package library

import (
	"encoding/binary"
	"errors"
)

// documents calls fn with what is in the search, its number, and the words
// that it is found by.
func (tx *txn) documents(k kind, fn func(id string, number uint64, words []string)) error {
	if k != kindTrack {
		return each(tx, k.numbers(), func(id string, d document) error {
			fn(id, d.Number, d.Words)
			return nil
		})
	}
	return each(tx, bTracks, func(id string, r trackRecord) error {
		if r.Document != 0 {
			_, _, words := r.places()
			fn(id, r.Document, words)
		}
		return nil
	})
}

func (tx *txn) examineSearch(e *examination) error {
	for _, k := range kinds {
		numbers, lists := map[uint64]struct{}{}, map[string]int{}
		err := tx.documents(k, func(id string, number uint64, words []string) {
			numbers[number] = struct{}{}
			for _, w := range words {
				lists[w]++
			}
			if string(tx.bucket(k.docs()).Get(be64(number))) != id {
				e.tell(k.docs(), "document %d is not %.40q", number, id)
			}
			if tx.bucket(k.records()).Get([]byte(id)) == nil {
				e.tell(k.numbers(), "%.40q leads nowhere", id)
			}
		})
		if err != nil {
			return err
		}
		err = tx.bucket(k.docs()).ForEach(func(n, _ []byte) error {
			if _, ok := numbers[binary.BigEndian.Uint64(n)]; !ok {
				e.tell(k.docs(), "document %d leads nowhere", binary.BigEndian.Uint64(n))
			}
			return nil
		})
		err = errors.Join(err, tx.examineWords(e, k, numbers, lists))
		if err != nil {
			return err
		}
	}
	return nil
}

// examineWords compares the list of each word with how many documents have it.
func (tx *txn) examineWords(e *examination, k kind, numbers map[uint64]struct{}, lists map[string]int) error {
	var list []uint64
	err := tx.bucket(k.words()).ForEach(func(word, raw []byte) (err error) {
		if list, err = decodePostings(raw, list[:0]); err != nil {
			return err
		}
		for _, n := range list {
			if _, ok := numbers[n]; !ok {
				e.tell(k.words(), "%.40q is in document %d, which is not there", word, n)
			}
		}
		if len(list) != lists[string(word)] {
			e.tell(k.words(), "%.40q is in %d documents, not %d", word, lists[string(word)], len(list))
		}
		delete(lists, string(word))
		return nil
	})
	for word, n := range lists {
		e.tell(k.words(), "%.40q is in %d documents, not 0", word, n)
	}
	return err
}

// mendSearch indexes everything again. Tracks keep the numbers of their
// documents, which are the order in which they came.
func (tx *txn) mendSearch() error {
	last := tx.bucket(kindTrack.docs()).Sequence()
	for _, k := range kinds {
		if err := errors.Join(tx.clear(k.words()), tx.clear(k.docs())); err != nil {
			return err
		}
		if k == kindTrack {
			continue
		}
		if err := tx.clear(k.numbers()); err != nil {
			return err
		}
	}
	tx.words = map[wordKey]*postingEdit{}
	if err := errors.Join(tx.clear(kindTag.records()), tx.clear(string(releasesTagged)), tx.mendDocuments(last)); err != nil {
		return err
	}
	return errors.Join(
		tx.eachRelease(func(id string, r releaseRecord) error { return tx.retag(id, releaseRecord{}, r) }),
		each(tx, bReleases, tx.indexRelease),
		each(tx, bArtists, func(id string, r artistRecord) error { return tx.index(kindArtist, id, indexed(r.Name, "")) }),
		each(tx, bPlaylists, func(id string, r playlistRecord) error {
			return tx.index(kindPlaylist, id, indexed(r.Title, r.Owner))
		}),
	)
}

// mendDocuments puts the tracks into the search again. Those that have no
// number, or another's, get one after the last.
func (tx *txn) mendDocuments(last uint64) error {
	docs := tx.bucket(kindTrack.docs())
	wrong := map[string]trackRecord{}
	err := each(tx, bTracks, func(id string, r trackRecord) error {
		if r.Gone != (r.Document == 0) || r.Document > maxDocument || docs.Get(be64(r.Document)) != nil {
			wrong[id] = r
			return nil
		}
		if r.Gone {
			return nil
		}
		last = max(last, r.Document)
		_, _, words := r.places()
		tx.editWords(kindTrack, r.Document, words, true)
		return docs.Put(be64(r.Document), []byte(id))
	})
	if err := errors.Join(err, docs.SetSequence(last)); err != nil {
		return err
	}
	for id, r := range wrong {
		if r.Document = 0; !r.Gone {
			if r.Document, err = tx.newDocument(kindTrack, id); err != nil {
				return err
			}
		}
		_, _, words := r.places()
		tx.editWords(kindTrack, r.Document, words, true)
		if _, err := put(tx.bucket(bTracks), []byte(id), r); err != nil {
			return err
		}
	}
	return nil
}
