package alac

import mathbits "math/bits"

// predictor is how one channel of an element is predicted.
type predictor struct {
	twice  bool // the residual is a running difference of its own
	shift  uint // the coefficients are in units of 2^-shift
	factor uint32
	taps   []int16
}

// element decodes one element, of one or two channels, and returns how many
// frames it has.
func (d *Decoder) element(b *bits, channels [][]int32) (frames int, err error) {
	b.take(4 + 12) // instance number and reserved bits
	partial := b.take(1) == 1
	lowBytes := int(b.take(2)) // bytes of each sample that are stored as they are
	stored := b.take(1) == 1
	frames = d.config.FrameSize
	if partial {
		n := b.take(32)
		if n > uint32(frames) {
			return 0, errPacket
		}
		frames = int(n)
	}
	if stored {
		for i := range frames {
			for _, samples := range channels {
				samples[i] = extend(int32(b.take(d.config.BitDepth)), d.config.BitDepth)
			}
		}
		return frames, nil
	}
	low := 8 * lowBytes
	width := d.config.BitDepth - low + len(channels) - 1 // the difference of two takes one bit more
	if width < 1 || width > 32 {
		return 0, errPacket
	}
	mixBits, mixWeight := b.take(8), int32(int8(b.take(8)))
	var predictors [2]predictor
	for c := range channels {
		predictors[c] = readPredictor(b)
	}
	if low > 0 {
		for i := range frames {
			for c := range channels {
				d.low[c][i] = int32(b.take(low))
			}
		}
	}
	for c, samples := range channels {
		p := predictors[c]
		residual := d.residual[:frames]
		if !d.config.residual(b, residual, p.factor, width) {
			return 0, errPacket
		}
		if p.twice {
			accumulate(residual, residual, width)
		}
		p.restore(samples[:frames], residual, width)
	}
	if len(channels) == 2 && mixWeight != 0 {
		unmix(channels[0][:frames], channels[1][:frames], mixBits&31, mixWeight)
	}
	if low > 0 {
		for c, samples := range channels {
			for i := range frames {
				samples[i] = samples[i]<<low | d.low[c][i]
			}
		}
	}
	return frames, nil
}

func readPredictor(b *bits) predictor {
	p := predictor{twice: b.take(4) != 0, shift: uint(b.take(4)), factor: b.take(3)}
	p.taps = make([]int16, b.take(5))
	for i := range p.taps {
		p.taps[i] = int16(b.take(16))
	}
	return p
}

// unmix turns a weighted mean and a difference back into left and right.
func unmix(mean, difference []int32, bits uint32, weight int32) {
	for i, v := range difference {
		left := mean[i] + v - (weight*v)>>bits
		mean[i], difference[i] = left, left-v
	}
}

// Constants of the adaptive Golomb code.
const (
	meanShift   = 9 // the running mean is in units of 2^-9
	meanLimit   = 0xFFFF
	maxPrefix   = 9   // so many ones: the value follows as it is
	zeroRunMean = 128 // below this mean, a run of zeros may follow
	runBits     = 16  // of the length of such a run that follows as it is
)

// residual reads len(out) values. It reports false if they do not fit.
func (c Config) residual(b *bits, out []int32, factor uint32, width int) bool {
	multiplier := c.multiplier * factor / 4
	mean := c.mean
	odd := uint32(0) // after a run of zeros, zero is left out of the code
	for i := 0; i < len(out); {
		if b.short {
			return false
		}
		k := min(log2(mean>>meanShift+3), c.longest)
		n := b.golomb(k, 1<<k-1, width)
		value := n + odd
		out[i] = int32(value+1) >> 1
		if value&1 == 1 {
			out[i] = -out[i]
		}
		i++
		mean += multiplier*value - multiplier*mean>>meanShift
		if n > meanLimit {
			mean = meanLimit
		}
		odd = 0
		if mean >= zeroRunMean || i >= len(out) {
			continue
		}
		k = uint32(mathbits.LeadingZeros32(mean)) - 24 + (mean+16)>>6
		run := int(b.golomb(k, (1<<k-1)&(1<<c.longest-1), runBits))
		if run > len(out)-i {
			return false
		}
		clear(out[i : i+run])
		i += run
		if run < meanLimit {
			odd = 1
		}
		mean = 0
	}
	return true
}

// accumulate adds each residual to the sample before it.
func accumulate(out, residual []int32, width int) {
	previous := int32(0)
	for i, r := range residual {
		previous = extend(previous+r, width)
		out[i] = previous
	}
}

// plainSum in place of a number of taps says that each residual is added to
// the sample before it.
const plainSum = 31

// restore adds the prediction to the residual. The coefficients follow the
// sign of the error as they go.
func (p predictor) restore(out, residual []int32, width int) {
	order := len(p.taps)
	switch order {
	case 0:
		copy(out, residual)
		return
	case plainSum:
		accumulate(out, residual, width)
		return
	}
	warm := min(order+1, len(out))
	accumulate(out[:warm], residual[:warm], width)
	half := int32(0)
	if p.shift > 0 {
		half = 1 << (p.shift - 1)
	}
	var room [plainSum]int32
	taps := room[:order] // from the oldest sample on
	for k, tap := range p.taps {
		taps[order-1-k] = int32(tap)
	}
	for i := warm; i < len(out); i++ {
		base := out[i-order-1]
		history := out[i-order : i][:len(taps)]
		sum := half
		for k, tap := range taps {
			sum += tap * (history[k] - base)
		}
		r := residual[i]
		out[i] = extend(r+base+sum>>p.shift, width)
		if r != 0 {
			adapt(taps, history, base, r, p.shift)
		}
	}
}

// adapt moves the coefficients, which have 16 bits, towards what would have
// predicted better, the oldest first, until the error is used up. Signs come at
// random, so they are computed with.
func adapt(taps, history []int32, base, err int32, shift uint) {
	history = history[:len(taps)]
	if err > 0 {
		for k, tap := range taps {
			distance := base - history[k]
			negative := distance >> 31
			taps[k] = int32(int16(tap - (negative | int32(uint32(-distance)>>31))))
			if err -= int32(k+1) * (((distance ^ negative) - negative) >> shift); err <= 0 {
				return
			}
		}
		return
	}
	for k, tap := range taps {
		distance := base - history[k]
		negative := distance >> 31
		taps[k] = int32(int16(tap + (negative | int32(uint32(-distance)>>31))))
		if err -= int32(k+1) * ((negative - (distance ^ negative)) >> shift); err >= 0 {
			return
		}
	}
}
