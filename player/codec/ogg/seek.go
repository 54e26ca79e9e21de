package ogg

const (
	// near is how many bytes before the wanted page a search may end: reading
	// on is then cheaper than another probe.
	near = 32 << 10
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
		end := p.position + p.silence + int64(len(p.ready))
		if end > frame {
			return nil
		}
		p.position, p.silence, p.ready = end, 0, nil
	}
}

// before returns the offset of a page of l on which a run ends at or before
// granule position want, or of the first page with sound. Without a size it
// is the nearest page that was seen.
func (p *packets) before(l *link, want int64) (int64, error) {
	low, high := place{l.zero - l.Skip, l.data}, l.end
	if want <= low.granule {
		return l.data, nil
	}
	for _, at := range l.places {
		if at.granule > want {
			high = at
			break
		}
		low = at
	}
	if high.offset == 0 {
		high = place{-1, p.pages.r.Size()}
	}
	for tries := 1; high.offset-low.offset > near; tries++ {
		probe := p.middle(l, low, high, want, tries%4 == 0)
		at, err := p.probe(l, probe, high.offset)
		if err != nil {
			return 0, err
		}
		if at.granule >= 0 && at.granule <= want {
			low = at
		} else {
			high = place{at.granule, probe}
		}
	}
	return low.offset, nil
}

// middle is where to look between low and high: at half way, or where want
// should be by the average size of a frame, from the nearer of the two.
func (p *packets) middle(l *link, low, high place, want int64, half bool) int64 {
	way := high.offset - low.offset
	each := 0.0 // bytes
	switch {
	case l.end.granule > l.zero:
		each = float64(l.end.offset-l.data) / float64(l.end.granule-l.zero)
	case high.granule > low.granule:
		each = float64(way) / float64(high.granule-low.granule)
	case low.granule > l.zero:
		each = float64(low.offset-l.data) / float64(low.granule-l.zero)
	}
	if half || each == 0 {
		return low.offset + way/2
	}
	guess := low.offset + int64(each*float64(want-low.granule))
	if high.granule > want && high.granule-want < want-low.granule {
		guess = high.offset - int64(each*float64(high.granule-want))
	}
	return min(max(guess-near/2, low.offset+1), high.offset-1)
}

// probe returns the first page of l on which a run ends, at or behind offset
// and before limit. Its granule position is -1 if there is none.
func (p *packets) probe(l *link, offset, limit int64) (place, error) {
	at := pages{r: p.pages.r, offset: offset}
	for {
		pg, err := at.next()
		other := pg.serial != l.serial
		switch {
		case err != nil:
			return place{granule: -1}, ignoreEnd(err)
		case pg.offset >= limit || other && pg.first:
			return place{granule: -1}, nil
		case !other && pg.granule >= 0:
			return place{pg.granule, pg.offset}, nil
		}
	}
}
