package aac

import (
	"math"
	"sync"

	"github.com/ninth-coop/ninth/player/codec/mdct"
)

// The transforms leave out a factor of one by the size of the window, and the
// format's full scale is 2^15: quarters of a power of two by which scale factors
// make up for that.
const (
	longLevel  = -4 * (10 + 15)
	shortLevel = -4 * (7 + 15)
)

// The exponents that quarter takes, in quarters. Levels of noise are not bounded
// by the format; these are far from what can be heard.
const (
	minQuarter = -300
	maxQuarter = 200
)

// quarters is 2^(n/4) by n − minQuarter.
var quarters = func() (q [maxQuarter - minQuarter + 1]float32) {
	for i := range q {
		q[i] = float32(math.Exp2(float64(i+minQuarter) / 4))
	}
	return q
}()

// quarter is 2^(n/4).
func quarter(n int) float32 {
	return quarters[max(minQuarter, min(n, maxQuarter))-minQuarter]
}

// filterbank turns spectra into samples (ISO/IEC 14496-3 §4.6.11).
type filterbank struct {
	long, short *mdct.Plan
	slopes      *[2]slopes
}

// slopes are the rising halves of the windows of one shape.
type slopes struct{ long, short []float32 }

func newFilterbank() filterbank {
	return filterbank{mdct.New(FrameSize), mdct.New(shortSize), windowSlopes()}
}

// windowSlopes are those by the number of the shape.
var windowSlopes = sync.OnceValue(func() *[2]slopes {
	return &[2]slopes{
		{sineSlope(FrameSize), sineSlope(shortSize)},
		{kaiserSlope(FrameSize, 4), kaiserSlope(shortSize, 6)},
	}
})

// sineSlope is half a sine window (§4.6.11.3.2).
func sineSlope(n int) []float32 {
	slope := make([]float32, n)
	for i := range slope {
		slope[i] = float32(math.Sin(math.Pi / float64(2*n) * (float64(i) + 0.5)))
	}
	return slope
}

// kaiserSlope is half a window derived from that of Kaiser and Bessel, with the
// parameter alpha (§4.6.11.3.2).
func kaiserSlope(n int, alpha float64) []float32 {
	sums := make([]float64, n+1)
	sum := 0.0
	for i := range sums {
		x := float64(2*i)/float64(n) - 1
		sum += bessel(math.Pi * alpha * math.Sqrt(max(0, 1-x*x)))
		sums[i] = sum
	}
	slope := make([]float32, n)
	for i := range slope {
		slope[i] = float32(math.Sqrt(sums[i] / sum))
	}
	return slope
}

// bessel is the modified Bessel function of the first kind and order 0, by its
// power series.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-17; k++ {
		term *= x / 2 / k * (x / 2 / k)
		sum += term
	}
	return sum
}

const (
	// tailSize is how many values of a cosine transform the falling half of a
	// long window is made of; that of the last short one is of shortTail.
	tailSize  = FrameSize / 2
	shortTail = shortSize / 2
	// surplus is how many samples eight short windows give beyond the frame,
	// up to the middle of the last one. They begin the next frame.
	surplus = FrameSize/2 - shortTail
)

// overlap is what a frame leaves to the next one.
type overlap struct {
	samples [FrameSize + surplus]float32 // of the frame, then the surplus
	tail    [tailSize]float32            // of the cosine transform of the last window
	before  int                          // sequence of the frame
	shape   int                          // of its last slope
}

// synthesise sets the samples of a channel.
func (b *filterbank) synthesise(c *channel) {
	shapes := &b.slopes[c.overlap.shape]
	tail, done := c.tail[:], 0
	if c.before == eightShort {
		tail, done = c.tail[:shortTail], copy(c.samples[:surplus], c.samples[FrameSize:])
	}
	if c.sequence == eightShort {
		for w := range shortCount {
			block := b.short.Cosine(c.spectrum[w*shortSize : (w+1)*shortSize])
			n := len(tail) + shortTail
			cross(c.samples[done:done+n], tail, block, shapes.short)
			done += n
			tail = c.tail[:shortTail]
			copy(tail, block)
			shapes = &b.slopes[c.windows.shape]
		}
	} else {
		slope := shapes.long
		if c.before == longStart || c.before == eightShort || c.sequence == longStop {
			slope = shapes.short
		}
		block := b.long.Cosine(c.spectrum[:])
		cross(c.samples[done:FrameSize], tail, block, slope)
		copy(c.tail[:], block)
	}
	c.before, c.overlap.shape = c.sequence, c.windows.shape
}

// cross fills out, from the middle of one window to that of the next. The
// falling half of the first, of which tail is left, and the rising half of the
// second, whose cosine transform is block, cross around the border of the two
// for the length of the slope; outside that each stands alone. The signs are
// those of the cosine transform: see mdct.Plan.Cosine.
func cross(out, tail, block, slope []float32) {
	half, quarter, middle := len(slope)/2, len(block)/2, len(tail)
	low, high := slope[:half], slope[half:][:half]
	for j := half; j < middle; j++ {
		out[middle-1-j] = -tail[j]
	}
	before, behind := out[middle-half:][:half], out[middle:][:half]
	falling, rising := tail[:half], block[2*quarter-half:][:half]
	for j, t := range falling {
		r, up, down := rising[half-1-j], low[half-1-j], high[j]
		before[half-1-j] = r*up - t*down
		behind[j] = -(r*down + t*up)
	}
	for j := half; j < quarter; j++ {
		out[middle+j] = -block[2*quarter-1-j]
	}
}
