package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/credits"
)

func TestReleaseFromTheWire(t *testing.T) {
	r, err := answering(t, loadSample(t, "trackgroup_single_listener")).Release(context.Background(), someUID)
	if err != nil {
		t.Fatal(err)
	}
	const cover = "http://localhost:4000/images/33333333-3333-4333-8333-333333333333-x1500.jpg"
	if r.ID != someUID || r.Title != "Best album ever" || r.Type != "lp" || r.Date != "2019-01-01" ||
		r.Artist != "matrix" || r.DisplayArtist != "Jack" || !slices.Equal(r.Tags, []string{"ambient", "noise"}) ||
		r.CoverURL != cover || len(r.Covers) != 3 || !r.Enabled || r.Private {
		t.Errorf("release: %+v", r)
	}
	if len(r.Tracks) != 3 {
		t.Fatalf("%d tracks", len(r.Tracks))
	}
	second := r.Tracks[1]
	if second.ID != trackA || second.Index != 2 || second.Duration != 60*time.Second+20*time.Millisecond ||
		second.Artist != "matrix" || second.ReleaseTitle != "Best album ever" || second.CoverURL != cover ||
		second.Status != StatusPaid || !second.Personal {
		t.Errorf("track: %+v", second)
	}
	if r.Tracks[0].Status != StatusFree || r.Tracks[0].Index != 1 {
		t.Errorf("first track: %+v", r.Tracks[0])
	}
}

func TestListsFromTheWire(t *testing.T) {
	ctx := context.Background()
	page, err := answering(t, loadSample(t, "trackgroups")).Releases(ctx, ListOptions{})
	if err != nil || len(page.Items) == 0 || page.Pages == 0 || page.Page != 1 {
		t.Errorf("releases: %+v, %v", page, err)
	}
	owned, err := answering(t, loadSample(t, "collection_after_plays")).Collection(ctx, ListOptions{})
	if err != nil || len(owned.Items) != 1 || owned.Pages != 1 || owned.Total != 1 || owned.Items[0].ID != trackA {
		t.Errorf("collection: %+v, %v", owned, err)
	}
	starred, err := answering(t, loadSample(t, "favorites_list")).Favourites(ctx, ListOptions{})
	if err != nil || len(starred.Items) != 1 || starred.Items[0].Artist != "matrix" || starred.Items[0].ReleaseTitle != "Best album ever" {
		t.Errorf("favourites: %+v, %v", starred, err)
	}
	history, err := answering(t, loadSample(t, "history")).History(ctx, ListOptions{})
	if err != nil || len(history.Items) != 3 || history.Items[0].Artist != "Roberto Romaguera" || history.Items[0].Status != StatusFreeAndPaid {
		t.Errorf("history: %+v, %v", history, err)
	}
	artists, err := answering(t, loadSample(t, "artists_updated")).Artists(ctx, ListOptions{})
	if err != nil || len(artists.Items) == 0 || artists.Items[0].Name != "matrix" || len(artists.Items[0].Releases) == 0 || artists.Items[0].Releases[0].Artist != "matrix" {
		t.Errorf("artists: %+v, %v", artists, err)
	}
	label, err := answering(t, loadSample(t, "label")).Artist(ctx, someUID)
	if err != nil || label.Kind != KindLabel || label.Name != "Tiny Label" {
		t.Errorf("label: %+v, %v", label, err)
	}
}

func TestBareImageIDsBecomeAddresses(t *testing.T) {
	c := answering(t, loadSample(t, "artists_updated"))
	artists, err := c.Artists(context.Background(), ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var covers []string
	for _, r := range artists.Items[0].Releases {
		covers = append(covers, r.CoverURL)
	}
	want := c.BaseURL() + "/images/33333333-3333-4333-8333-333333333333-x600.jpg"
	if !slices.Contains(covers, want) {
		t.Errorf("covers %q, want %q among them", covers, want)
	}
}

func TestProfileFromTheWire(t *testing.T) {
	ctx := context.Background()
	p, err := answering(t, loadSample(t, "profile")).Profile(ctx)
	if err != nil || p.ID == "" || p.Credits != 10000 || p.Name != "listener" || len(p.Artists) != 0 {
		t.Errorf("listener: %+v, %v", p, err)
	}
	p, err = answering(t, loadSample(t, "profile_artist")).Profile(ctx)
	if err != nil || p.Role != "artist" || !p.IsArtist() || p.Artists[0].Name != "matrix" || p.Credits != 0 {
		t.Errorf("artist: %+v, %v", p, err)
	}
}

func TestPlaylistsFromTheWire(t *testing.T) {
	ctx := context.Background()
	p, err := answering(t, loadSample(t, "playlist_get_private_owner")).OwnPlaylist(ctx, someUID)
	if err != nil || len(p.Items) == 0 || p.Items[0].Track.Title == "" || p.Owner != "listener" {
		t.Errorf("playlist: %+v, %v", p, err)
	}
	items, err := answering(t, loadSample(t, "playlist_items_add_dup")).AddToPlaylist(ctx, someUID, trackB)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, item := range items {
		if item.Index != i+1 || item.ID == "" {
			t.Errorf("item %d: %+v", i, item)
		}
		got = append(got, item.Track.ID)
	}
	if !slices.Equal(got, []string{trackB, trackA, trackB}) {
		t.Errorf("items %q", got)
	}
	if artist := items[1].Track.Artist; artist != "Miss Lewis & Ondricka" {
		t.Errorf("entities are not decoded: %q", artist)
	}
	if err := answering(t, loadSample(t, "playlist_delete")).DeletePlaylist(ctx, someUID); err != nil {
		t.Errorf("deleting: %v", err)
	}
	wantIs(t, answering(t, loadSample(t, "playlist_delete_again")).DeletePlaylist(ctx, someUID), ErrNotFound)
	made, err := answering(t, loadSample(t, "playlist_create")).CreatePlaylist(ctx, PlaylistEdit{Title: "My list"})
	if err != nil || made.Title != "My list" || !made.Private || made.UpdatedAt.IsZero() {
		t.Errorf("created: %+v, %v", made, err)
	}
}

func TestReorderIfUnchanged(t *testing.T) {
	var asked string
	c := answering(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header.Get("If-Match")
		w.Header().Set("ETag", `"p-1"`)
		if asked != "" && asked != `"p-1"` {
			said(412, `{"status":412,"message":"It was changed meanwhile","data":null}`)(w, r)
			return
		}
		if r.Method == http.MethodGet {
			said(200, `{"data":{"id":"p","title":"x","items":[]}}`)(w, r)
			return
		}
		said(200, `{"data":[]}`)(w, r)
	}))
	ctx := context.Background()
	p, err := c.OwnPlaylist(ctx, someUID)
	if err != nil || p.Version != `"p-1"` {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := c.ReorderPlaylistIf(ctx, someUID, p.Version, []string{trackA}); err != nil || asked != p.Version {
		t.Errorf("If-Match: %s, %v", asked, err)
	}
	_, err = c.ReorderPlaylistIf(ctx, someUID, `"p-0"`, []string{trackA})
	wantIs(t, err, ErrConflict)
	if _, err := c.ReorderPlaylist(ctx, someUID, []string{trackA}); err != nil || asked != "" {
		t.Errorf("If-Match: %s, %v", asked, err)
	}
}

func TestSearchLeavesOutWhatIsNotOut(t *testing.T) {
	found, err := answering(t, loadSample(t, "search_unreleased")).Search(context.Background(), "unreleased")
	if err != nil || len(found.Tracks) != 0 {
		t.Errorf("found %+v, %v", found.Tracks, err)
	}
	found, err = answering(t, loadSample(t, "search")).Search(context.Background(), "album")
	if err != nil || len(found.Releases) != 3 || found.Releases[0].DisplayArtist != "@auggod" {
		t.Errorf("found %+v, %v", found.Releases, err)
	}
	tagged, err := answering(t, loadSample(t, "tag")).Tag(context.Background(), "ambient")
	if err != nil || len(tagged.Tracks) != 1 || len(tagged.Releases) != 1 {
		t.Errorf("tagged %+v, %v", tagged, err)
	}
}

func TestWireNumbers(t *testing.T) {
	for text, want := range map[string]number{"1": 1, `"2.5"`: 2.5, "null": 0, `""`: 0} {
		var n number
		if err := json.Unmarshal([]byte(text), &n); err != nil || n != want {
			t.Errorf("%s reads as %v, %v", text, n, err)
		}
	}
	for _, text := range []string{`"x"`, `"NaN"`, `"Inf"`, "true", "{}", `"1e999"`} {
		var n number
		if err := json.Unmarshal([]byte(text), &n); err == nil {
			t.Errorf("%s reads as %v, want an error", text, n)
		}
	}
	if seconds(-1) != 0 || seconds(1e12) != 0 {
		t.Error("impossible durations are believed")
	}
	for text, want := range map[string]Status{`0`: StatusFreeAndPaid, `"Paid"`: StatusPaid, `null`: StatusPaid, `"hidden"`: StatusHidden, `"new"`: StatusPaid} {
		var s status
		if err := json.Unmarshal([]byte(text), &s); err != nil || trackStatus(s) != want {
			t.Errorf("status %s reads as %v, %v", text, trackStatus(s), err)
		}
	}
}

func TestDepth(t *testing.T) {
	nested := func(n int) []byte { return []byte(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	if tooDeep(nested(maxDepth)) || !tooDeep(nested(maxDepth+1)) {
		t.Error("the limit is not where it is said to be")
	}
	if tooDeep([]byte(`{"a":"` + strings.Repeat("[", 1000) + `\"["}`)) {
		t.Error("brackets in strings count")
	}
}

func TestAddressesThatMayBeFetched(t *testing.T) {
	c := convert{base: &url.URL{Scheme: "https", Host: "coop.example"}}
	for in, want := range map[string]string{
		"": "", "/images/a.jpg": "https://coop.example/images/a.jpg", "https://cdn.example/a.jpg": "https://cdn.example/a.jpg",
		"javascript:alert(1)": "", "file:///etc/passwd": "", "https://me:pw@cdn.example/a": "", "http://[bad": "",
	} {
		if got := c.address(in); got != want {
			t.Errorf("address(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzDecode gives every shape of the wire arbitrary JSON: whatever decodes
// must convert, and hold what the exported types promise.
func FuzzDecode(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.json")
	if err != nil || len(paths) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		var s sample
		var env envelope
		if json.Unmarshal(text, &s) != nil || json.Unmarshal(s.Body, &env) != nil {
			continue // plain text
		}
		f.Add([]byte(env.Data))
		f.Add(bytes.TrimSuffix(bytes.TrimPrefix(env.Data, []byte("[")), []byte("]")))
	}
	f.Add([]byte(`[{"id":"a","items":[{"index":"9","track":null},{"track":{"id":""}}]}]`))
	c := convert{base: &url.URL{Scheme: "https", Host: "coop.example"}}
	f.Fuzz(func(t *testing.T, text []byte) {
		if tooDeep(text) {
			return
		}
		var releases list[wireRelease]
		if json.Unmarshal(text, &releases) == nil {
			for _, r := range c.releases(releases) {
				checkRelease(t, r)
			}
		}
		var artists list[wireArtist]
		if json.Unmarshal(text, &artists) == nil {
			c.artists(artists)
		}
		var playlists list[wirePlaylist]
		if json.Unmarshal(text, &playlists) == nil {
			c.playlists(playlists)
		}
		var one wireRelease
		if json.Unmarshal(text, &one) == nil {
			checkRelease(t, c.release(one))
		}
		var profile wireProfile
		if json.Unmarshal(text, &profile) == nil {
			c.profile(profile)
		}
		var found wireFound
		if json.Unmarshal(text, &found) == nil {
			c.found(found, true)
		}
		var play wirePlay
		if json.Unmarshal(text, &play) == nil {
			if r := result("id", play); r.Charged && (r.Short || r.Cost <= 0) || r.Count > credits.PlaysToOwn {
				t.Errorf("%+v", r)
			}
		}
	})
}

func checkRelease(t *testing.T, r Release) {
	if r.Date != "" && len(r.Date) != len("2006-01-02") {
		t.Errorf("date %q", r.Date)
	}
	for i, track := range r.Tracks {
		if track.ID == "" || track.Index != i+1 || track.Duration < 0 || track.Status == "" || track.Plays < 0 {
			t.Errorf("track %d: %+v", i, track)
		}
		if strings.ContainsAny(track.Title, "\n\x00") {
			t.Errorf("title %q", track.Title)
		}
	}
}
