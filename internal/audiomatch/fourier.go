package audiomatch

import (
	"math"
	"math/bits"
	"math/cmplx"
)

// correlate gives, for every place k at which the whole probe fits, the sum of
// probe[i]·x[k+i]. It works block by block (overlap-save) so that the memory it
// needs follows the probe and not the capture.
func correlate(probe, x []float32) []float64 {
	places := len(x) - len(probe) + 1
	size := 1 << bits.Len(uint(2*len(probe)-1))
	step := size - len(probe) + 1
	plan := newPlan(size)
	spectrum := make([]complex128, size)
	for i, v := range probe {
		spectrum[i] = complex(float64(v), 0)
	}
	plan.transform(spectrum)
	out := make([]float64, places)
	block := make([]complex128, size)
	for at := 0; at < places; at += step {
		clear(block)
		for i := range min(size, len(x)-at) {
			block[i] = complex(float64(x[at+i]), 0)
		}
		plan.transform(block)
		for i, v := range block {
			// The inverse transform is the forward one of the conjugate.
			block[i] = cmplx.Conj(v * cmplx.Conj(spectrum[i]))
		}
		plan.transform(block)
		for i := range min(step, places-at) {
			out[at+i] = real(block[i]) / float64(size)
		}
	}
	return out
}

// plan holds what every transform of one size (a power of two) shares.
type plan struct {
	twiddle []complex128
	shift   int
}

func newPlan(size int) plan {
	p := plan{twiddle: make([]complex128, size/2), shift: 64 - bits.Len(uint(size-1))}
	for i := range p.twiddle {
		p.twiddle[i] = cmplx.Rect(1, -2*math.Pi*float64(i)/float64(size))
	}
	return p
}

// transform replaces x by its discrete Fourier transform: the radix-2,
// decimation-in-time form of Cooley and Tukey (1965).
func (p plan) transform(x []complex128) {
	for i := range x {
		if j := int(bits.Reverse64(uint64(i)) >> p.shift); j > i {
			x[i], x[j] = x[j], x[i]
		}
	}
	for half := 1; half < len(x); half *= 2 {
		stride := len(x) / (2 * half)
		for at := 0; at < len(x); at += 2 * half {
			for k := range half {
				a, b := x[at+k], x[at+k+half]*p.twiddle[k*stride]
				x[at+k], x[at+k+half] = a+b, a-b
			}
		}
	}
}

// kernel reads a signal between its samples.
type kernel struct {
	taps []float64 // nil reads at whole frames
}

// kernelHalf is half the length of the interpolator. With its Blackman window
// the error stays under −90 dB up to 0.9 of the Nyquist frequency.
const kernelHalf = 32

// newKernel makes an interpolator that reads fraction frames later (|fraction| ≤ 0.5).
func newKernel(fraction float64) kernel {
	if fraction == 0 {
		return kernel{}
	}
	taps := make([]float64, 2*kernelHalf)
	for i := range taps {
		t := float64(i-kernelHalf+1) - fraction
		phase := math.Pi * t / kernelHalf
		window := 0.42 + 0.5*math.Cos(phase) + 0.08*math.Cos(2*phase)
		taps[i] = window * math.Sin(math.Pi*t) / (math.Pi * t)
	}
	return kernel{taps}
}

// at gives the value of x at frame n plus the kernel's fraction; outside x is silence.
func (k kernel) at(x []float32, n int) float64 {
	if k.taps == nil {
		if n < 0 || n >= len(x) {
			return 0
		}
		return float64(x[n])
	}
	var sum float64
	for i, tap := range k.taps {
		if j := n + i - kernelHalf + 1; j >= 0 && j < len(x) {
			sum += tap * float64(x[j])
		}
	}
	return sum
}
