//go:build linux && !android

package output

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"
	"time"
)

const (
	// pulseShort is how much of the music the server holds when it begins, so
	// that it is heard at once, and pulseLong once that is through, after
	// pulseGrow: what comes after a seek or a skip is not heard before that has
	// been. On a machine where the server has run dry it holds pulseSafe from
	// then on, which survives two busy cores.
	pulseShort = 40 * time.Millisecond
	pulseLong  = 60 * time.Millisecond
	pulseSafe  = 200 * time.Millisecond
	pulseGrow  = pulseShort
	// pulseEvery is how often the server is asked where it is.
	pulseEvery = 100 * time.Millisecond
	// pulseRetry is how often a lost server or sink is looked for.
	pulseRetry = 500 * time.Millisecond
	// pulseAnswer bounds the wait for an answer of the server.
	pulseAnswer = time.Second
)

// pulseDevice plays through a sound server that speaks the protocol of
// PulseAudio, as PipeWire does too. It lives on when the server or its last
// sink goes away, and plays on when there is one again.
//
// One goroutine, run, feeds the stream. mu is held while the feed runs and
// while the server is asked something: neither takes long.
type pulseDevice struct {
	app    string
	cancel context.CancelFunc
	done   chan struct{} // run has ended
	kick   chan struct{} // capacity 1: run has something to do

	mu      sync.Mutex
	link    *pulseLink // nil while there is no server
	stream  *pulseStream
	length  time.Duration // that the server is to hold
	choice  string        // id of the sink that a person chose; "" follows the server
	away    bool          // that was not there, or unplugged, when last looked
	sink    Sink          // that plays
	worn    bool          // what was heard last was in a personal sink
	left    bool          // headphones have gone, and nobody was told yet
	feed    Feed
	paused  bool
	closed  bool
	ended   bool // the feed has no more
	broken  error
	lost    error // why nothing is heard at present
	dropped int   // frames that were lost with a server, not told by Flush yet
	samples []float32
	bytes   []byte
}

// Pulse opens the sound server of this session. A failure wraps ErrNoDevice.
func Pulse(_ context.Context, app string) (Device, error) {
	d := newPulse(app)
	link, err := openPulse(app, d.wake)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoDevice, err)
	}
	d.link = link
	if err := d.look(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoDevice, errors.Join(err, link.close()))
	}
	d.live()
	return d, nil
}

// awaitPulse returns a device that is lost, because of err, until there is a
// sound server with a sink.
func awaitPulse(app string, err error) Device {
	d := newPulse(app)
	d.lost = err
	d.live()
	return d
}

func newPulse(app string) *pulseDevice {
	return &pulseDevice{app: app, length: pulseLong, done: make(chan struct{}), kick: make(chan struct{}, 1)}
}

// live starts run, which ends with Close.
func (d *pulseDevice) live() {
	ctx, cancel := context.WithCancel(context.Background())
	d.cancel = cancel
	go d.run(ctx)
}

func (d *pulseDevice) wake() {
	select {
	case d.kick <- struct{}{}:
	default:
	}
}

func (d *pulseDevice) Info() Info {
	d.mu.Lock()
	defer d.mu.Unlock()
	name := d.sink.Name
	if name == "" {
		name = "System output"
	}
	return Info{Name: name, Rate: DefaultRate, Paced: true, Silent: d.lost != nil, Reason: d.lost}
}

func (d *pulseDevice) Start(feed Feed) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed:
		return ErrClosed
	case d.feed != nil:
		return errors.New("output: device is already started")
	}
	d.feed = feed
	d.play()
	return nil
}

func (d *pulseDevice) Pause() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.paused || d.closed {
		return
	}
	d.paused = true
	if d.stream != nil {
		d.check(d.stream.cork(true))
	}
}

func (d *pulseDevice) Resume() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.paused || d.closed {
		return
	}
	d.paused = false
	d.play()
}

// play feeds the stream what it wants and lets it run. mu is held.
func (d *pulseDevice) play() {
	if d.link == nil || d.feed == nil || d.paused || d.closed {
		return
	}
	if d.stream == nil {
		stream, err := d.link.open(d.choice)
		if err != nil {
			d.lose(err)
			return
		}
		d.stream, d.lost = stream, nil
	}
	d.pull()
	if d.stream != nil {
		d.check(d.stream.cork(false))
	}
}

// pull gives the stream what it asks for. mu is held.
func (d *pulseDevice) pull() {
	for d.stream != nil && !d.paused && !d.ended && d.broken == nil {
		frames := d.stream.take()
		if frames <= 0 {
			return
		}
		if cap(d.samples) < channels*frames {
			d.samples = make([]float32, channels*frames)
			d.bytes = make([]byte, frames*wavFrameSize)
		}
		samples := d.samples[:channels*frames]
		n, err := d.feed(samples)
		for i, s := range samples[:channels*n] {
			binary.LittleEndian.PutUint32(d.bytes[4*i:], math.Float32bits(s))
		}
		switch {
		case errors.Is(err, io.EOF):
			d.ended = true
		case err != nil:
			d.broken = fmt.Errorf("output: %w", err)
		}
		d.check(d.stream.write(d.bytes[:n*wavFrameSize]))
	}
}

func (d *pulseDevice) Flush() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	dropped := d.dropped
	d.dropped = 0
	if d.stream == nil || d.closed {
		return dropped
	}
	n, err := d.stream.flush()
	if d.check(err) {
		d.pull()
	}
	return dropped + n
}

func (d *pulseDevice) Held() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stream == nil || d.closed {
		return d.dropped
	}
	return d.stream.held(time.Now())
}

func (d *pulseDevice) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.broken != nil {
		return d.broken
	}
	return d.lost
}

func (d *pulseDevice) Close() error {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		<-d.done
		return nil
	}
	d.closed = true
	d.mu.Unlock()
	d.cancel()
	<-d.done
	return nil
}

// check takes note of a server that does not answer as it should; it is true if
// it does. mu is held.
func (d *pulseDevice) check(err error) bool {
	if err != nil {
		d.lose(err)
	}
	return err == nil
}

// lose closes what is left of a connection. What the server held is lost with
// it. mu is held.
func (d *pulseDevice) lose(err error) {
	if d.stream != nil {
		d.dropped += d.stream.held(time.Now())
	}
	if d.link != nil {
		_ = d.link.close() // it has failed already
	}
	d.link, d.stream, d.sink = nil, nil, Sink{}
	d.lost = fmt.Errorf("%w: %w", ErrNoDevice, err)
}

// run feeds the stream, keeps its time, and looks for a server when there is
// none.
func (d *pulseDevice) run(ctx context.Context) {
	defer close(d.done)
	every := time.NewTicker(pulseEvery)
	defer every.Stop()
	var tried time.Time
	for {
		tick := false
		select {
		case <-ctx.Done():
			d.mu.Lock()
			if d.link != nil {
				_ = d.link.close() // nothing more is asked of it
			}
			d.mu.Unlock()
			return
		case <-d.kick:
		case <-every.C:
			tick = true
		}
		if d.absent() {
			if now := time.Now(); now.Sub(tried) >= pulseRetry {
				tried = now
				d.reconnect()
			}
			continue
		}
		d.attend(tick)
	}
}

func (d *pulseDevice) absent() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.link == nil
}

// reconnect looks for a server and a sink.
func (d *pulseDevice) reconnect() {
	link, err := openPulse(d.app, d.wake)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		return // the reason why it was lost says more
	}
	d.link = link
	if d.check(d.look()) {
		d.lost = nil
		d.play()
	}
}

// attend does what the server has asked for or told of.
func (d *pulseDevice) attend(tick bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.link.failure(); err != nil {
		d.lose(err)
		return
	}
	if d.link.changed.Swap(false) && !d.check(d.look()) {
		return
	}
	if d.link.dry.Swap(false) && d.stream != nil && !d.paused && !d.ended {
		d.length = pulseSafe
		if !d.check(d.stream.buffer(d.length)) {
			return
		}
	}
	d.pull()
	if tick && d.stream != nil && !d.paused && d.check(d.stream.ask()) && d.stream.settled(time.Now()) {
		d.check(d.stream.buffer(d.length))
	}
}
