package flac

import (
	"testing"

	"github.com/ninth-coop/ninth/player/codec/codectest"
)

func FuzzFLAC(f *testing.F) {
	s := samples(600)
	codectest.Fuzz(f, Open, encode(f, s, 192), encode(f, s, 100, 17, 50), forgetLength(encode(f, s, 256)))
}
