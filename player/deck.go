package player

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/source"
)

// Errors of a track that callers decide on, beside those of source and codec,
// which stay visible to errors.Is and errors.As.
var (
	// ErrStuck: a decoder has computed for too long without a result.
	ErrStuck = errors.New("player: the decoder is stuck")
	// ErrSilent: the track has no audio at all.
	ErrSilent = errors.New("player: the track is empty")
)

const (
	// chunkFrames are decoded at once: a fraction of the 100 ms that the
	// first sound waits for, and many packets of any format.
	chunkFrames = 1024
	// chunksAhead a deck decodes before they are asked for.
	chunksAhead = 3
	// stuckAfter bounds how long a decoder may compute for one chunk, waiting
	// for bytes aside.
	stuckAfter = 10 * time.Second
)

// chunk is a run of decoded frames.
type chunk struct {
	epoch  int // of the seek that led here
	frames [][2]float64
	pos    int64 // of the first frame in the track
	last   bool  // nothing follows; frames may be empty
	err    error // why, if it is not the real end
}

// opened is what a deck knows of its track, complete from the start.
type opened struct {
	item   Item
	source source.Source // nil until it is open
	format codec.Format
	length int64 // frames, or -1
	ready  bool  // the decoder is open
	guess  bool  // where in the track it is, it has guessed
	err    error // why it cannot be opened
}

// deck opens one track and decodes it, in a goroutine of its own, into a short
// row of chunks. Seeking and closing never wait for it.
type deck struct {
	entry   Entry
	beside  neighbours
	config  *Config
	wake    chan<- struct{} // told when info or primed changes
	out     chan chunk
	free    chan [][2]float64 // buffers to use again
	cancel  context.CancelFunc
	current *interruptible // the source as the decoder sees it
	kept    []byte         // the index that the item knows; the deck's goroutine's own

	mu     sync.Mutex // guards the fields below
	info   opened
	primed bool           // a chunk has been decoded
	target *time.Duration // of a seek that has not begun
	epoch  int
	moved  chan struct{} // capacity 1: target is set
	busy   time.Time     // since when the decoder computes; zero if it does not
}

// newDeck opens e, which stands in the queue beside others, and decodes it from
// its beginning. The context bounds its life; exited is called at its end.
func newDeck(ctx context.Context, config *Config, wake chan<- struct{}, e Entry, beside neighbours, exited func()) *deck {
	ctx, cancel := context.WithCancel(ctx)
	d := &deck{
		entry: e, beside: beside, config: config, wake: wake, cancel: cancel,
		out:   make(chan chunk, chunksAhead),
		free:  make(chan [][2]float64, chunksAhead+1),
		moved: make(chan struct{}, 1),
	}
	go func() {
		defer exited()
		defer cancel()
		d.run(ctx)
	}()
	return d
}

// seek goes on from pos and returns the epoch of the chunks that come of it.
func (d *deck) seek(pos time.Duration) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.epoch++
	d.target = &pos
	if d.info.ready {
		d.current.interrupt()
	}
	signal(d.moved)
	return d.epoch
}

// state returns what is known, whether a chunk is there, and the epoch.
func (d *deck) state() (opened, bool, int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.info, d.primed, d.epoch
}

// stuck reports whether the decoder has computed for too long.
func (d *deck) stuck(now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return !d.busy.IsZero() && now.Sub(d.busy) > stuckAfter && d.current.idle(now) > stuckAfter
}

// fetched returns how much of the track is here, 0 to 1, and whether that is
// all there will be.
func (d *deck) fetched() (share float64, complete bool) {
	info, _, _ := d.state()
	switch src := info.source.(type) {
	case nil:
		return 0, false
	case interface {
		Fetched() (bytes, total int64)
		Complete() bool
	}:
		if bytes, total := src.Fetched(); total > 0 {
			share = float64(bytes) / float64(total)
		}
		return share, src.Complete()
	}
	return 1, true
}

// reservations returns whether only a preview is there, given what the item
// says, and what the source is struggling with, if sources know such things.
func (d *deck) reservations(preview bool) (bool, error) {
	info, _, _ := d.state()
	if src, ok := info.source.(interface{ Preview() bool }); ok {
		preview = preview || src.Preview()
	}
	if src, ok := info.source.(interface{ Trouble() error }); ok {
		return preview, src.Trouble()
	}
	return preview, nil
}

func (d *deck) run(ctx context.Context) {
	decoder, err := d.open(ctx)
	if decoder != nil {
		defer func() { d.closed("decoder", decoder.Close()) }()
	}
	if info, _, _ := d.state(); info.source != nil {
		defer func() { d.closed("source", info.source.Close()) }()
	}
	if err != nil {
		d.update(func() { d.info.err = err })
		d.send(ctx, chunk{last: true, err: err})
		return
	}
	d.useIndex(decoder)
	defer d.keepIndex(decoder)
	d.decode(ctx, decoder)
}

// closed logs what went wrong while closing: nobody can act on it.
func (d *deck) closed(what string, err error) {
	if err != nil {
		d.config.Logger.Debug("player: closing", "what", what, "key", d.entry.Key, "err", err)
	}
}

func (d *deck) update(change func()) {
	d.mu.Lock()
	change()
	d.mu.Unlock()
	signal(d.wake)
}

// open resolves the entry, opens its source and finds its decoder.
func (d *deck) open(ctx context.Context) (decoder codec.Decoder, err error) {
	item, err := d.config.Resolve(ctx, d.entry)
	if err != nil {
		return nil, fmt.Errorf("player: looking up the track: %w", err)
	}
	item.Among = d.among(ctx, item)
	d.update(func() { d.info.item = item })
	src, err := item.Open(ctx)
	if err != nil {
		return nil, fmt.Errorf("player: opening the track: %w", err)
	}
	d.update(func() {
		d.info.source = src
		d.current = newInterruptible(src, d.config.Clock)
	})
	d.begin()
	decoder, err = d.config.Codecs.Open(ctx, d.current)
	d.rest()
	if err != nil {
		return nil, fmt.Errorf("player: reading the track: %w", err)
	}
	d.update(func() {
		d.info.format, d.info.length, d.info.ready = decoder.Format(), decoder.Len(), true
	})
	if f := decoder.Format(); f.SampleRate <= 0 {
		return decoder, fmt.Errorf("player: reading the track: %w: no sample rate", codec.ErrDamaged)
	}
	return decoder, nil
}

// begin and rest enclose what the decoder computes, for stuck.
func (d *deck) begin() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.busy = d.config.Clock.Now()
}

func (d *deck) rest() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.busy = time.Time{}
}

// decode sends chunks until the context ends.
func (d *deck) decode(ctx context.Context, decoder codec.Decoder) {
	for ctx.Err() == nil {
		epoch, err := d.follow(decoder)
		c := chunk{epoch: epoch, last: true, err: err}
		if err == nil {
			c = d.next(decoder, epoch)
		}
		if !d.send(ctx, c) {
			continue // a seek has made it stale, or the deck is closed
		}
		if c.last {
			d.keepIndex(decoder)
			select {
			case <-d.moved:
			case <-ctx.Done():
			}
		}
	}
}

// follow carries out the seek that is asked for, if one is, and returns the
// epoch that the next chunk belongs to.
func (d *deck) follow(decoder codec.Decoder) (int, error) {
	d.mu.Lock()
	target, epoch := d.target, d.epoch
	d.target = nil
	d.current.resume()
	select {
	case <-d.moved: // what it told of is being done
	default:
	}
	d.mu.Unlock()
	if target == nil {
		return epoch, nil
	}
	d.begin()
	defer d.rest()
	frame := int64(decoder.Format().SampleRate.N(max(0, *target)))
	if length := decoder.Len(); length >= 0 {
		frame = min(frame, length)
	}
	if err := decoder.SeekTo(frame); err != nil {
		return epoch, fmt.Errorf("player: seeking: %w", err)
	}
	return epoch, nil
}

// next decodes a chunk.
func (d *deck) next(decoder codec.Decoder, epoch int) chunk {
	c := chunk{epoch: epoch}
	select {
	case c.frames = <-d.free:
	default:
		c.frames = make([][2]float64, chunkFrames)
	}
	d.begin()
	c.pos = decoder.Position()
	n, ok := decoder.Stream(c.frames)
	c.frames, c.last = c.frames[:n], !ok || n == 0
	if err := decoder.Err(); c.last && err != nil {
		c.err = fmt.Errorf("player: decoding: %w", err)
	}
	length := decoder.Len()
	e, ok := decoder.(codec.Estimator)
	guess := ok && e.Estimated()
	d.rest()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.info.length, d.info.guess = length, guess
	return c
}

// send hands a chunk on and reports whether it is still wanted.
func (d *deck) send(ctx context.Context, c chunk) bool {
	d.mu.Lock()
	stale := d.epoch != c.epoch
	d.mu.Unlock()
	if stale {
		d.recycle(c)
		return false
	}
	select {
	case d.out <- c:
		d.mu.Lock()
		news := !d.primed
		d.primed = true
		d.mu.Unlock()
		if news {
			signal(d.wake)
		}
		return true
	case <-d.moved:
		d.recycle(c)
		return false
	case <-ctx.Done():
		return false
	}
}

// recycle takes back the buffer of a chunk.
func (d *deck) recycle(c chunk) {
	if cap(c.frames) < chunkFrames {
		return
	}
	select {
	case d.free <- c.frames[:chunkFrames]:
	default:
	}
}
