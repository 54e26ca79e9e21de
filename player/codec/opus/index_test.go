package opus

import (
	"testing"

	"github.com/ninth-coop/ninth/player/codec/codectest"
)

// The second play goes straight to its place.
func TestIndexIsKept(t *testing.T) {
	wav := codectest.WAV(codectest.Music(60*48000, 2, 48000), 2, 48000, 16)
	file := codectest.FFmpeg(t, wav, "wav", "opus", "-c:a", "libopus", "-b:a", "128k")
	codectest.CheckIndex(t, Open, file, 96<<10, true)
}
