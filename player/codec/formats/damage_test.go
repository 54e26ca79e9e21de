package formats

import (
	"flag"
	"testing"

	"github.com/ninth-coop/ninth/player/codec/codectest"
)

// variants is how many damaged copies of each file are played. `make
// test-damage` plays 2,000.
var variants = flag.Int("variants", 200, "how many damaged copies of each file are played")

func TestDamagedFiles(t *testing.T) {
	const rate, frames = 44100, 50_000
	wav := codectest.WAV(codectest.Music(frames, 2, rate), 2, rate, 16)
	tests := []struct {
		ext  string
		args []string
		// recovered is the least share of the sound that must still be given
		// where bytes are changed but none are missing. An MP4 file lives by
		// its movie box, in which damage is mostly fatal, to ffmpeg as well.
		recovered float64
	}{
		{"wav", []string{"-c:a", "pcm_s16le"}, 0.95},
		{"aiff", []string{"-c:a", "pcm_s16be"}, 0.95},
		{"flac", nil, 0.95},
		{"aac", []string{"-c:a", "aac", "-b:a", "128k"}, 0.9},
		{"mp3", []string{"-b:a", "128k"}, 0.9},
		{"mp3", []string{"-q:a", "2"}, 0.9},
		{"m4a", []string{"-c:a", "aac", "-b:a", "128k"}, 0.75},
		{"m4a", []string{"-c:a", "alac"}, 0.75},
		// A fifth of this file is the set-up, without which there is nothing.
		{"ogg", []string{"-c:a", "libvorbis", "-page_duration", "20000"}, 0.5},
		{"opus", []string{"-c:a", "libopus", "-page_duration", "20000"}, 0.9},
		{"m4a", []string{"-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart"}, 0.75},
		{"ts", []string{"-c:a", "aac", "-b:a", "128k"}, 0.9},
		{"ts", []string{"-c:a", "libmp3lame", "-b:a", "128k"}, 0.9},
		{"mp4", []string{"-c:a", "aac", "-b:a", "128k", "-movflags", "+frag_keyframe+delay_moov", "-frag_duration", "200000"}, 0.9},
	}
	for _, tt := range tests {
		t.Run(tt.ext, func(t *testing.T) {
			file := codectest.FFmpeg(t, wav, "wav", tt.ext, tt.args...)
			recovered := codectest.CheckDamaged(t, All().Open, file, *variants)
			t.Logf("%d variants, %.1f %% recovered", *variants, 100*recovered)
			if recovered < tt.recovered {
				t.Errorf("%.1f %% of the sound recovered, want %.0f", 100*recovered, 100*tt.recovered)
			}
		})
	}
}
