package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/credits"
)

func TestPlayResults(t *testing.T) {
	for name, want := range map[string]PlayResult{
		"play_paid_01":      {Count: 1, Cost: 2, Total: 9998, Charged: true},
		"play_paid_08":      {Count: 8, Cost: 256, Total: 9490, Charged: true},
		"play_paid_10":      {Count: 9, Cost: 0, Total: 9490},
		"play_insufficient": {Count: 1, Cost: 4, Total: 1, Short: true},
		"play_own_artist":   {Own: true},
	} {
		t.Run(name, func(t *testing.T) {
			want.TrackID = trackA
			got, err := answering(t, loadSample(t, name)).Play(context.Background(), trackA, "k")
			if err != nil || got != want {
				t.Errorf("got %+v, %v; want %+v", got, err, want)
			}
		})
	}
}

func TestBuyResults(t *testing.T) {
	for name, want := range map[string]PlayResult{
		"buy_fresh":                  {Count: 9, Cost: 1022, Total: 8466, Charged: true},
		"buy_insufficient":           {Count: 1, Cost: 1020, Total: 1, Short: true},
		"buy_already_owned_by_plays": {Count: 9, Cost: 0, Total: 7444},
	} {
		t.Run(name, func(t *testing.T) {
			want.TrackID = trackA
			got, err := answering(t, loadSample(t, name)).Buy(context.Background(), trackA, "k")
			if err != nil || got != want {
				t.Errorf("got %+v, %v; want %+v", got, err, want)
			}
		})
	}
}

// TestEveryPriceIsRecognised: what was charged is told from what would have
// been, at each of the nine steps.
func TestEveryPriceIsRecognised(t *testing.T) {
	for plays := range credits.PlaysToOwn {
		charged := result("t", wirePlay{Count: number(plays + 1), Cost: amount(credits.Cost(plays))})
		if !charged.Charged || charged.Short {
			t.Errorf("play %d, charged: %+v", plays+1, charged)
		}
		short := result("t", wirePlay{Count: number(plays), Cost: amount(credits.Cost(plays))})
		if short.Charged || !short.Short {
			t.Errorf("play %d, short: %+v", plays+1, short)
		}
		bought := result("t", wirePlay{Count: credits.PlaysToOwn, Cost: amount(credits.Remaining(plays))})
		if !bought.Charged {
			t.Errorf("bought after %d: %+v", plays, bought)
		}
		poor := result("t", wirePlay{Count: number(plays), Cost: amount(credits.Remaining(plays))})
		if poor.Charged || !poor.Short {
			t.Errorf("not bought after %d: %+v", plays, poor)
		}
	}
}

func TestPlayFailures(t *testing.T) {
	for _, tt := range []struct {
		name    string
		handler http.Handler
		want    error
		unknown bool
	}{
		{"the ninth play of a reference server", loadSample(t, "play_paid_09"), ErrOutcomeUnknown, true},
		{"no wallet", loadSample(t, "play_nowallet_admin"), ErrNoWallet, false},
		{"unknown track", loadSample(t, "play_unknown"), ErrNotFound, false},
		{"not found", loadSample(t, "track_404"), ErrNotFound, false},
		{"expired", loadSample(t, "profile_badtoken"), ErrExpired, false},
		{"other 404", loadSample(t, "trackgroups_random"), ErrOutcomeUnknown, true},
		{"500", said(500, `{"data":null}`), ErrOutcomeUnknown, true},
		{"proxy's page", webPage(502), ErrOutcomeUnknown, true},
		{"a web page", webPage(200), ErrOutcomeUnknown, true},
		{"nothing readable", said(200, `{"data":[]}`), ErrOutcomeUnknown, true},
		{"no data", said(200, `{"data":null}`), ErrOutcomeUnknown, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := answering(t, tt.handler).Play(context.Background(), trackA, "k")
			wantIs(t, err, tt.want)
			if errors.Is(err, ErrOutcomeUnknown) != tt.unknown {
				t.Errorf("unknown outcome is %v for %v", !tt.unknown, err)
			}
			if retry, _ := Retryable(err); retry {
				t.Errorf("retryable: %v", err)
			}
		})
	}
	_, err := answering(t, loadSample(t, "rate_limited_429")).Play(context.Background(), trackA, "k")
	if retry, _ := Retryable(err); !retry || errors.Is(err, ErrOutcomeUnknown) {
		t.Errorf("a refused play was not sent: %v", err)
	}
}

// TestLostAnswer breaks the connection after the play has arrived: exactly one
// request, and an outcome that has to be asked for.
func TestLostAnswer(t *testing.T) {
	var plays atomic.Int32
	c := answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			said(200, `{"data":{"id":"x","credit":{"total":1}}}`)(w, r)
			return
		}
		plays.Add(1)
		if got := r.Header.Get("Idempotency-Key"); got != "the-key" {
			t.Errorf("Idempotency-Key: %q", got)
		}
		var body map[string]string
		if json.NewDecoder(r.Body).Decode(&body) != nil || body["trackId"] != trackA {
			t.Errorf("body %v", body)
		}
		panic(http.ErrAbortHandler)
	}))
	// A first request leaves a kept-alive connection, on which net/http would
	// repeat by itself what it may.
	if _, err := c.Profile(context.Background()); err != nil {
		t.Fatal(err)
	}
	_, err := c.Play(context.Background(), trackA, "the-key")
	wantIs(t, err, ErrOutcomeUnknown)
	if n := plays.Load(); n != 1 {
		t.Errorf("%d plays were sent", n)
	}
}

func TestPlayThatNeverLeft(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	_, err := clientOf(t, gone, secret).Play(context.Background(), trackA, "k")
	if retry, _ := Retryable(err); !retry || errors.Is(err, ErrOutcomeUnknown) {
		t.Errorf("got %v", err)
	}
}

// TestPlayWhoseTokenNeverCame: the sign-in was being renewed when the network
// failed, so the play has not left, whatever became of the renewal.
func TestPlayWhoseTokenNeverCame(t *testing.T) {
	c, err := New(Config{BaseURL: "http://127.0.0.1:1", Token: func(context.Context) (string, error) {
		return "", &NetworkError{Err: context.DeadlineExceeded, Sent: true}
	}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Play(t.Context(), trackA, "k")
	var network *NetworkError
	if errors.Is(err, ErrOutcomeUnknown) || !errors.As(err, &network) || network.Sent || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestResolveInBatches(t *testing.T) {
	var asked int
	c := answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ids := r.URL.Query()["ids"]
		asked += len(ids)
		if len(ids) > batch {
			t.Errorf("%d ids at once", len(ids))
		}
		said(200, `{"data":[{"trackId":"`+ids[0]+`","count":12},{"trackId":"never-asked","count":3}]}`)(w, r)
	}))
	ids := make([]string, 120)
	for i := range ids {
		ids[i] = trackA[:len(trackA)-3] + string(rune('a'+i/26%26)) + string(rune('a'+i%26)) + "0"
	}
	counts, err := c.PlaysOf(context.Background(), ids)
	if err != nil || len(counts) != 120 || asked != 120 {
		t.Fatalf("%d counts, %d asked, %v", len(counts), asked, err)
	}
	if counts[ids[0]] != credits.PlaysToOwn || counts[ids[1]] != 0 {
		t.Errorf("counts: %d, %d", counts[ids[0]], counts[ids[1]])
	}
}

func TestSetFavouriteTogglesAtMostOnce(t *testing.T) {
	for _, tt := range []struct{ was, want bool }{{false, true}, {true, false}, {true, true}, {false, false}} {
		state, toggles := tt.was, 0
		c := answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				toggles++
				state = !state
				body, _ := json.Marshal(map[string]any{"data": map[string]any{"trackId": trackA, "type": state}})
				said(200, string(body))(w, r)
				return
			}
			if state {
				said(200, `{"data":[{"trackId":"`+trackA+`"}]}`)(w, r)
			} else {
				said(200, `{"data":[]}`)(w, r)
			}
		}))
		err := c.SetFavourite(context.Background(), trackA, tt.want)
		wanted := 0
		if tt.was != tt.want {
			wanted = 1
		}
		if err != nil || state != tt.want || toggles != wanted {
			t.Errorf("from %v to %v: %v after %d toggles, %v", tt.was, tt.want, state, toggles, err)
		}
	}
}

// TestPlayAt: the time goes along where it is understood, and is left out,
// from then on, where it is not.
func TestPlayAt(t *testing.T) {
	strict := false
	var bodies []string
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body map[string]string
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		bodies = append(bodies, body["playedAt"])
		if strict && body["playedAt"] != "" {
			said(400, `{"status":400,"message":"Bad Request","errors":[{"message":"should NOT have additional properties"}],"data":null}`)(w, r)
			return
		}
		loadSample(t, "play_paid_01").ServeHTTP(w, r)
	})
	play := func(c *Client) {
		t.Helper()
		if r, err := c.PlayAt(context.Background(), trackA, "k", epoch.Add(-time.Hour)); err != nil || !r.Charged {
			t.Errorf("%+v, %v", r, err)
		}
	}
	const when = "2026-11-20T11:00:00Z"
	c := answering(t, handler)
	play(c)
	play(c)
	strict = true
	c = answering(t, handler)
	play(c)
	play(c)
	if want := []string{when, when, when, "", ""}; !slices.Equal(bodies, want) {
		t.Errorf("sent %q, want %q", bodies, want)
	}
}
