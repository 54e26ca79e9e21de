package adts

import (
	"errors"
	"io"

	"github.com/ninth-coop/ninth/player/codec"
)

// nearest is the place to walk to an access unit from.
func (p *packets) nearest(unit int64) (codec.Place, error) {
	return p.Nearest(unit, func(offset int64) (bool, error) {
		if p.followed(offset) {
			return true, nil
		}
		_, err := p.r.Bytes(offset, headerSize)
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return false, err
	})
}

const (
	// guessOver is how many access units are worth a guess rather than a walk.
	guessOver = 256
	// nearEnd is how many access units before the end a guess may be at most.
	nearEnd = 16
	// sampled is how many access units are walked for their average size.
	sampled = 4096
)

// look returns a place at an access unit that is far from another, or before it:
// exactly where the source knows of a segment that tells its time, else by a
// guess.
func (p *packets) look(from codec.Place, unit int64) (at codec.Place, guessed bool, err error) {
	if unit-from.Unit < guessOver {
		return from, false, nil
	}
	at, guessed, ok, err := p.stamps.Place(p.r, from, unit)
	if err != nil {
		return from, false, err
	}
	if ok {
		if _, err := p.headerAt(at.Offset); err == nil {
			return at, guessed, nil
		}
	}
	return p.estimate(from, unit)
}

// estimate returns a place that stands in for an access unit where walking
// there from another would wait for bytes: the first frame behind where it
// should be by the average size so far; where that is behind the end, near it.
// Else it returns from.
func (p *packets) estimate(from codec.Place, unit int64) (at codec.Place, guessed bool, err error) {
	size := p.r.Size()
	if unit-from.Unit < guessOver || size < 0 {
		return from, false, nil
	}
	each, err := p.typical()
	if err != nil {
		return from, false, err
	}
	guess := from.Offset + int64(each*float64(unit-from.Unit))
	guess = min(guess, size-int64(nearEnd*each))
	if guess <= from.Offset || p.r.Linear() || p.r.Here(from.Offset, guess) {
		return from, false, nil
	}
	offset, err := p.find(guess)
	if err != nil {
		return from, false, err
	}
	return codec.Place{Unit: unit, Offset: offset}, true, nil
}

// typical is the average size of a frame, as far as can be told without a wait:
// it walks on from the end of the index, over some of what is here.
func (p *packets) typical() (float64, error) {
	last := p.Last()
	p.unit, p.offset, p.lost, p.estimated, p.torn = last.Unit, last.Offset, 0, false, false
	for range sampled {
		if !p.r.Here(p.offset, p.offset+2*resyncStep) {
			break
		}
		if _, err := p.advance(); err != nil {
			if errors.Is(err, io.EOF) {
				break
			}
			return 0, err
		}
	}
	return float64(p.average()), nil
}

// Estimated implements codec.Estimator.
func (p *packets) Estimated() bool { return p.estimated }
