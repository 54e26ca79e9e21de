package player

import (
	"slices"
	"time"
)

// setQueue takes a queue and finds the current entry's place in it.
func (e *engine) setQueue(q Queue) {
	before := e.queue
	e.queue = q
	if e.atEnd {
		_, more := q.Next(e.entry.ID)
		e.atEnd = !more
	}
	if got, ok := q.Get(e.entry.ID); e.entry.ID == 0 || ok && got == e.entry {
		return
	}
	e.removedCurrent(before)
}

// removedCurrent goes on with the entry that was to follow the current one,
// which is in the queue no more, or stops.
func (e *engine) removedCurrent(before Queue) {
	for _, next := range before.Upcoming(e.entry.ID) {
		if got, ok := e.queue.Get(next.ID); ok && got == next {
			e.change(next, false)
			return
		}
	}
	e.stop()
	e.entry, e.item = Entry{}, Item{}
}

// play is the command: go on, begin, or try again.
func (e *engine) play() {
	if e.failure == nil && e.current != nil {
		e.setWant(wantSound)
		return
	}
	entry, ok := e.queue.Get(e.entry.ID)
	if !ok || e.atEnd {
		entry, ok = e.queue.First()
	}
	if !ok {
		e.atEnd = true // of an empty queue
		return
	}
	begin := e.takeCue(entry)
	e.setWant(wantSound)
	e.load(entry, true)
	if begin > 0 {
		e.seekTo(begin)
	}
}

func (e *engine) pause() {
	if e.failure == nil && e.current != nil {
		e.setWant(wantSilence)
	}
}

func (e *engine) stop() {
	e.unload()
	e.failure = nil
	e.setWant(wantNothing)
}

// playEntry is the command.
func (e *engine) playEntry(id EntryID) {
	if entry, ok := e.queue.Get(id); ok {
		e.setWant(wantSound)
		e.load(entry, true)
	}
}

func (e *engine) next() {
	if entry, ok := e.queue.Next(e.entry.ID); ok {
		e.change(entry, true)
	} else if e.entry.ID != 0 {
		e.stop()
	}
}

func (e *engine) previous() {
	entry, ok := e.queue.Previous(e.entry.ID)
	switch {
	case e.current != nil && (!ok || e.position() > restartAfter):
		e.seekTo(0)
	case ok:
		e.change(entry, true)
	}
}

// change makes another entry current and leaves it paused or stopped if the
// player is so.
func (e *engine) change(entry Entry, chosen bool) {
	if e.want == wantNothing {
		e.entry, e.item, e.atEnd = entry, Item{}, false
		return
	}
	if e.failure != nil {
		e.setWant(wantSound)
	}
	e.load(entry, chosen)
}

// seekTo asks for a position; step goes there, so that only the last of many counts.
func (e *engine) seekTo(pos time.Duration) {
	if e.current == nil || e.failure != nil {
		return
	}
	pos = max(pos, 0)
	if info, _, _ := e.current.deck.state(); info.ready && info.length >= 0 {
		pos = min(pos, duration(info))
	}
	e.seek = &pos
}

// setVolume is the command.
func (e *engine) setVolume(v float64, muted bool) {
	e.volume, e.muted = max(0, min(v, 1)), muted
	e.outlet.setVolume(e.amplitude())
}

// setWant tells the outlet what the person wants.
func (e *engine) setWant(w want) {
	e.want = w
	e.outlet.setPaused(w != wantSound)
	e.stopAfter = e.stopAfter && w != wantNothing
}

// load makes an entry current, from its beginning, as a new listen.
func (e *engine) load(entry Entry, chosen bool) {
	e.endLine()
	var p *play
	if len(e.ahead) > 0 && e.ahead[0].listen.Entry == entry {
		p = e.shift()
	}
	e.unload()
	e.failure, e.item = nil, Item{}
	if p == nil {
		p = e.open(entry)
	}
	e.rewind(p)
	p.chosen = chosen
	e.put(p)
	e.startLine(p)
}

// shift takes the first play from those ahead.
func (e *engine) shift() *play {
	p := e.ahead[0]
	e.ahead = e.ahead[1:]
	return p
}

// rewind makes a play that was joined begin again. No line may read it.
func (e *engine) rewind(p *play) {
	if p.joined {
		p.epoch, p.joined = p.deck.seek(0), false
	}
}

// noteJoined takes note of how far the line has gone on.
func (e *engine) noteJoined() {
	if e.line == nil {
		return
	}
	taken := slices.Index(e.ahead, e.line.status().taken)
	for _, p := range e.ahead[:taken+1] {
		p.joined = true
	}
}

// open begins to open an entry, or takes it from those that were opened early.
func (e *engine) open(entry Entry) *play {
	if p := e.takeEarly(entry); p != nil {
		return p
	}
	return e.openAnew(entry)
}

func (e *engine) openAnew(entry Entry) *play {
	e.listens++
	e.decks.Add(1)
	return &play{
		listen: Listen{ID: e.listens, Entry: entry},
		deck:   newDeck(e.ctx, e.Config, e.wake, entry, e.queue.beside(entry.ID), e.decks.Done),
	}
}

// put makes p current. There must be no current play.
func (e *engine) put(p *play) {
	e.current, e.entry = p, p.listen.Entry
	e.sounded, e.atEnd, e.seek, e.broken = false, false, nil, Entry{}
	e.loop = looping{}
}

// cut drops all that is decoded; no line may write. soft fades in what comes.
func (e *engine) cut(soft bool) {
	e.flow++
	e.outlet.cut(soft)
	e.holding = true
}

// unload ends the current listen and drops all that is decoded.
func (e *engine) unload() {
	e.endLine()
	e.cut(false)
	e.endFading()
	e.conclude(e.current)
	for _, p := range e.ahead {
		p.deck.cancel()
	}
	e.current, e.ahead, e.seek = nil, nil, nil
}

// release ends the current listen and keeps what is decoded for the device.
func (e *engine) release() {
	e.endLine()
	e.endFading()
	e.conclude(e.current)
	e.current, e.seek = nil, nil
}

// endFading ends the listen that has been fading out.
func (e *engine) endFading() {
	e.conclude(e.fading)
	e.fading = nil
}

// conclude ends a listen that has become current, if there is one.
func (e *engine) conclude(p *play) {
	if p == nil {
		return
	}
	p.listen.Done = true
	if p.heard > 0 {
		e.tell(p)
	}
	p.deck.cancel()
}

// startLine begins to fill the outlet, with p first, which may be nil.
func (e *engine) startLine(p *play) {
	e.gen++
	e.outlet.admit(e.gen)
	e.line = &line{outlet: e.outlet, gen: e.gen, flow: e.flow, wake: e.wake, sound: e.sound, loop: e.loop, filters: &e.filters}
	e.line.begin(e.ctx, p)
}

func (e *engine) endLine() {
	if e.line != nil {
		e.line.stop()
		e.noteJoined()
		e.line = nil
	}
}

// beginSeek carries out the last seek that was asked for.
func (e *engine) beginSeek() {
	if e.seek == nil || e.current == nil {
		return
	}
	pos := *e.seek
	e.seek = nil
	e.endLine()
	e.cut(pos > 0)
	e.endFading()
	for _, p := range e.ahead {
		e.rewind(p)
	}
	e.current.listen.Ended = false
	e.current.epoch = e.current.deck.seek(pos)
	e.current.pos = pos.Seconds() * float64(e.outlet.rate)
	e.startLine(e.current)
}

// plan keeps the line supplied with what follows the current entry.
func (e *engine) plan() {
	if e.current == nil || e.failure != nil {
		return
	}
	e.noteJoined()
	before, last, ok := e.keepValid()
	if !ok || e.line == nil {
		return
	}
	next, follows := e.following(last.listen.Entry)
	waiting := e.line.status().waiting
	switch {
	case last != e.current && !last.joined:
		e.supply(last, before, waiting)
	case waiting && (!follows || next == e.broken || len(e.ahead) == maxAhead):
		e.line.finish()
	case follows && next != e.broken && (waiting || len(e.ahead) == 0 && e.nearEnd()):
		e.ahead = append(e.ahead, e.open(next))
	}
}

// keepValid takes back the plays ahead that do not follow any more, and
// returns the last one that does and the one before it. ok is false if it was
// too late for that.
func (e *engine) keepValid() (before, last *play, ok bool) {
	last = e.current
	for i, p := range e.ahead {
		if next, ok := e.following(last.listen.Entry); !ok || next != p.listen.Entry {
			return before, last, e.retract(i)
		}
		before, last = last, p
	}
	return before, last, true
}

// supply offers p, which follows before, to the line as soon as it can go on without a pause. A join
// is given up, for a paced device, when p keeps it waiting for too long.
func (e *engine) supply(p, before *play, waiting bool) {
	info, primed, _ := p.deck.state()
	low := e.outlet.paced && e.outlet.status().buffered < int64(lowRing.Seconds()*float64(e.outlet.rate))
	switch {
	case info.ready && primed:
		e.line.offer(p, int64(e.fadeInto(p, before).Seconds()*float64(e.outlet.rate)))
	case waiting && low:
		e.line.finish()
	}
}

// retract takes back the plays ahead from the i-th on. It is false, and does
// nothing, if the device has taken some of the i-th already.
func (e *engine) retract(i int) bool {
	if e.line != nil {
		e.line.offer(nil, 0)
		e.noteJoined()
	}
	if p := e.ahead[i]; p.joined {
		at, ok := e.outlet.uncut(p)
		if !ok {
			return false
		}
		e.endLine()
		if last := at.under; last != nil {
			// What it was faded into is heard alone to its end.
			last.epoch = last.deck.seek(e.time(int64(at.tail)))
		}
		e.startLine(at.under)
	}
	for _, p := range e.ahead[i:] {
		p.deck.cancel()
	}
	e.ahead = e.ahead[:i]
	return true
}

// nearEnd reports whether it is time to open what follows.
func (e *engine) nearEnd() bool {
	info, _, _ := e.current.deck.state()
	if !info.ready {
		return false
	}
	if _, complete := e.current.deck.fetched(); complete && e.prefetch > 0 {
		return true
	}
	total := duration(info)
	return total > 0 && total-e.position() < nextBefore
}

// report tells OnListen about a play that grows.
func (e *engine) report() {
	p := e.current
	if p == nil || p.heard == p.told || e.Clock.Now().Sub(p.reported) < listenEvery {
		return
	}
	e.tell(p)
}

func (e *engine) tell(p *play) {
	info, _, _ := p.deck.state()
	l := p.listen
	l.Item, l.Heard, l.Duration = info.item.bare(), e.time(int64(p.heard)), duration(info)
	l.Item.Preview, _ = p.deck.reservations(l.Item.Preview)
	l.Ended = l.Ended && l.Done // until then a seek may come
	p.reported, p.told = e.Clock.Now(), p.heard
	e.OnListen(l)
}
