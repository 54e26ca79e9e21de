package sync

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/library"
)

// Reasons of failed intents, each a sentence for the person and the key of its
// translations.
const (
	ReasonRefused       = "The co-op refused this."
	ReasonNoWallet      = "You have no credits at this co-op yet. Top up, then try again."
	ReasonNoTrack       = "The co-op no longer has this track."
	ReasonPriceRose     = "The price rose before the purchase was sent, so nothing was bought."
	ReasonShort         = "Your credits did not cover the purchase, so nothing was bought."
	ReasonUnclear       = "It is not known whether this purchase went through. Compare your credits before buying again."
	ReasonListEdited    = "This playlist was added to elsewhere, so it was not removed."
	ReasonListRenamed   = "This playlist was renamed or described elsewhere too, and keeps that. Try again to put yours in its place."
	ReasonListCovered   = "This playlist got another cover elsewhere, and keeps that. Try again to put yours in its place."
	ReasonListForbidden = "The co-op does not let you change this playlist."
)

// Reasons are all of them, for translators.
func Reasons() []string {
	return []string{
		ReasonRefused, ReasonNoWallet, ReasonNoTrack, ReasonPriceRose, ReasonShort, ReasonUnclear,
		ReasonListEdited, ReasonListRenamed, ReasonListCovered, ReasonListForbidden,
	}
}

// SendOutbox sends what waits in the outbox and settles what was left
// unsettled, in the order of doing. It returns nil when nothing is left to
// send; else what stopped it. One intent that cannot be sent holds up only
// those that depend on it: money waits for money, an edit of a playlist for
// earlier edits of the same.
func (s *Syncer) SendOutbox(ctx context.Context) error {
	release, err := s.speak(ctx)
	if err != nil {
		return err
	}
	defer release()
	return wrap("sending the outbox", s.sendOutbox(ctx))
}

// sendOutbox is SendOutbox for a caller who holds the conversation.
func (s *Syncer) sendOutbox(ctx context.Context) error {
	waiting, _, err := s.lib.OutboxCount()
	if err != nil || waiting == 0 {
		return err
	}
	defer s.status.work()()
	if err := s.greet(ctx); err != nil {
		s.heard(err)
		return err
	}
	blocked := map[string]error{} // lane → what blocks it
	for {
		in, found, err := s.nextIntent(blocked)
		if err != nil {
			return err
		}
		if !found {
			return first(blocked)
		}
		err = s.send(ctx, in)
		s.heardOf(err)
		if err == nil {
			continue
		}
		if ctx.Err() != nil || stopsAll(err) {
			return err
		}
		blocked[lane(in)] = err
	}
}

// heardOf is heard, without what is about an intent and not the connection.
func (s *Syncer) heardOf(err error) {
	var later *laterError
	if !errors.As(err, &later) {
		s.heard(err)
	}
}

// nextIntent is the first intent in a lane that is not blocked. The outbox is
// read anew each time, because intents come, meet and are renamed while
// others are sent.
func (s *Syncer) nextIntent(blocked map[string]error) (library.Intent, bool, error) {
	all, err := s.lib.Outbox()
	if err != nil {
		return library.Intent{}, false, err
	}
	for _, in := range all {
		unnamed := library.IsLocal(in.PlaylistID) && in.Kind != library.IntentPlaylistCreate
		if in.State == library.IntentFailed || unnamed {
			continue
		}
		if _, ok := blocked[lane(in)]; !ok {
			return in, true, nil
		}
	}
	return library.Intent{}, false, nil
}

// lane names what an intent must be in order with.
func lane(in library.Intent) string {
	switch in.Kind {
	case library.IntentPlay, library.IntentBuy:
		return "money"
	case library.IntentFavourite:
		return "favourite " + in.TrackID
	}
	return "playlist " + in.PlaylistID
}

// first is the error that decides when the outbox is taken up again: one that
// may be over soon before any that has its time, and of those the soonest.
// Money comes before everything else.
func first(blocked map[string]error) (chosen error) {
	var soonest, later *laterError
	for _, name := range slices.Concat([]string{"money"}, slices.Sorted(maps.Keys(blocked))) {
		err := blocked[name]
		if err == nil {
			continue
		}
		if !errors.As(err, &later) {
			return err
		}
		if soonest == nil || later.after < soonest.after {
			soonest, chosen = later, err
		}
	}
	return chosen
}

// stopsAll tells failures that the next intent would meet as well.
func stopsAll(err error) bool {
	var network *api.NetworkError
	var limited *api.RateLimitError
	return needsSignIn(err) || errors.Is(err, api.ErrNotCoop) || errors.As(err, &limited) ||
		errors.As(err, &network) && !errors.Is(err, api.ErrOutcomeUnknown)
}

// send does what one intent asks for. It returns nil when the intent has
// ended, well or not, and an error when it is to be taken up again.
func (s *Syncer) send(ctx context.Context, in library.Intent) error {
	if left := s.onItsWay(in); left > 0 {
		return &laterError{"an answer is missing", left}
	}
	ctx = api.WithKey(ctx, in.ID)
	switch in.Kind {
	case library.IntentPlay, library.IntentBuy:
		return s.sendMoney(ctx, in)
	case library.IntentFavourite:
		return s.sendFavourite(ctx, in)
	case library.IntentPlaylistCreate:
		return s.sendCreate(ctx, in)
	case library.IntentPlaylistUpdate:
		return s.sendUpdate(ctx, in)
	case library.IntentPlaylistDelete:
		return s.sendDelete(ctx, in)
	case library.IntentPlaylistItems:
		return s.sendItems(ctx, in)
	case library.IntentPlaylistCover:
		return s.sendCover(ctx, in)
	}
	return s.lib.Fail(in.ID, ReasonRefused)
}

// onItsWay is how long the last request of an intent may still be on its way:
// until then the co-op cannot be asked what became of it, and a second one
// might arrive before the first.
func (s *Syncer) onItsWay(in library.Intent) time.Duration {
	left := SettleAfter - s.cfg.Now().Sub(in.Sent)
	if in.State != library.IntentSending || left > SettleAfter { // the clock was put back
		return 0
	}
	return left
}

// mark marks an intent as sending, and gives it as the person wishes it now:
// it may have been changed, or taken back (ok is false), since it was read.
// From here on another wish is another intent.
func (s *Syncer) mark(in library.Intent) (marked library.Intent, ok bool, err error) {
	err = s.lib.MarkSending(in.ID, library.Before{})
	if err == nil {
		marked, err = s.lib.Intent(in.ID)
	}
	if errors.Is(err, library.ErrNotFound) {
		return in, false, nil
	}
	return marked, err == nil, err
}

// sendFavourite brings the co-op to the wished state. The client asks before
// it toggles, so this may be repeated after any failure.
func (s *Syncer) sendFavourite(ctx context.Context, in library.Intent) error {
	in, ok, err := s.mark(in)
	if err != nil || !ok {
		return err
	}
	if err := s.coop.SetFavourite(ctx, in.TrackID, in.On); err != nil {
		return s.failed(in, err, ReasonRefused)
	}
	return s.lib.Confirm(in.ID)
}

// failed ends an intent that the co-op will never carry out, and returns the
// error of one that it may carry out later.
func (s *Syncer) failed(in library.Intent, err error, reason string) error {
	if !permanent(err) {
		if answered(err) && in.Kind != library.IntentPlaylistCreate {
			return errors.Join(err, s.lib.Retry(in.ID))
		}
		return err
	}
	if errors.Is(err, api.ErrNotFound) && in.TrackID != "" {
		reason = ReasonNoTrack
	}
	s.cfg.Logger.Warn("an intent failed", "kind", string(in.Kind), "error", err)
	return s.lib.Fail(in.ID, reason)
}

// permanent tells answers to one request that repeating it will not change.
// Of the reference server's 404s only those count that say what is not there:
// it answers its own failures with 404 as well.
func permanent(err error) bool {
	var status *api.StatusError
	if errors.Is(err, api.ErrNotFound) || errors.Is(err, api.ErrBadID) || errors.Is(err, api.ErrNoWallet) {
		return true
	}
	if retry, _ := api.Retryable(err); retry || errors.Is(err, api.ErrConflict) || !errors.As(err, &status) {
		return false
	}
	return status.Code >= 400 && status.Code < 500 && status.Code != 401 && status.Code != 404
}

// neverActed tells failures after which nothing has happened at the co-op.
func neverActed(err error) bool {
	var limited *api.RateLimitError
	var network *api.NetworkError
	return needsSignIn(err) || errors.As(err, &limited) || errors.As(err, &network) && !network.Sent
}

// answered tells failures after which the request is not on its way any more,
// whether the co-op has acted or not. A gateway's word is no answer: it may
// have given up waiting for one.
func answered(err error) bool {
	var status *api.StatusError
	if neverActed(err) || errors.Is(err, api.ErrConflict) {
		return true
	}
	return errors.As(err, &status) && status.Code <= 501 && status.Code != 408
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("sync: %s: %w", doing, err)
}
