package formats

import (
	"testing"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/codectest"
)

func TestEachFormatAgainstFFmpeg(t *testing.T) {
	const frames = 90_000
	tests := []struct {
		name           string
		rate, channels int
		bits           int
		ext            string
		args           []string
		codec          string
		snr, afterSeek float64
	}{
		{"wav 16", 44100, 2, 16, "wav", []string{"-c:a", "pcm_s16le"}, "WAV", 0, 0},
		{"aiff 24 at 96 kHz", 96000, 2, 24, "aiff", []string{"-c:a", "pcm_s24be"}, "AIFF", 0, 0},
		{"flac 16", 44100, 2, 16, "flac", nil, "FLAC", 0, 0},
		{"flac 24 at 96 kHz", 96000, 2, 24, "flac", nil, "FLAC", 0, 0},
		{"flac 24 at 176.4 kHz", 176400, 2, 24, "flac", nil, "FLAC", 0, 0},
		{"flac 24 at 192 kHz", 192000, 2, 24, "flac", nil, "FLAC", 0, 0},
		{"flac mono at 24 kHz", 24000, 1, 16, "flac", nil, "FLAC", 0, 0},
		{"flac 5.1", 48000, 6, 16, "flac", nil, "FLAC", 100, 0},
		{"alac 16", 44100, 2, 16, "m4a", []string{"-c:a", "alac"}, "ALAC", 0, 0},
		{"alac 24 at 96 kHz", 96000, 2, 24, "m4a", []string{"-c:a", "alac"}, "ALAC", 0, 0},
		{"vorbis", 44100, 2, 16, "ogg", []string{"-c:a", "libvorbis"}, "Vorbis", 105, 0},
		// ffmpeg's own Opus decoder, which is heard here, does stereo differently
		// from libopus: see the tests of package opus.
		{"opus", 48000, 1, 16, "opus", []string{"-c:a", "libopus", "-b:a", "96k"}, "Opus", 105, 105},
		{"aac stereo at 44.1 kHz", 44100, 2, 16, "m4a", []string{"-c:a", "aac", "-b:a", "128k", "-aac_pns", "0"}, "AAC-LC", 110, 0},
		{"aac stereo at 48 kHz, movie box first", 48000, 2, 16, "m4a", []string{"-c:a", "aac", "-b:a", "192k", "-aac_pns", "0", "-movflags", "+faststart"}, "AAC-LC", 110, 0},
		{"aac mono", 44100, 1, 16, "m4a", []string{"-c:a", "aac", "-b:a", "96k", "-aac_pns", "0"}, "AAC-LC", 110, 0},
		{"aac 5.1", 48000, 6, 16, "m4a", []string{"-c:a", "aac", "-aac_pns", "0"}, "AAC-LC", 110, 0},
		// Where the encoder left noise to the decoder, a seek gives other noise
		// of the same level: −3 dB for noise alone, more with music in it.
		{"aac with noise substitution", 44100, 2, 16, "m4a", []string{"-c:a", "aac", "-b:a", "64k"}, "AAC-LC", 110, -4},
		{"mp3 at 128 kbit/s", 44100, 2, 16, "mp3", []string{"-b:a", "128k"}, "MP3", 90, 0},
		{"mp3 of variable bit rate at 48 kHz", 48000, 2, 16, "mp3", []string{"-q:a", "2"}, "MP3", 90, 0},
		{"mp3 mono at 22.05 kHz", 22050, 1, 16, "mp3", []string{"-b:a", "56k"}, "MP3", 90, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wav := codectest.WAV(codectest.Music(frames, tt.channels, tt.rate), tt.channels, tt.rate, tt.bits)
			args := tt.args
			if tt.ext == "flac" && tt.bits == 24 {
				args = []string{"-sample_fmt", "s32"}
			}
			file := codectest.FFmpeg(t, wav, "wav", tt.ext, args...)
			decoded := codectest.FFmpegDecode(t, file, tt.ext, tt.channels)
			want := codectest.Reference{
				Format: codec.Format{Codec: tt.codec, SampleRate: 0, Channels: tt.channels},
				// ffmpeg 5 gives the encoder's padding too; ours ends where the sound does.
				Frames: decoded[:frames],
				SNR:    tt.snr, AfterSeek: tt.afterSeek,
			}
			want.Format.SampleRate = beep.SampleRate(tt.rate)
			if tt.snr == 0 || tt.codec == "FLAC" {
				want.Format.BitDepth, want.Format.Lossless = tt.bits, true
			}
			codectest.Check(t, All().Open, file, want)
		})
	}
}
