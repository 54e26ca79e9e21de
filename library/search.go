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
	Artists   []Artist
	Playlists []Playlist
}

// maxWords is how many words of a query are looked at.
const maxWords = 16

// Search finds what has all the words, in any order, each as the beginning of
// a word of its name or of what surrounds it: a track's artist and release, a
// release's artist and tags. Case and marks do not matter. At most limit
// results of each kind come back, those with all words in their name first.
func (l *Library) Search(text string, limit int) (Results, error) {
	var r Results
	words := queryTokens(text)
	words = words[:min(len(words), maxWords)]
	if len(words) == 0 || limit <= 0 {
		return r, nil
	}
	err := l.view("searching", func(tx *txn) (err error) {
		if r.Tracks, err = find(tx, kindTrack, words, limit, tx.track, func(t Track) string { return t.Title }); err != nil {
			return err
		}
		if r.Releases, err = find(tx, kindRelease, words, limit, tx.release, func(r Release) string { return r.Title }); err != nil {
			return err
		}
		if r.Artists, err = find(tx, kindArtist, words, limit, tx.artist, func(a Artist) string { return a.Name }); err != nil {
			return err
		}
		r.Playlists, err = find(tx, kindPlaylist, words, limit, tx.playlist, func(p Playlist) string { return p.Title })
		return err
	})
	return r, err
}

// candidates is how many matches are read for each one that is shown: enough
// to put the best of them first, few enough that one letter costs no more
// than a word.
const candidates = 4

// find reads the best matches of one kind. Matches come in three tiers: all
// words whole in the name, all begun in the name, all begun anywhere; shorter
// names first within a tier, for they are matched by more of themselves.
func find[T any](tx *txn, k kind, words []string, limit int, read func(string) (T, error), name func(T) string) ([]T, error) {
	tiers, err := tx.match(k, words)
	if err != nil {
		return nil, err
	}
	type match struct {
		value T
		tier  int
		name  string
	}
	var found []match
	docs := tx.bucket(k.docs())
	for tier, s := range tiers {
		for _, n := range s.first(candidates*limit - len(found)) {
			id := docs.Get(be64(n))
			if id == nil {
				continue
			}
			v, err := read(string(id))
			if err != nil {
				return nil, err
			}
			found = append(found, match{v, tier, sortable(name(v))})
		}
	}
	slices.SortStableFunc(found, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.tier, b.tier), cmp.Compare(len(a.name), len(b.name)), cmp.Compare(a.name, b.name))
	})
	out := make([]T, 0, min(len(found), limit))
	for _, m := range found[:min(len(found), limit)] {
		out = append(out, m.value)
	}
	return out, nil
}

// match gives the three tiers of find, each without those before it.
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
		if err := tx.collect(k, inContext, w, nil, found[2]); err != nil {
			return tiers, err
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
	var list []uint64
	return scan(tx.bucket(k.words()), prefix, func(key, raw []byte) (_ bool, err error) {
		if list, err = decodePostings(raw, list[:0]); err != nil {
			return false, err
		}
		exact := whole != nil && bytes.Equal(key, prefix)
		for _, n := range list {
			begun.add(n)
			if exact {
				whole.add(n)
			}
		}
		return true, nil
	})
}
