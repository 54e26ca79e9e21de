package library

import (
	"bytes"
	"fmt"
	"math"
)

// Tag is a word that artists put on their releases.
type Tag struct {
	Name     string // as the first release that brought it spells it
	Releases int    // public ones that have it
}

// tagged is the id of a tag: its folded name. Tags that differ only in case
// or marks are one. "" for what has neither letter nor digit.
func tagged(name string) string { return sortable(name) }

// Tagged is a window on the public releases with a tag, newest first. Case
// and marks of the tag do not matter.
func (l *Library) Tagged(tag string, offset, limit int) (p Page[Release], err error) {
	err = l.view("listing releases with a tag", func(tx *txn) error {
		if offset < 0 || limit < 0 {
			return fmt.Errorf("a window of %d from %d", limit, offset)
		}
		return scan(tx.bucket(string(releasesTagged)), joined(tagged(tag), ""), func(_, id []byte) (bool, error) {
			p.Total++
			if p.Total <= offset || len(p.Items) >= limit {
				return true, nil
			}
			r, err := tx.release(string(id))
			p.Items = append(p.Items, r)
			return true, err
		})
	})
	return p, err
}

func (tx *txn) tag(id string) (Tag, error) {
	var v named
	if _, err := get(tx.bucket(kindTag.records()), []byte(id), &v); err != nil {
		return Tag{}, err
	}
	n, err := tx.countTagged(id, math.MaxInt)
	return Tag{Name: v.Name, Releases: n}, err
}

// countTagged counts the releases with a tag, up to most.
func (tx *txn) countTagged(id string, most int) (n int, err error) {
	err = scan(tx.bucket(string(releasesTagged)), joined(id, ""), func(_, _ []byte) (bool, error) {
		n++
		return n < most, nil
	})
	return n, err
}

// tagKeys are the keys of a release under its tags, by the id of the tag.
func (r releaseRecord) tagKeys(id string) map[string][]byte {
	if r.Draft || r.Gone {
		return nil
	}
	keys := map[string][]byte{}
	for _, name := range r.Tags[:min(len(r.Tags), maxTags)] {
		if t := tagged(name); t != "" {
			keys[t] = joined(t, string(descending(r.Date))+id)
		}
	}
	return keys
}

// maxTags is how many tags of a release are looked at.
const maxTags = 64

// retag moves a release from its tags of old to those of r. A tag without
// releases is forgotten.
func (tx *txn) retag(id string, old, r releaseRecord) error {
	from, to := old.tagKeys(id), r.tagKeys(id)
	for t, key := range from {
		if bytes.Equal(to[t], key) {
			continue
		}
		if err := releasesTagged.remove(tx, key); err != nil {
			return err
		}
	}
	for _, name := range r.Tags[:min(len(r.Tags), maxTags)] {
		t := tagged(name)
		key, ok := to[t]
		if !ok || bytes.Equal(from[t], key) {
			continue
		}
		if err := releasesTagged.add(tx, key, id); err != nil {
			return err
		}
		if err := tx.nameTag(t, name); err != nil {
			return err
		}
	}
	for t := range from {
		if _, stays := to[t]; stays {
			continue
		}
		if n, err := tx.countTagged(t, 1); err != nil || n > 0 {
			if err != nil {
				return err
			}
			continue
		}
		if err := tx.bucket(kindTag.records()).Delete([]byte(t)); err != nil {
			return err
		}
		if err := tx.unindex(kindTag, t); err != nil {
			return err
		}
	}
	return nil
}

func (tx *txn) nameTag(id, name string) error {
	b := tx.bucket(kindTag.records())
	if b.Get([]byte(id)) != nil {
		return nil
	}
	name = cut(name, maxSortable)
	if _, err := put(b, []byte(id), named{Name: name}); err != nil {
		return err
	}
	return tx.index(kindTag, id, indexed(name, ""))
}
