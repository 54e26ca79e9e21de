package library

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"slices"
	"sync"
	"time"
)

// maxKept is how many rules' tracks are kept at once.
const maxKept = 8

// matches keeps the ids of the tracks of the rules read last, and how often
// each part of the library has changed. The zero value is ready.
type matches struct {
	mu      sync.Mutex
	changed map[Change]int // by the one bit: the transaction that changed the part last
	kept    []matched      // the one used last first
}

type matched struct {
	rule []byte
	ids  []string
	tx   int // the transaction that was read
	at   time.Time
}

// note remembers what transaction tx has changed.
func (m *matches) note(c Change, tx int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.changed == nil {
		m.changed = map[Change]int{}
	}
	for bit := Change(1); bit <= c && bit != 0; bit <<= 1 {
		if c&bit != 0 {
			m.changed[bit] = max(m.changed[bit], tx)
		}
	}
}

// get gives the ids of a rule's tracks as transaction tx sees them: those that
// are kept, or what find finds.
func (m *matches) get(rule Rule, tx int, now time.Time, find func(Rule) ([]string, error)) ([]string, error) {
	key, err := encoding.Marshal(rule)
	if err != nil {
		return nil, err
	}
	if ids, ok := m.look(rule, key, tx, now); ok {
		return ids, nil
	}
	ids, err := find(rule)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept = slices.DeleteFunc(m.kept, func(k matched) bool { return bytes.Equal(k.rule, key) })
	m.kept = slices.Insert(m.kept, 0, matched{key, ids, tx, now})
	m.kept = m.kept[:min(len(m.kept), maxKept)]
	return ids, nil
}

func (m *matches) look(rule Rule, key []byte, tx int, now time.Time) ([]string, bool) {
	parts, timed := rule.reads()
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.kept, func(k matched) bool { return bytes.Equal(k.rule, key) })
	if i < 0 {
		return nil, false
	}
	k := m.kept[i]
	if timed && (now.Sub(k.at) > keptFor || now.Before(k.at) || rule.Sort == Shuffled && day(now) != day(k.at)) {
		return nil, false
	}
	if tx < k.tx {
		return nil, false // an older look at the library
	}
	for bit, at := range m.changed {
		if parts&bit != 0 && at > k.tx {
			return nil, false
		}
	}
	m.kept = slices.Insert(slices.Delete(m.kept, i, i+1), 0, k)
	return k.ids, true
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// evaluate finds the tracks of a rule.
func (tx *txn) evaluate(rule Rule) ([]string, error) {
	type entry struct {
		key []byte
		doc uint64
	}
	var found []entry
	o := orderer{by: rule.Sort, descending: rule.Descending, folded: map[string]string{}}
	now := tx.l.now()
	err := tx.among(rule.Match, func(id []byte, doc uint64) error {
		c := candidate{tx: tx, id: string(id), now: now}
		ok, err := c.meets(rule.Match)
		if err != nil || !ok {
			return err
		}
		key, err := o.key(&c, doc)
		found = append(found, entry{key, doc})
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b entry) int { return cmp.Or(bytes.Compare(a.key, b.key), cmp.Compare(a.doc, b.doc)) })
	if rule.Limit > 0 && len(found) > rule.Limit {
		found = found[:rule.Limit]
	}
	ids := make([]string, len(found))
	docs := tx.bucket(kindTrack.docs())
	for i, e := range found {
		ids[i] = string(docs.Get(be64(e.doc)))
	}
	return ids, nil
}

// among calls fn once with each track of the catalogue that can meet m, and
// its document number. What the catalogue has is what can be searched for.
func (tx *txn) among(m Match, fn func(id []byte, doc uint64) error) error {
	ids, ok, err := tx.narrowed(m)
	if err != nil {
		return err
	}
	if !ok {
		return scan(tx.bucket(kindTrack.docs()), nil, func(k, id []byte) (bool, error) { return true, fn(id, number(k)) })
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		var doc struct {
			Number uint64 `cbor:"1,keyasint"` // of a document
		}
		known, err := get(tx.bucket(kindTrack.numbers()), []byte(id), &doc)
		if err != nil {
			return err
		}
		if !known {
			continue
		}
		if err := fn([]byte(id), doc.Number); err != nil {
			return err
		}
	}
	return nil
}

// narrowed gives the tracks that can meet m, and perhaps others, when an
// index can tell them.
func (tx *txn) narrowed(m Match) (ids []string, ok bool, err error) {
	if m.Field != "" {
		return tx.listedUnder(m)
	}
	if m.Any {
		for _, p := range m.Parts {
			some, ok, err := tx.narrowed(p)
			if err != nil || !ok {
				return nil, false, err
			}
			ids = append(ids, some...)
		}
		return ids, len(m.Parts) > 0, nil
	}
	for _, p := range m.Parts {
		some, narrows, err := tx.narrowed(p)
		if err != nil {
			return nil, false, err
		}
		if narrows && (!ok || len(some) < len(ids)) {
			ids, ok = some, true
		}
	}
	return ids, ok, nil
}

// listedUnder gives the tracks that can meet a condition, when an index can
// tell them.
func (tx *txn) listedUnder(m Match) (ids []string, ok bool, err error) {
	if !m.positive() {
		return nil, false, nil
	}
	switch m.Field {
	case FieldOwned:
		return tx.keysOf(bOwned, bPending, bPlays)
	case FieldOwnedSince:
		return tx.keysOf(bOwned)
	case FieldFavourite, FieldFavouriteSince:
		return tx.keysOf(bFavourites)
	case FieldHeard, FieldLastHeard:
		return tx.keysOf(bHeard)
	case FieldPlays:
		return tx.keysOf(bPlays, bPending)
	case FieldPlaylist:
		_, r, err := tx.playlistRecord(m.Text)
		if err != nil {
			return nil, true, ifFound(err) // a playlist that is gone has no tracks
		}
		return r.trackIDs(), true, nil
	case FieldTag:
		return tx.tracksTagged(m.Text)
	case FieldTitle, FieldArtist, FieldRelease:
		return tx.worded(m)
	}
	return nil, false, nil
}

// positive tells whether a condition asks for something, rather than for its
// absence: only then does an index have all tracks that meet it.
func (m Match) positive() bool {
	switch m.Relation {
	case AtLeast, Is:
		return m.Field.kind() != numberValue || m.Number > 0
	case Within, Contains, Begins:
		return true
	}
	return false
}

func (tx *txn) keysOf(buckets ...string) (ids []string, ok bool, err error) {
	for _, b := range buckets {
		keys, err := allKeys(tx.bucket(b))
		if err != nil {
			return nil, false, err
		}
		ids = append(ids, keys...)
	}
	return ids, true, nil
}

func (tx *txn) tracksTagged(tag string) (ids []string, ok bool, err error) {
	err = scan(tx.bucket(string(releasesTagged)), joined(tagged(tag), ""), func(_, id []byte) (bool, error) {
		r, err := tx.releaseRecord(string(id))
		ids = append(ids, r.Tracks...)
		return true, err
	})
	return ids, true, err
}

// worded gives the tracks that have the words of a condition somewhere, by the
// search index.
func (tx *txn) worded(m Match) (ids []string, ok bool, err error) {
	words := queryTokens(m.Text)
	if len(words) == 0 {
		return nil, false, nil
	}
	field := byte(inContext)
	if m.Field == FieldTitle {
		field = inName
	}
	docs := tx.bucket(kindTrack.docs())
	var all set
	for _, w := range words {
		s := newSet(docs.Sequence())
		if err := tx.collect(kindTrack, field, w, nil, s); err != nil {
			return nil, false, err
		}
		if all == nil {
			all = s
		} else {
			all.intersect(s)
		}
	}
	for _, n := range all.first(int(docs.Sequence())) {
		if id := docs.Get(be64(n)); id != nil {
			ids = append(ids, string(id))
		}
	}
	return ids, true, nil
}

// orderer makes keys that sort as an order does. Names are folded once each.
type orderer struct {
	by         Sort
	descending bool
	folded     map[string]string
}

func (o *orderer) fold(name string) string {
	f, ok := o.folded[name]
	if !ok {
		f = sortable(name)
		o.folded[name] = f
	}
	return f
}

func (o *orderer) key(c *candidate, doc uint64) (key []byte, err error) {
	switch o.by {
	case SortAdded:
		key = be64(doc)
	case SortArtist:
		r, err := c.record()
		if err != nil {
			return nil, err
		}
		key = joined(o.fold(r.Artist), o.fold(r.Release), "")
		key = binary.BigEndian.AppendUint32(key, uint32(max(r.Number, 0)))
	case SortTitle:
		r, err := c.record()
		if err != nil {
			return nil, err
		}
		key = append([]byte(sortable(r.Title)), 0)
	case Shuffled:
		h := fnv.New64a()
		_, _ = h.Write([]byte(day(c.now) + c.id)) // never fails
		return h.Sum(nil), nil
	default:
		n, err := c.number(Field(o.by)) // orders are called as the fields they go by
		if err != nil {
			return nil, err
		}
		key = ordered(n)
	}
	if o.descending {
		for i := range key {
			key[i] = ^key[i]
		}
	}
	return key, nil
}
