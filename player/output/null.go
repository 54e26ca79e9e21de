package output

import (
	"errors"
	"io"
	"sync"
	"time"
)

// nullStep is how much the clock device takes at once. It is as long as a
// sound card's usual period, so that the engine sees the same rhythm.
const nullStep = 20 * time.Millisecond

// nullCatchUp bounds how far behind the clock the device may be and still make
// good: after a machine has slept it goes on from now, as a sound card does.
const nullCatchUp = time.Second

// Null returns a device that plays to nobody in exactly the time that the
// music takes by clock. A non-nil reason says why it stands in for a real
// device. The rate is in frames per second; 0 means DefaultRate.
func Null(clock Clock, rate int, reason error) Device {
	if rate <= 0 {
		rate = DefaultRate
	}
	return &null{
		clock: clock,
		info:  Info{Name: "Silent output", Rate: rate, Paced: true, Silent: true, Reason: reason},
		wake:  make(chan struct{}, 1),
		stop:  make(chan struct{}),
	}
}

type null struct {
	clock Clock
	info  Info

	mu     sync.Mutex // guards all below; held while the feed is called, which does not block
	feed   Feed
	paused bool
	closed bool
	ended  bool      // the feed said io.EOF
	since  time.Time // when the frames counted by taken began to play
	taken  int64     // frames taken since then
	err    error

	wake chan struct{} // Resume was called; capacity 1
	stop chan struct{} // closed by Close
	done sync.WaitGroup
}

func (d *null) Info() Info { return d.info }

func (d *null) Start(feed Feed) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return ErrClosed
	}
	if d.feed != nil {
		return errors.New("output: device is already started")
	}
	d.feed, d.since = feed, d.clock.Now()
	d.done.Go(d.run)
	return nil
}

// run takes a step's worth of frames each time the clock has played one.
func (d *null) run() {
	buf := make([]float32, channels*int(nullStep)*d.info.Rate/int(time.Second))
	for {
		next := d.pull(buf)
		select {
		case <-next:
		case <-d.wake:
		case <-d.stop:
			return
		}
	}
}

// pull brings the frames taken up to one step ahead of the clock and returns
// what announces the time for the next pull; nil waits for Resume or Close.
func (d *null) pull(buf []float32) <-chan time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.paused || d.closed || d.ended {
		return nil
	}
	if behind := d.clock.Now().Sub(d.since) - d.span(d.taken); behind > nullCatchUp {
		d.since = d.since.Add(behind)
	}
	for d.held() == 0 {
		n, err := d.feed(buf)
		d.taken += int64(n)
		if err != nil {
			d.ended = true
			if !errors.Is(err, io.EOF) {
				d.err = err
			}
			return nil
		}
	}
	return d.clock.After(d.span(int64(d.held())))
}

func (d *null) span(frames int64) time.Duration {
	return time.Duration(frames) * time.Second / time.Duration(d.info.Rate)
}

// held is how many of the frames taken the clock has not reached yet.
func (d *null) held() int {
	if d.feed == nil {
		return 0
	}
	heard := int64(d.clock.Now().Sub(d.since)) * int64(d.info.Rate) / int64(time.Second)
	return int(max(0, d.taken-heard))
}

func (d *null) Held() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.paused {
		return int(d.taken)
	}
	return d.held()
}

// Pause remembers only what is still to be heard, so that the clock can begin
// anew at Resume.
func (d *null) Pause() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.paused {
		d.taken, d.paused = int64(d.held()), true
	}
}

func (d *null) Resume() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.paused {
		d.since, d.paused = d.clock.Now(), false
		select {
		case d.wake <- struct{}{}:
		default:
		}
	}
}

func (d *null) Flush() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	dropped := int(d.taken)
	if !d.paused {
		dropped = d.held()
	}
	d.taken -= int64(dropped)
	return dropped
}

func (d *null) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

func (d *null) Close() error {
	d.mu.Lock()
	first := !d.closed
	d.closed, d.taken, d.since = true, 0, d.clock.Now()
	if first {
		close(d.stop)
	}
	d.mu.Unlock()
	d.done.Wait()
	return nil
}
