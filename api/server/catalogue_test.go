package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api/server"
	"github.com/ninth-coop/ninth/api/server/demo"
)

func titles(t *testing.T, list any) []string {
	t.Helper()
	var out []string
	for _, v := range list.([]any) {
		out = append(out, at(t, v, "title").(string))
	}
	return out
}

func TestPages(t *testing.T) {
	c := newCoop(t)
	for path, key := range map[string]string{
		"/tracks": "numberOfPages", "/trackgroups": "numberOfPages", "/playlists": "numberOfPages", "/artists": "pages",
		"/artists/updated": "numberOfPages", "/labels": "pages",
		"/artists/" + c.list.Artists[0].ID + "/releases": "numberOfPages",
	} {
		t.Run(path, func(t *testing.T) {
			all := c.get(path+"?limit=100", "")
			count := int(at(t, all, "count").(float64))
			if _, ok := all[key]; !ok {
				t.Fatalf("no %q in %v", key, all)
			}
			// Pages of two hold everything once, in the same order.
			var walked, whole []string
			for _, v := range at(t, all, "data").([]any) {
				whole = append(whole, at(t, v, "id").(string))
			}
			for page := 1; page <= (count+1)/2; page++ {
				got := c.get(fmt.Sprintf("%s?limit=2&page=%d", path, page), "")
				if at(t, got, key) != float64((count+1)/2) {
					t.Errorf("page %d of %v", page, at(t, got, key))
				}
				for _, v := range at(t, got, "data").([]any) {
					walked = append(walked, at(t, v, "id").(string))
				}
			}
			if !slices.Equal(walked, whole) || len(whole) != count {
				t.Errorf("walked %v, all at once %v", walked, whole)
			}
		})
	}
}

func TestOrders(t *testing.T) {
	c := newCoop(t)
	newest := titles(t, at(t, c.get("/trackgroups?order=newest", ""), "data"))
	oldest := titles(t, at(t, c.get("/trackgroups?order=oldest", ""), "data"))
	slices.Reverse(oldest)
	var dates []string
	for _, v := range at(t, c.get("/trackgroups", ""), "data").([]any) {
		dates = append(dates, at(t, v, "releaseDate").(string))
	}
	if !slices.IsSortedFunc(dates, func(a, b string) int { return strings.Compare(b, a) }) || len(newest) != len(oldest) {
		t.Errorf("newest %v (%v), oldest turned round %v", newest, dates, oldest)
	}
	for _, path := range []string{"/trackgroups", "/tracks", "/playlists"} {
		one := c.get(path+"?order=random&seed=1", "")
		again := c.get(path+"?order=random&seed=1", "")
		if fmt.Sprint(one) != fmt.Sprint(again) {
			t.Errorf("%s: the same seed gives another order", path)
		}
	}
	played := at(t, c.get("/tracks?order=plays", ""), "data").([]any)
	if len(played) == 0 || at(t, played[0], "title") != at(t, c.get("/user/plays/history", c.tokenOf(demo.Mara())), "data", 0, "title") {
		t.Errorf("played last: %v", played)
	}
	if a := c.api("GET", "/tracks?order=oldest", "", nil); a.StatusCode != 400 {
		t.Errorf("order=oldest of tracks: %d", a.StatusCode)
	}
}

func TestNothingLeaks(t *testing.T) {
	c := newCoop(t)
	mara, ines := c.tokenOf(demo.Mara()), c.tokenOf(demo.Ines())
	var secret []string // titles and ids of what is not out
	for _, r := range c.list.Releases {
		if r.Enabled && !r.Private && r.ReleaseDate != "" {
			continue
		}
		secret = append(secret, r.ID)
		for _, tr := range r.Tracks {
			secret = append(secret, tr.ID)
			for _, path := range []string{"/tracks/" + tr.ID, "/trackgroups/" + r.ID, "/user/tracks/" + tr.ID, "/user/trackgroups/" + r.ID} {
				if a := c.api("GET", path, mara, nil); a.StatusCode != 404 {
					t.Errorf("%s: %d", path, a.StatusCode)
				}
			}
			if a := c.api("GET", "/tracks/"+tr.ID, ines, nil); a.StatusCode != 200 {
				t.Errorf("the artist's own track: %d", a.StatusCode)
			}
		}
	}
	if len(secret) == 0 {
		t.Fatal("the catalogue has no secrets")
	}
	for _, path := range []string{
		"/tracks?limit=100", "/trackgroups?limit=100", "/artists?limit=100", "/artists/featured", "/artists/updated", "/playlists",
		"/search?q=" + url.QueryEscape("letters"), "/search?q=tide", "/search?q=Ines", "/tag/folk", "/tag/acoustic",
		"/artists/" + c.list.Artists[0].ID + "/releases", "/artists/" + c.list.Artists[0].ID + "/tracks",
		"/artists/" + c.list.Artists[0].ID + "/tracks/top?limit=10",
	} {
		// The artist asks first: no answer may be kept for the others.
		c.api("GET", path, ines, nil)
		for who, token := range map[string]string{"nobody": "", "Mara": mara} {
			a := c.api("GET", path, token, nil)
			if a.StatusCode != 200 {
				t.Errorf("%s: %d", path, a.StatusCode)
			}
			for _, id := range secret {
				if strings.Contains(string(a.body), id) {
					t.Errorf("%s shows %s to %s", path, id, who)
				}
			}
		}
	}
	if a := c.api("GET", "/users/"+demo.Mara().ID, "", nil); strings.Contains(string(a.body), demo.Mara().Email) {
		t.Error("an e-mail address leaks")
	}
	// When its day has come, the scheduled release is out.
	c.clock.Advance(22 * 24 * time.Hour)
	if a := c.api("GET", "/tracks/"+c.trackID("Spring tide"), "", nil); a.StatusCode != 200 {
		t.Errorf("on its day: %d", a.StatusCode)
	}
}

func TestStudio(t *testing.T) {
	c := newCoop(t)
	token := c.tokenOf(demo.Ines())
	all := titles(t, at(t, c.get("/user/trackgroups", token), "data"))
	for _, want := range []string{"Low Water Marks", "Spring Tide"} {
		if !slices.Contains(all, want) {
			t.Errorf("own releases %v", all)
		}
	}
	drafts := at(t, c.get("/user/trackgroups?enabled=false", token), "data").([]any)
	if len(drafts) != 1 || len(at(t, drafts[0], "items").([]any)) != 2 || at(t, drafts[0], "items", 0, "track", "status") != "hidden" {
		t.Fatalf("drafts %v", drafts)
	}
	id := at(t, drafts[0], "id").(string)
	if got := at(t, c.get("/user/trackgroups/"+id, token), "data", "items").([]any); len(got) != 2 {
		t.Errorf("the draft has %d tracks", len(got))
	}
	groups := at(t, c.get("/user/artists", token), "data", 0, "trackgroups").([]any)
	if len(groups) != len(all) {
		t.Errorf("%d releases of the artist", len(groups))
	}
	if got := at(t, c.get("/user/profile", token), "data", "role", "name"); got != "artist" {
		t.Errorf("role %v", got)
	}
	if got := at(t, c.get("/user/tracks?limit=100", token), "count").(float64); got < 8 {
		t.Errorf("%v own tracks", got)
	}
	// A new release, published: everyone sees it.
	a := c.api("POST", "/user/trackgroups", token, map[string]any{"title": "Ebb & Flow", "type": "ep"})
	if a.StatusCode != 201 || at(t, a.json(t), "data", "slug") != "ebb-flow" || at(t, a.json(t), "data", "private") != true {
		t.Fatalf("create: %d %s", a.StatusCode, a.body)
	}
	id = at(t, a.json(t), "data", "id").(string)
	if a := c.api("GET", "/trackgroups/"+id, "", nil); a.StatusCode != 404 {
		t.Errorf("a new draft: %d", a.StatusCode)
	}
	c.api("PUT", "/user/trackgroups/"+id, token, map[string]any{"private": false, "enabled": true})
	if a := c.api("GET", "/trackgroups/"+id, "", nil); a.StatusCode != 200 || !strings.Contains(string(a.body), "Ebb & Flow") {
		t.Errorf("published: %d %s", a.StatusCode, a.body)
	}
	mara := c.tokenOf(demo.Mara())
	if a := c.api("PUT", "/user/trackgroups/"+id, mara, map[string]any{"title": "Mine"}); a.StatusCode != 404 {
		t.Errorf("by someone else: %d", a.StatusCode)
	}
	if a := c.api("POST", "/user/trackgroups", mara, map[string]any{"title": "Mine"}); a.StatusCode != 403 {
		t.Errorf("by a listener: %d", a.StatusCode)
	}
	for _, bad := range []map[string]any{{"title": ""}, {"type": "opera"}, {"releaseDate": "soon"}} {
		if a := c.api("PUT", "/user/trackgroups/"+id, token, bad); a.StatusCode != 400 {
			t.Errorf("%v: %d", bad, a.StatusCode)
		}
	}
}

func TestSearchAndTag(t *testing.T) {
	c := newCoop(t)
	for words, want := range map[string]string{"HARBOUR": "tracks", "low water": "trackgroups", "ines": "artists"} {
		if got := at(t, c.get("/search?q="+url.QueryEscape(words), ""), "data", want).([]any); len(got) != 1 {
			t.Errorf("%q finds %d %s", words, len(got), want)
		}
	}
	for _, words := range []string{"%", "_", `\`, "'; DROP TABLE tracks; --"} {
		if got := at(t, c.get("/search?q="+url.QueryEscape(words), ""), "data", "tracks").([]any); len(got) != 0 {
			t.Errorf("%q finds %d tracks", words, len(got))
		}
	}
	if got := at(t, c.get("/tag/Folk", ""), "data", "tracks").([]any); len(got) == 0 {
		t.Error("no tracks with the tag")
	}
	id := c.list.Releases[0].ID
	if got := at(t, c.get("/resolve?url="+url.QueryEscape("https://x.example/release/"+id), ""), "data", "id"); got != id {
		t.Errorf("resolve gives %v", got)
	}
	if a := c.api("GET", "/resolve?url=https://x.example/artist/matrix", "", nil); a.StatusCode != 404 {
		t.Errorf("resolve of a name: %d", a.StatusCode)
	}
}

func TestErrorsOfTheContract(t *testing.T) {
	c := newCoop(t)
	for path, want := range map[string]string{
		"/tracks?limit=101":                            `{"status":400,"message":"Bad Request","errors":[{"path":"limit","errorCode":"maximum.openapi.requestValidation","message":"should be <= 100","location":"query"}],"data":null}`,
		"/tracks/not-a-uuid":                           `{"status":400,"message":"Bad Request","errors":[{"path":"id","errorCode":"format.openapi.requestValidation","message":"should match format \"uuid\"","location":"path"}],"data":null}`,
		"/tracks/00000000-0000-4000-8000-000000000000": `{"status":404,"message":"No track found","data":null}`,
		"/user/profile":                                `{"status":401,"message":"Missing required access token","data":null}`,
		"/search":                                      `{"status":400,"message":"Bad Request","errors":[{"path":"q","errorCode":"required.openapi.requestValidation","message":"should have required property 'q'","location":"query"}],"data":null}`,
		"/nope":                                        `{"error":"invalid_request","error_description":"unrecognized route or not allowed method (GET on /api/v3/nope)"}`,
	} {
		if a := c.api("GET", path, "", nil); string(a.body) != want {
			t.Errorf("%s: %d %s\nwant %s", path, a.StatusCode, a.body, want)
		}
	}
	a := c.api("GET", "/user/profile", "deadbeef", nil)
	if a.StatusCode != 401 || string(a.body) != `{"status":401,"message":"User not found","data":null}` || a.Header.Get("WWW-Authenticate") == "" {
		t.Errorf("bad token: %d %s", a.StatusCode, a.body)
	}
	if a := c.api("GET", "/tracks/?limit=1", "", nil); a.StatusCode != 200 {
		t.Errorf("slash at the end: %d", a.StatusCode)
	}
	if a := c.api("DELETE", "/tracks", "", nil); a.StatusCode != 404 {
		t.Errorf("wrong method: %d", a.StatusCode)
	}
}

func TestJSONCaching(t *testing.T) {
	c := newCoop(t)
	a := c.api("GET", "/trackgroups", "", nil)
	h := a.Header
	if !strings.Contains(h.Get("Cache-Control"), "private") || !strings.Contains(h.Get("Vary"), "Authorization") {
		t.Errorf("headers %v", h)
	}
	if a := c.api("GET", "/trackgroups", "", nil, "If-None-Match", "W/"+h.Get("ETag")); a.StatusCode != 304 || len(a.body) != 0 {
		t.Errorf("known: %d", a.StatusCode)
	}
	if a := c.api("GET", "/trackgroups", "", nil, "If-None-Match", `"x"`); a.StatusCode != 200 {
		t.Errorf("unknown: %d", a.StatusCode)
	}
}

func TestProfile(t *testing.T) {
	c := newCoop(t)
	token := c.tokenOf(demo.Mara())
	put := func(in any) answer { return c.api("PUT", "/user/profile", token, in) }
	if a := put(map[string]any{"displayName": "Mara M.", "country": "pt"}); a.StatusCode != 200 || a.json(t)["message"] != "Profile data updated" {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	if got := c.get("/user/profile", token); at(t, got, "data", "displayName") != "Mara M." || at(t, got, "data", "country") != "PT" {
		t.Errorf("profile %v", got)
	}
	for name, tt := range map[string]struct {
		in     map[string]any
		status int
	}{
		"unknown field":  {map[string]any{"foo": 1}, 400},
		"no name":        {map[string]any{"displayName": " "}, 400},
		"odd country":    {map[string]any{"country": "Portugal"}, 400},
		"no password":    {map[string]any{"email": "m@example.coop"}, 400},
		"wrong password": {map[string]any{"email": "m@example.coop", "password": "guess"}, 403},
		"taken":          {map[string]any{"email": strings.ToUpper(demo.Tom().Email), "password": demo.Mara().Password}, 400},
		"no address":     {map[string]any{"email": "Mara <m@example.coop>", "password": demo.Mara().Password}, 400},
	} {
		if a := put(tt.in); a.StatusCode != tt.status {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	if a := put(map[string]any{"email": "m@example.coop", "password": demo.Mara().Password}); a.StatusCode != 200 {
		t.Errorf("new address: %d %s", a.StatusCode, a.body)
	}
}

func TestRateLimit(t *testing.T) {
	c := newCoop(t, func(cfg *server.Config) { cfg.RateLimit = 3 })
	for i := range 3 {
		a := c.api("GET", "/labels", "", nil)
		if a.StatusCode != 200 || a.Header.Get("Rate-Limit-Remaining") != fmt.Sprint(2-i) || a.Header.Get("Rate-Limit-Total") != "3" {
			t.Errorf("request %d: %d %v", i, a.StatusCode, a.Header)
		}
	}
	a := c.api("GET", "/labels", "", nil)
	if a.StatusCode != 429 || a.Header.Get("Retry-After") == "" || string(a.body) != "API is rate limited" {
		t.Errorf("%d %s %v", a.StatusCode, a.body, a.Header)
	}
	c.clock.Advance(time.Minute)
	if a := c.api("GET", "/labels", "", nil); a.StatusCode != 200 {
		t.Errorf("a minute later: %d", a.StatusCode)
	}
}

func TestForeignHostIsRefused(t *testing.T) {
	c := newCoop(t)
	for host, want := range map[string]int{"evil.example": 421, "localhost:1": 200, "[::1]:1": 200, "127.0.0.1": 200} {
		if a := c.api("GET", "/labels", "", nil, "Host", host); a.StatusCode != want {
			t.Errorf("Host %s: %d", host, a.StatusCode)
		}
	}
	named := newCoop(t, func(cfg *server.Config) { cfg.BaseURL = "https://coop.example/" })
	a := named.api("GET", "/trackgroups", "", nil, "Host", "coop.example")
	if a.StatusCode != 200 || !strings.Contains(string(a.body), `"uri":"https://coop.example/api/v3/trackgroups/`) {
		t.Errorf("with a base address: %d %s", a.StatusCode, a.body)
	}
}

func TestOrigins(t *testing.T) {
	const player = "https://player.example"
	c := newCoop(t, func(cfg *server.Config) { cfg.Origins = []string{player} })
	tests := map[string]struct {
		method, path, origin string
		status               int
		allowed              bool
	}{
		"reading":     {"GET", "/api/v3/tracks", player, 200, true},
		"asking":      {"OPTIONS", "/api/v3/user/plays", player, 204, true},
		"a token":     {"OPTIONS", "/token", player, 204, true},
		"discovery":   {"GET", "/.well-known/openid-configuration", player, 200, true},
		"a stranger":  {"GET", "/api/v3/tracks", "https://evil.example", 200, false},
		"an app":      {"GET", "/api/v3/tracks", "", 200, false},
		"signing in":  {"OPTIONS", "/login", player, 404, false},
		"the shop":    {"OPTIONS", "/api/v3/user/products/checkout", player, 404, false},
		"device page": {"GET", "/signed-out", player, 200, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := c.do(c.http, tt.method, tt.path, nil, "Origin", tt.origin, "Access-Control-Request-Method", "POST")
			want := ""
			if tt.allowed {
				want = player
			}
			if a.StatusCode != tt.status || a.Header.Get("Access-Control-Allow-Origin") != want || a.Header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%d %v", a.StatusCode, a.Header)
			}
		})
	}
}

func TestLargeBodyIsRefused(t *testing.T) {
	c := newCoop(t)
	token := c.tokenOf(demo.Tom())
	a := c.api("POST", "/user/playlists", token, map[string]string{"title": "x", "about": strings.Repeat("x", 1<<20)})
	if a.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

func TestDescription(t *testing.T) {
	c := newCoop(t)
	paths := at(t, c.get("/apiDocs?type=apiDoc", ""), "paths").(map[string]any)
	for _, want := range []string{"/api/v3/tracks", "/api/v3/user/plays", "/api/v3/user/playlists/{id}/items"} {
		if paths[want] == nil {
			t.Errorf("%s is not described", want)
		}
	}
}

func TestVersionsOfLists(t *testing.T) {
	c := newCoop(t)
	token := c.tokenOf(demo.Mara())
	versions := func() [3]string {
		var out [3]string
		for i, path := range []string{"/trackgroups", "/user/playlists", "/playlists"} {
			first, second := c.api("GET", path+"?limit=1", token, nil), c.api("GET", path+"?limit=1&page=2", token, nil)
			if out[i] = first.Header.Get("X-Ninth-Version"); out[i] == "" || second.Header.Get("X-Ninth-Version") != "" {
				t.Errorf("%s: version %q, and %q on the second page", path, out[i], second.Header.Get("X-Ninth-Version"))
			}
		}
		return out
	}
	before := versions()
	if again := versions(); again != before {
		t.Errorf("versions %v, then %v", before, again)
	}
	if a := c.api("POST", "/user/playlists", token, map[string]any{"title": "New", "private": true}); a.StatusCode >= 300 {
		t.Fatalf("making a playlist: %d %s", a.StatusCode, a.body)
	}
	if after := versions(); after[0] != before[0] || after[1] == before[1] {
		t.Errorf("after making a playlist: %v, before %v", after, before)
	}
}
