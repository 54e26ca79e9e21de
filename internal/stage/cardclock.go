package stage

import "time"

// cardClock tells when the sound card plays a frame.
//
// The null sink renders a block whenever the one before it has been played, and
// hands it to its monitor at once. So the first frame of a block reaches the
// reader when it is being played, or a little later: the sink's thread, the
// server's, the reader program and the pipe come in between, and on a busy
// machine take milliseconds. But the sink goes by the machine's own clock and
// leaves nothing out, so that frames follow each other at its rate for ever, and
// the block that came with the least delay tells when frame 0 was played: on an
// idle machine of two cores 0.1 ms late, and that does not move in a minute.
//
// A sink that is late itself plays what it should have played before, and takes
// what has come in the meantime: a frame would be dated by as much too early.
// That is why its thread is real-time where a grain is asked for.
//
// Only the last seconds are gone by: the sink counts its blocks in whole
// microseconds, and may stray by one for each.
type cardClock struct {
	rate    int
	since   time.Time    // when the second of origins began to be found
	origins [2]time.Time // of frame 0, by the second before and by this one
}

// originEvery is how long an origin is looked for before the next one is.
const originEvery = time.Second

// note takes down that a block arrived, before which there were that many frames.
func (c *cardClock) note(arrived time.Time, frames int) {
	origin := arrived.Add(-c.length(frames))
	if c.since.IsZero() || arrived.Sub(c.since) >= originEvery {
		c.since = arrived
		c.origins = [2]time.Time{c.origins[1], origin}
	}
	if origin.Before(c.origins[1]) {
		c.origins[1] = origin
	}
}

// at is when a frame is played.
func (c *cardClock) at(frame int) time.Time {
	origin := c.origins[1]
	if before := c.origins[0]; !before.IsZero() && before.Before(origin) {
		origin = before
	}
	return origin.Add(c.length(frame))
}

// length is how long so many frames last.
func (c *cardClock) length(frames int) time.Duration {
	return time.Duration(frames/c.rate)*time.Second + time.Duration(frames%c.rate)*time.Second/time.Duration(c.rate)
}
