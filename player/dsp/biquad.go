package dsp

import (
	"math"
	"math/cmplx"

	"github.com/gopxl/beep/v2"
)

// biquad is a filter of second order,
// y[n] = b0·x[n] + b1·x[n-1] + b2·x[n-2] − a1·y[n-1] − a2·y[n-2].
type biquad struct{ b0, b1, b2, a1, a2 float64 }

// heard reports whether the band can act at this rate.
func (b Band) heard(rate beep.SampleRate) bool {
	return b.Frequency > 0 && b.Frequency < float64(rate)/2 && b.Q > 0 &&
		!math.IsInf(b.Q, 0) && !math.IsNaN(b.Gain) && !math.IsInf(b.Gain, 0)
}

// biquad returns the cookbook's coefficients, divided by a0.
func (b Band) biquad(rate beep.SampleRate) biquad {
	sin, cos := math.Sincos(2 * math.Pi * b.Frequency / float64(rate))
	alpha := sin / (2 * b.Q)
	a := math.Pow(10, b.Gain/40)
	slope := 2 * math.Sqrt(a) * alpha
	var f biquad
	var a0 float64
	switch b.Kind {
	case LowShelf:
		f.b0 = a * ((a + 1) - (a-1)*cos + slope)
		f.b1 = 2 * a * ((a - 1) - (a+1)*cos)
		f.b2 = a * ((a + 1) - (a-1)*cos - slope)
		a0 = (a + 1) + (a-1)*cos + slope
		f.a1 = -2 * ((a - 1) + (a+1)*cos)
		f.a2 = (a + 1) + (a-1)*cos - slope
	case HighShelf:
		f.b0 = a * ((a + 1) + (a-1)*cos + slope)
		f.b1 = -2 * a * ((a - 1) + (a+1)*cos)
		f.b2 = a * ((a + 1) + (a-1)*cos - slope)
		a0 = (a + 1) - (a-1)*cos + slope
		f.a1 = 2 * ((a - 1) - (a+1)*cos)
		f.a2 = (a + 1) - (a-1)*cos - slope
	default:
		f.b0, f.b1, f.b2 = 1+alpha*a, -2*cos, 1-alpha*a
		a0, f.a1, f.a2 = 1+alpha/a, -2*cos, 1-alpha/a
	}
	return biquad{f.b0 / a0, f.b1 / a0, f.b2 / a0, f.a1 / a0, f.a2 / a0}
}

// response is the gain at hz, in dB, from the transfer function.
func (f biquad) response(rate beep.SampleRate, hz float64) float64 {
	z := cmplx.Rect(1, -2*math.Pi*hz/float64(rate))
	num := complex(f.b0, 0) + z*(complex(f.b1, 0)+z*complex(f.b2, 0))
	den := 1 + z*(complex(f.a1, 0)+z*complex(f.a2, 0))
	return 20 * math.Log10(cmplx.Abs(num/den))
}

// section is a biquad at work on both channels, in direct form I: its state is
// past input and output, whatever the coefficients, so that they may move. They
// move in a straight line: the stable coefficients of second order are a
// triangle, so all that lie between two of them are stable too.
type section struct {
	now, target, step biquad
	band              Band // of target
	x1, x2, y1, y2    [2]float64
}

// to sets out for the coefficients of b, to be there after the given frames.
func (s *section) to(b Band, rate beep.SampleRate, frames int) {
	t, n := b.biquad(rate), float64(frames)
	s.band, s.target = b, t
	s.step = biquad{
		(t.b0 - s.now.b0) / n, (t.b1 - s.now.b1) / n, (t.b2 - s.now.b2) / n,
		(t.a1 - s.now.a1) / n, (t.a2 - s.now.a2) / n,
	}
}

// glide filters frames, in place, while the coefficients move.
func (s *section) glide(frames [][2]float64) {
	for i := range frames {
		f := &s.now
		f.b0 += s.step.b0
		f.b1 += s.step.b1
		f.b2 += s.step.b2
		f.a1 += s.step.a1
		f.a2 += s.step.a2
		s.steady(frames[i : i+1])
	}
}

// steady filters frames, in place.
func (s *section) steady(frames [][2]float64) {
	f := s.now
	for c := range 2 {
		x1, x2, y1, y2 := s.x1[c], s.x2[c], s.y1[c], s.y2[c]
		for i := range frames {
			x := frames[i][c]
			y := f.b0*x + (f.b1*x1 - f.a1*y1) + (f.b2*x2 - f.a2*y2)
			x1, x2, y1, y2 = x, x1, y, y1
			frames[i][c] = y
		}
		// What rings on below any sample's resolution only costs time: numbers
		// near the smallest that a float holds are slow.
		if math.Abs(y1) < 1e-30 && math.Abs(y2) < 1e-30 {
			y1, y2 = 0, 0
		}
		s.x1[c], s.x2[c], s.y1[c], s.y2[c] = x1, x2, y1, y2
	}
}

// idle reports whether the section has no gain and has rung out, to below
// −160 dBFS: it can go unheard.
func (s *section) idle() bool {
	const quiet = 1e-8
	for c := range 2 {
		if math.Abs(s.y1[c]-s.x1[c]) > quiet || math.Abs(s.y2[c]-s.x2[c]) > quiet {
			return false
		}
	}
	return s.band.Gain == 0
}
