package mp4

import (
	"testing"

	"github.com/ninth-coop/ninth/player/codec/codectest"
)

// FuzzMP4 begins with the files that ffmpeg wrote into testdata/fuzz.
func FuzzMP4(f *testing.F) { codectest.Fuzz(f, Open) }
