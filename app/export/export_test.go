package export

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/dhowden/tag"

	"github.com/ninth-coop/ninth/player/codec/codectest"
	"github.com/ninth-coop/ninth/player/codec/formats"
)

func picturesOf(t testing.TB) (asJPEG, asPNG []byte) {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 40, 30))
	var j, p bytes.Buffer
	if err := errors.Join(jpeg.Encode(&j, m, nil), png.Encode(&p, m)); err != nil {
		t.Fatal(err)
	}
	return j.Bytes(), p.Bytes()
}

func full(cover []byte) Tags {
	return Tags{
		Title: "Été — 夏", Artist: "Zoë & Ana", Album: "Low tide", AlbumArtist: "Zoë",
		Date: "2026-01-31", Number: 3, Total: 12, Cover: cover,
	}
}

func written(t testing.TB, file []byte, tags Tags) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, bytes.NewReader(file), int64(len(file)), tags); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// music is a second of sound in a format.
func music(t testing.TB, ext string, args ...string) []byte {
	t.Helper()
	wav := codectest.WAV(codectest.Music(44100, 2, 44100), 2, 44100, 16)
	if ext == ".wav" && len(args) == 0 {
		return wav
	}
	return codectest.FFmpeg(t, wav, ".wav", ext, args...)
}

// TestWrite tags a file of each format, looks at what another reader of tags
// finds, and that the sound is the same to the sample; then it does so again on
// what it has written, with other tags.
func TestWrite(t *testing.T) {
	asJPEG, asPNG := picturesOf(t)
	for _, test := range []struct {
		name, ext string
		format    Format
		args      []string
		unread    bool // the other reader does not know tags in this format
	}{
		{"FLAC", ".flac", FLAC, nil, false},
		{"FLAC with tags", ".flac", FLAC, []string{"-metadata", "title=Old", "-metadata", "REPLAYGAIN_TRACK_GAIN=-3.00 dB"}, false},
		{"Vorbis", ".ogg", Ogg, []string{"-c:a", "libvorbis"}, false},
		{"Opus", ".opus", Opus, []string{"-c:a", "libopus"}, false},
		{"FLAC in Ogg", ".oga", Ogg, []string{"-c:a", "flac", "-f", "ogg"}, true},
		{"MP3", ".mp3", MP3, []string{"-id3v2_version", "0"}, false},
		{"MP3 with ID3v2.3", ".mp3", MP3, []string{"-id3v2_version", "3", "-metadata", "title=Old", "-metadata", "composer=Kept"}, false},
		{"MP3 with ID3v2.4", ".mp3", MP3, []string{"-id3v2_version", "4", "-metadata", "title=Old", "-metadata", "composer=Kept"}, false},
		{"AAC in ADTS", ".aac", ADTS, nil, false},
		{"AAC in MP4", ".m4a", MP4, []string{"-metadata", "title=Old"}, false},
		{"AAC in MP4 for the network", ".m4a", MP4, []string{"-movflags", "+faststart"}, false},
		{"AAC in fragments", ".m4a", MP4, []string{"-movflags", "+frag_keyframe+empty_moov", "-frag_duration", "500000"}, false},
		{"AAC in fragments that point from the beginning", ".m4a", MP4, []string{"-movflags", "+frag_keyframe+empty_moov-default_base_moof+omit_tfhd_offset"}, false},
		{"ALAC", ".m4a", MP4, []string{"-c:a", "alac"}, false},
		{"WAV", ".wav", WAV, nil, true},
		{"WAV with tags", ".wav", WAV, []string{"-metadata", "title=Old", "-write_id3v2", "1"}, true},
		{"AIFF", ".aiff", AIFF, nil, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			args := test.args
			file := music(t, test.ext, args...)
			decode := func(file []byte) [][2]float64 { return codectest.Decode(t, formats.All().Open, file) }
			if test.ext == ".oga" { // which our own decoders do not know
				decode = func(file []byte) [][2]float64 { return codectest.FFmpegDecode(t, file, test.ext, 2) }
			}
			before := decode(file)
			if len(before) < 44000 {
				t.Fatalf("%d frames", len(before))
			}
			for i, tags := range []Tags{full(asJPEG), full(asPNG)} {
				if i > 0 {
					tags.Title, tags.Number = "Again", 4
				}
				if got, err := Detect(bytes.NewReader(file), int64(len(file))); got != test.format || err != nil {
					t.Fatalf("it is taken for %q, %v", got, err)
				}
				file = written(t, file, tags)
				after := decode(file)
				if !same(before, after) {
					t.Errorf("%d frames became %d others", len(before), len(after))
				}
				if !test.unread {
					checkTags(t, file, tags)
				}
				checkFFmpeg(t, file, test.ext, tags)
			}
		})
	}
}

func same(a, b [][2]float64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func checkTags(t *testing.T, file []byte, want Tags) {
	t.Helper()
	m, err := tag.ReadFrom(bytes.NewReader(file))
	if err != nil {
		t.Errorf("reading the tags: %v", err)
		return
	}
	number, total := m.Track()
	got := fmt.Sprint(m.Title(), m.Artist(), m.Album(), m.AlbumArtist(), m.Year(), number, total)
	if want := fmt.Sprint(want.Title, want.Artist, want.Album, want.AlbumArtist, 2026, want.Number, want.Total); got != want {
		t.Errorf("the tags read %s, want %s", got, want)
	}
	if p := m.Picture(); p == nil || !bytes.Equal(p.Data, want.Cover) {
		t.Errorf("the cover is another one: %v", p)
	}
}

// checkFFmpeg has ffmpeg read the tags, and all of the audio without complaint.
func checkFFmpeg(t *testing.T, file []byte, ext string, want Tags) {
	t.Helper()
	said := codectest.FFmpeg(t, file, ext, ".txt", readingOf(ext)...)
	for _, line := range []string{"title=" + want.Title, "artist=" + want.Artist, "album=" + want.Album} {
		if !bytes.Contains(bytes.ToLower(said), bytes.ToLower([]byte(line))) {
			t.Errorf("ffmpeg reads no %q in\n%s", line, said)
		}
	}
}

// readingOf are the options with which ffmpeg writes down the tags of a file.
func readingOf(ext string) []string {
	options := []string{"-xerror", "-f", "ffmetadata"}
	switch ext {
	case ".ogg", ".oga", ".opus": // there, they are those of the stream
		options = append(options, "-map_metadata", "0:s:0")
	}
	return options
}

// TestWhatWasSaidBesidesStays: gains, lengths of padding and what we know
// nothing of.
func TestWhatWasSaidBesidesStays(t *testing.T) {
	asJPEG, _ := picturesOf(t)
	for _, test := range []struct {
		ext, words string
		args       []string
	}{
		{".flac", "REPLAYGAIN_TRACK_GAIN=-3.00 dB", []string{"-metadata", "REPLAYGAIN_TRACK_GAIN=-3.00 dB"}},
		{".opus", "R128_TRACK_GAIN=-256", []string{"-c:a", "libopus", "-metadata", "R128_TRACK_GAIN=-256"}},
		{".mp3", "Kept", []string{"-id3v2_version", "3", "-metadata", "composer=Kept"}},
		{".m4a", "Kept", []string{"-metadata", "composer=Kept"}},
	} {
		file := written(t, music(t, test.ext, test.args...), full(asJPEG))
		said := codectest.FFmpeg(t, file, test.ext, ".txt", readingOf(test.ext)...)
		if !bytes.Contains(said, []byte(test.words)) {
			t.Errorf("%s: no %q in\n%s", test.ext, test.words, said)
		}
	}
}

// TestDemoTracks tags the demo's own, as the co-op serves them.
func TestDemoTracks(t *testing.T) {
	asJPEG, _ := picturesOf(t)
	for _, name := range []string{"spring-tide/01-spring-tide.m4a", "points-and-crossings/02-points.flac"} {
		file, err := os.ReadFile(filepath.Join("..", "..", "assets", "demo", "audio", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		out := written(t, file, full(asJPEG))
		checkTags(t, out, full(asJPEG))
		if !same(codectest.Decode(t, formats.All().Open, file), codectest.Decode(t, formats.All().Open, out)) {
			t.Errorf("%s sounds different", name)
		}
	}
}

func TestOtherFilesAreCopied(t *testing.T) {
	file := []byte("neither sound nor anything else")
	if out := written(t, file, full(nil)); !bytes.Equal(out, file) {
		t.Errorf("%q", out)
	}
	// A transport stream with nothing in it.
	ts := bytes.Repeat(append([]byte{'G', 0x1F, 0xFF, 0x10}, make([]byte, 184)...), 20)
	if f, err := Result(bytes.NewReader(ts), int64(len(ts))); f != TS || err != nil || f.Extension() != ".ts" {
		t.Errorf("taken for %q, %v", f, err)
	}
	if out := written(t, ts, full(nil)); !bytes.Equal(out, ts) {
		t.Error("a transport stream has changed")
	}
}

// TestNoCover: what is no picture is not written as one, and a cover that is
// there stays when none is given.
func TestNoCover(t *testing.T) {
	asJPEG, _ := picturesOf(t)
	for _, ext := range []string{".flac", ".mp3", ".m4a", ".ogg"} {
		args := map[string][]string{".ogg": {"-c:a", "libvorbis"}}[ext]
		file := music(t, ext, args...)
		if m, err := tag.ReadFrom(bytes.NewReader(written(t, file, full([]byte("<svg/>"))))); err != nil || m.Picture() != nil {
			t.Errorf("%s: a picture of something else: %v, %v", ext, m, err)
		}
		out := written(t, written(t, file, full(asJPEG)), Tags{Title: "Other"})
		m, err := tag.ReadFrom(bytes.NewReader(out))
		if err != nil || m.Picture() == nil || m.Title() != "Other" || m.Album() != "Low tide" {
			t.Errorf("%s: what was there is lost: %v, %v", ext, m, err)
		}
	}
}

// FuzzWrite: whatever a file holds, writing ends, with bounded memory, and what
// is written of an undamaged file is no shorter than it by more than its tags.
func FuzzWrite(f *testing.F) {
	asJPEG, _ := picturesOf(f)
	for _, ext := range []string{".flac", ".ogg", ".opus", ".mp3", ".aac", ".m4a", ".wav", ".aiff"} {
		file := music(f, ext, "-t", "0.05", "-metadata", "title=Old")
		f.Add(file)
		f.Add(file[:len(file)/2])
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		var out bytes.Buffer
		err := Write(&out, bytes.NewReader(file), int64(len(file)), full(asJPEG))
		if err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatal(err)
		}
		if err != nil {
			return
		}
		again := out.Bytes()
		if err := Write(&bytes.Buffer{}, bytes.NewReader(again), int64(len(again)), full(asJPEG)); err != nil {
			t.Errorf("what was written cannot be written again: %v", err)
		}
	})
}
