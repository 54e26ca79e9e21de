package app

import (
	"fmt"
	"sync"
	"time"

	"github.com/ninth-coop/ninth/player"
)

// settingSleepFinishes is "on" if a sleep timer lets the track end.
const settingSleepFinishes = "sleep.finish"

// sleeper pauses the player when its time has come.
type sleeper struct {
	mu    sync.Mutex
	timer *time.Timer // nil while nothing is planned
	at    time.Time
}

// SleepIn pauses in d from now, instead of what was planned before; 0 or less
// only takes that back, SleepAfterTrack too. If SleepFinishes, the track that
// is then heard is played to its end. The plan ends with the session.
func (s *Session) SleepIn(d time.Duration) {
	s.player.StopAfter(false)
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
			s.fallAsleep()
		}
	})
	z.timer = own
}

func (s *Session) fallAsleep() {
	finish, err := s.SleepFinishes()
	if err != nil {
		s.log.Warn("app: falling asleep", "error", err)
	}
	if finish && s.player.Snapshot().State == player.Playing {
		s.player.StopAfter(true)
		return
	}
	s.player.Pause()
}

// SleepAt is when the player is going to pause; zero while no time is planned.
func (s *Session) SleepAt() time.Time {
	s.sleep.mu.Lock()
	defer s.sleep.mu.Unlock()
	return s.sleep.at
}

// SleepAfterTrack stops at the end of the current track, instead of what was
// planned before. Snapshot.StopAfter tells that it is planned.
func (s *Session) SleepAfterTrack() {
	s.SleepIn(0)
	s.player.StopAfter(true)
}

// SleepFinishes reports whether SleepIn lets the track end that is heard when
// its time has come.
func (s *Session) SleepFinishes() (bool, error) {
	text, err := s.library.Setting(settingSleepFinishes)
	if err != nil {
		return false, fmt.Errorf("app: reading how to fall asleep: %w", err)
	}
	return text == "on", nil
}

// SetSleepFinishes is kept.
func (s *Session) SetSleepFinishes(on bool) error {
	text := ""
	if on {
		text = "on"
	}
	if err := s.library.SetSetting(settingSleepFinishes, text); err != nil {
		return fmt.Errorf("app: keeping how to fall asleep: %w", err)
	}
	return nil
}
