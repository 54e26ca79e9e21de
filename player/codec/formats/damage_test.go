package formats

import (
	"flag"
	"slices"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/player/codec/codectest"
)

// variants is how many damaged copies of each file are played. `make
// test-damage` plays 2,000.
var variants = flag.Int("variants", 200, "how many damaged copies of each file are played")

// compared is how many of them ffmpeg plays as well: it takes a process for
// each. `make test-damage` compares 40.
var compared = flag.Int("compared", 8, "how many damaged copies of each file ffmpeg plays as well")

// damageable is a file that is damaged.
type damageable struct {
	name, ext string
	args      []string // of ffmpeg
	// recovered is the least share of the sound that must still be given
	// where bytes are changed but none are missing. An MP4 file lives by
	// its movie box, in which damage is mostly fatal, to ffmpeg as well.
	recovered float64
}

func damageables() []damageable {
	aac := []string{"-c:a", "aac", "-b:a", "128k"}
	with := func(args []string, more ...string) []string { return slices.Concat(args, more) }
	return []damageable{
		{"WAV", "wav", []string{"-c:a", "pcm_s16le"}, 0.95},
		{"AIFF", "aiff", []string{"-c:a", "pcm_s16be"}, 0.95},
		{"FLAC", "flac", nil, 0.95},
		{"ADTS", "aac", aac, 0.9},
		{"MP3 CBR", "mp3", []string{"-b:a", "128k"}, 0.9},
		{"MP3 VBR", "mp3", []string{"-q:a", "2"}, 0.9},
		{"AAC", "m4a", aac, 0.75},
		{"AAC, movie first", "m4a", with(aac, "-movflags", "+faststart"), 0.75},
		{"AAC, fragments", "mp4", with(aac, "-movflags", "+frag_keyframe+delay_moov", "-frag_duration", "200000"), 0.9},
		{"ALAC", "m4a", []string{"-c:a", "alac"}, 0.75},
		// A fifth of this file is the set-up, without which there is nothing.
		{"Vorbis", "ogg", []string{"-c:a", "libvorbis", "-page_duration", "20000"}, 0.5},
		{"Opus", "opus", []string{"-c:a", "libopus", "-page_duration", "20000"}, 0.9},
		{"AAC in MPEG-TS", "ts", aac, 0.9},
		{"MP3 in MPEG-TS", "ts", []string{"-c:a", "libmp3lame", "-b:a", "128k"}, 0.9},
	}
}

func (d damageable) file(t *testing.T) []byte {
	t.Helper()
	const rate, frames = 44100, 50_000
	wav := codectest.WAV(codectest.Music(frames, 2, rate), 2, rate, 16)
	return codectest.FFmpeg(t, wav, "wav", d.ext, d.args...)
}

func TestDamagedFiles(t *testing.T) {
	for _, tt := range damageables() {
		t.Run(tt.name, func(t *testing.T) {
			recovered := codectest.CheckDamaged(t, All().Open, tt.file(t), *variants)
			t.Logf("%d variants, %.1f %% recovered", *variants, 100*recovered)
			if recovered < tt.recovered {
				t.Errorf("%.1f %% of the sound recovered, want %.0f", 100*recovered, 100*tt.recovered)
			}
		})
	}
}

// TestDamagedFilesPlayAsLongAsInFFmpeg compares how much of damaged files comes
// out: playing time of all formats, and of the lossy ones also how much of it is
// not silent. A lossless frame whose checksum is wrong is silence here, and noise
// in ffmpeg.
func TestDamagedFilesPlayAsLongAsInFFmpeg(t *testing.T) {
	// What may be missing of ffmpeg's sums: in a handful of files, one that is cut
	// may end a packet sooner; and behind a gap ffmpeg gives half a block more, of
	// what does not overlap.
	const tolerance, halfBlocks = 0.005, 0.02
	for _, tt := range damageables() {
		t.Run(tt.name, func(t *testing.T) {
			ours, theirs := codectest.CompareDamaged(t, All().Open, tt.file(t), tt.ext, *compared)
			ratio := func(a, b time.Duration) float64 { return a.Seconds() / b.Seconds() }
			played, heard := ratio(ours.Played, theirs.Played), ratio(ours.Heard, theirs.Heard)
			t.Logf("%d variants: %.2f s played, %.3f of ffmpeg's; %.2f s heard, %.3f of ffmpeg's",
				*compared, ours.Played.Seconds(), played, ours.Heard.Seconds(), heard)
			if theirs.Played == 0 {
				t.Fatal("ffmpeg recovers nothing: the comparison does not work")
			}
			if played < 1-tolerance {
				t.Errorf("%v played, ffmpeg plays %v", ours.Played, theirs.Played)
			}
			if lossless := tt.name == "FLAC" || tt.name == "ALAC"; !lossless && heard < 1-halfBlocks {
				t.Errorf("%v heard, in ffmpeg %v", ours.Heard, theirs.Heard)
			}
		})
	}
}
