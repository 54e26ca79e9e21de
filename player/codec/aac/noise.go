package aac

import "math"

const (
	// A linear congruential generator (W. H. Press et al., Numerical Recipes,
	// 2nd edition, §7.1). Starting it as ffmpeg does makes the two comparable.
	firstRandom    = 0x1F2E3D4C
	randomFactor   = 1664525
	randomConstant = 1013904223
)

// noise makes lines up, whose energy is the square of scale (ISO/IEC 14496-3
// §4.6.13.3).
func (d *Decoder) noise(lines []float32, scale float32) {
	energy := float32(0)
	for i := range lines {
		d.random = d.random*randomFactor + randomConstant
		v := float32(int32(d.random))
		lines[i] = v
		energy += v * v
	}
	copyScaled(lines, lines, scale/float32(math.Sqrt(float64(max(energy, 1)))))
}

// copyScaled sets to to as much of from, multiplied.
func copyScaled(to, from []float32, scale float32) {
	for i, v := range from[:len(to)] {
		to[i] = v * scale
	}
}

const maxPulses = 4

// pulses are amounts by which quantised lines are greater than coded (ISO/IEC
// 14496-3 §4.6.5), in order of their lines.
type pulses struct {
	count int
	line  [maxPulses]int
	by    [maxPulses]int
}

// readPulses reads pulse_data.
func (c *channel) readPulses(r *bitReader) bool {
	p := &c.pulses
	p.count = 1 + r.take(2)
	band := r.take(6)
	if c.sequence == eightShort || band >= len(c.offsets)-1 {
		return false
	}
	line := int(c.offsets[band])
	for i := range p.count {
		line += r.take(5)
		p.line[i], p.by[i] = line, r.take(4)
	}
	return line < FrameSize
}

// addPulses finds the quantised values again in the spectrum, and makes them
// greater.
func (c *channel) addPulses() {
	for i, line := range c.pulses.line[:c.pulses.count] {
		k := 0
		for int(c.offsets[k+1]) <= line {
			k++
		}
		if k >= c.bands || c.codes[k] == bookZero || c.codes[k] >= bookNoise {
			continue
		}
		scale := float64(c.scales[k])
		v := int(math.Round(math.Pow(math.Abs(float64(c.spectrum[line]))/scale, 0.75)))
		if c.spectrum[line] < 0 || v == 0 { // of zero, the sign is that of negative ones
			v = -v - c.pulses.by[i]
		} else {
			v += c.pulses.by[i]
		}
		c.spectrum[line] = power(v) * float32(scale)
	}
}
