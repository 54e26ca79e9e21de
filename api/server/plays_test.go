package server_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api/server/demo"
)

// balance reads the credits in milli-credits.
func (c *coop) balance(token string) int {
	c.t.Helper()
	return int(at(c.t, c.get("/user/profile", token), "data", "credit", "total").(float64))
}

func (c *coop) counts(token string, ids ...string) map[string]int {
	c.t.Helper()
	out := map[string]int{}
	for _, v := range at(c.t, c.get("/user/plays/resolve?ids="+strings.Join(ids, ","), token), "data").([]any) {
		out[at(c.t, v, "trackId").(string)] = int(at(c.t, v, "count").(float64))
	}
	return out
}

func (c *coop) play(token, id string, header ...string) answer {
	c.t.Helper()
	return c.api("POST", "/user/plays", token, map[string]string{"trackId": id}, header...)
}

func TestSeedMatchesTheDesign(t *testing.T) {
	c := newCoop(t)
	mara := c.tokenOf(demo.Mara())
	if got := c.balance(mara); got != 12480 {
		t.Errorf("Mara has %d", got)
	}
	if got := c.balance(c.tokenOf(demo.Tom())); got != 10 {
		t.Errorf("Tom has %d", got)
	}
	var ids []string
	for _, r := range c.list.Releases {
		for _, tr := range r.Tracks {
			ids = append(ids, tr.ID)
		}
	}
	counts := c.counts(mara, ids...)
	have := map[int]bool{}
	for _, id := range ids {
		have[counts[id]] = true
	}
	for _, want := range []int{0, 4, 8, 9} {
		if !have[want] {
			t.Errorf("Mara has no track with %d plays: %v", want, counts)
		}
	}
	if got := at(t, c.get("/user/favorites", mara), "count"); got == 0.0 {
		t.Error("no favourites")
	}
	if got := at(t, c.get("/user/playlists", mara), "data", 0, "items").([]any); len(got) == 0 {
		t.Error("an empty playlist")
	}
}

func TestNinePlays(t *testing.T) {
	c := newCoop(t)
	token := c.tokenOf(demo.Mara())
	id := c.freshTrack(token)
	total := c.balance(token)
	for n := 1; n <= 11; n++ {
		cost := 0
		if n <= 9 {
			cost = 1 << n
		}
		total -= cost
		a := c.play(token, id)
		want := fmt.Sprintf(`{"data":{"cost":%d,"count":%d,"total":%d,"trackId":"%s"}}`, cost, min(n, 9), total, id)
		if a.StatusCode != 200 || string(a.body) != want {
			t.Fatalf("play %d: %d %s, want %s", n, a.StatusCode, a.body, want)
		}
	}
	if got := at(t, c.get("/user/collection", token), "data", 0, "id"); got != id {
		t.Errorf("the collection begins with %v", got)
	}
	if got := at(t, c.get("/user/plays/history", token), "data", 0, "id"); got != id {
		t.Errorf("the history begins with %v", got)
	}
	if got := at(t, c.get("/tracks/"+id, token), "data", "userPlays"); got != 11.0 {
		t.Errorf("userPlays %v", got)
	}
}

// freshTrack finds a paid public track that the listener has never played.
func (c *coop) freshTrack(token string) string {
	c.t.Helper()
	var ids []string
	for _, v := range at(c.t, c.get("/tracks?limit=100", ""), "data").([]any) {
		if at(c.t, v, "status") == "paid" {
			ids = append(ids, at(c.t, v, "id").(string))
		}
	}
	counts := c.counts(token, ids...)
	for _, id := range ids {
		if counts[id] == 0 {
			return id
		}
	}
	c.t.Fatal("every track has been played")
	return ""
}

func TestTooLittleCredit(t *testing.T) {
	c := newCoop(t)
	token := c.tokenOf(demo.Tom())
	id := c.trackID("Undertow")
	for range 2 {
		c.play(token, id)
	}
	a := c.play(token, id)
	if want := fmt.Sprintf(`{"data":{"cost":8,"count":2,"total":4,"trackId":"%s"}}`, id); a.StatusCode != 200 || string(a.body) != want {
		t.Errorf("play: %d %s, want %s", a.StatusCode, a.body, want)
	}
	a = c.api("POST", "/user/plays/buy", token, map[string]string{"trackId": id})
	if want := `{"data":{"cost":1016,"count":2,"total":"0.0040"}}`; a.StatusCode != 200 || string(a.body) != want {
		t.Errorf("buy: %d %s, want %s", a.StatusCode, a.body, want)
	}
	if got := c.balance(token); got != 4 {
		t.Errorf("balance %d", got)
	}
}

func TestBoughtIsOwnedEverywhere(t *testing.T) {
	c := newCoop(t)
	token := c.tokenOf(demo.Mara())
	id := c.freshTrack(token)
	body := map[string]string{"trackId": id}
	a := c.api("POST", "/user/plays/buy", token, body)
	if want := `{"data":{"cost":1022,"count":9,"total":"11.4580"}}`; a.StatusCode != 200 || string(a.body) != want {
		t.Fatalf("buy: %d %s, want %s", a.StatusCode, a.body, want)
	}
	a = c.api("POST", "/user/plays/buy", token, body)
	if want := `{"data":{"cost":0,"count":9,"total":"11.4580"}}`; string(a.body) != want {
		t.Errorf("buy again: %s, want %s", a.body, want)
	}
	if got := c.counts(token, id)[id]; got != 9 {
		t.Errorf("resolve says %d", got)
	}
	if got := at(t, c.get("/user/collection", token), "data", 0, "id"); got != id {
		t.Errorf("the collection begins with %v", got)
	}
	if a := c.play(token, id); !strings.Contains(string(a.body), `"cost":0,"count":9`) {
		t.Errorf("a play costs: %s", a.body)
	}
}

func TestPlaysThatCountNothing(t *testing.T) {
	c := newCoop(t)
	mara, ines := c.tokenOf(demo.Mara()), c.tokenOf(demo.Ines())
	for name, tt := range map[string]struct {
		token, id string
		status    int
		message   string
	}{
		"own track":     {ines, c.trackID("Undertow"), 200, "Track owned by listener"},
		"own draft":     {ines, c.trackID("Salt letters"), 200, "Track owned by listener"},
		"hidden":        {mara, c.trackID("Salt letters"), 404, "No track found"},
		"not out yet":   {mara, c.trackID("Spring tide"), 404, "No track found"},
		"unknown":       {mara, "00000000-0000-4000-8000-000000000000", 404, "No track found"},
		"no UUID":       {mara, "x", 400, "Bad Request"},
		"missing":       {mara, "", 400, "Bad Request"},
		"without token": {"", c.trackID("Undertow"), 401, "Missing required access token"},
		"bad token":     {"deadbeef", c.trackID("Undertow"), 401, "User not found"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, path := range []string{"/user/plays", "/user/plays/buy"} {
				a := c.api("POST", path, tt.token, map[string]string{"trackId": tt.id})
				got := a.json(t)
				if a.StatusCode != tt.status || got["message"] != tt.message || got["data"] != nil {
					t.Errorf("%s: %d %s", path, a.StatusCode, a.body)
				}
			}
		})
	}
	var other string // a track that is not Ines's, for someone without a wallet
	for _, v := range at(t, c.get("/tracks", ""), "data").([]any) {
		if at(t, v, "creator", "displayName") != "Ines Aguiar" && at(t, v, "status") == "paid" {
			other = at(t, v, "id").(string)
		}
	}
	if other == "" {
		t.Fatal("the catalogue has only one artist")
	}
	if a := c.play(ines, other); a.StatusCode != 404 || a.json(t)["message"] != "Wallet does not exist" {
		t.Errorf("without a wallet: %d %s", a.StatusCode, a.body)
	}
}

func TestIdempotencyKey(t *testing.T) {
	c := newCoop(t)
	token := c.tokenOf(demo.Mara())
	id := c.freshTrack(token)
	before := c.balance(token)
	first := c.play(token, id, "Idempotency-Key", "one")
	again := c.play(token, id, "Idempotency-Key", "one")
	if string(first.body) != string(again.body) || again.StatusCode != 200 {
		t.Errorf("another answer: %s, then %d %s", first.body, again.StatusCode, again.body)
	}
	if got := c.balance(token); got != before-2 {
		t.Errorf("charged %d", before-got)
	}
	if a := c.play(token, c.trackID("Undertow"), "Idempotency-Key", "one"); a.StatusCode != 422 {
		t.Errorf("another content: %d %s", a.StatusCode, a.body)
	}
	if a := c.api("POST", "/user/plays/buy", token, map[string]string{"trackId": id}, "Idempotency-Key", "one"); a.StatusCode != 422 {
		t.Errorf("another address: %d %s", a.StatusCode, a.body)
	}
	if a := c.play(c.tokenOf(demo.Tom()), id, "Idempotency-Key", "one"); !strings.Contains(string(a.body), `"total":8`) {
		t.Errorf("someone else's key: %d %s", a.StatusCode, a.body)
	}
	if a := c.play(token, id, "Idempotency-Key", strings.Repeat("x", 201)); a.StatusCode != 400 {
		t.Errorf("a long key: %d", a.StatusCode)
	}
	// A failure is not kept: the same key may succeed later.
	later := c.trackID("Spring tide")
	if a := c.play(token, later, "Idempotency-Key", "two"); a.StatusCode != 404 {
		t.Errorf("not out yet: %d", a.StatusCode)
	}
	c.clock.Advance(22 * 24 * time.Hour)
	token = c.tokenOf(demo.Mara())
	if a := c.play(token, later, "Idempotency-Key", "two"); a.StatusCode != 200 {
		t.Errorf("when it is out: %d %s", a.StatusCode, a.body)
	}
}

func TestManyPlaysAtOnce(t *testing.T) {
	c := newCoop(t)
	token := c.tokenOf(demo.Mara())
	id := c.freshTrack(token)
	before := c.balance(token)
	const plays = 100
	var wg sync.WaitGroup
	bodies := make([]string, plays)
	for i := range plays {
		wg.Go(func() {
			// Every key is used twice, as by a player that lost the answer.
			bodies[i] = string(c.play(token, id, "Idempotency-Key", fmt.Sprint("key ", i/2)).body)
		})
	}
	wg.Wait()
	for i := 0; i < plays; i += 2 {
		if bodies[i] != bodies[i+1] {
			t.Errorf("key %d was answered %s and %s", i/2, bodies[i], bodies[i+1])
		}
	}
	if got := c.counts(token, id)[id]; got != 9 {
		t.Errorf("%d plays", got)
	}
	if got := before - c.balance(token); got != 1022 {
		t.Errorf("charged %d", got)
	}
}

func TestPlayedAt(t *testing.T) {
	c := newCoop(t)
	token := c.tokenOf(demo.Mara())
	id := c.freshTrack(token)
	send := func(when time.Time) answer {
		return c.api("POST", "/user/plays", token, map[string]any{"trackId": id, "playedAt": when})
	}
	day := start.AddDate(0, 0, -40)
	if a := send(day); a.StatusCode != 200 {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	date := day.Format(time.DateOnly)
	stats := at(t, c.get("/user/plays/stats?from="+date+"&to="+date, token), "data").([]any)
	if len(stats) != 1 || at(t, stats[0], "date") != date || at(t, stats[0], "count") != 1.0 {
		t.Errorf("stats say %v", stats)
	}
	for name, when := range map[string]time.Time{"future": start.Add(time.Hour), "long ago": start.AddDate(0, 0, -91)} {
		if a := send(when); a.StatusCode != 400 {
			t.Errorf("%s: %d", name, a.StatusCode)
		}
	}
	if a := c.api("GET", "/user/plays/stats", token, nil); a.StatusCode != 200 {
		t.Errorf("stats of the last days: %d", a.StatusCode)
	}
	artists := at(t, c.get("/user/plays/history/artists", token), "data").([]any)
	if len(artists) == 0 || at(t, artists[0], "count").(float64) < 1 {
		t.Errorf("artists %v", artists)
	}
}

func TestFavourites(t *testing.T) {
	c := newCoop(t)
	token := c.tokenOf(demo.Tom())
	id := c.trackID("Undertow")
	set := func(in map[string]any) bool {
		t.Helper()
		in["trackId"] = id
		a := c.api("POST", "/user/favorites", token, in)
		if a.StatusCode != 200 {
			t.Fatalf("%d %s", a.StatusCode, a.body)
		}
		return at(t, a.json(t), "data", "type").(bool)
	}
	for i, tt := range []struct {
		in   map[string]any
		want bool
	}{
		{map[string]any{}, true}, {map[string]any{}, false}, {map[string]any{"type": true}, true},
		{map[string]any{"type": true}, true}, {map[string]any{"type": false}, false}, {map[string]any{"type": true}, true},
	} {
		if got := set(tt.in); got != tt.want {
			t.Errorf("step %d %v: %t", i, tt.in, got)
		}
	}
	list := at(t, c.get("/user/favorites/resolve?ids="+id+"&ids="+c.trackID("Harbour lights"), token), "data").([]any)
	if len(list) != 1 || at(t, list[0], "trackId") != id {
		t.Errorf("resolve says %v", list)
	}
	if got := at(t, c.get("/user/favorites", token), "data", 0, "userFavorited"); got != true {
		t.Errorf("userFavorited %v", got)
	}
	if a := c.api("GET", "/user/favorites/resolve", token, nil); a.StatusCode != 400 || !strings.Contains(string(a.body), "required.openapi.requestValidation") {
		t.Errorf("without ids: %d %s", a.StatusCode, a.body)
	}
}

func TestShop(t *testing.T) {
	c := newCoop(t)
	b := c.browser()
	token := c.tokenOf(demo.Tom())
	packs := at(t, c.get("/user/products", token), "data").([]any)
	pack := at(t, packs[0], "id").(string)
	path := "/api/v3/user/products/checkout?userId=" + demo.Tom().ID + "&priceIds=" + pack + "&callbackURL=http%3A%2F%2F127.0.0.1%3A45678%2Fdone"
	form := fill(c.do(b, "GET", path, nil).body)
	form.Set("email", demo.Tom().Email)
	form.Set("password", demo.Tom().Password)
	header := []string{"Content-Type", "application/x-www-form-urlencoded"}
	page := c.do(b, "POST", "/login", strings.NewReader(form.Encode()), header...)
	form = fill(page.body)
	if form.Get("priceIds") != pack {
		t.Fatalf("no shop behind the sign-in: %d %s", page.StatusCode, page.body)
	}
	before := c.balance(token)
	forged := strings.NewReader(strings.Replace(form.Encode(), "csrf=", "csrf=x", 1))
	if a := c.do(b, "POST", "/api/v3/user/products/checkout", forged, header...); a.StatusCode != http.StatusForbidden {
		t.Errorf("a forged form: %d", a.StatusCode)
	}
	a := c.do(b, "POST", "/api/v3/user/products/checkout", strings.NewReader(form.Encode()), header...)
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "http://127.0.0.1:45678/done" {
		t.Errorf("%d to %s", a.StatusCode, a.Header.Get("Location"))
	}
	if got := c.balance(token) - before; got != 5000 {
		t.Errorf("added %d", got)
	}
	elsewhere := c.do(b, "GET", strings.Replace(path, "127.0.0.1", "example.org", 1), nil)
	if strings.Contains(string(elsewhere.body), "example.org") {
		t.Error("the shop leads elsewhere")
	}
	other := c.do(b, "GET", strings.Replace(path, demo.Tom().ID, demo.Mara().ID, 1), nil)
	if other.StatusCode != http.StatusForbidden {
		t.Errorf("for someone else: %d", other.StatusCode)
	}
	if !slices.ContainsFunc(packs, func(p any) bool { return at(t, p, "name") == "50 stream credits" }) {
		t.Errorf("products %v", packs)
	}
}
