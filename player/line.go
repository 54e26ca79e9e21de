package player

import (
	"context"
	"sync"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/dsp"
)

// lineFrames are resampled and written at once.
const lineFrames = 1024

// line joins tracks into one stream at the device's rate and fills the outlet
// with it. It begins with one track (or none), goes on with the one that the
// engine has offered, without a sample in between, and ends when it is told
// that nothing follows, when a track fails, or when it is stopped: a seek or a
// skip stops the line and begins another.
type line struct {
	outlet *outlet
	gen    int // by which the outlet knows whether it may write
	flow   int // for its marks
	wake   chan<- struct{}
	cancel context.CancelFunc
	done   chan struct{}
	kicked chan struct{} // capacity 1: offered or over has changed

	mu      sync.Mutex // guards the fields below
	offered *play      // what to go on with
	over    bool       // nothing follows
	waiting bool       // the track has ended and nothing is offered
	taken   *play      // what it went on with last
}

// lineStatus is what the engine decides by.
type lineStatus struct {
	waiting bool
	taken   *play
}

// newLine begins a line with first, which may be nil.
func newLine(ctx context.Context, o *outlet, first *play, gen, flow int, wake chan<- struct{}) *line {
	ctx, cancel := context.WithCancel(ctx)
	l := &line{
		outlet: o, gen: gen, flow: flow, wake: wake, cancel: cancel,
		done:   make(chan struct{}),
		kicked: make(chan struct{}, 1),
	}
	go func() {
		defer close(l.done)
		l.run(ctx, first)
	}()
	return l
}

// stop ends the line and waits for it; it waits for nothing that takes time.
func (l *line) stop() {
	l.cancel()
	<-l.done
}

// offer sets what to go on with; nil takes it back. What is taken already
// stays so.
func (l *line) offer(p *play) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p != nil && p == l.taken {
		return
	}
	l.offered = p
	signal(l.kicked)
}

// finish says that nothing follows.
func (l *line) finish() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	signal(l.kicked)
}

func (l *line) status() lineStatus {
	l.mu.Lock()
	defer l.mu.Unlock()
	return lineStatus{l.waiting, l.taken}
}

// following waits for what to go on with; nil if nothing is.
func (l *line) following(ctx context.Context) *play {
	for {
		l.mu.Lock()
		p, over := l.offered, l.over
		l.offered = nil
		l.waiting = p == nil && !over
		if p != nil {
			l.taken = p
		}
		l.mu.Unlock()
		if p != nil || over {
			return p
		}
		signal(l.wake)
		select {
		case <-l.kicked:
		case <-ctx.Done():
			return nil
		}
	}
}

func (l *line) run(ctx context.Context, first *play) {
	p := first
	if p == nil {
		p = l.following(ctx)
	}
	for p != nil && ctx.Err() == nil {
		p = l.stretch(ctx, p)
	}
	if ctx.Err() == nil {
		l.outlet.finish(l.gen)
	}
}

// stretch plays p and all that follows at the same rate, and returns the track
// that follows at another; nil if none does.
func (l *line) stretch(ctx context.Context, p *play) *play {
	j := &joiner{ctx: ctx, line: l, base: l.outlet.written(), to: int64(l.outlet.rate)}
	if !j.begin(p) {
		return nil
	}
	stage := dsp.Resample(j, beep.SampleRate(j.from), beep.SampleRate(j.to))
	buf := make([][2]float64, lineFrames)
	for end := j.base; ; {
		n, ok := stage.Stream(buf)
		if ctx.Err() != nil {
			return nil
		}
		end += int64(n)
		// Marks beyond what is written now wait for the frames they are of.
		if l.outlet.write(ctx, l.gen, buf[:n], j.notes(end, !ok)) != nil {
			return nil
		}
		if !ok {
			return j.after
		}
	}
}

// joiner is a stage that gives tracks of one rate as one stream, and notes
// where each begins and ends.
type joiner struct {
	ctx      context.Context
	line     *line
	base     int64 // frame of the ring where the stream begins
	from, to int64 // rates of the tracks and of the ring

	play  *play
	gain  float64
	chunk chunk        // the current one
	rest  [][2]float64 // what is left of it
	given int64        // frames so far
	marks []mark
	after *play // follows, at another rate
	over  bool
}

// begin waits for the first track to be open; it is false if it has no rate to
// go by, or the line was stopped.
func (j *joiner) begin(p *play) bool {
	j.play = p
	if !j.receive() {
		return false
	}
	info, _, _ := p.deck.state()
	if j.from = int64(info.format.SampleRate); j.from <= 0 {
		return false // it cannot be opened: the engine has seen that too
	}
	j.gain = dsp.Linear(info.item.Gain)
	j.note(mark{play: p, pos: j.chunk.pos * j.to / j.from})
	return true
}

// receive waits for a chunk of what the play is at.
func (j *joiner) receive() bool {
	for {
		select {
		case c := <-j.play.deck.out:
			if c.epoch == j.play.epoch {
				j.chunk, j.rest = c, c.frames
				return true
			}
			j.play.deck.recycle(c)
		case <-j.ctx.Done():
			return false
		}
	}
}

// Stream implements beep.Streamer.
func (j *joiner) Stream(samples [][2]float64) (n int, ok bool) {
	for n < len(samples) && !j.over {
		if len(j.rest) == 0 {
			j.over = !j.advance()
			continue
		}
		step := copy(samples[n:], j.rest)
		if j.gain != 1 {
			for i := range samples[n : n+step] {
				samples[n+i][0] *= j.gain
				samples[n+i][1] *= j.gain
			}
		}
		j.rest = j.rest[step:]
		j.given += int64(step)
		n += step
	}
	return n, n > 0
}

// Err implements beep.Streamer; a failed track ends with a mark.
func (j *joiner) Err() error { return nil }

// advance gets the next chunk, of this track or of the one that follows. It is
// false at the end of the stream.
func (j *joiner) advance() bool {
	j.play.deck.recycle(j.chunk)
	if !j.chunk.last {
		return j.receive()
	}
	ended, err := j.play, j.chunk.err
	if err == nil && j.chunk.pos == 0 && len(j.chunk.frames) == 0 {
		err = ErrSilent
	}
	if err != nil {
		j.note(mark{ended: ended, err: err})
		return false
	}
	next := j.line.following(j.ctx)
	if next == nil {
		j.note(mark{ended: ended})
		return false
	}
	info, _, _ := next.deck.state()
	if int64(info.format.SampleRate) != j.from {
		j.note(mark{ended: ended})
		j.after = next
		return false
	}
	j.play, j.gain = next, dsp.Linear(info.item.Gain)
	if !j.receive() {
		return false
	}
	j.note(mark{play: next, pos: j.chunk.pos * j.to / j.from, ended: ended})
	return true
}

// note marks the next frame.
func (j *joiner) note(m mark) {
	// ⌈given·to/from⌉ frames of the result come from what was given so far.
	m.at = j.base + (j.given*j.to+j.from-1)/j.from
	m.flow = j.line.flow
	j.marks = append(j.marks, m)
}

// notes returns the marks of frames before end, or all that are left.
func (j *joiner) notes(end int64, all bool) []mark {
	n := 0
	for n < len(j.marks) && (all || j.marks[n].at < end) {
		n++
	}
	out := j.marks[:n:n]
	j.marks = j.marks[n:]
	return out
}
