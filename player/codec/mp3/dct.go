package mp3

import "math"

// The transforms here are sums of cosines without a factor in front:
//
//	DCT-II:  X[k] = Σ x[n] cos(π/N (n+½) k)
//	DCT-IV:  X[k] = Σ x[n] cos(π/N (n+½)(k+½))
//
// A DCT-II of even size N is split in two of half the size (B. G. Lee, "A new
// algorithm to compute the discrete cosine transform", 1984): X[2k] is the
// DCT-II of x[n]+x[N−1−n], and X[2k+1] is Y[k]+Y[k+1] where Y is that of
// (x[n]−x[N−1−n]) / (2 cos(π/N (n+½))).

// halfSecants is 1/(2 cos(π/N (n+½))) for n below N/2.
func halfSecants(size int, to []float64) {
	for n := range to {
		to[n] = 0.5 / math.Cos(math.Pi/float64(size)*(float64(n)+0.5))
	}
}

var secants32, secants16, secants8, secants18 = makeSecants()

func makeSecants() (s32 [16]float64, s16 [8]float64, s8 [4]float64, s18 [9]float64) {
	halfSecants(32, s32[:])
	halfSecants(16, s16[:])
	halfSecants(8, s8[:])
	halfSecants(18, s18[:])
	return s32, s16, s8, s18
}

// dct32 is the DCT-II of 32 values.
func dct32(x, out *[32]float64) {
	var even, odd [16]float64
	for n := range 16 {
		a, b := x[n], x[31-n]
		even[n], odd[n] = a+b, (a-b)*secants32[n]
	}
	dct16(&even)
	dct16(&odd)
	for k := range 15 {
		out[2*k], out[2*k+1] = even[k], odd[k]+odd[k+1]
	}
	out[30], out[31] = even[15], odd[15]
}

func dct16(x *[16]float64) {
	var even, odd [8]float64
	for n := range 8 {
		a, b := x[n], x[15-n]
		even[n], odd[n] = a+b, (a-b)*secants16[n]
	}
	dct8(&even)
	dct8(&odd)
	for k := range 7 {
		x[2*k], x[2*k+1] = even[k], odd[k]+odd[k+1]
	}
	x[14], x[15] = even[7], odd[7]
}

// Cosines of the smallest transforms.
const (
	cos1of8 = 0.92387953251128675612818318939678828682 // cos π/8
	cos3of8 = 0.38268343236508977172845998403039886676 // cos 3π/8
	cos1of4 = math.Sqrt2 / 2                           // cos π/4
)

func dct8(x *[8]float64) {
	e0, e1, e2, e3 := dct4(x[0]+x[7], x[1]+x[6], x[2]+x[5], x[3]+x[4])
	o0, o1, o2, o3 := dct4(
		(x[0]-x[7])*secants8[0], (x[1]-x[6])*secants8[1],
		(x[2]-x[5])*secants8[2], (x[3]-x[4])*secants8[3])
	x[0], x[2], x[4], x[6] = e0, e1, e2, e3
	x[1], x[3], x[5], x[7] = o0+o1, o1+o2, o2+o3, o3
}

func dct4(a, b, c, d float64) (x0, x1, x2, x3 float64) {
	p, q, r, s := a+d, b+c, a-d, b-c
	return p + q, r*cos1of8 + s*cos3of8, (p - q) * cos1of4, r*cos3of8 - s*cos1of8
}

// cosines9 is cos(kπ/18), of which the DCT-II of 9 values is made.
var cosines9 = func() (c [10]float64) {
	for k := range c {
		c[k] = math.Cos(float64(k) * math.Pi / 18)
	}
	return c
}()

// dct9 is the DCT-II of 9 values: sums of mirrored inputs make the even
// outputs, differences the odd ones.
func dct9(x *[9]float64) {
	c := &cosines9
	m := x[4]
	s0, s1, s2, s3 := x[0]+x[8], x[1]+x[7], x[2]+x[6], x[3]+x[5]
	d0, d1, d2, d3 := x[0]-x[8], x[1]-x[7], x[2]-x[6], x[3]-x[5]
	x[0] = s0 + s1 + s2 + s3 + m
	x[2] = s0*c[2] + s1*c[6] - s2*c[8] - s3*c[4] - m
	x[4] = s0*c[4] - s1*c[6] - s2*c[2] + s3*c[8] + m
	x[6] = (s0+s2+s3)*c[6] - s1 - m
	x[8] = s0*c[8] - s1*c[6] + s2*c[4] - s3*c[2] + m
	x[1] = d0*c[1] + d1*c[3] + d2*c[5] + d3*c[7]
	x[3] = (d0 - d2 - d3) * c[3]
	x[5] = d0*c[5] - d1*c[3] - d2*c[7] + d3*c[1]
	x[7] = d0*c[7] - d1*c[3] + d2*c[1] - d3*c[5]
}

// twiddles18 is 2 cos(π/36 (n+½)), which turns a DCT-IV of 18 values into a
// DCT-II.
var twiddles18 = func() (t [18]float64) {
	for n := range t {
		t[n] = 2 * math.Cos(math.Pi/36*(float64(n)+0.5))
	}
	return t
}()

// dctIV18 is the DCT-IV of 18 values. The DCT-II of x[n]·2cos(π/2N (n+½)) is
// X[k]+X[k−1], since a product of cosines is the sum of two.
func dctIV18(x *[18]float64) {
	var even, odd [9]float64
	for n := range 9 {
		a, b := x[n]*twiddles18[n], x[17-n]*twiddles18[17-n]
		even[n], odd[n] = a+b, (a-b)*secants18[n]
	}
	dct9(&even)
	dct9(&odd)
	last := even[0] / 2
	x[0] = last
	for k := range 8 {
		last = odd[k] + odd[k+1] - last
		x[2*k+1] = last
		last = even[k+1] - last
		x[2*k+2] = last
	}
	x[17] = odd[8] - last
}

// cosines6 is the DCT-IV of 6 values as a matrix.
var cosines6 = func() (c [6][6]float64) {
	for k := range c {
		for n := range c[k] {
			c[k][n] = math.Cos(math.Pi / 6 * (float64(n) + 0.5) * (float64(k) + 0.5))
		}
	}
	return c
}()

// dctIV6 is the DCT-IV of 6 values of x, three apart from each other.
func dctIV6(x []float64) (out [6]float64) {
	x = x[:16]
	for k := range out {
		c := &cosines6[k]
		out[k] = x[0]*c[0] + x[3]*c[1] + x[6]*c[2] + x[9]*c[3] + x[12]*c[4] + x[15]*c[5]
	}
	return out
}
