package codec_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/codectest"
)

// A packet's number is found by its stamp, wherever the clock begins, and
// although it begins anew.
func TestStampsCountPackets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := codec.Stamps{
			Rate:   rapid.SampledFrom([]int64{8000, 22050, 44100, 48000, 96000}).Draw(t, "rate"),
			Frames: rapid.SampledFrom([]int64{576, 1024, 1152}).Draw(t, "frames"),
		}
		const period = 1 << 33
		start := rapid.Int64Range(0, period-1).Draw(t, "start")
		stamp := func(unit int64) int64 {
			return (start + int64(float64(unit*s.Frames)*90_000/float64(s.Rate)+0.5)) % period
		}
		hour := 3600 * s.Rate / s.Frames
		first := rapid.Int64Range(0, 20*hour).Draw(t, "first")
		s.Learn(first, stamp(first))
		near := rapid.Int64Range(0, 20*hour).Draw(t, "near")
		unit := max(near+rapid.Int64Range(-10*hour, 10*hour).Draw(t, "off"), 0)
		if got := s.Unit(stamp(unit), near); got != unit {
			t.Errorf("packet %d is taken for %d", unit, got)
		}
	})
}

func TestInnerTags(t *testing.T) {
	frame := []byte("the frames")
	packed, _ := codectest.Packed(frame, []int{0}, 1, func(int) time.Duration { return 0 })
	tag := packed[:len(packed)-len(frame)]
	for name, tt := range map[string]struct {
		file  []byte
		end   int
		timed bool
	}{
		"none":                   {frame, 0, false},
		"nothing":                {nil, 0, false},
		"one":                    {packed, len(tag), true},
		"one behind another":     {append([]byte("ID3\x03\x00\x00\x00\x00\x00\x02xx"), packed...), len(tag) + 12, true},
		"one that tells no time": {append([]byte("ID3\x03\x00\x00\x00\x00\x00\x02xx"), frame...), 12, false},
		"one that is a lie":      {append([]byte("ID3\x03\x00\x00\x00\x7f\x00\x02xx"), frame...), 0, false},
		"nothing behind it":      {tag, len(tag), true},
		"cut short":              {tag[:len(tag)-1], 0, false},
	} {
		r := codec.NewReader(t.Context(), codectest.NewSource(tt.file))
		end, stamp, err := codec.InnerTags(r, 0)
		if err != nil || end != int64(tt.end) || stamp >= 0 != tt.timed {
			t.Errorf("%s: ends at %d, stamp %d, %v", name, end, stamp, err)
		}
		before, err := codec.StampBefore(r, 0, end)
		if err != nil || before != stamp {
			t.Errorf("%s: from behind the stamp is %d, not %d, %v", name, before, stamp, err)
		}
	}
}
