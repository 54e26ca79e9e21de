package codec

import (
	"errors"
	"slices"
	"testing"
)

func TestTrail(t *testing.T) {
	trail := NewTrail(100)
	for unit := int64(1); unit <= 25; unit++ {
		trail.Pass(Place{unit, 100 + 10*unit}, 10)
	}
	walked := []Place{{0, 100}, {10, 200}, {20, 300}}
	if got := trail.Index(); !slices.Equal(got.Places, walked) || got.Length != -1 {
		t.Fatalf("walked: %+v", got)
	}
	never := func(int64) (bool, error) { t.Error("asked of a place that it walked to itself"); return false, nil }
	for unit, want := range map[int64]Place{0: {0, 100}, 9: {0, 100}, 10: {10, 200}, 19: {10, 200}, 99: {20, 300}} {
		if got, err := trail.Nearest(unit, never); got != want || err != nil {
			t.Errorf("nearest to %d: %v, %v", unit, got, err)
		}
	}

	for _, useless := range []Index{
		{}, {Places: walked[:1]}, {Places: walked}, {Places: []Place{{0, 99}, {40, 500}}}, {Places: []Place{{1, 100}, {40, 500}}},
	} {
		if trail.UseIndex(useless); trail.told {
			t.Fatalf("%+v is believed", useless)
		}
	}
	further := []Place{{0, 100}, {30, 400}, {40, 500}}
	trail.UseIndex(Index{Places: further})
	broken := errors.New("broken")
	for _, c := range []struct {
		ok   bool
		err  error
		want Place
	}{{true, nil, further[1]}, {false, broken, further[1]}, {false, nil, further[0]}} {
		got, err := trail.Nearest(35, func(offset int64) (bool, error) {
			if offset != 400 {
				t.Errorf("asked of %d", offset)
			}
			return c.ok, c.err
		})
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("told, stands %v, %v: %v, %v", c.ok, c.err, got, err)
		}
	}
	if got := trail.Index().Places; !slices.Equal(got, further[:1]) {
		t.Errorf("after it was wrong it keeps %v", got)
	}
}
