package player

import (
	"time"

	"github.com/ninth-coop/ninth/player/output"
)

// checkDevice looks after the device.
func (e *engine) checkDevice() {
	if err := e.device.Err(); err != nil {
		e.lose(err)
	}
}

// lose replaces a lost device by the clock, so that the place is kept and
// everything but the sound goes on. A file that cannot be written has no such
// use: it ends the player.
func (e *engine) lose(err error) {
	if !e.outlet.paced {
		e.over, e.result = true, err
		return
	}
	e.Logger.Warn("player: the sound output is lost; playing against the clock", "err", err)
	if err := e.device.Close(); err != nil {
		e.Logger.Debug("player: closing the lost output", "err", err)
	}
	e.device = output.Null(e.Clock, e.outlet.rate, err)
	if e.started {
		e.startDevice()
	}
}

// tend wakes the device when there is something to hear, and lets it sleep
// when there has been nothing for a while.
func (e *engine) tend() {
	now := e.Clock.Now()
	busy := e.want == wantSound && e.current != nil
	switch {
	case busy && !e.holding:
		e.quiet = time.Time{}
		e.wakeDevice()
	case busy:
		e.quiet = time.Time{}
	case e.quiet.IsZero():
		e.quiet = now
	case e.started && !e.asleep && e.outlet.paced && now.Sub(e.quiet) >= idleAfter:
		e.asleep = true
		e.device.Pause()
	}
}

// wakeDevice starts the device only now that there is sound, so that it does
// not take silence first, which would have to be sat through.
func (e *engine) wakeDevice() {
	if !e.started {
		e.started = true
		e.startDevice()
		return
	}
	if e.asleep {
		e.asleep = false
		e.outlet.dropped(e.device.Flush()) // silence, since it fell asleep
		e.device.Resume()
	}
}

func (e *engine) startDevice() {
	e.asleep = false
	if err := e.device.Start(e.outlet.feed); err != nil {
		e.lose(err)
	}
}

// checkEnd ends the player when its purpose is fulfilled.
func (e *engine) checkEnd() {
	if e.outlet.status().ended && e.device.Held() == 0 {
		e.over = true
		return
	}
	if e.Limit == 0 && !e.EndWithQueue {
		return
	}
	switch {
	case e.failure != nil:
		e.over, e.result = true, e.failure
	case e.atEnd && e.current == nil:
		e.over = true
	}
}
