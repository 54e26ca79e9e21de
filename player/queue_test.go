package player

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// order returns the keys as they play.
func order(q Queue) (keys []string) {
	for _, e := range q.InOrder() {
		keys = append(keys, e.Key)
	}
	return keys
}

func TestQueueEdits(t *testing.T) {
	abc := Queue{}.Append("a", "b", "c")
	tests := map[string]struct {
		got  Queue
		want []string
	}{
		"append":             {abc.Append("d", "d"), []string{"a", "b", "c", "d", "d"}},
		"insert after":       {abc.InsertAfter(1, "d", "e"), []string{"a", "d", "e", "b", "c"}},
		"insert first":       {abc.InsertAfter(0, "d"), []string{"d", "a", "b", "c"}},
		"remove":             {abc.Remove(1, 3, 9), []string{"b"}},
		"keep only":          {abc.KeepOnly(2), []string{"b"}},
		"clear":              {abc.Clear(), nil},
		"move up":            {abc.Move(3, 1), []string{"c", "a", "b"}},
		"move down":          {abc.Move(1, 3), []string{"b", "a", "c"}},
		"move last":          {abc.Move(1, 0), []string{"b", "c", "a"}},
		"move to its place":  {abc.Move(2, 2), []string{"a", "b", "c"}},
		"move what is not":   {abc.Move(9, 1), []string{"a", "b", "c"}},
		"shuffle and back":   {abc.Shuffle(seeded(1), 2).Unshuffle(), []string{"a", "b", "c"}},
		"ids are new":        {abc.Remove(3).Append("d"), []string{"a", "b", "d"}},
		"add while shuffled": {abc.Shuffle(seeded(1), 2).Append("d").Unshuffle(), []string{"a", "b", "c", "d"}},
	}
	for name, test := range tests {
		if got := order(test.got); !slices.Equal(got, test.want) {
			t.Errorf("%s gives %v, want %v", name, got, test.want)
		}
	}
	if q := abc.Remove(3).Append("d"); q.Entries[2].ID != 4 {
		t.Errorf("an id was used twice: %v", q.Entries)
	}
	if q := abc.Shuffle(seeded(1), 2).InsertAfter(2, "d"); order(q)[1] != "d" || order(q)[0] != "b" {
		t.Errorf("play next while shuffled gives %v", order(q))
	}
}

func TestQueueSteps(t *testing.T) {
	q := Queue{}.Append("a", "b", "c")
	id := func(e Entry, ok bool) EntryID {
		if !ok {
			return 0
		}
		return e.ID
	}
	for _, test := range []struct {
		name      string
		got, want EntryID
	}{
		{"next", id(q.Next(1)), 2},
		{"next of the last", id(q.Next(3)), 0},
		{"next of the last, repeating", id(q.WithRepeat(RepeatQueue).Next(3)), 1},
		{"next, repeating the entry", id(q.WithRepeat(RepeatEntry).Next(1)), 2},
		{"following, repeating the entry", id(q.WithRepeat(RepeatEntry).Following(1)), 1},
		{"following", id(q.Following(1)), 2},
		{"previous", id(q.Previous(2)), 1},
		{"previous of the first", id(q.Previous(1)), 0},
		{"previous of the first, repeating", id(q.WithRepeat(RepeatQueue).Previous(1)), 3},
		{"next of what is not", id(q.Next(9)), 0},
		{"next in an empty queue", id(Queue{Repeat: RepeatQueue}.Next(1)), 0},
		{"first", id(q.First()), 1},
		{"first of none", id(Queue{}.First()), 0},
	} {
		if test.got != test.want {
			t.Errorf("%s is %d, want %d", test.name, test.got, test.want)
		}
	}
	if up := q.Upcoming(1); len(up) != 2 || up[0].ID != 2 {
		t.Errorf("upcoming is %v", up)
	}
}

func TestQueueCheck(t *testing.T) {
	for name, q := range map[string]Queue{
		"no id":       {Entries: []Entry{{0, "a"}}},
		"unknown id":  {Entries: []Entry{{5, "a"}}, LastID: 4},
		"twice":       {Entries: []Entry{{1, "a"}, {1, "b"}}, LastID: 4},
		"order short": {Entries: []Entry{{1, "a"}, {2, "b"}}, Order: []EntryID{1}, LastID: 4},
		"order other": {Entries: []Entry{{1, "a"}}, Order: []EntryID{2}, LastID: 4},
		"order twice": {Entries: []Entry{{1, "a"}, {2, "b"}}, Order: []EntryID{1, 1}, LastID: 4},
	} {
		if q.Check() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// After any edits the queue is sound, its version has grown, and what it was
// made from is as it was.
func TestAnyQueueEdits(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var q Queue
		id := func() EntryID { return EntryID(rapid.Uint64Range(0, uint64(q.LastID)+1).Draw(rt, "id")) }
		rt.Repeat(map[string]func(*rapid.T){
			"append":    func(*rapid.T) { q = edited(rt, q, q.Append("x", "y")) },
			"insert":    func(*rapid.T) { q = edited(rt, q, q.InsertAfter(id(), "z")) },
			"remove":    func(*rapid.T) { q = edited(rt, q, q.Remove(id())) },
			"move":      func(*rapid.T) { q = edited(rt, q, q.Move(id(), id())) },
			"keep only": func(*rapid.T) { q = edited(rt, q, q.KeepOnly(id())) },
			"unshuffle": func(*rapid.T) { q = edited(rt, q, q.Unshuffle()) },
			"shuffle": func(*rapid.T) {
				first := id()
				q = edited(rt, q, q.Shuffle(seeded(rapid.Uint64().Draw(rt, "seed")), first))
				if e, ok := q.Get(first); ok && q.InOrder()[0] != e {
					rt.Fatalf("shuffled %v does not begin with %d", q.Order, first)
				}
			},
			"": func(*rapid.T) {
				for i, e := range q.InOrder() {
					if next, ok := q.Next(e.ID); ok {
						if back, ok := q.Previous(next.ID); !ok || back != e {
							rt.Fatalf("before what is after %v is %v", e, back)
						}
					} else if i != q.Len()-1 {
						rt.Fatalf("nothing follows %v at %d of %d", e, i, q.Len())
					}
				}
			},
		})
	})
}

// edited checks one step from before to after.
func edited(rt *rapid.T, before, after Queue) Queue {
	if err := after.Check(); err != nil {
		rt.Fatalf("%+v: %v", after, err)
	}
	if err := before.Check(); err != nil {
		rt.Fatalf("the old queue was changed: %v", err)
	}
	changed := !slices.Equal(before.Entries, after.Entries) || !slices.Equal(before.Order, after.Order)
	if changed && after.Version <= before.Version {
		rt.Fatalf("version %d became %d", before.Version, after.Version)
	}
	return after
}

func TestStates(t *testing.T) {
	for s := Stopped; s <= Failed; s++ {
		if !s.CanBecome(s) || s.String() == "" {
			t.Errorf("%v cannot stay as it is", s)
		}
	}
	if Stopped.CanBecome(Buffering) || State(42).CanBecome(Playing) || State(42).String() != "State(42)" {
		t.Error("there are arrows that the diagram does not have")
	}
}
