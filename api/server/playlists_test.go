package server_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ninth-coop/ninth/api/server/demo"
)

// newPlaylist makes a playlist with tracks and returns its id.
func (c *coop) newPlaylist(token string, titles ...string) string {
	c.t.Helper()
	a := c.api("POST", "/user/playlists", token, map[string]any{"title": "My list", "about": "x"})
	if a.StatusCode != 201 || at(c.t, a.json(c.t), "status") != 201.0 {
		c.t.Fatalf("create: %d %s", a.StatusCode, a.body)
	}
	id := at(c.t, a.json(c.t), "data", "id").(string)
	if len(titles) > 0 {
		c.edit(token, id, "/items/add", c.named(titles...))
	}
	return id
}

// named makes the body of an edit from titles.
func (c *coop) named(titles ...string) map[string]any {
	tracks := make([]map[string]any, len(titles))
	for i, title := range titles {
		tracks[i] = map[string]any{"trackId": c.trackID(title), "index": i + 1}
	}
	return map[string]any{"tracks": tracks}
}

// edit changes a playlist's items and returns their titles and ids afterwards.
func (c *coop) edit(token, id, path string, in any) (titles, ids []string) {
	c.t.Helper()
	a := c.api("PUT", "/user/playlists/"+id+path, token, in)
	if a.StatusCode != 200 {
		c.t.Fatalf("edit: %d %s", a.StatusCode, a.body)
	}
	for i, v := range at(c.t, a.json(c.t), "data").([]any) {
		titles = append(titles, at(c.t, v, "track", "title").(string))
		ids = append(ids, at(c.t, v, "id").(string))
		if got := at(c.t, v, "index"); got != float64(i+1) {
			c.t.Errorf("item %d has the index %v", i, got)
		}
	}
	return titles, ids
}

const (
	harbour, tide, telegraph = "Harbour lights", "What the tide keeps", "Slow telegraph"
)

func TestPlaylistItems(t *testing.T) {
	c := newCoop(t)
	token := c.tokenOf(demo.Tom())
	list := c.newPlaylist(token, harbour, tide, harbour)

	titles, ids := c.edit(token, list, "/items/add", c.named(telegraph))
	if want := []string{harbour, tide, harbour, telegraph}; !slices.Equal(titles, want) {
		t.Errorf("added: %v", titles)
	}
	// One of two copies goes by its id.
	titles, left := c.edit(token, list, "/items/remove", map[string]any{"tracks": []map[string]any{{"id": ids[2]}}})
	if want := []string{harbour, tide, telegraph}; !slices.Equal(titles, want) || left[0] != ids[0] {
		t.Errorf("one copy removed: %v", titles)
	}
	// A reorder by track keeps the ids; a new track gets one.
	titles, moved := c.edit(token, list, "/items", c.named(telegraph, harbour, tide, tide))
	if want := []string{telegraph, harbour, tide, tide}; !slices.Equal(titles, want) {
		t.Errorf("reordered: %v", titles)
	}
	if !slices.Equal(moved[:3], []string{left[2], left[0], left[1]}) || slices.Contains(left, moved[3]) {
		t.Errorf("ids %v became %v", left, moved)
	}
	// A reorder by id alone.
	body := map[string]any{"tracks": []map[string]any{{"id": moved[3]}, {"id": moved[0]}, {"id": moved[2]}, {"id": moved[1]}}}
	if _, got := c.edit(token, list, "/items", body); !slices.Equal(got, []string{moved[3], moved[0], moved[2], moved[1]}) {
		t.Errorf("reordered by id: %v from %v", got, moved)
	}
	// The reference's way removes every copy.
	titles, _ = c.edit(token, list, "/items/remove", map[string]any{"tracks": []map[string]any{{"trackId": c.trackID(tide)}}})
	if want := []string{telegraph, harbour}; !slices.Equal(titles, want) {
		t.Errorf("every copy removed: %v", titles)
	}
	got := at(t, c.get("/user/playlists/"+list, token), "data", "items").([]any)
	if len(got) != 2 || at(t, got[0], "track", "title") != telegraph {
		t.Errorf("stored: %v", got)
	}
}

func TestPlaylistPrivacy(t *testing.T) {
	c := newCoop(t)
	tom, mara := c.tokenOf(demo.Tom()), c.tokenOf(demo.Mara())
	list := c.newPlaylist(tom, harbour)
	see := func(token string) int { return c.api("GET", "/playlists/"+list, token, nil).StatusCode }
	if see(tom) != 200 || see("") != 404 || see(mara) != 404 {
		t.Errorf("private: owner %d, nobody %d, Mara %d", see(tom), see(""), see(mara))
	}
	if a := c.api("PUT", "/user/playlists/"+list+"/privacy", tom, map[string]bool{"private": false}); a.StatusCode != 200 || at(t, a.json(t), "data") != nil {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	if see("") != 200 {
		t.Errorf("public: %d", see(""))
	}
	if got := at(t, c.get("/users/"+demo.Tom().ID+"/playlists", ""), "data", 0, "id"); got != list {
		t.Errorf("Tom's public playlists begin with %v", got)
	}
	for _, a := range []answer{
		c.api("GET", "/user/playlists/"+list, mara, nil),
		c.api("PUT", "/user/playlists/"+list, mara, map[string]string{"title": "Mine"}),
		c.api("PUT", "/user/playlists/"+list+"/items", mara, c.named(tide)),
		c.api("DELETE", "/user/playlists/"+list, mara, nil),
	} {
		if a.StatusCode != 404 {
			t.Errorf("%s by someone else: %d", a.Request.Method, a.StatusCode)
		}
	}
	if a := c.api("DELETE", "/user/playlists/"+list, tom, nil); a.StatusCode != 200 || a.json(t)["message"] != "Playlist was removed" {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	if a := c.api("DELETE", "/user/playlists/"+list, tom, nil); a.StatusCode != 404 || a.json(t)["message"] != "Playlist does not exist" {
		t.Errorf("again: %d %s", a.StatusCode, a.body)
	}
}

func TestPlaylistVersions(t *testing.T) {
	c := newCoop(t)
	token := c.tokenOf(demo.Tom())
	path := "/user/playlists/" + c.newPlaylist(token, harbour)
	seen := c.api("GET", path, token, nil).Header.Get("ETag")
	a := c.api("PUT", path+"/items/add", token, c.named(tide), "If-Match", seen)
	if a.StatusCode != 200 || a.Header.Get("ETag") == seen {
		t.Fatalf("%d, ETag %s", a.StatusCode, a.Header.Get("ETag"))
	}
	for _, late := range []answer{
		c.api("PUT", path+"/items/add", token, c.named(tide), "If-Match", seen),
		c.api("PUT", path, token, map[string]string{"title": "Late"}, "If-Match", seen),
		c.api("DELETE", path, token, nil, "If-Match", seen),
	} {
		if late.StatusCode != 412 {
			t.Errorf("%s of an old version: %d", late.Request.Method, late.StatusCode)
		}
	}
	now := a.Header.Get("ETag")
	if a := c.api("PUT", path, token, map[string]string{"title": "In time"}, "If-Match", now); a.StatusCode != 200 || at(t, a.json(t), "data", "title") != "In time" {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

func TestPlaylistRefuses(t *testing.T) {
	c := newCoop(t)
	token := c.tokenOf(demo.Tom())
	list := "/user/playlists/" + c.newPlaylist(token)
	for name, tt := range map[string]struct {
		method, path string
		in           any
		status       int
		says         string
	}{
		"no title":        {"POST", "/user/playlists", map[string]string{"about": "x"}, 400, "should have required property 'title'"},
		"empty title":     {"POST", "/user/playlists", map[string]string{"title": " "}, 400, "title"},
		"long title":      {"POST", "/user/playlists", map[string]string{"title": strings.Repeat("x", 301)}, 400, "maxLength"},
		"rename to none":  {"PUT", list, map[string]string{"about": "x"}, 400, "title"},
		"no tracks":       {"PUT", list + "/items", map[string]string{}, 400, "tracks"},
		"unknown track":   {"PUT", list + "/items/add", map[string]any{"tracks": []any{map[string]string{"trackId": "00000000-0000-4000-8000-000000000000"}}}, 404, "No track found"},
		"hidden track":    {"PUT", list + "/items/add", map[string]any{"tracks": []any{map[string]string{"trackId": c.trackID("Salt letters")}}}, 404, "No track found"},
		"hidden, by list": {"PUT", list + "/items", map[string]any{"tracks": []any{map[string]string{"trackId": c.trackID("Salt letters")}}}, 404, "No track found"},
		"not JSON":        {"PUT", list + "/items", "tracks", 400, "should be object"},
		"no UUID":         {"PUT", "/user/playlists/x", map[string]string{"title": "x"}, 400, "uuid"},
	} {
		t.Run(name, func(t *testing.T) {
			if a := c.api(tt.method, tt.path, token, tt.in); a.StatusCode != tt.status || !strings.Contains(string(a.body), tt.says) {
				t.Errorf("%d %s", a.StatusCode, a.body)
			}
		})
	}
}

func TestOwnPlaylists(t *testing.T) {
	c := newCoop(t)
	token := c.tokenOf(demo.Tom())
	with, without := c.newPlaylist(token, harbour), c.newPlaylist(token, tide)
	got := c.get("/user/playlists?limit=1&page=2", token)
	if at(t, got, "count") != 2.0 || at(t, got, "numberOfPages") != 2.0 || len(at(t, got, "data").([]any)) != 1 {
		t.Errorf("second page: %v", got)
	}
	got = c.get("/user/playlists?includes="+c.trackID(harbour), token)
	if at(t, got, "count") != 1.0 || at(t, got, "data", 0, "id") != with {
		t.Errorf("with that track: %v, not %s", got, without)
	}
	if at(t, got, "data", 0, "items", 0, "track", "title") != harbour {
		t.Errorf("items: %v", got)
	}
}
