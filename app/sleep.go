package app

import (
	"sync"
	"time"
)

// sleeper pauses the player when its time has come.
type sleeper struct {
	mu    sync.Mutex
	timer *time.Timer // nil while nothing is planned
	at    time.Time
}

// SleepIn pauses in d from now, instead of what was planned before; 0 or less
// only takes that back. It ends with the session.
func (s *Session) SleepIn(d time.Duration) {
	z := &s.sleep
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.timer != nil {
		z.timer.Stop()
	}
	z.timer, z.at = nil, time.Time{}
	if d <= 0 {
		return
	}
	z.at = s.now().Add(d)
	var own *time.Timer
	own = time.AfterFunc(d, func() {
		z.mu.Lock()
		due := z.timer == own // and not one that was set meanwhile
		if due {
			z.timer, z.at = nil, time.Time{}
		}
		z.mu.Unlock()
		if due {
			s.player.Pause()
		}
	})
	z.timer = own
}

// SleepAt is when the player is going to pause; zero while nothing is planned.
func (s *Session) SleepAt() time.Time {
	s.sleep.mu.Lock()
	defer s.sleep.mu.Unlock()
	return s.sleep.at
}
