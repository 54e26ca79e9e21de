package aac

import "math"

const (
	// maxCouplings is how many coupling channels a unit may have, by the tags.
	maxCouplings = 16
	// maxTargets is how many elements one is added to, and maxGains how many
	// lists of gains there are for that: one or two for each.
	maxTargets = 8
	maxGains   = 2 * maxTargets
)

// Where coupling channels are added to others.
const (
	beforeShaping = iota // to spectra, before temporal noise shaping
	behindShaping        // to spectra, behind it
	toSamples
)

// couplings are the coupling channels (ISO/IEC 14496-3 §4.6.8.3). There is room
// for those that were met, by their tags.
type couplings struct {
	byTag [maxCouplings]*coupling
}

type coupling struct {
	channel
	seen    bool // in this unit
	when    int
	targets []target
	gains   [maxGains][bandSlots]float32
	levels  [maxGains]float32 // of the lists that have one gain throughout
	room    [maxTargets]target
}

// target is an element that a coupling channel is added to: to its left channel
// (or only one), its right, or both, each by a list of gains.
type target struct {
	kind, tag   int
	left, right int // list of gains; −1 for none
}

func (s *couplings) begin() {
	for _, c := range s.byTag {
		if c != nil {
			c.seen = false
		}
	}
}

func (s *couplings) reset() {
	for _, c := range s.byTag {
		if c != nil {
			c.overlap = overlap{}
		}
	}
}

// readCoupling reads a coupling_channel_element (§4.4.2.1).
func (d *Decoder) readCoupling(r *bitReader) bool {
	tag := r.take(4)
	if d.byTag[tag] == nil {
		d.byTag[tag] = &coupling{}
	}
	c := d.byTag[tag]
	if c.seen {
		return false
	}
	independent := r.flag()
	lists := c.readTargets(r)
	c.when = beforeShaping
	if r.flag() {
		c.when = behindShaping
	}
	if independent {
		c.when = toSamples
	}
	signs := r.flag()
	step := math.Exp2(math.Exp2(float64(r.take(2))) / 8)
	if !d.readChannel(r, &c.channel, nil, false) {
		return false
	}
	for i := range lists {
		if !d.readGains(r, c, i, signs, step) {
			return false
		}
	}
	c.seen = true
	return !r.Over()
}

// readTargets reads what the channel is added to, and returns how many lists of
// gains there are.
func (c *coupling) readTargets(r *bitReader) (lists int) {
	c.targets = c.room[:0]
	for range 1 + r.take(3) {
		t := target{kind: elementSingle, left: lists, right: -1}
		pair := r.flag()
		t.tag = r.take(4)
		if pair {
			t.kind = elementPair
			switch left, right := r.flag(), r.flag(); {
			case left && right:
				lists++
				t.right = lists
			case right:
				t.left, t.right = -1, lists
			case !left: // the two have one list
				t.right = lists
			}
		}
		lists++
		c.targets = append(c.targets, t)
	}
	return lists
}

// readGains reads a list of gains. The first is 1 throughout, and not in the
// stream.
func (d *Decoder) readGains(r *bitReader, c *coupling, list int, signs bool, step float64) bool {
	b := &d.books[scaleBook]
	sum, common := 0, true
	if list > 0 {
		if common = c.when == toSamples || r.flag(); common {
			sum = r.scaleFactor(b)
		}
	}
	gain := float32(math.Pow(step, -float64(sum)))
	c.levels[list] = gain
	for g := range c.groups {
		for k := g * groupSlots; k < g*groupSlots+c.bands; k++ {
			if !common && c.codes[k] != bookZero {
				sum += r.scaleFactor(b)
				exponent, sign := sum, 1.0
				if signs {
					exponent, sign = sum>>1, 1-2*float64(sum&1)
				}
				gain = float32(sign * math.Pow(step, -float64(exponent)))
			}
			c.gains[list][k] = gain
		}
	}
	return true
}

// shapeNoise shapes the noise of all spectra in time, and adds the coupling channels
// to them where they belong.
func (d *Decoder) shapeNoise() {
	for _, c := range d.byTag {
		if c != nil && c.seen {
			c.shapeNoise()
		}
	}
	for i := range d.elements {
		e := &d.elements[i]
		d.couple(e, beforeShaping, addSpectrum)
		for _, c := range e.channels {
			c.shapeNoise()
		}
		d.couple(e, behindShaping, addSpectrum)
	}
}

// shapeNoise shapes the noise of a spectrum in time.
func (c *channel) shapeNoise() {
	for i := range c.filters {
		c.filters[i].apply(&c.spectrum)
	}
}

// coupleSamples adds the samples of coupling channels to others.
func (d *Decoder) coupleSamples() {
	met := false
	for _, c := range d.byTag {
		if c == nil || c.when != toSamples {
			continue
		}
		if !c.seen {
			c.beSilent()
		}
		d.bank.synthesise(&c.channel)
		met = true
	}
	if !met {
		return
	}
	for i := range d.elements {
		d.couple(&d.elements[i], toSamples, addSamples)
	}
}

// couple adds to an element what is meant for it at some stage.
func (d *Decoder) couple(e *element, when int, add func(to *channel, c *coupling, list int)) {
	for _, c := range d.byTag {
		if c == nil || !c.seen || c.when != when || !e.seen {
			continue
		}
		for _, t := range c.targets {
			if t.kind != e.kind || t.tag != e.met {
				continue
			}
			if t.left >= 0 {
				add(e.channels[0], c, t.left)
			}
			if t.right >= 0 {
				add(e.channels[1], c, t.right)
			}
		}
	}
}

func addSpectrum(to *channel, c *coupling, list int) {
	gains := &c.gains[list]
	c.each(func(slot, first, end int) {
		if c.codes[slot] == bookZero {
			return
		}
		lines := to.spectrum[first:end]
		for i, v := range c.spectrum[first:end] {
			lines[i] += gains[slot] * v
		}
	})
}

func addSamples(to *channel, c *coupling, list int) {
	level := c.levels[list]
	for i, v := range c.samples[:FrameSize] {
		to.samples[i] += level * v
	}
}
