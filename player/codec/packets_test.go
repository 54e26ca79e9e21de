package codec_test

import (
	"errors"
	"io"
	"testing"

	"pgregory.net/rapid"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/codectest"
)

// ramp gives packets of the given sizes whose frames count up from 0.
type ramp struct {
	sizes []int
	next  int
	err   error // given instead of the packet at failAt
	at    int
}

func (r *ramp) start(packet int) (frame int64) {
	for _, n := range r.sizes[:packet] {
		frame += int64(n)
	}
	return frame
}

func (r *ramp) Next() ([][2]float64, error) {
	if r.err != nil && r.next == r.at {
		return nil, r.err
	}
	if r.next == len(r.sizes) {
		return nil, io.EOF
	}
	start := r.start(r.next)
	frames := make([][2]float64, r.sizes[r.next])
	for i := range frames {
		frames[i] = [2]float64{float64(start) + float64(i), -float64(start) - float64(i)}
	}
	r.next++
	return frames, nil
}

func (r *ramp) SeekTo(frame int64) (int64, error) {
	for i := range r.sizes {
		if r.start(i)+int64(r.sizes[i]) > frame {
			r.next = i
			if r.err != nil && r.next >= r.at {
				return 0, r.err
			}
			return r.start(i), nil
		}
	}
	return 0, io.EOF
}

// tone is a decoder of n frames in one packet.
func tone(n int) codec.Decoder {
	return codec.FromPackets(codec.Format{}, codec.Trim{Length: int64(n)}, &ramp{sizes: []int{n}})
}

func TestWhatComesOutIsWhatIsNotTrimmed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := &ramp{sizes: rapid.SliceOfN(rapid.IntRange(0, 50), 1, 20).Draw(t, "sizes")}
		total := r.start(len(r.sizes))
		delay := rapid.Int64Range(0, total).Draw(t, "delay")
		length := rapid.Int64Range(-1, total).Draw(t, "length")
		d := codec.FromPackets(codec.Format{}, codec.Trim{Delay: delay, Length: length}, r)
		want := total - delay
		if length >= 0 {
			want = min(want, length)
		}
		got := codectest.Drain(d)
		if int64(len(got)) != want || d.Len() != want || d.Err() != nil {
			t.Fatalf("%d frames, Len %d, Err %v; want %d", len(got), d.Len(), d.Err(), want)
		}
		for range 5 {
			at := rapid.Int64Range(0, want).Draw(t, "seek")
			if err := d.SeekTo(at); err != nil {
				t.Fatal(err)
			}
			buffer := make([][2]float64, rapid.IntRange(1, 60).Draw(t, "read"))
			n, ok := d.Stream(buffer)
			if int64(n) != min(int64(len(buffer)), want-at) || ok != (n > 0) {
				t.Fatalf("after a seek to %d of %d: %d, %v", at, want, n, ok)
			}
			for i, frame := range buffer[:n] {
				if frame != got[at+int64(i)] || frame[0] != float64(delay+at+int64(i)) {
					t.Fatalf("frame %d is %v", at+int64(i), frame)
				}
			}
		}
	})
}

func TestFramesBeforeAnErrorAreHeard(t *testing.T) {
	failure := errors.New("the line is cut")
	r := &ramp{sizes: []int{10, 10, 10}, err: failure, at: 2}
	d := codec.FromPackets(codec.Format{}, codec.Trim{Length: 30}, r)
	if n, ok := d.Stream(make([][2]float64, 25)); n != 20 || !ok || d.Err() != nil {
		t.Fatalf("first %d, %v, %v", n, ok, d.Err())
	}
	for range 2 {
		if n, ok := d.Stream(make([][2]float64, 25)); n != 0 || ok || !errors.Is(d.Err(), failure) {
			t.Fatalf("then %d, %v, %v", n, ok, d.Err())
		}
	}
	if err := d.SeekTo(25); !errors.Is(err, failure) || d.Position() != 20 {
		t.Fatalf("a seek into it: %v, position %d", err, d.Position())
	}
	r.err = nil
	if err := d.SeekTo(15); err != nil {
		t.Fatal(err)
	}
	if got := codectest.Drain(d); len(got) != 15 || got[0][0] != 15 || d.Err() != nil {
		t.Fatalf("after the line is back: %d frames, %v", len(got), d.Err())
	}
}

func TestAFailedSeekLeavesThePositionPlayable(t *testing.T) {
	r := &ramp{sizes: []int{10, 10, 10}, err: errors.New("not downloaded"), at: 2}
	d := codec.FromPackets(codec.Format{}, codec.Trim{Length: 30}, r)
	d.Stream(make([][2]float64, 5))
	if err := d.SeekTo(29); err == nil {
		t.Fatal("the seek succeeded")
	}
	r.err = nil
	if got := codectest.Drain(d); len(got) != 25 || got[0][0] != 5 {
		t.Fatalf("%d frames from %v", len(got), got[0])
	}
}

func TestAFileCutShort(t *testing.T) {
	d := codec.FromPackets(codec.Format{}, codec.Trim{Length: 100}, &ramp{sizes: []int{10, 10}})
	if got := codectest.Drain(d); len(got) != 20 || d.Len() != 20 || d.Err() != nil {
		t.Fatalf("%d frames, Len %d, Err %v", len(got), d.Len(), d.Err())
	}
	d = codec.FromPackets(codec.Format{}, codec.Trim{Length: 100}, &ramp{sizes: []int{10, 10}})
	if err := d.SeekTo(50); err != nil {
		t.Fatal(err)
	}
	if n, ok := d.Stream(make([][2]float64, 5)); n != 0 || ok || d.Err() != nil {
		t.Fatalf("behind the cut: %d, %v, %v", n, ok, d.Err())
	}
}
