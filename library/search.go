package library

import (
	"bytes"
	"cmp"
	"slices"
)

// Results are what a search found, best first.
type Results struct {
	Tracks    []Track
	Releases  []Release
	Artists   []Artist // labels among them
	Playlists []Playlist
	Tags      []Tag
}

// Count is how many there are of all kinds.
func (r Results) Count() int {
	return len(r.Tracks) + len(r.Releases) + len(r.Artists) + len(r.Playlists) + len(r.Tags)
}

const (
	// maxWords is how many words of a query are looked at.
	maxWords = 16
	// fewResults is how many results, of all kinds together, are so few that
	// words are looked for with typos in them.
	fewResults = 3
)

// Search finds what has all the words, in any order, each as the beginning of
// a word of its name or of what surrounds it: a track's artist and release, a
// release's artist and tags. Case and marks do not matter. At most limit
// results of each kind come back, those with all words in their name first.
//
// When that gives few results, words of four letters or more may have been
// mistyped: one edit (a letter too many, too few, another, or two swapped) is
// forgiven in words of up to seven letters, two in longer ones. What is found
// so comes after all that has the words as typed.
func (l *Library) Search(text string, limit int) (Results, error) {
	var r Results
	words := queryTokens(text)
	words = words[:min(len(words), maxWords)]
	if len(words) == 0 || limit <= 0 {
		return r, nil
	}
	err := l.view("searching", func(tx *txn) error {
		found, err := tx.hits(words, limit)
		if err != nil {
			return err
		}
		r, err = tx.results(found)
		return err
	})
	return r, err
}

// hits are the ids of what was found, by kind, best first.
type hits map[kind][]string

func (tx *txn) hits(words []string, limit int) (hits, error) {
	found, total := hits{}, 0
	for _, k := range kinds {
		tiers, err := tx.match(k, words)
		if err != nil {
			return nil, err
		}
		if found[k], err = tx.best(k, tiers[:], limit); err != nil {
			return nil, err
		}
		total += len(found[k])
	}
	if total >= fewResults || !slices.ContainsFunc(words, func(w string) bool { return forgiven(w) > 0 }) {
		return found, nil
	}
	for _, k := range kinds {
		tiers, err := tx.matchSimilar(k, words)
		if err != nil {
			return nil, err
		}
		similar, err := tx.best(k, tiers, limit)
		if err != nil {
			return nil, err
		}
		for _, id := range similar {
			if len(found[k]) < limit && !slices.Contains(found[k], id) {
				found[k] = append(found[k], id)
			}
		}
	}
	return found, nil
}

// results reads what was found.
func (tx *txn) results(found hits) (r Results, err error) {
	if r.Tracks, err = readAll(found[kindTrack], tx.track); err != nil {
		return r, err
	}
	if r.Releases, err = readAll(found[kindRelease], tx.release); err != nil {
		return r, err
	}
	if r.Artists, err = readAll(found[kindArtist], tx.artist); err != nil {
		return r, err
	}
	if r.Tags, err = readAll(found[kindTag], tx.tag); err != nil {
		return r, err
	}
	r.Playlists, err = readAll(found[kindPlaylist], tx.playlist)
	return r, err
}

func readAll[K, T any](ids []K, read func(K) (T, error)) ([]T, error) {
	out := make([]T, 0, len(ids))
	for _, id := range ids {
		v, err := read(id)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// candidates is how many matches are looked at for each one that is shown:
// enough to put the best of them first, few enough that one letter costs no
// more than a word.
const candidates = 4

// named is the beginning of a record of every kind: what its thing is called.
type named struct {
	Name string `cbor:"1,keyasint,omitempty"`
}

// records is the bucket with the records of a kind.
func (k kind) records() string { return string(k) }

// best are the ids of the best documents of tiers, which come in the order of
// their worth and have no document twice. Within a tier shorter names come
// first, for they are matched by more of themselves.
func (tx *txn) best(k kind, tiers []set, limit int) ([]string, error) {
	type match struct {
		id, name string
		tier     int
	}
	var found []match
	docs, records := tx.bucket(k.docs()), tx.bucket(k.records())
	for tier, s := range tiers {
		for _, n := range s.first(candidates*limit - len(found)) {
			id := docs.Get(be64(n))
			if id == nil {
				continue
			}
			var v named
			if _, err := get(records, id, &v); err != nil {
				return nil, err
			}
			found = append(found, match{string(id), sortable(v.Name), tier})
		}
	}
	slices.SortStableFunc(found, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.tier, b.tier), cmp.Compare(len(a.name), len(b.name)), cmp.Compare(a.name, b.name))
	})
	ids := make([]string, 0, min(len(found), limit))
	for _, m := range found[:min(len(found), limit)] {
		ids = append(ids, m.id)
	}
	return ids, nil
}

// match gives the documents that have all words, in three tiers, each without
// those before it: all words whole in the name, all begun in the name, all
// begun anywhere.
func (tx *txn) match(k kind, words []string) ([3]set, error) {
	var tiers [3]set
	largest := tx.bucket(k.docs()).Sequence()
	for i, w := range words {
		var found [3]set
		for t := range found {
			found[t] = newSet(largest)
		}
		if err := tx.collect(k, inName, w, found[0], found[1]); err != nil {
			return tiers, err
		}
		for _, field := range []byte{inMaker, inRest} {
			if err := tx.collect(k, field, w, nil, found[2]); err != nil {
				return tiers, err
			}
		}
		found[2].unite(found[1])
		for t := range tiers {
			if i == 0 {
				tiers[t] = found[t]
			} else {
				tiers[t].intersect(found[t])
			}
		}
	}
	tiers[2].subtract(tiers[1])
	tiers[1].subtract(tiers[0])
	return tiers, nil
}

// collect puts the documents that have a word which begins with w into
// begun, and those that have w itself into whole, which may be nil.
func (tx *txn) collect(k kind, field byte, w string, whole, begun set) error {
	prefix := append([]byte{field}, w...)
	return scan(tx.bucket(k.words()), prefix, func(key, raw []byte) (bool, error) {
		if whole != nil && bytes.Equal(key, prefix) {
			if err := whole.addPostings(raw); err != nil {
				return false, err
			}
		}
		return true, begun.addPostings(raw)
	})
}
