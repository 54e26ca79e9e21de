package aac

import (
	"fmt"
	"math"
	"testing"

	"github.com/ninth-coop/ninth/player/codec/codectest"
)

// stream is what an encoder made: the access units of an ADTS file.
type stream struct {
	file   []byte
	units  [][]byte
	config Config
}

// encodeWith encodes a WAVE file by ffmpeg.
func encodeWith(t testing.TB, wav []byte, args ...string) stream {
	t.Helper()
	s := stream{file: codectest.FFmpeg(t, wav, "wav", "aac", append([]string{"-c:a", "aac"}, args...)...)}
	for rest := s.file; len(rest) > 0; {
		size := int(rest[3]&3)<<11 | int(rest[4])<<3 | int(rest[5])>>5
		s.units = append(s.units, rest[7:size])
		rest = rest[size:]
	}
	object, rate, channels := s.file[2]>>6+1, s.file[2]>>2&15, s.file[2]&1<<2|s.file[3]>>6
	var err error
	if channels == 0 {
		s.config, err = ConfigIn(object, rate, s.units[0])
	} else {
		s.config, err = ConfigFor(object, rate, channels)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// encode makes access units of music without noise of the decoder's.
func encode(t testing.TB, units, channels, rate int, args ...string) stream {
	t.Helper()
	music := codectest.Music(units*FrameSize, channels, rate)
	return encodeWith(t, codectest.WAV(music, channels, rate, 16), append([]string{"-aac_pns", "0"}, args...)...)
}

// decode decodes all units.
func (s stream) decode(t testing.TB) (all [][2]float64) {
	t.Helper()
	d, err := NewDecoder(s.config)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range s.units {
		all = append(all, d.Decode(u)...)
	}
	return all
}

// clicks are what encoders use short windows for: bursts in near silence, at
// other times in each channel.
func clicks(frames, channels, rate int) []float64 {
	values := make([]float64, 0, frames*channels)
	noise := uint32(1)
	for i := range frames {
		for c := range channels {
			noise = noise*1664525 + 1013904223
			white := float64(int32(noise)) / (1 << 31)
			at := math.Mod(float64(i+c*701)/float64(rate), 0.13)
			values = append(values, 0.8*white*math.Exp(-at*300)+0.02*math.Sin(float64(i)/40))
		}
	}
	return values
}

func TestAgreesWithFFmpeg(t *testing.T) {
	for _, tt := range []struct {
		signal         func(frames, channels, rate int) []float64
		channels, rate int
		args           []string
	}{
		{codectest.Music, 2, 44100, []string{"-b:a", "128k"}},
		{codectest.Music, 2, 44100, []string{"-b:a", "32k"}},
		{codectest.Music, 2, 44100, []string{"-b:a", "320k"}},
		{codectest.Music, 1, 44100, []string{"-b:a", "96k"}},
		{codectest.Music, 2, 48000, []string{"-b:a", "192k", "-aac_coder", "fast"}},
		{codectest.Music, 2, 32000, []string{"-b:a", "96k"}},
		{codectest.Music, 1, 8000, []string{"-b:a", "24k"}},
		{codectest.Music, 2, 11025, nil},
		{codectest.Music, 1, 12000, nil},
		{codectest.Music, 2, 16000, nil},
		{codectest.Music, 2, 22050, nil},
		{codectest.Music, 1, 24000, nil},
		{codectest.Music, 2, 64000, nil},
		{codectest.Music, 2, 88200, nil},
		{codectest.Music, 2, 96000, []string{"-b:a", "400k"}},
		{clicks, 2, 44100, []string{"-b:a", "96k"}},
		{clicks, 1, 48000, []string{"-b:a", "64k"}},
		{clicks, 1, 8000, nil},
		{clicks, 2, 96000, nil},
		{clicks, 2, 44100, []string{"-b:a", "64k", "-aac_is", "1", "-aac_ms", "1"}},
		{codectest.Music, 2, 44100, []string{"-b:a", "128k", "-aac_tns", "0"}},
		{codectest.Music, 2, 44100, []string{"-b:a", "128k", "-aac_ms", "1"}},
		{codectest.Music, 2, 44100, []string{"-b:a", "48k", "-aac_ms", "0"}},
		{codectest.Music, 3, 48000, nil},
		{codectest.Music, 4, 48000, nil},
		{codectest.Music, 5, 48000, nil},
		{codectest.Music, 6, 48000, nil},
		{codectest.Music, 8, 48000, nil},
		{clicks, 6, 44100, nil},
		// Plans of its own.
		{codectest.Music, 3, 48000, []string{"-af", "aformat=channel_layouts=2.1"}},
		{codectest.Music, 4, 48000, []string{"-af", "aformat=channel_layouts=quad"}},
		{codectest.Music, 4, 48000, []string{"-af", "aformat=channel_layouts=quad(side)"}},
		// Noise agrees as long as both begin at the first unit.
		{clicks, 2, 44100, []string{"-b:a", "64k", "-aac_pns", "1"}},
		{codectest.Music, 2, 44100, []string{"-b:a", "64k", "-aac_pns", "1"}},
		{codectest.Music, 1, 44100, []string{"-b:a", "32k", "-aac_pns", "1"}},
	} {
		t.Run(fmt.Sprint(tt.channels, tt.rate, tt.args), func(t *testing.T) {
			t.Parallel()
			wav := codectest.WAV(tt.signal(60_000, tt.channels, tt.rate), tt.channels, tt.rate, 16)
			s := encodeWith(t, wav, append([]string{"-aac_pns", "0"}, tt.args...)...)
			want := codectest.FFmpegDecode(t, s.file, "aac", tt.channels)
			db := codectest.SNR(s.decode(t), want)
			t.Logf("%.1f dB", db)
			if s.config.Channels != tt.channels || db < 110 {
				t.Errorf("%d channels, SNR %.1f dB", s.config.Channels, db)
			}
		})
	}
}
