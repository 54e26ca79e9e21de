package vorbis

import (
	"math"
	"math/bits"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/mdct"
)

// decoder implements ogg.Decoder.
type decoder struct {
	*setup
	channels int
	sizes    [2]int // of the blocks, in samples: short and long
	plans    [2]*mdct.Plan
	slopes   [2][]float32 // rising half of each window
	downmix  codec.Downmix

	shapes      []shape
	heard       []bool      // the channel has a floor in this packet
	spectra     [][]float32 // of this packet, by channel
	coded       [][]float32 // those of one submap; nil where there is nothing
	interleaved []float32
	tails       [][]float32 // what of the block before is still to be overlapped, by channel
	before      int         // size of that block; 0 is none
	mixed       [][]float32 // result by channel
	frame       []float64
	out         [][2]float64
}

func newDecoder(s *setup, channels int, sizes [2]int) *decoder {
	d := &decoder{setup: s, channels: channels, sizes: sizes, downmix: codec.NewDownmix(speakers[channels])}
	long := sizes[1]
	for i, size := range sizes {
		d.plans[i] = mdct.New(size / 2)
		d.slopes[i] = slopeOf(size / 2)
	}
	d.shapes, d.heard = make([]shape, channels), make([]bool, channels)
	for range channels {
		d.spectra = append(d.spectra, make([]float32, long/2))
		d.tails = append(d.tails, make([]float32, long/4))
		d.mixed = append(d.mixed, make([]float32, long/2))
	}
	d.coded = make([][]float32, 0, channels)
	d.interleaved = make([]float32, channels*long/2)
	d.frame = make([]float64, channels)
	d.out = make([][2]float64, long/2)
	return d
}

// slopeOf is the rising half of the window (Vorbis I, §4.3.1).
func slopeOf(n int) []float32 {
	w := make([]float32, n)
	for i := range w {
		s := math.Sin((float64(i) + 0.5) / float64(n) * math.Pi / 2)
		w[i] = float32(math.Sin(math.Pi / 2 * s * s))
	}
	return w
}

func (d *decoder) Reset() { d.before = 0 }

// Lengths implements ogg.Decoder.
func (d *decoder) Lengths(lengths []int, packets [][]byte) []int {
	before := d.before
	for _, packet := range packets {
		n := 0
		if r := (&bitReader{data: packet}); !r.flag() {
			m, ok := d.mode(r)
			size := d.sizes[0]
			switch {
			case !ok:
				size = 0
			case m.long:
				size = d.sizes[1]
			}
			if ok && before > 0 {
				n = before/4 + size/4
			}
			before = size
		}
		lengths = append(lengths, n)
	}
	return lengths
}

// mode reads the mode of a packet of sound; false if there is no such mode.
func (d *decoder) mode(r *bitReader) (mode, bool) {
	number := int(r.take(bits.Len(uint(len(d.modes) - 1))))
	if r.over || number >= len(d.modes) {
		return mode{}, false
	}
	return d.modes[number], true
}

// Decode implements ogg.Decoder (Vorbis I, §4.3).
func (d *decoder) Decode(packet []byte) [][2]float64 {
	r := &bitReader{data: packet}
	if r.flag() { // no sound
		return nil
	}
	m, ok := d.mode(r)
	if !ok {
		d.Reset()
		return nil
	}
	which := 0
	if m.long {
		which = 1
		r.take(2) // the neighbours' sizes, which are seen from themselves
	}
	size := d.sizes[which]
	d.readSpectra(r, &d.mappings[m.mapping], size/2)
	n := 0
	if d.before > 0 {
		n = d.before/4 + size/4
	}
	for c := range d.channels {
		block := d.spectra[c][:size/2] // it is all zeros if the channel is silent
		if d.heard[c] {
			block = d.plans[which].Cosine(block)
		} else {
			clear(block)
		}
		if d.before > 0 {
			d.overlap(d.mixed[c][:n], d.tails[c][:d.before/4], block)
		}
		copy(d.tails[c], block[:size/4])
	}
	d.before = size
	return d.stereo(n)
}

// readSpectra reads the spectra of all channels: floors, residues, coupling.
func (d *decoder) readSpectra(r *bitReader, m *mapping, lines int) {
	for c := range d.channels {
		f := d.floors[m.submaps[m.mux[c]].floor]
		d.heard[c] = f.read(r, &d.shapes[c])
		clear(d.spectra[c][:lines])
	}
	var shaped [maxChannels]bool
	copy(shaped[:], d.heard)
	for _, pair := range m.coupling {
		if d.heard[pair[0]] || d.heard[pair[1]] {
			d.heard[pair[0]], d.heard[pair[1]] = true, true
		}
	}
	for i, sub := range m.submaps {
		d.coded = d.coded[:0]
		for c := range d.channels {
			switch {
			case m.mux[c] != i:
			case d.heard[c]:
				d.coded = append(d.coded, d.spectra[c][:lines])
			default:
				d.coded = append(d.coded, nil)
			}
		}
		d.residues[sub.residue].read(r, d.coded, d.interleaved)
	}
	for i := len(m.coupling) - 1; i >= 0; i-- {
		uncouple(d.spectra[m.coupling[i][0]][:lines], d.spectra[m.coupling[i][1]][:lines])
	}
	for c := range d.channels {
		if d.heard[c] = shaped[c]; d.heard[c] {
			d.floors[m.submaps[m.mux[c]].floor].apply(d.spectra[c][:lines], &d.shapes[c])
		}
	}
}

// uncouple makes two channels of magnitude and angle (Vorbis I, §4.3.5): the
// angle is taken from the magnitude, towards zero, for one of the two, by its
// sign. The signs come at random, so they are worked with, not branched on.
func uncouple(magnitude, angle []float32) {
	angle = angle[:len(magnitude)]
	for i, m := range magnitude {
		a := int32(math.Float32bits(angle[i]))
		negative := ^(-int32(math.Float32bits(m)) >> 31) // all ones unless m > 0
		positive := -a >> 31                             // all ones if a > 0
		a ^= negative & math.MinInt32                    // a away from or towards zero
		magnitude[i] = m + math.Float32frombits(uint32(a&^positive))
		angle[i] = m - math.Float32frombits(uint32(a&positive))
	}
}

// overlap adds the falling half of the block before to the rising half of this
// one. They cross around the middle of both for the length of the shorter
// one's half; outside that each stands alone. Both are given as their cosine
// transform has them, whence the signs: see mdct.Plan.Cosine.
func (d *decoder) overlap(out, tail, block []float32) {
	slope := d.slopes[0]
	if d.before == d.sizes[1] && 2*len(block) == d.sizes[1] {
		slope = d.slopes[1]
	}
	half := len(slope) / 2
	low, high := slope[:half], slope[half:]
	quarter := len(block) / 2
	middle := len(tail)
	for j := half; j < middle; j++ {
		out[middle-1-j] = -tail[j]
	}
	before, behind := out[middle-half:middle], out[middle:][:half]
	falling, rising := tail[:half], block[2*quarter-half:]
	for j, t := range falling {
		r, up, down := rising[half-1-j], low[half-1-j], high[j]
		before[half-1-j] = r*up - t*down
		behind[j] = -(r*down + t*up)
	}
	for j := half; j < quarter; j++ {
		out[middle+j] = -block[2*quarter-1-j]
	}
}

// stereo folds the result, n frames.
func (d *decoder) stereo(n int) [][2]float64 {
	out := d.out[:n]
	switch d.channels {
	case 1:
		for i, v := range d.mixed[0][:n] {
			x := finite(v)
			out[i] = [2]float64{x, x}
		}
	case 2:
		right := d.mixed[1][:n]
		for i, v := range d.mixed[0][:n] {
			out[i] = [2]float64{finite(v), finite(right[i])}
		}
	default:
		for i := range out {
			for c, line := range d.mixed {
				d.frame[c] = finite(line[i])
			}
			out[i] = d.downmix.Frame(d.frame)
		}
	}
	return out
}

// loudest is the largest sample that is believed: +60 dBFS.
const loudest = 1000

// finite replaces what is no sound by silence.
func finite(x float32) float64 {
	if x >= -loudest && x <= loudest {
		return float64(x)
	}
	return 0
}
