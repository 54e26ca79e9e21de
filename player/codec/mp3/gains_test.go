package mp3

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/ninth-coop/ninth/player/codec"
)

func TestLameGains(t *testing.T) {
	b := make([]byte, 24)
	binary.BigEndian.PutUint32(b[11:], math.Float32bits(0.75))
	binary.BigEndian.PutUint16(b[15:], 1<<13|3<<10|1<<9|65) // the track's, computed, −6.5 dB
	binary.BigEndian.PutUint16(b[17:], 2<<13|3<<10|20)      // the album's, +2 dB
	want := codec.Gains{Track: codec.Gain{Known: true, DB: -6.5, Peak: 0.75}, Album: codec.Gain{Known: true, DB: 2}}
	if got := lameGains(b); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	clear(b[15:])
	if got := lameGains(b); got != (codec.Gains{}) {
		t.Errorf("without words: %+v", got)
	}
}
