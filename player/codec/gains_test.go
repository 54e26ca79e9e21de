package codec

import (
	"encoding/binary"
	"math"
	"testing"
)

func TestGainTags(t *testing.T) {
	known := func(db, peak float64) Gain { return Gain{true, db, peak} }
	for _, test := range []struct {
		name string
		tags [][2]string
		want Gains
	}{
		{"none", [][2]string{{"ARTIST", "-6 dB"}}, Gains{}},
		{"ReplayGain", [][2]string{
			{"REPLAYGAIN_TRACK_GAIN", "-6.52 dB"}, {"replaygain_track_peak", "0.988"},
			{"ReplayGain_Album_Gain", "+1,5"}, {"REPLAYGAIN_ALBUM_PEAK", "-3"},
		}, Gains{known(-6.52, 0.988), known(1.5, 0)}},
		{"R128", [][2]string{{"R128_TRACK_GAIN", "-1024"}, {"R128_ALBUM_GAIN", "256"}}, Gains{known(1, 0), known(6, 0)}},
		{"ReplayGain goes before R128", [][2]string{{"R128_TRACK_GAIN", "-1024"}, {"REPLAYGAIN_TRACK_GAIN", "2 dB"}}, Gains{Track: known(2, 0)}},
		{"no sense", [][2]string{{"REPLAYGAIN_TRACK_GAIN", "loud"}, {"REPLAYGAIN_ALBUM_GAIN", "NaN dB"}}, Gains{}},
		{"beyond belief", [][2]string{{"REPLAYGAIN_TRACK_GAIN", "900 dB"}}, Gains{}},
	} {
		var tags GainTags
		for _, tag := range test.tags {
			tags.Tag(tag[0], tag[1])
		}
		if got := tags.Gains(); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
	if got := MeasuredGain(-12.5, 0.9); got != known(-5.5, 0.9) {
		t.Errorf("what is −12.5 LUFS loud gets %+v", got)
	}
	if got := MeasuredGain(math.Inf(-1), 0); got.Known {
		t.Errorf("silence gets %+v", got)
	}
}

func FuzzCommentGains(f *testing.F) {
	block := func(comments ...string) []byte {
		b := binary.LittleEndian.AppendUint32(nil, 4)
		b = append(b, "me 1"...)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(comments)))
		for _, c := range comments {
			b = binary.LittleEndian.AppendUint32(b, uint32(len(c)))
			b = append(b, c...)
		}
		return b
	}
	good := block("TITLE=x", "REPLAYGAIN_TRACK_GAIN=-7.5 dB", "R128_ALBUM_GAIN=0")
	if g := CommentGains(good); g.Track.DB != -7.5 || g.Album.DB != r128Above {
		f.Fatalf("%+v", g)
	}
	for n := range good {
		f.Add(good[:n])
	}
	f.Add(good)
	f.Fuzz(func(t *testing.T, b []byte) {
		g := CommentGains(b)
		for _, gain := range []Gain{g.Track, g.Album} {
			if !(math.Abs(gain.DB) <= maxGain) || !(gain.Peak >= 0) {
				t.Errorf("%+v", gain)
			}
		}
	})
}
