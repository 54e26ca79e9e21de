package library

import (
	"bytes"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"
)

// Page is a window on a list.
type Page[T any] struct {
	Items []T
	Total int // of the whole list
}

// index is a bucket whose keys give an order and whose values are ids. Its
// sequence is kept at the number of its keys, so a total costs nothing.
type index string

func (x index) add(tx *txn, key []byte, id string) error {
	b := tx.bucket(string(x))
	if b.Get(key) == nil {
		if err := b.SetSequence(b.Sequence() + 1); err != nil {
			return err
		}
	}
	return b.Put(key, []byte(id))
}

func (x index) remove(tx *txn, key []byte) error {
	b := tx.bucket(string(x))
	if b.Get(key) == nil {
		return nil
	}
	if err := b.SetSequence(b.Sequence() - 1); err != nil {
		return err
	}
	return b.Delete(key)
}

// move replaces the key of an id. Either key may be nil: not in the index.
func (x index) move(tx *txn, from, to []byte, id string) error {
	if from != nil && !bytes.Equal(from, to) {
		if err := x.remove(tx, from); err != nil {
			return err
		}
	}
	if to == nil {
		return nil
	}
	return x.add(tx, to, id)
}

// entry is a key of an index and the id that it stands for.
type entry struct {
	key []byte
	id  string
}

// build writes an empty index. bbolt keeps what one transaction puts into a
// bucket in one sorted list, so a hundred thousand keys are put in order: in
// any other they would take minutes.
func (x index) build(tx *txn, entries []entry) error {
	slices.SortFunc(entries, func(a, b entry) int { return bytes.Compare(a.key, b.key) })
	entries = slices.CompactFunc(entries, func(a, b entry) bool { return bytes.Equal(a.key, b.key) })
	b := tx.bucket(string(x))
	b.FillPercent = 0.9
	for _, e := range entries {
		if err := b.Put(e.key, []byte(e.id)); err != nil {
			return err
		}
	}
	return b.SetSequence(uint64(len(entries)))
}

func (x index) count(tx *txn) int { return int(tx.bucket(string(x)).Sequence()) }

// window calls fn with the keys and values from offset on, at most limit of
// them; backwards from the last key when reverse. It skips from whichever end
// is nearer.
func (x index) window(tx *txn, offset, limit int, reverse bool, fn func(k, v []byte) error) error {
	total := x.count(tx)
	if offset < 0 || limit < 0 {
		return fmt.Errorf("a window of %d from %d", limit, offset)
	}
	limit = min(limit, total-offset)
	if limit <= 0 {
		return nil
	}
	c := tx.bucket(string(x)).Cursor()
	first, next, last, prev := c.First, c.Next, c.Last, c.Prev
	if reverse {
		first, next, last, prev = last, prev, first, next
	}
	var k, v []byte
	if offset <= total/2 {
		for k, v = first(); offset > 0 && k != nil; offset-- {
			k, v = next()
		}
	} else {
		k, v = last()
		for back := total - 1 - offset; back > 0 && k != nil; back-- {
			k, v = prev()
		}
	}
	for ; limit > 0 && k != nil; limit-- {
		if err := fn(k, v); err != nil {
			return err
		}
		k, v = next()
	}
	return nil
}

// ids are the ids in a window.
func (x index) ids(tx *txn, offset, limit int) ([]string, error) {
	var ids []string
	err := x.window(tx, offset, limit, false, func(_, v []byte) error {
		ids = append(ids, string(v))
		return nil
	})
	return ids, err
}

// scan calls fn with the keys that begin with prefix until it says false.
func scan(b *bolt.Bucket, prefix []byte, fn func(k, v []byte) (more bool, err error)) error {
	c := b.Cursor()
	for k, v := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
		more, err := fn(k, v)
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// page reads the values of a window of an index.
func page[T any](l *Library, doing string, x index, offset, limit int, read func(*txn, string) (T, error)) (Page[T], error) {
	var p Page[T]
	err := l.view(doing, func(tx *txn) error {
		p.Total = x.count(tx)
		ids, err := x.ids(tx, offset, limit)
		if err != nil {
			return err
		}
		p.Items = make([]T, 0, len(ids))
		for _, id := range ids {
			v, err := read(tx, id)
			if err != nil {
				return err
			}
			p.Items = append(p.Items, v)
		}
		return nil
	})
	return p, err
}

// joined makes a key of parts, a zero byte after each but the last. Parts come
// from fold or are ids, and ids with a zero byte are refused by checkID, so
// parts cannot run into one another.
func joined(parts ...string) []byte {
	var k []byte
	for i, p := range parts {
		if i > 0 {
			k = append(k, 0)
		}
		k = append(k, p...)
	}
	return k
}

// maxID is the longest id that is accepted from a co-op, in bytes.
const maxID = 200

func checkID(id string) error {
	if id == "" || len(id) > maxID || bytes.IndexByte([]byte(id), 0) >= 0 {
		return fmt.Errorf("an id of %d bytes is not one", len(id))
	}
	return nil
}
