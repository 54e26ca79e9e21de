package mp3

import "math"

const (
	// maxQuantised is the greatest quantised value: 15 and 13 linbits.
	maxQuantised = 15 + 1<<13 - 1
	// The steps of a quarter of 6 dB that the gain of a line can have.
	// The least comes of global_gain 0, all of the subblock gain, and a scale
	// factor of 31 (five bits) with preemphasis of 3, counted double.
	minGain = -210 - 8*7 - 4*(31+3)
	maxGain = 255 - 210
)

// powers is v^(4/3) of each quantised value (ISO/IEC 11172-3 §2.4.3.4.7.1).
var powers = func() (p [maxQuantised + 1]float64) {
	for i := range p {
		p[i] = math.Pow(float64(i), 4.0/3)
	}
	return p
}()

// gains is 2^(n/4) by n − minGain.
var gains = func() (g [maxGain - minGain + 1]float64) {
	for i := range g {
		g[i] = math.Exp2(float64(i+minGain) / 4)
	}
	return g
}()

// preemphasis is added to the factors of long bands where preflag is set
// (ISO/IEC 11172-3 table B.6).
var preemphasis = [longBands]int{11: 1, 12: 1, 13: 1, 14: 1, 15: 2, 16: 2, 17: 3, 18: 3, 19: 3, 20: 2}

// band is a run of lines with one scale factor, in the order of the bitstream.
type band struct {
	begin, end int
	factor     int // position of its scale factor
	window     int // of a short block; −1 in a long one
}

// layout is the bands of a granule, for each kind of block. The lines of a
// short block are in the order of the bitstream: band by band, in each the
// three windows one after the other.
type layout []band

// layouts are the divisions of long, short and mixed blocks.
type layouts struct{ long, short, mixed layout }

func makeLayouts(bands *bandTable) layouts {
	long := func(n int) (l layout) {
		for i := range n {
			l = append(l, band{bands.long[i], bands.long[i+1], i, -1})
		}
		return l
	}
	short := func(l layout, first int) layout {
		factor := len(l)
		for i := first; i < shortBands; i++ {
			begin, width := 3*bands.short[i], bands.short[i+1]-bands.short[i]
			for window := range 3 {
				l = append(l, band{begin, begin + width, factor, window})
				begin += width
				factor++
			}
		}
		return l
	}
	return layouts{long(longBands), short(nil, 0), short(long(bands.mixedLong), mixedShort)}
}

// of is the layout of the granule g.
func (l *layouts) of(g *granuleInfo) layout {
	switch {
	case g.blockType != blockShort:
		return l.long
	case g.mixed:
		return l.mixed
	}
	return l.short
}

// requantise scales the first count lines (ISO/IEC 11172-3 §2.4.3.4.7).
func requantise(lines *[granuleSize]float64, count int, g *granuleInfo, factors *scaleFactors, bands layout) {
	for _, b := range bands {
		if b.begin >= count {
			return
		}
		factor := int(factors.values[b.factor])
		gain := g.globalGain - 210
		if b.window >= 0 {
			gain -= 8 * g.subblockGain[b.window]
		} else if g.preflag {
			factor += preemphasis[b.factor]
		}
		gain -= factor << (1 + g.scalefacScale)
		scale := gains[gain-minGain]
		for i := range lines[b.begin:min(b.end, count)] {
			lines[b.begin+i] *= scale
		}
	}
}

// reorder brings the lines of short blocks from the order of the bitstream to
// that of frequency, the three windows side by side (ISO/IEC 11172-3
// §2.4.3.4.8), and returns how many lines there are before the zeros.
func reorder(lines *[granuleSize]float64, count int, bands layout) int {
	var sorted [granuleSize]float64
	for i := 0; i < len(bands); i++ {
		b := bands[i]
		if b.window < 0 {
			continue
		}
		if b.begin >= count {
			return count
		}
		width := b.end - b.begin
		from := lines[b.begin : b.begin+3*width]
		to := sorted[:3*width]
		for k := range width {
			to[3*k], to[3*k+1], to[3*k+2] = from[k], from[width+k], from[2*width+k]
		}
		copy(from, to)
		i += 2 // the other two windows
		count = max(count, b.begin+3*width)
	}
	return count
}
