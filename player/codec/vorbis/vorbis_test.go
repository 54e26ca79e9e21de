package vorbis

import (
	"errors"
	"fmt"
	"testing"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/codectest"
	"github.com/ninth-coop/ninth/player/codec/ogg"
)

// encode makes an Ogg Vorbis file of music, with pages of a fifth of a second.
func encode(t testing.TB, frames, channels, rate int, args ...string) []byte {
	t.Helper()
	wav := codectest.WAV(codectest.Music(frames, channels, rate), channels, rate, 16)
	return codectest.FFmpeg(t, wav, "wav", "ogg", append([]string{"-c:a", "libvorbis", "-page_duration", "200000"}, args...)...)
}

func TestAgreesWithFFmpeg(t *testing.T) {
	for _, tt := range []struct {
		rate, channels, frames int
		args                   []string
	}{
		{44100, 2, 60_001, []string{"-q:a", "5"}},
		{44100, 2, 40_000, []string{"-q:a", "-1"}},
		{44100, 2, 40_000, []string{"-q:a", "10"}},
		{44100, 2, 40_000, []string{"-b:a", "128k", "-minrate", "128k", "-maxrate", "128k"}},
		{48000, 1, 47_777, []string{"-q:a", "3"}},
		{22050, 2, 30_000, []string{"-q:a", "2"}},
		{8000, 1, 30_000, []string{"-q:a", "2"}},
		{96000, 2, 60_000, []string{"-q:a", "6"}},
		{48000, 6, 30_000, []string{"-q:a", "4"}},
		{44100, 2, 40_000, []string{"-q:a", "4", "-page_duration", "1000"}},
		{22050, 2, 140_000, []string{"-q:a", "4", "-page_duration", "5000000"}},
	} {
		t.Run(fmt.Sprint(tt), func(t *testing.T) {
			file := encode(t, tt.frames, tt.channels, tt.rate, tt.args...)
			want := codectest.FFmpegDecode(t, file, "ogg", tt.channels)
			codectest.Check(t, Open, file, codectest.Reference{
				Format: codec.Format{Codec: "Vorbis", SampleRate: beep.SampleRate(tt.rate), Channels: tt.channels},
				Frames: want[:min(tt.frames, len(want))],
				SNR:    105,
			})
		})
	}
}

// TestOnePage is of a stream whose first page of sound is its last. ffmpeg 5
// gives 128 frames too few of it.
func TestOnePage(t *testing.T) {
	const frames = 30_001
	file := encode(t, frames, 2, 44100, "-page_duration", "5000000")
	if got := len(codectest.Decode(t, Open, file)); got != frames {
		t.Errorf("%d frames, want %d", got, frames)
	}
}

func TestDamage(t *testing.T) {
	// The set-up header is some kilobytes long; without it there is nothing.
	file := encode(t, 200_000, 2, 44100, "-q:a", "4", "-page_duration", "50000")
	recovered := codectest.CheckDamaged(t, Open, file, 40)
	t.Logf("%.1f %% recovered", 100*recovered)
	if recovered < 0.65 {
		t.Errorf("%.1f %% of the sound recovered", 100*recovered)
	}
}

func TestChainedStreams(t *testing.T) {
	first, second := encode(t, 30_001, 2, 44100), encode(t, 20_003, 1, 44100, "-q:a", "2")
	want := append(codectest.Decode(t, Open, first), codectest.Decode(t, Open, second)...)
	if len(want) != 30_001+20_003 {
		t.Fatalf("%d frames in all", len(want))
	}
	codectest.Check(t, Open, append(first, second...), codectest.Reference{
		Format: codec.Format{Codec: "Vorbis", SampleRate: 44100, Channels: 2},
		Frames: want,
	})
	other := encode(t, 20_003, 2, 48000)
	d := codectest.Open(t, Open, codectest.NewSource(append(encode(t, 30_001, 2, 44100), other...)))
	got := codectest.Drain(d)
	var unsupported *codec.UnsupportedError
	if len(got) != 30_001 || !errors.As(d.Err(), &unsupported) {
		t.Errorf("a change of the rate: %d frames, %v", len(got), d.Err())
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
	for _, args := range [][]string{{"-q:a", "5"}, {"-q:a", "-1"}, {"-q:a", "10"}} {
		file := encode(t, 60_000, 2, 44100, args...)
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
