package adts

import (
	"testing"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/codectest"
)

// The second play seeks exactly, whatever of the track is here.
func TestIndexIsKept(t *testing.T) {
	codectest.CheckIndex(t, Open, encode(t, 60*44100, 2, 44100), 80<<10, false)
}

// A seek into what is not downloaded guesses, says so, and reads no further
// than from there on; behind the end it guesses near the end.
func TestSeekBeyondTheDownload(t *testing.T) {
	file := encode(t, 60*44100, 2, 44100)
	all := codectest.Decode(t, Open, file)
	for _, target := range []int64{30 * 44100, 50 * 44100, 200 * 44100} {
		src := codectest.NewGrowing(file, 64<<10)
		d := codectest.Open(t, Open, src)
		if err := d.SeekTo(target); err != nil {
			t.Fatal(err)
		}
		if !d.(codec.Estimator).Estimated() || d.Position() != target {
			t.Errorf("a seek to %d leads to %d, and it does not say that it guesses", target, d.Position())
		}
		first, read := src.Beyond()
		if first < int64(len(file))/3 || read > 64<<10 {
			t.Errorf("a seek to %d read %d bytes from %d on", target, read, first)
		}
		left := int64(len(codectest.Drain(d)))
		if off := left - max(int64(len(all))-target, 0); max(off, -off) > 2*44100 {
			t.Errorf("a seek to %d is %d frames off", target, off)
		}
	}
}
