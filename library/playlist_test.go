package library

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// rapidFolder is t.TempDir for rapid.
func rapidFolder(t *rapid.T) string {
	folder := value[string](t)(os.MkdirTemp("", "ninth-library"))
	t.Cleanup(func() { must(t, os.RemoveAll(folder)) })
	return folder
}

func itemTracks(p Playlist) []string {
	var out []string
	for _, it := range p.Items {
		out = append(out, it.Track.ID)
	}
	return out
}

func theirs(id, title string, trackIDs ...string) Playlist {
	p := Playlist{ID: id, Title: title, Own: true, Items: []PlaylistItem{}}
	for _, t := range trackIDs {
		p.Items = append(p.Items, PlaylistItem{Track: Track{ID: t, Title: "Track " + t}})
	}
	return p
}

func TestPlaylistIsNamedByTheCoOp(t *testing.T) {
	l := newLibrary(t)
	p := value[Playlist](t)(l.CreatePlaylist("Évening", "for later", true))
	must(t, l.AddToPlaylist(p.ID, "a", "b", "a"))
	must(t, l.UpdatePlaylist(p.ID, "Evening walk", "", false))
	out := value[[]Intent](t)(l.Outbox())
	if len(out) != 2 || out[0].Kind != IntentPlaylistCreate || out[0].Title != "Evening walk" || out[0].Private {
		t.Fatalf("what has not left is changed in its place: %+v", out)
	}
	must(t, l.MarkSending(out[0].ID, Before{}))
	must(t, l.UpdatePlaylist(p.ID, "Night walk", "", false))
	must(t, l.ConfirmCreated(out[0].ID, "their-id"))
	for _, in := range value[[]Intent](t)(l.Outbox()) {
		if in.PlaylistID != "their-id" {
			t.Errorf("not renamed: %+v", in)
		}
	}
	for _, id := range []string{p.ID, "their-id"} {
		got := value[Playlist](t)(l.Playlist(id))
		if got.ID != "their-id" || got.Title != "Night walk" || fmt.Sprint(itemTracks(got)) != "[a b a]" || !got.Own {
			t.Errorf("by %s: %+v", id, got)
		}
	}
	if r := value[Results](t)(l.Search("night wa", 5)); len(r.Playlists) != 1 || r.Playlists[0].ID != "their-id" {
		t.Errorf("search: %+v", r.Playlists)
	}
	// The old id works for edits as well.
	must(t, l.RemoveFromPlaylist(p.ID, value[Playlist](t)(l.Playlist(p.ID)).Items[0].ID))
	if got := value[Playlist](t)(l.Playlist(p.ID)); fmt.Sprint(itemTracks(got)) != "[b a]" {
		t.Errorf("the wrong copy went: %v", itemTracks(got))
	}
}

// TestPlaylistIsMetBeforeItsAnswer: the co-op lists a playlist whose creation it
// has not confirmed yet.
func TestPlaylistIsMetBeforeItsAnswer(t *testing.T) {
	l := newLibrary(t)
	p := value[Playlist](t)(l.CreatePlaylist("Rain ", "", true))
	must(t, l.AddToPlaylist(p.ID, "a"))
	create := value[[]Intent](t)(l.Outbox())[0]
	met := theirs("their-id", "Rain")
	met.Private = true
	other := theirs("other-id", "Wind", "b")
	shown := func() (ids []string) {
		for _, p := range value[Page[Playlist]](t)(l.Playlists(0, 10)).Items {
			ids = append(ids, p.ID)
		}
		return ids
	}
	// Nothing has left: what has the same title is another one.
	must(t, l.PutPlaylists(met))
	if got := shown(); len(got) != 2 {
		t.Errorf("before it was sent: %v", got)
	}
	must(t, l.RetainPlaylists(func(p Playlist) bool { return p.ID != "their-id" }))
	must(t, l.MarkSending(create.ID, Before{}))
	must(t, l.PutPlaylists(met, other))
	if got := shown(); fmt.Sprint(got) != fmt.Sprint([]string{p.ID, "other-id"}) {
		t.Errorf("while it is on its way: %v", got)
	}
	must(t, l.ConfirmCreated(create.ID, "their-id"))
	if got := shown(); fmt.Sprint(got) != "[their-id other-id]" {
		t.Errorf("confirmed: %v", got)
	}
}

// TestPlaylistIsNamedAsOneThatIsKnown: whatever the library knew under the id
// that a new playlist is given, one is left, with what the person put on it.
func TestPlaylistIsNamedAsOneThatIsKnown(t *testing.T) {
	l := newLibrary(t)
	p := value[Playlist](t)(l.CreatePlaylist("Rain", "", true))
	must(t, l.AddToPlaylist(p.ID, "a"))
	must(t, l.PutPlaylists(theirs("their-id", "Renamed elsewhere", "b")))
	must(t, l.PinPlaylist("their-id", true))
	must(t, l.ConfirmCreated(value[[]Intent](t)(l.Outbox())[0].ID, "their-id"))
	all := value[Page[Playlist]](t)(l.Playlists(0, 10))
	if len(all.Items) != 1 || all.Total != 1 || all.Items[0].Title != "Rain" {
		t.Errorf("listed: %+v", all)
	}
	if got := value[Playlist](t)(l.Playlist(p.ID)); got.ID != "their-id" || fmt.Sprint(itemTracks(got)) != "[a]" {
		t.Errorf("by its old name: %+v", got)
	}
	if r := value[Results](t)(l.Search("renamed", 5)); len(r.Playlists) != 0 {
		t.Errorf("found by a title it has not: %+v", r.Playlists)
	}
	if pinned := value[bool](t)(l.PlaylistPinned(p.ID)); !pinned {
		t.Error("no longer pinned")
	}
	must(t, l.Check(t.Context()))
}

func TestPlaylistThatNeverLeft(t *testing.T) {
	l := newLibrary(t)
	p := value[Playlist](t)(l.CreatePlaylist("Short-lived", "", true))
	must(t, l.AddToPlaylist(p.ID, "a"))
	must(t, l.DeletePlaylist(p.ID))
	if out := value[[]Intent](t)(l.Outbox()); len(out) != 0 {
		t.Errorf("it leaves a trace: %+v", out)
	}
	// One whose creation may have happened has to be removed there.
	p = value[Playlist](t)(l.CreatePlaylist("Sent", "", true))
	create := value[[]Intent](t)(l.Outbox())[0]
	must(t, l.MarkSending(create.ID, Before{}))
	must(t, l.DeletePlaylist(p.ID))
	must(t, l.ConfirmCreated(create.ID, "x"))
	out := value[[]Intent](t)(l.Outbox())
	if len(out) != 1 || out[0].Kind != IntentPlaylistDelete || out[0].PlaylistID != "x" {
		t.Errorf("outbox %+v", out)
	}
}

func TestPlaylistFactsRespectWishes(t *testing.T) {
	l := newLibrary(t)
	must(t, l.PutPlaylists(theirs("p", "Mine", "a", "b", "c"), theirs("q", "Other", "a")))
	p := value[Playlist](t)(l.Playlist("p"))
	must(t, l.MovePlaylistItem("p", p.Items[2].ID, 0))
	in := value[[]Intent](t)(l.Outbox())[0]
	if fmt.Sprint(in.Base, in.Items) != "[a b c] [c a b]" {
		t.Fatalf("intent %+v", in)
	}
	must(t, l.PutPlaylists(theirs("p", "Mine", "a", "b", "c", "d"), theirs("q", "Other", "a", "z")))
	if got := itemTracks(value[Playlist](t)(l.Playlist("p"))); fmt.Sprint(got) != "[c a b]" {
		t.Errorf("the wish was overwritten: %v", got)
	}
	if got := itemTracks(value[Playlist](t)(l.Playlist("q"))); fmt.Sprint(got) != "[a z]" {
		t.Errorf("the other was not refreshed: %v", got)
	}
	must(t, l.ConfirmItems(in.ID, "c", "a", "b", "d"))
	after := value[Playlist](t)(l.Playlist("p"))
	if fmt.Sprint(itemTracks(after)) != "[c a b d]" || after.Items[0].ID != p.Items[2].ID {
		t.Errorf("after joining: %+v", after.Items)
	}
	// Moving it back is no edit at all.
	must(t, l.MovePlaylistItem("p", after.Items[0].ID, 2))
	must(t, l.MovePlaylistItem("p", after.Items[0].ID, 0))
	if out := value[[]Intent](t)(l.Outbox()); len(out) != 0 {
		t.Errorf("there and back leaves %+v", out)
	}
	must(t, l.RetainPlaylists(func(p Playlist) bool { return p.ID == "p" }))
	if _, err := l.Playlist("q"); !errors.Is(err, ErrNotFound) {
		t.Errorf("q was kept: %v", err)
	}
	if r := value[Results](t)(l.Search("track d", 5)); len(r.Tracks) != 1 {
		t.Errorf("a track that only a playlist knows cannot be found: %+v", r.Tracks)
	}
}

func TestPlaylistsOfOthersCannotBeEdited(t *testing.T) {
	l := newLibrary(t)
	p := theirs("p", "Theirs", "a")
	p.Own = false
	must(t, l.PutPlaylists(p))
	for name, err := range map[string]error{
		"add": l.AddToPlaylist("p", "b"), "update": l.UpdatePlaylist("p", "x", "", false), "delete": l.DeletePlaylist("p"),
	} {
		if !errors.Is(err, ErrReadOnly) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRecreate(t *testing.T) {
	l := newLibrary(t)
	must(t, l.PutPlaylists(theirs("p", "Mine", "a")))
	must(t, l.AddToPlaylist("p", "b"))
	local := value[string](t)(l.Recreate("p"))
	out := value[[]Intent](t)(l.Outbox())
	if len(out) != 2 || out[0].Kind != IntentPlaylistCreate || fmt.Sprint(out[1].Base, out[1].Items) != "[] [a b]" {
		t.Fatalf("outbox %+v", out)
	}
	for _, id := range []string{"p", local} {
		if got := value[Playlist](t)(l.Playlist(id)); fmt.Sprint(itemTracks(got)) != "[a b]" || got.ID != local {
			t.Errorf("by %s: %+v", id, got)
		}
	}
	// Once a refresh no longer meets it, it stays all the same.
	must(t, l.RetainPlaylists(func(Playlist) bool { return false }))
	_ = value[Playlist](t)(l.Playlist(local))
	// The person gives the failed creation up, and the list with it.
	must(t, l.Fail(out[0].ID, "no"))
	must(t, l.DismissIntent(out[0].ID))
	if _, err := l.Playlist(local); !errors.Is(err, ErrNotFound) || len(value[[]Intent](t)(l.Outbox())) > 0 {
		t.Errorf("given up, and still there: %v", err)
	}
}

// TestPlaylistModel edits a playlist at random, with intents that leave, come
// back and fail in between, and compares it with a slice.
func TestPlaylistModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := openAt(t, rapidFolder(t))
		defer func() { must(t, l.Close()) }()
		must(t, l.PutPlaylists(theirs("p", "Mine", "a", "b")))
		model := value[Playlist](t)(l.Playlist("p")).Items
		track := rapid.SampledFrom([]string{"a", "b", "c"})
		some := func(t *rapid.T) int { return rapid.IntRange(0, len(model)-1).Draw(t, "which") }
		server := []string{"a", "b"}
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				id := track.Draw(t, "track")
				must(t, l.AddToPlaylist("p", id))
				items := value[Playlist](t)(l.Playlist("p")).Items
				if len(items) != len(model)+1 || items[len(model)].Track.ID != id {
					t.Fatalf("added %s to %v: %v", id, model, items)
				}
				model = items
			},
			"remove": func(t *rapid.T) {
				if len(model) == 0 {
					t.Skip("nothing to remove")
				}
				i := some(t)
				must(t, l.RemoveFromPlaylist("p", model[i].ID))
				model = slices.Delete(slices.Clone(model), i, i+1)
			},
			"move": func(t *rapid.T) {
				if len(model) == 0 {
					t.Skip("nothing to move")
				}
				i, to := some(t), some(t)
				must(t, l.MovePlaylistItem("p", model[i].ID, to))
				it := model[i]
				model = slices.Insert(slices.Delete(slices.Clone(model), i, i+1), to, it)
			},
			"send": func(t *rapid.T) {
				out := value[[]Intent](t)(l.Outbox())
				if len(out) == 0 {
					return
				}
				must(t, l.MarkSending(out[0].ID, Before{}))
				if rapid.Bool().Draw(t, "answered") {
					server = out[0].Items
					must(t, l.ConfirmItems(out[0].ID, server...))
				}
			},
			"refresh": func(t *rapid.T) { must(t, l.PutPlaylists(theirs("p", "Mine", server...))) },
			"": func(t *rapid.T) {
				got := value[Playlist](t)(l.Playlist("p"))
				want := itemTracks(Playlist{Items: model})
				if !slices.Equal(itemTracks(got), want) || got.Count != len(model) {
					t.Fatalf("%v, want %v", itemTracks(got), want)
				}
				model = got.Items // answers may give places new ids
				seen := map[string]bool{}
				for _, it := range got.Items {
					if seen[it.ID] {
						t.Fatalf("two places with the id %s", it.ID)
					}
					seen[it.ID] = true
				}
				last, untouched := server, 0
				for _, in := range value[[]Intent](t)(l.Outbox()) {
					if in.State == IntentWaiting {
						untouched++
					}
					if !slices.Equal(in.Base, last) {
						t.Fatalf("an edit begins from %v, the one before ended with %v", in.Base, last)
					}
					last = in.Items
				}
				if untouched > 1 || !slices.Equal(last, want) {
					t.Fatalf("%d edits wait, the last ends with %v, want %v", untouched, last, want)
				}
				checkInvariants(t, l)
			},
		})
	})
}
