package credits

import (
	"math"
	"testing"
)

func TestCostAndRemaining(t *testing.T) {
	// The table of the tracks API: cost of the next play and the rest of the
	// price, for every number of paid plays.
	for plays, want := range []struct{ cost, remaining Milli }{
		{2, 1022}, {4, 1020}, {8, 1016}, {16, 1008}, {32, 992},
		{64, 960}, {128, 896}, {256, 768}, {512, 512}, {0, 0}, {0, 0},
	} {
		if got := Cost(plays); got != want.cost {
			t.Errorf("Cost(%d) = %d, want %d", plays, got, want.cost)
		}
		if got := Remaining(plays); got != want.remaining {
			t.Errorf("Remaining(%d) = %d, want %d", plays, got, want.remaining)
		}
	}
	if Cost(-1) != 2 || Remaining(-1) != 1022 {
		t.Errorf("a negative count must cost like none: %d, %d", Cost(-1), Remaining(-1))
	}
}

func TestRemainingIsTheSumOfCosts(t *testing.T) {
	for plays := range PlaysToOwn + 1 {
		var sum Milli
		for n := plays; n < PlaysToOwn; n++ {
			sum += Cost(n)
		}
		if got := Remaining(plays); got != sum {
			t.Errorf("Remaining(%d) = %d, the costs add up to %d", plays, got, sum)
		}
	}
}

func TestString(t *testing.T) {
	for _, c := range []struct {
		m    Milli
		want string
	}{
		{0, "0.000"}, {2, "0.002"}, {32, "0.032"}, {12480, "12.480"},
		{-1, "-0.001"}, {-12480, "-12.480"}, {math.MinInt64, "-9223372036854775.808"},
	} {
		if got := c.m.String(); got != c.want {
			t.Errorf("Milli(%d) = %q, want %q", int64(c.m), got, c.want)
		}
	}
}
