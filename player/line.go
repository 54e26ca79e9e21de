package player

import (
	"context"
	"sync"

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
	outlet  *outlet
	gen     int // by which the outlet knows whether it may write
	flow    int // for its marks
	sound   Sound
	loop    looping
	filters *dsp.Filters // for its resamplers
	wake    chan<- struct{}
	cancel  context.CancelFunc
	done    chan struct{}
	kicked  chan struct{} // capacity 1: offered or over has changed

	mu      sync.Mutex // guards the fields below
	offered *play      // what to go on with
	fade    int64      // frames that it is heard together with the end of what is before it
	over    bool       // nothing follows
	waiting bool       // the track has ended and nothing is offered
	taken   *play      // what it went on with last
}

// lineStatus is what the engine decides by.
type lineStatus struct {
	waiting bool
	taken   *play
}

// begin starts a line, whose first fields are set, with first, which may be nil.
func (l *line) begin(ctx context.Context, first *play) {
	ctx, l.cancel = context.WithCancel(ctx)
	l.done, l.kicked = make(chan struct{}), make(chan struct{}, 1)
	go func() {
		defer close(l.done)
		l.run(ctx, first)
	}()
}

// stop ends the line and waits for it; it waits for nothing that takes time.
func (l *line) stop() {
	l.cancel()
	<-l.done
}

// offer sets what to go on with, faded in for that many frames; nil takes it
// back. What is taken already stays so.
func (l *line) offer(p *play, fade int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p != nil && p == l.taken || p == l.offered && fade == l.fade {
		// A line that waits would ask again, and be told the same, without end.
		return
	}
	l.offered, l.fade = p, fade
	signal(l.kicked)
}

// finish says that nothing follows.
func (l *line) finish() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.over {
		l.over = true
		signal(l.kicked)
	}
}

func (l *line) status() lineStatus {
	l.mu.Lock()
	defer l.mu.Unlock()
	return lineStatus{l.waiting, l.taken}
}

// longestFade is the crossfade that is asked for, and what is read at once.
func (l *line) longestFade() int64 {
	if l.sound.Crossfade == 0 {
		return -1
	}
	return int64(l.sound.Crossfade.Seconds()*float64(l.outlet.rate)) + lineFrames
}

// await waits until it is known what to go on with, and leaves it there.
func (l *line) await(ctx context.Context) {
	for {
		l.mu.Lock()
		known := l.offered != nil || l.over
		l.waiting = !known
		l.mu.Unlock()
		if known {
			return
		}
		signal(l.wake)
		select {
		case <-l.kicked:
		case <-ctx.Done():
			return
		}
	}
}

// following waits for what to go on with; nil if nothing is.
func (l *line) following(ctx context.Context) *play {
	l.await(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.offered
	l.offered = nil
	if p != nil {
		l.taken = p
	}
	return p
}

// toFade is how many frames before the end of a track the one that is offered
// is to be faded in; 0 if none is.
func (l *line) toFade() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.offered == nil {
		return 0
	}
	return l.fade
}

// takeFaded goes on with what is offered and is to be faded in; nil if nothing
// is any more.
func (l *line) takeFaded() *play {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.offered
	if p == nil || l.fade == 0 {
		return nil
	}
	l.offered, l.taken = nil, p
	return p
}

func (l *line) run(ctx context.Context, first *play) {
	p := first
	if p == nil {
		p = l.following(ctx)
	}
	out := newWriter(l)
	for p != nil && ctx.Err() == nil {
		s := newStrand(ctx, l, p, out.at)
		for p = nil; s != nil; {
			next, fade, err := l.play(ctx, out, s)
			switch {
			case err != nil:
				return
			case fade > 0:
				s = l.cross(ctx, out, s, next, fade)
			default:
				p, s = next, nil
			}
		}
	}
	if ctx.Err() == nil && out.flush(ctx) == nil {
		l.outlet.finish(l.gen)
	}
}

// play plays a strand to its end, or up to where a track is to be faded in, and
// returns the track that follows; nil if none does.
func (l *line) play(ctx context.Context, out *writer, s *strand) (next *play, fade int64, err error) {
	buf := make([][2]float64, lineFrames)
	var asked *play
	for {
		n := int64(len(buf))
		if left := s.left(); !l.outlet.paced && asked != s.join.play && left >= 0 && left <= l.longestFade() {
			// Nobody hears a render wait, and it must not depend on luck.
			asked = s.join.play
			l.await(ctx)
		}
		if fade := l.toFade(); fade > 0 && !l.loop.of(s.join.play) {
			switch left := s.left(); {
			case left >= fade:
				n = min(n, left-fade)
			case left >= 0:
				n, fade = 0, left
			}
			if n == 0 && fade >= lineFrames {
				if p := l.takeFaded(); p != nil {
					return p, fade, nil
				}
			}
			if n == 0 {
				n = int64(len(buf)) // too late for a fade, or taken back
			}
		}
		got, ok := s.read(buf[:n])
		if ctx.Err() != nil {
			return nil, 0, errStopped
		}
		if err := out.write(ctx, buf[:got], s.take()); err != nil {
			return nil, 0, err
		}
		if !ok {
			return s.join.after, 0, nil
		}
	}
}

// cross plays the end of a strand and the beginning of another together, and
// returns the other one; nil if the line was stopped.
func (l *line) cross(ctx context.Context, out *writer, s *strand, p *play, frames int64) *strand {
	next := newStrand(ctx, l, p, out.at)
	if next == nil {
		return nil
	}
	s.join.closing = true
	last := s.join.play
	next.under, next.tail = last, s.trackPlace()
	olds, news := make([][2]float64, lineFrames), make([][2]float64, lineFrames)
	var failed error
	for done := int64(0); done < frames; {
		n := min(frames-done, lineFrames)
		old, _ := s.read(olds[:n])
		got, ok := next.read(news[:n])
		if ctx.Err() != nil {
			return nil
		}
		clear(olds[old:n])
		for _, m := range s.take() {
			if m.ended != nil {
				failed = m.err
			}
		}
		for i := range news[:got] {
			o, in := dsp.FadeGains(float64(done+int64(i)) / float64(frames))
			news[i][0] = in*news[i][0] + o*olds[i][0]
			news[i][1] = in*news[i][1] + o*olds[i][1]
		}
		if out.write(ctx, news[:got], next.take()) != nil {
			return nil
		}
		if done += int64(got); !ok {
			break // it was shorter than it said
		}
	}
	next.close(last, failed)
	return next
}
