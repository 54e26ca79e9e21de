package mp4

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"sort"
	"time"

	"github.com/ninth-coop/ninth/player/codec"
)

const (
	// maxFragment bounds a movie fragment box in bytes. One of an hour's
	// packets takes 2 MiB.
	maxFragment = 3 << 20
	// maxGap is how much sound, in seconds, a fragment may lie behind the one
	// before it and still leave silence between. More, or less than nothing, is a
	// splice: the sound goes on there.
	maxGap = 10
	// boxHeader is the longest header of a box in bytes.
	boxHeader = 16
	// resyncStep is how many bytes are looked at in one go for a fragment.
	resyncStep = 64 << 10
	// jumpOver is how many packets are worth a jump rather than a walk.
	jumpOver = 1024
	// placeMargin is by how much a place that the source names may be too late.
	placeMargin = 500 * time.Millisecond
	// indexMargin is by how many packets the file's index may be ahead, which
	// may leave out what the edit list does.
	indexMargin = 4
)

// fragments are the packets of a fragmented file. It reads fragment boxes as
// they are needed, keeps where they lie, and one of them whole.
type fragments struct {
	r        *codec.Reader
	base     int64 // byte offset that packets are told from
	sound    sound
	scale    int64 // media time units per second
	defaults defaults
	head     table // packets in the movie box itself
	index    []reference
	told     bool // the index comes from an earlier decoder

	known   []known // in order of time
	current int     // which of them is loaded; -1 if none is
	loaded  fragment
	total   int64 // frames, once the end is known; else -1

	// The packet looked up last in loaded: packets are mostly read in order.
	last, lastOffset int64
}

// known is a fragment whose place is known.
type known struct {
	unit, count int64 // its packets
	at, end     int64 // bytes of its box; at is -1 for the movie box
	shift       int64 // packets between its own time and ours
	followed    bool  // the next known one follows it, or nothing does
}

func (k known) behind() int64 { return k.unit + k.count }

// newFragments returns the fragments that begin at byte start, behind the movie
// box.
func newFragments(r *codec.Reader, base, start int64, t track) *fragments {
	f := &fragments{
		r: r, base: base, sound: t.sound, scale: t.timescale, defaults: t.defaults, head: t.table,
		current: -1, total: -1, last: -1,
	}
	f.known = []known{{count: t.table.count, at: -1, end: start}}
	return f
}

// packet returns the place of packet i, of size 0 where there is a gap in time;
// io.EOF past the last one.
func (f *fragments) packet(i int64) (offset, size int64, err error) {
	at, err := f.find(i)
	if err != nil {
		return 0, 0, err
	}
	k := f.known[at]
	if i >= k.behind() {
		return 0, 0, nil
	}
	if i == k.behind()-1 {
		// Whether it is the last one, and shorter, is known with the next fragment.
		if err := f.follow(at); err != nil && !errors.Is(err, io.EOF) {
			return 0, 0, err
		}
	}
	if k.at < 0 {
		return f.head.packet(i)
	}
	if err := f.load(at); err != nil {
		return 0, 0, err
	}
	offset, size = f.inLoaded(i - k.unit)
	if offset < f.base || f.beyond(at, offset+size) {
		return 0, 0, nil
	}
	return offset - f.base, size, nil
}

// beyond reports whether byte end, of a packet of a known fragment, lies behind
// the end of the file though another fragment follows: a size there is wrong.
// That is believed of as many packets as the fragment can spell out.
func (f *fragments) beyond(at int, end int64) bool {
	k, size := f.known[at], f.r.Size()
	return size >= 0 && end > size && k.count < k.end-k.at && f.follow(at) == nil && at+1 < len(f.known)
}

// any reports whether there are fragments, as far as is known.
func (f *fragments) any() bool { return f.total < 0 || len(f.known) > 1 }

// frames is how many frames the packets give, -1 while that is not known.
func (f *fragments) frames() int64 { return f.total }

// find returns the last fragment that does not begin behind packet i, when it
// is sure that the next one does.
func (f *fragments) find(i int64) (int, error) {
	jumped := false
	for {
		at := sort.Search(len(f.known), func(k int) bool { return f.known[k].unit > i }) - 1
		k := f.known[at]
		if i < k.behind() {
			return at, nil
		}
		if k.followed && at+1 < len(f.known) {
			return at, nil
		}
		if k.followed {
			return 0, io.EOF
		}
		if !jumped && i-k.behind() > jumpOver {
			jumped = true
			if err := f.jump(at, i); err != nil {
				return 0, err
			}
			continue
		}
		if err := f.follow(at); err != nil {
			return 0, err
		}
	}
}

// follow finds the fragment behind the known one with this index.
func (f *fragments) follow(at int) error {
	k := f.known[at]
	if k.followed {
		return nil
	}
	next, err := f.walk(k.end)
	if errors.Is(err, io.EOF) {
		f.known[at].followed = true
		f.total = f.endOf(at)
		return io.EOF
	}
	if err != nil {
		return err
	}
	n := known{unit: k.behind(), count: next.count, at: next.at, end: next.end, shift: k.shift}
	if next.time >= 0 {
		own := f.sound.unitAt(next.time, f.scale)
		far := k.behind() + maxGap*int64(f.sound.format.SampleRate)/f.sound.frameSize
		if u := own + k.shift; u >= n.unit && u <= far {
			n.unit = u
		}
		n.shift = n.unit - own
	}
	f.known[at].followed = true
	switch {
	case at+1 < len(f.known) && f.known[at+1].at == n.at:
		return nil // it was jumped to before
	case at+1 < len(f.known) && f.known[at+1].unit <= n.unit:
		f.known = f.known[:at+1] // what was jumped to is elsewhere in time
	}
	f.known = slices.Insert(f.known, at+1, n)
	if f.current > at {
		f.current = -1
	}
	return nil
}

// endOf is the frame behind the last packet of a known fragment, which may be
// shorter than the others.
func (f *fragments) endOf(at int) int64 {
	k := f.known[at]
	end := k.behind() * f.sound.frameSize
	if k.at < 0 || f.load(at) != nil {
		return end
	}
	if ticks := f.sound.framesAt(f.loaded.ticks, f.scale); ticks > 0 {
		end = min(end, k.unit*f.sound.frameSize+ticks)
	}
	return end
}

// jump adds a fragment shortly before packet i to the known ones, if the
// file's index or the source tell where there is one.
func (f *fragments) jump(at int, i int64) error {
	k := f.known[at]
	listed, ok := f.indexed(i)
	offset := listed.offset
	var begins time.Duration
	named := !ok
	if named {
		var err error
		if offset, begins, ok, err = f.r.Place(max(f.when(i)-placeMargin, 0)); err != nil || !ok {
			return err
		}
	}
	if offset < k.end {
		return nil
	}
	next, err := f.walk(offset)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return err
	}
	unit := f.sound.unitAt(next.time, f.scale) + k.shift
	if !named && f.told && (next.at != offset || unit != listed.unit) {
		f.index, f.told = nil, false // it is of other bytes, or of a splice
		return f.jump(at, i)
	}
	if named && !codec.Near(f.when(unit), begins) {
		return nil // of another recording, whose time says nothing here
	}
	if next.time < 0 || unit <= k.behind() || unit > i || at+1 < len(f.known) && next.at >= f.known[at+1].at {
		return nil
	}
	f.known = slices.Insert(f.known, at+1, known{unit: unit, count: next.count, at: next.at, end: next.end, shift: k.shift})
	if f.current > at {
		f.current = -1
	}
	return nil
}

// when is the time at which packet i begins.
func (f *fragments) when(i int64) time.Duration {
	return time.Duration(float64(i*f.sound.frameSize) / float64(f.sound.format.SampleRate) * float64(time.Second))
}

// indexed is where an index says that packet i is found.
func (f *fragments) indexed(i int64) (at reference, ok bool) {
	n := sort.Search(len(f.index), func(k int) bool { return f.index[k].unit > i-indexMargin })
	if n == 0 {
		return reference{}, false
	}
	return f.index[n-1], true
}

// load makes the known fragment with this index the loaded one.
func (f *fragments) load(at int) error {
	if f.current == at {
		return nil
	}
	k := f.known[at]
	body, err := f.r.Bytes(k.at, int(k.end-k.at))
	if err != nil {
		return err
	}
	f.keep(at, parseFragment(content(bytes.Clone(body)), k.at, k.end, f.defaults))
	return nil
}

func (f *fragments) keep(at int, loaded fragment) {
	f.current, f.loaded, f.last = at, loaded, -1
}

// content is a box, which is known to be whole, without its header.
func content(b []byte) boxes {
	if binary.BigEndian.Uint32(b) == 1 {
		return b[16:]
	}
	return b[8:]
}

// inLoaded is the place of packet i of the loaded fragment. The fragment may
// have become another one since its place was found: then there is none.
func (f *fragments) inLoaded(i int64) (offset, size int64) {
	n := sort.Search(len(f.loaded.runs), func(k int) bool { return f.loaded.runs[k].first > i }) - 1
	if n < 0 || i >= f.loaded.runs[n].first+f.loaded.runs[n].count {
		return 0, 0
	}
	run := &f.loaded.runs[n]
	from, offset := run.first, run.offset
	if f.last >= run.first && f.last <= i {
		from, offset = f.last, f.lastOffset
	}
	if run.sizeAt < 0 {
		offset += (i - from) * run.size
	} else {
		for ; from < i; from++ {
			offset += run.sizeOf(from - run.first)
		}
	}
	f.last, f.lastOffset = i, offset
	return offset, run.sizeOf(i - run.first)
}
