package conform

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func (s *suite) envelope(t *testing.T) {
	for path, key := range map[string]string{
		"/tracks?limit=2": "numberOfPages", "/trackgroups?limit=2": "numberOfPages", "/playlists?limit=2": "numberOfPages",
		"/artists?limit=2": "pages", "/user/collection?limit=2": "pages", "/user/favorites?limit=2": "pages",
		"/user/plays/history?limit=2": "pages", "/user/playlists?limit=2": "numberOfPages",
	} {
		a := s.get(t, root+path, s.token(t, s.target.Listener))
		if a.status != 200 || !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
			t.Errorf("%s: %d %s", path, a.status, a.header.Get("Content-Type"))
			continue
		}
		count, pages := a.number("count"), a.number(key)
		if a.json["data"] == nil || len(a.list()) > 2 || count < len(a.list()) || pages != (count+1)/2 {
			t.Errorf("%s: %d items, count %d, %s %d", path, len(a.list()), count, key, pages)
		}
	}
}

func (s *suite) failures(t *testing.T) {
	s.get(t, root+"/tracks/"+nowhere, "").failure(t, 404, "No track found")
	s.get(t, root+"/trackgroups/"+nowhere, "").failure(t, 404, "Track group does not exist")
	s.get(t, root+"/playlists/"+nowhere, "").failure(t, 404, "Playlist does not exist")
	for path, want := range map[string][3]string{
		"/tracks/not-a-uuid": {"id", "path", "format"},
		"/tracks?limit=101":  {"limit", "query", "maximum"},
		"/search":            {"q", "query", "required"},
	} {
		a := s.get(t, root+path, "")
		a.failure(t, 400, "Bad Request")
		errors, _ := a.json["errors"].([]any)
		if len(errors) == 0 {
			t.Errorf("%s: no errors in %s", path, a.body)
			continue
		}
		first, _ := errors[0].(map[string]any)
		if first["path"] != want[0] || first["location"] != want[1] || !strings.HasPrefix(fmt.Sprint(first["errorCode"]), want[2]+".") {
			t.Errorf("%s: %v", path, first)
		}
	}
	unknown := s.get(t, root+"/nope", "")
	if unknown.status != 404 || unknown.json["error"] != "invalid_request" {
		t.Errorf("an unknown route: %d %s", unknown.status, unknown.body)
	}
	for _, path := range []string{"/api/v2/tracks", "/api/v4/tracks"} {
		if a := s.get(t, path, ""); a.status != 404 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

func (s *suite) badTokenOptional(t *testing.T) {
	id := s.tracksOf(t)[0].ID
	a := s.get(t, root+"/tracks/"+id+"?x=1", "not-a-token") // unknown parameters are accepted too
	a.success(t)
	data, _ := a.json["data"].(map[string]any)
	if _, personal := data["userPlays"]; personal {
		t.Error("a bad token is someone")
	}
}

func (s *suite) trailingSlash(t *testing.T) {
	s.get(t, root+"/user/profile/", s.token(t, s.target.Listener)).success(t)
}

// sharedCache asks for the same address as someone and as nobody.
func (s *suite) sharedCache(t *testing.T) {
	path := root + "/tracks/" + s.tracksOf(t)[0].ID + "?shared=1"
	mine := s.get(t, path, s.token(t, s.target.Listener))
	mine.success(t)
	data, _ := mine.json["data"].(map[string]any)
	if _, personal := data["userPlays"]; !personal {
		t.Errorf("signed in, there are no userPlays: %s", mine.body)
	}
	all := s.get(t, path, "")
	data, _ = all.json["data"].(map[string]any)
	if _, leaked := data["userPlays"]; leaked {
		s.lacks("answers that are kept from other listeners: they are cached by address alone")
	}
}

// ids are the ids of a list's items, in order.
func (a answer) ids() []string {
	var out []string
	for _, item := range a.list() {
		object, _ := item.(map[string]any)
		id, _ := object["id"].(string)
		out = append(out, id)
	}
	return out
}

// pagesOf reads a list twice: at once, and one by one.
func (s *suite) pagesOf(t *testing.T, path, token string, at int) (all, single []string) {
	t.Helper()
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	all = s.get(t, root+path+separator+"limit=100", token).ids()
	for page := 1; page <= min(len(all), at); page++ {
		single = append(single, s.get(t, fmt.Sprintf("%s%s%slimit=1&page=%d", root, path, separator, page), token).ids()...)
	}
	return all[:min(len(all), at)], single
}

func (s *suite) pages(t *testing.T) {
	token := s.token(t, s.target.Listener)
	for _, path := range []string{"/trackgroups?order=newest", "/artists", "/user/collection", "/user/favorites", "/user/plays/history"} {
		all, single := s.pagesOf(t, path, token, 4)
		if fmt.Sprint(all) != fmt.Sprint(single) {
			t.Errorf("%s: at once %v, by pages %v", path, all, single)
		}
		if past := s.get(t, root+path+map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]+"limit=100&page=99", token); past.status != 200 || len(past.list()) != 0 {
			t.Errorf("%s beyond the end: %d, %d items", path, past.status, len(past.list()))
		}
	}
}

// trackPages: the fault of reference servers, or none, and a walk that sees
// every track either way.
func (s *suite) trackPages(t *testing.T) {
	all, single := s.pagesOf(t, "/tracks?order=newest", "", 4)
	switch {
	case len(all) < 4:
		t.Errorf("only %d tracks", len(all))
	case fmt.Sprint(all) == fmt.Sprint(single):
	case single[0] == all[0] && single[1] == all[2] && single[2] == all[3]:
		s.lacks("pages of tracks that follow each other: page 2 skips one page")
	default:
		t.Errorf("at once %v, by pages %v", all, single)
	}
	total := s.get(t, root+"/tracks?limit=1", "").number("count")
	seen := map[string]bool{}
	for one, err := range s.client(t, Account{}).AllTracks(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if seen[one.ID] {
			t.Errorf("%s comes twice", one.ID)
		}
		seen[one.ID] = true
	}
	if len(seen) != total {
		t.Errorf("a walk sees %d of %d tracks", len(seen), total)
	}
	if a := s.get(t, root+"/tracks?order=oldest", ""); a.status != http.StatusBadRequest {
		t.Errorf("an unknown order: %d", a.status)
	}
}
