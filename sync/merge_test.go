package sync

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestMergeRules goes through the table of the package comment.
func TestMergeRules(t *testing.T) {
	tests := []struct{ rule, base, wished, theirs, want string }{
		{"nothing", "abc", "abc", "abc", "abc"},
		{"added here, in the middle", "abc", "axbc", "abc", "axbc"},
		{"added there", "abc", "abc", "abxc", "abxc"},
		{"added here and there", "abc", "abcx", "yabc", "yabcx"},
		{"added the same", "ab", "abx", "abx", "abx"},
		{"added the same, here twice", "ab", "abxx", "abx", "abxx"},
		{"a copy added", "ab", "aab", "ab", "aab"},
		{"removed here", "abc", "ac", "abc", "ac"},
		{"removed there", "abc", "abc", "ab", "ab"},
		{"removed here, moved there", "abc", "bc", "cba", "cb"},
		{"removed here, added there", "abc", "ab", "abcx", "abx"},
		{"the first of two copies removed", "aba", "ba", "aba", "ba"},
		{"moved here", "abc", "cab", "abc", "cab"},
		{"moved there", "abc", "abc", "bca", "bca"},
		{"moved there, added here", "abc", "abcx", "cba", "cxba"},
		{"moved here, added there", "abc", "cba", "abcx", "cxba"},
		{"moved in both", "abcd", "dabc", "bacd", "dabc"},
		{"emptied here, added there", "abc", "", "abcx", "x"},
		{"made here, filled there", "", "ab", "cd", "abcd"},
		{"sent, answer lost", "abc", "cabx", "cabx", "cabx"},
	}
	for _, tt := range tests {
		got := strings.Join(merge(strings.Split(tt.base, ""), strings.Split(tt.wished, ""), strings.Split(tt.theirs, "")), "")
		if got != tt.want {
			t.Errorf("%s: %q → %q with %q there gives %q, want %q", tt.rule, tt.base, tt.wished, tt.theirs, got, tt.want)
		}
	}
}

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

// TestTwoDevices lets two devices edit one playlist, and send in either order:
// both end with what the co-op has, and no addition is lost.
func TestTwoDevices(t *testing.T) {
	edit := func(t *rapid.T, list []string, mine string) []string {
		out := slices.Clone(list)
		for range rapid.IntRange(0, 4).Draw(t, "edits") {
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				out = slices.Insert(out, rapid.IntRange(0, len(out)).Draw(t, "at"), mine)
			case 1:
				if len(out) > 0 {
					i := rapid.IntRange(0, len(out)-1).Draw(t, "which")
					out = slices.Delete(out, i, i+1)
				}
			default:
				if len(out) > 0 {
					i := rapid.IntRange(0, len(out)-1).Draw(t, "which")
					v := out[i]
					out = slices.Insert(slices.Delete(out, i, i+1), 0, v)
				}
			}
		}
		return out
	}
	rapid.Check(t, func(t *rapid.T) {
		base := []string{"a", "b", "c", "d"}
		one, two := edit(t, base, "x"), edit(t, base, "y")
		for _, order := range [][2][]string{{one, two}, {two, one}} {
			server := merge(base, order[0], base)
			server = merge(base, order[1], server)
			n := counts(server)
			if n["x"] != counts(one)["x"] || n["y"] != counts(two)["y"] {
				t.Fatalf("%v and %v give %v: an addition is lost", one, two, server)
			}
			for _, id := range base {
				if gone := !slices.Contains(one, id) || !slices.Contains(two, id); gone != !slices.Contains(server, id) {
					t.Fatalf("%v and %v give %v: %s", one, two, server, id)
				}
			}
		}
	})
}
