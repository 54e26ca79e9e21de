package mpegts

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/adts"
	"github.com/ninth-coop/ninth/player/codec/codectest"
)

const rate = 48000

// aacArgs encode without noise substitution, so that a seek can be held to be
// exact.
var aacArgs = []string{"-c:a", "aac", "-b:a", "128k", "-aac_pns", "0"}

var mp3Args = []string{"-c:a", "libmp3lame", "-b:a", "160k"}

// ts encodes n frames into a transport stream.
func ts(t testing.TB, n, rate, channels int, args ...string) []byte {
	t.Helper()
	wav := codectest.WAV(codectest.Music(n, channels, rate), channels, rate, 16)
	return codectest.FFmpeg(t, wav, "wav", "ts", args...)
}

// rendition encodes n frames into HLS segments of a second, joined.
func rendition(t testing.TB, n int, args ...string) (file []byte, starts []int64) {
	t.Helper()
	wav := codectest.WAV(codectest.Music(n, 2, rate), 2, rate, 16)
	return codectest.Joined(t, codectest.HLS(t, wav, append(args, "-hls_time", "1")...))
}

// restride puts each transport packet of file behind before bytes, and after
// bytes behind it.
func restride(file []byte, before, after int) (out []byte) {
	for ; len(file) >= packetSize; file = file[packetSize:] {
		out = append(out, make([]byte, before)...)
		out = append(out, file[:packetSize]...)
		out = append(out, make([]byte, after)...)
	}
	return out
}

func TestContract(t *testing.T) {
	const n = 3*rate + 123
	video := []string{"-f", "lavfi", "-i", "testsrc=size=64x64:rate=10", "-shortest", "-map", "1:v", "-map", "0:a", "-c:v", "mpeg2video"}
	plain := ts(t, n, rate, 2, aacArgs...)
	segments, _ := rendition(t, n, aacArgs...)
	tests := []struct {
		name     string
		file     []byte
		codec    string
		rate     int
		channels int
	}{
		{"AAC", plain, "AAC-LC", rate, 2},
		{"AAC in mono at 22.05 kHz", ts(t, n, 22050, 1, "-c:a", "aac", "-b:a", "48k", "-aac_pns", "0"), "AAC-LC", 22050, 1},
		{"MP3", ts(t, n, rate, 2, mp3Args...), "MP3", rate, 2},
		{"MP3 in mono at 22.05 kHz", ts(t, n, 22050, 1, "-c:a", "libmp3lame", "-b:a", "48k"), "MP3", 22050, 1},
		{"HLS", segments, "AAC-LC", rate, 2},
		{"beside a picture", ts(t, n, rate, 2, append(video, aacArgs...)...), "AAC-LC", rate, 2},
		{"a frame in each PES packet", ts(t, n, rate, 2, append([]string{"-pes_payload_size", "0"}, aacArgs...)...), "AAC-LC", rate, 2},
		{"192 bytes", restride(plain, 4, 0), "AAC-LC", rate, 2},
		{"204 bytes", restride(plain, 0, 16), "AAC-LC", rate, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			frames := codectest.FFmpegDecode(t, tt.file, "ts", tt.channels)
			want := codectest.Reference{
				Format: codec.Format{Codec: tt.codec, SampleRate: beep.SampleRate(tt.rate), Channels: tt.channels},
				Frames: frames, SNR: 80,
			}
			codectest.Check(t, Open, tt.file, want)
		})
	}
}

// TestASeekReadsWhatItNeeds goes to the end of a longer track.
func TestASeekReadsWhatItNeeds(t *testing.T) {
	const n = 60 * rate
	for name, args := range map[string][]string{"AAC": aacArgs, "MP3": mp3Args} {
		file, starts := rendition(t, n, args...)
		for how, src := range map[string]*codectest.Source{
			"by the source": codectest.NewSource(file).HideSize().Segments(starts, time.Second),
			"by halving":    codectest.NewSource(file).Hold(int64(len(file))),
		} {
			d := codectest.Open(t, Open, src)
			before := src.Read()
			const to = n - 3*rate/2
			if err := d.SeekTo(to); err != nil {
				t.Fatalf("%s, %s: %v", name, how, err)
			}
			got := make([][2]float64, rate/2)
			d.Stream(got)
			if read := src.Read() - before; read > int64(len(file)/3) {
				t.Errorf("%s, %s: %d of %d bytes read", name, how, read, len(file))
			}
			all := codectest.Decode(t, Open, file)
			if codectest.SNR(got, all[to:to+len(got)]) < 300 {
				t.Errorf("%s, %s: not what an uninterrupted decode gives", name, how)
			}
		}
	}
}

func TestTheLengthIsKnownOfAFileThatIsHere(t *testing.T) {
	file := ts(t, 2*rate, rate, 2, aacArgs...)
	all := codectest.Decode(t, Open, file)
	if got := codectest.Open(t, Open, codectest.NewSource(file)).Len(); got != int64(len(all)) {
		t.Errorf("%d frames, want %d", got, len(all))
	}
	if got := codectest.Open(t, Open, codectest.NewSource(file).HideSize()).Len(); got != -1 {
		t.Errorf("%d frames of an open end", got)
	}
}

// TestMissingPacketsAreSilenceOfTheirLength leaves out, destroys or scrambles
// a stretch of transport packets.
func TestMissingPacketsAreSilenceOfTheirLength(t *testing.T) {
	const n = 6 * rate
	for name, args := range map[string][]string{"AAC": aacArgs, "MP3": mp3Args} {
		file, starts := rendition(t, n, args...)
		whole := codectest.Decode(t, Open, file)
		from, to := starts[2], starts[3]
		for what, broken := range map[string][]byte{
			"left out":    append(bytes.Clone(file[:from+packetSize]), file[to:]...),
			"out of step": append(bytes.Clone(file[:from+50]), file[to-20:]...),
			"zero":        func() []byte { b := bytes.Clone(file); clear(b[from:to]); return b }(),
			"scrambled": func() []byte {
				b := bytes.Clone(file)
				for at := from; at < to; at += packetSize {
					b[at+3] |= 0xC0
				}
				return b
			}(),
		} {
			got := codectest.Decode(t, Open, broken)
			if len(got) != len(whole) {
				t.Errorf("%s %s: %d frames, want %d", name, what, len(got), len(whole))
				continue
			}
			first, last := 2*rate-rate/20, 3*rate+rate/4
			if codectest.SNR(got[:first], whole[:first]) < 300 || codectest.SNR(got[last:], whole[last:]) < 300 {
				t.Errorf("%s %s: the sound around it is changed", name, what)
			}
			if mid := 2*rate + rate/2; got[mid] != [2]float64{} {
				t.Errorf("%s %s: %v where there is nothing", name, what, got[mid])
			}
			d := codectest.Open(t, Open, codectest.NewSource(broken))
			if err := d.SeekTo(int64(last)); err != nil {
				t.Fatal(err)
			}
			if codectest.SNR(codectest.Drain(d), got[last:]) < 300 {
				t.Errorf("%s %s: a seek past it gives something else", name, what)
			}
		}
	}
}

func TestAPacketSentTwiceIsHeardOnce(t *testing.T) {
	file := ts(t, rate, rate, 2, aacArgs...)
	var twice []byte
	for b := file; len(b) >= packetSize; b = b[packetSize:] {
		twice = append(append(twice, b[:packetSize]...), b[:packetSize]...)
	}
	if got, want := codectest.Decode(t, Open, twice), codectest.Decode(t, Open, file); codectest.SNR(got, want) < 300 {
		t.Errorf("%d frames of %d", len(got), len(want))
	}
}

// TestTheSoundGoesOnAtASplice joins two streams, whose times begin alike.
func TestTheSoundGoesOnAtASplice(t *testing.T) {
	a, b := ts(t, 2*rate, rate, 2, aacArgs...), ts(t, 3*rate, rate, 2, aacArgs...)
	want := len(codectest.Decode(t, Open, a)) + len(codectest.Decode(t, Open, b))
	if got := len(codectest.Decode(t, Open, append(bytes.Clone(a), b...))); got != want {
		t.Errorf("%d frames, want %d", got, want)
	}
}

// The second play seeks exactly, whatever of the track is here, and also past a
// splice.
func TestIndexIsKept(t *testing.T) {
	file, _ := rendition(t, 30*rate, aacArgs...)
	codectest.CheckIndex(t, Open, append(bytes.Clone(file), file...), 128<<10, false)
}

// TestASeekPastASplice goes into the second of two recordings by what the source
// says of its segments, since the time stamps know nothing of the first.
func TestASeekPastASplice(t *testing.T) {
	const n = 30 * rate
	file, starts := rendition(t, n, aacArgs...)
	size := int64(len(file))
	starts = starts[:30] // what is left over is shorter than a second
	file = append(bytes.Clone(file), file...)
	for _, s := range starts {
		starts = append(starts, size+s)
	}
	all := codectest.Decode(t, Open, file)
	src := codectest.NewGrowing(file, starts[2])
	src.HideSize().Segments(starts, time.Second)
	d := codectest.Open(t, Open, src)
	const target = 50 * rate
	if err := d.SeekTo(target); err != nil {
		t.Fatal(err)
	}
	got := make([][2]float64, 4096)
	m, _ := d.Stream(got)
	if first, read := src.Beyond(); !d.(codec.Estimator).Estimated() || first < size || read > 128<<10 {
		t.Errorf("a guess: %v; %d bytes read from %d on", d.(codec.Estimator).Estimated(), read, first)
	}
	best := 0.0
	const unit, near = 1024, 4
	for off := -near; off <= near; off++ {
		best = max(best, codectest.SNR(got[:m], all[target+off*unit:][:m]))
	}
	if best < 120 {
		t.Errorf("it leads elsewhere: %.0f dB", best)
	}
	if err := d.SeekTo(10 * rate); err != nil || d.(codec.Estimator).Estimated() {
		t.Errorf("back in the first: %v", err)
	}
}

// TestTimeStampsMayBeginAnew shifts all times so that they overflow in the
// middle.
func TestTimeStampsMayBeginAnew(t *testing.T) {
	const n = 30 * rate
	file, starts := rendition(t, n, append([]string{"-output_ts_offset", "95430"}, aacArgs...)...)
	all := codectest.Decode(t, Open, file)
	if len(all) < n {
		t.Fatalf("%d frames", len(all))
	}
	src := codectest.NewSource(file).HideSize().Segments(starts, time.Second)
	d := codectest.Open(t, Open, src)
	for _, to := range []int64{n - rate, rate, n / 2} {
		if err := d.SeekTo(to); err != nil {
			t.Fatal(err)
		}
		got := make([][2]float64, 1000)
		if d.Stream(got); codectest.SNR(got, all[to:to+1000]) < 300 {
			t.Errorf("a seek to %d is off", to)
		}
	}
}

func TestWhatCannotBeDecodedIsNamed(t *testing.T) {
	file := ts(t, rate, rate, 2, aacArgs...)
	scrambled := bytes.Clone(file)
	for at := 0; at < len(file); at += packetSize {
		scrambled[at+3] |= 0x80
	}
	for want, f := range map[string][]byte{
		"MP2":                          ts(t, rate, rate, 2, "-c:a", "mp2"),
		"AC-3":                         ts(t, rate, rate, 2, "-c:a", "ac3"),
		"Opus in a transport stream":   ts(t, rate, rate, 2, "-c:a", "libopus"),
		"AAC in LATM framing":          ts(t, rate, rate, 2, append([]string{"-mpegts_flags", "latm"}, aacArgs...)...),
		"a scrambled transport stream": scrambled,
		"a SAMPLE-AES track":           retyped(t, file, 0xCF),
		"a transport stream without sound": ts(t, rate, rate, 2, "-f", "lavfi", "-i", "testsrc=size=64x64:rate=10:duration=1",
			"-map", "1:v", "-c:v", "mpeg2video"),
	} {
		_, err := Open(t.Context(), codectest.NewSource(f))
		var unsupported *codec.UnsupportedError
		if !errors.As(err, &unsupported) || unsupported.What != want {
			t.Errorf("%v, want %s named", err, want)
		}
	}
}

// retyped changes the type of the only stream in the program map.
func retyped(t testing.TB, file []byte, kind byte) []byte {
	t.Helper()
	out := bytes.Clone(file)
	found := 0
	for at := 0; at+packetSize <= len(out); at += packetSize {
		p := out[at : at+packetSize]
		const tableAt, typeAt, header = 5, 5 + 12, 8
		if p[1]&0x40 == 0 || p[3]&0x20 != 0 || p[4] != 0 || p[tableAt] != pmtTable {
			continue
		}
		size := 3 + int(p[tableAt+2])
		p[typeAt] = kind
		crc := crc32(p[tableAt : tableAt+size-4])
		copy(p[tableAt+size-4:], []byte{byte(crc >> 24), byte(crc >> 16), byte(crc >> 8), byte(crc)})
		found++
	}
	if found == 0 {
		t.Fatal("there is no program map")
	}
	return out
}

// TestWithoutTables plays a stream whose tables are destroyed.
func TestWithoutTables(t *testing.T) {
	for name, args := range map[string][]string{"AAC": aacArgs, "MP3": mp3Args} {
		file := ts(t, rate, rate, 2, args...)
		want := codectest.Decode(t, Open, file)
		broken := bytes.Clone(file)
		for at := 0; at < len(file); at += packetSize {
			if pid := int(file[at+1]&0x1F)<<8 | int(file[at+2]); pid == patPID {
				clear(broken[at+4 : at+packetSize])
			}
		}
		if got := codectest.Decode(t, Open, broken); codectest.SNR(got, want) < 300 {
			t.Errorf("%s: %d frames of %d", name, len(got), len(want))
		}
	}
}

func TestWhatIsNoStream(t *testing.T) {
	file := ts(t, rate, rate, 2, aacArgs...)
	if !Match(file) || !Match(file[100:4096]) || Match(file[:700]) || Match(bytes.Repeat([]byte("fine"), 1000)) {
		t.Error("Match is wrong")
	}
	for _, b := range [][]byte{nil, []byte("G"), bytes.Repeat([]byte("G"), 5000), file[:packetSize*4]} {
		if _, err := Open(t.Context(), codectest.NewSource(b)); !errors.Is(err, codec.ErrDamaged) {
			t.Errorf("%d bytes: %v", len(b), err)
		}
	}
}

func FuzzTS(f *testing.F) { codectest.Fuzz(f, Open) }

// That a stream is HE-AAC is said by its access units alone.
func TestHEAACIsNamed(t *testing.T) {
	file := ts(t, 10000, rate, 2, aacArgs...)
	at := bytes.Index(file, []byte{0xFF, 0xF1})
	if at < 0 {
		t.Fatal("no frame")
	}
	// ffmpeg's first unit begins with a fill element of more than 14 bytes: its
	// kind follows 15 bits. 13 is the data of HE-AAC.
	file[at+adts.HeaderSize+1] |= 1
	file[at+adts.HeaderSize+2] = file[at+adts.HeaderSize+2]&^0xE0 | 0xA0
	var unsupported *codec.UnsupportedError
	if _, err := Open(t.Context(), codectest.NewSource(file)); !errors.As(err, &unsupported) || unsupported.What != "HE-AAC" {
		t.Errorf("%v, want HE-AAC named", err)
	}
}
