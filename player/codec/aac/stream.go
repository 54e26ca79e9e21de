package aac

// The window sequences of a frame.
const (
	onlyLong = iota
	longStart
	eightShort
	longStop
)

const (
	shortSize  = FrameSize / shortCount
	shortCount = 8
	// bandSlots is room for the bands of a frame: those of group g of short
	// windows begin at g·groupSlots, a long window has but one group.
	groupSlots = 16
	bandSlots  = shortCount * groupSlots
)

// windows is how a frame of a channel is divided (ics_info, ISO/IEC 14496-3
// §4.4.2.2).
type windows struct {
	sequence int
	shape    int      // of the slope at its end: 0 sine, 1 Kaiser-Bessel
	bands    int      // that have lines, of each window
	offsets  []uint16 // first line of each band in its window
	groups   int
	size     [shortCount]int // windows in each group
}

// channel is one channel's frame, and what overlaps with the next.
type channel struct {
	windows
	codes    [bandSlots]uint8   // codebook of each band
	scales   [bandSlots]float32 // what lines are multiplied by
	pulses   pulses
	filters  []filter
	room     [maxFilters]filter
	spectrum [FrameSize]float32

	overlap
}

// readWindows reads the division of a frame.
func (d *Decoder) readWindows(r *bitReader, w *windows) bool {
	r.take(1) // reserved
	w.sequence, w.shape = r.take(2), r.take(1)
	w.groups, w.size[0] = 1, 1
	if w.sequence != eightShort {
		w.bands = r.take(6)
		w.offsets = d.bands.long
		predicted := r.flag() // which AAC-LC does not have
		return !predicted && w.bands < len(w.offsets)
	}
	w.bands = r.take(4)
	w.offsets = d.bands.short
	for range shortCount - 1 {
		if r.flag() {
			w.size[w.groups-1]++
		} else {
			w.size[w.groups] = 1
			w.groups++
		}
	}
	return w.bands < len(w.offsets)
}

// readChannel reads an individual_channel_stream (§4.4.2.7) behind its windows.
// twin is the other channel of the pair, if it was read and the two share noise
// where d.shared says.
func (d *Decoder) readChannel(r *bitReader, c, twin *channel, common bool) bool {
	gain := r.take(8)
	if !common && !d.readWindows(r, &c.windows) {
		return false
	}
	if !c.readSections(r) || !d.readScales(r, c, gain) {
		return false
	}
	c.pulses.count = 0
	if r.flag() && !c.readPulses(r) {
		return false
	}
	c.filters = c.room[:0]
	if r.flag() && !c.readFilters(r, d.bands) {
		return false
	}
	if r.flag() || r.Over() { // gain control, which AAC-LC does not have
		return false
	}
	return d.readSpectrum(r, c, twin) && !r.Over()
}

// readSections reads which codebook each band is coded by (§4.4.2.7, section_data).
func (c *channel) readSections(r *bitReader) bool {
	width := 5
	if c.sequence == eightShort {
		width = 3
	}
	const reserved = 12
	for g := range c.groups {
		codes := c.codes[g*groupSlots:]
		for k := 0; k < c.bands; {
			code := r.take(4)
			end := k
			for {
				n := r.take(width)
				end += n
				if n != 1<<width-1 || end > c.bands {
					break
				}
			}
			if code == reserved || end > c.bands || r.Over() {
				return false
			}
			for ; k < end; k++ {
				codes[k] = uint8(code)
			}
		}
	}
	return true
}

const (
	scaleMiddle    = 100 // the scale factor of gain 1
	noiseMiddle    = 90
	noiseStart     = 256 // taken from the first noise level, which is spelt out
	noiseStartBits = 9
)

// readScales reads what the bands are multiplied by (§4.4.2.7,
// scale_factor_data; §4.6.2.3.2), which takes in what the transform leaves out.
func (d *Decoder) readScales(r *bitReader, c *channel, gain int) bool {
	b := &d.books[scaleBook]
	level := longLevel
	if c.sequence == eightShort {
		level = shortLevel
	}
	noise, position, spelt := gain-noiseMiddle, 0, true
	for g := range c.groups {
		for k := g * groupSlots; k < g*groupSlots+c.bands; k++ {
			switch c.codes[k] {
			case bookZero:
				c.scales[k] = 0
			case bookInPhase, bookOutOfPhase:
				position += r.scaleFactor(b)
				c.scales[k] = quarter(-position)
				if c.codes[k] == bookOutOfPhase {
					c.scales[k] = -c.scales[k]
				}
			case bookNoise:
				if spelt {
					noise += r.take(noiseStartBits) - noiseStart
				} else {
					noise += r.scaleFactor(b)
				}
				spelt = false
				c.scales[k] = quarter(noise + level)
			default:
				gain += r.scaleFactor(b)
				if gain < 0 || gain > 255 {
					return false
				}
				c.scales[k] = quarter(gain - scaleMiddle + level)
			}
		}
	}
	return true
}

// readSpectrum reads the lines of all bands and scales them. Bands of noise are
// made up; those of intensity stereo stay silent here.
func (d *Decoder) readSpectrum(r *bitReader, c, twin *channel) bool {
	first := 0 // line of the group
	for g := range c.groups {
		for k := range c.bands {
			slot := g*groupSlots + k
			code, scale := c.codes[slot], c.scales[slot]
			from, to := first+int(c.offsets[k]), first+int(c.offsets[k+1])
			for w := range c.size[g] {
				lines := c.spectrum[from+w*shortSize : to+w*shortSize]
				switch {
				case code == bookZero || code >= bookOutOfPhase:
					clear(lines)
				case code == bookNoise && twin != nil && d.shared[slot] && twin.codes[slot] == bookNoise:
					copyScaled(lines, twin.spectrum[from+w*shortSize:], scale/twin.scales[slot])
				case code == bookNoise:
					d.noise(lines, scale)
				case code < bookPairs:
					r.quads(&d.books[code], lines, scale)
				case code < bookEscape:
					r.pairs(&d.books[code], lines, scale)
				case !r.escapes(&d.books[bookEscape], lines, scale):
					return false
				}
			}
		}
		for w := range c.size[g] { // above the last band
			clear(c.spectrum[first+w*shortSize+int(c.offsets[c.bands]) : first+w*shortSize+c.width()])
		}
		first += c.size[g] * shortSize
	}
	c.addPulses()
	return true
}

// width is how many lines a window of the frame has.
func (w *windows) width() int {
	if w.sequence == eightShort {
		return shortSize
	}
	return FrameSize
}
