package flac

import (
	"errors"
	"io"
	"slices"
)

// index is the frames whose place is known for certain, ascending, at least
// spacing samples apart. It grows as the stream is walked.
type index struct {
	points  []seekPoint
	spacing int64
}

func newIndex(first seekPoint, spacing int64) index {
	return index{[]seekPoint{first}, spacing}
}

// after is the position of the first point behind frame.
func (x *index) after(frame int64) int {
	i, _ := slices.BinarySearchFunc(x.points, frame, func(p seekPoint, f int64) int {
		if p.frame <= f {
			return -1
		}
		return 1
	})
	return i
}

// add keeps p if it is far enough from its neighbours. The first point is
// never replaced, so there always is one at or before any frame.
func (x *index) add(p seekPoint) {
	i := x.after(p.frame)
	if p.frame-x.points[i-1].frame < x.spacing {
		return
	}
	if i < len(x.points) && x.points[i].frame-p.frame < x.spacing {
		return
	}
	x.points = slices.Insert(x.points, i, p)
}

const (
	// nearBytes is where bisecting stops and walking begins: reading on is
	// cheaper than another jump, which over a network is a round trip.
	nearBytes = 128 << 10
	// maxProbes bounds the jumps of one seek; halving alone would bring the
	// longest file under nearBytes in fewer.
	maxProbes = 40
)

// seek makes next return the frame, or the gap, that holds sample target.
func (d *demuxer) seek(target int64) error {
	from, err := d.bisect(target)
	if err != nil {
		return err
	}
	d.offset, d.expected = from.offset, from.frame
	for {
		offset, expected := d.offset, d.expected
		p, err := d.next()
		if err != nil {
			return err
		}
		if p.start+p.samples > target {
			d.offset, d.expected = offset, expected
			return nil
		}
	}
}

// bisect returns a known frame at or before target and, if the size of the
// file is known, close to it.
func (d *demuxer) bisect(target int64) (seekPoint, error) {
	i := d.index.after(target)
	low := d.index.points[i-1]
	if p, ok := d.fromTable(target, low); ok {
		low = p
	}
	high := seekPoint{d.info.frames, d.r.Size()}
	if i < len(d.index.points) {
		high = d.index.points[i]
	}
	for probe := range maxProbes {
		if high.offset-low.offset <= nearBytes {
			break
		}
		guess := low.offset + (high.offset-low.offset)/2
		// Music is compressed evenly enough that its proportion lands near;
		// every fourth probe halves, which bounds the number of probes.
		if probe%4 != 3 {
			guess = d.proportion(low, high, target)
		}
		guess = min(max(guess, low.offset+1), high.offset-1)
		offset, h, err := d.resync(guess-1, d.possible)
		switch {
		case errors.Is(err, io.EOF), err == nil && offset >= high.offset:
			high.offset = guess
		case err != nil:
			return seekPoint{}, err
		case h.start-d.base <= target:
			low = seekPoint{h.start - d.base, offset}
			d.index.add(low)
		default:
			high = seekPoint{h.start - d.base, guess}
		}
	}
	return low, nil
}

// proportion is where target should be, by the average size of a sample from
// the nearer of two points, and somewhat before: a frame that begins behind
// target would be of no use.
func (d *demuxer) proportion(low, high seekPoint, target int64) int64 {
	way := float64(high.offset-low.offset) / max(1, float64(high.frame-low.frame))
	if d.info.frames > 0 && d.r.Size() >= 0 {
		way = float64(d.r.Size()-d.audio) / float64(d.info.frames)
	}
	guess := low.offset + int64(way*float64(target-low.frame))
	if high.frame > target && high.frame-target < target-low.frame {
		guess = high.offset - int64(way*float64(high.frame-target))
	}
	return guess - min(nearBytes/2, max(0, guess-low.offset)/2)
}

// fromTable looks up the file's own seek table, and verifies what it says.
func (d *demuxer) fromTable(target int64, low seekPoint) (seekPoint, bool) {
	for _, p := range slices.Backward(d.points) {
		if p.frame > target {
			continue
		}
		if p.frame <= low.frame {
			break
		}
		h, _, err := d.frameAt(p.offset)
		if err == nil && h.start-d.base == p.frame {
			d.index.add(p)
			return p, true
		}
		break
	}
	return seekPoint{}, false
}
