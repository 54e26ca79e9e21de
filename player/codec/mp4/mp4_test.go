package mp4

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/aac"
	"github.com/ninth-coop/ninth/player/codec/codectest"
)

const rate = 44100

// m4a encodes n frames of music with ffmpeg. Noise substitution is off, so
// that a seek can be held to be exact.
func m4a(t testing.TB, n int, args ...string) []byte {
	t.Helper()
	return encode(t, n, "m4a", args...)
}

func encode(t testing.TB, n int, ext string, args ...string) []byte {
	t.Helper()
	wav := codectest.WAV(codectest.Music(n, 2, rate), 2, rate, 16)
	return codectest.FFmpeg(t, wav, "wav", ext, append([]string{"-c:a", "aac", "-b:a", "128k", "-aac_pns", "0"}, args...)...)
}

// within returns the offset in file of the content of the box on the path,
// and the offsets of the size fields on the way to it.
func within(t testing.TB, file []byte, path ...string) (content int, sizes []int) {
	t.Helper()
	start, end := 0, len(file)
	for i, kind := range path {
		found := false
		if i > 0 { // step over the fields that precede the boxes
			start += map[string]int{"meta": 4, "stsd": 8}[path[i-1]]
		}
		for at := start; at+8 <= end; {
			size := int(binary.BigEndian.Uint32(file[at:]))
			if string(file[at+4:at+8]) == kind {
				sizes = append(sizes, at)
				start, end, found = at+8, at+size, true
				break
			}
			at += size
		}
		if !found {
			t.Fatalf("no box %s of %v", kind, path)
		}
	}
	return start, sizes
}

// insert puts a box at the front of the one on the path. The movie box must
// be the last of the file, or packets would move.
func insert(t testing.TB, file, box []byte, path ...string) []byte {
	t.Helper()
	at, sizes := within(t, file, path...)
	out := append(append(bytes.Clone(file[:at]), box...), file[at:]...)
	for _, s := range sizes {
		binary.BigEndian.PutUint32(out[s:], binary.BigEndian.Uint32(out[s:])+uint32(len(box)))
	}
	return out
}

func makeBox(kind string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), kind...), body...)
}

// change returns a copy of file with bytes replaced in the box on the path.
func change(t testing.TB, file []byte, offset int, b []byte, path ...string) []byte {
	t.Helper()
	at, _ := within(t, file, path...)
	out := bytes.Clone(file)
	copy(out[at+offset:], b)
	return out
}

// rename turns the box on the path into one of another kind.
func rename(t testing.TB, file []byte, kind string, path ...string) []byte {
	t.Helper()
	return change(t, file, -4, []byte(kind), path...)
}

var stbl = []string{"moov", "trak", "mdia", "minf", "stbl"}

func in(path []string, more ...string) []string {
	return append(append([]string(nil), path...), more...)
}

func u32(v ...uint32) (b []byte) {
	for _, x := range v {
		b = binary.BigEndian.AppendUint32(b, x)
	}
	return b
}

func TestContract(t *testing.T) {
	const n = 2*rate + 123
	file := m4a(t, n)
	want := codectest.Reference{
		Format: codec.Format{Codec: "AAC-LC", SampleRate: beep.SampleRate(rate), Channels: 2},
		Frames: codectest.FFmpegDecode(t, file, "m4a", 2)[:n],
		SNR:    110,
	}
	for name, f := range map[string][]byte{
		"movie box last":         file,
		"movie box first":        m4a(t, n, "-movflags", "+faststart"),
		"QuickTime":              encode(t, n, "mov"),
		"a box behind":           append(bytes.Clone(file), makeBox("free", make([]byte, 9))...),
		"a movie box to the end": change(t, file, -8, u32(0), "moov"),
	} {
		t.Run(name, func(t *testing.T) { codectest.Check(t, Open, f, want) })
	}
}

// TestEveryLengthIsExact encodes sounds of odd lengths: what comes out is as
// long as what went in, and does not lag behind it.
func TestEveryLengthIsExact(t *testing.T) {
	for _, n := range []int{1, 22, 1023, 1024, 1025, 2048, 5000, 44099, 44100, 44101, 61234} {
		got := codectest.Decode(t, Open, m4a(t, n, "-b:a", "256k"))
		if len(got) != n {
			t.Errorf("%d frames from %d", len(got), n)
			continue
		}
		if n < 2048 {
			continue
		}
		in := codectest.Stereo(codectest.Music(n, 2, rate), 2)
		if db := codectest.SNR(got, in); db < 10 {
			t.Errorf("%d frames: SNR %.1f dB against what was encoded: delayed?", n, db)
		}
	}
}

func TestGains(t *testing.T) {
	tag := func(name, text string) []byte {
		return makeBox("----", makeBox("mean", u32(0), []byte("com.apple.iTunes")),
			makeBox("name", u32(0), []byte(name)), makeBox("data", u32(1, 0), []byte(text)))
	}
	file := insert(t, m4a(t, 5000), tag("replaygain_track_gain", "-3.50 dB"), "moov", "udta", "meta", "ilst")
	d := codectest.Open(t, Open, codectest.NewSource(file))
	if got := d.Format().Gains; got.Track != (codec.Gain{Known: true, DB: -3.5}) || got.Album.Known {
		t.Errorf("%+v", got)
	}
}

func TestTrim(t *testing.T) {
	const n = 30_000
	file := m4a(t, n)
	smpb := func(text string) []byte {
		mean := makeBox("mean", u32(0), []byte("com.apple.iTunes"))
		name := makeBox("name", u32(0), []byte("iTunSMPB"))
		data := makeBox("data", u32(1, 0), []byte(text))
		return insert(t, file, makeBox("----", mean, name, data), "moov", "udta", "meta", "ilst")
	}
	elst := func(duration, start uint32) []byte {
		return change(t, file, 8, u32(duration, start), "moov", "trak", "edts", "elst")
	}
	// Milliseconds, which edits count in, are too coarse for the exact end.
	const rounded = 680 * rate / 1000
	tests := []struct {
		name          string
		file          []byte
		delay, length int64
	}{
		{"as ffmpeg writes it", file, 1024, n},
		{"iTunSMPB goes before the edit list", smpb(fmt.Sprintf(" 00000000 %08X %08X %016X 00000000", 2112, 100, 29000)), 2112, 29000},
		{"iTunSMPB that claims more than there is", smpb(fmt.Sprintf(" 00000000 %08X %08X %016X", 2112, 100, 99999999)), 1024, n},
		{"iTunSMPB without sense", smpb("hello"), 1024, n},
		{"no edit list", rename(t, file, "free", "moov", "trak", "edts"), 0, n + 1024},
		{"an edit of no duration", elst(0, 1024), 1024, n},
		{"a deliberate cut", elst(500, 1024), 1024, 22050},
		{"a start past the end", elst(680, 1<<30), n + 1024, 0},
		{"an empty edit", elst(680, 0xFFFFFFFF), 0, n + 1024},
		{"no durations", rename(t, file, "free", in(stbl, "stts")...), 1024, rounded},
		{"durations that lie", change(t, file, 8, u32(0xFFFFFFFF, 0xFFFFFFFF), in(stbl, "stts")...), 1024, rounded},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := codec.NewReader(t.Context(), codectest.NewSource(tt.file))
			moov, _, err := readMovie(r, 0)
			if err != nil {
				t.Fatal(err)
			}
			track, err := pickTrack(moov)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := track.trim(), (codec.Trim{Delay: tt.delay, Length: tt.length}); got != want {
				t.Errorf("%+v, want %+v", got, want)
			}
			if got := int64(len(codectest.Decode(t, Open, tt.file))); got != tt.length {
				t.Errorf("%d frames, want %d", got, tt.length)
			}
		})
	}
}

func TestADamagedPacketIsSilenceOfItsLength(t *testing.T) {
	const n, bad = 40_000, 20
	file := m4a(t, n)
	whole := codectest.Decode(t, Open, file)
	r := codec.NewReader(t.Context(), codectest.NewSource(file))
	moov, _, err := readMovie(r, 0)
	if err != nil {
		t.Fatal(err)
	}
	track, err := pickTrack(moov)
	if err != nil {
		t.Fatal(err)
	}
	offset, size, err := track.table.packet(bad)
	if err != nil {
		t.Fatal(err)
	}
	broken := bytes.Clone(file)
	for i := range size {
		broken[offset+i] = 0xFF
	}
	got := codectest.Decode(t, Open, broken)
	if len(got) != n {
		t.Fatalf("%d frames, want %d", len(got), n)
	}
	// Packet p sounds in frames [(p-1)·1024, p·1024), the delay being one
	// packet; the overlap carries damage into the packet after it.
	first, last := (bad-1)*aac.FrameSize, bad*aac.FrameSize
	if codectest.SNR(got[:first], whole[:first]) < 300 {
		t.Error("the sound before the damage is changed")
	}
	for i := first; i < last; i++ {
		if got[i] != [2]float64{} {
			t.Fatalf("frame %d of the damage is %v", i-first, got[i])
		}
	}
	if after := last + aac.FrameSize; codectest.SNR(got[after:], whole[after:]) < 300 {
		t.Error("the sound after the damage is changed")
	}
	d := codectest.Open(t, Open, codectest.NewSource(broken))
	for _, target := range []int{first + 5, last + 5, first - 5} {
		if err := d.SeekTo(int64(target)); err != nil {
			t.Fatal(err)
		}
		if codectest.SNR(codectest.Drain(d), got[target:]) < 300 {
			t.Errorf("after a seek to %d: not what an uninterrupted decode gives", target)
		}
	}
}

// TestAMovieBoxOutOfJoint has all that is needed, but not where it belongs.
func TestAMovieBoxOutOfJoint(t *testing.T) {
	const n = 5000
	file := m4a(t, n)
	fast := m4a(t, n, "-movflags", "+faststart")
	fragmented := m4a(t, n, "-f", "mp4", "-movflags", "+frag_keyframe+delay_moov", "-frag_duration", "20000")
	whole, pieces := codectest.Decode(t, Open, file), codectest.Decode(t, Open, fragmented)
	mdia := []string{"moov", "trak", "mdia"}
	for name, tt := range map[string]struct {
		file []byte
		want [][2]float64
	}{
		"a box that is too long":         {change(t, fast, -8, u32(1<<24), "moov", "trak", "mdia", "minf"), whole},
		"a box that is too short":        {change(t, fast, -8, u32(0x89), "moov", "trak", "mdia", "minf"), whole},
		"a box without its name":         {rename(t, file, "qqqq", append(mdia, "hdlr")...), whole},
		"a file without its type":        {rename(t, file, "qqqq", "ftyp"), whole},
		"the sound's box is too long":    {change(t, file, -8, u32(1<<24), "mdat"), whole},
		"the end is missing":             {file[:len(file)-100], whole},
		"a movie that takes in the next": {change(t, fragmented, -8, u32(4000), "moov"), pieces},
	} {
		got := codectest.Decode(t, Open, tt.file)
		if codectest.SNR(got, tt.want) < 300 {
			t.Errorf("%s: %d frames, want %d, or they are others", name, len(got), len(tt.want))
		}
	}
}

func TestStartsWithTheFirstBytes(t *testing.T) {
	file := m4a(t, 20*rate, "-movflags", "+faststart")
	mdat := bytes.Index(file, []byte("mdat"))
	src := codectest.NewSource(file).HideSize()
	d := codectest.Open(t, Open, src)
	if n, ok := d.Stream(make([][2]float64, 4096)); n != 4096 || !ok {
		t.Fatalf("%d, %v, %v", n, ok, d.Err())
	}
	if limit := int64(mdat + 32<<10); src.Farthest() > limit {
		t.Errorf("%d bytes had to be there, want at most %d", src.Farthest(), limit)
	}
}

func TestAMovieBoxAtTheEndIsFoundWithoutReadingTheSound(t *testing.T) {
	file := m4a(t, 60*rate)
	src := codectest.NewSource(file)
	codectest.Open(t, Open, src)
	if src.Read() > 100<<10 {
		t.Errorf("%d of %d bytes read to open", src.Read(), len(file))
	}
}

func TestWhatCannotBeDecodedIsNamed(t *testing.T) {
	file := m4a(t, 5000)
	entry := in(stbl, "stsd", "mp4a")
	config := bytes.Index(file, []byte{0x05, 0x80, 0x80, 0x80, 0x05}) + 5
	if config < 5 {
		t.Fatal("the AAC set-up is not where ffmpeg used to put it")
	}
	asc := func(b ...byte) []byte {
		out := bytes.Clone(file)
		copy(out[config:], b)
		return out
	}
	tests := []struct {
		want string
		file []byte
	}{
		{"HE-AAC", asc(0x2B, 0x92, 0x08, 0x00)},
		{"HE-AAC v2", asc(0xEB, 0x8A, 0x08, 0x00)},
		{"HE-AAC", asc(0x13, 0x90, 0x56, 0xE5, 0xA5)}, // LC with the SBR extension
		{"xHE-AAC", asc(0xF9, 0x46, 0x40)},
		{"AAC-LTP", asc(0x22, 0x10)},
		{"AAC with 960-sample frames", asc(0x12, 0x14)},
		{"AAC with an unknown channel plan", asc(0x12, 0x40)},
		{"an encrypted track", rename(t, file, "enca", entry...)},
		{"an encrypted track", rename(t, file, "drms", entry...)},
		{"an encrypted track", insertSinf(t, file)},
		{`sound of type "wxyz" in MP4`, rename(t, file, "wxyz", entry...)},
		{"a part of an MP4 file", makeBox("moof", u32(0, 0, 0, 0))},
		{"an MP4 file without sound", change(t, file, 8, []byte("vide"), "moov", "trak", "mdia", "hdlr")},
	}
	for _, tt := range tests {
		_, err := Open(t.Context(), codectest.NewSource(tt.file))
		var unsupported *codec.UnsupportedError
		if !errors.As(err, &unsupported) || unsupported.What != tt.want {
			t.Errorf("%v, want %s named", err, tt.want)
		}
	}
}

// TestHEAACThatTheSetUpHides is told by its packets.
func TestHEAACThatTheSetUpHides(t *testing.T) {
	file := m4a(t, 5000)
	// ffmpeg's first packet begins with a fill element of more than 14 bytes: its
	// kind follows 15 bits. 13 is the data of HE-AAC.
	packet, _ := within(t, file, "mdat")
	file[packet+1] |= 1
	file[packet+2] = file[packet+2]&^0xE0 | 0xA0
	d := codectest.Open(t, Open, codectest.NewSource(file))
	var unsupported *codec.UnsupportedError
	if got := codectest.Drain(d); len(got) > 0 || !errors.As(d.Err(), &unsupported) || unsupported.What != "HE-AAC" {
		t.Errorf("%d frames, %v, want HE-AAC named", len(got), d.Err())
	}
}

// insertSinf adds a protection box to the sample entry, behind its fields.
func insertSinf(t testing.TB, file []byte) []byte {
	at, sizes := within(t, file, in(stbl, "stsd", "mp4a")...)
	box := makeBox("sinf", makeBox("frma", []byte("mp4a")))
	out := append(append(bytes.Clone(file[:at+28]), box...), file[at+28:]...)
	for _, s := range sizes {
		binary.BigEndian.PutUint32(out[s:], binary.BigEndian.Uint32(out[s:])+uint32(len(box)))
	}
	return out
}

func TestTablesThatLie(t *testing.T) {
	const n = 20_000
	file := m4a(t, n)
	most := u32(math.MaxUint32)
	tests := []struct {
		name string
		file []byte
		err  error
	}{
		{"more packets than sizes", change(t, file, 8, most, in(stbl, "stsz")...), nil},
		{"more chunks than offsets", change(t, file, 4, most, in(stbl, "stco")...), nil},
		{"more runs than there are", change(t, file, 4, most, in(stbl, "stsc")...), nil},
		{"more durations than there are", change(t, file, 4, most, in(stbl, "stts")...), nil},
		{"every packet 4 GiB", change(t, file, 4, most, in(stbl, "stsz")...), nil},
		{"no packets", change(t, file, 8, u32(0), in(stbl, "stsz")...), codec.ErrDamaged},
		{"no chunks", change(t, file, 4, u32(0), in(stbl, "stco")...), codec.ErrDamaged},
		{"no runs", change(t, file, 4, u32(0), in(stbl, "stsc")...), codec.ErrDamaged},
		{"chunks beyond the file", change(t, file, 8, most, in(stbl, "stco")...), nil},
		{"no time scale", change(t, file, 12, u32(0), "moov", "trak", "mdia", "mdhd"), codec.ErrDamaged},
		{"cut behind the tables", file[:len(file)-100], nil},
		{"cut in the tables", file[:len(file)-200], codec.ErrDamaged},
		{"cut before the movie box", file[:2000], codec.ErrDamaged},
		{"a movie box of 3 GiB", change(t, file, -8, u32(3<<30), "moov"), codec.ErrDamaged},
		{"boxes of no size", bytes.Repeat(makeBox("free"), 400), codec.ErrDamaged},
		{"no description", rename(t, file, "free", in(stbl, "stsd")...), codec.ErrDamaged},
	}
	for _, tt := range tests {
		d, err := Open(t.Context(), codectest.NewSource(tt.file))
		if !errors.Is(err, tt.err) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.err)
		}
		if err == nil {
			codectest.Drain(d)
			if d.Err() != nil {
				t.Errorf("%s: %v", tt.name, d.Err())
			}
		}
	}
}
