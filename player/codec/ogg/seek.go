package ogg

import (
	"cmp"
	"slices"
)

const (
	// near is how many bytes before the wanted page a search may end: reading
	// on is then cheaper than another probe.
	near = 64 << 10
	// retreat is how many frames a seek goes back further if the page that it
	// began with gave too little to stand in front of the wanted frame.
	retreat = 1 << 16
)

// SeekTo implements codec.Packets.
func (p *packets) SeekTo(frame int64) (int64, error) {
	l := p.links[0]
	for _, later := range p.links {
		if later.base <= frame {
			l = later
		}
	}
	for want := l.zero + frame - l.base - l.Preroll; ; want -= retreat {
		offset, err := p.before(l, want)
		if err != nil {
			return 0, err
		}
		p.goTo(l, offset)
		if err := p.advance(frame); err != nil {
			return 0, err
		}
		if p.position <= frame || offset == l.data {
			return p.position, nil
		}
	}
}

// advance decodes until what comes next holds frame or lies behind it.
func (p *packets) advance(frame int64) error {
	for {
		if err := p.prepare(); err != nil {
			return err
		}
		end := p.position + p.silence + p.left
		if end > frame {
			return nil
		}
		for len(p.run) > 0 {
			p.decode()
		}
		p.position, p.silence = end, 0
	}
}

// before returns the offset of a page of l on which a run ends at or before
// granule position want, or of the first page with sound. Without a size it
// is the nearest page that was seen.
func (p *packets) before(l *link, want int64) (int64, error) {
	if want <= l.zero-l.Skip {
		return l.data, nil
	}
	low, high, err := p.around(l, want)
	if err != nil {
		return 0, err
	}
	if high.offset == 0 {
		if err := p.findEnd(l, low); err != nil {
			return 0, err
		}
		high = place{-1, p.pages.r.Size()}
		if l.end.offset > 0 {
			high = l.end
		}
	}
	return p.bisect(l, low, high, want)
}

// bisect returns the offset of a page between low and high that ends at or
// before want, and is near it.
func (p *packets) bisect(l *link, low, high place, want int64) (int64, error) {
	mark, page := low, int64(0) // where a granule position is known, and the size of the page there
	if high.granule > want && high.granule-want < want-low.granule {
		mark = high
	}
	for tries := 1; high.offset-low.offset > near; tries++ {
		each := frameSize(l, low, high)
		if each > 0 && each*float64(want-low.granule) <= near {
			break
		}
		if p.pages.r.Linear() && !p.pages.r.Here(low.offset, high.offset) {
			return p.walk(l, low, want)
		}
		probe := low.offset + (high.offset-low.offset)/2
		if each > 0 && tries%4 != 0 {
			// A page that ends before want begins a page before it, and the one
			// that a probe finds begins some way behind it; music of another
			// density by an eighth is common.
			way := int64(each * float64(want-mark.granule))
			probe = mark.offset + way - min(2*page+max(way, -way)/8, near)
		}
		probe = min(max(probe, low.offset+1), high.offset-1)
		at, size, err := p.probe(l, probe, high.offset)
		if err != nil {
			return 0, err
		}
		if at.granule >= 0 {
			l.remember(at)
			mark, page = place{at.granule, at.offset + size}, size
		}
		if at.granule >= 0 && at.granule <= want {
			low = at
		} else {
			high = place{at.granule, probe}
		}
	}
	return low.offset, nil
}

// around returns the nearest pages that were seen before and behind granule
// position want; the latter of no offset if nothing is known. If there is no
// such page before it, what an earlier decoder has told is forgotten.
func (p *packets) around(l *link, want int64) (low, high place, err error) {
	i, found := slices.BinarySearchFunc(l.places, want, func(at place, want int64) int { return cmp.Compare(at.granule, want) })
	if found {
		i++
	}
	low, high = place{l.zero - l.Skip, l.data}, l.end
	if i < len(l.places) {
		high = l.places[i]
	}
	if i == 0 {
		return low, high, nil
	}
	if !l.told {
		return l.places[i-1], high, nil
	}
	at, _, err := p.probe(l, l.places[i-1].offset, l.places[i-1].offset+1)
	if err != nil || at == l.places[i-1] {
		return at, high, err
	}
	l.told, l.places, l.end = false, nil, place{}
	return low, place{}, nil
}

// worthEnd is how many bytes there must be to search for the last page to be
// worth a look.
const worthEnd = 1 << 20

// findEnd looks at the last page of l, whose granule position makes guesses
// good, if that can be had before what is in between.
func (p *packets) findEnd(l *link, low place) error {
	r := p.pages.r
	size := r.Size()
	end := size - tails[0]
	if l != p.links[len(p.links)-1] || size < low.offset+worthEnd || r.Linear() && !r.Here(end, size) {
		return nil
	}
	_, err := p.measure(l)
	return err
}

// walk goes from page to page as they come, to the last one on which a run
// ends at or before granule position want.
func (p *packets) walk(l *link, low place, want int64) (int64, error) {
	at := pages{r: p.pages.r, offset: low.offset}
	for {
		pg, err := at.next()
		switch {
		case err != nil:
			return low.offset, ignoreEnd(err)
		case pg.serial != l.serial && pg.first || pg.serial == l.serial && pg.granule > want:
			return low.offset, nil
		case pg.serial == l.serial && pg.granule >= 0:
			low = place{pg.granule, pg.offset}
			l.remember(low)
		}
	}
}

// frameSize is the average size of a frame between low and high in bytes, 0 if
// nothing tells.
func frameSize(l *link, low, high place) float64 {
	switch {
	case l.end.granule > l.zero:
		return float64(l.end.offset-l.data) / float64(l.end.granule-l.zero)
	case high.granule > low.granule:
		return float64(high.offset-low.offset) / float64(high.granule-low.granule)
	case low.granule > l.zero:
		return float64(low.offset-l.data) / float64(low.granule-l.zero)
	}
	return 0
}

// probe returns the first page of l on which a run ends, at or behind offset
// and before limit, and its size. Its granule position is -1 if there is none.
func (p *packets) probe(l *link, offset, limit int64) (at place, size int64, err error) {
	walk := pages{r: p.pages.r, offset: offset}
	for {
		pg, err := walk.next()
		other := pg.serial != l.serial
		switch {
		case err != nil:
			return place{granule: -1}, 0, ignoreEnd(err)
		case pg.offset >= limit || other && pg.first:
			return place{granule: -1}, 0, nil
		case !other && pg.granule >= 0:
			return place{pg.granule, pg.offset}, int64(pg.size), nil
		}
	}
}
