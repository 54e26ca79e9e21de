package library

import (
	"bytes"
	"slices"
	"unicode"
	"unicode/utf8"

	bolt "go.etcd.io/bbolt"
)

const (
	// mostEdits is the largest number of typos that is forgiven in a word.
	mostEdits = 2
	// maxSimilar bounds how many indexed words a typed one may stand for.
	maxSimilar = 256
)

// forgiven is how many edits are forgiven in a word of a query: none in short
// words, numbers and scripts without spaces, where each sign says too much.
func forgiven(w string) int {
	n := 0
	for _, r := range w {
		if !unicode.IsLetter(r) || spaceless(r) {
			return 0
		}
		n++
	}
	switch {
	case n < 4:
		return 0
	case n < 8:
		return 1
	}
	return mostEdits
}

// matchSimilar gives the documents that have all words, each as typed or with
// the typos that are forgiven, in tiers: fewer edits first, and in the name
// before anywhere. No document is in two tiers.
func (tx *txn) matchSimilar(k kind, words []string) ([]set, error) {
	largest := tx.bucket(k.docs()).Sequence()
	tiers := make([]set, 2*mostEdits)
	for i, w := range words {
		var name, anywhere [mostEdits + 1]set // by edits
		for e := range name {
			name[e], anywhere[e] = newSet(largest), newSet(largest)
		}
		if err := tx.collectSimilar(k, inName, w, &name); err != nil {
			return nil, err
		}
		for _, field := range []byte{inMaker, inRest} {
			if err := tx.collectSimilar(k, field, w, &anywhere); err != nil {
				return nil, err
			}
		}
		anywhere[0].unite(name[0])
		for e := 1; e <= mostEdits; e++ {
			name[e].unite(name[e-1])
			anywhere[e].unite(anywhere[e-1])
			anywhere[e].unite(name[e])
			if i == 0 {
				tiers[2*e-2], tiers[2*e-1] = name[e], anywhere[e]
				continue
			}
			tiers[2*e-2].intersect(name[e])
			tiers[2*e-1].intersect(anywhere[e])
		}
	}
	for t := 1; t < len(tiers); t++ {
		for _, before := range tiers[:t] {
			tiers[t].subtract(before)
		}
	}
	return tiers, nil
}

// collectSimilar adds the documents with a word like w to the set of its
// number of edits.
func (tx *txn) collectSimilar(k kind, field byte, w string, found *[mostEdits + 1]set) error {
	b := tx.bucket(k.words())
	if forgiven(w) == 0 {
		return tx.collect(k, field, w, nil, found[0])
	}
	left := maxSimilar
	return similar(b, field, []rune(w), forgiven(w), func(raw []byte, edits int) (bool, error) {
		left--
		return left > 0, found[edits].addPostings(raw)
	})
}

// similar calls fn, until it says false, with the value and the number of
// edits of each word of a field that w may stand for: the word, or a
// beginning of it no shorter than w, is at most most edits away. An edit is a
// letter put in, left out or replaced, or two neighbours swapped (the optimal
// string alignment distance).
//
// The words come in order, so the table of distances is kept for what a word
// shares with the one before, and all words with a hopeless beginning are
// passed over.
func similar(b *bolt.Bucket, field byte, w []rune, most int, fn func(raw []byte, edits int) (more bool, err error)) error {
	t := newDistances(w, most)
	c := b.Cursor()
	for k, v := c.Seek([]byte{field}); len(k) > 0 && k[0] == field; {
		edits, hopeless := t.next(k[1:])
		if edits <= most {
			if more, err := fn(v, edits); err != nil || !more {
				return err
			}
		}
		if hopeless == 0 {
			k, v = c.Next()
			continue
		}
		k, v = skip(c, k[:1+hopeless])
	}
	return nil
}

// skip is the first key after those that begin with prefix. Steps are tried
// before a search from the root, which costs as much as some dozen of them.
func skip(c *bolt.Cursor, prefix []byte) (k, v []byte) {
	const steps = 24
	prefix = slices.Clone(prefix)
	for range steps {
		if k, v = c.Next(); k == nil || !bytes.HasPrefix(k, prefix) {
			return k, v
		}
	}
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i]++; prefix[i] != 0 {
			return c.Seek(prefix[:i+1])
		}
	}
	return nil, nil
}

// distances is the table of distances from w to the beginnings of a word. It
// goes from word to word.
type distances struct {
	w    []rune
	most int
	word []rune
	ends []int   // bytes of the word up to and with each rune
	rows [][]int // rows[i][j]: edits from w[:j] to word[:i]
	low  []int   // the least of each row
	best []int   // edits to the best accepted beginning of up to i runes
}

func newDistances(w []rune, most int) *distances {
	t := &distances{w: w, most: most}
	first := make([]int, len(w)+1)
	for j := range first {
		first[j] = j
	}
	t.rows, t.low, t.best = [][]int{first}, []int{0}, []int{most + 1}
	return t
}

// next goes to the next word, in bytes, and gives its edits, more than most
// when it is too far away. hopeless is the length in bytes of a beginning that
// no word with an acceptable distance has; 0 when nothing is known of one.
func (t *distances) next(word []byte) (edits, hopeless int) {
	i, at := 0, 0
	for i < len(t.word) && at < len(word) {
		r, size := utf8.DecodeRune(word[at:])
		if r != t.word[i] {
			break
		}
		i, at = i+1, at+size
	}
	t.word, t.ends = t.word[:i], t.ends[:i]
	t.rows, t.low, t.best = t.rows[:i+1], t.low[:i+1], t.best[:i+1]
	for at < len(word) {
		r, size := utf8.DecodeRune(word[at:])
		at += size
		t.push(r, at)
		n := len(t.word)
		if t.low[n] > t.most && t.low[n-1] >= t.most && t.best[n] > t.most {
			return t.most + 1, t.ends[n-1]
		}
	}
	n := len(t.word)
	return min(t.best[n], t.rows[n][len(t.w)]), 0
}

// push adds a rune, whose last byte is number end, to the word.
func (t *distances) push(r rune, end int) {
	t.word, t.ends = append(t.word, r), append(t.ends, end)
	n := len(t.word)
	above := t.rows[n-1]
	if cap(t.rows) > n { // a row of an earlier word may be used again
		t.rows = t.rows[:n+1]
	} else {
		t.rows = append(t.rows, nil)
	}
	if len(t.rows[n]) == 0 {
		t.rows[n] = make([]int, len(t.w)+1)
	}
	row := t.rows[n]
	row[0] = n
	low := n
	for j := 1; j <= len(t.w); j++ {
		cost := 1
		if t.w[j-1] == r {
			cost = 0
		}
		v := min(above[j-1]+cost, above[j]+1, row[j-1]+1)
		if n > 1 && j > 1 && t.w[j-1] == t.word[n-2] && t.w[j-2] == r {
			v = min(v, t.rows[n-2][j-2]+1)
		}
		row[j] = v
		low = min(low, v)
	}
	best := t.best[n-1]
	if n >= len(t.w) {
		best = min(best, row[len(t.w)])
	}
	t.low, t.best = append(t.low, low), append(t.best, best)
}
