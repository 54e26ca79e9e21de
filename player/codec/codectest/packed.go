package codectest

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/source"
)

// Packed makes packed audio (RFC 8216 §3.4) of the frames in file that begin at
// the offsets at: a segment of each frames, behind an ID3 tag that tells its time
// by when, or none if that is nil. It returns where the segments begin.
func Packed(file []byte, at []int, each int, when func(frame int) time.Duration) (packed []byte, starts []int64) {
	const start = 1 << 33 * 9 / 10 // the clock begins anew after 2.6 hours
	for first := 0; first < len(at); first += each {
		end := len(file)
		if first+each < len(at) {
			end = at[first+each]
		}
		starts = append(starts, int64(len(packed)))
		if when != nil {
			packed = append(packed, stampTag(start+uint64(when(first).Seconds()*90_000+0.5))...)
		}
		packed = append(packed, file[at[first]:end]...)
	}
	return packed, starts
}

// stampTag is an ID3v2.4 tag with the frame that tells a time, behind another.
func stampTag(ticks uint64) []byte {
	const owner = "com.apple.streaming.transportStreamTimestamp\x00"
	body := append([]byte(owner), binary.BigEndian.AppendUint64(nil, ticks&(1<<33-1))...)
	frames := append([]byte("TIT2\x00\x00\x00\x04\x00\x00\x03abc"), "PRIV\x00\x00\x00"...)
	frames = append(frames, byte(len(body)), 0, 0)
	frames = append(frames, body...)
	return append([]byte{'I', 'D', '3', 4, 0, 0, 0, 0, 0, byte(len(frames))}, frames...)
}

// CheckPacked holds a format to what it must do with packed audio, which Packed
// made of file: the tags are not heard, a seek into segments that have not come
// is exact and reads no more than most bytes, and a missing segment is as long as
// it was. frames is how many frames of sound a packet decodes to.
func CheckPacked(t *testing.T, open codec.Opener, file []byte, at []int, frames int, most int64) {
	t.Helper()
	all := Decode(t, open, file)
	rate := int(Open(t, open, NewSource(file)).Format().SampleRate)
	each := 4 * rate / frames
	when := func(n int) time.Duration {
		return time.Duration(n) * time.Duration(frames) * time.Second / time.Duration(rate)
	}
	packed, starts := Packed(file, at, each, when)
	got := Decode(t, open, packed)
	if len(got) != len(all) || SNR(got, all) < 300 {
		t.Fatalf("%d frames of %d, or others", len(got), len(all))
	}
	for _, share := range []float64{0.5, 0.9, 0.7, 0.3} {
		src := NewGrowing(packed, starts[1])
		src.Segments(starts, when(each))
		guessed := seekPacked(t, open, src, int64(share*float64(len(all))), all)
		if first, read := src.Beyond(); guessed || read > most || first < starts[1] {
			t.Errorf("a seek to %v of it guessed: %v; it read %d bytes from %d on", share, guessed, read, first)
		}
	}
	// Where the segments do not tell their time, or one of another recording, the
	// source's times have to do.
	elsewhere := func(n int) time.Duration {
		if n > len(at)/3 {
			return when(n) + time.Hour
		}
		return when(n)
	}
	for _, times := range []func(int) time.Duration{nil, elsewhere} {
		file, starts := Packed(file, at, each, times)
		src := NewGrowing(file, starts[1])
		src.Segments(starts, when(each))
		if guessed := seekPacked(t, open, src, int64(0.7*float64(len(all))), all); !guessed && times != nil {
			t.Error("a guess is not called one")
		}
	}
	checkMissing(t, open, packed, starts, all, each*frames, 12*frames)
}

// seekPacked seeks to a frame and holds what comes to all of the sound.
func seekPacked(t *testing.T, open codec.Opener, src source.Source, target int64, all [][2]float64) (guessed bool) {
	t.Helper()
	d := Open(t, open, src)
	if err := d.SeekTo(target); err != nil {
		t.Fatal(err)
	}
	buffer := make([][2]float64, 3000)
	n, _ := d.Stream(buffer)
	if n == 0 || SNR(buffer[:n], all[target:][:n]) < 120 {
		t.Errorf("a seek to %d leads elsewhere", target)
	}
	return d.(codec.Estimator).Estimated()
}

// checkMissing zeroes most of a segment. Behind it a decoder may take some frames
// to settle.
func checkMissing(t *testing.T, open codec.Opener, packed []byte, starts []int64, all [][2]float64, each, settling int) {
	t.Helper()
	torn := append([]byte(nil), packed...)
	clear(torn[starts[2]+1000 : starts[3]])
	got := Decode(t, open, torn)
	if len(got) != len(all) {
		t.Errorf("with a segment missing there are %d frames, want %d", len(got), len(all))
		return
	}
	if from := 3*each + settling; SNR(got[from:], all[from:]) < 120 {
		t.Error("what comes behind a missing segment comes at another time")
	}
}
