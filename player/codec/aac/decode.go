package aac

import (
	"errors"

	"github.com/ninth-coop/ninth/player/codec/msb"
)

// errUnit: an access unit breaks the rules of the format, or is cut off.
var errUnit = errors.New("aac: damaged access unit")

// decode sets the samples of all channels to those of a unit (raw_data_block,
// ISO/IEC 14496-3 §4.4.2.1).
func (d *Decoder) decode(unit []byte) error {
	d.reader = bitReader{msb.Reader{Data: unit}}
	r := &d.reader
	for i := range d.elements {
		d.elements[i].seen = false
	}
	d.couplings.begin()
	d.marked = false
	if !d.readElements(r) {
		return errUnit
	}
	d.extended = d.extended || d.marked
	d.synthesise()
	return nil
}

// readElements reads a unit up to its end. It reports false if that is damaged,
// or has no sound at all.
func (d *Decoder) readElements(r *bitReader) bool {
	sound := false
	for {
		kind := r.take(3)
		if r.Over() {
			return false
		}
		ok := true
		switch kind {
		case elementSingle, elementLow, elementPair:
			ok = d.readSound(r, kind, r.take(4))
			sound = true
		case elementCoupling:
			ok = d.readCoupling(r)
		case elementData:
			readData(r)
		case elementProgram:
			_, ok = readPlan(r) // the plan is known
		case elementFill:
			d.readFill(r)
		case elementEnd:
			return sound
		}
		if !ok || r.Over() {
			return false
		}
	}
}

// readSound reads an element of one or two channels into its place in the plan.
func (d *Decoder) readSound(r *bitReader, kind, tag int) bool {
	for i := range d.elements {
		e := &d.elements[i]
		if e.kind != kind || e.seen || e.tag != anyTag && e.tag != tag {
			continue
		}
		e.seen, e.met = true, tag
		if kind == elementPair {
			return d.readPair(r, e.channels[0], e.channels[1])
		}
		return d.readChannel(r, e.channels[0], nil, false)
	}
	return d.exchange(kind) && d.readSound(r, kind, tag)
}

// exchange goes over from one channel to a pair or back, if that is what the
// unit has against what the configuration says: headers lie in just this way,
// and broadcasts change between the two. What the other ones had to overlap
// with is lost.
func (d *Decoder) exchange(kind int) bool {
	if len(d.elements) != 1 || d.elements[0].tag != anyTag || d.elements[0].seen || kind == elementLow {
		return false
	}
	d.settings[d.elements[0].kind] = d.setting
	other := &d.settings[kind]
	if other.elements == nil {
		*other = newSetting(plans[1+kind])
	}
	d.setting = *other
	d.elements[0].seen = false
	d.forget()
	return true
}

// readData goes past a data_stream_element.
func readData(r *bitReader) {
	r.take(4) // tag
	aligned := r.flag()
	n := r.take(8)
	if n == 255 {
		n += r.take(8)
	}
	if aligned {
		r.align()
	}
	r.skip(8 * n)
}

// readFill goes past a fill_element, but sees what it is.
func (d *Decoder) readFill(r *bitReader) {
	const longer = 15
	n := r.take(4)
	if n == longer {
		n += r.take(8) - 1
	}
	end := r.Position() + 8*n
	const replication, replicationChecked = 13, 14 // of the spectral bands (SBR)
	if n > 0 {
		if kind := r.take(4); kind == replication || kind == replicationChecked {
			d.marked = true
		}
	}
	r.seek(end)
}

// synthesise makes samples of the spectra that were read. A channel that is not
// in this unit ends in silence.
func (d *Decoder) synthesise() {
	for i := range d.elements {
		if e := &d.elements[i]; !e.seen {
			for _, c := range e.channels {
				c.beSilent()
			}
		}
	}
	d.shapeNoise()
	for _, c := range d.channels {
		d.bank.synthesise(c)
	}
	d.coupleSamples()
}

// beSilent makes a frame of nothing, whose windows fit the one before.
func (c *channel) beSilent() {
	clear(c.spectrum[:])
	c.filters = c.filters[:0]
	c.windows.sequence, c.windows.shape = onlyLong, c.overlap.shape
	if c.before == longStart || c.before == eightShort {
		c.windows.sequence = longStop
	}
}
