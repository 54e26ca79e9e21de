package library

import (
	"errors"
	"fmt"
)

// Rule says which tracks a smart list has, in which order, and how many.
//
// # Conditions
//
// A rule is a tree. A Match is either a condition, which compares a field of
// a track with a value, or a group of matches: all of them have to hold, or
// any. A group without parts holds for every track.
//
//	field                                                  relations                       value
//	title, artist, release                                 is, is not, contains,           Text
//	                                                       contains not, begins
//	tag (of a public release)                                   is, is not                      Text
//	playlist                                               is, is not                      Text: its id
//	plays (paid, 0…9), heard (times), year                 is, is not, at least, at most   Number
//	duration                                               at least, at most               Number: seconds
//	last heard, owned since, favourite since               within, not within              Number: days before now
//	owned, favourite, local, on disk, own, free, followed  is, is not                      none
//
// Texts are compared folded: case and marks do not matter. "contains" holds
// when each word of the text begins a word of the field, as in Search. What
// never happened is not within any number of days. "followed" is whether the
// track's artist is.
//
// # Order and number
//
// Sort orders the tracks, Descending turns that round; tracks that are equal
// go in the order in which they came into the library. Shuffled is an order by chance that
// stays the same until the day, in UTC, ends. Limit is how many tracks the
// list has at most, from the first of that order on; 0 is all.
//
// # Versions and limits
//
// The form above is version 1, the only one. A stored rule of a later version
// is kept and shown by name, and has ErrNewer in the place of its tracks. Rules
// have at most 64 conditions, in groups at most three deep, with texts of at
// most 300 bytes.
type Rule struct {
	Match      Match `cbor:"1,keyasint"`
	Sort       Sort  `cbor:"2,keyasint,omitempty"`
	Descending bool  `cbor:"3,keyasint,omitempty"`
	Limit      int   `cbor:"4,keyasint,omitempty"`
}

// Match is a condition, or, when Field is empty, a group.
type Match struct {
	Any   bool    `cbor:"1,keyasint,omitempty"` // group: one of Parts is enough; else all have to hold
	Parts []Match `cbor:"2,keyasint,omitempty"` // group

	Field    Field    `cbor:"3,keyasint,omitempty"`
	Relation Relation `cbor:"4,keyasint,omitempty"`
	Text     string   `cbor:"5,keyasint,omitempty"`
	Number   int      `cbor:"6,keyasint,omitempty"`
}

// Field is what a condition looks at.
type Field string

// The fields; see Rule.
const (
	FieldTitle          Field = "title"
	FieldArtist         Field = "artist"
	FieldRelease        Field = "release"
	FieldTag            Field = "tag"
	FieldPlaylist       Field = "playlist"
	FieldPlays          Field = "plays"
	FieldHeard          Field = "heard"
	FieldYear           Field = "year"
	FieldDuration       Field = "duration"
	FieldLastHeard      Field = "last-heard"
	FieldOwnedSince     Field = "owned-since"
	FieldFavouriteSince Field = "favourite-since"
	FieldOwned          Field = "owned"
	FieldFavourite      Field = "favourite"
	FieldLocal          Field = "local"
	FieldOnDisk         Field = "on-disk"
	FieldOwn            Field = "own"
	FieldFree           Field = "free"
	FieldFollowed       Field = "followed"
)

// Relation is how a condition compares.
type Relation string

// The relations; see Rule.
const (
	Is          Relation = "is"
	IsNot       Relation = "is-not"
	Contains    Relation = "contains"
	ContainsNot Relation = "contains-not"
	Begins      Relation = "begins"
	AtLeast     Relation = "at-least"
	AtMost      Relation = "at-most"
	Within      Relation = "within"
	NotWithin   Relation = "not-within"
)

// Sort is an order of tracks.
type Sort string

// The orders; see Rule.
const (
	SortArtist         Sort = ""      // artist, release, number
	SortAdded          Sort = "added" // in which they came into the library
	SortTitle          Sort = "title"
	SortYear           Sort = "year"
	SortDuration       Sort = "duration"
	SortPlays          Sort = "plays"
	SortHeard          Sort = "heard"
	SortLastHeard      Sort = "last-heard"
	SortOwnedSince     Sort = "owned-since"
	SortFavouriteSince Sort = "favourite-since"
	Shuffled           Sort = "shuffled"
)

// Limits of a rule.
const (
	ruleVersion   = 1
	maxConditions = 64
	maxDepth      = 3   // of groups; CBOR nests two levels for each, and maxNesting bounds these
	maxRuleText   = 300 // bytes
	maxRuleNumber = 1 << 30
)

// ErrRule is the error of a rule that makes no sense.
var ErrRule = errors.New("the rule makes no sense")

// valueKind is what sort of value a field is compared with.
type valueKind int

const (
	noField valueKind = iota
	textValue
	nameValue // a text that is compared as a whole only
	numberValue
	spanValue // a number that has no exact value worth asking for
	ageValue
	flagValue
)

// kind is noField for a field that there is not.
func (f Field) kind() valueKind {
	switch f {
	case FieldTitle, FieldArtist, FieldRelease:
		return textValue
	case FieldTag, FieldPlaylist:
		return nameValue
	case FieldPlays, FieldHeard, FieldYear:
		return numberValue
	case FieldDuration:
		return spanValue
	case FieldLastHeard, FieldOwnedSince, FieldFavouriteSince:
		return ageValue
	case FieldOwned, FieldFavourite, FieldLocal, FieldOnDisk, FieldOwn, FieldFree, FieldFollowed:
		return flagValue
	}
	return noField
}

// Fields are all fields, in the order in which they are best offered.
func Fields() []Field {
	return []Field{
		FieldTitle, FieldArtist, FieldRelease, FieldTag, FieldPlaylist, FieldPlays, FieldHeard, FieldYear, FieldDuration,
		FieldLastHeard, FieldOwnedSince, FieldFavouriteSince, FieldOwned, FieldFavourite, FieldLocal, FieldOnDisk,
		FieldOwn, FieldFree, FieldFollowed,
	}
}

// Sorts are all orders.
func Sorts() []Sort {
	return []Sort{
		SortArtist, SortAdded, SortTitle, SortYear, SortDuration, SortPlays, SortHeard, SortLastHeard, SortOwnedSince,
		SortFavouriteSince, Shuffled,
	}
}

// Relations are those that a field knows; none for a field that there is not.
func (f Field) Relations() []Relation {
	switch f.kind() {
	case textValue:
		return []Relation{Contains, ContainsNot, Is, IsNot, Begins}
	case nameValue, flagValue:
		return []Relation{Is, IsNot}
	case numberValue:
		return []Relation{AtLeast, AtMost, Is, IsNot}
	case spanValue:
		return []Relation{AtLeast, AtMost}
	case ageValue:
		return []Relation{Within, NotWithin}
	}
	return nil
}

// TakesText tells whether a field is compared with Match.Text.
func (f Field) TakesText() bool { return f.kind() == textValue || f.kind() == nameValue }

// TakesNumber tells whether a field is compared with Match.Number.
func (f Field) TakesNumber() bool {
	k := f.kind()
	return k == numberValue || k == spanValue || k == ageValue
}

// Check fails with ErrRule when the rule has a field, relation, order or value
// that there is not, or is beyond the limits.
func (r Rule) Check() error {
	left := maxConditions
	if err := r.Match.check(&left, 0); err != nil {
		return err
	}
	if r.Limit < 0 || r.Limit > maxRuleNumber {
		return fmt.Errorf("%w: a limit of %d", ErrRule, r.Limit)
	}
	for _, s := range Sorts() {
		if s == r.Sort {
			return nil
		}
	}
	return fmt.Errorf("%w: order %.40q", ErrRule, r.Sort)
}

func (m Match) check(left *int, depth int) error {
	if m.Field == "" {
		if m.Relation != "" || m.Text != "" || m.Number != 0 {
			return fmt.Errorf("%w: a group with a value", ErrRule)
		}
		if depth++; depth > maxDepth {
			return fmt.Errorf("%w: groups more than %d deep", ErrRule, maxDepth)
		}
		for _, p := range m.Parts {
			if err := p.check(left, depth); err != nil {
				return err
			}
		}
		return nil
	}
	if *left--; *left < 0 {
		return fmt.Errorf("%w: more than %d conditions", ErrRule, maxConditions)
	}
	if len(m.Parts) > 0 || m.Any {
		return fmt.Errorf("%w: a condition with parts", ErrRule)
	}
	if len(m.Text) > maxRuleText || m.Number < 0 || m.Number > maxRuleNumber ||
		m.Text != "" && !m.Field.TakesText() || m.Number != 0 && !m.Field.TakesNumber() {
		return fmt.Errorf("%w: the value of %.40q", ErrRule, m.Field)
	}
	for _, r := range m.Field.Relations() {
		if r == m.Relation {
			return nil
		}
	}
	return fmt.Errorf("%w: %.40q %.40q", ErrRule, m.Field, m.Relation)
}
