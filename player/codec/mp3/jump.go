package mp3

import (
	"errors"
	"io"
)

const (
	// jumpOver is how many frames are worth a jump rather than a walk.
	jumpOver = 256
	// jumpSlack is by how many bytes padding may put a frame off its place.
	jumpSlack = 2
)

// jump returns the place of the frame with the number unit, if it is far beyond
// the frame at from and all between are of one bit rate. Else it returns from.
//
// That frames stand where they would then be, both at unit and half way there,
// is taken as proof: in a stream of frames of other sizes that happens about
// once in ten thousand seeks. A file with something in between its frames is
// walked.
func (p *packets) jump(from place, unit int64) (place, error) {
	if p.variable || unit-from.unit < jumpOver {
		return from, nil
	}
	h, err := p.headerAt(from.offset)
	if err != nil {
		return from, ignoreMiss(err)
	}
	at, err := p.constantUpTo(from, h, unit)
	if err == nil {
		_, err = p.constantUpTo(from, h, from.unit+(unit-from.unit)/2)
	}
	if errors.Is(err, errNoFrame) || errors.Is(err, io.EOF) {
		return from, nil
	}
	return at, err
}

// constantUpTo is the frame that stands where unit is if all frames from the
// one at from on have the bit rate of h.
func (p *packets) constantUpTo(from place, h header, unit int64) (place, error) {
	guess := from.offset + h.span(unit-from.unit)
	for at := guess - jumpSlack; at <= guess+jumpSlack; at++ {
		other, err := p.headerAt(at)
		if err != nil && !errors.Is(err, errNoFrame) {
			return place{}, err
		}
		if err != nil || other.bitRate != h.bitRate {
			continue
		}
		if found, err := p.followed(at); found || err != nil {
			return place{unit, at}, err
		}
	}
	return place{}, errNoFrame
}

// Estimated implements codec.Estimator.
func (p *packets) Estimated() bool { return p.estimated }

// estimate returns a place that stands in for unit where walking there would
// wait for bytes: the first frame behind the share of the bytes that is the
// share of the frames. On music that is off by seconds in an hour; the table
// of the Xing tag, which has eight bits a place, is off by more. ok is false
// where the way can be walked, or nothing says how long it is.
func (p *packets) estimate(from place, unit int64) (at place, ok bool, err error) {
	size := p.r.Size()
	if unit-from.unit < jumpOver || size < 0 {
		return from, false, nil
	}
	each := float64(p.average())
	if p.total > from.unit {
		each = float64(size-from.offset) / float64(p.total-from.unit)
	}
	guess := from.offset + int64(each*float64(unit-from.unit))
	if guess >= size || p.r.Here(from.offset, guess) {
		return from, false, nil
	}
	offset, err := p.find(guess)
	if err != nil {
		return from, false, err
	}
	return place{unit, offset}, true, nil
}
