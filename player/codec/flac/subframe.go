package flac

import (
	"fmt"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/msb"
)

const (
	// maxOrder of a linear predictor.
	maxOrder = 32
	maxBlock = 1<<16 - 1
)

// How a frame's channels are told from each other, beside independently
// (RFC 9639, §9.1.3).
const (
	leftSide  = 8
	sideRight = 9
	midSide   = 10
)

// frameDecoder decodes frames. What it returns is valid until the next call.
// It is used by one goroutine at a time.
type frameDecoder struct {
	// lines are the channels' samples. maxOrder zeros stand before each, so
	// that a predictor may look back from the first sample.
	lines [][]int64
}

// errFrame: the frame breaks a rule of the format.
var errFrame = fmt.Errorf("%w: a FLAC frame", codec.ErrDamaged)

// decode returns the samples of each channel of the frame in data, which is
// whole, with its header and its checksum.
func (d *frameDecoder) decode(data []byte, h frameHeader) ([][]int64, error) {
	if len(data) < h.size+2 || crc16(0, data) != 0 {
		return nil, errFrame
	}
	for len(d.lines) < h.channels {
		d.lines = append(d.lines, nil)
	}
	assignment := data[3] >> 4
	r := &bitReader{msb.Reader{Data: data[h.size : len(data)-2]}}
	out := make([][]int64, h.channels)
	for c := range h.channels {
		bits := h.bits
		if assignment == leftSide && c == 1 || assignment == sideRight && c == 0 || assignment == midSide && c == 1 {
			bits++ // a difference of two samples
		}
		if cap(d.lines[c]) < maxOrder+h.samples {
			d.lines[c] = make([]int64, maxOrder+h.samples)
		}
		line := d.lines[c][:maxOrder+h.samples]
		if err := subframe(r, line, bits); err != nil {
			return nil, err
		}
		out[c] = line[maxOrder:]
	}
	if r.Over() {
		return nil, errFrame
	}
	decorrelate(out, assignment)
	return out, nil
}

// decorrelate makes left and right of what a stereo frame has instead.
func decorrelate(lines [][]int64, assignment byte) {
	switch assignment {
	case leftSide:
		left, side := lines[0], lines[1][:len(lines[0])]
		for i, l := range left {
			side[i] = l - side[i]
		}
	case sideRight:
		side, right := lines[0], lines[1][:len(lines[0])]
		for i, r := range right {
			side[i] += r
		}
	case midSide:
		mid, side := lines[0], lines[1][:len(lines[0])]
		for i, m := range mid {
			s := side[i]
			m = m<<1 | s&1
			mid[i], side[i] = (m+s)>>1, (m-s)>>1
		}
	}
}

// subframe reads the samples of one channel into line, behind its maxOrder
// zeros (RFC 9639, §9.2).
func subframe(r *bitReader, line []int64, bits int) error {
	if r.Take(1) != 0 {
		return errFrame
	}
	kind := int(r.Take(6))
	wasted := 0
	if r.Take(1) != 0 {
		wasted = int(r.unary()) + 1
		if wasted >= bits {
			return errFrame
		}
		bits -= wasted
	}
	samples := line[maxOrder:]
	var err error
	switch {
	case kind == 0: // constant
		v := r.signed(bits)
		for i := range samples {
			samples[i] = v
		}
	case kind == 1: // verbatim
		for i := range samples {
			samples[i] = r.signed(bits)
		}
	case kind >= 8 && kind <= 12:
		err = fixed(r, samples, bits, kind-8)
	case kind >= 32:
		err = linear(r, line, bits, kind-31)
	default:
		err = errFrame
	}
	if wasted > 0 {
		for i := range samples {
			samples[i] <<= wasted
		}
	}
	return err
}

// warmUp reads the samples that a predictor begins with.
func warmUp(r *bitReader, samples []int64, bits, order int) error {
	if order > len(samples) {
		return errFrame
	}
	for i := range order {
		samples[i] = r.signed(bits)
	}
	return nil
}

// fixed reads a subframe with a fixed predictor: the residual is the
// difference of this order (RFC 9639, §9.2.5).
func fixed(r *bitReader, s []int64, bits, order int) error {
	if err := warmUp(r, s, bits, order); err != nil {
		return err
	}
	if err := residual(r, s, order); err != nil {
		return err
	}
	switch order {
	case 1:
		for i := 1; i < len(s); i++ {
			s[i] += s[i-1]
		}
	case 2:
		for i := 2; i < len(s); i++ {
			s[i] += 2*s[i-1] - s[i-2]
		}
	case 3:
		for i := 3; i < len(s); i++ {
			s[i] += 3*(s[i-1]-s[i-2]) + s[i-3]
		}
	case 4:
		for i := 4; i < len(s); i++ {
			s[i] += 4*(s[i-1]+s[i-3]) - 6*s[i-2] - s[i-4]
		}
	}
	return nil
}

// linear reads a subframe with a predictor of its own (RFC 9639, §9.2.6).
func linear(r *bitReader, line []int64, bits, order int) error {
	samples := line[maxOrder:]
	if err := warmUp(r, samples, bits, order); err != nil {
		return err
	}
	precision := int(r.Take(4)) + 1
	shift := r.signed(5)
	if precision == 16 || shift < 0 {
		return errFrame
	}
	// From the one that belongs to the sample before, on.
	var coefficients [maxOrder]int64
	for i := range order {
		coefficients[i] = r.signed(precision)
	}
	if err := residual(r, samples, order); err != nil {
		return err
	}
	predict(line, order, &coefficients, uint(shift))
	return nil
}

// predict adds the prediction to the residual that line holds from the order-th
// sample on. Orders are rounded up to one that is unrolled, with zeros for the
// samples that have no part: those exist, since maxOrder of them come first.
func predict(line []int64, order int, c *[maxOrder]int64, shift uint) {
	begin := maxOrder + order
	switch {
	case order <= 4:
		for i := begin; i < len(line); i++ {
			h := (*[5]int64)(line[i-4 : i+1])
			h[4] += (c[0]*h[3] + c[1]*h[2] + c[2]*h[1] + c[3]*h[0]) >> shift
		}
	case order <= 8:
		predict8(line, begin, c, shift)
	case order <= 12:
		predict12(line, begin, c, shift)
	default:
		for i := begin; i < len(line); i++ {
			h := (*[maxOrder + 1]int64)(line[i-maxOrder : i+1])
			var sum int64
			for k := 0; k < order; k++ {
				sum += c[k] * h[(maxOrder-1-k)&(maxOrder-1)]
			}
			h[maxOrder] += sum >> shift
		}
	}
}

func predict8(line []int64, begin int, c *[maxOrder]int64, shift uint) {
	c0, c1, c2, c3, c4, c5, c6, c7 := c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]
	for i := begin; i < len(line); i++ {
		h := (*[9]int64)(line[i-8 : i+1])
		// The newest comes last, so that the rest does not wait for it.
		sum := c7*h[0] + c6*h[1] + c5*h[2] + c4*h[3] + (c3*h[4] + c2*h[5] + c1*h[6]) + c0*h[7]
		h[8] += sum >> (shift & 63)
	}
}

func predict12(line []int64, begin int, c *[maxOrder]int64, shift uint) {
	for i := begin; i < len(line); i++ {
		h := (*[13]int64)(line[i-12 : i+1])
		old := c[11]*h[0] + c[10]*h[1] + c[9]*h[2] + c[8]*h[3] + c[7]*h[4] + c[6]*h[5]
		sum := old + (c[5]*h[6] + c[4]*h[7] + c[3]*h[8] + c[2]*h[9] + c[1]*h[10]) + c[0]*h[11]
		h[12] += sum >> (shift & 63)
	}
}

// residual reads the coded residual from the order-th sample on (RFC 9639,
// §9.2.7).
func residual(r *bitReader, samples []int64, order int) error {
	width := 4 // of the Rice parameter
	switch r.Take(2) {
	case 0:
	case 1:
		width = 5
	default:
		return errFrame
	}
	partitions := 1 << r.Take(4)
	length := len(samples) / partitions
	if length*partitions != len(samples) || length < order {
		return errFrame
	}
	at := order
	for p := range partitions {
		part := samples[at : (p+1)*length]
		at = (p + 1) * length
		if k := int(r.Take(width)); k != 1<<width-1 {
			r.rice(part, k)
			continue
		}
		bits := int(r.Take(5)) // not Rice coded after all
		for i := range part {
			part[i] = r.signed(bits)
		}
		if r.Over() {
			return errFrame
		}
	}
	return nil
}
