package aiff

import (
	"testing"

	"github.com/ninth-coop/ninth/player/codec/codectest"
)

func FuzzAIFF(f *testing.F) {
	five := file{kind: "fl32", channels: 5, bits: 32, before: chunk("NAME", []byte("odd"))}
	five.store(codectest.Music(20, 5, rate))
	late := file{channels: 2, bits: 16, formatLast: true}
	late.store(codectest.Music(100, 2, rate))
	codectest.Fuzz(f, Open, five.bytes(), late.bytes())
}
