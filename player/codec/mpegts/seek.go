package mpegts

import (
	"errors"
	"io"
	"sort"
	"time"

	"github.com/ninth-coop/ninth/player/codec"
)

const (
	// jumpOver is how many units are worth a jump rather than a walk.
	jumpOver = 512
	// maxProbes bounds the looks at the file that one seek takes.
	maxProbes = 8
	// placeMargin is by how much a place that the source names may be too late.
	placeMargin = 500 * time.Millisecond
)

func (p *packets) SeekTo(frame int64) (int64, error) {
	target := frame / p.es.frames
	p.estimated = false
	from, err := p.nearest(max(target-p.es.known, 0))
	if err != nil {
		return 0, err
	}
	p.reset(from)
	p.es.decoder.Reset()
	for p.unit < target {
		wanted := p.unit - (target - p.es.known)
		frame, err := p.advance()
		switch {
		case err != nil:
			return 0, err
		case wanted >= p.es.known-p.es.decoded:
			p.es.decoder.Decode(frame)
		case wanted >= 0:
			p.es.decoder.Feed(frame)
		}
	}
	return target * p.es.frames, nil
}

// nearest is a known place at unit or before it, after a look for a nearer one
// if that is far.
func (p *packets) nearest(unit int64) (place, error) {
	if err := p.begin(); err != nil {
		return place{}, err
	}
	n := sort.Search(len(p.index), func(k int) bool { return p.index[k].unit > unit })
	from := place{at: p.start}
	if len(p.index) > 0 {
		from.origin = p.index[0].origin
	}
	if n > 0 {
		from = p.index[n-1]
	}
	if unit-from.unit <= jumpOver || n < len(p.index) && p.index[n].unit-from.unit <= jumpOver {
		return from, nil
	}
	to, ok, err := p.remembered(from, unit)
	if err == nil && !ok {
		to, p.estimated, ok, err = p.named(from, unit)
		if p.estimated = p.estimated && ok; p.estimated {
			return to, err
		}
	}
	if err == nil && !ok {
		to, err = p.bisect(from, unit)
		ok = to.unit > from.unit
	}
	if err != nil || !ok {
		return from, ignoreEnd(err)
	}
	p.index = append(p.index[:n], append([]place{to}, p.index[n:]...)...)
	return to, nil
}

// begin reads up to the first time stamp, which others are counted from.
func (p *packets) begin() error {
	if len(p.index) > 0 {
		return nil
	}
	p.rewind()
	for p.unit < indexEvery && len(p.index) == 0 {
		if _, err := p.advance(); err != nil {
			return ignoreEnd(err)
		}
	}
	return nil
}

// named is the place shortly before unit that the source knows, if it does.
// guessed tells that the stream counts its time from elsewhere there, being that
// of another recording: then its number is what the source's times say.
func (p *packets) named(from place, unit int64) (to place, guessed, ok bool, err error) {
	rate, frames := float64(p.es.format.SampleRate), float64(p.es.frames)
	second := float64(time.Second)
	when := time.Duration(float64(unit) * frames / rate * second)
	at, begins, ok, err := p.ts.r.Place(max(when-placeMargin, 0))
	if err != nil || !ok || at <= from.at {
		return from, false, false, err
	}
	if to, err = p.land(at, from); err != nil {
		return from, false, false, ignoreEnd(err)
	}
	if guessed = !codec.Near(time.Duration(float64(to.unit)*frames/rate*second), begins); guessed {
		told := from.origin + p.ticks(to.unit)
		to.unit = int64(begins.Seconds()*rate/frames + 0.5)
		to.origin = told - p.ticks(to.unit)
	}
	return to, guessed, to.unit > from.unit && to.unit <= unit, nil
}

// bisect looks for a place before unit and not far from it, by the share of the
// bytes; it returns from where there is none to be found, or the size of the
// file is not known.
func (p *packets) bisect(from place, unit int64) (place, error) {
	end := p.ts.r.Size()
	if end < 0 {
		return from, nil
	}
	low, highUnit := from, int64(-1)
	for range maxProbes {
		if unit-low.unit <= jumpOver {
			break
		}
		guess := low.at + (end-low.at)/2
		switch {
		case highUnit > low.unit:
			share := float64(unit-jumpOver/2-low.unit) / float64(highUnit-low.unit)
			guess = low.at + int64(share*float64(end-low.at))
		case low.unit > 0:
			each := float64(low.at-p.start) / float64(low.unit)
			guess = low.at + int64(each*float64(unit-jumpOver/2-low.unit))
		}
		if guess >= end || guess <= low.at {
			break
		}
		to, err := p.land(guess, low)
		switch {
		case errors.Is(err, io.EOF), err == nil && to.unit > unit:
			end, highUnit = guess, to.unit
		case err != nil:
			return from, err
		case to.unit <= low.unit:
			return low, nil // time does not grow with the bytes: a splice
		default:
			low = to
		}
	}
	return low, nil
}

// land is the first place at byte at or behind it whose time is told, counting
// as it does at from.
func (p *packets) land(at int64, from place) (place, error) {
	time, at, err := p.timeAt(at)
	if err != nil {
		return place{}, err
	}
	return place{p.unitAt(time, from.origin, from.unit), at, from.origin}, nil
}

// timeAt is the first time stamp at byte from or behind it, and the packet that
// has it.
func (p *packets) timeAt(from int64) (time, at int64, err error) {
	p.clear()
	p.ts.offset = from
	if err := p.ts.align(); err != nil {
		return noTime, 0, err
	}
	for {
		t, _, err := p.ts.next()
		if err != nil {
			return noTime, 0, err
		}
		if t.pid != p.pid || !t.starts {
			continue
		}
		if _, time, ok := parsePES(t.payload); ok && time != noTime {
			return time, t.at, nil
		}
	}
}

// align goes to the first packet at offset or behind it, which may be in the
// middle of one.
func (r *reader) align() error {
	b, err := r.r.Bytes(r.offset, int(2*r.frame.stride)+4)
	if err != nil {
		return err
	}
	if inRow(b, int(r.frame.stride), 3) {
		return nil
	}
	return r.resync()
}

// Estimated implements codec.Estimator.
func (p *packets) Estimated() bool { return p.estimated }

// ignoreEnd is err, unless it only says that the file ends.
func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
