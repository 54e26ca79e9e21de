package flac

import (
	"cmp"
	"errors"
	"io"
	"math"
	"slices"

	"github.com/ninth-coop/ninth/player/codec"
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
	high := seekPoint{d.info.frames, d.r.Size()}
	if i < len(d.index.points) {
		high = d.index.points[i]
	}
	if p, next, ok := d.fromTable(target, low); ok {
		low = p
		if next.offset < high.offset {
			high = next
		}
	}
	for probe := range maxProbes {
		way := int64(d.sampleSize(low, high) * float64(target-low.frame))
		if min(way, high.offset-low.offset) <= nearBytes {
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
	way := d.sampleSize(low, high)
	guess := low.offset + int64(way*float64(target-low.frame))
	if high.frame > target && high.frame-target < target-low.frame {
		guess = high.offset - int64(way*float64(high.frame-target))
	}
	return guess - min(nearBytes/2, max(0, guess-low.offset)/2)
}

// sampleSize is the average size of a sample of all channels, in bytes: of the
// whole stream if that is known, else between two points.
func (d *demuxer) sampleSize(low, high seekPoint) float64 {
	if d.info.frames > 0 && d.r.Size() >= 0 {
		return float64(d.r.Size()-d.audio) / float64(d.info.frames)
	}
	return float64(high.offset-low.offset) / max(1, float64(high.frame-low.frame))
}

// fromTable looks up the file's own seek table, or what an earlier decoder
// knew, and verifies what it says of the frame at or before target. next is
// what it says of the frame behind, which is only a bound for a search.
func (d *demuxer) fromTable(target int64, low seekPoint) (at, next seekPoint, ok bool) {
	i, found := slices.BinarySearchFunc(d.points, target, func(p seekPoint, frame int64) int {
		return cmp.Compare(p.frame, frame)
	})
	if found {
		i++
	}
	if i == 0 || d.points[i-1].frame <= low.frame {
		return seekPoint{}, seekPoint{}, false
	}
	p := d.points[i-1]
	if h, _, err := d.frameAt(p.offset); err != nil || h.start-d.base != p.frame {
		return seekPoint{}, seekPoint{}, false
	}
	d.index.add(p)
	next = seekPoint{d.info.frames, math.MaxInt64}
	if i < len(d.points) {
		next = d.points[i]
	}
	return p, next, true
}

// storedEvery is how many bytes the places of a stored index are apart at
// least; bisecting stops at twice as many.
const storedEvery = nearBytes / 2

// Index implements codec.Indexed; its units are samples.
func (p *packets) Index() codec.Index {
	x := codec.Index{Length: -1}
	last := int64(-storedEvery)
	for _, at := range p.demux.index.points {
		if at.offset-last >= storedEvery {
			x.Places = append(x.Places, codec.Place{Unit: at.frame, Offset: at.offset})
			last = at.offset
		}
	}
	return x
}

// UseIndex implements codec.Indexed: it counts as the file's own seek table,
// if it has more to tell.
func (p *packets) UseIndex(x codec.Index) {
	d := p.demux
	if len(x.Places) <= len(d.points) {
		return
	}
	points := make([]seekPoint, 0, len(x.Places))
	for _, at := range x.Places {
		if at.Offset >= d.audio && (d.info.frames == 0 || at.Unit < d.info.frames) {
			points = append(points, seekPoint{at.Unit, at.Offset})
		}
	}
	d.points = points
}
