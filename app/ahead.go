package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/ninth-coop/ninth/player"
)

// Ahead says how much of the queue is fetched before it is heard, so that a
// network that goes away is not heard. What is fetched so goes into the rolling
// cache; it costs no credits before it is heard.
type Ahead struct {
	Tracks  int  // 0…MostAhead; with 0 the next one comes 30 s before the end of the current one
	Metered bool // also on a metered network, where it is none otherwise
}

// MostAhead is the most tracks that are fetched ahead, and DefaultAhead how
// many that are when nobody has chosen.
const (
	MostAhead    = player.MaxPrefetch
	DefaultAhead = 2
)

// The library's settings for what is fetched ahead.
const (
	aheadSetting        = "ahead.tracks"
	aheadMeteredSetting = "ahead.metered"
)

var errBadAhead = errors.New("not a number of tracks to fetch ahead")

// Ahead is the person's choice.
func (s *Session) Ahead() Ahead {
	a := Ahead{Tracks: DefaultAhead}
	text, err := s.library.Setting(aheadSetting)
	if n, bad := strconv.Atoi(text); bad == nil && 0 <= n && n <= MostAhead {
		a.Tracks = n
	}
	metered, meteredErr := s.library.Setting(aheadMeteredSetting)
	a.Metered = metered == "yes"
	if err := errors.Join(err, meteredErr); err != nil {
		s.log.Error("reading what is to be fetched ahead", "error", err)
	}
	return a
}

// SetAhead chooses, and follows the choice at once.
func (s *Session) SetAhead(a Ahead) error {
	if a.Tracks < 0 || a.Tracks > MostAhead {
		return fmt.Errorf("app: fetching ahead: %w: %d", errBadAhead, a.Tracks)
	}
	metered := ""
	if a.Metered {
		metered = "yes"
	}
	err := errors.Join(s.library.SetSetting(aheadSetting, strconv.Itoa(a.Tracks)),
		s.library.SetSetting(aheadMeteredSetting, metered))
	if err != nil {
		return fmt.Errorf("app: fetching ahead: %w", err)
	}
	s.reconsiderAhead()
	return nil
}

// reconsiderAhead has the choice and the network looked at again.
func (s *Session) reconsiderAhead() {
	select {
	case s.ahead <- struct{}{}:
	default: // it will be
	}
}

// serveAhead tells the player how much to fetch ahead: at first, when the
// choice or the network is another one, and, since not everywhere somebody
// tells of the network, with every entry.
func (s *Session) serveAhead(ctx context.Context) error {
	var entry player.EntryID
	s.reconsiderAhead()
	snaps := s.player.Subscribe(ctx)
	for {
		select {
		case snap, ok := <-snaps:
			if !ok {
				return nil
			}
			if snap.Entry.ID == entry {
				continue
			}
			entry = snap.Entry.ID
		case <-s.ahead:
		}
		s.player.SetPrefetch(s.aheadNow())
	}
}

// aheadNow is how many tracks to fetch ahead on the network as it is.
func (s *Session) aheadNow() int {
	a := s.Ahead()
	if a.Tracks > 0 && !a.Metered && s.Metered() {
		return 0
	}
	return a.Tracks
}
