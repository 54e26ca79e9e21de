package player

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/ninth-coop/ninth/player/dsp"
)

// Times of the outlet. All are rounded to frames of the device.
const (
	ringTime   = 2 * time.Second        // decoded ahead of the device
	startTime  = 100 * time.Millisecond // decoded before the first sound, or after a seek
	resumeTime = time.Second            // decoded before going on after an underrun
	fadeTime   = 5 * time.Millisecond   // at a cut, an underrun, and a pause at least
	volumeTime = 10 * time.Millisecond  // for a change of volume
)

// mark says what the samples in the ring are, from one frame on.
type mark struct {
	at    int64   // frame of the ring, counted from the beginning of time
	play  *play   // whose samples follow; nil if none do
	pos   float64 // their place in the track, in frames of the device's rate
	flow  int     // what was decoded between one cut and the next
	speed float64 // frames of the track to a frame of the ring

	under *play   // is fading out while these are heard
	tail  float64 // where in under's track that began

	ended *play // whose track ends here, if one does
	err   error // why, if it is not the real end
}

// errStopped tells a line that it may not write any more.
var errStopped = errors.New("player: the line has been stopped")

// outlet is where the line's samples become the device's: the ring, the fades,
// the volume, and the account of what has been heard. The line writes, the
// device feeds on it, the engine controls it. A lock is held for no longer
// than it takes to copy one buffer.
type outlet struct {
	rate  int
	paced bool
	limit int64 // frames of music that may be given; 0 is no limit
	wake  chan<- struct{}

	start, resume, fade, ramp int64 // the times above in frames
	levels                    *dsp.Levels

	mu   sync.Mutex
	news *sync.Cond    // an unpaced device may have something to take
	room chan struct{} // capacity 1: the line may have room to write

	gen   int       // of the line that may write; 0 is none
	ring  []float32 // interleaved stereo
	r, w  int64     // frames read and written since the beginning of time
	marks []mark    // of frames in [r, w], in order

	// Reading stops at barrier while holding, until need frames are decoded
	// behind it. The frames in front of it are the faded rest of a cut.
	holding bool
	barrier int64
	need    int64
	scant   bool // no more than need is to be decoded, until fill
	fresh   bool // nothing behind the barrier has been read yet
	soft    bool // fade in there

	paused    bool
	pauseFade int64 // frames
	final     bool  // the line has written all there is
	ended     bool  // no more will be given: io.EOF

	fader  dsp.Ramp // 1 is open
	volume dsp.Ramp

	now    mark  // of the next frame to be read
	music  int64 // frames of music given
	ledger ledger
}

func newOutlet(rate int, paced bool, limit time.Duration, levels *dsp.Levels, wake chan<- struct{}) *outlet {
	frames := func(d time.Duration) int64 { return int64(d) * int64(rate) / int64(time.Second) }
	o := &outlet{
		rate: rate, paced: paced, limit: frames(limit), levels: levels, wake: wake,
		start: frames(startTime), resume: frames(resumeTime), fade: frames(fadeTime), ramp: frames(volumeTime),
		room:    make(chan struct{}, 1),
		ring:    make([]float32, 2*frames(ringTime)),
		holding: true, fresh: true, scant: true,
		fader:  dsp.RampAt(1),
		volume: dsp.RampAt(1),
	}
	o.need, o.pauseFade = o.start, o.fade
	o.news = sync.NewCond(&o.mu)
	return o
}

func (o *outlet) size() int64 { return int64(len(o.ring) / 2) }

// write appends samples of a line with the marks that fall among them. It
// waits for room, or for the context.
func (o *outlet) write(ctx context.Context, gen int, samples [][2]float64, marks []mark) error {
	for {
		o.mu.Lock()
		if o.gen != gen || ctx.Err() != nil {
			o.mu.Unlock()
			return errStopped
		}
		n := min(int64(len(samples)), o.space())
		for len(marks) > 0 && marks[0].at < o.w+n {
			o.marks = append(o.marks, marks[0])
			marks = marks[1:]
		}
		for i, s := range samples[:n] {
			at := 2 * ((o.w + int64(i)) % o.size())
			o.ring[at], o.ring[at+1] = float32(s[0]), float32(s[1])
		}
		o.w += n
		samples = samples[n:]
		if len(samples) == 0 {
			o.marks = append(o.marks, marks...)
		}
		o.settle()
		o.mu.Unlock()
		if len(samples) == 0 {
			return nil
		}
		select {
		case <-o.room:
		case <-ctx.Done():
		}
	}
}

// space is how many frames may be written now. o.mu is held.
func (o *outlet) space() int64 {
	n := o.size() - (o.w - o.r)
	if o.scant && o.paced {
		n = min(n, max(0, o.barrier+o.need-o.w))
	}
	return n
}

// fill lets the line fill the ring.
func (o *outlet) fill() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.scant {
		o.scant = false
		signal(o.room)
	}
}

// written is where the next frame will go.
func (o *outlet) written() int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.w
}

// finish says that the line has written all there is.
func (o *outlet) finish(gen int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.gen == gen {
		o.final = true
		o.settle()
	}
}

// admit lets the line of this generation write, and no other.
func (o *outlet) admit(gen int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.gen = gen
}

// settle lets the device go on if enough is there, and tells the others what
// has changed. o.mu is held.
func (o *outlet) settle() {
	if o.holding && (o.final && o.w > o.barrier || o.w-o.barrier >= o.need) {
		o.holding = false
		signal(o.wake)
	}
	o.passEnds()
	o.news.Broadcast()
}

// open sets the fader for what is behind the barrier. o.mu is held.
func (o *outlet) open() {
	o.fresh = false
	o.fader = dsp.RampAt(1)
	if o.soft {
		o.fader = dsp.RampAt(0)
		o.fader.To(1, int(o.fade))
	}
}

// passEnds hands on the ends that nothing stands in front of any more. It does
// not wait for the device, which may be idle. o.mu is held.
func (o *outlet) passEnds() {
	for len(o.marks) > 0 && o.marks[0].at <= o.r {
		// The beginning of a track waits for its first frame, if it has one.
		if o.marks[0].play != nil && (len(o.marks) == 1 || o.marks[1].at > o.marks[0].at) {
			return
		}
		o.pass()
		signal(o.wake)
	}
}

// pass goes over the first mark. o.mu is held.
func (o *outlet) pass() {
	o.now = o.marks[0]
	o.marks = o.marks[1:]
	if o.now.ended != nil {
		o.ledger.end(o.now)
	}
}

// cut throws away what is decoded, but for a few milliseconds in which it
// fades, and holds until new samples come. soft makes those fade in. The line
// must have stopped writing.
func (o *outlet) cut(soft bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	end := o.r
	switch {
	case o.fresh:
		end = max(o.r, o.barrier) // the rest of an earlier cut
	case !o.paused && o.paced:
		end += min(o.fade, o.w-o.r)
	}
	for i, m := range o.marks {
		if m.at >= end || m.ended != nil {
			end = max(o.r, min(end, m.at))
			o.marks = o.marks[:i]
			break
		}
	}
	if !o.fresh {
		o.fader.To(0, int(end-o.r))
	}
	o.w = end
	o.hold(o.start, soft)
	o.final = false
	signal(o.room)
}

// hold makes reading stop at what is written now. o.mu is held.
func (o *outlet) hold(need int64, soft bool) {
	o.holding, o.fresh, o.scant = true, true, true
	o.barrier, o.need, o.soft = o.w, need, soft
}

// uncut throws away what is decoded of next, a track that has been joined
// already, and ends the line's writing. It returns the mark where next began;
// it is false, and does nothing, if some of that has gone to the device.
func (o *outlet) uncut(next *play) (mark, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, m := range o.marks {
		if m.play == next {
			o.w = max(m.at, o.r)
			stub := m
			stub.play, stub.under = nil, nil
			o.marks = append(o.marks[:i], stub)
			o.gen, o.final = 0, false
			o.passEnds()
			signal(o.room)
			return m, true
		}
	}
	return mark{}, false
}

// setPaused fades out and stops reading, or goes on.
func (o *outlet) setPaused(paused bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.paused == paused {
		return
	}
	o.paused = paused
	switch {
	case o.fresh: // the fader is closing, and will open at the barrier
	case paused:
		o.fader.To(0, int(o.pauseFade))
	default:
		o.fader.To(1, int(o.pauseFade))
	}
	o.news.Broadcast()
}

// setPauseFade sets how long a pause takes to fall silent.
func (o *outlet) setPauseFade(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.pauseFade = max(o.fade, int64(d)*int64(o.rate)/int64(time.Second))
}

// setVolume moves to an amplitude.
func (o *outlet) setVolume(amplitude float64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	frames := int(o.ramp)
	if o.ledger.given == 0 {
		frames = 0
	}
	o.volume.To(amplitude, frames)
}

// end makes feed say io.EOF once what is written has been given.
func (o *outlet) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = true
	o.news.Broadcast()
}

// heard returns what has been heard since the last call, in order, given how
// many frames the device still holds.
func (o *outlet) heard(held int) []span {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.ledger.heard(held)
}

// dropped notes that the device has thrown away the last n frames it took.
func (o *outlet) dropped(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ledger.drop(n)
}

// onlySilence reports whether nothing but silence is on its way to the ear.
func (o *outlet) onlySilence() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.available() == 0 && o.ledger.silent()
}

// outletStatus is what the engine decides by.
type outletStatus struct {
	holding  bool  // not enough is decoded to be heard
	buffered int64 // frames decoded and not given
	ended    bool  // io.EOF has been said
}

func (o *outlet) status() outletStatus {
	o.mu.Lock()
	defer o.mu.Unlock()
	return outletStatus{o.holding, o.w - o.r, o.ended && o.available() == 0}
}

// reopen makes room for another line behind what is written, and reports
// whether the device has to wait for it.
func (o *outlet) reopen() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.final = false
	if o.r == o.w {
		o.hold(o.start, false)
	}
	return o.holding
}
