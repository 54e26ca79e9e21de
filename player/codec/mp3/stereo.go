package mp3

import "math"

// joinStereo undoes joint stereo in a granule of two channels (ISO/IEC 11172-3
// §2.4.3.4.9, 13818-3 §2.4.3.2). The lines are in the order of the bitstream;
// counts are how many there are in each channel before the zeros, and become
// what they are afterwards.
func joinStereo(h header, g *granuleInfo, factors *scaleFactors, bands layout, left, right *[granuleSize]float64, counts *[2]int) {
	count := max(counts[0], counts[1])
	if h.intensity {
		spread(h, g, factors, bands, left, right, count)
	} else if h.midSide {
		midSide(left[:count], right[:count])
	}
	*counts = [2]int{count, count}
}

// midSide makes left and right of their sum and difference.
func midSide(mid, side []float64) {
	for i, m := range mid {
		s := side[i]
		mid[i], side[i] = (m+s)*(1/math.Sqrt2), (m-s)*(1/math.Sqrt2)
	}
}

// spread places the bands in which the right channel has nothing any more
// where its scale factors say; each window of a short block counts for itself.
// The bands below are mid/side, if that is on.
func spread(h header, g *granuleInfo, factors *scaleFactors, bands layout, left, right *[granuleSize]float64, count int) {
	var heard [3]bool // the right channel has something here or above
	for i := len(bands) - 1; i >= 0; i-- {
		b := bands[i]
		l, r := left[b.begin:b.end], right[b.begin:b.end]
		window := max(b.window, 0)
		if !heard[window] {
			heard[window] = !silent(r)
		}
		if b.window < 0 && heard[window] {
			heard = [3]bool{true, true, true}
		}
		if heard[window] || b.window < 0 && (heard[1] || heard[2]) {
			if h.midSide {
				midSide(l, r)
			}
			continue
		}
		if b.begin >= count {
			continue // nothing to place
		}
		at := positionOf(b, bands)
		if factors.illegal[at] {
			if h.midSide {
				midSide(l, r)
			}
			continue
		}
		toLeft, toRight := intensityGains(h, g, int(factors.values[at]))
		for k, v := range l {
			l[k], r[k] = v*toLeft, v*toRight
		}
	}
}

// positionOf is the scale factor that holds the intensity position of b. The
// last band has none of its own: it takes that of the band before.
func positionOf(b band, bands layout) int {
	switch {
	case b.window < 0 && b.factor == longBands-1:
		return b.factor - 1
	case b.window >= 0 && b.factor >= len(bands)-3:
		return b.factor - 3
	}
	return b.factor
}

// intensityGains is what of the left channel's signal goes where.
func intensityGains(h header, g *granuleInfo, position int) (left, right float64) {
	if !h.lsf {
		ratio := math.Tan(float64(position) * math.Pi / 12)
		if position == 6 { // tan π/2: all of it on the left
			return 1, 0
		}
		return ratio / (1 + ratio), 1 / (1 + ratio)
	}
	step := -0.25
	if g.scalefacCompress&1 == 1 { // intensity_scale
		step = -0.5
	}
	gain := math.Exp2(step * float64((position+1)/2))
	if position%2 == 1 {
		return gain, 1
	}
	return 1, gain
}

func silent(lines []float64) bool {
	for _, v := range lines {
		if v != 0 {
			return false
		}
	}
	return true
}
