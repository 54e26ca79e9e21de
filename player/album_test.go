package player

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/ninth-coop/ninth/player/codec/codectest"
	"github.com/ninth-coop/ninth/player/codec/formats"
	"github.com/ninth-coop/ninth/player/source"
)

// An album that was cut at odd frames and encoded track by track plays as if it
// had not been: sample for sample where nothing is lost, and otherwise with the
// exact length and with no more error at the joins than the codec makes
// anywhere.
func TestAlbumsJoinInEveryFormat(t *testing.T) {
	const rate, length = 48000, 150_003
	music := codectest.Music(length, 2, rate)
	uncut := codectest.Stereo(music, 2)
	cuts := []int{0, 33_331, 66_667, 66_667 + 40_001, length}
	for _, tt := range []struct {
		name, ext string
		args      []string
		lossless  bool
	}{
		{"WAV", "wav", []string{"-c:a", "pcm_s16le"}, true},
		{"AIFF", "aiff", []string{"-c:a", "pcm_s16be"}, true},
		{"FLAC", "flac", []string{"-sample_fmt", "s16"}, true},
		{"ALAC", "m4a", []string{"-c:a", "alac", "-sample_fmt", "s16p"}, true},
		{"MP3", "mp3", []string{"-b:a", "256k"}, false},
		{"AAC", "m4a", []string{"-c:a", "aac", "-b:a", "256k"}, false},
		{"Vorbis", "ogg", []string{"-c:a", "libvorbis", "-q:a", "8"}, false},
		{"Opus", "opus", []string{"-c:a", "libopus", "-b:a", "256k"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lib, q := newLibrary(), Queue{}
			for i, end := range cuts[1:] {
				wav := codectest.WAV(music[2*cuts[i]:2*end], 2, rate, 16)
				file := codectest.FFmpeg(t, wav, "wav", tt.ext, tt.args...)
				key := fmt.Sprint("track ", i)
				lib.put(key, func(context.Context) (source.Source, error) { return source.FromBytes(file), nil })
				q = q.Append(key)
			}
			got := render(t, lib, q, func(c *Config) { c.Codecs = formats.All() })
			if len(got) != length {
				t.Fatalf("%d frames, want %d", len(got), length)
			}
			if tt.lossless {
				want := codectest.Decode(t, formats.All().Open, codectest.WAV(music, 2, rate, 16))
				for i, w := range want {
					if got[i] != [2]float32{float32(w[0]), float32(w[1])} {
						t.Fatalf("frame %d is %v, want %v", i, got[i], w)
					}
				}
				return
			}
			far, near := 0.0, 0.0
			for i, w := range uncut {
				off := max(math.Abs(float64(got[i][0])-w[0]), math.Abs(float64(got[i][1])-w[1]))
				if closeToACut(i, cuts[1:len(cuts)-1]) {
					near = max(near, off)
				} else {
					far = max(far, off)
				}
			}
			t.Logf("the largest error is %.3f at the joins and %.3f elsewhere", near, far)
			if near > far {
				t.Errorf("the largest error is %.3f at the joins and %.3f elsewhere", near, far)
			}
		})
	}
}

// closeToACut reports whether frame i is within 10 ms of one.
func closeToACut(i int, cuts []int) bool {
	for _, c := range cuts {
		if i > c-480 && i < c+480 {
			return true
		}
	}
	return false
}
