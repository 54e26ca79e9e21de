package player

import (
	"cmp"

	"github.com/ninth-coop/ninth/player/output"
)

// checkDevice looks after the device. While it is lost nothing is heard, and the
// place stands still until it is back. A file that cannot be written does not
// come back: it ends the player.
func (e *engine) checkDevice() {
	before := e.lost
	e.lost = cmp.Or(e.dead, e.device.Err())
	switch {
	case e.lost != nil && !e.outlet.paced:
		e.over, e.result = true, e.lost
		return
	case e.lost != nil:
		e.takeBack()
	}
	if (before == nil) != (e.lost == nil) {
		e.Logger.Info("player: the sound output is lost, or back", "err", e.lost)
	}
	if c, ok := e.device.(output.Chooser); ok && c.HeadphonesLeft() {
		e.pause()
	}
}

// takeBack goes back to what was heard last: what a lost device held is heard
// no more.
func (e *engine) takeBack() {
	e.listenUp()
	n := e.device.Flush()
	e.outlet.dropped(n)
	if n > 0 && e.seek == nil {
		e.seekTo(e.position())
	}
}

// tend wakes the device when there is something to hear, and lets it sleep as
// soon as it holds nothing but silence: what is heard next would have to wait
// for that to be played. The silence is thrown away at once, while nobody waits.
//
// The ring is filled when the device has begun: to decode two seconds takes all
// cores for a while, and the first sound, and the sound server, would have to
// share them.
func (e *engine) tend() {
	switch {
	case e.want == wantSound && e.current != nil && !e.holding:
		e.wakeDevice()
	case e.started && !e.asleep && e.outlet.paced && e.outlet.onlySilence():
		e.asleep = true
		e.device.Pause()
		e.outlet.dropped(e.device.Flush())
	}
	if !e.holding {
		e.outlet.fill()
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
		e.device.Resume()
	}
}

func (e *engine) startDevice() {
	e.asleep = false
	if err := e.device.Start(e.outlet.feed); err != nil {
		e.dead = err
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
