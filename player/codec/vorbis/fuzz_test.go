package vorbis

import (
	"testing"

	"github.com/ninth-coop/ninth/player/codec/codectest"
)

// FuzzVorbis begins with the files that ffmpeg wrote into testdata/fuzz. What it
// changes in them gets right checksums, without which it would not be read.
func FuzzVorbis(f *testing.F) { codectest.Fuzz(f, codectest.OggRepaired(Open)) }
