package player

import (
	"errors"
	"math/rand/v2"
	"slices"
)

// EntryID names an entry within its queue. Ids begin at 1 and are never used
// twice, so two copies of one track stay apart; 0 is no entry.
type EntryID uint64

// Entry is one place in a queue.
type Entry struct {
	ID EntryID
	// Key names the track for Config.Resolve, for example "track:<uuid>" or
	// "file:<path>". The player does not look into it.
	Key string
}

// Repeat is what follows by itself.
type Repeat int

const (
	RepeatOff   Repeat = iota // the queue plays once
	RepeatQueue               // its first entry follows its last
	RepeatEntry               // an entry follows itself
)

// Queue is what plays, in which order. It is a plain value: its fields are
// exported to be stored, and its methods return a changed copy and leave the
// receiver, and what it shares with other copies, as they were. The zero Queue
// is empty.
type Queue struct {
	Entries []Entry // in the order in which they were put together
	// Order is the play order while shuffled, a permutation of the ids; nil
	// while the entries play in their own order.
	Order   []EntryID
	Repeat  Repeat
	LastID  EntryID // the greatest id ever given
	Version uint64  // grows with every change
}

// Check reports what is wrong with a queue that was stored.
func (q Queue) Check() error {
	seen := make(map[EntryID]bool, len(q.Entries))
	for _, e := range q.Entries {
		if e.ID == 0 || e.ID > q.LastID || seen[e.ID] {
			return errors.New("player: the queue's ids are not unique")
		}
		seen[e.ID] = true
	}
	if q.Order == nil {
		return nil
	}
	for _, id := range q.Order {
		if !seen[id] {
			return errors.New("player: the queue's play order is not one of its entries")
		}
		delete(seen, id)
	}
	if len(seen) > 0 {
		return errors.New("player: the queue's play order leaves entries out")
	}
	return nil
}

// Len is the number of entries.
func (q Queue) Len() int { return len(q.Entries) }

// Shuffled reports whether the play order differs from that of the entries.
func (q Queue) Shuffled() bool { return q.Order != nil }

// Get returns the entry with this id.
func (q Queue) Get(id EntryID) (Entry, bool) {
	if i := q.index(id); i >= 0 {
		return q.Entries[i], true
	}
	return Entry{}, false
}

func (q Queue) index(id EntryID) int {
	return slices.IndexFunc(q.Entries, func(e Entry) bool { return e.ID == id })
}

// InOrder returns the entries as they play. The slice is the caller's.
func (q Queue) InOrder() []Entry {
	if q.Order == nil {
		return slices.Clone(q.Entries)
	}
	byID := make(map[EntryID]Entry, len(q.Entries))
	for _, e := range q.Entries {
		byID[e.ID] = e
	}
	out := make([]Entry, len(q.Order))
	for i, id := range q.Order {
		out[i] = byID[id]
	}
	return out
}

// First returns the entry that plays first.
func (q Queue) First() (Entry, bool) { return q.at(0) }

// place is where id plays, or -1.
func (q Queue) place(id EntryID) int {
	if q.Order == nil {
		return q.index(id)
	}
	return slices.Index(q.Order, id)
}

// at returns the entry that plays at a place.
func (q Queue) at(place int) (Entry, bool) {
	switch {
	case place < 0 || place >= len(q.Entries):
		return Entry{}, false
	case q.Order == nil:
		return q.Entries[place], true
	}
	return q.Get(q.Order[place])
}

// Next returns what a person means by "next": the entry after id, or the
// first after the last under RepeatQueue.
func (q Queue) Next(id EntryID) (Entry, bool) { return q.step(id, +1) }

// Previous returns the entry before id, or the last before the first under
// RepeatQueue.
func (q Queue) Previous(id EntryID) (Entry, bool) { return q.step(id, -1) }

func (q Queue) step(id EntryID, by int) (Entry, bool) {
	place := q.place(id)
	if place < 0 {
		return Entry{}, false
	}
	place += by
	if q.Repeat == RepeatQueue {
		place = (place + len(q.Entries)) % len(q.Entries)
	}
	return q.at(place)
}

// neighbours is what is played before and after an entry; the zero Entry where
// there is nothing.
type neighbours struct{ before, after Entry }

func (q Queue) beside(id EntryID) (n neighbours) {
	n.before, _ = q.Previous(id)
	n.after, _ = q.Next(id)
	return n
}

// Following returns what follows id by itself. It is Next, except that under
// RepeatEntry it is the entry itself.
func (q Queue) Following(id EntryID) (Entry, bool) {
	if q.Repeat == RepeatEntry {
		return q.Get(id)
	}
	return q.Next(id)
}

// Upcoming returns the entries that play after id, up to the last. The slice
// is the caller's.
func (q Queue) Upcoming(id EntryID) []Entry {
	place := q.place(id)
	if place < 0 {
		return nil
	}
	return q.InOrder()[place+1:]
}

// Append adds new entries at the end, of the play order too.
func (q Queue) Append(keys ...string) Queue { return q.insert(len(q.Entries), len(q.Entries), keys) }

// InsertAfter adds new entries that play right after id, or first if there is
// no such entry.
func (q Queue) InsertAfter(id EntryID, keys ...string) Queue {
	return q.insert(q.index(id)+1, q.place(id)+1, keys)
}

func (q Queue) insert(index, place int, keys []string) Queue {
	if len(keys) == 0 {
		return q
	}
	added := make([]Entry, len(keys))
	ids := make([]EntryID, len(keys))
	for i, key := range keys {
		q.LastID++
		added[i], ids[i] = Entry{q.LastID, key}, q.LastID
	}
	q.Entries = slices.Insert(slices.Clone(q.Entries), index, added...)
	if q.Order != nil {
		q.Order = slices.Insert(slices.Clone(q.Order), place, ids...)
	}
	q.Version++
	return q
}

// Remove takes entries out; ids that are not there are passed over.
func (q Queue) Remove(ids ...EntryID) Queue {
	return q.keep(func(id EntryID) bool { return !slices.Contains(ids, id) })
}

// KeepOnly takes out all entries but one.
func (q Queue) KeepOnly(id EntryID) Queue {
	return q.keep(func(other EntryID) bool { return other == id })
}

// Clear takes all entries out.
func (q Queue) Clear() Queue { return q.keep(func(EntryID) bool { return false }) }

func (q Queue) keep(ok func(EntryID) bool) Queue {
	before := len(q.Entries)
	q.Entries = slices.DeleteFunc(slices.Clone(q.Entries), func(e Entry) bool { return !ok(e.ID) })
	if len(q.Entries) == before {
		return q
	}
	if q.Order != nil {
		q.Order = slices.DeleteFunc(slices.Clone(q.Order), func(id EntryID) bool { return !ok(id) })
	}
	q.Version++
	return q
}

// Move makes an entry play right before another one, or last if there is no
// such entry. While shuffled only the play order changes.
func (q Queue) Move(id, before EntryID) Queue {
	from := q.place(id)
	if from < 0 || id == before {
		return q
	}
	if q.Order != nil {
		q.Order = moved(q.Order, from, q.place(before))
	} else {
		q.Entries = moved(q.Entries, from, q.place(before))
	}
	q.Version++
	return q
}

// moved returns s with the element at from put before the one at to, or last
// if to is negative.
func moved[E any](s []E, from, to int) []E {
	e := s[from]
	out := slices.Delete(slices.Clone(s), from, from+1)
	switch {
	case to < 0:
		to = len(out)
	case to > from:
		to--
	}
	return slices.Insert(out, to, e)
}

// Shuffle puts the play order in a random one that begins with first, the
// entry that is playing, if there is such an entry.
func (q Queue) Shuffle(rnd *rand.Rand, first EntryID) Queue {
	q.Order = make([]EntryID, len(q.Entries))
	for i, e := range q.Entries {
		q.Order[i] = e.ID
	}
	rnd.Shuffle(len(q.Order), func(i, j int) { q.Order[i], q.Order[j] = q.Order[j], q.Order[i] })
	if i := slices.Index(q.Order, first); i > 0 {
		q.Order[0], q.Order[i] = q.Order[i], q.Order[0]
	}
	q.Version++
	return q
}

// Unshuffle goes back to the entries' own order.
func (q Queue) Unshuffle() Queue {
	if q.Order != nil {
		q.Order = nil
		q.Version++
	}
	return q
}

// WithRepeat changes what follows by itself.
func (q Queue) WithRepeat(r Repeat) Queue {
	if q.Repeat != r {
		q.Repeat = r
		q.Version++
	}
	return q
}
