package source

import (
	"testing"

	"pgregory.net/rapid"
)

// Ranges agree with a plain set of bytes.
func TestRangesAreASet(t *testing.T) {
	const size = 60
	rapid.Check(t, func(rt *rapid.T) {
		var ranges Ranges
		var set [size]bool
		for range rapid.IntRange(0, 20).Draw(rt, "adds") {
			start := rapid.Int64Range(0, size).Draw(rt, "start")
			end := rapid.Int64Range(0, size).Draw(rt, "end")
			ranges = ranges.Add(Range{start, end})
			for i := start; i < end; i++ {
				set[i] = true
			}
			if !ranges.valid(size) {
				rt.Fatalf("%v breaks its rules", ranges)
			}
		}
		var count int64
		for i := range int64(size) {
			reach := i
			for reach < size && set[reach] {
				reach++
			}
			if set[i] {
				count++
			}
			if got := ranges.Reach(i); got != reach {
				rt.Fatalf("Reach(%d) of %v is %d, want %d", i, ranges, got, reach)
			}
		}
		if got := ranges.Bytes(); got != count {
			rt.Fatalf("%v has %d bytes, want %d", ranges, got, count)
		}
	})
}
