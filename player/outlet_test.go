package player

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/dsp"
)

// Until the device has begun no more is decoded than it begins with: the rest
// of the ring would keep the machine busy, and the first sound waiting.
func TestTheRingIsFilledWhenTheDeviceHasBegun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rate = 48000
		wake := make(chan struct{}, 1)
		o := newOutlet(rate, true, 0, dsp.NewLevels(beep.SampleRate(rate)), wake)
		o.admit(1)
		go func() {
			for range 4 * rate / 1000 {
				if o.write(t.Context(), 1, make([][2]float64, 1000), nil) != nil {
					return
				}
			}
		}()
		frames := func(d time.Duration) int64 { return int64(d.Seconds() * rate) }
		check := func(when string, holding bool, want int64) {
			t.Helper()
			synctest.Wait()
			if s := o.status(); s.holding != holding || s.buffered != want {
				t.Errorf("%s: holding %v with %d frames, want %v and %d", when, s.holding, s.buffered, holding, want)
			}
		}
		check("before", false, frames(startTime))
		<-wake
		o.fill()
		check("after", false, frames(ringTime))

		o.admit(2) // a seek
		o.cut(true)
		left := o.status().buffered // fades
		o.admit(1)
		check("after a cut", false, left+frames(startTime))
		o.fill()
		check("after that", false, frames(ringTime))
	})
}
