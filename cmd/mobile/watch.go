package mobile

import (
	"context"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/control"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
)

// music is what a Ninth tells of the player, but for the position.
type music struct {
	state    player.State
	entry    player.Entry
	item     string
	duration int64
	speed    float64
	queue    uint64
	trouble  string
}

func musicOf(snap player.Snapshot) music {
	return music{
		state: snap.State, entry: snap.Entry, item: snap.Item.Key, duration: snap.Duration.Milliseconds(),
		speed: control.Speed(snap), queue: snap.Queue.Version, trouble: app.Explained(snap.Err).String() + app.Explained(snap.Trouble).String(),
	}
}

// coop is what a Ninth tells of the co-op.
type coop struct {
	signedIn, expired, offline bool
	trouble                    string
}

func coopOf(st app.Status) coop {
	return coop{signedIn: st.SignedIn, expired: st.Expired, offline: st.Offline(), trouble: app.Explained(st.Err).String()}
}

// watch calls the listener after each change until the context ends. The three
// channels join what happens during a call into one more each.
func watch(ctx context.Context, s *app.Session, l Listener) {
	snaps, statuses, changes := s.Follow(ctx), s.FollowStatus(ctx), s.Library().Watch(ctx)
	var heard music
	var belief control.Belief
	var known coop
	for {
		var changed bool
		select {
		case snap, ok := <-snaps:
			if !ok {
				return
			}
			now := musicOf(snap)
			changed = belief.Correct(snap) || now != heard
			heard = now
		case st, ok := <-statuses:
			if !ok {
				return
			}
			now := coopOf(st)
			changed, known = now != known, now
		case c, ok := <-changes:
			if !ok {
				return
			}
			changed = c&(library.Catalogue|library.Ownership|library.Files) != 0
		}
		if changed {
			l.OnChange()
		}
	}
}
