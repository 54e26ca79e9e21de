package codectest

import (
	"errors"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/player/codec"
)

// Damage returns a damaged copy of file; the same seed damages alike. The
// kinds take turns: cut, bytes changed, header changed, bytes zeroed, garbage
// put over a stretch, a stretch left out, repeated or inserted.
func Damage(file []byte, seed uint64) []byte {
	random := rand.New(rand.NewPCG(seed, 9))
	out := append([]byte(nil), file...)
	at := random.IntN(len(out))
	n := min(1+random.IntN(4000), len(out)-at)
	garbage := make([]byte, n)
	for i := range garbage {
		garbage[i] = byte(random.Uint32())
	}
	scribble := func(within, times int) {
		for range times {
			out[random.IntN(within)] = byte(random.Uint32())
		}
	}
	switch seed % 8 {
	case 0:
		return out[:at]
	case 1:
		scribble(len(out), 20)
	case 2:
		scribble(min(len(out), 200), 1+random.IntN(5))
	case 3:
		clear(out[at : at+n])
	case 4:
		copy(out[at:], garbage)
	case 5:
		return append(out[:at], out[at+n:]...)
	case 6:
		return append(out[:at+n], file[at:]...)
	case 7:
		return append(append(out[:at], garbage...), file[at:]...)
	}
	return out
}

const (
	// damagedTime is how long one damaged file may take. It is generous, for
	// machines with much else to do under the race detector; a decoder that
	// hangs takes for ever.
	damagedTime = 30 * time.Second
	// damagedMemory bounds, in bytes, what decoding one damaged file may
	// allocate in all beyond a multiple of its size.
	damagedMemory = 64 << 20
	// maxFrames is where a test stops listening to a damaged file: a header
	// may claim hours of silence.
	maxFrames = 10_000_000
)

// CheckDamaged opens, decodes and seeks in variants damaged copies of file.
// Each must end, without a panic and within bounds of time and memory, and
// any error must be of the kinds that callers know. It returns the share of
// the sound's frames that were still given, summed over the variants in which
// no bytes are missing.
func CheckDamaged(t *testing.T, open codec.Opener, file []byte, variants int) (recovered float64) {
	t.Helper()
	whole := len(Decode(t, open, file))
	var given, expected int
	for seed := range uint64(variants) {
		damaged := Damage(file, seed)
		var got int
		mustEnd(t, seed, func() { got = survive(t, open, damaged, seed) })
		if kind := seed % 8; kind == 1 || kind == 3 || kind == 4 {
			given += min(got, whole)
			expected += whole
		}
	}
	return float64(given) / float64(max(expected, 1))
}

// mustEnd runs f, which has to end in time and allocate within bounds.
func mustEnd(t *testing.T, seed uint64, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	done := make(chan string, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- string(debug.Stack())
			}
			close(done)
		}()
		f()
	}()
	select {
	case stack := <-done:
		if stack != "" {
			t.Fatalf("variant %d: panic\n%s", seed, stack)
		}
	case <-time.After(damagedTime):
		t.Fatalf("variant %d: still decoding after %v", seed, damagedTime)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > damagedMemory {
		t.Errorf("variant %d: %d MB allocated", seed, used>>20)
	}
}

// survive plays and seeks in one damaged file and returns how many frames it
// gave in one stretch.
func survive(t *testing.T, open codec.Opener, file []byte, seed uint64) (frames int) {
	d, err := open(t.Context(), NewSource(file))
	if err != nil {
		known(t, seed, err)
		return 0
	}
	defer func() {
		if err := d.Close(); err != nil {
			t.Errorf("variant %d: close: %v", seed, err)
		}
	}()
	buffer := make([][2]float64, 4096)
	for frames < maxFrames {
		n, ok := d.Stream(buffer)
		if !ok {
			break
		}
		frames += n
	}
	known(t, seed, d.Err())
	for _, share := range []float64{0.5, 0, 1, 1.0 / 3} {
		// Of the length as it is known by then: it may have been corrected.
		if err := d.SeekTo(int64(share * float64(max(d.Len(), 0)))); err != nil {
			known(t, seed, err)
		}
		d.Stream(buffer)
	}
	return frames
}

// known fails the test if err is of no kind that callers can decide on.
func known(t *testing.T, seed uint64, err error) {
	var unsupported *codec.UnsupportedError
	if err != nil && !errors.Is(err, codec.ErrDamaged) && !errors.Is(err, codec.ErrUnknownFormat) && !errors.As(err, &unsupported) {
		t.Errorf("variant %d: an error of no known kind: %v", seed, err)
	}
}
