package library

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"slices"
)

// SmartList is a list that is made by a rule. It is kept on this machine only,
// and stays when somebody signs out.
type SmartList struct {
	ID    string
	Title string
	Rule  Rule
}

const (
	maxSmartLists = 500
	maxSmartTitle = 300 // bytes
)

// ErrTooMany is returned when there are as many smart lists as there may be.
var ErrTooMany = fmt.Errorf("there are %d smart lists already", maxSmartLists)

// smartRecord is a smart list; the rule is kept as bytes, so that one of a
// later version survives.
type smartRecord struct {
	Title   string `cbor:"1,keyasint"`
	Version int    `cbor:"2,keyasint"`
	Rule    []byte `cbor:"3,keyasint"`
}

func (r smartRecord) list(id string) (SmartList, error) {
	s := SmartList{ID: id, Title: r.Title}
	if r.Version > ruleVersion {
		return s, fmt.Errorf("the rule of %q: %w", r.Title, ErrNewer)
	}
	if err := decode(r.Rule, &s.Rule); err != nil {
		return s, err
	}
	return s, s.Rule.Check()
}

// SmartLists are all smart lists by title, without their rules.
func (l *Library) SmartLists() (out []SmartList, err error) {
	err = l.view("listing smart lists", func(tx *txn) error {
		return scan(tx.bucket(bSmart), nil, func(k, v []byte) (bool, error) {
			var r smartRecord
			err := decode(v, &r)
			out = append(out, SmartList{ID: string(k), Title: r.Title})
			return true, err
		})
	})
	slices.SortFunc(out, func(a, b SmartList) int {
		return cmp.Or(cmp.Compare(sortable(a.Title), sortable(b.Title)), cmp.Compare(a.ID, b.ID))
	})
	return out, err
}

// SmartList is one smart list with its rule. ErrNotFound, and ErrNewer when
// the rule was written by a newer Ninth.
func (l *Library) SmartList(id string) (s SmartList, err error) {
	err = l.view("reading a smart list", func(tx *txn) error {
		var r smartRecord
		ok, err := get(tx.bucket(bSmart), []byte(id), &r)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("smart list %.40q: %w", id, ErrNotFound)
		}
		s, err = r.list(id)
		return err
	})
	return s, err
}

// SaveSmartList stores a smart list, as a new one when its ID is empty, and
// returns it with its ID. ErrRule, ErrTooMany, or ErrNotFound for an ID that
// there is not.
func (l *Library) SaveSmartList(s SmartList) (SmartList, error) {
	if err := s.Rule.Check(); err != nil {
		return s, fmt.Errorf("library: storing a smart list: %w", err)
	}
	if len(s.Title) > maxSmartTitle {
		return s, fmt.Errorf("library: storing a smart list: %w: a title of %d bytes", ErrRule, len(s.Title))
	}
	err := l.update("storing a smart list", func(tx *txn) error {
		b := tx.bucket(bSmart)
		if s.ID == "" {
			keys, err := allKeys(b)
			if err != nil {
				return err
			}
			if len(keys) >= maxSmartLists {
				return ErrTooMany
			}
			s.ID = rand.Text()
		} else if b.Get([]byte(s.ID)) == nil {
			return fmt.Errorf("smart list %.40q: %w", s.ID, ErrNotFound)
		}
		rule, err := encoding.Marshal(s.Rule)
		if err != nil {
			return err
		}
		changed, err := put(b, []byte(s.ID), smartRecord{Title: s.Title, Version: ruleVersion, Rule: rule})
		if changed {
			tx.change |= Smart
		}
		return err
	})
	return s, err
}

// DeleteSmartList forgets a smart list; its tracks stay where they are. One
// that is gone already is no error.
func (l *Library) DeleteSmartList(id string) error {
	return l.update("deleting a smart list", func(tx *txn) error {
		tx.change |= Smart
		return tx.bucket(bSmart).Delete([]byte(id))
	})
}

// NeverPlayed is the rule of the tracks that were never heard, here or
// anywhere the co-op knows of, those that came into the library last first.
func NeverPlayed() Rule {
	return Rule{
		Match: Match{Parts: []Match{
			{Field: FieldHeard, Relation: AtMost}, {Field: FieldPlays, Relation: AtMost},
		}},
		Sort: SortAdded, Descending: true,
	}
}

// Matching is a window on the tracks of a rule.
//
// They are found anew each time, from what is kept of all tracks for that: in
// a catalogue of 100,000 tracks that takes a millisecond or two. What may take
// longer is a whole release title, or the beginning of one, of more than eight
// bytes: the titles that agree in these are read.
func (l *Library) Matching(rule Rule, offset, limit int) (p Page[Track], err error) {
	if err := rule.Check(); err != nil {
		return p, fmt.Errorf("library: reading a smart list: %w", err)
	}
	err = l.view("reading a smart list", func(tx *txn) error {
		if offset < 0 || limit < 0 {
			return fmt.Errorf("a window of %d from %d", limit, offset)
		}
		docs, total, err := tx.matching(rule, offset, limit)
		if err != nil {
			return err
		}
		p.Total = total
		p.Items, err = readAll(docs, tx.documented)
		return err
	})
	return p, err
}

// documented is the track with a document number.
func (tx *txn) documented(doc uint64) (Track, error) {
	return tx.listed(string(tx.bucket(kindTrack.docs()).Get(be64(doc))))
}
