package library

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestWindowsOnManyTracks reads windows of lists that are longer than what is
// sorted by reading it, with names that many tracks share.
func TestWindowsOnManyTracks(t *testing.T) {
	l := newLibrary(t)
	for i := range 2 * fewTracks / 20 {
		r := release(fmt.Sprintf("r%02d", i), fmt.Sprint("Title ", i%3), fmt.Sprint("Artist ", i%5), 20)
		for j := range r.Tracks {
			r.Tracks[j].Title, r.Tracks[j].Year = fmt.Sprint("Song ", j%4), 2000+j%7
		}
		must(t, l.PutReleases(r))
	}
	lists := map[string][]string{}
	rapid.Check(t, func(t *rapid.T) {
		r := Rule{Sort: rapid.SampledFrom([]Sort{SortArtist, SortTitle, SortAdded, SortYear}).Draw(t, "sort"), Descending: rapid.Bool().Draw(t, "descending")}
		if rapid.Bool().Draw(t, "some") {
			r.Match = one(FieldYear, AtLeast, 2002)
		}
		r.Limit = rapid.SampledFrom([]int{0, 0, 1, fewTracks, fewTracks + 10}).Draw(t, "limit")
		key := fmt.Sprint(r)
		want, known := lists[key]
		if !known {
			must(t, l.view("looking at each", func(tx *txn) (err error) {
				want, err = naively(tx, r)
				return err
			}))
			lists[key] = want
		}
		from, n := rapid.IntRange(0, len(want)+3).Draw(t, "from"), rapid.IntRange(0, 70).Draw(t, "n")
		p := value[Page[Track]](t)(l.Matching(r, from, n))
		from = min(from, len(want))
		if got := ids(p.Items); !slices.Equal(got, want[from:min(from+n, len(want))]) || p.Total != len(want) {
			t.Fatalf("%+v from %d: %v of %d, want %v of %d", r, from, got, p.Total, want[from:min(from+n, len(want))], len(want))
		}
	})
}

func TestSortedIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOf(rapid.OneOf(rapid.Uint64(), rapid.Uint64Range(0, 3), rapid.SampledFrom([]uint64{1 << 63, 1<<63 + 5, ^uint64(0)}))).Draw(t, "keys")
		var all []numbered
		for i, k := range keys {
			all = append(all, numbered{k, uint64(i)})
		}
		want := slices.Clone(all)
		slices.SortStableFunc(want, func(a, b numbered) int { return cmp.Compare(a.key, b.key) })
		if got := sorted(all); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}
