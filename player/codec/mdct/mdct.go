// Package mdct computes the inverse of the modified discrete cosine transform,
// by which AAC and Vorbis turn a spectrum into samples that overlap.
//
// It goes by a cosine transform of type IV, and that by a complex Fourier
// transform of half its length (H. S. Malvar, Signal Processing with Lapped
// Transforms, 1992, §5.4), in 32-bit floats, whose error lies some 130 dB
// below the signal.
package mdct

import (
	"fmt"
	"math"
	"math/bits"
)

// Sizes of transforms, in coefficients.
const (
	minSize = 16
	maxSize = 8192
)

// Plan is the inverse transform of one size. It has room for its intermediate
// results, so it is used by one goroutine at a time.
type Plan struct {
	n       int
	twist   []complexPair // e^(−iπ(8k+1)/8n), before and after
	stages  []stage
	work    [2][]complexPair
	spectra []float32 // the cosine transform
}

type complexPair struct{ re, im float32 }

// stage is one step of radix 4: its twiddle factors, three for each p.
type stage struct{ twiddles []complexPair }

// New returns the transform of n coefficients to 2n samples. n is a power of
// two from 16 to 8192; New panics otherwise, since sizes are known to callers.
func New(n int) *Plan {
	if n < minSize || n > maxSize || bits.OnesCount(uint(n)) != 1 {
		panic(fmt.Sprintf("mdct: a transform of %d coefficients", n))
	}
	p := &Plan{n: n, spectra: make([]float32, n)}
	half := n / 2
	for k := range half {
		p.twist = append(p.twist, unit(-math.Pi*float64(8*k+1)/float64(8*n)))
	}
	for size := half; size >= 4; size /= 4 {
		var s stage
		for k := range size / 4 {
			angle := -2 * math.Pi * float64(k) / float64(size)
			s.twiddles = append(s.twiddles, unit(angle), unit(2*angle), unit(3*angle))
		}
		p.stages = append(p.stages, s)
	}
	p.work = [2][]complexPair{make([]complexPair, half), make([]complexPair, half)}
	return p
}

func unit(angle float64) complexPair {
	s, c := math.Sincos(angle)
	return complexPair{float32(c), float32(s)}
}

// Size is the number of coefficients, n.
func (p *Plan) Size() int { return p.n }

// Inverse sets the 2n samples of out to
//
//	out[i] = Σ in[k] · cos(π/n · (i + ½ + n/2) · (k + ½)),  k = 0 … n−1
//
// which is the transform of Vorbis I as it is, and that of AAC (ISO/IEC
// 14496-3 §4.6.11.3.1) but for its factor 1/n. in has n coefficients and is
// left as it is; the two may not overlap.
func (p *Plan) Inverse(out, in []float32) {
	u := p.Cosine(in)
	n := p.n
	out = out[:2*n]
	copy(out, u[n/2:])
	for i := range n {
		out[n/2+i] = -u[n-1-i]
	}
	for i := range n / 2 {
		out[3*n/2+i] = -u[i]
	}
}

// Cosine returns the cosine transform of type IV, n values that are valid until
// the next call of the plan:
//
//	u[j] = Σ in[k] · cos(π/n · (j + ½) · (k + ½)),  k = 0 … n−1
//
// All of Inverse is in it, and half of Inverse is redundant: around its first
// quarter it is u[n−1−j] before and −u[n−1−j] behind, around its third −u[j] on
// both sides, j < n/2. Who overlaps blocks can do so from there.
func (p *Plan) Cosine(in []float32) []float32 {
	z, n := p.work[0], p.n
	in = in[:n]
	for k, t := range p.twist {
		re, im := in[2*k], in[n-1-2*k]
		z[k] = complexPair{re*t.re - im*t.im, re*t.im + im*t.re}
	}
	z = p.fourier()
	u := p.spectra
	for k, t := range p.twist {
		v := z[k]
		u[2*k] = v.re*t.re - v.im*t.im
		u[n-1-2*k] = -(v.re*t.im + v.im*t.re)
	}
	return u
}

// fourier transforms work[0] by the self-sorting algorithm of Stockham, and
// returns which of the two has the result.
func (p *Plan) fourier() []complexPair {
	x, y := p.work[0], p.work[1]
	size, stride := len(x), 1
	for _, s := range p.stages {
		if stride == 1 {
			first(y, x, s.twiddles)
		} else {
			radix4(y, x, s.twiddles, stride)
		}
		x, y = y, x
		size, stride = size/4, stride*4
	}
	if size == 2 {
		a, b := x[:stride], x[stride:2*stride]
		c, d := y[:stride], y[stride:2*stride]
		for i := range a {
			c[i] = complexPair{a[i].re + b[i].re, a[i].im + b[i].im}
			d[i] = complexPair{a[i].re - b[i].re, a[i].im - b[i].im}
		}
		x = y
	}
	return x
}

// first is the stage of stride 1.
func first(y, x, twiddles []complexPair) {
	m := len(x) / 4
	x0, x1, x2, x3 := x[:m], x[m:2*m], x[2*m:3*m], x[3*m:4*m]
	for k := range x0 {
		w := (*[3]complexPair)(twiddles[3*k : 3*k+3])
		out := (*[4]complexPair)(y[4*k : 4*k+4])
		a, b, c, d := x0[k], x1[k], x2[k], x3[k]
		sumRe, sumIm := a.re+c.re, a.im+c.im
		difRe, difIm := a.re-c.re, a.im-c.im
		crossRe, crossIm := b.re+d.re, b.im+d.im
		turnRe, turnIm := d.im-b.im, b.re-d.re // i·(b−d)
		out[0] = complexPair{sumRe + crossRe, sumIm + crossIm}
		re, im := difRe-turnRe, difIm-turnIm
		out[1] = complexPair{re*w[0].re - im*w[0].im, re*w[0].im + im*w[0].re}
		re, im = sumRe-crossRe, sumIm-crossIm
		out[2] = complexPair{re*w[1].re - im*w[1].im, re*w[1].im + im*w[1].re}
		re, im = difRe+turnRe, difIm+turnIm
		out[3] = complexPair{re*w[2].re - im*w[2].im, re*w[2].im + im*w[2].re}
	}
}

// radix4 is a stage of a longer stride.
func radix4(y, x, twiddles []complexPair, stride int) {
	m := len(x) / (4 * stride)
	for k := range m {
		w := (*[3]complexPair)(twiddles[3*k : 3*k+3])
		w1, w2, w3 := w[0], w[1], w[2]
		x0 := x[stride*k:][:stride]
		x1 := x[stride*(k+m):][:stride]
		x2 := x[stride*(k+2*m):][:stride]
		x3 := x[stride*(k+3*m):][:stride]
		y0 := y[stride*4*k:][:stride]
		y1 := y[stride*(4*k+1):][:stride]
		y2 := y[stride*(4*k+2):][:stride]
		y3 := y[stride*(4*k+3):][:stride]
		for q := range x0 {
			a, b, c, d := x0[q], x1[q], x2[q], x3[q]
			sumRe, sumIm := a.re+c.re, a.im+c.im
			difRe, difIm := a.re-c.re, a.im-c.im
			crossRe, crossIm := b.re+d.re, b.im+d.im
			turnRe, turnIm := d.im-b.im, b.re-d.re
			y0[q] = complexPair{sumRe + crossRe, sumIm + crossIm}
			re, im := difRe-turnRe, difIm-turnIm
			y1[q] = complexPair{re*w1.re - im*w1.im, re*w1.im + im*w1.re}
			re, im = sumRe-crossRe, sumIm-crossIm
			y2[q] = complexPair{re*w2.re - im*w2.im, re*w2.im + im*w2.re}
			re, im = difRe+turnRe, difIm+turnIm
			y3[q] = complexPair{re*w3.re - im*w3.im, re*w3.im + im*w3.re}
		}
	}
}
