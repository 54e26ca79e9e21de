package conform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"testing"

	"github.com/ninth-coop/ninth/api"
)

// newPlaylist makes a playlist that ends with the test.
func (s *suite) newPlaylist(t *testing.T, c *api.Client, e api.PlaylistEdit) api.Playlist {
	t.Helper()
	p, err := c.CreatePlaylist(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.DeletePlaylist(context.WithoutCancel(t.Context()), p.ID); err != nil && !errors.Is(err, api.ErrNotFound) {
			t.Errorf("cleaning up: %v", err)
		}
	})
	return p
}

func (s *suite) playlistLife(t *testing.T) {
	c := s.client(t, s.target.Listener)
	p := s.newPlaylist(t, c, api.PlaylistEdit{Title: "Conformity & Söhne", About: "x", Private: true})
	if p.ID == "" || p.Title != "Conformity & Söhne" || !p.Private || len(p.Items) != 0 {
		t.Errorf("created %+v", p)
	}
	listed := false
	for one, err := range c.AllOwnPlaylists(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		listed = listed || one.ID == p.ID
	}
	if !listed {
		t.Error("a new playlist is not listed")
	}
	if got, err := c.UpdatePlaylist(t.Context(), p.ID, api.PlaylistEdit{Title: "Renamed", About: "y", Private: true}); err != nil || got.Title != "Renamed" || got.About != "y" {
		t.Errorf("updated %+v, %v", got, err)
	}
	if got, err := c.OwnPlaylist(t.Context(), p.ID); err != nil || got.Title != "Renamed" || got.About != "y" {
		t.Errorf("read %+v, %v", got, err)
	}
	token := s.token(t, s.target.Listener)
	s.ask(t, http.MethodPost, root+"/user/playlists", token, `{"about":"x"}`).failure(t, 400, "Bad Request")
	made := s.ask(t, http.MethodPost, root+"/user/playlists", token, `{"title":"x"}`)
	data, _ := made.json["data"].(map[string]any)
	if made.status != http.StatusCreated || made.number("status") != 201 || data["private"] != true {
		t.Errorf("created with a title only: %d %s", made.status, made.body)
	}
	if err := c.DeletePlaylist(t.Context(), fmt.Sprint(data["id"])); err != nil {
		t.Error(err)
	}
	if err := c.DeletePlaylist(t.Context(), p.ID); err != nil {
		t.Error(err)
	}
	if err := c.DeletePlaylist(t.Context(), p.ID); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
	if _, err := c.OwnPlaylist(t.Context(), p.ID); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("read after deleting: %v", err)
	}
}

// playlistItems: adding, copies, order, removing one copy and all.
func (s *suite) playlistItems(t *testing.T) {
	c := s.client(t, s.target.Listener)
	tracks := s.tracksOf(t)
	if len(tracks) < 3 {
		s.skip(t, "the catalogue has fewer than three tracks")
	}
	a, b, d := tracks[0].ID, tracks[1].ID, tracks[2].ID
	p := s.newPlaylist(t, c, api.PlaylistEdit{Title: "Items"})
	check := func(what string, items []api.PlaylistItem, err error, want ...string) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		stored, err := c.OwnPlaylist(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(trackIDs(items)) != fmt.Sprint(want) || fmt.Sprint(trackIDs(stored.Items)) != fmt.Sprint(want) {
			t.Errorf("%s: answered %v, stored %v, want %v", what, trackIDs(items), trackIDs(stored.Items), want)
		}
		for _, item := range stored.Items {
			if item.Track.Title == "" || item.Track.ReleaseID == "" {
				t.Errorf("%s: half a track: %+v", what, item.Track)
			}
		}
	}
	items, err := c.AddToPlaylist(t.Context(), p.ID, a, b)
	check("two added", items, err, a, b)
	items, err = c.ReorderPlaylist(t.Context(), p.ID, []string{d, a, b, a})
	check("replaced", items, err, d, a, b, a)
	items, err = c.ReorderPlaylist(t.Context(), p.ID, []string{a, b, d, a})
	check("reordered", items, err, a, b, d, a)
	items, err = c.ReorderPlaylist(t.Context(), p.ID, []string{b, d, a})
	check("one of two copies removed", items, err, b, d, a)
	items, err = c.ReorderPlaylist(t.Context(), p.ID, []string{a, b, a, d})
	check("replaced again", items, err, a, b, a, d)
	s.removeOneCopy(t, c, p.ID, a)
	items, err = c.ReorderPlaylist(t.Context(), p.ID, []string{a, b, a, d})
	check("replaced once more", items, err, a, b, a, d)
	items, err = c.RemoveFromPlaylist(t.Context(), p.ID, a)
	check("every copy removed", items, err, b, d)
	items, err = c.ReorderPlaylist(t.Context(), p.ID, []string{})
	check("emptied", items, err)
	s.duplicateAdded(t, c, p.ID, a)
}

// removeOneCopy tries a removal by entry, which reference servers do not have.
func (s *suite) removeOneCopy(t *testing.T, c *api.Client, playlist, track string) {
	t.Helper()
	before, err := c.OwnPlaylist(t.Context(), playlist)
	if err != nil {
		t.Fatal(err)
	}
	var entry string
	for _, item := range before.Items {
		if item.Track.ID == track {
			entry = item.ID
		}
	}
	path := root + "/user/playlists/" + playlist + "/items/remove"
	a := s.ask(t, http.MethodPut, path, s.token(t, s.target.Listener), `{"tracks":[{"id":"`+entry+`"}]}`)
	after, err := c.OwnPlaylist(t.Context(), playlist)
	if err != nil {
		t.Fatal(err)
	}
	if entry == "" || a.status != 200 {
		s.lacks("removal of one copy of a track from a playlist by its entry")
		return
	}
	want := trackIDs(before.Items[:2])
	for _, item := range before.Items[2:] {
		if item.ID != entry {
			want = append(want, item.Track.ID)
		}
	}
	if fmt.Sprint(trackIDs(after.Items)) != fmt.Sprint(want) {
		t.Errorf("removing the second copy leaves %v, want %v", trackIDs(after.Items), want)
	}
}

// playlistVersions: a change to another state than the one known is refused,
// or a reference server takes it.
func (s *suite) playlistVersions(t *testing.T) {
	c := s.client(t, s.target.Listener)
	id := s.tracksOf(t)[0].ID
	p := s.newPlaylist(t, c, api.PlaylistEdit{Title: "Versions"})
	known, err := c.OwnPlaylist(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.ReorderPlaylistIf(t.Context(), p.ID, known.Version, []string{id}); err != nil {
		t.Fatal(err)
	}
	_, err = c.ReorderPlaylistIf(t.Context(), p.ID, known.Version, []string{id, id})
	if err == nil {
		s.lacks("versions of playlists: of two who edit at once, the last one wins")
		return
	}
	got, readErr := c.OwnPlaylist(t.Context(), p.ID)
	if !errors.Is(err, api.ErrConflict) || readErr != nil || len(got.Items) != 1 || got.Version == known.Version {
		t.Errorf("changed by someone who knew an older state: %v; now %+v, %v", err, got, readErr)
	}
}

// playlistKeys: what is sent twice under one key is done once.
func (s *suite) playlistKeys(t *testing.T) {
	c := s.client(t, s.target.Listener)
	track := s.tracksOf(t)[0].ID
	once := api.WithKey(t.Context(), "conform-"+suffix())
	made := func() api.Playlist {
		p, err := c.CreatePlaylist(once, api.PlaylistEdit{Title: "Once"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := c.DeletePlaylist(context.WithoutCancel(t.Context()), p.ID); err != nil && !errors.Is(err, api.ErrNotFound) {
				t.Errorf("cleaning up: %v", err)
			}
		})
		return p
	}
	first := made()
	if again := made(); again.ID != first.ID {
		s.lacks(noKeys)
		if c.KnowsKeys() {
			t.Error("the server says that it keeps answers under their keys, and has made a playlist twice")
		}
		return
	}
	if !c.KnowsKeys() {
		s.lacks("word of its idempotency: it keeps answers under their keys and does not say so (X-Ninth-Keys)")
	}
	s.keyedItems(t, c, first.ID, track)
	for range 2 {
		if err := c.DeletePlaylist(once, first.ID); err != nil {
			t.Errorf("deleted under one key: %v", err)
		}
	}
	if err := c.DeletePlaylist(api.WithKey(t.Context(), "conform-"+suffix()), first.ID); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("deleted once more under another key: %v", err)
	}
}

// keyedItems changes a playlist, each change twice under its key: the answer to
// the second is that to the first, also when the version that it names has gone.
func (s *suite) keyedItems(t *testing.T, c *api.Client, id, track string) {
	t.Helper()
	once := api.WithKey(t.Context(), "conform-"+suffix())
	for range 2 {
		if items, err := c.AddToPlaylist(once, id, track); err != nil || len(items) != 1 {
			t.Errorf("added twice under one key: %v, %v", trackIDs(items), err)
		}
	}
	known, err := c.OwnPlaylist(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if items, err := c.ReorderPlaylistIf(once, id, known.Version, []string{track, track}); err != nil || len(items) != 2 {
			t.Errorf("reordered twice under one key: %v, %v", trackIDs(items), err)
		}
	}
	if known, err = c.OwnPlaylist(t.Context(), id); err != nil || len(known.Items) != 2 {
		t.Fatalf("%+v, %v", known, err)
	}
	for range 2 {
		p, err := c.UpdatePlaylistIf(once, id, known.Version, api.PlaylistEdit{Title: "Twice"})
		if err != nil || p.Title != "Twice" {
			t.Errorf("renamed twice under one key: %+v, %v", p, err)
		}
	}
	// The same wish with another key is another change, and comes too late.
	other := api.WithKey(t.Context(), "conform-"+suffix())
	_, err = c.UpdatePlaylistIf(other, id, known.Version, api.PlaylistEdit{Title: "Twice"})
	if known.Version != "" && !errors.Is(err, api.ErrConflict) {
		t.Errorf("renamed under another key, of a version that has gone: %v", err)
	}
}

// duplicateAdded: a track may be in a playlist twice.
func (s *suite) duplicateAdded(t *testing.T, c *api.Client, playlist, track string) {
	t.Helper()
	for n := 1; n <= 2; n++ {
		items, err := c.AddToPlaylist(t.Context(), playlist, track)
		if err != nil || len(items) != n {
			t.Errorf("added %d times: %v, %v", n, trackIDs(items), err)
		}
	}
}

func trackIDs(items []api.PlaylistItem) []string {
	var out []string
	for _, item := range items {
		out = append(out, item.Track.ID)
	}
	return out
}

// playlistPrivacy asks as nobody first: a reference server would keep the
// owner's answer and give it to all.
func (s *suite) playlistPrivacy(t *testing.T) {
	c, nobody := s.client(t, s.target.Listener), s.client(t, Account{})
	p := s.newPlaylist(t, c, api.PlaylistEdit{Title: "Mine", Private: true})
	if _, err := nobody.Playlist(t.Context(), p.ID); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("a private playlist: %v", err)
	}
	if _, err := c.Playlist(t.Context(), p.ID); err != nil {
		t.Errorf("a private playlist, for its owner: %v", err)
	}
	if a := s.get(t, root+"/playlists/"+p.ID, s.token(t, s.target.Listener)); a.status == 200 {
		if s.get(t, root+"/playlists/"+p.ID, "").status == 200 {
			s.lacks("answers that are kept from other listeners: they are cached by address alone")
		}
	}
	token := s.token(t, s.target.Listener)
	if a := s.ask(t, http.MethodPut, root+"/user/playlists/"+p.ID+"/privacy", token, `{"private":false}`); a.status != 200 {
		t.Errorf("publishing: %d %s", a.status, a.body)
	}
	if got, err := nobody.Playlist(t.Context(), p.ID); err != nil || got.Title != "Mine" || got.Owner == "" || got.Private {
		t.Errorf("a public playlist: %+v, %v", got, err)
	}
}

func (s *suite) playlistOfAnother(t *testing.T) {
	other := s.client(t, s.account(t, s.target.Poor, "a second listener"))
	p := s.newPlaylist(t, s.client(t, s.target.Listener), api.PlaylistEdit{Title: "Hands off"})
	for what, try := range map[string]func() error{
		"renamed": func() error {
			_, err := other.UpdatePlaylist(t.Context(), p.ID, api.PlaylistEdit{Title: "Mine now"})
			return err
		},
		"filled": func() error {
			_, err := other.AddToPlaylist(t.Context(), p.ID, s.tracksOf(t)[0].ID)
			return err
		},
		"deleted": func() error { return other.DeletePlaylist(t.Context(), p.ID) },
	} {
		var status *api.StatusError
		if err := try(); !errors.As(err, &status) {
			t.Errorf("another's playlist was %s: %v", what, err)
		}
	}
	got, err := s.client(t, s.target.Listener).OwnPlaylist(t.Context(), p.ID)
	if err != nil || got.Title != "Hands off" || len(got.Items) != 0 {
		t.Errorf("afterwards: %+v, %v", got, err)
	}
}

// playlistCover gives a playlist a picture. A server may take its time to show
// it.
func (s *suite) playlistCover(t *testing.T) {
	c := s.client(t, s.target.Listener)
	p := s.newPlaylist(t, c, api.PlaylistEdit{Title: "Covered", Private: true})
	picture := image.NewGray(image.Rect(0, 0, 300, 300))
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture, nil); err != nil {
		t.Fatal(err)
	}
	address, err := c.SetPlaylistCoverIf(t.Context(), p.ID, "", b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.OwnPlaylist(t.Context(), p.ID)
	if err != nil || address != "" && got.CoverURL != address || got.Title != p.Title {
		t.Errorf("the cover is at %q, then %+v, %v", address, got, err)
	}
	if address == "" {
		t.Logf("the server does not show a cover at once")
		return
	}
	body, err := c.Image(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if cfg, err := jpeg.DecodeConfig(body); err != nil || cfg.Width != cfg.Height {
		t.Errorf("the cover is %+v, %v", cfg, err)
	}
}
