package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// shelf is a server with n tracks or releases; buggy is one whose pages begin
// at page·limit, as the reference server's tracks do.
func shelf(n int, buggy bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		page = max(page, 1)
		offset := (page - 1) * limit
		if buggy && page > 1 {
			offset = page * limit
		}
		data := []map[string]string{}
		for i := offset; i < min(n, offset+limit); i++ {
			data = append(data, map[string]string{"id": fmt.Sprintf("id-%d", i)})
		}
		body, _ := json.Marshal(map[string]any{"data": data, "count": n, "numberOfPages": (n + limit - 1) / limit})
		said(200, string(body))(w, r)
	}
}

// TestAllTracksOnAnyServer: each track once and in order, with the fault and
// without it, at every size.
func TestAllTracksOnAnyServer(t *testing.T) {
	n, buggy := 0, false
	c := answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { shelf(n, buggy)(w, r) }))
	rapid.Check(t, func(t *rapid.T) {
		n = rapid.OneOf(rapid.IntRange(0, 12), rapid.IntRange(95, 105), rapid.IntRange(145, 155), rapid.IntRange(0, 700)).Draw(t, "n")
		buggy = rapid.Bool().Draw(t, "buggy")
		next := 0
		for track, err := range c.AllTracks(context.Background()) {
			if err != nil {
				t.Fatal(err)
			}
			if want := fmt.Sprintf("id-%d", next); track.ID != want {
				t.Fatalf("got %s, want %s", track.ID, want)
			}
			next++
		}
		if next != n {
			t.Fatalf("saw %d of %d tracks", next, n)
		}
	})
}

func TestWalkSeesEveryItemOnce(t *testing.T) {
	for _, n := range []int{0, 1, 99, 100, 101, 250} {
		c := answering(t, shelf(n, false))
		seen := 0
		for r, err := range c.AllReleases(context.Background()) {
			if err != nil || r.ID != fmt.Sprintf("id-%d", seen) {
				t.Fatalf("%+v, %v", r, err)
			}
			seen++
		}
		if seen != n {
			t.Errorf("saw %d of %d", seen, n)
		}
	}
}

func TestWalkEnds(t *testing.T) {
	ctx := context.Background()
	// A server without page counts that gives the same full page for ever.
	asked := 0
	endless := func(o ListOptions) (Page[int], error) {
		asked++
		return Page[int]{Items: make([]int, o.Limit)}, nil
	}
	var last error
	for _, err := range walk(endless, ListOptions{Limit: 2}) {
		last = err
	}
	if !errors.Is(last, errEndless) || asked != maxPages {
		t.Errorf("ended after %d pages with %v", asked, last)
	}
	// The caller's break asks for nothing more.
	c := answering(t, shelf(1000, false))
	seen := 0
	for range c.AllReleases(ctx) {
		if seen++; seen == 3 {
			break
		}
	}
	if seen != 3 {
		t.Errorf("saw %d", seen)
	}
	// An error ends the walk and is seen.
	failing := answering(t, said(500, `{"data":null}`))
	errs := 0
	for _, err := range failing.AllReleases(ctx) {
		if err == nil {
			t.Error("an item from nowhere")
		}
		errs++
	}
	if errs != 1 {
		t.Errorf("%d errors", errs)
	}
}

func TestOwnReleases(t *testing.T) {
	c := answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := map[string]string{"/api/v3/user/artists": "user_artists", "/api/v3/user/trackgroups": "user_trackgroups"}[r.URL.Path]
		if name == "" {
			t.Errorf("asked %s", r.URL.Path)
		}
		loadSample(t, name).ServeHTTP(w, r)
	}))
	all, err := c.OwnReleases(context.Background())
	if err != nil || len(all) != 3 {
		t.Fatalf("%d releases, %v", len(all), err)
	}
	r, err := c.OwnRelease(context.Background(), someUID)
	if err != nil || len(r.Tracks) != 3 || r.Artist != "matrix" || len(r.Covers) != 2 || !r.Enabled {
		t.Errorf("%+v, %v", r, err)
	}
	for i, track := range r.Tracks {
		if track.Index != i+1 || track.CoverURL == "" || track.Artist == "" {
			t.Errorf("track %+v", track)
		}
	}
	_, err = c.OwnRelease(context.Background(), trackA)
	wantIs(t, err, ErrNotFound)
}
