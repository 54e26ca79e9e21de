// Package codectest holds every decoder to the contract of codec.Decoder, and
// gives tests what they need for it: sources that behave like downloads,
// signals, damaged files, and ffmpeg as the peer to agree with.
package codectest

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/source"
)

// Reference is what a file must decode to.
type Reference struct {
	Format codec.Format
	Frames [][2]float64
	// SNR is how near the decoder must come to Frames, in dB. 0 stands for
	// bit exact.
	SNR float64
	// AfterSeek is how near the frames after a seek must come to an
	// uninterrupted decode, in dB. 0 stands for bit exact.
	AfterSeek float64
}

// Check holds the decoder that open makes of file to the contract.
func Check(t *testing.T, open codec.Opener, file []byte, want Reference) {
	t.Helper()
	all := Decode(t, open, file)
	t.Run("reference", func(t *testing.T) { checkReference(t, open, file, all, want) })
	t.Run("partial reads", func(t *testing.T) { checkPartialReads(t, open, file, all) })
	t.Run("seek", func(t *testing.T) { checkSeek(t, open, file, all, want.AfterSeek) })
	t.Run("unknown size", func(t *testing.T) { checkUnknownSize(t, open, file, all) })
	t.Run("end", func(t *testing.T) { checkEnd(t, open, file, all) })
	t.Run("cancel", func(t *testing.T) { checkCancel(t, open, file) })
	t.Run("closed source", func(t *testing.T) { checkClosedSource(t, open, file) })
}

// Open opens file and fails the test if that fails.
func Open(t testing.TB, open codec.Opener, src source.Source) codec.Decoder {
	t.Helper()
	d, err := open(t.Context(), src)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return d
}

// Decode decodes the whole file in one stretch.
func Decode(t testing.TB, open codec.Opener, file []byte) [][2]float64 {
	t.Helper()
	d := Open(t, open, NewSource(file))
	all := Drain(d)
	if err := d.Err(); err != nil {
		t.Fatalf("decoding: %v", err)
	}
	return all
}

// Drain streams d to its end.
func Drain(d codec.Decoder) (all [][2]float64) {
	buffer := make([][2]float64, 4096)
	for {
		n, ok := d.Stream(buffer)
		if !ok {
			return all
		}
		all = append(all, buffer[:n]...)
	}
}

// SNR compares got with want in dB: +Inf if equal, −Inf if the lengths differ.
func SNR(got, want [][2]float64) float64 {
	if len(got) != len(want) {
		return math.Inf(-1)
	}
	var signal, noise float64
	for i := range want {
		for c := range want[i] {
			e := got[i][c] - want[i][c]
			signal += want[i][c] * want[i][c]
			noise += e * e
		}
	}
	if noise == 0 {
		return math.Inf(1)
	}
	return 10 * math.Log10(signal/noise)
}

// near fails the test unless got comes within snr dB of want; 0 is bit exact.
func near(t *testing.T, what string, got, want [][2]float64, snr float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d frames, want %d", what, len(got), len(want))
	}
	if snr == 0 {
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("%s: frame %d is %v, want %v", what, i, got[i], want[i])
			}
		}
		return
	}
	if db := SNR(got, want); db < snr {
		t.Fatalf("%s: SNR %.1f dB, want at least %.1f", what, db, snr)
	}
}

func checkReference(t *testing.T, open codec.Opener, file []byte, all [][2]float64, want Reference) {
	d := Open(t, open, NewSource(file))
	if got := d.Format(); got != want.Format {
		t.Errorf("format %+v, want %+v", got, want.Format)
	}
	if d.Position() != 0 {
		t.Errorf("a new decoder is at %d", d.Position())
	}
	near(t, "against the reference", all, want.Frames, want.SNR)
	t.Logf("%d frames, SNR %.1f dB", len(all), SNR(all, want.Frames))
}

func checkPartialReads(t *testing.T, open codec.Opener, file []byte, all [][2]float64) {
	d := Open(t, open, NewSource(file))
	var got [][2]float64
	sizes := []int{1, 7, 0, 333, 1024, 1025, 5000, 2}
	buffer := make([][2]float64, 5001)
	for i := 0; ; i++ {
		size := sizes[i%len(sizes)]
		guard := [2]float64{math.Pi, -math.Pi}
		buffer[size] = guard
		n, ok := d.Stream(buffer[:size])
		if !ok {
			break
		}
		if buffer[size] != guard {
			t.Fatal("Stream wrote past its slice")
		}
		got = append(got, buffer[:n]...)
		if d.Position() != int64(len(got)) {
			t.Fatalf("position %d after %d frames", d.Position(), len(got))
		}
	}
	near(t, "read in odd sizes", got, all, 0)
}

// seeks is how many random seeks a check makes.
const seeks = 40

func checkSeek(t *testing.T, open codec.Opener, file []byte, all [][2]float64, snr float64) {
	d := Open(t, open, NewSource(file))
	random := rand.New(rand.NewPCG(1, uint64(len(all))))
	targets := []int{0, len(all) - 1, len(all), 1, len(all) / 2}
	for range seeks {
		targets = append(targets, random.IntN(len(all)+1))
	}
	buffer := make([][2]float64, 3000)
	for _, target := range targets {
		if err := d.SeekTo(int64(target)); err != nil {
			t.Fatalf("seek to %d: %v", target, err)
		}
		if d.Position() != int64(target) {
			t.Fatalf("position %d after a seek to %d", d.Position(), target)
		}
		want := all[target:min(target+len(buffer), len(all))]
		n, ok := d.Stream(buffer)
		if ok != (len(want) > 0) {
			t.Fatalf("after a seek to %d Stream says %v, %v", target, n, ok)
		}
		near(t, "after a seek", buffer[:n], want, snr)
	}
	for _, outside := range []int64{-1, d.Len() + 1} {
		if err := d.SeekTo(outside); err == nil {
			t.Errorf("a seek to %d of %d succeeded", outside, d.Len())
		}
	}
}

func checkUnknownSize(t *testing.T, open codec.Opener, file []byte, all [][2]float64) {
	d := Open(t, open, NewSource(file).HideSize())
	near(t, "without a size", Drain(d), all, 0)
	if err := d.SeekTo(int64(len(all) / 3)); err != nil {
		t.Fatal(err)
	}
	if got := len(Drain(d)); got != len(all)-len(all)/3 {
		t.Errorf("%d frames after a seek without a size", got)
	}
}

func checkEnd(t *testing.T, open codec.Opener, file []byte, all [][2]float64) {
	d := Open(t, open, NewSource(file))
	if d.Len() != -1 && d.Len() != int64(len(all)) {
		t.Errorf("Len %d, but %d frames", d.Len(), len(all))
	}
	Drain(d)
	for range 3 {
		if n, ok := d.Stream(make([][2]float64, 10)); n != 0 || ok {
			t.Fatalf("Stream after the end: %d, %v", n, ok)
		}
	}
	if d.Err() != nil {
		t.Errorf("the end is reported as an error: %v", d.Err())
	}
	if d.Len() != int64(len(all)) || d.Position() != d.Len() {
		t.Errorf("at the end: Len %d, position %d of %d", d.Len(), d.Position(), len(all))
	}
	if err := d.SeekTo(0); err != nil {
		t.Fatal(err)
	}
	if got := len(Drain(d)); got != len(all) {
		t.Errorf("%d frames after the end and a seek to 0", got)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if n, ok := d.Stream(make([][2]float64, 10)); n != 0 || ok {
		t.Errorf("Stream after Close: %d, %v", n, ok)
	}
	if err := d.SeekTo(0); err == nil {
		t.Error("a seek after Close succeeded")
	}
}

// streamUntilWait streams on a goroutine of its own until the source holds
// bytes back, calls release, and returns what Err says then.
func streamUntilWait(ctx context.Context, t *testing.T, open codec.Opener, src *Source, release func()) error {
	t.Helper()
	d, err := open(ctx, src)
	if err != nil {
		t.Fatal(err)
	}
	src.Hold(0)
	done := make(chan error)
	go func() {
		Drain(d)
		done <- d.Err()
	}()
	select {
	case <-src.Waiting():
	case err := <-done:
		t.Fatalf("nothing was read after opening (Err: %v): the file is too short for this check", err)
	}
	release()
	return <-done
}

func checkCancel(t *testing.T, open codec.Opener, file []byte) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := streamUntilWait(ctx, t, open, NewSource(file), cancel); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled while it waits: %v", err)
	}
}

func checkClosedSource(t *testing.T, open codec.Opener, file []byte) {
	src := NewSource(file)
	err := streamUntilWait(t.Context(), t, open, src, func() {
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	})
	if !errors.Is(err, source.ErrClosed) {
		t.Errorf("source closed while it waits: %v", err)
	}
}
