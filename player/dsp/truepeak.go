package dsp

import (
	"math"

	"github.com/gopxl/beep/v2"
)

// tpTaps is the length of the interpolating filter, in frames. BS.1770-4
// Annex 2 has one of 12 as an example; 16 find a peak at 0.45 of the rate
// within 0.2 dB.
const tpTaps = 16

// truePeak finds the greatest magnitude of a signal between its samples: four
// times as many samples up to 80 kHz, twice as many up to 160 kHz, and the
// samples themselves above, as Annex 2 of BS.1770-4 has it.
type truePeak struct {
	peak   float64
	phases [][tpTaps]float64 // between one sample and the next
	bound  float64           // no phase makes more of samples up to 1
	in     [][2]float64      // the last tpTaps-1 frames, then new ones
}

func (p *truePeak) init(rate beep.SampleRate) {
	factor := 4
	switch {
	case rate > 160000:
		factor = 1
	case rate > 80000:
		factor = 2
	}
	const beta = 5 // of the Kaiser window: about 50 dB
	p.bound = 1
	for k := 1; k < factor; k++ {
		var h [tpTaps]float64
		var sum, abs float64
		for i := range h {
			t := float64(i-tpTaps/2+1) - float64(k)/float64(factor)
			x := t / (tpTaps / 2)
			h[i] = sinc(t) * bessel0(beta*math.Sqrt(max(0, 1-x*x)))
			sum += h[i]
		}
		for i := range h {
			h[i] /= sum
			abs += math.Abs(h[i])
		}
		p.phases = append(p.phases, h)
		p.bound = max(p.bound, abs)
	}
	p.in = make([][2]float64, tpTaps-1, 2048)
}

// add takes in frames.
func (p *truePeak) add(frames [][2]float64) {
	for _, f := range frames {
		p.peak = max(p.peak, math.Abs(f[0]), math.Abs(f[1]))
	}
	if len(p.phases) == 0 {
		return
	}
	p.in = append(p.in, frames...)
	// In steps, as most of them cannot hold a new peak: nothing between samples
	// exceeds the greatest around by more than bound.
	const step = 32
	last := len(p.in) - (tpTaps - 1)
	for at := 0; at < last; at += step {
		n := min(step, last-at)
		var top float64
		for _, f := range p.in[at : at+n+tpTaps-1] {
			top = max(top, math.Abs(f[0]), math.Abs(f[1]))
		}
		if top*p.bound > p.peak {
			p.between(p.in[at : at+n+tpTaps-1])
		}
	}
	p.in = p.in[:copy(p.in, p.in[last:])]
}

// between looks between the middle samples of each tpTaps frames.
func (p *truePeak) between(in [][2]float64) {
	for i := range len(in) - tpTaps + 1 {
		around := (*[tpTaps][2]float64)(in[i:])
		for k := range p.phases {
			var l, r float64
			for j, h := range &p.phases[k] {
				l += h * around[j][0]
				r += h * around[j][1]
			}
			p.peak = max(p.peak, math.Abs(l), math.Abs(r))
		}
	}
}
