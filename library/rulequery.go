package library

import (
	"math"
	"slices"
	"strings"
	"time"
)

// ruleQuery finds the tracks of a rule. Tracks are documents of the search
// index, and what meets a condition is a set of them: most conditions are held
// against a column, others look into an index.
type ruleQuery struct {
	tx  *txn
	now time.Time
	all set // the tracks of the catalogue
}

func (tx *txn) newRuleQuery() (*ruleQuery, error) {
	all, err := tx.where(columnFlags, func(v int64) bool { return v&flagListed != 0 })
	return &ruleQuery{tx, tx.l.now(), all}, err
}

// meets is the set of the tracks that meet a match.
func (q *ruleQuery) meets(m Match) (set, error) {
	if m.Field != "" {
		s, err := q.has(m)
		if err == nil {
			s.intersect(q.all)
		}
		return s, err
	}
	if len(m.Parts) == 0 {
		return slices.Clone(q.all), nil
	}
	var out set
	for _, p := range m.Parts {
		s, err := q.meets(p)
		switch {
		case err != nil:
			return nil, err
		case out == nil:
			out = s
		case m.Any:
			out.unite(s)
		default:
			out.intersect(s)
		}
	}
	return out, nil
}

// has is the set of what meets a condition; numbers that no track has may be
// in it.
func (q *ruleQuery) has(m Match) (s set, err error) {
	switch m.Field.kind() {
	case textValue:
		s, err = q.named(m)
	case nameValue:
		s, err = q.in(m)
	case flagValue:
		s, err = q.flagged(m.Field)
	default:
		return q.tx.where(columnOf(m.Field), q.comparison(m)) // whatever the relation
	}
	if err == nil && (m.Relation == IsNot || m.Relation == ContainsNot) {
		s.invert()
	}
	return s, err
}

// columnOf is the column of a field with numbers or times.
func columnOf(f Field) column {
	switch f {
	case FieldPlays:
		return columnPlays
	case FieldHeard:
		return columnHeard
	case FieldYear:
		return columnYear
	case FieldDuration:
		return columnDuration
	case FieldLastHeard:
		return columnLastHeard
	case FieldOwnedSince:
		return columnOwnedSince
	default:
		return columnFavouriteSince
	}
}

// comparison is a condition on a number.
func (q *ruleQuery) comparison(m Match) func(int64) bool {
	with := int64(m.Number)
	if m.Field.kind() == spanValue {
		with *= int64(time.Second) // at most 2³⁰ s, which fits
		if m.Relation == AtMost {
			with += int64(time.Second) - 1 // spans are compared in whole seconds
		}
	}
	switch m.Relation {
	case AtLeast:
		return func(n int64) bool { return n >= with }
	case AtMost:
		return func(n int64) bool { return n <= with }
	case Is:
		return func(n int64) bool { return n == with }
	case IsNot:
		return func(n int64) bool { return n != with }
	}
	since := int64(math.MinInt64)
	if first := q.now.AddDate(0, 0, -m.Number); first.After(time.Unix(0, math.MinInt64)) {
		since = first.UnixNano()
	}
	within := m.Relation == Within
	return func(n int64) bool { return (n != 0 && n >= since) == within }
}

func (q *ruleQuery) flagged(f Field) (set, error) {
	if f == FieldFollowed {
		followed := map[int64]struct{}{}
		keys, err := allKeys(q.tx.bucket(bFollowed))
		for _, id := range keys {
			followed[nameless(id)] = struct{}{}
		}
		return q.oneOf(columnArtist, followed, err)
	}
	bit := map[Field]int64{
		FieldOwned: flagOwned, FieldFavourite: flagFavourite, FieldLocal: flagLocal, FieldOnDisk: flagOnDisk, FieldOwn: flagOwn, FieldFree: flagFree,
	}[f]
	return q.tx.where(columnFlags, func(v int64) bool { return v&bit != 0 })
}

// oneOf is the set of the tracks whose number in a column is one of some.
func (q *ruleQuery) oneOf(c column, numbers map[int64]struct{}, err error) (set, error) {
	if err != nil || len(numbers) == 0 {
		return make(set, len(q.all)), err
	}
	return q.tx.where(c, func(n int64) bool {
		_, ok := numbers[n]
		return ok
	})
}

// in is the set of the tracks on a playlist, or on a release with a tag.
func (q *ruleQuery) in(m Match) (set, error) {
	if m.Field == FieldTag {
		releases := map[int64]struct{}{}
		err := scan(q.tx.bucket(string(releasesTagged)), joined(tagged(m.Text), ""), func(_, id []byte) (bool, error) {
			releases[nameless(string(id))] = struct{}{}
			return true, nil
		})
		return q.oneOf(columnRelease, releases, err)
	}
	s := make(set, len(q.all))
	_, list, err := q.tx.playlistRecord(m.Text)
	if err != nil {
		return s, ignoreMissing(err) // a playlist that is gone has no tracks
	}
	for _, id := range list.trackIDs() {
		n, err := q.tx.documentOf(id)
		if err != nil {
			return nil, err
		}
		s.add(n) // also 0, which is no track's
	}
	return s, nil
}

// named is the set of the tracks with a text in a field; whether the relation
// asks for its absence is not looked at.
func (q *ruleQuery) named(m Match) (set, error) {
	if m.Relation == Contains || m.Relation == ContainsNot {
		return q.worded(m)
	}
	text := sortable(m.Text)
	begin := []byte(text)
	if m.Relation != Begins {
		begin = joined(text, "") // whole
	}
	switch m.Field {
	case FieldTitle:
		return tracksByTitle.beginning(q.tx, begin)
	case FieldArtist:
		return tracksByArtist.beginning(q.tx, begin)
	}
	return q.released(string(begin))
}

// worded is the set of the tracks with the words of a text in a field.
func (q *ruleQuery) worded(m Match) (set, error) {
	field := map[Field]byte{FieldTitle: inName, FieldArtist: inMaker, FieldRelease: inRest}[m.Field]
	s := slices.Clone(q.all)
	for _, w := range queryTokens(m.Text) {
		having := make(set, len(q.all))
		if err := q.tx.collect(kindTrack, field, w, nil, having); err != nil {
			return nil, err
		}
		s.intersect(having)
	}
	return s, nil
}

// released is the set of the tracks on releases whose title, and a zero byte,
// begins so: those that agree in what the column has of it, of which the title
// itself is read when that is not enough.
func (q *ruleQuery) released(begin string) (set, error) {
	mask := int64(-1)
	if n := len(begin); n < 8 {
		mask <<= 64 - 8*n
	}
	want := beginning(begin)
	s, err := q.tx.where(columnReleaseName, func(v int64) bool { return v&mask == want })
	if err != nil || len(begin) <= 8 {
		return s, err
	}
	s.intersect(q.all)
	for doc := range s.members(false) {
		t, err := q.tx.recordOf(doc)
		if err != nil {
			return nil, err
		}
		if !strings.HasPrefix(sortable(t.Release)+"\x00", begin) {
			s.flip(doc)
		}
	}
	return s, nil
}

// recordOf is what the catalogue says of the track with a document number.
func (tx *txn) recordOf(doc uint64) (r trackRecord, err error) {
	_, err = get(tx.bucket(bTracks), tx.bucket(kindTrack.docs()).Get(be64(doc)), &r)
	return r, err
}
