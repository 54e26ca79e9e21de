package mp4

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/codectest"
)

// fragmented encodes n frames into a file of fragments of half a second.
func fragmented(t testing.TB, n int, flags string) []byte {
	t.Helper()
	return encode(t, n, "mp4", "-movflags", flags, "-frag_duration", "500000")
}

// rendition encodes n frames into HLS segments of a second, joined.
func rendition(t testing.TB, n int) (file []byte, starts []int64) {
	t.Helper()
	wav := codectest.WAV(codectest.Music(n, 2, rate), 2, rate, 16)
	files := codectest.HLS(t, wav, "-c:a", "aac", "-b:a", "128k", "-aac_pns", "0",
		"-hls_segment_type", "fmp4", "-hls_time", "1")
	return codectest.Joined(t, files)
}

func TestFragments(t *testing.T) {
	const n = 3*rate + 123
	segments, _ := rendition(t, n)
	tests := []struct {
		name string
		file []byte
		// What the file says of the encoder's delay, which ffmpeg 5 ignores here.
		delay int
	}{
		{"the movie box empty", fragmented(t, n, "+frag_keyframe+empty_moov"), 0},
		{"the movie box behind the first fragment", fragmented(t, n, "+frag_keyframe+delay_moov"), 1024},
		{"an index in front", fragmented(t, n, "+frag_keyframe+delay_moov+default_base_moof+global_sidx"), 1024},
		{"an index that tells all", fragmented(t, n, "+frag_keyframe+delay_moov+default_base_moof+global_sidx+skip_trailer"), 1024},
		{"offsets from the fragment", fragmented(t, n, "+frag_keyframe+delay_moov+default_base_moof"), 1024},
		{"packets in the movie box", fragmented(t, n, "+frag_keyframe"), 0},
		{"HLS", segments, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			codectest.Check(t, Open, tt.file, codectest.Reference{
				Format: codec.Format{Codec: "AAC-LC", SampleRate: beep.SampleRate(rate), Channels: 2},
				SNR:    80,
				Frames: codectest.FFmpegDecode(t, tt.file, "mp4", 2)[tt.delay : n+1024],
			})
		})
	}
}

// The second play seeks exactly, whatever of the track is here.
func TestIndexIsKept(t *testing.T) {
	file, _ := rendition(t, 60*rate)
	codectest.CheckIndex(t, Open, file, 128<<10, true)
}

func TestTheLengthOfFragmentsIsKnownWhereItCanBe(t *testing.T) {
	const n = 2*rate + 5
	indexed := fragmented(t, n, "+frag_keyframe+delay_moov+global_sidx+skip_trailer")
	plain := fragmented(t, n, "+frag_keyframe+delay_moov")
	for name, tt := range map[string]struct {
		src  *codectest.Source
		want int64
	}{
		"on disk":             {codectest.NewSource(plain), n},
		"of unknown size":     {codectest.NewSource(plain).HideSize(), -1},
		"told by the index":   {codectest.NewSource(indexed), n},
		"indexed, still open": {codectest.NewSource(indexed).HideSize(), -1},
	} {
		if got := codectest.Open(t, Open, tt.src).Len(); got != tt.want {
			t.Errorf("%s: %d frames, want %d", name, got, tt.want)
		}
	}
}

// TestASeekInFragmentsReadsWhatItNeeds goes to the end of a longer track.
func TestASeekInFragmentsReadsWhatItNeeds(t *testing.T) {
	const n = 25 * rate
	segments, starts := rendition(t, n)
	for name, src := range map[string]*codectest.Source{
		"by the index":  codectest.NewSource(fragmented(t, n, "+frag_keyframe+delay_moov+global_sidx")).HideSize(),
		"by the source": codectest.NewSource(segments).HideSize().Segments(starts, time.Second),
	} {
		d := codectest.Open(t, Open, src)
		before := src.Read()
		if err := d.SeekTo(n - rate); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := make([][2]float64, rate/2)
		d.Stream(want)
		if read := src.Read() - before; read > 150<<10 {
			t.Errorf("%s: %d bytes read", name, read)
		}
		// The way there on foot gives the same.
		if err := d.SeekTo(0); err != nil {
			t.Fatal(err)
		}
		if all := codectest.Drain(d); codectest.SNR(all[n-rate:n-rate+len(want)], want) < 300 {
			t.Errorf("%s: not what an uninterrupted decode gives", name)
		}
	}
}

// boxesNamed lists the offsets of the top-level boxes of a kind.
func boxesNamed(file []byte, kind string) (at []int) {
	for i := 0; i+8 <= len(file); i += int(binary.BigEndian.Uint32(file[i:])) {
		if string(file[i+4:i+8]) == kind {
			at = append(at, i)
		}
	}
	return at
}

func TestAMissingFragmentIsSilenceOfItsLength(t *testing.T) {
	const n = 6 * rate
	file, starts := rendition(t, n)
	whole := codectest.Decode(t, Open, file)
	moofs := boxesNamed(file, "moof")
	broken := map[string][]byte{
		"left out": append(bytes.Clone(file[:starts[2]]), file[starts[3]:]...),
		"its header destroyed": func() []byte {
			b := bytes.Clone(file)
			copy(b[moofs[2]:], "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF")
			return b
		}(),
		"all of it zero": func() []byte { b := bytes.Clone(file); clear(b[starts[2]:starts[3]]); return b }(),
	}
	// Segments are cut at packets: the third begins within one of two seconds.
	first, last := 2*rate-2048, 3*rate+2048
	for name, b := range broken {
		got := codectest.Decode(t, Open, b)
		if len(got) != len(whole) {
			t.Errorf("%s: %d frames, want %d", name, len(got), len(whole))
			continue
		}
		if codectest.SNR(got[:first], whole[:first]) < 300 || codectest.SNR(got[last:], whole[last:]) < 300 {
			t.Errorf("%s: the sound around it is changed", name)
		}
		if mid := 2*rate + rate/2; got[mid] != [2]float64{} {
			t.Errorf("%s: %v where there is nothing", name, got[mid])
		}
		d := codectest.Open(t, Open, codectest.NewSource(b))
		if err := d.SeekTo(int64(last)); err != nil {
			t.Fatal(err)
		}
		if codectest.SNR(codectest.Drain(d), got[last:]) < 300 {
			t.Errorf("%s: a seek past it gives something else", name)
		}
	}
}

// TestTheSoundGoesOnAtASplice joins two renditions, whose times both begin at 0.
func TestTheSoundGoesOnAtASplice(t *testing.T) {
	a, _ := rendition(t, 2*rate)
	one := codectest.Decode(t, Open, a)
	two := codectest.Decode(t, Open, append(bytes.Clone(a), a...))
	// Only the last packet of a file is shorter than the others.
	packets := (len(one) + 1023) / 1024
	if want := packets*1024 + len(one); len(two) != want {
		t.Errorf("%d frames, want %d", len(two), want)
	}
}

func TestFragmentsThatLie(t *testing.T) {
	file, _ := rendition(t, 2*rate)
	moofs := boxesNamed(file, "moof")
	put := func(after string, offset int, v ...uint32) []byte {
		b := bytes.Clone(file)
		at := moofs[0] + bytes.Index(b[moofs[0]:], []byte(after)) + 4 + offset
		copy(b[at:], u32(v...))
		return b
	}
	for name, b := range map[string][]byte{
		"more packets than rows":     put("trun", 4, 0xFFFFFFFF),
		"packets without a row":      put("trun", 0, 0, 0xFFFFFFFF),
		"data before the file":       put("trun", 8, 0x80000000),
		"a time far away":            put("tfdt", 4, 0x00FFFFFF, 0),
		"a fragment of 4 GiB":        put("styp", -8, 0xFFFFFFFF),
		"of another track":           put("tfhd", 4, 99),
		"a movie box inside nothing": append(bytes.Clone(file), makeBox("moof", makeBox("traf", makeBox("trun", u32(0, 5))))...),
	} {
		d, err := Open(t.Context(), codectest.NewSource(b))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := len(codectest.Drain(d)); d.Err() != nil || got < rate/2 || got > 40*rate {
			t.Errorf("%s: %d frames, %v", name, got, d.Err())
		}
	}
}
