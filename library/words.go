package library

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"iter"
	"math"
	"math/bits"
	"slices"
)

// kind is one of the things that can be searched for. Each has an index of its
// own, and a bucket of its name with records that begin with a name.
type kind string

const (
	kindTrack    kind = "tracks"
	kindRelease  kind = "releases"
	kindArtist   kind = "artists"
	kindPlaylist kind = "playlists"
	kindTag      kind = "tags"
)

var kinds = []kind{kindTrack, kindRelease, kindArtist, kindPlaylist, kindTag}

func (k kind) words() string   { return "words." + string(k) }
func (k kind) docs() string    { return "docs." + string(k) }
func (k kind) numbers() string { return "numbers." + string(k) }

// A word is found in the name of a thing, in that of who made it, or in what
// else surrounds it: a track's release, a release's tags. Where is the first
// byte of a key in the word index.
const (
	inName  = 'n'
	inMaker = 'c'
	inRest  = 'd'
)

type wordKey struct {
	kind kind
	word string // field, then token
}

// postingEdit gathers, over one transaction, which documents a word gains and
// loses, so that each list is written once.
type postingEdit struct{ docs map[uint64]bool }

// document is what the index remembers of one thing, in order to forget it. Of
// tracks, which are many, it is made of their records.
type document struct {
	Number uint64   `cbor:"1,keyasint"`
	Words  []string `cbor:"2,keyasint"`
}

// indexed are the words, each after its field, of a thing with a name, of its
// maker's name and of the rest; in order, each once.
func indexed(name, maker string, rest ...string) (words []string) {
	add := func(field byte, text string) {
		for _, t := range tokens(text) {
			words = append(words, string(rune(field))+t)
		}
	}
	add(inName, name)
	add(inMaker, maker)
	for _, text := range rest {
		add(inRest, text)
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// index puts a thing, which is no track, into the search index under words, in
// place of what it was indexed under before.
func (tx *txn) index(k kind, id string, words []string) error {
	var doc document
	known, err := get(tx.bucket(k.numbers()), []byte(id), &doc)
	if err != nil {
		return err
	}
	if known && slices.Equal(doc.Words, words) {
		return nil
	}
	if !known {
		if doc.Number, err = tx.newDocument(k, id); err != nil {
			return err
		}
	}
	tx.editWords(k, doc.Number, doc.Words, false)
	tx.editWords(k, doc.Number, words, true)
	doc.Words = words
	_, err = put(tx.bucket(k.numbers()), []byte(id), doc)
	return err
}

// newDocument gives a thing the next number.
func (tx *txn) newDocument(k kind, id string) (uint64, error) {
	b := tx.bucket(k.docs())
	b.FillPercent = 1 // numbers only grow: no page is ever added to in its middle
	n, err := b.NextSequence()
	if err != nil {
		return 0, err
	}
	return n, b.Put(be64(n), []byte(id))
}

// unindex takes a thing, which is no track, out of the search index.
func (tx *txn) unindex(k kind, id string) error {
	var doc document
	known, err := get(tx.bucket(k.numbers()), []byte(id), &doc)
	if err != nil || !known {
		return err
	}
	tx.editWords(k, doc.Number, doc.Words, false)
	if err := tx.bucket(k.docs()).Delete(be64(doc.Number)); err != nil {
		return err
	}
	return tx.bucket(k.numbers()).Delete([]byte(id))
}

func (tx *txn) editWords(k kind, doc uint64, words []string, add bool) {
	for _, w := range words {
		key := wordKey{k, w}
		e := tx.words[key]
		if e == nil {
			e = &postingEdit{docs: map[uint64]bool{}}
			tx.words[key] = e
		}
		e.docs[doc] = add
	}
}

// flushWords writes the edited posting lists. Keys are written in order,
// which is what a B+tree likes best.
func (tx *txn) flushWords() error {
	keys := make([]wordKey, 0, len(tx.words))
	for k := range tx.words {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b wordKey) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.word, b.word))
	})
	for _, key := range keys {
		b := tx.bucket(key.kind.words())
		list, err := decodePostings(b.Get([]byte(key.word)), nil)
		if err != nil {
			return err
		}
		list = tx.words[key].apply(list)
		if len(list) == 0 {
			err = b.Delete([]byte(key.word))
		} else {
			err = b.Put([]byte(key.word), encodePostings(list))
		}
		if err != nil {
			return err
		}
	}
	tx.words = map[wordKey]*postingEdit{}
	return nil
}

// apply is the sorted list after the edits.
func (e *postingEdit) apply(list []uint64) []uint64 {
	out := make([]uint64, 0, len(list)+len(e.docs))
	for _, n := range list {
		if _, edited := e.docs[n]; !edited {
			out = append(out, n)
		}
	}
	for n, add := range e.docs {
		if add {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

// encodePostings writes a sorted list as varints of the differences.
func encodePostings(list []uint64) []byte {
	raw := make([]byte, 0, 2*len(list))
	before := uint64(0)
	for _, n := range list {
		raw = binary.AppendUvarint(raw, n-before)
		before = n
	}
	return raw
}

// maxDocument bounds document numbers, and with them the size of a set: a
// damaged list must not ask for all the memory there is.
const maxDocument = 1 << 26

// decodePostings appends the list to out.
func decodePostings(raw []byte, out []uint64) ([]uint64, error) {
	before := uint64(0)
	for len(raw) > 0 {
		d, n := binary.Uvarint(raw)
		if n <= 0 || d == 0 || d > maxDocument || before+d > maxDocument {
			return nil, fmt.Errorf("%w: a posting list", ErrDamaged)
		}
		before += d
		out = append(out, before)
		raw = raw[n:]
	}
	return out, nil
}

// set is a set of document numbers, one bit each.
type set []uint64

func newSet(largest uint64) set { return make(set, largest/64+1) }

// add ignores numbers beyond the set's size: documents younger than it.
func (s set) add(n uint64) {
	if i := n / 64; i < uint64(len(s)) {
		s[i] |= 1 << (n % 64)
	}
}

// addPostings adds a list as decodePostings reads it.
func (s set) addPostings(raw []byte) error {
	before := uint64(0)
	for len(raw) > 0 {
		d, n := uint64(raw[0]), 1
		if d >= 0x80 {
			d, n = binary.Uvarint(raw)
		}
		if n <= 0 || d == 0 || d > maxDocument || before+d > maxDocument {
			return fmt.Errorf("%w: a posting list", ErrDamaged)
		}
		before += d
		s.add(before)
		raw = raw[n:]
	}
	return nil
}

func (s set) intersect(o set) {
	for i := range s {
		s[i] &= o[i]
	}
}

func (s set) unite(o set) {
	for i := range s {
		s[i] |= o[i]
	}
}

func (s set) subtract(o set) {
	for i := range s {
		s[i] &^= o[i]
	}
}

func (s set) invert() {
	for i := range s {
		s[i] = ^s[i]
	}
}

// flip takes a number out that is in the set, and puts one in that is not. It
// ignores what add ignores.
func (s set) flip(n uint64) {
	if i := n / 64; i < uint64(len(s)) {
		s[i] ^= 1 << (n % 64)
	}
}

func (s set) has(n uint64) bool { return n/64 < uint64(len(s)) && s[n/64]>>(n%64)&1 != 0 }

func (s set) count() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// members are the numbers in the set, the smallest first, or last.
func (s set) members(backwards bool) iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		for i := range s {
			if backwards {
				i = len(s) - 1 - i
			}
			for w := s[i]; w != 0; {
				n := bits.TrailingZeros64(w)
				if backwards {
					n = 63 - bits.LeadingZeros64(w)
				}
				if !yield(uint64(i*64 + n)) {
					return
				}
				w &^= 1 << n
			}
		}
	}
}

// among are the members in the order of a sequence that has them.
func (s set) among(numbers iter.Seq[uint64]) iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		for n := range numbers {
			if s.has(n) && !yield(n) {
				return
			}
		}
	}
}

// fill puts every number in that the set has room for.
func (s set) fill() {
	for i := range s {
		s[i] = math.MaxUint64
	}
}

// first are the n smallest members.
func (s set) first(n int) []uint64 {
	var out []uint64
	if n <= 0 {
		return out
	}
	for m := range s.members(false) {
		if out = append(out, m); len(out) == n {
			break
		}
	}
	return out
}
