package ui

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/credits"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
)

// start shows the session as it stands, at a first place.
func (s *shell) start(first place) {
	s.m.snap, s.m.status = s.session.Now(), s.session.Status()
	s.m.peaks = s.session.Peaks(s.m.snap.Entry.Key)
	if s.arranged == nil { // a window whose size the system has not said yet
		s.arrange(s.win.Canvas().Size())
	}
	s.reload(everything)
	s.visit(first)
	s.toast(translated(s.m.status.TokenWarning, nil), false, nil)
	s.tellFailed(0, s.m.status.Failed)
}

// follow keeps up with the session until the shell's context ends.
func (s *shell) follow() {
	go follow(s.ctx, s.session.Follow(s.ctx), s.heard)
	go follow(s.ctx, s.session.FollowStatus(s.ctx), s.reached)
	go follow(s.ctx, s.lib.Watch(s.ctx), s.changed)
	go follow(s.ctx, s.session.Notices(s.ctx), s.noticed)
	go follow(s.ctx, s.session.FollowLocalScan(s.ctx), s.scanned)
}

// follow hands each value to show, on Fyne's goroutine, and waits until it was
// shown: what comes meanwhile is left to the sender, which keeps the newest.
func follow[T any](ctx context.Context, values <-chan T, show func(T)) {
	for {
		select {
		case <-ctx.Done():
			return
		case v, ok := <-values:
			if !ok {
				return
			}
			fyne.DoAndWait(func() {
				if ctx.Err() == nil {
					show(v)
				}
			})
		}
	}
}

// everything is all parts of the library.
const everything = ^library.Change(0)

// heard takes over what the player says.
func (s *shell) heard(snap player.Snapshot) {
	old := s.m.snap
	s.m.snap = snap
	entry := snap.Entry != old.Entry
	if entry || snap.Queue.Version != old.Queue.Version {
		s.readQueue()
	}
	if len(s.m.peaks) == 0 || entry {
		s.m.peaks = s.session.Peaks(snap.Entry.Key)
	}
	s.arranged.show()
	if entry || snap.State != old.State {
		s.screen.sounded()
		s.arranged.showQueue()
	}
}

// reached takes over how the co-op is reached.
func (s *shell) reached(status app.Status) {
	old := s.m.status
	s.m.status = status
	s.arranged.show()
	s.tellFailed(old.Failed, status.Failed)
	full := diskFull(status)
	if full && !diskFull(old) {
		s.offer(lang.L("The disk is full: nothing more is fetched until there is room."), true,
			lang.L("Show"), func() { s.visit(place{kind: atStorage}) })
	}
	if old.Online != status.Online || old.SignedIn != status.SignedIn || old.Expired != status.Expired || full != diskFull(old) {
		s.screen.sounded()
		s.arranged.showQueue()
	}
}

// changed takes over a change in the library.
func (s *shell) changed(c library.Change) {
	s.reload(c)
	if c&(library.Files|library.Catalogue) != 0 {
		s.pictures.Retry()
	}
	if c&s.screen.watches() != 0 {
		s.screen.load()
	}
}

// reload reads what the model holds of the library.
func (s *shell) reload(c library.Change) {
	type news struct {
		account       library.Account
		spent, budget credits.Milli
	}
	if c&(library.Ownership|library.History|library.Outbox) != 0 {
		read(s, func() (n news, err error) {
			if n.account, err = s.lib.Account(); err != nil {
				return n, err
			}
			if n.spent, err = s.lib.SpentThisMonth(); err != nil {
				return n, err
			}
			n.budget, err = budgetOf(s.lib)
			return n, err
		}, func(n news) {
			s.m.account, s.m.spent, s.m.budget = n.account, n.spent, n.budget
			s.show()
			s.guardBudget()
		})
	}
	s.readQueue()
}

// budgetOf reads the month's budget.
func budgetOf(lib *library.Library) (credits.Milli, error) {
	text, err := lib.Setting(settingBudget)
	if err != nil || text == "" {
		return 0, err
	}
	n, parseErr := strconv.ParseInt(text, 10, 64)
	if parseErr != nil {
		n = 0 // an unreadable budget is no budget; the settings show it empty
	}
	return credits.Milli(max(n, 0)), nil
}

// readQueue reads the queue, whose tracks have prices that change.
func (s *shell) readQueue() {
	read(s, s.session.Queue, func(q app.QueueView) {
		s.m.queue, s.m.track = q, library.Track{}
		if q.Current >= 0 && q.Current < len(q.Rows) {
			s.m.track = q.Rows[q.Current].Track
		}
		if s.arranged != nil {
			s.arranged.showQueue()
			s.arranged.show()
		}
		s.guardBudget()
	})
}

// show shows the model, once there is an arrangement to show it in.
func (s *shell) show() {
	if s.arranged != nil {
		s.arranged.show()
	}
}
