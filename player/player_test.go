package player

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ninth-coop/ninth/player/output"
	"github.com/ninth-coop/ninth/player/source"
)

// threeTracks is a queue of a, b and c, 60 s each, at different levels.
func threeTracks() (library, Queue) {
	lib := newLibrary()
	lib.addLevel("a", 0.1, 60*time.Second)
	lib.addLevel("b", 0.2, 60*time.Second)
	lib.addLevel("c", 0.3, 60*time.Second)
	return lib, Queue{}.Append("a", "b", "c")
}

func TestPlaysThroughAQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib, q := threeTracks()
		r := start(t, lib, nil)
		r.SetQueue(q)
		r.Play()
		s := r.after(10 * time.Second)
		r.wantState(Playing)
		near(t, "position", s.Position, 10*time.Second, 150*time.Millisecond)
		near(t, "heard", s.Heard, 10*time.Second, 150*time.Millisecond)
		if s.Duration != time.Minute || s.Entry != q.Entries[0] || s.Item.Title != "Title of a" || s.Buffered != 1 {
			t.Errorf("snapshot is %+v", s)
		}
		if s.Format.Codec != "RAW1" || !s.Device.Silent {
			t.Errorf("format %+v, device %+v", s.Format, s.Device)
		}

		s = r.after(51 * time.Second)
		if s.Entry != q.Entries[1] {
			t.Errorf("entry is %v after 61 s, want the second", s.Entry)
		}
		near(t, "position", s.Position, time.Second, 150*time.Millisecond)

		s = r.after(2 * time.Minute)
		r.wantState(Stopped)
		if s.Entry != q.Entries[2] {
			t.Errorf("entry at the end is %v, want the last", s.Entry)
		}
		var done []Listen
		listens, _ := r.told()
		for _, l := range listens {
			if l.Done {
				done = append(done, l)
			}
		}
		if len(done) != 3 {
			t.Fatalf("%d listens are done, want 3", len(done))
		}
		for i, l := range done {
			if l.Heard != time.Minute || l.Duration != time.Minute || !l.Ended || l.Entry != q.Entries[i] || l.Item.Open != nil {
				t.Errorf("listen %d is %+v", i, l)
			}
		}
		if n := len(listens); n < 175 || n > 190 {
			t.Errorf("OnListen was called %d times in 180 s, want about once a second", n)
		}
		r.Play()
		if s := r.after(time.Second); s.Entry != q.Entries[0] || s.State != Playing {
			t.Errorf("Play after the end gives %v of %v, want the first again", s.State, s.Entry)
		}
	})
}

func TestPauseKeepsThePlaceAndCountsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib, q := threeTracks()
		r := start(t, lib, nil)
		r.SetQueue(q)
		r.Play()
		r.after(5 * time.Second)
		r.Pause()
		paused := r.after(time.Second)
		r.wantState(Paused)
		later := r.after(time.Hour)
		if later.Position != paused.Position || later.Heard != paused.Heard {
			t.Errorf("moved from %v to %v while paused", paused.Position, later.Position)
		}
		r.Toggle()
		s := r.after(5 * time.Second)
		r.wantState(Playing)
		near(t, "position", s.Position, 10*time.Second, 200*time.Millisecond)
		near(t, "heard", s.Heard, 10*time.Second, 200*time.Millisecond)

		// Nothing is lost or heard twice, and neither edge clicks.
		got := r.tape.left()
		if step := steepest(got[1:]); step > 0.1/200 {
			t.Errorf("a step of %v, want a fade of 5 ms", step)
		}
	})
}

// steepest is the greatest difference between two neighbours.
func steepest(samples []float32) (step float32) {
	for i := range len(samples) - 1 {
		step = max(step, samples[i+1]-samples[i], samples[i]-samples[i+1])
	}
	return step
}

func TestSeek(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := newLibrary()
		// The level tells the place.
		frames := constant(0, 60)
		for i := range frames {
			v := float64(i) / float64(len(frames))
			frames[i] = [2]float64{v, v}
		}
		lib.add("a", 48000, frames)
		r := start(t, lib, nil)
		r.SetQueue(Queue{}.Append("a"))
		r.Play()
		r.after(3 * time.Second)
		for i := range 100 { // a slider that is dragged
			r.Seek(time.Duration(i) * 300 * time.Millisecond)
		}
		r.Seek(40 * time.Second)
		if s := r.after(0); s.Position < 39*time.Second {
			t.Errorf("position right after the seek is %v", s.Position)
		}
		s := r.after(2 * time.Second)
		near(t, "position", s.Position, 42*time.Second, 150*time.Millisecond)
		near(t, "heard", s.Heard, 5*time.Second, 200*time.Millisecond)
		last := r.tape.left()
		near(t, "place of the sound", time.Duration(float64(last[len(last)-1])*60*float64(time.Second)), 42*time.Second, 100*time.Millisecond)

		r.SeekBy(-10 * time.Second)
		r.SeekBy(-10 * time.Second)
		s = r.after(time.Second)
		near(t, "position", s.Position, 23*time.Second, 200*time.Millisecond)
		r.SeekBy(-time.Hour)
		s = r.after(time.Second)
		near(t, "position", s.Position, time.Second, 150*time.Millisecond)
		if s.Listen != 1 {
			t.Errorf("seeking began listen %d", s.Listen)
		}
		r.Seek(time.Hour)
		r.after(time.Second)
		r.wantState(Stopped)
		if last := r.lastListen(); !last.Done || !last.Ended || last.Heard > 8*time.Second {
			t.Errorf("the listen ended as %+v", last)
		}
	})
}

// A seek fades out, and in, within 5 ms each.
func TestSeekDoesNotClick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := newLibrary()
		lib.addLevel("a", 0.5, 60*time.Second)
		r := start(t, lib, nil)
		r.SetQueue(Queue{}.Append("a"))
		r.Play()
		r.after(2 * time.Second)
		r.Seek(30 * time.Second)
		r.after(2 * time.Second)
		got := r.tape.left()
		if step := steepest(got[10:]); step > 0.5/200 {
			t.Errorf("a step of %v, want fades of 5 ms", step)
		}
		if !slices.Contains(got[10:], 0) {
			t.Error("the sound never fell silent")
		}
	})
}

func TestUnderrun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := rawFile(48000, constant(0.5, 20))
		second := int64(8 * 48000)
		g := newGate(data, rawHeader+5*second)
		lib := newLibrary()
		lib.put("a", func(context.Context) (source.Source, error) { return g, nil })
		r := start(t, lib, nil)
		r.SetQueue(Queue{}.Append("a"))
		r.Play()
		r.after(2 * time.Second)
		r.wantState(Playing)
		s := r.after(5 * time.Second)
		r.wantState(Buffering)
		near(t, "position", s.Position, 5*time.Second, 50*time.Millisecond)

		// Half a second is not enough to go on, a second is.
		g.allow(rawHeader + second*11/2)
		r.after(3 * time.Second)
		r.wantState(Buffering)
		g.allow(rawHeader + second*25/4)
		r.after(100 * time.Millisecond)
		r.wantState(Playing)
		g.allow(int64(len(data)))
		s = r.after(2 * time.Second)
		near(t, "position", s.Position, 7*time.Second, 200*time.Millisecond)
		if heard := s.Heard; heard != s.Position {
			t.Errorf("heard %v, but is at %v: silence was counted, or sound lost", heard, s.Position)
		}
		if step := steepest(r.tape.left()[10:]); step > 0.5/200 {
			t.Errorf("a step of %v, want fades of 5 ms", step)
		}
	})
}

// Seeking away from a place that has no bytes does not wait for them.
func TestSeekLetsGoOfASlowRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := rawFile(48000, constant(0.5, 60))
		g := newGate(data, rawHeader+8*48000*5)
		lib := newLibrary()
		lib.put("a", func(context.Context) (source.Source, error) { return g, nil })
		r := start(t, lib, nil)
		r.SetQueue(Queue{}.Append("a"))
		r.Play()
		r.after(time.Second)
		r.Seek(50 * time.Second)
		r.after(10 * time.Second)
		r.wantState(Buffering)
		r.Seek(2 * time.Second)
		s := r.after(time.Second)
		r.wantState(Playing)
		near(t, "position", s.Position, 3*time.Second, 150*time.Millisecond)
	})
}

func TestNextAndPrevious(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib, q := threeTracks()
		r := start(t, lib, nil)
		r.SetQueue(q)
		r.Play()
		r.after(time.Second)
		r.Next()
		if s := r.after(time.Second); s.Entry != q.Entries[1] || s.State != Playing {
			t.Fatalf("Next gives %v of %v", s.State, s.Entry)
		}
		r.Previous()
		if s := r.after(4 * time.Second); s.Entry != q.Entries[0] {
			t.Fatalf("Previous after 1 s gives %v, want the first", s.Entry)
		}
		r.Previous()
		s := r.after(time.Second)
		if s.Entry != q.Entries[0] {
			t.Fatalf("Previous after 4 s gives %v, want the first again", s.Entry)
		}
		near(t, "position", s.Position, time.Second, 150*time.Millisecond)

		r.Pause()
		r.after(time.Second)
		r.Next()
		if s := r.after(time.Second); s.Entry != q.Entries[1] || s.State != Paused || s.Position != 0 {
			t.Errorf("Next while paused gives %v of %v at %v", s.State, s.Entry, s.Position)
		}
		r.Stop()
		r.Next()
		if s := r.after(time.Second); s.Entry != q.Entries[2] || s.State != Stopped {
			t.Errorf("Next while stopped gives %v of %v", s.State, s.Entry)
		}
		r.Play()
		r.after(time.Second)
		r.Next()
		r.after(time.Second)
		r.wantState(Stopped)
	})
}

func TestRepeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib, q := threeTracks()
		r := start(t, lib, nil)
		r.SetQueue(q.WithRepeat(RepeatEntry))
		r.Play()
		s := r.after(150 * time.Second)
		if s.Entry != q.Entries[0] || s.Listen != 3 {
			t.Errorf("after 150 s it is listen %d of %v, want the third of the first", s.Listen, s.Entry)
		}
		r.EditQueue(func(q Queue) Queue { return q.WithRepeat(RepeatQueue) })
		s = r.after(130 * time.Second)
		if s.Entry != q.Entries[2] || s.State != Playing {
			t.Errorf("it is %v of %v, want the last", s.State, s.Entry)
		}
		s = r.after(30 * time.Second)
		if s.Entry != q.Entries[0] || s.State != Playing {
			t.Errorf("it is %v of %v, want the first again", s.State, s.Entry)
		}
	})
}

func TestAChosenEntryThatFailsStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib, _ := threeTracks()
		q := Queue{}.Append("missing", "a")
		r := start(t, lib, nil)
		r.SetQueue(q)
		r.PlayEntry(1)
		s := r.after(time.Second)
		r.wantState(Failed)
		if !errors.Is(s.Err, fs.ErrNotExist) || s.Entry != q.Entries[0] {
			t.Errorf("failed with %v at %v", s.Err, s.Entry)
		}
		r.Play()
		r.after(time.Second)
		r.wantState(Failed)
		lib.addLevel("missing", 0.1, 10*time.Second)
		r.Play()
		r.after(time.Second)
		r.wantState(Playing)
	})
}

func TestAQueueOfBrokenEntriesEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := newLibrary()
		lib.addLevel("a", 0.1, 5*time.Second)
		lib.addBroken("x")
		r := start(t, lib, nil)
		r.SetQueue(Queue{Repeat: RepeatQueue}.Append("a", "x", "x", "x"))
		r.Play()
		r.after(12 * time.Second)
		r.wantState(Playing) // round and round
		if _, skips := r.told(); len(skips) != 6 {
			t.Errorf("skipped %d entries in two rounds, want 6", len(skips))
		}
		lib.addBroken("a")
		r.after(time.Minute)
		r.wantState(Failed)
	})
}

func TestADecoderThatFailsInTheMiddle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := rawFile(48000, constant(0.5, 10))
		lib, _ := threeTracks()
		lib.put("x", func(context.Context) (source.Source, error) { return source.FromBytes(data[:len(data)/2]), nil })
		r := start(t, lib, nil)
		r.SetQueue(Queue{}.Append("x", "a"))
		r.Play()
		r.after(4 * time.Second)
		r.wantState(Playing)
		r.after(2 * time.Second)
		r.wantState(Failed)
		last := r.lastListen()
		if !last.Done || last.Ended {
			t.Errorf("the listen ended as %+v", last)
		}
		near(t, "heard", last.Heard, 5*time.Second, 50*time.Millisecond)
	})
}

func TestALostDeviceKeepsThePlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib, q := threeTracks()
		r := start(t, lib, nil)
		r.SetQueue(q)
		r.Play()
		r.after(5 * time.Second)
		r.tape.fail(output.ErrNoDevice)
		before := r.after(time.Second)
		r.wantState(NoDevice)
		if !errors.Is(before.Device.Err, output.ErrNoDevice) {
			t.Errorf("device is %+v", before.Device)
		}
		s := r.after(time.Minute)
		if s.Position != before.Position || s.Heard != before.Heard {
			t.Errorf("it moved from %v to %v, and heard %v after %v", before.Position, s.Position, s.Heard, before.Heard)
		}
		r.Pause()
		r.after(time.Second)
		r.wantState(Paused)
		r.Play()
		r.after(time.Second)
		r.wantState(NoDevice)
		r.tape.fail(nil)
		s = r.after(2 * time.Second)
		r.wantState(Playing)
		near(t, "position", s.Position, before.Position+2*time.Second, 300*time.Millisecond)
		near(t, "heard", s.Heard, s.Position, 50*time.Millisecond)
	})
}

func TestQueueEditsNearTheJoin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib, q := threeTracks()
		r := start(t, lib, nil)
		r.SetQueue(q)
		r.Play()
		// One second before its end the next track is joined already.
		r.after(59 * time.Second)
		r.EditQueue(func(q Queue) Queue { return q.Remove(2) })
		s := r.after(500 * time.Millisecond)
		near(t, "position", s.Position, 59500*time.Millisecond, 150*time.Millisecond)
		s = r.after(2500 * time.Millisecond)
		if s.Entry != q.Entries[2] || s.State != Playing {
			t.Fatalf("it is %v of %v, want the third", s.State, s.Entry)
		}
		near(t, "position", s.Position, 2*time.Second, 150*time.Millisecond)
		got := r.tape.left()
		if slices.Contains(got, 0.2) {
			t.Error("the entry that was taken out is heard")
		}
		// To the frame: a, then c.
		at := slices.Index(got, 0.3)
		if from := slices.Index(got, 0.1); at-from != 60*48000 {
			t.Errorf("the join is %d frames off", at-from-60*48000)
		}
	})
}

func TestRemovingTheCurrentEntryGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib, q := threeTracks()
		r := start(t, lib, nil)
		r.SetQueue(q)
		r.Play()
		r.after(5 * time.Second)
		r.EditQueue(func(q Queue) Queue { return q.Remove(1, 2) })
		if s := r.after(time.Second); s.Entry != q.Entries[2] || s.State != Playing {
			t.Errorf("it is %v of %v, want the third", s.State, s.Entry)
		}
		r.EditQueue(Queue.Clear)
		if s := r.after(time.Second); s.Entry.ID != 0 || s.State != Stopped {
			t.Errorf("it is %v of %v, want nothing", s.State, s.Entry)
		}
	})
}

func TestShuffleLeavesTheCurrentEntryAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib, q := threeTracks()
		r := start(t, lib, nil)
		r.SetQueue(q)
		r.PlayEntry(2)
		r.after(5 * time.Second)
		r.EditQueue(func(q Queue) Queue { return q.Shuffle(seeded(1), r.Snapshot().Entry.ID) })
		s := r.after(time.Second)
		if s.Entry != q.Entries[1] || s.Listen != 1 {
			t.Errorf("it is listen %d of %v", s.Listen, s.Entry)
		}
		near(t, "position", s.Position, 6*time.Second, 150*time.Millisecond)
	})
}

func TestVolume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := newLibrary()
		lib.addLevel("a", 0.8, 60*time.Second)
		r := start(t, lib, nil)
		r.SetQueue(Queue{}.Append("a"))
		r.Play()
		r.after(time.Second)
		r.SetVolume(0.5)
		r.after(time.Second)
		got := r.tape.left()
		if last := got[len(got)-1]; last != 0.8*0.125 {
			t.Errorf("at half volume the level is %v, want the cube", last)
		}
		if step := steepest(got[10:]); step > 0.8/400 {
			t.Errorf("a step of %v, want a ramp of 10 ms", step)
		}
		r.SetMuted(true)
		s := r.after(time.Second)
		got = r.tape.left()
		if got[len(got)-1] != 0 || s.Volume != 0.5 || !s.Muted {
			t.Errorf("muted: level %v, %v %v", got[len(got)-1], s.Volume, s.Muted)
		}
	})
}

func TestTheDeviceSleepsWhenThereIsNothingToHear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib, q := threeTracks()
		r := start(t, lib, nil)
		r.SetQueue(q)
		r.after(time.Minute)
		if got := r.tape.left(); len(got) != 0 {
			t.Errorf("took %d frames before there was anything to hear", len(got))
		}
		r.Play()
		r.after(time.Second)
		if got := r.tape.left(); got[0] != 0.1 {
			t.Errorf("the first frame is %v, want music", got[0])
		}
		r.Pause()
		r.after(10 * time.Second)
		before := len(r.tape.left())
		r.after(time.Minute)
		if n := len(r.tape.left()); n != before {
			t.Errorf("took %d frames while asleep", n-before)
		}
		r.Play()
		s := r.after(time.Second)
		near(t, "position", s.Position, 2*time.Second, 200*time.Millisecond)
	})
}

func TestSubscribeGivesTheLatest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib, q := threeTracks()
		r := start(t, lib, nil)
		r.SetQueue(q)
		r.Play()
		c := r.Subscribe(t.Context())
		r.after(10 * time.Second)
		near(t, "position", (<-c).Position, 10*time.Second, 150*time.Millisecond)
		n := 0
		for began := time.Now(); time.Since(began) < 10*time.Second; n++ {
			<-c
		}
		if n < 90 || n > 260 {
			t.Errorf("%d snapshots in 10 s, want about ten a second", n)
		}
		if err := r.stop(); err != nil {
			t.Fatal(err)
		}
		for range c { // the channel is closed at last
		}
	})
}

func TestServeEndsWithTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := newLibrary()
		lib.addBroken("x")
		p := New(Config{
			Device: output.Null(output.System{}, 0, nil), Codecs: rawCodecs,
			Resolve: lib.resolve, EndWithQueue: true,
		})
		p.SetQueue(Queue{}.Append("x"))
		p.Play()
		if err := p.Serve(t.Context()); !errors.Is(err, errBroken) {
			t.Errorf("Serve gives %v, want what failed", err)
		}
		if s := p.Snapshot(); s.State != Failed || s.Item.Key != "x" {
			t.Errorf("the last state is %v of %+v", s.State, s.Item)
		}
	})
}

func TestServeEndsWithAnEmptyQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Config{
			Device: output.Null(output.System{}, 0, nil), Codecs: rawCodecs,
			Resolve: newLibrary().resolve, EndWithQueue: true,
		})
		p.Play()
		if err := p.Serve(t.Context()); err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
}

// A paused player still shows how much has come.
func TestBufferedGrowsWhilePaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const second = 8 * 48000
		server := &slowServer{data: rawFile(48000, constant(0.5, 20)), rate: second}
		lib := newLibrary()
		path := filepath.Join(t.TempDir(), "track")
		lib.put("a", func(context.Context) (source.Source, error) {
			return source.OpenProgressive(source.Options{Path: path, Fetcher: server})
		})
		r := start(t, lib, nil)
		r.SetQueue(Queue{}.Append("a"))
		r.Play()
		r.Pause()
		r.after(10 * time.Second)
		if s := r.wantState(Paused); s.Buffered < 0.4 || s.Buffered > 0.6 {
			t.Errorf("half way %.2f of it is here", s.Buffered)
		}
		if s := r.after(20 * time.Second); s.Buffered != 1 {
			t.Errorf("at the end %.2f of it is here", s.Buffered)
		}
	})
}

// A seek that comes when the end has gone to the device, but is not heard yet,
// is a seek all the same.
func TestSeekInTheVeryEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lib := newLibrary()
		lib.addLevel("a", 0.1, 10*time.Second)
		r := start(t, lib, nil)
		r.SetQueue(Queue{}.Append("a"))
		r.Play()
		r.after(9900 * time.Millisecond)
		for len(r.tape.left()) < 10*48000 {
			r.after(time.Millisecond)
		}
		r.wantState(Playing)
		r.Seek(5 * time.Second)
		s := r.after(time.Second)
		r.wantState(Playing)
		near(t, "position", s.Position, 6*time.Second, 150*time.Millisecond)
	})
}
