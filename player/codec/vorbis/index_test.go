package vorbis

import (
	"testing"

	"github.com/ninth-coop/ninth/player/codec/codectest"
)

// The second play goes straight to its place.
func TestIndexIsKept(t *testing.T) {
	wav := codectest.WAV(codectest.Music(60*44100, 2, 44100), 2, 44100, 16)
	file := codectest.FFmpeg(t, wav, "wav", "ogg", "-c:a", "libvorbis", "-q:a", "6")
	codectest.CheckIndex(t, Open, file, 96<<10, true)
}
