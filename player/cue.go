package player

import "time"

// Cue makes an entry of the queue the current one and remembers where in it to
// begin, without opening it: Play begins there. It is how a queue that was
// stored is taken up again. It does nothing unless the player is Stopped.
func (p *Player) Cue(id EntryID, pos time.Duration) {
	p.post(func(e *engine) { e.cue(id, pos) })
}

// cued is where Play is to begin, in the entry that it is true of.
type cued struct {
	entry Entry
	pos   time.Duration
}

func (e *engine) cue(id EntryID, pos time.Duration) {
	entry, ok := e.queue.Get(id)
	if !ok || e.state() != Stopped {
		return
	}
	e.entry, e.atEnd = entry, false
	e.cued = cued{entry, max(pos, 0)}
}

// takeCue returns where to begin an entry, once.
func (e *engine) takeCue(entry Entry) time.Duration {
	c := e.cued
	e.cued = cued{}
	if c.entry != entry {
		return 0
	}
	return c.pos
}
