package ogg

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/ninth-coop/ninth/player/codec"
)

// link is one stream of a chain.
type link struct {
	Stream
	serial uint32
	data   int64 // byte offset behind the headers
	base   int64 // frame that the link begins with
	zero   int64 // granule position of that frame
	places []place
	told   bool  // some of the places come from an earlier decoder
	end    place // what is known of the last page: of no offset if nothing
}

// place is a page that was seen: a run of packets ends on it at granule.
type place struct{ granule, offset int64 }

// packets implements codec.Packets; what it calls a packet is a run.
type packets struct {
	pages pages
	begin Begin
	links []*link
	link  *link // the one that the pages stand in
	packs assembler

	position int64 // frame that Next begins with, if placed
	placed   bool
	fresh    bool     // the next run is the first of the link
	repeats  bool     // what comes was heard before: pages are there twice
	silence  int64    // frames to give before the run
	run      [][]byte // packets of the run that are not decoded yet
	lengths  []int    // frames of each
	early    int64    // frames of the run that are left out in front
	left     int64    // frames of the run to give behind those
	quiet    [silenceStep][2]float64
	damaged  [][2]float64 // silence that stands for packets
	hinted   bool         // that the last page will be wanted
}

const (
	// maxGap bounds in frames the silence that a jump of the granule position
	// can stand for. A longer jump is not believed.
	maxGap = 1 << 22
	// maxRepeat bounds in seconds how far back pages that are there twice may
	// begin. From farther back, it is another stream.
	maxRepeat = 10
	// silenceStep is how many frames of silence are given at a time.
	silenceStep = 4096
	// placesEvery is the spacing of remembered pages in bytes.
	placesEvery = 16 << 10
	// maxLinks bounds a chain.
	maxLinks = 4096
)

// enter reads the headers of the stream that begins with page first and makes
// it the link to play.
func (p *packets) enter(first page) error {
	if len(p.links) >= maxLinks {
		return fmt.Errorf("%w: too many streams", codec.ErrDamaged)
	}
	if len(p.links) > 0 && !p.placed {
		return io.EOF // nothing says where the link before it ended
	}
	p.packs = newAssembler(first.serial)
	var queue [][]byte
	add := func(pg page) {
		if r, ok := p.packs.add(pg); ok {
			queue = r.packets
		}
	}
	next := func() ([]byte, error) {
		for len(queue) == 0 {
			pg, err := p.pages.next()
			if err != nil {
				return nil, err
			}
			if pg.serial == first.serial {
				add(pg)
			}
		}
		packet := queue[0]
		queue = queue[1:]
		return packet, nil
	}
	p.pages.lenient = true
	defer func() { p.pages.lenient = false }()
	add(first)
	packet, err := next()
	if err != nil {
		return err
	}
	stream, err := p.begin(packet, next)
	if err != nil {
		return err
	}
	l := &link{Stream: stream, serial: first.serial, data: p.pages.offset, base: p.position}
	if n := len(p.links); n > 0 && p.links[n-1].Format.SampleRate != l.Format.SampleRate {
		return &codec.UnsupportedError{What: "a change of the sampling rate within an Ogg file"}
	}
	p.links = append(p.links, l)
	p.link, p.fresh, p.repeats = l, true, false
	return nil
}

func (p *packets) Next() ([][2]float64, error) {
	var out [][2]float64
	for len(out) == 0 {
		switch {
		case p.silence > 0:
			out = p.quiet[:min(p.silence, silenceStep)]
			p.silence -= int64(len(out))
		case len(p.run) > 0:
			out = p.decode()
		default:
			if err := p.prepare(); err != nil {
				return nil, err
			}
		}
	}
	p.position += int64(len(out))
	if !p.hinted && p.position > int64(p.link.Format.SampleRate) {
		p.hint()
	}
	return out, nil
}

// prepare makes what follows the one before the run to decode, and finds its
// place.
func (p *packets) prepare() error {
	r, err := p.nextRun()
	if err != nil {
		return err
	}
	p.remember(r)
	if r.gap {
		p.link.Decoder.Reset()
	}
	p.run, p.lengths = r.packets, p.link.Decoder.Lengths(p.lengths[:0], r.packets)
	p.early, p.left = 0, 0
	for _, n := range p.lengths {
		p.left += int64(n)
	}
	if p.fresh {
		p.start(r)
	} else {
		p.place(r)
	}
	p.skipEarly()
	return nil
}

// start places the first run of a link. Where its granule position is short of
// its frames, they are too many at the beginning, or, if there is no other
// run, at the end; where it is beyond, the stream was cut out of a longer one.
func (p *packets) start(r run) {
	first := r.granule - p.left // granule position of the first frame
	if first < 0 {
		surplus := min(-first, p.left)
		if p.left -= surplus; !r.last {
			p.early += surplus
		}
		first = 0
	}
	p.link.zero = first + p.link.Skip
	p.position = p.link.base - p.link.Skip
	p.fresh, p.placed = false, true
}

// place puts a later run to where its granule position says.
func (p *packets) place(r run) {
	n := p.left
	end := p.link.base + r.granule - p.link.zero
	if !p.placed {
		p.position, p.placed = end-n, true
		return
	}
	beyond := end - (p.position + n)
	p.repeats = beyond < 0 && (r.gap || p.repeats && -beyond <= maxRepeat*int64(p.link.Format.SampleRate))
	switch {
	case beyond > 0 && beyond <= maxGap:
		p.silence = beyond
	case p.repeats: // it was heard before, in part at least
		p.leaveOut(-beyond)
	case beyond < 0 && r.last: // the encoder filled up the last packet
		p.left -= min(-beyond, n)
	}
}

// leaveOut leaves out the next frames of the run, and returns how many.
func (p *packets) leaveOut(frames int64) int64 {
	frames = min(frames, p.left)
	p.early += frames
	p.left -= frames
	return frames
}

// skipEarly drops what comes before the first frame of the link.
func (p *packets) skipEarly() {
	quiet := max(min(p.silence, p.link.base-p.position), 0)
	p.silence -= quiet
	p.position += quiet
	if p.silence == 0 {
		p.position += p.leaveOut(max(p.link.base-p.position, 0))
	}
}

// nextRun returns the next run of packets with a granule position, entering
// the next link where one begins.
func (p *packets) nextRun() (run, error) {
	for {
		pg, err := p.pages.next()
		if err != nil {
			return run{}, err
		}
		if pg.first && pg.serial != p.link.serial {
			if err := p.follow(pg); err != nil {
				return run{}, err
			}
			continue
		}
		if pg.serial != p.link.serial {
			continue
		}
		if r, ok := p.packs.add(pg); ok && r.granule >= 0 {
			return r, nil
		}
	}
}

// follow goes on to the link that begins with page first, which may be one
// that was played before a seek.
func (p *packets) follow(first page) error {
	for _, l := range p.links {
		if l.serial == first.serial && l.data > first.offset {
			p.goTo(l, l.data)
			return nil
		}
	}
	return p.enter(first)
}

// goTo makes link l the one to play, from the page at offset on.
func (p *packets) goTo(l *link, offset int64) {
	p.link, p.pages.offset = l, offset
	p.packs = newAssembler(l.serial)
	l.Decoder.Reset()
	p.silence, p.run, p.early, p.left = 0, nil, 0, 0
	p.fresh, p.placed, p.repeats = offset == l.data, false, false
}

// decode returns what is to be given of the next packet of the run, valid until
// the next call.
func (p *packets) decode() [][2]float64 {
	frames, n := p.link.Decoder.Decode(p.run[0]), p.lengths[0]
	if len(frames) < n {
		p.damaged = append(p.damaged[:0], frames...)
		p.damaged = append(p.damaged, make([][2]float64, n-len(frames))...)
		frames = p.damaged
	}
	p.run, p.lengths = p.run[1:], p.lengths[1:]
	frames = frames[:n]
	early := min(p.early, int64(n))
	p.early -= early
	frames = frames[early:]
	frames = frames[:min(p.left, int64(len(frames)))]
	p.left -= int64(len(frames))
	return frames
}

// remember adds the page of r to the places, if none is near.
func (p *packets) remember(r run) {
	l := p.link
	l.remember(place{r.granule, r.offset})
}

func (l *link) remember(at place) {
	i, _ := slices.BinarySearchFunc(l.places, at.offset, func(at place, offset int64) int { return cmp.Compare(at.offset, offset) })
	before := i == 0 || at.offset-l.places[i-1].offset >= placesEvery && at.granule > l.places[i-1].granule
	after := i == len(l.places) || l.places[i].offset-at.offset >= placesEvery && at.granule < l.places[i].granule
	if before && after {
		l.places = slices.Insert(l.places, i, at)
	}
}

// tails are how much of the end of a file is searched for its last page: where
// most have one, and where all do.
var tails = [2]int64{32 << 10, 2 * maxPage}

// measure returns the length in frames of l, the last link, by the last page;
// -1 if that is of another stream.
func (p *packets) measure(l *link) (int64, error) {
	size := p.pages.r.Size()
	for _, tail := range tails {
		last, other, err := p.lastPage(l, max(size-tail, l.data))
		if err != nil || other {
			return -1, err
		}
		if last >= 0 && last >= l.zero {
			l.end = place{last, size}
			return last - l.zero, nil
		}
	}
	return -1, nil
}

// lastPage is the granule position of the last page from offset on, -1 if there
// is none; other tells that a page of another stream is there.
func (p *packets) lastPage(l *link, offset int64) (last int64, other bool, err error) {
	at := pages{r: p.pages.r, offset: offset}
	last = -1
	for {
		pg, err := at.next()
		switch {
		case err != nil:
			return last, false, ignoreEnd(err)
		case pg.serial != l.serial:
			return -1, true, nil
		case pg.granule >= 0:
			last = pg.granule
		}
	}
}

// farEnd is how many bytes must be missing for the last page to be fetched
// ahead of them.
const farEnd = 4 << 20

// hint asks for the last page while there is time: without it, a seek can only
// guess how many frames a byte is.
func (p *packets) hint() {
	p.hinted = true
	size := p.pages.r.Size()
	if size > 0 && !p.pages.r.Here(p.pages.offset, min(p.pages.offset+farEnd, size)) {
		p.pages.r.Ahead(size-tails[0], size)
	}
}
