package wav

import (
	"testing"

	"github.com/ninth-coop/ninth/player/codec/codectest"
)

func FuzzWAV(f *testing.F) {
	five := file{tag: tagFloat, channels: 5, bits: 32, extensible: true, mask: 0x37, between: chunk("LIST", make([]byte, 9))}
	five.store(codectest.Music(20, 5, rate))
	codectest.Fuzz(f, Open, codectest.WAV(codectest.Music(100, 2, rate), 2, rate, 16), five.bytes())
}
