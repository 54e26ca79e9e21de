package player

import "slices"

// MaxPrefetch is the most that SetPrefetch takes.
const MaxPrefetch = 8

// SetPrefetch says how many of the entries that follow the current one are
// opened as soon as everything before them has been fetched, one after the
// other, so that they begin at once and a network that goes away is not heard;
// 1 to begin with, and at most MaxPrefetch. With 0 only the next one is opened,
// 30 s before the end of the current one: for a network on which bytes cost
// money. What is being fetched beyond the new number is given up.
func (p *Player) SetPrefetch(entries int) {
	p.post(func(e *engine) { e.prefetch = max(0, min(entries, MaxPrefetch)) })
}

// fetchAhead opens what is to be fetched beyond the next entry, which plan
// opens, and gives up what is not to be any more.
func (e *engine) fetchAhead() {
	wanted := e.toFetch()
	e.early = slices.DeleteFunc(e.early, func(p *play) bool {
		gone := !slices.Contains(wanted, p.listen.Entry)
		if gone {
			p.deck.cancel()
		}
		return gone
	})
	if len(wanted) < 2 || !e.current.deck.settled() {
		return
	}
	for i, entry := range wanted {
		is := func(p *play) bool { return p.listen.Entry == entry }
		have := slices.Concat(e.ahead, e.early)
		switch at := slices.IndexFunc(have, is); {
		case at >= 0 && !have[at].deck.settled():
			return // one at a time
		case at < 0 && i > 0:
			e.early = append(e.early, e.openAnew(entry))
			return
		case at < 0 && entry != e.broken:
			return
		}
	}
}

// toFetch are the entries that are to be fetched, in their order.
func (e *engine) toFetch() (wanted []Entry) {
	if e.current == nil || e.failure != nil {
		return nil
	}
	for last := e.entry; len(wanted) < e.prefetch; last = wanted[len(wanted)-1] {
		next, ok := e.following(last)
		if !ok || next == e.entry || slices.Contains(wanted, next) {
			break
		}
		wanted = append(wanted, next)
	}
	return wanted
}

// takeEarly returns the play of an entry that was opened early, if there is
// one and it is what would be opened now; else nil.
func (e *engine) takeEarly(entry Entry) *play {
	at := slices.IndexFunc(e.early, func(p *play) bool { return p.listen.Entry == entry })
	if at < 0 {
		return nil
	}
	p := e.early[at]
	e.early = slices.Delete(e.early, at, at+1)
	info, _, _ := p.deck.state()
	preview, _ := p.deck.reservations(info.item.Preview)
	stale := info.source != nil && info.item.Stale != nil && info.item.Stale()
	if info.err != nil || preview || stale {
		p.deck.cancel()
		return nil
	}
	return p
}

// fetching reports whether bytes come of anything that is open.
func (e *engine) fetching() bool {
	unsettled := func(p *play) bool { return !p.deck.settled() }
	return e.current != nil && unsettled(e.current) ||
		slices.ContainsFunc(e.ahead, unsettled) || slices.ContainsFunc(e.early, unsettled)
}

// settled reports whether no more bytes will come: all of the track is here, or
// it could not be opened.
func (d *deck) settled() bool {
	info, _, _ := d.state()
	_, complete := d.fetched()
	return complete || info.err != nil
}
