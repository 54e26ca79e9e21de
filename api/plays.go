package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/ninth-coop/ninth/credits"
)

// PlaysOf tells how many paid plays the listener has of each track, 0 to
// credits.PlaysToOwn. On reference servers a purchase does not show here.
func (c *Client) PlaysOf(ctx context.Context, trackIDs []string) (map[string]int, error) {
	out := make(map[string]int, len(trackIDs))
	for _, id := range trackIDs {
		out[id] = 0
	}
	err := resolve(ctx, c, "asking for plays", "/user/plays/resolve", trackIDs, func(w wirePlay) {
		if _, asked := out[w.TrackID]; asked {
			out[w.TrackID] = min(w.Count.int(), credits.PlaysToOwn)
		}
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Play reports one play and charges its price. It is sent once, with key as
// its Idempotency-Key: a server that knows keys answers a repetition with the
// first answer, one that does not charges again. So after [ErrOutcomeUnknown]
// ask PlaysOf before anything else.
func (c *Client) Play(ctx context.Context, trackID, key string) (PlayResult, error) {
	return c.charge(ctx, "reporting a play", "/user/plays", trackID, key, time.Time{})
}

// PlayAt is Play for a listen of some time ago, which the server then puts
// into the history where it belongs. A server that refuses the time, as
// reference servers do before they do anything else, is sent the play
// without it.
func (c *Client) PlayAt(ctx context.Context, trackID, key string, at time.Time) (PlayResult, error) {
	if c.undated.Load() {
		return c.Play(ctx, trackID, key)
	}
	r, err := c.charge(ctx, "reporting a play", "/user/plays", trackID, key, at)
	var status *StatusError
	// 422 is that the key was used for the same play without its time.
	if errors.As(err, &status) && (status.Code == http.StatusBadRequest || status.Code == http.StatusUnprocessableEntity) {
		refused := status.Code == http.StatusBadRequest
		r, err = c.Play(ctx, trackID, key)
		// Only then was it the time that the server did not like, and only if
		// the time itself was not out of bounds.
		if err == nil && refused && c.now().Sub(at) < 24*time.Hour {
			c.undated.Store(true)
		}
	}
	return r, err
}

// Buy buys what remains of a track at once. Everything said of Play holds;
// where a purchase does not show in PlaysOf, the credits of Profile tell.
func (c *Client) Buy(ctx context.Context, trackID, key string) (PlayResult, error) {
	return c.charge(ctx, "buying a track", "/user/plays/buy", trackID, key, time.Time{})
}

type wireListen struct {
	TrackID  string     `json:"trackId"`
	PlayedAt *time.Time `json:"playedAt,omitempty"`
}

// charge sends a play or a purchase; a zero time is now and is not sent.
func (c *Client) charge(ctx context.Context, op, path, trackID, key string, at time.Time) (PlayResult, error) {
	if _, err := segment(trackID); err != nil {
		return PlayResult{}, wrap(op, err)
	}
	body := wireListen{TrackID: trackID}
	if !at.IsZero() {
		at = at.UTC().Truncate(time.Second)
		body.PlayedAt = &at
	}
	in := call{
		op: op, method: http.MethodPost, path: path, auth: required, key: key,
		body: body,
	}
	var wire wirePlay
	if _, err := c.exchange(ctx, in, &wire); err != nil {
		if isOwn(err) {
			return PlayResult{TrackID: trackID, Own: true}, nil
		}
		return PlayResult{}, wrap(op, outcome(err))
	}
	return result(trackID, wire), nil
}

// result reads a charge's answer. Whether it was charged is not said: after a
// charge the cost is that of the play before Count, without one that of the
// next. A purchase that was charged ends at nine.
func result(trackID string, w wirePlay) PlayResult {
	r := PlayResult{
		TrackID: trackID, Count: min(w.Count.int(), credits.PlaysToOwn),
		Cost: credits.Milli(w.Cost), Total: credits.Milli(w.Total),
	}
	if r.Cost > 0 {
		r.Charged = r.Count == credits.PlaysToOwn || r.Count > 0 && r.Cost == credits.Cost(r.Count-1)
		r.Short = !r.Charged
	}
	return r
}

// isOwn recognises the answer for the listener's own track: success without
// data.
func isOwn(err error) bool {
	var empty *emptyError
	return errors.As(err, &empty) && empty.enveloped && strings.Contains(strings.ToLower(empty.message), "owned")
}

// outcome sorts the failure of a charge: those after which certainly nothing
// was taken stay what they are, all others are of unknown outcome.
func outcome(err error) error {
	var network *NetworkError
	if errors.As(err, &network) {
		if !network.Sent {
			return err
		}
		return fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
	}
	var status *StatusError
	if errors.As(err, &status) {
		return chargeStatus(status)
	}
	var limited *RateLimitError
	var unsent *unsentError
	if errors.As(err, &limited) || errors.As(err, &unsent) || errors.Is(err, ErrSignedOut) || errors.Is(err, ErrExpired) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
}

// chargeStatus sorts a failure status. A reference server stores the ninth
// play and then fails with a 404 of its own, so a 404 is trusted only in the
// forms known to come before anything is stored.
func chargeStatus(s *StatusError) error {
	message := strings.ToLower(s.Message)
	switch {
	case s.Code == 404 && strings.Contains(message, "wallet"):
		return fmt.Errorf("%w: %w", ErrNoWallet, s)
	case s.Code == 404 && (strings.Contains(message, "of null (reading 'creator')") || errors.Is(s, ErrNotFound)):
		return fmt.Errorf("%w: %w", ErrNotFound, s)
	case s.Code >= 400 && s.Code < 500 && s.Code != 404 && s.Code != 408:
		return s
	}
	return fmt.Errorf("%w: %w", ErrOutcomeUnknown, s)
}
