package sync

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/credits"
	"github.com/ninth-coop/ninth/library"
)

// ledgerView is what the co-op said last about credits and plays. It spares
// asking before each of many plays in a row; it is never older than viewAge
// when it is used, and never used to settle anything.
type ledgerView struct {
	at      time.Time
	credits credits.Milli
	plays   map[string]int
}

const (
	viewAge  = 5 * time.Second
	askAhead = 50 // tracks asked about at once: one request
)

// sendMoney sends a play or a purchase once, or settles one that was sent.
func (s *Syncer) sendMoney(ctx context.Context, in library.Intent) error {
	if in.State == library.IntentSending {
		return s.settle(ctx, in)
	}
	before, err := s.look(ctx, in.TrackID)
	if err != nil {
		return err
	}
	if err := s.lookFurther(ctx, in, &before); err != nil {
		return err
	}
	if ended, err := s.unsent(in, before); ended || err != nil {
		return err
	}
	if err := s.lib.MarkSending(in.ID, before); err != nil {
		return err
	}
	in.State, in.Before, in.Sent = library.IntentSending, before, s.cfg.Now()
	result, err := s.request(ctx, in)
	if err != nil {
		s.view = ledgerView{}
		return s.sent(ctx, in, err)
	}
	return s.confirm(in, result)
}

// unsent ends what must not be sent: a purchase that is not wanted any more,
// and the play of a track that was bought from a server which does not know
// it, and would charge for it.
func (s *Syncer) unsent(in library.Intent, before library.Before) (ended bool, err error) {
	if in.Kind == library.IntentPlay {
		owns, err := s.lib.Owns(in.TrackID)
		if err != nil || !owns || before.Plays >= credits.PlaysToOwn {
			return false, err
		}
		return true, s.lib.ConfirmPlay(in.ID, before.Plays, 0, before.Credits)
	}
	end, reason := unwanted(in, before)
	switch {
	case !end:
		return false, nil
	case reason == "":
		return true, s.lib.ConfirmBuy(in.ID, 0, before.Credits)
	}
	return true, s.lib.Fail(in.ID, reason)
}

// unwanted tells a purchase that must not be sent: the track is owned by now,
// which is no failure and has no reason, or costs more than was agreed to.
func unwanted(in library.Intent, before library.Before) (end bool, reason string) {
	switch price := credits.Remaining(before.Plays); {
	case before.Plays >= credits.PlaysToOwn:
		return true, ""
	case price > in.Price:
		return true, ReasonPriceRose
	case before.Credits < price:
		return true, ReasonShort
	}
	return false, ""
}

func (s *Syncer) request(ctx context.Context, in library.Intent) (api.PlayResult, error) {
	if in.Kind == library.IntentBuy {
		return s.coop.Buy(ctx, in.TrackID, in.ID)
	}
	return s.coop.PlayAt(ctx, in.TrackID, in.ID, in.At)
}

// confirm stores an answer.
func (s *Syncer) confirm(in library.Intent, r api.PlayResult) error {
	cost, total, count := r.Cost, r.Total, r.Count
	if !r.Charged {
		cost = 0
	}
	if r.Own {
		total, count = in.Before.Credits, in.Before.Plays
	}
	s.view.credits = total
	if in.Kind == library.IntentBuy {
		// The answer says nine plays, and the reference server forgets them.
		delete(s.view.plays, in.TrackID)
		if r.Short {
			return s.lib.Fail(in.ID, ReasonShort)
		}
		return s.lib.ConfirmBuy(in.ID, cost, total)
	}
	if s.view.plays != nil {
		s.view.plays[in.TrackID] = count
	}
	return s.lib.ConfirmPlay(in.ID, count, cost, total)
}

// sent sorts the failures of a request about money.
func (s *Syncer) sent(ctx context.Context, in library.Intent, err error) error {
	switch {
	case errors.Is(err, api.ErrOutcomeUnknown) && answered(err):
		s.cfg.Logger.Info("settling a play or purchase", "error", err)
		return s.settle(ctx, in)
	case errors.Is(err, api.ErrOutcomeUnknown), ctx.Err() != nil:
		return err
	case errors.Is(err, api.ErrNoWallet):
		return s.failed(in, err, ReasonNoWallet)
	case permanent(err):
		return s.failed(in, err, ReasonRefused)
	}
	// Of all others the api package knows that nothing was taken.
	return errors.Join(err, s.lib.Retry(in.ID))
}

// look is what the co-op says of a track and the wallet, at most viewAge old.
func (s *Syncer) look(ctx context.Context, trackID string) (library.Before, error) {
	if _, ok := s.view.plays[trackID]; !ok || s.cfg.Now().Sub(s.view.at) > viewAge {
		ids, err := s.upcoming(trackID)
		if err != nil {
			return library.Before{}, err
		}
		if s.view, err = s.ask(ctx, ids...); err != nil {
			return library.Before{}, err
		}
	}
	return library.Before{Known: true, Plays: s.view.plays[trackID], Credits: s.view.credits}, nil
}

// lookFurther asks for the length of the history before a play that will cost
// nothing: its entry there will be the only trace of it. A co-op that knows
// keys needs no traces.
func (s *Syncer) lookFurther(ctx context.Context, in library.Intent, before *library.Before) error {
	if in.Kind != library.IntentPlay || s.coop.KnowsKeys() {
		return nil
	}
	tracks, err := s.lib.Tracks(in.TrackID)
	if err != nil {
		return err
	}
	free := len(tracks) == 1 && tracks[0].Status == library.Free
	if cost := credits.Cost(before.Plays); !free && cost > 0 && before.Credits >= cost {
		return nil
	}
	page, err := s.coop.History(ctx, api.ListOptions{Limit: 1})
	before.Listens, before.Listed = page.Total, err == nil
	return err
}

// listed tells whether a play that cost nothing stands in the history since.
func (s *Syncer) listed(ctx context.Context, in library.Intent) (bool, error) {
	if !in.Before.Listed {
		return false, nil
	}
	page, err := s.coop.History(ctx, api.ListOptions{Limit: batch})
	if err != nil {
		return false, err
	}
	since := min(max(page.Total-in.Before.Listens, 0), len(page.Items))
	return slices.ContainsFunc(page.Items[:since], func(t api.Track) bool { return t.ID == in.TrackID }), nil
}

// upcoming is a track and those that the next plays and purchases are about.
func (s *Syncer) upcoming(trackID string) ([]string, error) {
	all, err := s.lib.Outbox()
	if err != nil {
		return nil, err
	}
	ids := []string{trackID}
	seen := map[string]bool{trackID: true}
	for _, in := range all {
		if lane(in) == "money" && !seen[in.TrackID] && len(ids) < askAhead {
			seen[in.TrackID] = true
			ids = append(ids, in.TrackID)
		}
	}
	return ids, nil
}

// ask reads paid plays and credits from the co-op. The plays come first: a
// play elsewhere between the two questions then shows as credits that fell
// for another reason, and never as a play of ours.
func (s *Syncer) ask(ctx context.Context, trackIDs ...string) (ledgerView, error) {
	plays, err := s.coop.PlaysOf(ctx, trackIDs)
	if err != nil {
		return ledgerView{}, err
	}
	p, err := s.coop.Profile(ctx)
	if err != nil {
		return ledgerView{}, err
	}
	return ledgerView{at: s.cfg.Now(), credits: p.Credits, plays: plays}, nil
}

// sendAgain asks for the answer to a request that was sent before, which is
// sent again under its key: a co-op that knows keys acts on it if it has not
// yet, and only then.
func (s *Syncer) sendAgain(ctx context.Context, in library.Intent) error {
	if err := s.lib.MarkSending(in.ID, in.Before); err != nil {
		return err
	}
	result, err := s.request(ctx, in)
	if err != nil {
		if permanent(err) || errors.Is(err, api.ErrNoWallet) {
			return s.sent(ctx, in, err)
		}
		return err // whatever it was, the first request may have arrived
	}
	// The answer may be an old one, and others may have spent since.
	now, err := s.ask(ctx, in.TrackID)
	if err != nil {
		return err
	}
	result.Total, result.Count = now.credits, now.plays[in.TrackID]
	return s.confirm(in, result)
}

// settle finds out what became of a request whose answer was lost; see the
// package comment.
func (s *Syncer) settle(ctx context.Context, in library.Intent) error {
	s.view = ledgerView{}
	if s.coop.KnowsKeys() {
		return s.sendAgain(ctx, in)
	}
	now, err := s.ask(ctx, in.TrackID)
	if err != nil {
		return err
	}
	plays, fell := now.plays[in.TrackID], in.Before.Credits-now.credits
	if in.Kind == library.IntentPlay {
		if plays <= in.Before.Plays {
			heard, err := s.listed(ctx, in)
			switch {
			case err != nil:
				return err
			case heard:
				return s.lib.ConfirmPlay(in.ID, plays, 0, now.credits)
			}
			return s.lib.Retry(in.ID)
		}
		// The reference server counts the ninth play and forgets to charge it.
		cost := credits.Cost(in.Before.Plays)
		if fell < cost {
			cost = 0
		}
		return s.lib.ConfirmPlay(in.ID, plays, cost, now.credits)
	}
	price := credits.Remaining(in.Before.Plays)
	switch {
	case plays >= credits.PlaysToOwn && in.Before.Plays < credits.PlaysToOwn, fell == price && price > 0:
		return s.lib.ConfirmBuy(in.ID, min(price, max(fell, 0)), now.credits)
	case fell == 0 && plays == in.Before.Plays:
		return s.lib.Retry(in.ID)
	}
	return s.lib.Fail(in.ID, ReasonUnclear)
}
