package sync

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func counts(list []string) map[string]int {
	n := map[string]int{}
	for _, t := range list {
		n[t]++
	}
	return n
}

// TestMergeLosesNoAddition checks the counts of every track, and that sending
// again changes nothing.
func TestMergeLosesNoAddition(t *testing.T) {
	list := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 0, 8)
	rapid.Check(t, func(t *rapid.T) {
		base, wished, theirs := list.Draw(t, "base"), list.Draw(t, "wished"), list.Draw(t, "theirs")
		got := merge(base, wished, theirs)
		b, w, s, n := counts(base), counts(wished), counts(theirs), counts(got)
		for _, id := range []string{"a", "b", "c", "d"} {
			removed := max(b[id]-w[id], b[id]-s[id], 0)
			added := max(w[id]-b[id], s[id]-b[id], 0)
			if n[id] != b[id]-removed+added {
				t.Fatalf("%v → %v with %v gives %v: %s is there %d times", base, wished, theirs, got, id, n[id])
			}
		}
		// After a lost answer the edit is theirs → got; it had arrived, or not.
		for _, there := range [][]string{theirs, got} {
			if again := merge(theirs, got, there); !slices.Equal(again, got) {
				t.Fatalf("sent again with %v there: %v, was %v", there, again, got)
			}
		}
		if same := merge(base, base, theirs); !slices.Equal(same, theirs) {
			t.Fatalf("without an edit here: %v, there %v", same, theirs)
		}
		if same := merge(base, wished, base); !slices.Equal(same, wished) {
			t.Fatalf("without an edit there: %v, wished %v", same, wished)
		}
	})
}
