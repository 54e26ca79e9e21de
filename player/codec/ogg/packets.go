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
	fresh    bool  // the next run is the first of the link
	repeats  bool  // what comes was heard before: pages are there twice
	silence  int64 // frames to give before ready
	ready    [][2]float64
	frames   [][2]float64 // what ready lies in
	quiet    [silenceStep][2]float64
	hinted   bool // that the last page will be wanted
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
	for p.silence == 0 && len(p.ready) == 0 {
		if err := p.prepare(); err != nil {
			return nil, err
		}
	}
	out := p.ready
	if p.silence > 0 {
		out = p.quiet[:min(p.silence, silenceStep)]
		p.silence -= int64(len(out))
	} else {
		p.ready = nil
	}
	p.position += int64(len(out))
	if !p.hinted && p.position > int64(p.link.Format.SampleRate) {
		p.hint()
	}
	return out, nil
}

// prepare decodes the next run to silence and ready.
func (p *packets) prepare() error {
	r, err := p.nextRun()
	if err != nil {
		return err
	}
	p.remember(r)
	p.ready = p.decode(r)
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
	first := r.granule - int64(len(p.ready)) // granule position of the first frame
	if first < 0 {
		surplus := min(-first, int64(len(p.ready)))
		if r.last {
			p.ready = p.ready[:int64(len(p.ready))-surplus]
		} else {
			p.ready = p.ready[surplus:]
		}
		first = 0
	}
	p.link.zero = first + p.link.Skip
	p.position = p.link.base - p.link.Skip
	p.fresh, p.placed = false, true
}

// place puts a later run to where its granule position says.
func (p *packets) place(r run) {
	n := int64(len(p.ready))
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
		p.ready = p.ready[min(-beyond, n):]
	case beyond < 0 && r.last: // the encoder filled up the last packet
		p.ready = p.ready[:n-min(-beyond, n)]
	}
}

// skipEarly drops what comes before the first frame of the link.
func (p *packets) skipEarly() {
	drop := func(n int64) int64 {
		n = max(min(n, p.link.base-p.position), 0)
		p.position += n
		return n
	}
	p.silence -= drop(p.silence)
	p.ready = p.ready[drop(int64(len(p.ready))):]
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
	p.silence, p.ready = 0, nil
	p.fresh, p.placed, p.repeats = offset == l.data, false, false
}

// decode returns the frames of a run, valid until the next call.
func (p *packets) decode(r run) [][2]float64 {
	if r.gap {
		p.link.Decoder.Reset()
	}
	p.frames = p.frames[:0]
	for _, packet := range r.packets {
		p.frames = append(p.frames, p.link.Decoder.Decode(packet)...)
	}
	return p.frames
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
