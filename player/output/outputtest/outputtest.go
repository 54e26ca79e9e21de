// Package outputtest holds every output.Device to its contract.
package outputtest

import (
	"io"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ninth-coop/ninth/player/output"
)

// Run tests the devices that open returns, each of which it closes, in the
// time of this machine: a few seconds for a paced device.
func Run(t *testing.T, open func(t *testing.T) output.Device) {
	run(t, open, func(t *testing.T, f func(*testing.T)) { f(t) })
}

// RunVirtual is Run for devices that go by output.System and nothing outside
// the program: each test runs in a bubble of virtual time.
func RunVirtual(t *testing.T, open func(t *testing.T) output.Device) {
	run(t, open, synctest.Test)
}

func run(t *testing.T, open func(t *testing.T) output.Device, in func(*testing.T, func(*testing.T))) {
	for name, test := range map[string]func(*testing.T, output.Device){
		"takes whole frames in order":   inOrder,
		"ends with io.EOF":              ends,
		"pauses and resumes":            pauses,
		"flushes only what is held":     flushes,
		"closes twice, and then starts": closes,
		"starts once":                   startsOnce,
		"keeps time, if it is paced":    keepsTime,
	} {
		t.Run(name, func(t *testing.T) {
			in(t, func(t *testing.T) {
				d := open(t)
				test(t, d)
				if err := d.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
				if err := d.Err(); err != nil {
					t.Errorf("Err: %v", err)
				}
			})
		})
	}
}

// feeder counts what a device takes and gives it rising numbers. After limit
// frames, if that is not 0, it says io.EOF.
type feeder struct {
	limit int

	mu     sync.Mutex
	frames int
	calls  int
	ended  int           // calls after the end
	paused bool          // a call now is against the contract
	wrong  []string      // what was
	more   chan struct{} // capacity 1: a call was made
}

func newFeeder(limit int) *feeder { return &feeder{limit: limit, more: make(chan struct{}, 1)} }

func (f *feeder) feed(p []float32) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	select {
	case f.more <- struct{}{}:
	default:
	}
	if len(p) == 0 || len(p)%2 != 0 {
		f.wrong = append(f.wrong, "it asks for something else than whole frames")
	}
	if f.paused {
		f.wrong = append(f.wrong, "it takes frames while paused")
	}
	n := len(p) / 2
	if f.limit > 0 {
		if f.frames == f.limit {
			f.ended++
			return 0, io.EOF
		}
		n = min(n, f.limit-f.frames)
	}
	for i := range n {
		v := float32(f.frames+i) / (1 << 24)
		p[2*i], p[2*i+1] = v, -v
	}
	f.frames += n
	return n, nil
}

func (f *feeder) taken() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.frames
}

func (f *feeder) check(t *testing.T) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, w := range slices.Compact(f.wrong) {
		t.Error(w)
	}
	if f.ended > 1 {
		t.Error("it feeds on after io.EOF")
	}
}

// calledWithin waits for a call.
func (f *feeder) calledWithin(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-f.more:
	case <-time.After(d):
		t.Fatal("it does not feed")
	}
}

func started(t *testing.T, d output.Device, f *feeder) {
	t.Helper()
	if err := d.Start(f.feed); err != nil {
		t.Fatalf("Start: %v", err)
	}
}

func inOrder(t *testing.T, d output.Device) {
	f := newFeeder(10_000)
	started(t, d, f)
	f.calledWithin(t, time.Second)
	if held := d.Held(); held < 0 || held > f.taken() {
		t.Errorf("it holds %d of %d frames", held, f.taken())
	}
	f.check(t)
}

func ends(t *testing.T, d output.Device) {
	f := newFeeder(1000)
	started(t, d, f)
	deadline := time.After(5 * time.Second)
	for d.Held() > 0 || f.taken() < 1000 {
		select {
		case <-time.After(time.Millisecond):
		case <-deadline:
			t.Fatalf("it holds %d frames, having taken %d of 1000", d.Held(), f.taken())
		}
	}
	f.check(t)
}

func pauses(t *testing.T, d output.Device) {
	f := newFeeder(0)
	d.Pause()
	started(t, d, f)
	if f.taken() > 0 {
		t.Error("it takes frames although it was paused before Start")
	}
	d.Resume()
	f.calledWithin(t, time.Second)
	if d.Info().Paced {
		d.Pause()
		d.Pause()
		f.mu.Lock()
		f.paused = true
		f.mu.Unlock()
		held := d.Held()
		<-time.After(300 * time.Millisecond)
		if now := d.Held(); now > held {
			t.Errorf("it held %d frames when it was paused, and %d later", held, now)
		}
		f.mu.Lock()
		f.paused = false
		f.mu.Unlock()
		select {
		case <-f.more:
		default:
		}
		d.Resume()
		f.calledWithin(t, time.Second)
	}
	f.check(t)
}

func flushes(t *testing.T, d output.Device) {
	f := newFeeder(0)
	started(t, d, f)
	f.calledWithin(t, time.Second)
	d.Pause()
	held := d.Held()
	dropped := d.Flush()
	if dropped < 0 || d.Info().Paced && dropped > held {
		t.Errorf("it held %d frames and dropped %d", held, dropped)
	}
	if again := d.Flush(); again != 0 {
		t.Errorf("it dropped %d frames more", again)
	}
	d.Resume()
	f.check(t)
}

func closes(t *testing.T, d output.Device) {
	f := newFeeder(0)
	started(t, d, f)
	if err := d.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	f.mu.Lock()
	f.paused = true // nor may it feed any more
	f.mu.Unlock()
	if err := d.Close(); err != nil {
		t.Errorf("Close again: %v", err)
	}
	if err := d.Start(f.feed); err == nil {
		t.Error("it starts after Close")
	}
	f.check(t)
}

func startsOnce(t *testing.T, d output.Device) {
	f := newFeeder(100)
	started(t, d, f)
	if err := d.Start(f.feed); err == nil {
		t.Error("it starts twice")
	}
}

func keepsTime(t *testing.T, d output.Device) {
	info := d.Info()
	if info.Rate <= 0 || info.Name == "" {
		t.Errorf("it says it is %+v", info)
	}
	if !info.Paced {
		return
	}
	f := newFeeder(0)
	started(t, d, f)
	began := time.Now()
	<-time.After(2 * time.Second)
	heard := time.Duration(f.taken()-d.Held()) * time.Second / time.Duration(info.Rate)
	if off := heard - time.Since(began); off < -250*time.Millisecond || off > 50*time.Millisecond {
		t.Errorf("it is %v off after two seconds", off)
	}
	f.check(t)
}
