package conform

import (
	"net/http"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/credits"
)

func (s *suite) profile(t *testing.T) {
	p, err := s.client(t, s.target.Listener).Profile(t.Context())
	if err != nil || p.ID == "" || p.Name == "" || p.Email != s.target.Listener.Email || p.Role == "" {
		t.Errorf("%+v, %v", p, err)
	}
	if sub := s.tokens[s.target.Listener].Subject; sub != p.ID {
		t.Errorf("the id_token says %q, the profile %q", sub, p.ID)
	}
	s.ask(t, http.MethodPut, root+"/user/profile", s.token(t, s.target.Listener), `{"nonsense":1}`).failure(t, 400, "")
}

func (s *suite) favourites(t *testing.T) {
	c := s.client(t, s.target.Listener)
	tracks := s.tracksOf(t)
	id, other := tracks[0].ID, tracks[len(tracks)-1].ID
	before, err := c.FavouritesOf(t.Context(), []string{id})
	if err != nil {
		t.Fatal(err)
	}
	listed := func() bool {
		for one, err := range c.AllFavourites(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if one.ID == id {
				return true
			}
		}
		return false
	}
	for _, on := range []bool{true, true, false, false, before[id]} {
		if err := c.SetFavourite(t.Context(), id, on); err != nil {
			t.Fatal(err)
		}
		now, err := c.FavouritesOf(t.Context(), []string{id, other})
		if err != nil || now[id] != on || listed() != on {
			t.Errorf("set to %v: resolved %v, listed %v, %v", on, now[id], listed(), err)
		}
	}
	// Without the question first, the route toggles.
	token := s.token(t, s.target.Listener)
	for range 2 {
		s.ask(t, http.MethodPost, root+"/user/favorites", token, `{"trackId":"`+id+`"}`).success(t)
	}
	if now, err := c.FavouritesOf(t.Context(), []string{id}); err != nil || now[id] != before[id] {
		t.Errorf("two toggles from %v: %v, %v", before[id], now[id], err)
	}
}

// collection: what nine plays own is in it.
func (s *suite) collection(t *testing.T) {
	c := s.client(t, s.target.Listener)
	var ids []string
	for _, one := range s.tracksOf(t) {
		ids = append(ids, one.ID)
	}
	counts, err := c.PlaysOf(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	owned := s.owned(t, c)
	for _, id := range ids {
		if (counts[id] == credits.PlaysToOwn) != owned[id] {
			t.Errorf("%s: %d plays, in the collection %v", id, counts[id], owned[id])
		}
	}
	s.get(t, root+"/user/plays/resolve", s.token(t, s.target.Listener)).failure(t, 400, "Bad Request")
}

func (s *suite) owned(t *testing.T, c *api.Client) map[string]bool {
	t.Helper()
	owned := map[string]bool{}
	for one, err := range c.AllCollection(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		owned[one.ID] = true
	}
	return owned
}

// harmless is a track that can be played without an effect on credits.
func (s *suite) harmless(t *testing.T, c *api.Client) string {
	t.Helper()
	for id := range s.owned(t, c) {
		return id
	}
	return s.free(t).ID
}

// playedAt: a play of yesterday is no play of now.
func (s *suite) playedAt(t *testing.T) {
	c := s.client(t, s.target.Listener)
	id := s.harmless(t, c)
	if _, err := c.PlayAt(t.Context(), id, "conform-now-"+suffix(), time.Now()); err != nil {
		t.Fatal(err)
	}
	before, err := c.History(t.Context(), api.ListOptions{Limit: 1})
	if err != nil || len(before.Items) == 0 {
		t.Fatalf("%+v, %v", before, err)
	}
	other := ""
	for one := range s.owned(t, c) {
		if one != id {
			other = one
		}
	}
	if other == "" {
		s.skip(t, "the listener owns fewer than two tracks")
	}
	if _, err := c.PlayAt(t.Context(), other, "conform-then-"+suffix(), time.Now().Add(-12*time.Hour)); err != nil {
		t.Fatal(err)
	}
	after, err := c.History(t.Context(), api.ListOptions{Limit: 1})
	if err != nil || after.Total != before.Total+1 || len(after.Items) == 0 {
		t.Fatalf("%+v, %v", after, err)
	}
	if after.Items[0].ID != id {
		s.lacks("the time of plays made offline: they stand in the history as plays of now")
	}
}

func (s *suite) history(t *testing.T) {
	c := s.client(t, s.target.Listener)
	p, err := c.History(t.Context(), api.ListOptions{Limit: 3})
	if err != nil || len(p.Items) > 3 || len(p.Items) == 0 && p.Total != 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	before := p.Total
	id := s.harmless(t, c)
	if _, err := c.Play(t.Context(), id, "conform-history-"+suffix()); err != nil {
		t.Fatal(err)
	}
	p, err = c.History(t.Context(), api.ListOptions{Limit: 3})
	if err != nil || p.Total != before+1 || len(p.Items) == 0 || p.Items[0].ID != id {
		t.Errorf("after a play: %d entries, want %d; first %+v, %v", p.Total, before+1, p.Items, err)
	}
}
