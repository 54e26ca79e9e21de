package mp3

import (
	"errors"
	"io"

	"github.com/ninth-coop/ninth/player/codec"
)

const (
	// jumpOver is how many frames are worth a jump rather than a walk.
	jumpOver = 256
	// jumpSlack is by how many bytes padding may put a frame off its place.
	jumpSlack = 2
	// nearEnd is how many frames before the end a guess may be at most.
	nearEnd = 16
)

// jump returns the place of the frame with the number unit, if it is far beyond
// the frame at from and all between are of one bit rate. Else it returns from.
//
// That frames stand where they would then be, both at unit and half way there,
// is taken as proof: in a stream of frames of other sizes that happens about
// once in ten thousand seeks. A file with something in between its frames is
// walked.
func (p *packets) jump(from codec.Place, unit int64) (codec.Place, error) {
	if p.variable || unit-from.Unit < jumpOver {
		return from, nil
	}
	h, err := p.headerAt(from.Offset)
	if err != nil {
		return from, ignoreMiss(err)
	}
	at, err := p.constantUpTo(from, h, unit)
	if err == nil {
		_, err = p.constantUpTo(from, h, from.Unit+(unit-from.Unit)/2)
	}
	if errors.Is(err, errNoFrame) || errors.Is(err, io.EOF) {
		return from, nil
	}
	return at, err
}

// constantUpTo is the frame that stands where unit is if all frames from the
// one at from on have the bit rate of h.
func (p *packets) constantUpTo(from codec.Place, h header, unit int64) (codec.Place, error) {
	guess := from.Offset + h.span(unit-from.Unit)
	for at := guess - jumpSlack; at <= guess+jumpSlack; at++ {
		other, err := p.headerAt(at)
		if err != nil && !errors.Is(err, errNoFrame) {
			return codec.Place{}, err
		}
		if err != nil || other.bitRate != h.bitRate {
			continue
		}
		if found, err := p.followed(at); found || err != nil {
			return codec.Place{Unit: unit, Offset: at}, err
		}
	}
	return codec.Place{}, errNoFrame
}

// named is the frame at the beginning of a segment of packed audio before the
// one with the number unit, if that is far and the source knows of it. guessed
// tells that its number is not sure; ok is false where there is none.
func (p *packets) named(from codec.Place, unit int64) (at codec.Place, guessed, ok bool, err error) {
	if unit-from.Unit < jumpOver {
		return from, false, false, nil
	}
	at, guessed, ok, err = p.stamps.Place(p.r, from, unit)
	if err != nil || !ok {
		return from, false, false, err
	}
	if _, err := p.headerAt(at.Offset); err != nil {
		return from, false, false, ignoreMiss(err)
	}
	return at, guessed, true, nil
}

// Estimated implements codec.Estimator.
func (p *packets) Estimated() bool { return p.estimated }

// estimate returns a place that stands in for unit where walking there would
// wait for bytes: the first frame behind the share of the bytes that is the
// share of the frames. On music that is off by seconds in an hour; the table
// of the Xing tag, which has eight bits a place, is off by more. Where a place is guessed behind
// the end it is near it. ok is false
// where the way can be walked, or nothing says how long it is.
func (p *packets) estimate(from codec.Place, unit int64) (at codec.Place, ok bool, err error) {
	size := p.r.Size()
	if unit-from.Unit < jumpOver || size < 0 {
		return from, false, nil
	}
	each := float64(p.average())
	if p.total > from.Unit {
		each = float64(size-from.Offset) / float64(p.total-from.Unit)
	}
	guess := from.Offset + int64(each*float64(unit-from.Unit))
	guess = min(guess, size-nearEnd*p.average())
	if guess <= from.Offset || p.r.Linear() || p.r.Here(from.Offset, guess) {
		return from, false, nil
	}
	offset, err := p.find(guess)
	if err != nil {
		return from, false, err
	}
	return codec.Place{Unit: unit, Offset: offset}, true, nil
}
