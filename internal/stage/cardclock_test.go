package stage

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Blocks arrive with delays of all kinds; the frame is still said to have been
// played when it was, give or take the least of the delays.
func TestFramesAreDatedByTheBlockWithTheLeastDelay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const rate = 48000
		block := rapid.SampledFrom([]int{48, 96, 480, 441}).Draw(t, "block")
		began := time.Now()
		played := func(frame int) time.Time {
			return began.Add(time.Duration(frame) * time.Second / rate)
		}
		delays := rapid.SliceOfN(rapid.IntRange(0, 20_000), 1, 400).Draw(t, "delays of blocks in µs")
		clock := cardClock{rate: rate}
		least := time.Hour
		for i, d := range delays {
			delay := time.Duration(d) * time.Microsecond
			clock.note(played(i*block).Add(delay), i*block)
			if played(len(delays)*block).Sub(played(i*block)) <= originEvery/2 {
				least = min(least, delay)
			}
		}
		frame := rapid.IntRange(0, len(delays)*block).Draw(t, "frame")
		late := clock.at(frame).Sub(played(frame))
		if late < -time.Microsecond || late > least+time.Microsecond {
			t.Errorf("frame %d is dated %v late; the quickest block of the last half second took %v", frame, late, least)
		}
	})
}

// A card whose clock strays is followed.
func TestTheDateOfFramesFollowsTheCard(t *testing.T) {
	const rate, block = 48000, 480
	clock := cardClock{rate: rate}
	arrived := time.Now()
	for i := range 6000 { // a minute, in which the card falls behind by 60 ms
		clock.note(arrived, i*block)
		arrived = arrived.Add(10*time.Millisecond + 10*time.Microsecond)
	}
	if late := arrived.Sub(clock.at(6000 * block)); late < 0 || late > 3*time.Millisecond {
		t.Errorf("after a minute the clock is %v behind", late)
	}
}
