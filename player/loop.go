package player

import "time"

// shortestLoop is how long a loop is at least: shorter ones are a tone.
const shortestLoop = 100 * time.Millisecond

// Loop is a stretch of a track that is played again and again. The zero Loop
// is none.
type Loop struct{ From, To time.Duration }

// looping is the loop and the listen that it belongs to.
type looping struct {
	Loop
	listen uint64
}

// of reports whether p is being looped.
func (l looping) of(p *play) bool { return l.listen != 0 && p != nil && p.listen.ID == l.listen }

// SetLoop plays the current entry from one position up to the other, again and
// again and without a gap, until ClearLoop, or until another entry is played.
// The player goes there if it is elsewhere. It does nothing if the two are not
// 100 ms apart, or while Stopped or Failed.
func (p *Player) SetLoop(l Loop) { p.post(func(e *engine) { e.setLoop(l) }) }

// ClearLoop goes on to the end.
func (p *Player) ClearLoop() { p.post((*engine).clearLoop) }

func (e *engine) setLoop(l Loop) {
	l.From = max(0, l.From)
	if e.current == nil || e.failure != nil || l.To-l.From < shortestLoop {
		return
	}
	if info, _, _ := e.current.deck.state(); info.ready && info.length >= 0 {
		l.To = min(l.To, duration(info))
		if l.To-l.From < shortestLoop {
			return
		}
	}
	e.loop = looping{l, e.current.listen.ID}
	if pos := e.position(); pos < l.From || pos >= l.To {
		e.seekTo(l.From)
		return
	}
	e.again()
}

func (e *engine) clearLoop() {
	if e.loop.listen != 0 {
		e.loop = looping{}
		e.again()
	}
}

// StopAfter makes the player stop when the current entry has been heard to its
// end, once; Play then begins the one after it. It is what a sleep timer ends
// with.
func (p *Player) StopAfter(on bool) { p.post(func(e *engine) { e.stopAfter = on }) }

// following is the entry that follows last by itself.
func (e *engine) following(last Entry) (Entry, bool) {
	if e.stopAfter && last.ID == e.entry.ID {
		return Entry{}, false
	}
	return e.queue.Following(last.ID)
}

// rest stops at the end of an entry and stands before the next one.
func (e *engine) rest() {
	e.stopAfter = false
	next, ok := e.queue.Following(e.entry.ID)
	e.stop()
	if ok {
		e.entry, e.item = next, Item{}
	} else {
		e.atEnd = true
	}
}
