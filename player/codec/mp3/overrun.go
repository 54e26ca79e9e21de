package mp3

import "errors"

// nearTotal is how many frames before the end that a tag claims a track may
// end: what its encoder may have padded it by.
const nearTotal = 8

// Overruns implements codec.Overrunner.
func (p *packets) Overruns() (bool, error) {
	if p.lost > 0 || p.total-p.unit > nearTotal {
		return false, nil
	}
	spare := int64(1) // encoders differ in whether they count the frame of the tag
	if p.patched {
		spare = 0
	}
	at := p.offset
	for unit := p.unit; unit <= p.total+spare; unit++ {
		h, err := p.headerAt(at)
		if errors.Is(err, errNoFrame) {
			if at, err = skipTags(p.r, at); err == nil {
				h, err = p.headerAt(at)
			}
		}
		if err != nil {
			return false, ignoreMiss(err)
		}
		if _, err := p.r.Bytes(at, h.size); err != nil {
			return false, ignoreMiss(err)
		}
		at += int64(h.size)
	}
	return p.total > 0, nil
}
