package aac

// What a pair says of the bands that its channels share.
const (
	sharedNone = iota
	sharedSome
	sharedAll
)

// readPair reads a channel_pair_element (ISO/IEC 14496-3 §4.4.2.1) behind its
// tag.
func (d *Decoder) readPair(r *bitReader, left, right *channel) bool {
	common := r.flag()
	kind := sharedNone
	twin := left
	if !common {
		twin = nil
	} else {
		if !d.readWindows(r, &left.windows) {
			return false
		}
		right.windows = left.windows
		if kind = r.take(2); kind > sharedAll {
			return false
		}
		d.readShared(r, &left.windows, kind)
	}
	if !d.readChannel(r, left, nil, common) || !d.readChannel(r, right, twin, common) {
		return false
	}
	if kind != sharedNone {
		d.unmix(left, right)
	}
	d.pan(left, right, kind)
	return true
}

// readShared reads which bands of a pair are shared (ms_used).
func (d *Decoder) readShared(r *bitReader, w *windows, kind int) {
	for g := range w.groups {
		for k := range w.bands {
			d.shared[g*groupSlots+k] = kind == sharedAll || kind == sharedSome && r.flag()
		}
	}
}

// unmix makes left and right of middle and side in the bands that are shared
// (§4.6.8.1.4).
func (d *Decoder) unmix(left, right *channel) {
	left.each(func(slot, from, to int) {
		if !d.shared[slot] || left.codes[slot] >= bookNoise || right.codes[slot] >= bookNoise {
			return
		}
		sides := right.spectrum[from:to]
		for i, m := range left.spectrum[from:to] {
			s := sides[i]
			left.spectrum[from+i], sides[i] = m+s, m-s
		}
	})
}

// pan makes the bands of the right channel that are the left one's at another
// level (§4.6.8.2.3).
func (d *Decoder) pan(left, right *channel, kind int) {
	right.each(func(slot, from, to int) {
		if right.codes[slot] < bookOutOfPhase {
			return
		}
		scale := right.scales[slot]
		if kind != sharedNone && d.shared[slot] {
			scale = -scale
		}
		copyScaled(right.spectrum[from:to], left.spectrum[from:], scale)
	})
}

// each calls f for each band of each window: its slot and its lines.
func (w *windows) each(f func(slot, from, to int)) {
	first := 0
	for g := range w.groups {
		for range w.size[g] {
			for k := range w.bands {
				f(g*groupSlots+k, first+int(w.offsets[k]), first+int(w.offsets[k+1]))
			}
			first += shortSize
		}
	}
}
