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
	minSize = 32
	maxSize = 8192
)

// Plan is the inverse transform of one size. It has room for its intermediate
// results, so it is used by one goroutine at a time.
//
// The Fourier transform is Stockham's, which sorts by itself, in steps of radix
// 4 and a last one of radix 4 or 8. The first and the last one also turn the
// cosine transform into it and back.
type Plan struct {
	n       int
	opening []opening
	stages  [][][3]complexPair // twiddle factors of the steps in between
	fours   [][4]complexPair   // what the last step's results are turned by; one
	eights  [][8]complexPair   // of the two is empty
	work    [2][]complexPair
	spectra []float32 // the cosine transform
}

type complexPair struct{ re, im float32 }

// opening is a butterfly of the first step: what its inputs are turned by, and
// its own factors.
type opening struct {
	twist  [4]complexPair
	factor [3]complexPair
}

// New returns the transform of n coefficients to 2n samples. n is a power of
// two from 32 to 8192; New panics otherwise, since sizes are known to callers.
func New(n int) *Plan {
	if n < minSize || n > maxSize || bits.OnesCount(uint(n)) != 1 {
		panic(fmt.Sprintf("mdct: a transform of %d coefficients", n))
	}
	p := &Plan{n: n, spectra: make([]float32, n)}
	half := n / 2
	twist := make([]complexPair, half) // e^(−iπ(8k+1)/8n), before and after
	for k := range twist {
		twist[k] = unit(-math.Pi * float64(8*k+1) / float64(8*n))
	}
	for k, f := range factors(half) {
		at := func(j int) complexPair { return twist[k+j*half/4] }
		p.opening = append(p.opening, opening{[4]complexPair{at(0), at(1), at(2), at(3)}, f})
	}
	size := half / 4
	for ; size > 8; size /= 4 {
		p.stages = append(p.stages, factors(size))
	}
	stride := half / size
	for q := range stride {
		at := func(k int) complexPair { return twist[q+k*stride] }
		if size == 4 {
			p.fours = append(p.fours, [4]complexPair{at(0), at(1), at(2), at(3)})
		} else {
			p.eights = append(p.eights, [8]complexPair{at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)})
		}
	}
	p.work = [2][]complexPair{make([]complexPair, half), make([]complexPair, half)}
	return p
}

// factors are those of a step of radix 4 over size values.
func factors(size int) (all [][3]complexPair) {
	for k := range size / 4 {
		angle := -2 * math.Pi * float64(k) / float64(size)
		all = append(all, [3]complexPair{unit(angle), unit(2 * angle), unit(3 * angle)})
	}
	return all
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
	x, y := p.work[0], p.work[1]
	p.open(x, in[:p.n])
	stride := 4
	for _, s := range p.stages {
		radix4(y, x, s, stride)
		x, y = y, x
		stride *= 4
	}
	if len(p.fours) > 0 {
		p.close4(x)
	} else {
		p.close8(x)
	}
	return p.spectra
}

// open is the first step, of stride 1. Its inputs are the coefficients in pairs
// from both ends, each turned.
func (p *Plan) open(out []complexPair, in []float32) {
	quarter := len(in) / 4
	in0, in1, in2, in3 := in[:quarter], in[quarter:][:quarter], in[2*quarter:][:quarter], in[3*quarter:][:quarter]
	for k := range p.opening {
		o := &p.opening[k]
		up, down := 2*k, quarter-1-2*k
		a := turn(complexPair{in0[up], in3[down]}, o.twist[0])
		b := turn(complexPair{in1[up], in2[down]}, o.twist[1])
		c := turn(complexPair{in2[up], in1[down]}, o.twist[2])
		d := turn(complexPair{in3[up], in0[down]}, o.twist[3])
		even, odd, cross, side := plus(a, c), minus(a, c), plus(b, d), across(b, d)
		to := (*[4]complexPair)(out[4*k:])
		to[0] = plus(even, cross)
		to[1] = turn(minus(odd, side), o.factor[0])
		to[2] = turn(minus(even, cross), o.factor[1])
		to[3] = turn(plus(odd, side), o.factor[2])
	}
}

// turn is the product of two complex numbers.
func turn(v, by complexPair) complexPair {
	return complexPair{v.re*by.re - v.im*by.im, v.re*by.im + v.im*by.re}
}

func plus(a, b complexPair) complexPair  { return complexPair{a.re + b.re, a.im + b.im} }
func minus(a, b complexPair) complexPair { return complexPair{a.re - b.re, a.im - b.im} }

// across is i·(a−b).
func across(a, b complexPair) complexPair { return complexPair{b.im - a.im, a.re - b.re} }

// radix4 is a step in between.
func radix4(y, x []complexPair, factors [][3]complexPair, stride int) {
	m := len(factors)
	for k := range factors {
		w := &factors[k]
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
			even, odd, cross, side := plus(a, c), minus(a, c), plus(b, d), across(b, d)
			y0[q] = plus(even, cross)
			y1[q] = turn(minus(odd, side), w1)
			y2[q] = turn(minus(even, cross), w2)
			y3[q] = turn(plus(odd, side), w3)
		}
	}
}

// close4 is the last step where four values are left for each.
func (p *Plan) close4(x []complexPair) {
	stride, u := len(p.fours), p.spectra
	x0, x1, x2, x3 := x[:stride], x[stride:][:stride], x[2*stride:][:stride], x[3*stride:][:stride]
	for q := range p.fours {
		t := &p.fours[q]
		a, b, c, d := x0[q], x1[q], x2[q], x3[q]
		even, odd, cross, side := plus(a, c), minus(a, c), plus(b, d), across(b, d)
		up, down := 2*q, p.n-1-2*q
		put(u, up, down, plus(even, cross), t[0])
		put(u, up+2*stride, down-2*stride, minus(odd, side), t[1])
		put(u, up+4*stride, down-4*stride, minus(even, cross), t[2])
		put(u, up+6*stride, down-6*stride, plus(odd, side), t[3])
	}
}

// put turns a result of the Fourier transform into two of the cosine transform.
func put(u []float32, up, down int, v, by complexPair) {
	u[up] = v.re*by.re - v.im*by.im
	u[down] = -(v.re*by.im + v.im*by.re)
}

// close8 is the last step where eight values are left for each.
func (p *Plan) close8(x []complexPair) {
	stride, u := len(p.eights), p.spectra
	x0, x1, x2, x3 := x[:stride], x[stride:][:stride], x[2*stride:][:stride], x[3*stride:][:stride]
	x4, x5, x6, x7 := x[4*stride:][:stride], x[5*stride:][:stride], x[6*stride:][:stride], x[7*stride:][:stride]
	const diagonal = math.Sqrt2 / 2
	for q := range p.eights {
		t := &p.eights[q]
		up, down := 2*q, p.n-1-2*q
		a, b, c, d := x0[q], x1[q], x2[q], x3[q]
		e, f, g, h := x4[q], x5[q], x6[q], x7[q]
		ae, bf, cg, dh := plus(a, e), plus(b, f), plus(c, g), plus(d, h)
		even, odd, cross, side := plus(ae, cg), minus(ae, cg), plus(bf, dh), across(bf, dh)
		put(u, up, down, plus(even, cross), t[0])
		put(u, up+4*stride, down-4*stride, minus(odd, side), t[2])
		put(u, up+8*stride, down-8*stride, minus(even, cross), t[4])
		put(u, up+12*stride, down-12*stride, plus(odd, side), t[6])
		// The odd ones, of differences turned by 0, 45, 90 and 135 degrees.
		ae, bf, cg, dh = minus(a, e), minus(b, f), across(g, c), minus(d, h)
		bf = complexPair{(bf.re + bf.im) * diagonal, (bf.im - bf.re) * diagonal}
		dh = complexPair{(dh.im - dh.re) * diagonal, -(dh.re + dh.im) * diagonal}
		even, odd, cross, side = plus(ae, cg), minus(ae, cg), plus(bf, dh), across(bf, dh)
		put(u, up+2*stride, down-2*stride, plus(even, cross), t[1])
		put(u, up+6*stride, down-6*stride, minus(odd, side), t[3])
		put(u, up+10*stride, down-10*stride, minus(even, cross), t[5])
		put(u, up+14*stride, down-14*stride, plus(odd, side), t[7])
	}
}
