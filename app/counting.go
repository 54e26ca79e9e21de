package app

import (
	"time"

	"github.com/ninth-coop/ninth/player"
)

// playAfter is how much of a track must have been heard before it counts as a
// play. The tracks API leaves the counting to the client; every client of it
// counts past 45 seconds.
const playAfter = 45 * time.Second

// endSlack is how much less than its length a short track may have been heard
// and still count as heard whole. It covers the difference between a length
// announced in milliseconds and one counted in frames.
const endSlack = 250 * time.Millisecond

// counter decides which listens are plays. It is used by one goroutine.
type counter struct {
	counted map[uint64]struct{} // listens that have been counted and are not over
}

// observe takes what is known of a listen so far and reports whether it just
// became a play. A listen becomes one at most once: heard for more than 45 s,
// or to the end of a shorter track. Previews, and files of one's own, never do.
func (c *counter) observe(l player.Listen) bool {
	_, counted := c.counted[l.ID]
	if l.Done {
		delete(c.counted, l.ID)
	}
	if counted || l.Item.Preview {
		return false
	}
	if _, ok := trackOf(l.Entry.Key); !ok {
		return false
	}
	whole := l.Ended && l.Duration <= playAfter && l.Heard > 0 && l.Heard+endSlack >= l.Duration
	if l.Heard <= playAfter && !whole {
		return false
	}
	if !l.Done {
		if c.counted == nil {
			c.counted = make(map[uint64]struct{})
		}
		c.counted[l.ID] = struct{}{}
	}
	return true
}
