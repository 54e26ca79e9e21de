package player

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/player/codec"

	"github.com/gopxl/beep/v2"
	"pgregory.net/rapid"

	"github.com/ninth-coop/ninth/player/dsp"
)

// sameFrames compares frame by frame and says where the first difference is.
func sameFrames(t interface {
	Helper()
	Fatalf(string, ...any)
}, got, want [][2]float32) {
	t.Helper()
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("frame %d of %d is %v, want %v", i, len(want), got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d frames, want %d", len(got), len(want))
	}
}

// An album that is cut into tracks sounds as if it had not been cut.
func TestJoinsAreExact(t *testing.T) {
	const length = 100_003
	for _, rate := range []int{48000, 44100, 96000, 22050} {
		t.Run(fmt.Sprint(rate), func(t *testing.T) {
			album := tone(rate, length)
			want := drain(dsp.Resample(&memory{album}, beep.SampleRate(rate), 48000))
			for _, cuts := range [][]int{{33_331, 66_667}, {1, 2, 3}, {1023, 1024, 1025, 99_999}, {50_000, 50_001}} {
				lib, q, from := newLibrary(), Queue{}, 0
				for i, to := range append(slices.Clone(cuts), length) {
					key := fmt.Sprint("track ", i)
					lib.add(key, rate, album[from:to])
					q, from = q.Append(key), to
				}
				sameFrames(t, render(t, lib, q, nil), want)
			}
		})
	}
}

// The same with any cuts.
func TestJoinsAreExactAnywhere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		album := tone(44100, rapid.IntRange(1, 12_000).Draw(rt, "frames"))
		cuts := rapid.SliceOfN(rapid.IntRange(1, len(album)), 0, 5).Draw(rt, "cuts")
		slices.Sort(cuts)
		lib, q, from := newLibrary(), Queue{}, 0
		for i, to := range slices.Compact(append(cuts, len(album))) {
			key := fmt.Sprint("track ", i)
			lib.add(key, 44100, album[from:to])
			q, from = q.Append(key), to
		}
		got := render(t, lib, q, nil)
		sameFrames(rt, got, drain(dsp.Resample(&memory{album}, 44100, 48000)))
	})
}

// Tracks of different rates follow each other without silence; each has the
// length that its own resampling gives.
func TestJoinsTracksOfDifferentRates(t *testing.T) {
	lib := newLibrary()
	var q Queue
	var want [][2]float32
	for i, rate := range []int{44100, 48000, 96000, 44100} {
		key := fmt.Sprint("track ", i)
		frames := tone(rate, 12_345)
		lib.add(key, rate, frames)
		q = q.Append(key)
		want = append(want, drain(dsp.Resample(&memory{frames}, beep.SampleRate(rate), 48000))...)
	}
	sameFrames(t, render(t, lib, q, nil), want)
}

func TestRenderIsLimitedToTheFrame(t *testing.T) {
	lib := newLibrary()
	lib.add("long", 44100, tone(44100, 12*44100))
	got := render(t, lib, Queue{}.Append("long"), func(c *Config) { c.Limit = 10 * time.Second })
	if len(got) != 480_000 {
		t.Fatalf("%d frames, want 480000", len(got))
	}
}

func TestRenderEndsWithAShorterQueue(t *testing.T) {
	lib := newLibrary()
	lib.add("short", 48000, tone(48000, 4801))
	got := render(t, lib, Queue{}.Append("short"), func(c *Config) { c.Limit = 10 * time.Second })
	if len(got) != 4801 {
		t.Fatalf("%d frames, want 4801", len(got))
	}
}

func TestRenderAppliesGainAndVolume(t *testing.T) {
	lib := newLibrary()
	lib.add("a", 48000, constant(0.25, 0.5))
	got := render(t, lib, Queue{}.Append("a"), func(c *Config) {
		c.Volume = 0.5
		c.Resolve = func(ctx context.Context, e Entry) (Item, error) {
			item, err := lib.resolve(ctx, e)
			item.Gains.Track = codec.Gain{Known: true, DB: 20 * math.Log10(2)}
			return item, err
		}
		c.Sound.Loudness = LoudnessTrack
	})
	if want := float32(0.5 * 0.125); got[0][0] != want || got[len(got)-1][1] != want {
		t.Errorf("samples are %v and %v, want %v", got[0][0], got[len(got)-1][1], want)
	}
}

// An entry that fails after another one was heard is passed over.
func TestRenderSkipsWhatIsBroken(t *testing.T) {
	lib := newLibrary()
	a, b := tone(48000, 5000), tone(48000, 7000)
	lib.add("a", 48000, a)
	lib.addBroken("x")
	lib.add("b", 48000, b)
	var skipped []error
	got := render(t, lib, Queue{}.Append("a", "x", "x", "b"), func(c *Config) {
		c.OnSkip = func(_ Entry, why error) { skipped = append(skipped, why) }
	})
	sameFrames(t, got, append(drain(&memory{a}), drain(&memory{b})...))
	if len(skipped) != 2 || !errors.Is(skipped[0], errBroken) {
		t.Errorf("skipped %v, want two broken entries", skipped)
	}
}
