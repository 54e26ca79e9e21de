package codectest

import (
	"testing"
	"time"

	"github.com/ninth-coop/ninth/player/codec"
)

// fuzzTime is how long one input may take to open, play and seek in.
const fuzzTime = 10 * time.Second

// Fuzz runs the fuzz target of a format: whatever the bytes, open and the
// decoder must end in time and fail with errors of known kinds only. seeds are
// added to the committed corpus. open must be unguarded, so that panics are
// found. Run it with -fuzzminimizetime 20x: these files are long, and go spends
// a minute on making each interesting one shorter otherwise.
func Fuzz(f *testing.F, open codec.Opener, seeds ...[]byte) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		begun := time.Now()
		survive(t, open, file, 0)
		if took := time.Since(begun); took > fuzzTime {
			t.Errorf("took %v", took)
		}
	})
}
