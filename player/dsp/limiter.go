package dsp

import (
	"math"

	"github.com/gopxl/beep/v2"
)

const (
	// Ceiling is where a Limiter usually stands, in dBFS: what lies between
	// the samples and in a lossy encoder's hands still fits above it.
	Ceiling = -1.0
	// lookAhead is how long a limiter sees a peak coming, in seconds.
	lookAhead = 0.005
	// releaseTime is how long its gain takes to come back to within 1/e.
	releaseTime = 0.1
)

// Limiter keeps samples at or below a ceiling. It sees a peak coming 5 ms
// ahead, has the gain down in time without a jump, and lets it come back within
// about 100 ms. Both channels have the same gain. Frames come out Delay frames
// late; as long as nothing exceeds the ceiling they are the same bit for bit.
// What is not a finite number becomes silence.
type Limiter struct {
	ceiling float64
	release float64 // part of the way back that is gone in one frame
	delay   [][2]float64
	at      int // where the oldest frame of delay is; the next one takes its place

	// least is the window's smallest wanted gains, ascending with the frame:
	// its first is the least of all.
	least []wanted
	frame int64

	held  float64   // the least gain of the window, released slowly
	past  []float64 // held of the last window, to average over
	sum   float64   // of past
	ones  int       // how many of past's newest are 1
	quiet bool      // nothing is wanted and nothing held
}

type wanted struct {
	frame int64
	gain  float64
}

// NewLimiter returns a limiter at the given rate; ceiling is in dBFS.
func NewLimiter(rate beep.SampleRate, ceiling float64) *Limiter {
	n := max(1, int(math.Round(lookAhead*float64(rate))))
	l := &Limiter{
		ceiling: Linear(ceiling),
		release: 1 - math.Exp(-1/(releaseTime*float64(rate))),
		delay:   make([][2]float64, n),
		past:    make([]float64, n+1),
	}
	l.Reset()
	return l
}

// Delay is how many frames later they come out, at least 1. So many frames of
// silence push the last ones out.
func (l *Limiter) Delay() int { return len(l.delay) }

// Reset forgets what was heard: silence comes out for the next Delay frames.
func (l *Limiter) Reset() {
	clear(l.delay)
	l.least = l.least[:0]
	l.held = 1
	for i := range l.past {
		l.past[i] = 1
	}
	l.sum, l.ones, l.quiet = float64(len(l.past)), len(l.past), true
}

// Process takes frames in and gives as many older ones out, in place.
func (l *Limiter) Process(frames [][2]float64) {
	for i, f := range frames {
		peak := max(math.Abs(f[0]), math.Abs(f[1]))
		if math.IsNaN(peak) || math.IsInf(peak, 0) {
			f, peak = [2]float64{}, 0
		}
		out := l.delay[l.at]
		l.delay[l.at] = f
		if l.at++; l.at == len(l.delay) {
			l.at = 0
		}
		if l.quiet && peak <= l.ceiling {
			frames[i] = out
			continue
		}
		if g := l.gain(peak); g != 1 {
			// The gain is right up to rounding; the ceiling holds exactly.
			out[0] = min(max(out[0]*g, -l.ceiling), l.ceiling)
			out[1] = min(max(out[1]*g, -l.ceiling), l.ceiling)
		}
		frames[i] = out
	}
}

// gain takes in the peak of the newest frame and returns the gain of the
// oldest. The least gain wanted in a window holds for the whole window, so the
// average over a window ending at a peak's turn is no more than the peak wants.
// An average moves by no more than 1/window in a frame: no click.
func (l *Limiter) gain(peak float64) float64 {
	window := int64(len(l.past))
	want := 1.0
	if peak > l.ceiling {
		want = l.ceiling / peak
	}
	for len(l.least) > 0 && l.least[len(l.least)-1].gain >= want {
		l.least = l.least[:len(l.least)-1]
	}
	l.least = append(l.least, wanted{l.frame, want})
	if l.least[0].frame <= l.frame-window {
		// Moved down, not sliced off, so that nothing is ever allocated again.
		l.least = l.least[:copy(l.least, l.least[1:])]
	}
	least := l.least[0].gain
	if l.held += (1 - l.held) * l.release; l.held > 1-1e-5 {
		l.held = 1 // an end to coming back
	}
	l.held = min(l.held, least)

	slot := &l.past[l.frame%window]
	l.sum += l.held - *slot
	*slot = l.held
	l.frame++
	if l.held != 1 {
		l.ones, l.quiet = 0, false
	} else if l.ones++; l.ones >= len(l.past) {
		l.ones, l.sum = len(l.past), float64(window)
		l.quiet = len(l.least) == 1
	}
	return l.sum / float64(window)
}
