package formats_test

import (
	"testing"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/codectest"
	"github.com/ninth-coop/ninth/player/codec/formats"
	"github.com/ninth-coop/ninth/player/source"
)

// The gains that another program has written into files are found.
func TestGainsInTags(t *testing.T) {
	wav := codectest.WAV(codectest.Music(48000, 2, 48000), 2, 48000, 16)
	args := []string{"-metadata", "REPLAYGAIN_TRACK_GAIN=-7.25 dB", "-metadata", "REPLAYGAIN_TRACK_PEAK=0.5", "-metadata", "R128_ALBUM_GAIN=-512"}
	want := codec.Gains{
		Track: codec.Gain{Known: true, DB: -7.25, Peak: 0.5},
		Album: codec.Gain{Known: true, DB: 3},
	}
	for _, test := range []struct {
		ext  string
		args []string
	}{
		{"flac", nil},
		{"ogg", []string{"-c:a", "libvorbis"}},
		{"opus", nil},
		{"mp3", []string{"-id3v2_version", "3"}},
		{"mp3", []string{"-id3v2_version", "4"}},
	} {
		file := codectest.FFmpeg(t, wav, "wav", test.ext, append(test.args, args...)...)
		d, err := formats.All().Open(t.Context(), source.FromBytes(file))
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Format().Gains; got != want {
			t.Errorf("%s: %+v, want %+v", test.ext, got, want)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
}
