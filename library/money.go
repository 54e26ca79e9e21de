package library

import (
	"errors"
	"fmt"
	"time"

	"github.com/ninth-coop/ninth/credits"
)

// Play records a listen that counts: it enters the history, and the outbox
// when the co-op has to hear of it, which is always unless the track is the
// person's own. The shown plays and credits change at once. When the credits
// do not cover the price the play is sent too, but nothing is taken off; the
// co-op decides. The returned intent has no ID when none was made.
func (l *Library) Play(trackID string, at time.Time, heard time.Duration) (in Intent, err error) {
	err = l.update("recording a play", func(tx *txn) error {
		t, err := tx.listed(trackID)
		if err != nil {
			return err
		}
		rec := intentRecord{Intent: Intent{Kind: IntentPlay, TrackID: trackID, At: at, Heard: heard}}
		if rec.Price, err = tx.priceOf(rec.Intent); err != nil {
			return err
		}
		entry := entryRecord{TrackID: trackID, Heard: int64(heard), Cost: int64(rec.Price), Sent: t.Own}
		if rec.Entry, err = tx.addEntry(at, entry); err != nil || t.Own {
			return err
		}
		if in, err = tx.enqueue(rec); err != nil {
			return err
		}
		rec.Intent = in
		return tx.spend(rec, rec.Price)
	})
	return in, err
}

// Buy records the wish to own a track now, at the price that the person has
// agreed to. ErrOwned when it is owned or being bought, ErrPrice when the
// price is another one by now, ErrCredits when the credits do not cover it.
func (l *Library) Buy(trackID string, price credits.Milli) (in Intent, err error) {
	err = l.update("recording a purchase", func(tx *txn) error {
		if _, err := tx.track(trackID); err != nil {
			return err
		}
		rec := intentRecord{Intent: Intent{Kind: IntentBuy, TrackID: trackID, Price: price}}
		if _, err := tx.priceOf(rec.Intent); err != nil {
			return err
		}
		if rec.Intent, err = tx.enqueue(rec); err != nil {
			return err
		}
		in = rec.Intent
		return tx.spend(rec, price)
	})
	return in, err
}

// priceOf is what a play costs now, nothing where the credits do not cover
// it, or what a purchase costs, which must be the price that was agreed to.
func (tx *txn) priceOf(in Intent) (credits.Milli, error) {
	t, err := tx.listed(in.TrackID)
	if err != nil {
		return 0, err
	}
	a, err := tx.account()
	if err != nil {
		return 0, err
	}
	price := t.Price()
	if in.Kind == IntentBuy {
		price = t.ToOwn()
	}
	covered := !a.Known || a.Credits >= price
	switch {
	case in.Kind != IntentBuy && !covered:
		return 0, nil
	case in.Kind != IntentBuy:
		return price, nil
	case t.Owned || t.Own:
		return 0, ErrOwned
	case price != in.Price:
		return 0, fmt.Errorf("%w: %s, not %s", ErrPrice, price, in.Price)
	case !covered:
		return 0, ErrCredits
	}
	return price, nil
}

// ConfirmPlay ends a play that the co-op has counted: count is its number of
// paid plays of the track by now, cost what this one really cost, total the
// credits that are left.
func (l *Library) ConfirmPlay(id string, count int, cost, total credits.Milli) error {
	return l.changeIntent("confirming a play", id, func(tx *txn, key []byte, in intentRecord) error {
		if in.Kind != IntentPlay {
			return fmt.Errorf("a %s is not a play", in.Kind)
		}
		return errors.Join(
			tx.confirmMoney(key, in, cost, total),
			tx.putPlays(in.TrackID, count),
			tx.changeEntry(in.Entry, func(e *entryRecord) { e.Cost, e.Sent = int64(cost), true }),
		)
	})
}

// ConfirmBuy ends a purchase that the co-op has made: cost is what it really
// cost, total the credits that are left.
func (l *Library) ConfirmBuy(id string, cost, total credits.Milli) error {
	return l.changeIntent("confirming a purchase", id, func(tx *txn, key []byte, in intentRecord) error {
		if in.Kind != IntentBuy {
			return fmt.Errorf("a %s is not a purchase", in.Kind)
		}
		return errors.Join(tx.confirmMoney(key, in, cost, total), tx.own(in.TrackID, 0))
	})
}

// unsettled are the tracks with a play or purchase that was sent and of which
// nobody knows yet whether it happened.
func (tx *txn) unsettled() (map[string]bool, error) {
	tracks := map[string]bool{}
	err := tx.intents(func(_ []byte, in intentRecord) (bool, error) {
		if in.money() && in.State == IntentSending {
			tracks[in.TrackID] = true
		}
		return true, nil
	})
	return tracks, err
}

// confirmMoney puts facts in the place of what was shown until now. A failed
// intent was not shown any more, and may still turn out to have happened.
func (tx *txn) confirmMoney(key []byte, in intentRecord, cost, total credits.Milli) error {
	shown := in.Price
	if in.State == IntentFailed {
		shown = 0
	}
	return errors.Join(tx.remove(key, in), tx.spend(in, cost-shown), tx.setCredits(total))
}
