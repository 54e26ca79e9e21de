package formats

import (
	"errors"
	"strings"
	"testing"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/codectest"
)

// page is the first page of an Ogg stream with one packet.
func page(packet string) string {
	return "OggS\x00\x02" + strings.Repeat("\x00", 20) + "\x01" + string(rune(len(packet))) + packet
}

func TestWhatCannotBeDecodedIsNamed(t *testing.T) {
	tests := []struct{ name, head string }{
		{"Ogg FLAC", page("\x7fFLAC\x01")},
		{"Ogg Speex", page("Speex   1.2")},
		{"this kind of Ogg", page("\x80theora")},
		{"WavPack", "wvpk\x00"},
		{"an HLS playlist", "#EXTM3U\n#EXT-X-VERSION:3\n"},
		{"Matroska", "\x1A\x45\xDF\xA3\x01"},
		{"Windows Media Audio", "\x30\x26\xB2\x75\x8E\x66\xCF\x11\xA6\xD9"},
		{"MIDI", "MThd\x00\x00\x00\x06"},
	}
	for _, tt := range tests {
		_, err := All().Open(t.Context(), codectest.NewSource([]byte(tt.head)))
		var unsupported *codec.UnsupportedError
		if !errors.As(err, &unsupported) || unsupported.What != tt.name {
			t.Errorf("%q: %v, want %s named", tt.head, err, tt.name)
		}
	}
}

func TestWhatIsNoSoundIsUnknown(t *testing.T) {
	for head, says := range map[string]string{
		"\xEF\xBB\xBF \n<!DOCTYPE html><html>":         "an HTML page",
		"<html><body>Sign in</body></html>":            "an HTML page",
		"<?xml version=\"1.0\"?>\n<html xmlns=\"x\">":  "an HTML page",
		`{"error":"unauthorized"}`:                     "a JSON answer",
		"{\n \"error\": 1}":                            "a JSON answer",
		"just some words":                              "unknown",
		"\x00\x00\x00\x00\x00\x00\x00\x00":             "unknown",
		"RIFF\x00\x00\x00\x00AVI LIST":                 "unknown",
		"\xFF\xFB":                                     "unknown",
		"\xFF\xFBgarbage that only begins like an MP3": "unknown",
	} {
		_, err := All().Open(t.Context(), codectest.NewSource([]byte(head)))
		if !errors.Is(err, codec.ErrUnknownFormat) || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %s", head, err, says)
		}
	}
}

// TestEncodedElsewhere recognises what a real encoder writes.
func TestEncodedElsewhere(t *testing.T) {
	wav := codectest.WAV(codectest.Music(44100, 2, 44100), 2, 44100, 16)
	tests := []struct {
		want, ext string
		args      []string
	}{
		{"MP2", "mp2", []string{"-b:a", "192k"}},
		{"MP2", "mp2", []string{"-ar", "22050", "-b:a", "64k"}},
		{"Ogg FLAC", "ogg", []string{"-c:a", "flac"}},
		{"µ-law in an AIFF file", "aiff", []string{"-c:a", "pcm_mulaw"}},
		{"Windows Media Audio", "wma", nil},
		{"WavPack", "wv", nil},
		{"MP3 in MP4", "mp4", []string{"-c:a", "libmp3lame"}},
		{"Opus in MP4", "mp4", []string{"-c:a", "libopus"}},
		{"FLAC in MP4", "mp4", []string{"-c:a", "flac", "-strict", "-2"}},
		{"AC-3", "mp4", []string{"-c:a", "ac3"}},
		{"FLAC in MP4", "mp4", []string{"-c:a", "flac", "-strict", "-2", "-movflags", "frag_keyframe+empty_moov"}},
		{"an encrypted track", "mp4", []string{"-c:a", "aac", "-encryption_scheme", "cenc-aes-ctr",
			"-encryption_key", strings.Repeat("ab", 16), "-encryption_kid", strings.Repeat("cd", 16)}},
		{"µ-law in a WAV file", "wav", []string{"-c:a", "pcm_mulaw"}},
		{"ADPCM in a WAV file", "wav", []string{"-c:a", "adpcm_ms"}},
	}
	for _, tt := range tests {
		file := codectest.FFmpeg(t, wav, "wav", tt.ext, tt.args...)
		_, err := All().Open(t.Context(), codectest.NewSource(file))
		var unsupported *codec.UnsupportedError
		if !errors.As(err, &unsupported) || unsupported.What != tt.want {
			t.Errorf("%v: %v, want %s named", tt.args, err, tt.want)
		}
	}
}
