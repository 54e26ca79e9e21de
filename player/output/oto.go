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

	"github.com/ebitengine/oto/v3"
)

// OtoOptions sets up the system's sound output. The zero value is right for a
// desktop.
type OtoOptions struct {
	// Buffer is the length of the system's buffer; 0 means 100 ms. Shorter
	// reacts sooner, longer survives a busier machine: 40 ms to 200 ms is
	// sensible.
	Buffer time.Duration
	// AppName is what the system's mixer shows beside the volume.
	AppName string
}

const (
	otoBuffer = 100 * time.Millisecond
	// otoReady bounds the wait for the sound server's answer. A healthy one
	// takes milliseconds; one that is starting up takes a second or two.
	otoReady = 5 * time.Second
	// otoDriverShare is how much of the system's buffer is in flight behind
	// the player on average; measured on PulseAudio at 20, 40 and 100 ms.
	otoDriverShare = 0.75
)

// Oto opens the system's sound output. A process can do so once; whatever
// fails here or later wraps ErrNoDevice when there is nothing to open. It
// waits for the sound server, so it belongs off the path to the first window.
func Oto(ctx context.Context, opts OtoOptions) (Device, error) {
	if err := probe(ctx); err != nil {
		return nil, err
	}
	buffer := opts.Buffer
	if buffer <= 0 {
		buffer = otoBuffer
	}
	oc, ready, err := oto.NewContext(&oto.NewContextOptions{
		SampleRate:      DefaultRate,
		ChannelCount:    channels,
		Format:          oto.FormatFloat32LE,
		BufferSize:      buffer,
		ApplicationName: opts.AppName,
	})
	if err != nil {
		return nil, fmt.Errorf("output: opening the sound output: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, otoReady)
	defer cancel()
	select {
	case <-ready:
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: the sound server does not answer: %w", ErrNoDevice, ctx.Err())
	}
	if err := oc.Err(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoDevice, err)
	}
	d := &otoDevice{context: oc, period: int(buffer.Seconds() * DefaultRate)}
	// Nothing plays yet: an idle stream would keep the sound card awake.
	if err := oc.Suspend(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoDevice, err)
	}
	return d, nil
}

// otoDevice drives one endless oto player.
type otoDevice struct {
	context *oto.Context
	period  int // frames in the system's buffer

	mu     sync.Mutex // guards the fields below; never held while the feed runs
	player *oto.Player
	reader *otoReader
	paused bool
	closed bool
}

func (d *otoDevice) Info() Info {
	return Info{Name: "System output", Rate: DefaultRate, Paced: true}
}

func (d *otoDevice) Start(feed Feed) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed:
		return ErrClosed
	case d.player != nil:
		return errors.New("output: device is already started")
	}
	d.reader = &otoReader{feed: feed}
	d.player = d.context.NewPlayer(d.reader)
	// The player's own buffer must hold what the driver asks for at once, or
	// oto plays silence in between. Its default of 0.5 s would be latency.
	d.player.SetBufferSize(d.period * wavFrameSize)
	if d.paused {
		return nil
	}
	if err := d.context.Resume(); err != nil {
		return fmt.Errorf("output: starting the sound output: %w", err)
	}
	d.player.Play()
	return nil
}

// Pause also suspends the driver: the engine pauses a device only when it has
// been silent for a while.
func (d *otoDevice) Pause() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.paused || d.closed {
		return
	}
	d.paused = true
	if d.player != nil {
		d.player.PauseAndStopReading()
		_ = d.context.Suspend() // a failure is a lost device, which Err reports
	}
}

func (d *otoDevice) Resume() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.paused || d.closed {
		return
	}
	d.paused = false
	if d.player != nil {
		_ = d.context.Resume() // as in Pause
		d.player.Play()
	}
}

// Flush empties the player's buffer; the driver's cannot be taken back.
func (d *otoDevice) Flush() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.player == nil || d.closed {
		return 0
	}
	d.player.PauseAndStopReading()
	dropped := d.player.BufferedSize() / wavFrameSize
	_, _ = d.player.Seek(0, io.SeekStart) // empties the buffer; the reader's Seek does nothing
	if !d.paused {
		d.player.Play()
	}
	return dropped
}

func (d *otoDevice) Held() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.player == nil || d.closed {
		return 0
	}
	held := d.player.BufferedSize() / wavFrameSize
	if d.paused {
		return held // the driver has run dry since
	}
	return min(d.reader.given(), held+int(otoDriverShare*float64(d.period)))
}

func (d *otoDevice) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.context.Err(); err != nil {
		return fmt.Errorf("output: the sound output is lost: %w", err)
	}
	if d.player != nil {
		if err := d.player.Err(); err != nil {
			return fmt.Errorf("output: the sound output is lost: %w", err)
		}
	}
	return nil
}

// Close stops the player and suspends the context, which oto cannot close.
func (d *otoDevice) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil
	}
	d.closed = true
	if d.player != nil {
		d.player.PauseAndStopReading()
	}
	_ = d.context.Suspend() // a lost device is closed as well as it can be
	return nil
}

// otoReader is the feed as the bytes that oto reads, from one goroutine.
type otoReader struct {
	feed    Feed
	samples []float32

	mu    sync.Mutex
	total int // frames given so far
}

func (r *otoReader) Read(p []byte) (int, error) {
	want := len(p) / 4 &^ 1
	if cap(r.samples) < want {
		r.samples = make([]float32, want)
	}
	frames, err := r.feed(r.samples[:want])
	for i, s := range r.samples[:frames*channels] {
		binary.LittleEndian.PutUint32(p[4*i:], math.Float32bits(s))
	}
	r.mu.Lock()
	r.total += frames
	r.mu.Unlock()
	return frames * wavFrameSize, err
}

// Seek lets oto empty its buffer; the feed has no position to move.
func (r *otoReader) Seek(int64, int) (int64, error) { return 0, nil }

func (r *otoReader) given() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.total
}

// Auto opens the system's sound output: the session's sound server, else what
// Oto finds. Where both fail it returns a device whose Err says why, and which
// plays from the time that a sound server with a sink can be reached.
func Auto(ctx context.Context, opts OtoOptions) Device {
	d, err := Pulse(ctx, opts.AppName)
	if err == nil {
		return d
	}
	if !errors.Is(err, errNoSink) { // a server without one plays to nobody
		if d, err = Oto(ctx, opts); err == nil {
			return d
		}
	}
	return awaitPulse(opts.AppName, err)
}
