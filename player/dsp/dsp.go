// Package dsp changes samples: stages between a decoder and the device.
//
// A stage is a beep.Streamer over another one, so that the stages of beep and
// of others fit in anywhere. Frames are stereo float64, nominal range [-1, 1],
// and may exceed it until they reach the device. Unless it says otherwise a
// stage is used by one goroutine at a time.
package dsp

import (
	"math"

	"github.com/gopxl/beep/v2"
)

// Linear returns the factor that db decibels stand for.
func Linear(db float64) float64 { return math.Pow(10, db/20) }

// Amplify returns src made louder by db decibels, for example a ReplayGain.
// At 0 dB it is src itself.
func Amplify(src beep.Streamer, db float64) beep.Streamer {
	if db == 0 {
		return src
	}
	return &amplified{src: src, factor: Linear(db)}
}

type amplified struct {
	src    beep.Streamer
	factor float64
}

func (a *amplified) Stream(samples [][2]float64) (n int, ok bool) {
	n, ok = a.src.Stream(samples)
	for i := range samples[:n] {
		samples[i][0] *= a.factor
		samples[i][1] *= a.factor
	}
	return n, ok
}

func (a *amplified) Err() error { return a.src.Err() }

// Ramp is a value that moves to its target in a straight line, frame by frame,
// so that a change of volume or a cut is not heard as a click. The zero Ramp
// rests at 0.
type Ramp struct {
	value, target, step float64
	left                int // frames until value is target
}

// RampAt returns a ramp that rests at value.
func RampAt(value float64) Ramp { return Ramp{value: value, target: value} }

// To sets out for target, to be reached with the given number of frames; 0
// frames is at once.
func (r *Ramp) To(target float64, frames int) {
	r.target, r.left = target, frames
	if frames <= 0 {
		r.value, r.left = target, 0
		return
	}
	r.step = (target - r.value) / float64(frames)
}

// Next returns the value for the next frame.
func (r *Ramp) Next() float64 {
	if r.left > 0 {
		r.left--
		r.value += r.step
		if r.left == 0 {
			r.value = r.target
		}
	}
	return r.value
}

// Value is the value of the last frame.
func (r *Ramp) Value() float64 { return r.value }

// FadeGains returns the factors of the track that ends and of the one that
// begins at t of the way through a crossfade, t from 0 to 1 and held there.
// Their squares add up to 1, so two tracks that have nothing in common keep
// their loudness between them.
func FadeGains(t float64) (out, in float64) {
	switch {
	case !(t > 0):
		return 1, 0
	case t >= 1:
		return 0, 1
	}
	in, out = math.Sincos(t * math.Pi / 2)
	return out, in
}
