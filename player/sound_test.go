package player

import (
	"context"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ninth-coop/ninth/player/codec"
)

// withItems changes what the library says of its tracks.
func withItems(lib library, change func(Entry, *Item)) func(*Config) {
	return func(c *Config) {
		c.Resolve = func(ctx context.Context, e Entry) (Item, error) {
			item, err := lib.resolve(ctx, e)
			change(e, &item)
			return item, err
		}
	}
}

func TestSoundChoosesTheGain(t *testing.T) {
	known := func(db float64) codec.Gain { return codec.Gain{Known: true, DB: db} }
	both := codec.Gains{Track: known(-6), Album: known(-3)}
	for _, test := range []struct {
		name  string
		sound Sound
		item  Item
		tags  codec.Gains
		want  float64 // dB
	}{
		{"off", Sound{Preamp: 3}, Item{Gains: both}, both, 0},
		{"nothing known", Sound{Loudness: LoudnessTrack, Preamp: 3}, Item{}, codec.Gains{}, 0},
		{"track", Sound{Loudness: LoudnessTrack}, Item{Gains: both}, codec.Gains{}, -6},
		{"album", Sound{Loudness: LoudnessAlbum, Preamp: 2}, Item{Gains: both}, codec.Gains{}, -1},
		{"album of which only tracks are known", Sound{Loudness: LoudnessAlbum}, Item{Gains: codec.Gains{Track: known(-6)}}, codec.Gains{}, -6},
		{"track of which only the album is known", Sound{Loudness: LoudnessTrack}, Item{Gains: codec.Gains{Album: known(-3)}}, codec.Gains{}, -3},
		{"auto, alone", Sound{Loudness: LoudnessAuto}, Item{Gains: both}, codec.Gains{}, -6},
		{"auto, among its release", Sound{Loudness: LoudnessAuto}, Item{Gains: both, Among: true}, codec.Gains{}, -3},
		{"tags before what is measured", Sound{Loudness: LoudnessTrack}, Item{Gains: both}, codec.Gains{Track: known(4)}, 4},
	} {
		if got := 20 * math.Log10(test.sound.held().gain(test.item, test.tags)); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%s: %v dB, want %v", test.name, got, test.want)
		}
	}
}

func TestSoundIsHeldWithinItsBounds(t *testing.T) {
	got := Sound{Loudness: 9, Preamp: 40, Crossfade: time.Hour, PauseFade: -1, Speed: 7}.held()
	want := Sound{Preamp: MaxPreamp, Crossfade: MaxCrossfade, Speed: 2}
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := (Sound{Preamp: math.NaN(), Speed: math.NaN()}).held(); got != (Sound{Speed: 1}) {
		t.Errorf("%+v, want speed 1", got)
	}
}

// What would exceed full scale is limited, and nothing is lost or moved by it.
func TestRenderLimitsWhatIsTooLoud(t *testing.T) {
	lib := newLibrary()
	frames := tone(48000, 3*48000)
	for i := range frames[20000:30000] {
		frames[20000+i][0] *= 4
	}
	lib.add("a", 48000, frames)
	got := render(t, lib, Queue{}.Append("a"), nil)
	want := drain(&memory{frames})
	if len(got) != len(want) {
		t.Fatalf("%d frames, want %d", len(got), len(want))
	}
	for i := range got {
		if max(got[i][0], -got[i][0]) > 1 {
			t.Fatalf("frame %d is %v", i, got[i][0])
		}
	}
	sameFrames(t, got[:19000], want[:19000])
	// The limiter lets go again.
	sameFrames(t, got[2*48000:], want[2*48000:])
}

// The end of one track and the beginning of the next are heard together, with
// the loudness kept, and everything else is as it was.
func TestRenderCrossfades(t *testing.T) {
	const rate, fade = 48000, 48000
	lib := newLibrary()
	a, b := tone(rate, 5*rate), tone(rate, 4*rate)
	lib.add("a", rate, a)
	lib.add("b", rate, b)
	lib.add("b at another rate", 44100, tone(44100, 4*44100))
	for _, next := range []string{"b", "b at another rate"} {
		got := render(t, lib, Queue{}.Append("a", next), func(c *Config) { c.Sound.Crossfade = time.Second })
		if want := 5*rate + 4*rate - fade; len(got) != want {
			t.Fatalf("%s: %d frames, want %d", next, len(got), want)
		}
		first := drain(&memory{a})
		sameFrames(t, got[:4*rate], first[:4*rate])
		if next == "b" {
			sameFrames(t, got[5*rate:], drain(&memory{b})[fade:])
		}
		middle := got[4*rate+fade/2][0]
		if want := float32(math.Sqrt2/2*a[4*rate+fade/2][0] + math.Sqrt2/2*b[fade/2][0]); next == "b" && math.Abs(float64(middle-want)) > 1e-3 {
			t.Errorf("the middle of the fade is %v, want %v", middle, want)
		}
	}
}

// The automatic loudness takes the release's gain where two of its tracks
// follow each other, in whatever order the queue is played.
func TestAutoLoudnessSeesTheNeighbours(t *testing.T) {
	lib := newLibrary()
	places := map[string]Item{
		"first": {Album: "r", Number: 1}, "second": {Album: "r", Number: 2}, "fourth": {Album: "r", Number: 4},
		"other": {Album: "s", Number: 2}, "loose": {},
	}
	for key := range places {
		lib.addLevel(key, 0.5, time.Second)
	}
	settle := func(c *Config) {
		withItems(lib, func(e Entry, i *Item) {
			i.Album, i.Number = places[e.Key].Album, places[e.Key].Number
			i.Gains = codec.Gains{
				Track: codec.Gain{Known: true, DB: -6.0206}, Album: codec.Gain{Known: true, DB: -12.0412},
			}
		})(c)
		c.Sound.Loudness = LoudnessAuto
	}
	const track, album = 0.25, 0.125
	for _, test := range []struct {
		queue []string
		want  []float32
	}{
		{[]string{"first"}, []float32{track}},
		{[]string{"first", "second"}, []float32{album, album}},
		{[]string{"first", "other", "second"}, []float32{track, track, track}},
		{[]string{"loose", "first", "second", "fourth"}, []float32{track, album, album, track}},
		{[]string{"second", "first"}, []float32{track, track}},
	} {
		got := render(t, lib, Queue{}.Append(test.queue...), settle)
		for i, want := range test.want {
			at := len(got) * (2*i + 1) / (2 * len(test.want))
			if math.Abs(float64(got[at][0]-want)) > 1e-4 {
				t.Errorf("%v: %q is heard at %v, want %v", test.queue, test.queue[i], got[at][0], want)
			}
		}
	}
}

// A release is joined without a crossfade, and so is whatever is too short for
// one.
func TestAlbumsAreNotCrossfaded(t *testing.T) {
	lib := newLibrary()
	a, b := tone(48000, 5*48000), tone(48000, 4*48000)
	lib.add("a", 48000, a)
	lib.add("b", 48000, b)
	got := render(t, lib, Queue{}.Append("a", "b"), func(c *Config) {
		withItems(lib, func(e Entry, i *Item) { i.Album, i.Number = "release", int(e.ID) })(c)
		c.Sound.Crossfade = 3 * time.Second
	})
	sameFrames(t, got, append(drain(&memory{a}), drain(&memory{b})...))
}

// Both tracks of a crossfade are heard while it lasts, and both to their ends.
func TestListensThroughACrossfade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := newLibrary()
		lib.addLevel("a", 0.1, 10*time.Second)
		lib.addLevel("b", 0.2, 10*time.Second)
		r := start(t, lib, func(c *Config) { c.Sound.Crossfade = 4 * time.Second })
		r.SetQueue(Queue{}.Append("a", "b"))
		r.Play()
		s := r.after(8 * time.Second)
		if s.Entry.Key != "b" {
			t.Fatalf("%q is current in the fade, want b", s.Entry.Key)
		}
		near(t, "the position", s.Position, 2*time.Second, 200*time.Millisecond)
		r.after(9 * time.Second)
		listens, _ := r.told()
		checkListens(t, listens)
		ends := map[string]Listen{}
		for _, l := range listens {
			if l.Done {
				ends[l.Entry.Key] = l
			}
		}
		for _, key := range []string{"a", "b"} {
			if l := ends[key]; !l.Ended || l.Heard != 10*time.Second {
				t.Errorf("%s: ended %v, heard %v, want 10 s to the end", key, l.Ended, l.Heard)
			}
		}
	})
}

// When what was faded in is taken out of the queue in time, the track before
// it is heard alone, to its end and without a seam.
func TestCrossfadeIsTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := newLibrary()
		lib.addLevel("a", 0.25, 10*time.Second)
		lib.addLevel("b", 0.5, 10*time.Second)
		r := start(t, lib, func(c *Config) { c.Sound.Crossfade = 2 * time.Second })
		q := Queue{}.Append("a", "b")
		r.SetQueue(q)
		r.Play()
		r.after(7 * time.Second) // the fade is decoded, and not heard
		r.SetQueue(q.Remove(q.Entries[1].ID))
		r.after(5 * time.Second)
		r.wantState(Stopped)
		if l := r.lastListen(); !l.Ended || l.Heard != 10*time.Second {
			t.Errorf("ended %v, heard %v, want 10 s to the end", l.Ended, l.Heard)
		}
		steady(t, r.tape.left(), 0.25, 10*48000)
	})
}

// steady fails the test unless what was heard is the level, for that many
// frames and without a gap.
func steady(t *testing.T, heard []float32, level float32, frames int) {
	t.Helper()
	first := 0
	for first < len(heard) && heard[first] != level {
		first++
	}
	n := 0
	for first+n < len(heard) && heard[first+n] == level {
		n++
	}
	if n != frames {
		t.Errorf("the level was heard for %d frames, want %d", n, frames)
	}
}

func TestSpeed(t *testing.T) {
	for _, speed := range []float64{0.5, 1.25, 2} {
		synctest.Test(t, func(t *testing.T) {
			lib := newLibrary()
			lib.addLevel("a", 0.1, 20*time.Second)
			lib.addLevel("b", 0.2, 20*time.Second)
			r := start(t, lib, func(c *Config) { c.Sound.Speed = speed })
			r.SetQueue(Queue{}.Append("a", "b"))
			r.Play()
			s := r.after(8 * time.Second)
			went := time.Duration(speed * 8 * float64(time.Second))
			near(t, "the position", s.Position, went, 300*time.Millisecond)
			near(t, "the time heard", s.Heard, went, 300*time.Millisecond)
			s = r.after(time.Duration(float64(20*time.Second) / speed))
			if s.Entry.Key != "b" {
				t.Fatalf("%q is current, want b", s.Entry.Key)
			}
			near(t, "the position in the next track", s.Position, went, 400*time.Millisecond)
			listens, _ := r.told()
			for _, l := range listens {
				if l.Done && (!l.Ended || l.Heard < 20*time.Second-50*time.Millisecond || l.Heard > 20*time.Second+50*time.Millisecond) {
					t.Errorf("heard %v, ended %v, want 20 s to the end", l.Heard, l.Ended)
				}
			}
		})
	}
}

// A change of sound while playing keeps the place.
func TestSetSoundKeepsThePlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := newLibrary()
		lib.addLevel("a", 0.1, 60*time.Second)
		r := start(t, lib, withItems(lib, func(_ Entry, i *Item) { i.Gains.Track = codec.Gain{Known: true, DB: -20} }))
		r.SetQueue(Queue{}.Append("a"))
		r.Play()
		r.after(5 * time.Second)
		r.SetSound(Sound{Loudness: LoudnessTrack})
		s := r.after(time.Second)
		near(t, "the position", s.Position, 6*time.Second, 300*time.Millisecond)
		if got := r.tape.left(); math.Abs(float64(got[len(got)-1])-0.01) > 1e-6 {
			t.Errorf("the level is %v, want 0.01", got[len(got)-1])
		}
		if l := r.Level(); math.Abs(l.Peak[0]-0.01) > 0.09 || l.Peak[0] == 0 {
			t.Errorf("the meter shows %v", l)
		}
	})
}

func TestLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := newLibrary()
		lib.add("a", 44100, tone(44100, 20*44100))
		r := start(t, lib, nil)
		r.SetQueue(Queue{}.Append("a"))
		r.Play()
		r.after(3 * time.Second)
		r.SetLoop(Loop{From: 2 * time.Second, To: 3500 * time.Millisecond})
		inside := 0
		for range 50 {
			s := r.after(331 * time.Millisecond)
			if s.Loop != (Loop{2 * time.Second, 3500 * time.Millisecond}) {
				t.Fatalf("the loop is %v", s.Loop)
			}
			if s.Position >= 1990*time.Millisecond && s.Position <= 3510*time.Millisecond {
				inside++
			}
			if s.State == Buffering {
				continue
			}
			r.wantState(Playing)
		}
		if inside != 50 {
			t.Errorf("%d of 50 positions are within the loop", inside)
		}
		if s := r.Snapshot(); s.Heard < 18*time.Second {
			t.Errorf("heard %v, want each turn to count", s.Heard)
		}
		r.ClearLoop()
		s := r.after(4 * time.Second)
		if s.Position < 5*time.Second || s.Loop != (Loop{}) {
			t.Errorf("after the loop the position is %v", s.Position)
		}
	})
}

// The turns of a loop follow each other without a frame in between.
func TestLoopHasNoGap(t *testing.T) {
	lib := newLibrary()
	frames := tone(48000, 48000)
	lib.add("a", 48000, frames)
	q := Queue{}.Append("a")
	all := drain(&memory{frames})
	synctest.Test(t, func(t *testing.T) {
		r := start(t, lib, nil)
		r.SetQueue(q)
		r.Play()
		r.SetLoop(Loop{From: 0, To: 200 * time.Millisecond})
		r.after(2 * time.Second)
		heard := r.tape.left()
		first := 0
		for heard[first] != all[0][0] || heard[first+1] != all[1][0] {
			first++
		}
		for i := range 48000 {
			if heard[first+i] != all[i%9600][0] {
				t.Fatalf("frame %d is %v, want %v", i, heard[first+i], all[i%9600][0])
			}
		}
	})
}

func TestStopAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := newLibrary()
		lib.addLevel("a", 0.1, 5*time.Second)
		lib.addLevel("b", 0.2, 5*time.Second)
		r := start(t, lib, func(c *Config) { c.Sound.Crossfade = time.Second })
		q := Queue{}.Append("a", "b")
		r.SetQueue(q)
		r.Play()
		r.after(4 * time.Second / 2)
		r.StopAfter(true)
		if s := r.after(time.Second); !s.StopAfter {
			t.Error("the snapshot does not say so")
		}
		r.after(4 * time.Second)
		s := r.wantState(Stopped)
		if s.Entry != q.Entries[1] || s.StopAfter {
			t.Errorf("it stands at %v, want the entry that follows", s.Entry)
		}
		if l := r.lastListen(); !l.Ended || l.Heard != 5*time.Second {
			t.Errorf("ended %v, heard %v, want 5 s to the end", l.Ended, l.Heard)
		}
		r.Play()
		r.after(time.Second)
		if s := r.wantState(Playing); s.Entry != q.Entries[1] {
			t.Errorf("then %v plays", s.Entry)
		}
	})
}

func TestPauseFades(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := newLibrary()
		lib.addLevel("a", 0.5, 20*time.Second)
		r := start(t, lib, func(c *Config) { c.Sound.PauseFade = 500 * time.Millisecond })
		r.SetQueue(Queue{}.Append("a"))
		r.Play()
		r.after(2 * time.Second)
		r.Pause()
		r.after(2 * time.Second)
		heard, partly := r.tape.left(), 0
		for _, v := range heard {
			if v > 0 && v < 0.5 {
				partly++
			}
		}
		if partly < 23000 || partly > 24500 {
			t.Errorf("%d frames were between full and silent, want half a second", partly)
		}
	})
}
