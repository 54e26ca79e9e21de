package conform

import (
	"crypto/rand"
	"errors"
	"net/http"
	"sync"
	"testing"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/credits"
)

// suffix makes a key that no run has used before.
func suffix() string { return rand.Text() }

// balance is what the account has left.
func (s *suite) balance(t *testing.T, c *api.Client) credits.Milli {
	t.Helper()
	p, err := c.Profile(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p.Credits
}

// count is how many paid plays the account has of a track.
func (s *suite) count(t *testing.T, c *api.Client, id string) int {
	t.Helper()
	counts, err := c.PlaysOf(t.Context(), []string{id})
	if err != nil {
		t.Fatal(err)
	}
	return counts[id]
}

// ninePrices pays a track's nine prices, 2, 4, … 512, and owns it.
func (s *suite) ninePrices(t *testing.T) {
	one := s.paid(t, 0, credits.Remaining(0))
	s.used[one.ID] = true
	c := s.client(t, s.target.Listener)
	left := s.balance(t, c)
	for plays := range credits.PlaysToOwn {
		r, err := c.Play(t.Context(), one.ID, "conform-nine-"+suffix())
		if errors.Is(err, api.ErrOutcomeUnknown) && plays == credits.PlaysToOwn-1 && s.count(t, c, one.ID) == credits.PlaysToOwn {
			s.lacks("an answer to the ninth play: it fails, is counted, and is not charged")
			break
		}
		left -= credits.Cost(plays)
		want := api.PlayResult{TrackID: one.ID, Count: plays + 1, Cost: credits.Cost(plays), Total: left, Charged: true}
		if err != nil || r != want {
			t.Fatalf("play %d: %+v, %v; want %+v", plays+1, r, err, want)
		}
		if n := s.count(t, c, one.ID); n != plays+1 {
			t.Errorf("play %d is counted as %d", plays+1, n)
		}
	}
	left = s.balance(t, c)
	r, err := c.Play(t.Context(), one.ID, "conform-nine-"+suffix())
	if err != nil || r.Count != credits.PlaysToOwn || r.Cost != 0 || r.Total != left || r.Charged {
		t.Errorf("the tenth play: %+v, %v", r, err)
	}
	if !s.owned(t, c)[one.ID] {
		t.Error("nine plays do not own")
	}
	if got, err := c.Track(t.Context(), one.ID); err != nil || got.Plays < credits.PlaysToOwn {
		t.Errorf("the track tells of %d plays, %v", got.Plays, err)
	}
}

func (s *suite) freePlay(t *testing.T) {
	one := s.free(t)
	c := s.client(t, s.target.Listener)
	left, before := s.balance(t, c), s.count(t, c, one.ID)
	r, err := c.Play(t.Context(), one.ID, "conform-free-"+suffix())
	if err != nil || r.Cost != 0 || r.Charged || r.Total != left || s.balance(t, c) != left || s.count(t, c, one.ID) != before {
		t.Errorf("%+v, %v; count %d, was %d", r, err, s.count(t, c, one.ID), before)
	}
}

// noKeys is what a server without idempotency does.
const noKeys = "idempotency: what is sent twice is done, and charged, twice"

// idempotency sends one play several times, after one another and at once.
func (s *suite) idempotency(t *testing.T) {
	one := s.paid(t, 0, credits.Cost(0)+credits.Cost(1)+credits.Cost(2))
	s.used[one.ID] = true
	c := s.client(t, s.target.Listener)
	left, key := s.balance(t, c), "conform-same-"+suffix()
	first, err := c.Play(t.Context(), one.ID, key)
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.Play(t.Context(), one.ID, key)
	if err != nil {
		t.Fatal(err)
	}
	if again.Count == first.Count+1 && again.Cost == credits.Cost(1) {
		s.lacks(noKeys)
		if c.KnowsKeys() {
			t.Error("the server says that it keeps answers under their keys, and does not")
		}
		return
	}
	if again != first || s.balance(t, c) != left-first.Cost || s.count(t, c, one.ID) != 1 {
		t.Errorf("first %+v, again %+v; %d plays", first, again, s.count(t, c, one.ID))
	}
	body := `{"trackId":"` + nowhere + `"}`
	other := s.ask(t, http.MethodPost, root+"/user/plays", s.token(t, s.target.Listener), body, "Idempotency-Key", key)
	if other.status != http.StatusUnprocessableEntity {
		t.Errorf("the key with another track: %d %.200s", other.status, other.body)
	}

	key = "conform-at-once-" + suffix()
	results := make([]api.PlayResult, 8)
	var all sync.WaitGroup
	for i := range results {
		all.Go(func() {
			r, err := c.Play(t.Context(), one.ID, key)
			if err != nil {
				t.Error(err)
			}
			results[i] = r
		})
	}
	all.Wait()
	for _, r := range results {
		if r != results[0] {
			t.Errorf("one play at once: %+v and %+v", results[0], r)
		}
	}
	if n := s.count(t, c, one.ID); n != 2 {
		t.Errorf("two plays with two keys are counted as %d", n)
	}
}

func (s *suite) buy(t *testing.T) {
	one := s.paid(t, 0, credits.Remaining(0))
	s.used[one.ID] = true
	c := s.client(t, s.target.Listener)
	left := s.balance(t, c)
	r, err := c.Buy(t.Context(), one.ID, "conform-buy-"+suffix())
	want := api.PlayResult{TrackID: one.ID, Count: credits.PlaysToOwn, Cost: credits.Remaining(0), Total: left - credits.Remaining(0), Charged: true}
	if err != nil || r != want || s.balance(t, c) != want.Total {
		t.Fatalf("%+v, %v; want %+v", r, err, want)
	}
	if s.count(t, c, one.ID) != credits.PlaysToOwn {
		// A second purchase would be charged in full here: it is not tried.
		s.lacks("memory of purchases: a bought track is not owned")
		return
	}
	if !s.owned(t, c)[one.ID] {
		t.Error("a bought track is not in the collection")
	}
	r, err = c.Buy(t.Context(), one.ID, "conform-buy-"+suffix())
	if err != nil || r.Cost != 0 || r.Charged || r.Total != want.Total {
		t.Errorf("bought again: %+v, %v", r, err)
	}
	r, err = c.Play(t.Context(), one.ID, "conform-buy-"+suffix())
	if err != nil || r.Cost != 0 || r.Count != credits.PlaysToOwn {
		t.Errorf("played: %+v, %v", r, err)
	}
}

// poorPlay plays a track until the credits do not suffice, and then tries to
// buy it.
func (s *suite) poorPlay(t *testing.T) {
	c := s.client(t, s.account(t, s.target.Poor, "a listener with few credits"))
	left := s.balance(t, c)
	if left > 500 {
		s.skip(t, "this listener has "+left.String()+" credits, which is not few")
	}
	one := s.paid(t, 0, 0)
	before := s.count(t, c, one.ID)
	for plays := before; plays < credits.PlaysToOwn; plays++ {
		r, err := c.Play(t.Context(), one.ID, "conform-poor-"+suffix())
		if err != nil {
			t.Fatal(err)
		}
		if credits.Cost(plays) <= left {
			left -= credits.Cost(plays)
			if !r.Charged || r.Count != plays+1 || r.Total != left {
				t.Fatalf("with enough: %+v, %s left", r, left)
			}
			continue
		}
		if !r.Short || r.Charged || r.Count != plays || r.Cost != credits.Cost(plays) || r.Total != left || s.balance(t, c) != left || s.count(t, c, one.ID) != plays {
			t.Errorf("with too little: %+v, %s left", r, left)
		}
		break
	}
	plays := s.count(t, c, one.ID)
	r, err := c.Buy(t.Context(), one.ID, "conform-poor-"+suffix())
	if err != nil || !r.Short || r.Charged || r.Count != plays || r.Total != left || s.balance(t, c) != left {
		t.Errorf("bought with too little: %+v, %v", r, err)
	}
}

// ownPlay: artists hear themselves without a play.
func (s *suite) ownPlay(t *testing.T) {
	c := s.client(t, s.account(t, s.target.Artist, "an artist"))
	for _, r := range s.ownReleases(t) {
		for _, one := range r.Tracks {
			if one.Status == api.StatusHidden || r.Private {
				continue
			}
			got, err := c.Play(t.Context(), one.ID, "conform-own-"+suffix())
			if err != nil || !got.Own || got.Charged {
				t.Errorf("%+v, %v", got, err)
			}
			return
		}
	}
	s.skip(t, "the artist has released nothing")
}

func (s *suite) noWallet(t *testing.T) {
	c := s.client(t, s.account(t, s.target.Artist, "someone without a wallet"))
	own := map[string]bool{}
	for _, r := range s.ownReleases(t) {
		own[r.ID] = true
	}
	if s.balance(t, c) != 0 {
		s.skip(t, "the artist has credits")
	}
	for _, one := range s.tracksOf(t) {
		if own[one.ReleaseID] {
			continue
		}
		for name, do := range map[string]func() (api.PlayResult, error){
			"playing": func() (api.PlayResult, error) { return c.Play(t.Context(), one.ID, suffix()) },
			"buying":  func() (api.PlayResult, error) { return c.Buy(t.Context(), one.ID, suffix()) },
		} {
			if r, err := do(); !errors.Is(err, api.ErrNoWallet) {
				t.Errorf("%s without a wallet: %+v, %v", name, r, err)
			}
		}
		return
	}
	s.skip(t, "all tracks are the artist's own")
}

func (s *suite) unknownPlay(t *testing.T) {
	c := s.client(t, s.target.Listener)
	left := s.balance(t, c)
	if _, err := c.Play(t.Context(), nowhere, suffix()); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("a track that is not there: %v", err)
	}
	s.ask(t, http.MethodPost, root+"/user/plays", s.token(t, s.target.Listener), `{}`).failure(t, 400, "Bad Request")
	s.ask(t, http.MethodPost, root+"/user/plays", "", `{"trackId":"`+nowhere+`"}`).failure(t, 401, "Missing required access token")
	if s.balance(t, c) != left {
		t.Error("nothing was charged for")
	}
}
