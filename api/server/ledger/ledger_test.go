package ledger

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/ninth-coop/ninth/credits"
)

func TestSplitLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Any way from nothing to owned, by single plays and a purchase.
		var artist, coop credits.Milli
		for n := 0; n < credits.PlaysToOwn; {
			next := rapid.IntRange(n+1, credits.PlaysToOwn).Draw(t, "next")
			a, c := Split(n, next)
			if a < 0 || c < 0 || a+c != credits.Remaining(n)-credits.Remaining(next) {
				t.Fatalf("Split(%d, %d) = %d, %d", n, next, a, c)
			}
			artist, coop, n = artist+a, coop+c, next
		}
		if artist != 715 || coop != 307 {
			t.Fatalf("artist %d, co-op %d", artist, coop)
		}
	})
}

func TestFormat(t *testing.T) {
	for m, want := range map[credits.Milli]string{0: "0.0000", 1: "0.0010", 8466: "8.4660", 7444: "7.4440", -5: "-0.0050"} {
		if got := Format(m); got != want {
			t.Errorf("Format(%d) = %q, want %q", int64(m), got, want)
		}
	}
}
