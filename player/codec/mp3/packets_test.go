package mp3

import (
	"bytes"
	"context"
	"math"
	"slices"
	"testing"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/codectest"
)

// places lists the offsets of the frames in file, and its end.
func places(t testing.TB, file []byte) (at []int) {
	t.Helper()
	offset, _, ok := findFirst(file)
	if !ok {
		t.Fatal("no frame")
	}
	for offset < len(file) {
		h, ok := parseHeader(file[offset:])
		if !ok {
			t.Fatalf("no frame at %d", offset)
		}
		at = append(at, offset)
		offset += h.size
	}
	return append(at, offset)
}

// bare is an MP3 file without any tag.
func bare(t testing.TB, frames int, args ...string) []byte {
	t.Helper()
	return encode(t, frames, 2, 44100, append([]string{"-b:a", "128k", "-write_xing", "0", "-id3v2_version", "0"}, args...)...)
}

func TestALostFrameKeepsItsTime(t *testing.T) {
	file := bare(t, 2*44100)
	whole := codectest.Decode(t, Open, file)
	at := places(t, file)
	const bad, size = 30, 1152
	for name, broken := range map[string][]byte{
		"its header destroyed": func() []byte { b := bytes.Clone(file); b[at[bad]] = 0; return b }(),
		"all of it zero":       func() []byte { b := bytes.Clone(file); clear(b[at[bad]:at[bad+1]]); return b }(),
		"its side information forbidden": func() []byte {
			b := bytes.Clone(file)
			for i := at[bad] + headerSize; i < at[bad]+headerSize+32; i++ {
				b[i] = 0xFF
			}
			return b
		}(),
	} {
		got := codectest.Decode(t, Open, broken)
		if len(got) != len(whole) {
			t.Errorf("%s: %d samples, want %d", name, len(got), len(whole))
			continue
		}
		if before := bad * size; codectest.SNR(got[:before], whole[:before]) < 300 {
			t.Errorf("%s: the sound before is changed", name)
		}
		// Main data reaches back over a few frames.
		if after := (bad + 12) * size; codectest.SNR(got[after:], whole[after:]) < 300 {
			t.Errorf("%s: the sound after is changed", name)
		}
		d := codectest.Open(t, Open, codectest.NewSource(broken))
		for _, target := range []int{(bad - 1) * size, bad*size + 5, (bad + 3) * size} {
			if err := d.SeekTo(int64(target)); err != nil {
				t.Fatal(err)
			}
			if snr := codectest.SNR(codectest.Drain(d), got[target:]); !math.IsInf(snr, 1) {
				t.Errorf("%s: after a seek to %d something else comes", name, target)
			}
		}
	}
}

func TestTheEndMayBeCutOrTagged(t *testing.T) {
	file := bare(t, 44100)
	at := places(t, file)
	units := len(at) - 1
	ape := "APETAGEX\xD0\x07\x00\x00" + "\x20\x03\x00\x00" + string(make([]byte, 816))
	id3 := "ID3\x04\x00\x00\x00\x00\x06\x20" + string(make([]byte, 800))
	lying := "ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + "TIT2\x00\x00\x00\x03\x00\x00abc" + string(make([]byte, 500))
	for name, tt := range map[string]struct {
		file  []byte
		units int
	}{
		"a tag longer than the file":          {append([]byte(lying), file...), units},
		"a tag longer than the file, between": {bytes.Join([][]byte{file, []byte(lying), file}, nil), 2*units + 1},
		"cut in the last frame":               {file[:len(file)-5], units},
		"cut in its side information":         {file[:at[units-1]+20], units - 1},
		"cut in the last header":              {file[:at[units-1]+3], units - 1},
		"an ID3v1 tag behind":                 {append(bytes.Clone(file), "TAG"+string(make([]byte, 125))...), units},
		"an APE tag behind":                   {append(bytes.Clone(file), ape...), units},
		"an ID3v2 tag before":                 {append([]byte(id3), file...), units},
		"tags between":                        {bytes.Join([][]byte{file, []byte(ape), []byte(id3), file}, nil), 2 * units},
		"zeros before":                        {append(make([]byte, 700), file...), units},
		"only two frames":                     {file[:at[2]], 2},
		"only one frame":                      {file[:at[1]], 1},
	} {
		if got := len(codectest.Decode(t, Open, tt.file)); got != tt.units*1152 {
			t.Errorf("%s: %d samples, want %d", name, got, tt.units*1152)
		}
	}
}

// TestSeekReadsLittle: within the index a seek touches the frames it needs.
func TestSeekReadsLittle(t *testing.T) {
	file := bare(t, 40*44100)
	src := codectest.NewSource(file)
	d := codectest.Open(t, Open, src)
	if err := d.SeekTo(39 * 44100); err != nil {
		t.Fatal(err)
	}
	before := src.Read()
	if err := d.SeekTo(20 * 44100); err != nil {
		t.Fatal(err)
	}
	if read := src.Read() - before; read > 64<<10 {
		t.Errorf("a seek within the index read %d bytes", read)
	}
}

// TestSeekJumps: where the bit rate is constant a seek far ahead reads next to
// nothing, and is exact; where it is not, or bytes were put in between, it is
// exact too.
func TestSeekJumps(t *testing.T) {
	constant := bare(t, 40*44100)
	at := places(t, constant)
	off := append(append(bytes.Clone(constant[:at[400]]), make([]byte, 100)...), constant[at[400]:]...)
	for name, tt := range map[string]struct {
		file []byte
		most int64 // bytes that a seek may read
	}{
		"constant":             {constant, 100 << 10},
		"constant, with a tag": {encode(t, 40*44100, 2, 44100, "-b:a", "128k"), 100 << 10},
		"low, constant":        {encode(t, 40*22050, 2, 22050, "-b:a", "64k"), 160 << 10},
		"variable":             {encode(t, 40*44100, 2, 44100, "-q:a", "4"), 1 << 30},
		"variable, no tag":     {encode(t, 40*44100, 2, 44100, "-q:a", "4", "-write_xing", "0"), 1 << 30},
		"bytes in between":     {off, 1 << 30},
	} {
		t.Run(name, func(t *testing.T) {
			all := codectest.Decode(t, Open, tt.file)
			for _, target := range []int{len(all) / 6 * 5, len(all) / 2, len(all) / 3, len(all) - 5000} {
				src := codectest.NewSource(tt.file)
				d := codectest.Open(t, Open, src)
				if err := d.SeekTo(int64(target)); err != nil {
					t.Fatal(err)
				}
				if src.Read() > tt.most {
					t.Errorf("a seek to %d read %d bytes of %d", target, src.Read(), len(tt.file))
				}
				if !math.IsInf(codectest.SNR(codectest.Drain(d), all[target:]), 1) {
					t.Errorf("after a seek to %d something else comes", target)
				}
			}
		})
	}
}

func FuzzMP3(f *testing.F) { codectest.Fuzz(f, Open) }

// A seek into what is not downloaded of a stream of variable bit rate guesses,
// says so, and reads no further than from there on; walking there would need
// all that is between.
func TestSeekBeyondTheDownload(t *testing.T) {
	const frames, rate = 60 * 44100, 44100
	wav := codectest.WAV(codectest.Music(frames, 2, rate), 2, rate, 16)
	file := codectest.FFmpeg(t, wav, "wav", "mp3", "-q:a", "4")
	want := codectest.Decode(t, Open, file)
	src := &growing{Source: codectest.NewSource(file), here: 64 << 10}
	d := codectest.Open(t, Open, src)
	e, ok := d.(codec.Estimator)
	if !ok || e.Estimated() {
		t.Fatalf("an estimator: %t, or it has guessed before any seek", ok)
	}
	const target = frames / 2
	if err := d.SeekTo(target); err != nil {
		t.Fatal(err)
	}
	if !e.Estimated() || d.Position() != target {
		t.Errorf("estimated %t at %d, want a guess at %d", e.Estimated(), d.Position(), target)
	}
	if skipped := src.first - 64<<10; skipped < int64(len(file))/4 {
		t.Errorf("it reads on from %d of %d bytes", src.first, len(file))
	}
	got := codectest.Drain(d)
	if off := len(got) - (len(want) - target); max(off, -off) > rate {
		t.Errorf("the guess is %d frames off", off)
	}
	// With everything here it is exact again.
	src.here = int64(len(file))
	if err := d.SeekTo(target); err != nil {
		t.Fatal(err)
	}
	if e.Estimated() {
		t.Error("it still guesses")
	}
	if got := codectest.Drain(d); !slices.Equal(got, want[target:]) {
		t.Error("what follows is not what an uninterrupted decode gives")
	}
}

// growing is a source that has its beginning, and notes where it is first read
// behind that.
type growing struct {
	*codectest.Source
	here, first int64
}

func (g *growing) Reach(off int64) int64 { return max(off, g.here) }

func (g *growing) ReadAt(ctx context.Context, p []byte, off int64) (int, error) {
	if g.first == 0 && off >= g.here {
		g.first = off
	}
	return g.Source.ReadAt(ctx, p, off)
}

func TestPackedAudio(t *testing.T) {
	for name, options := range map[string][]string{"constant": nil, "variable": {"-q:a", "4"}} {
		t.Run(name, func(t *testing.T) {
			file := bare(t, 40*44100, options...)
			at := places(t, file)
			codectest.CheckPacked(t, Open, file, at[:len(at)-1], 1152, 128<<10)
		})
	}
}
