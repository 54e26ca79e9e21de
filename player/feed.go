package player

import "io"

// feed is the device's output.Feed.
func (o *outlet) feed(p []float32) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := o.take(p)
	for n == 0 && !o.paced && !o.ended {
		o.news.Wait()
		n = o.take(p)
	}
	if rest := p[2*n:]; o.paced && !o.ended && len(rest) > 0 {
		clear(rest)
		n += len(rest) / 2
		o.ledger.give(span{frames: int64(len(rest) / 2)})
	}
	o.levels.WriteSamples(p[:2*n])
	o.passEnds()
	signal(o.room)
	if o.ended && o.available() == 0 {
		signal(o.wake)
		return n, io.EOF
	}
	return n, nil
}

// available is how many frames may be read now. o.mu is held.
func (o *outlet) available() int64 {
	end := o.w
	if o.holding {
		end = o.barrier
	}
	n := end - o.r
	if o.paused && o.silent(o.r) {
		n = 0
	}
	if o.limit > 0 {
		n = min(n, o.limit-o.music)
	}
	return n
}

// silent reports whether a pause may begin in front of a frame: the fader is
// closed, or has not been opened yet. o.mu is held.
func (o *outlet) silent(frame int64) bool {
	return o.fader.Value() == 0 || o.fresh && frame >= o.barrier
}

// take moves frames from the ring to p and returns how many. o.mu is held.
func (o *outlet) take(p []float32) int {
	want := int64(len(p) / 2)
	n := min(want, o.available())
	starved := o.paced && n < want && o.r+n == o.w && !o.final && !o.holding && !o.paused
	if starved && n > 0 {
		// The ring runs dry in this very read: its last frames fade.
		o.fader.To(0, int(min(n, o.fade)))
	}
	for i := range n {
		if o.paused && o.silent(o.r+i) {
			n = i
			break
		}
		if o.fresh && o.r+i == o.barrier {
			o.open()
		}
		at := 2 * ((o.r + i) % o.size())
		gain := float32(o.fader.Next() * o.volume.Next())
		p[2*i], p[2*i+1] = gain*o.ring[at], gain*o.ring[at+1]
	}
	o.account(n)
	if starved {
		o.hold(o.resume, true)
		signal(o.wake)
	}
	if o.limit > 0 && o.music == o.limit {
		o.ended = true
	}
	return int(n)
}

// account notes that n frames of the ring have gone to the device. o.mu is held.
func (o *outlet) account(n int64) {
	o.music += n
	for n > 0 {
		for len(o.marks) > 0 && o.marks[0].at <= o.r {
			o.pass()
		}
		step := n
		if len(o.marks) > 0 {
			step = min(step, o.marks[0].at-o.r)
		}
		o.ledger.give(span{mark: o.now, frames: step})
		o.now.pos += float64(step) * o.now.speed
		o.r += step
		n -= step
	}
}
