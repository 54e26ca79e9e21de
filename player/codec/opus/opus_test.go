package opus

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/codectest"
	"github.com/ninth-coop/ninth/player/codec/ogg"
)

// encode makes an Ogg Opus file of music.
func encode(t testing.TB, frames, channels int, args ...string) []byte {
	t.Helper()
	wav := codectest.WAV(codectest.Music(frames, channels, rate), channels, rate, 16)
	return codectest.FFmpeg(t, wav, "wav", "opus", append([]string{"-c:a", "libopus"}, args...)...)
}

// reference decodes file with libopus, at full precision.
func reference(t testing.TB, file []byte, channels int) [][2]float64 {
	t.Helper()
	return codectest.FFmpegDecode(t, file, "opus", channels, "-c:a", "libopus", "-request_sample_fmt", "flt")
}

func TestAgreesWithFFmpeg(t *testing.T) {
	for _, tt := range []struct {
		channels, frames int
		args             []string
		snr              float64
	}{
		{2, 100_001, []string{"-b:a", "128k"}, 130},
		{2, 50_000, []string{"-b:a", "64k"}, 130},
		{2, 50_000, []string{"-b:a", "320k"}, 130},
		{1, 47_777, []string{"-b:a", "96k"}, 130},
		{2, 50_000, []string{"-b:a", "32k"}, 130},
		{1, 50_000, []string{"-b:a", "24k", "-application", "voip"}, 130},
		{1, 50_000, []string{"-b:a", "10k", "-application", "voip"}, 130},
		// Here the encoder goes from one mode to another, where the library is a
		// little off.
		{2, 96_000, []string{"-b:a", "20k", "-application", "voip", "-frame_duration", "60"}, 85},
		{2, 50_000, []string{"-b:a", "96k", "-frame_duration", "2.5"}, 130},
		{6, 50_000, []string{"-b:a", "256k"}, 130},
		{2, 50_000, []string{"-b:a", "96k", "-page_duration", "20000"}, 130},
	} {
		t.Run(fmt.Sprint(tt), func(t *testing.T) {
			file := encode(t, tt.frames, tt.channels, tt.args...)
			want := reference(t, file, tt.channels)
			if len(want) != tt.frames {
				t.Fatalf("libopus gives %d frames of %d", len(want), tt.frames)
			}
			codectest.Check(t, Open, file, codectest.Reference{
				Format: codec.Format{Codec: "Opus", SampleRate: rate, Channels: tt.channels},
				Frames: want,
				SNR:    tt.snr, AfterSeek: 120,
			})
		})
	}
}

// header is an OpusHead packet.
func header(channels byte, change func(b []byte) []byte) []byte {
	b := append([]byte(identification), 1, channels, 0x38, 0x01, 0x80, 0xBB, 0, 0, 0, 0, 0)
	return change(b)
}

func same(b []byte) []byte { return b }

func TestHeaders(t *testing.T) {
	h, err := parseHead(header(2, same))
	if err != nil || h.channels != 2 || h.skip != 312 || h.gain != 0 || h.streams != 1 || h.coupled != 1 {
		t.Errorf("%+v, %v", h, err)
	}
	family := func(family byte, table ...byte) func([]byte) []byte {
		return func(b []byte) []byte {
			b[18] = family
			return append(b, table...)
		}
	}
	h, err = parseHead(header(6, family(1, 4, 2, 0, 4, 1, 2, 3, 5)))
	if err != nil || h.streams != 4 || h.coupled != 2 || !slices.Equal(h.mapping, []byte{0, 4, 1, 2, 3, 5}) {
		t.Errorf("%+v, %v", h, err)
	}
	var unsupported *codec.UnsupportedError
	for name, tt := range map[string]struct {
		head        []byte
		unsupported bool
	}{
		"cut off":                {header(2, same)[:18], false},
		"no channels":            {header(0, same), false},
		"more than two, plainly": {header(3, same), false},
		"a table cut off":        {header(6, family(1, 4, 2, 0)), false},
		"no streams":             {header(2, family(1, 0, 0, 0, 1)), false},
		"too many streams":       {header(2, family(1, 200, 0, 0, 1)), false},
		"more coupled than are":  {header(2, family(1, 1, 2, 0, 1)), false},
		"a channel of no stream": {header(2, family(1, 1, 1, 0, 2)), false},
		"a later version":        {header(2, func(b []byte) []byte { b[8] = 16; return b }), true},
		"ambisonics":             {header(4, family(2)), true},
		"nine channels":          {header(9, family(255)), true},
	} {
		_, err := parseHead(tt.head)
		if errors.As(err, &unsupported) != tt.unsupported || errors.Is(err, codec.ErrDamaged) == tt.unsupported {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOutputGain(t *testing.T) {
	file := encode(t, 20_000, 2)
	plain := codectest.Decode(t, Open, file)
	const pageHeader = 28                                       // with one segment
	binary.LittleEndian.PutUint16(file[pageHeader+16:], 0xFA00) // −6 dB
	// The header's checksum is wrong now, which headers are forgiven.
	quieter := codectest.Decode(t, Open, file)
	for i := range plain {
		for c := range plain[i] {
			plain[i][c] *= math.Pow(10, -6.0/20)
		}
	}
	if db := codectest.SNR(quieter, plain); db < 200 {
		t.Errorf("SNR %.1f dB against the sound at −6 dB", db)
	}
}

func TestChainedStreams(t *testing.T) {
	first, second := encode(t, 70_001, 2), encode(t, 20_003, 1, "-b:a", "32k")
	want := slices.Concat(codectest.Decode(t, Open, first), codectest.Decode(t, Open, second))
	if len(want) != 70_001+20_003 {
		t.Fatalf("%d frames in all", len(want))
	}
	codectest.Check(t, Open, slices.Concat(first, second), codectest.Reference{
		Format: codec.Format{Codec: "Opus", SampleRate: rate, Channels: 2},
		Frames: want, AfterSeek: 120,
	})
}

func TestDamage(t *testing.T) {
	file := encode(t, 100_000, 2, "-b:a", "96k", "-page_duration", "20000")
	recovered := codectest.CheckDamaged(t, Open, file, 40)
	t.Logf("%.1f %% recovered", 100*recovered)
	if recovered < 0.9 {
		t.Errorf("%.1f %% of the sound recovered", 100*recovered)
	}
}

// told compares the lengths of packets with what they decode to.
type told struct {
	ogg.Decoder
	t       *testing.T
	lengths []int // of packets that are not decoded yet
	packets int
}

func (d *told) Lengths(lengths []int, packets [][]byte) []int {
	before := len(lengths)
	lengths = d.Decoder.Lengths(lengths, packets)
	d.lengths = append([]int(nil), lengths[before:]...)
	return lengths
}

func (d *told) Decode(packet []byte) [][2]float64 {
	frames := d.Decoder.Decode(packet)
	if len(frames) != d.lengths[0] {
		d.t.Errorf("packet %d has %d frames and was said to have %d", d.packets, len(frames), d.lengths[0])
	}
	d.lengths = d.lengths[1:]
	d.packets++
	return frames
}

func TestPacketsTellTheirLength(t *testing.T) {
	for _, args := range [][]string{
		{"-b:a", "128k"},
		{"-b:a", "10k", "-application", "voip"},
		{"-b:a", "20k", "-application", "voip", "-frame_duration", "60"},
		{"-b:a", "96k", "-frame_duration", "2.5"},
	} {
		file := encode(t, 50_000, 2, args...)
		var d *told
		decoder, err := ogg.Open(t.Context(), codectest.NewSource(file), func(first []byte, next func() ([]byte, error)) (ogg.Stream, error) {
			s, err := begin(first, next)
			d = &told{Decoder: s.Decoder, t: t}
			s.Decoder = d
			return s, err
		})
		if err != nil {
			t.Fatal(err)
		}
		for ok := true; ok; {
			_, ok = decoder.Stream(make([][2]float64, 4096))
		}
		if d.packets < 14 {
			t.Errorf("only %d packets of %v", d.packets, args)
		}
	}
}

func TestLengthsOfPackets(t *testing.T) {
	for _, tt := range []struct {
		packet string
		frames int
	}{
		{"", 0},
		{"\x00", rate / 100},            // SILK, 10 ms
		{"\x18", rate * 60 / 1000},      // 60 ms
		{"\x60", rate / 100},            // with CELT
		{"\x68", rate / 50},             //
		{"\x80", rate / 400},            // CELT, 2.5 ms
		{"\xf8", rate / 50},             // 20 ms
		{"\xf9", rate / 25},             // two of them
		{"\xfb", 0},                     // how many is not said
		{"\xfb\x06", rate * 120 / 1000}, // six
		{"\xfb\x07", 0},                 // too many
		{"\xfb\x00", 0},                 // none
	} {
		if got := packetFrames([]byte(tt.packet)); got != tt.frames {
			t.Errorf("%x has %d frames, want %d", tt.packet, got, tt.frames)
		}
	}
}
