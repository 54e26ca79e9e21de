package adts

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/codectest"
)

// encode makes n frames of music into ADTS, without noise substitution, so
// that a seek can be held to be exact.
func encode(t testing.TB, n, channels, rate int, args ...string) []byte {
	t.Helper()
	wav := codectest.WAV(codectest.Music(n, channels, rate), channels, rate, 16)
	return codectest.FFmpeg(t, wav, "wav", "aac", append([]string{"-c:a", "aac", "-b:a", "96k", "-aac_pns", "0"}, args...)...)
}

func TestContract(t *testing.T) {
	for _, tt := range []struct {
		channels, rate int
		args           []string
	}{
		{2, 44100, nil},
		{1, 48000, nil},
		{6, 48000, nil},
		{4, 48000, []string{"-af", "aformat=channel_layouts=quad"}}, // a plan in the first unit
	} {
		file := encode(t, 3*tt.rate, tt.channels, tt.rate, tt.args...)
		want := codectest.Reference{
			Format: codec.Format{Codec: "AAC-LC", SampleRate: beep.SampleRate(tt.rate), Channels: tt.channels},
			Frames: codectest.FFmpegDecode(t, file, "aac", tt.channels),
			SNR:    110,
		}
		codectest.Check(t, Open, file, want)
		t.Run("ID3 before it", func(t *testing.T) {
			codectest.Check(t, Open, append([]byte("ID3\x04\x00\x00\x00\x00\x00\x05xxxxx"), file...), want)
		})
	}
}

// places lists the offsets of the frames in file.
func places(t testing.TB, file []byte) (at []int) {
	t.Helper()
	for offset := 0; offset < len(file); {
		h, ok := parseHeader(file[offset:])
		if !ok {
			t.Fatalf("no frame at %d", offset)
		}
		at = append(at, offset)
		offset += h.size
	}
	return at
}

// ordinary is the number of a frame whose size is near the average of those
// before it: what the time of a lost frame is estimated by.
func ordinary(at []int) int {
	for i := 20; i < len(at)-10; i++ {
		size, average := at[i+1]-at[i], at[i]/i
		if 4*size > 3*average && 4*size < 5*average {
			return i
		}
	}
	return 20
}

func TestALostFrameKeepsItsTime(t *testing.T) {
	file := encode(t, 2*44100, 2, 44100)
	whole := codectest.Decode(t, Open, file)
	at := places(t, file)
	bad := ordinary(at)
	for name, broken := range map[string][]byte{
		"its header destroyed": func() []byte { b := bytes.Clone(file); b[at[bad]] = 0; return b }(),
		"all of it zero":       func() []byte { b := bytes.Clone(file); clear(b[at[bad]:at[bad+1]]); return b }(),
		"its sound destroyed": func() []byte {
			b := bytes.Clone(file)
			for i := at[bad] + headerSize; i < at[bad+1]; i++ {
				b[i] = 0xFF
			}
			return b
		}(),
	} {
		got := codectest.Decode(t, Open, broken)
		if len(got) != len(whole) {
			t.Errorf("%s: %d frames, want %d", name, len(got), len(whole))
			continue
		}
		if before := bad * 1024; codectest.SNR(got[:before], whole[:before]) < 300 {
			t.Errorf("%s: the sound before is changed", name)
		}
		if after := (bad + 2) * 1024; codectest.SNR(got[after:], whole[after:]) < 300 {
			t.Errorf("%s: the sound after is changed", name)
		}
		d := codectest.Open(t, Open, codectest.NewSource(broken))
		if err := d.SeekTo(int64(bad+3) * 1024); err != nil {
			t.Fatal(err)
		}
		if codectest.SNR(codectest.Drain(d), got[(bad+3)*1024:]) < 300 {
			t.Errorf("%s: a seek past it gives something else", name)
		}
	}
}

func TestTheEndMayBeCutOrTagged(t *testing.T) {
	file := encode(t, 44100, 2, 44100)
	at := places(t, file)
	for name, tt := range map[string]struct {
		file  []byte
		units int
	}{
		"cut in the last frame":  {file[:len(file)-5], len(at) - 1},
		"cut in the last header": {file[:at[len(at)-1]+3], len(at) - 1},
		"an ID3v1 tag behind":    {append(bytes.Clone(file), ("TAG" + string(make([]byte, 125)))...), len(at)},
		"only one frame":         {file[:at[1]], 1},
		"zeros before":           {append(make([]byte, 1000), file...), len(at)},
		"a beginning in a frame": {file[at[3]-50:], len(at) - 3},
	} {
		if got := len(codectest.Decode(t, Open, tt.file)); got != tt.units*1024 {
			t.Errorf("%s: %d frames, want %d", name, got, tt.units*1024)
		}
	}
}

func TestWhatIsNotLCIsNamed(t *testing.T) {
	file := encode(t, 10000, 2, 44100)
	for name, b := range map[string]byte{"AAC Main": 0x10, "AAC-SSR": 0x90, "AAC-LTP": 0xD0} {
		broken := bytes.Clone(file)
		for _, at := range places(t, file) {
			broken[at+2] = b
		}
		var unsupported *codec.UnsupportedError
		if _, err := Open(t.Context(), codectest.NewSource(broken)); !errors.As(err, &unsupported) || unsupported.What != name {
			t.Errorf("%v, want %s named", err, name)
		}
	}
	var unsupported *codec.UnsupportedError
	// ffmpeg's first unit begins with a fill element of more than 14 bytes: its
	// kind follows 15 bits. 13 is the data of HE-AAC.
	extended := bytes.Clone(file)
	extended[headerSize+1] |= 1
	extended[headerSize+2] = extended[headerSize+2]&^0xE0 | 0xA0
	_, err := Open(t.Context(), codectest.NewSource(extended))
	if !errors.As(err, &unsupported) || unsupported.What != "HE-AAC" {
		t.Errorf("%v, want HE-AAC named", err)
	}
	if _, err := Open(t.Context(), codectest.NewSource([]byte("no frame at all"))); !errors.Is(err, codec.ErrDamaged) {
		t.Error(err)
	}
}

func FuzzADTS(f *testing.F) { codectest.Fuzz(f, Open) }

func TestPackedAudio(t *testing.T) {
	file := encode(t, 40*44100, 2, 44100)
	codectest.CheckPacked(t, Open, file, places(t, file), 1024, 96<<10)
	packed, _ := codectest.Packed(file, places(t, file), 43, func(n int) time.Duration {
		return time.Duration(n) * 1024 * time.Second / 44100
	})
	if recovered := codectest.CheckDamaged(t, Open, packed[:len(packed)/20], 100); recovered < 0.9 {
		t.Errorf("%.1f %% of the sound recovered", 100*recovered)
	}
}
