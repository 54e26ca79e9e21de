// Package output gives samples to a device: the system's sound output, a WAV
// file, or nothing but the clock.
//
// A device pulls. It calls its Feed from a goroutine of its own whenever it
// can take more frames, and says with Held how many of those it has taken are
// not heard yet, so that its owner can tell what is heard from what is merely
// decoded. Samples are interleaved stereo float32, nominal range [-1, 1]; one
// frame is a left and a right sample. Every implementation is held to the
// contract by outputtest.Run.
package output

import (
	"errors"
	"time"
)

// DefaultRate is the rate, in frames per second, that devices open with unless
// told otherwise: what sound servers and phones run at.
const DefaultRate = 48000

// channels is the number of samples in a frame. The engine is stereo
// throughout; codecs mix down or double up.
const channels = 2

// Errors that callers decide on.
var (
	// ErrNoDevice: this machine has no sound output that could be opened.
	ErrNoDevice = errors.New("output: no sound device")
	// errNoSink: there is a sound server that has nothing to play on.
	errNoSink = errors.New("there is no sink")
	// ErrClosed is returned by Start after Close.
	ErrClosed = errors.New("output: device is closed")
)

// Feed fills p, interleaved stereo, and returns how many frames (p holds
// len(p)/2) it wrote. On a paced device it must not block and fills all of p,
// with silence if need be. On an unpaced one it blocks until it has at least
// one frame. io.EOF, with or without frames, means that no more will come: the
// device plays what it holds and does not call again.
type Feed func(p []float32) (frames int, err error)

// Info describes a device to the engine and to a person.
type Info struct {
	Name string // as shown to a person: "System output", a file's path
	Rate int    // frames per second, fixed for the device's life
	// Paced devices take frames as fast as they are heard, and silence keeps
	// time on them. An unpaced one takes them as fast as they come, so
	// silence would be content: its Feed waits instead.
	Paced bool
	// Silent is true where nobody hears anything: the clock device.
	Silent bool
	// Reason is why a silent device stands in for a real one; nil if it was
	// asked for.
	Reason error
}

// Device is a place where sound goes. All methods are safe for concurrent use.
type Device interface {
	// Info never changes during the device's life, but for its Name where the
	// sound can move, and for Silent and Reason while Err is not nil.
	Info() Info

	// Start begins to pull from feed. It is called once.
	Start(feed Feed) error

	// Pause stops pulling and keeps what is held. When it returns no call of
	// the feed is in progress on a paced device, and none follows until
	// Resume. Pausing twice is pausing once.
	Pause()

	// Resume goes on after Pause; otherwise it does nothing.
	Resume()

	// Flush drops frames that were taken from the feed and can still be kept
	// from being heard, and returns how many (frames ≥ 0). The cut is
	// abrupt: the owner flushes only what is silent already.
	Flush() int

	// Held is how many frames were taken from the feed and are not heard
	// yet. Where the system does not say, it is an estimate.
	Held() int

	// Err is nil while the device works, and nothing is pulled while it is
	// not. What it held is lost then, and Flush returns it. An error that wraps
	// ErrNoDevice ends by itself when there is something to play on again; any
	// other is for good.
	Err() error

	// Close stops pulling, drops what is held (a file device completes its
	// file instead) and frees the device. No call of the feed is in progress
	// when it returns, so a blocked feed must be released first. Closing
	// twice returns the first answer.
	Close() error
}

// Clock is the time that a device or the engine goes by. System is the real
// one; tests bring their own.
type Clock interface {
	Now() time.Time
	// After sends the time on a channel of its own once d has gone by.
	After(d time.Duration) <-chan time.Time
}

// System is the clock of this machine.
type System struct{}

// Now is time.Now.
func (System) Now() time.Time { return time.Now() }

// After is time.After.
func (System) After(d time.Duration) <-chan time.Time { return time.After(d) }
