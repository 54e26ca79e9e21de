package flac

import (
	"testing"

	"github.com/ninth-coop/ninth/player/codec/codectest"
)

// The second play of a file without a seek table goes straight to its place.
func TestIndexIsKept(t *testing.T) {
	wav := codectest.WAV(codectest.Music(20*44100, 2, 44100), 2, 44100, 16)
	file := codectest.FFmpeg(t, wav, "wav", "flac")
	codectest.CheckIndex(t, Open, file, 256<<10, true)
}
