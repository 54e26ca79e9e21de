package dsp

import (
	"math"
	"sync/atomic"

	"github.com/gopxl/beep/v2"
)

// The ballistics of Levels.
const (
	peakFall = 20 / 1.7 // dB a second: 20 dB in 1.7 s, as IEC 60268-10 type I falls
	rmsTime  = 0.3      // seconds to within 1/e, as a VU meter's needle
)

// Level is what a meter shows: the left and the right channel as factors of
// full scale. A peak may exceed 1. RMS is the root of the mean square, 1/√2 for
// a sine at full scale.
type Level struct{ Peak, RMS [2]float64 }

// Levels is a live meter. A peak is shown at once and falls by 20 dB in 1.7 s;
// RMS follows with a time constant of 300 ms. One goroutine writes, any may
// read; nobody waits, so a device's callback may write.
type Levels struct {
	rate         float64
	peak, square [2]float64       // of the writer
	shown        [4]atomic.Uint64 // bits of peaks and squares, as last written
}

// NewLevels returns a meter, at silence, for frames at the given rate.
func NewLevels(rate beep.SampleRate) *Levels { return &Levels{rate: float64(rate)} }

// Write takes in frames, in the order in which they are heard.
func (l *Levels) Write(frames [][2]float64) {
	var top, sum [2]float64
	for _, f := range frames {
		top[0], top[1] = max(top[0], math.Abs(f[0])), max(top[1], math.Abs(f[1]))
		sum[0] += f[0] * f[0]
		sum[1] += f[1] * f[1]
	}
	l.take(len(frames), top, sum)
}

// WriteSamples is Write for interleaved stereo samples.
func (l *Levels) WriteSamples(p []float32) {
	var top, sum [2]float64
	for i := 0; i+1 < len(p); i += 2 {
		a, b := float64(p[i]), float64(p[i+1])
		top[0], top[1] = max(top[0], math.Abs(a)), max(top[1], math.Abs(b))
		sum[0] += a * a
		sum[1] += b * b
	}
	l.take(len(p)/2, top, sum)
}

// take moves the meter on by n frames, whose peaks and sums of squares these are.
func (l *Levels) take(n int, top, sum [2]float64) {
	if n == 0 {
		return
	}
	seconds := float64(n) / l.rate
	fall := Linear(-peakFall * seconds)
	keep := math.Exp(-seconds / rmsTime)
	for c := range 2 {
		l.peak[c] = max(top[c], l.peak[c]*fall)
		l.square[c] = l.square[c]*keep + sum[c]/float64(n)*(1-keep)
		if !(l.peak[c] <= math.MaxFloat64 && l.square[c] <= math.MaxFloat64) {
			l.peak[c], l.square[c] = 0, 0 // what is no number must not stay
		}
		l.shown[c].Store(math.Float64bits(l.peak[c]))
		l.shown[2+c].Store(math.Float64bits(l.square[c]))
	}
}

// Level is what the meter shows now.
func (l *Levels) Level() Level {
	var v Level
	for c := range 2 {
		v.Peak[c] = math.Float64frombits(l.shown[c].Load())
		v.RMS[c] = math.Sqrt(math.Float64frombits(l.shown[2+c].Load()))
	}
	return v
}
