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
