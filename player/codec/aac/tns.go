package aac

import "math"

const (
	// A long window may have three filters, each of eight short ones one.
	maxFilters = 8
	// maxOrder is what AAC-LC allows a filter in a long window; in a short one
	// it is 7 (ISO/IEC 14496-3 table 4.156).
	maxOrder      = 12
	maxShortOrder = 7
)

// filter is a prediction over lines of a window by those beside them (temporal
// noise shaping, ISO/IEC 14496-3 §4.6.9).
type filter struct {
	from, to int // lines of the spectrum
	down     bool
	order    int
	taps     [maxOrder]float32
}

// readFilters reads tns_data (§4.4.2.7).
func (c *channel) readFilters(r *bitReader, bands *bandTable) bool {
	numberBits, bandBits, orderBits, most, reach, count := 2, 6, 5, maxOrder, bands.tns[0], 1
	if c.sequence == eightShort {
		numberBits, bandBits, orderBits, most, reach, count = 1, 4, 3, maxShortOrder, bands.tns[1], shortCount
	}
	reach = min(reach, c.bands)
	for w := range count {
		number := r.take(numberBits)
		if number == 0 {
			continue
		}
		resolution := 3 + r.take(1)
		top := len(c.offsets) - 1
		for range number {
			bottom := max(0, top-r.take(bandBits))
			f := filter{order: r.take(orderBits)}
			if f.order > most {
				return false
			}
			if f.order > 0 {
				f.down = r.flag()
				f.readTaps(r, resolution)
				f.from = w*shortSize + int(c.offsets[min(bottom, reach)])
				f.to = w*shortSize + int(c.offsets[min(top, reach)])
				c.filters = append(c.filters, f)
			}
			top = bottom
		}
	}
	return true
}

// readTaps reads reflection coefficients of so many bits, of which the first may
// be left out, and makes filter taps of them (§4.6.9.3).
func (f *filter) readTaps(r *bitReader, resolution int) {
	width := resolution - r.take(1)
	for n := range f.order {
		v := r.take(width)
		if v >= 1<<(width-1) {
			v -= 1 << width
		}
		steps := float64(int(1)<<(resolution-1)) - 0.5
		if v < 0 {
			steps++
		}
		k := float32(math.Sin(float64(v) * math.Pi / 2 / steps))
		// Levinson's recursion, from order n to n+1.
		for i, j := 0, n-1; i <= j; i, j = i+1, j-1 {
			a, b := f.taps[i], f.taps[j]
			f.taps[i], f.taps[j] = a+k*b, b+k*a
		}
		f.taps[n] = k
	}
}

// apply runs the filter over its lines.
func (f *filter) apply(spectrum *[FrameSize]float32) {
	if f.from >= f.to {
		return
	}
	lines := spectrum[f.from:f.to]
	taps := f.taps[:f.order]
	if f.down {
		last := len(lines) - 1
		for i := range lines {
			sum := lines[last-i]
			for k, t := range taps[:min(i, len(taps))] {
				sum -= t * lines[last-i+k+1]
			}
			lines[last-i] = sum
		}
		return
	}
	for i := range lines {
		sum := lines[i]
		for k, t := range taps[:min(i, len(taps))] {
			sum -= t * lines[i-k-1]
		}
		lines[i] = sum
	}
}
