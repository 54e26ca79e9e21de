package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/ninth-coop/ninth/api/server/ledger"
	"github.com/ninth-coop/ninth/api/server/store"
	"github.com/ninth-coop/ninth/credits"
)

// defaultOwn is how many rows the lists of the listener's own music give.
const defaultOwn = 10

// oldestPlay is how long a play may be held back before it is sent.
const oldestPlay = 90 * 24 * time.Hour

const (
	clockSkew = 5 * time.Minute // how far ahead a player's clock may be
	justNow   = time.Minute     // a play this young happened when it arrived: clocks agree no better
)

// ownTrack is the reference's odd answer to artists who play themselves: a
// success without data.
func ownTrack() reply { return reply{said: http.StatusOK, message: "Track owned by listener"} }

// playable finds the track that a body names. Tracks that the listener owns
// stay playable when they are withdrawn.
func (c *call) playable(id string) (store.Track, error) {
	id, err := trackID(id)
	if err != nil {
		return store.Track{}, err
	}
	t, err := c.read.Track(c.ctx(), id)
	if err == nil && !c.visible(t) {
		owned, err := c.owns(t.ID)
		if err != nil || !owned {
			return t, hidden(err, "No track found")
		}
	}
	return t, orNotFound(err, "No track found")
}

func (c *call) owns(trackID string) (bool, error) {
	n, err := c.read.Count(c.ctx(), c.user.ID, trackID)
	return n >= credits.PlaysToOwn, err
}

// play records one listen.
func (s *Server) play(c *call) (reply, error) {
	var in struct {
		TrackID  string     `json:"trackId"`
		PlayedAt *time.Time `json:"playedAt"`
	}
	if err := c.decode(&in, false); err != nil {
		return reply{}, err
	}
	at := c.now()
	if in.PlayedAt != nil {
		if in.PlayedAt.After(at.Add(clockSkew)) || in.PlayedAt.Before(at.Add(-oldestPlay)) {
			return reply{}, invalid("body", "playedAt", "range", "should be within the last 90 days")
		}
		if in.PlayedAt.Before(at.Add(-justNow)) {
			at = *in.PlayedAt
		}
	}
	t, err := c.playable(in.TrackID)
	if err != nil {
		return reply{}, err
	}
	if t.OwnerID == c.user.ID {
		return ownTrack(), nil
	}
	charge, err := c.tx.Play(c.ctx(), c.user.ID, t, at)
	if err != nil {
		return reply{}, err
	}
	return bare(map[string]any{"trackId": t.ID, "count": charge.Count, "cost": charge.Cost, "total": charge.Balance}), nil
}

// buy makes a track owned at once. Its total is written in credits, as text:
// so does the reference.
func (s *Server) buy(c *call) (reply, error) {
	var in struct {
		TrackID string `json:"trackId"`
	}
	if err := c.decode(&in, false); err != nil {
		return reply{}, err
	}
	t, err := c.playable(in.TrackID)
	if err != nil {
		return reply{}, err
	}
	if t.OwnerID == c.user.ID {
		return ownTrack(), nil
	}
	charge, err := c.tx.Buy(c.ctx(), c.user.ID, t)
	if err != nil {
		return reply{}, err
	}
	return bare(map[string]any{"count": charge.Count, "cost": charge.Cost, "total": ledger.Format(charge.Balance)}), nil
}

func (s *Server) resolvePlays(c *call) (reply, error) {
	q := c.query()
	ids := q.ids()
	if err := q.err(); err != nil {
		return reply{}, err
	}
	counts, err := c.read.Counts(c.ctx(), c.user.ID, ids)
	type count struct {
		TrackID string `json:"trackId"`
		Count   int    `json:"count"`
	}
	return bare(mapped(counts, func(n store.TrackCount) count { return count{n.TrackID, n.Count} })), err
}

func (s *Server) history(c *call) (reply, error) {
	return c.ownTracks(c.read.History)
}

func (s *Server) collection(c *call) (reply, error) {
	return c.ownTracks(c.read.Collection)
}

func (s *Server) favourites(c *call) (reply, error) {
	return c.ownTracks(c.read.Favourites)
}

// ownTracks answers with a page of one of the listener's lists.
func (c *call) ownTracks(list func(context.Context, string, store.Listing) ([]store.Track, int, error)) (reply, error) {
	q := c.query()
	l := c.listing(q, defaultOwn)
	if err := q.err(); err != nil {
		return reply{}, err
	}
	tracks, count, err := list(c.ctx(), c.user.ID, l)
	if err != nil {
		return reply{}, err
	}
	out, err := c.tracks(tracks)
	return paged(out, count, l, "pages", nil), err
}

func (s *Server) historyArtists(c *call) (reply, error) {
	q := c.query()
	l := c.listing(q, defaultOwn)
	if err := q.err(); err != nil {
		return reply{}, err
	}
	list, err := c.read.HistoryArtists(c.ctx(), c.user.ID, l)
	type artist struct {
		CreatorID   string `json:"creatorId"`
		DisplayName string `json:"displayName"`
		Count       int    `json:"count"`
	}
	return bare(mapped(list, func(a store.ArtistCount) artist { return artist{a.ArtistID, a.Name, a.Count} })), err
}

// statsDays is how far back statistics go when nobody says.
const statsDays = 7

func (s *Server) playStats(c *call) (reply, error) {
	q := c.query()
	today := c.now().UTC().Truncate(24 * time.Hour)
	from := q.date("from", today.AddDate(0, 0, 1-statsDays))
	to := q.date("to", today)
	if err := q.err(); err != nil {
		return reply{}, err
	}
	days, err := c.read.PlaysByDay(c.ctx(), c.user.ID, from, to.AddDate(0, 0, 1))
	type day struct {
		Date  string `json:"date"`
		Count int    `json:"count"`
	}
	return bare(mapped(days, func(d store.DayCount) day { return day{d.Date, d.Count} })), err
}

// date reads a day, or the fallback.
func (q *query) date(name string, fallback time.Time) time.Time {
	s := q.values.Get(name)
	if s == "" {
		return fallback
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		q.bad(name, "format", `should match format "date"`)
		return fallback
	}
	return t
}

// setFavourite stars a track. Without "type" it turns the star round, which is
// why players should send it.
func (s *Server) setFavourite(c *call) (reply, error) {
	var in struct {
		TrackID string `json:"trackId"`
		Type    *bool  `json:"type"`
	}
	if err := c.decode(&in, false); err != nil {
		return reply{}, err
	}
	t, err := c.playable(in.TrackID)
	if err != nil {
		return reply{}, err
	}
	f, err := c.tx.SetFavourite(c.ctx(), c.user.ID, t.ID, in.Type)
	return bare(map[string]any{"id": f.ID, "trackId": t.ID, "userId": c.user.ID, "type": f.Active}), err
}

func (s *Server) resolveFavourites(c *call) (reply, error) {
	q := c.query()
	ids := q.ids()
	if err := q.err(); err != nil {
		return reply{}, err
	}
	starred, err := c.read.AreFavourites(c.ctx(), c.user.ID, ids)
	type ref struct {
		TrackID string `json:"trackId"`
	}
	return bare(mapped(starred, func(id string) ref { return ref{id} })), err
}

// walletOf reads the wallet of someone who may have none.
func (c *call) walletOf(userID string) (store.Wallet, bool, error) {
	w, err := c.read.Wallet(c.ctx(), userID)
	if errors.Is(err, store.ErrNotFound) {
		return w, false, nil
	}
	return w, err == nil, err
}
