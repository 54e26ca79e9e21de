package library

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func reasons(t fataler, l *Library, trackID string) string {
	t.Helper()
	for _, s := range value[Page[Stored]](t)(l.Stored(0, 100)).Items {
		if s.Track.ID != trackID {
			continue
		}
		var out []string
		for _, r := range s.Reasons {
			out = append(out, strings.TrimSpace(fmt.Sprint([]string{"owned", "pinned", "release", "playlist", "streamed"}[r.Why], " ", r.Title)))
		}
		return strings.Join(out, ", ")
	}
	return "not here"
}

func TestPinsOfReleasesAndPlaylists(t *testing.T) {
	l := newLibrary(t)
	must(t, l.PutReleases(release("release", "Low tide", "A", 4), release("other", "Other", "A", 1)))
	must(t, l.PutOwned("release-1", "release-2"))
	list := Playlist{ID: "evenings", Title: "Evenings", Own: true, Items: []PlaylistItem{
		{Track: Track{ID: "release-2"}}, {Track: Track{ID: "release-3"}}, {Track: Track{ID: "other-1"}},
	}}
	must(t, l.PutPlaylists(list))
	wholeFile(t, l, "release-2", "owned")
	wholeFile(t, l, "release-3", "streamed")
	must(t, l.PinRelease("release", true))
	must(t, l.PinPlaylist("evenings", true))
	for id, want := range map[string]string{
		"release-1": "not here", "release-2": "owned, release Low tide, playlist Evenings", "release-3": "streamed",
	} {
		if got := reasons(t, l, id); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	if w := value[[]Wanted](t)(l.Wanted()); fmt.Sprint(w) != "[{release-1 true}]" {
		t.Errorf("wanted %v", w)
	}
	checkInvariants(t, l)

	// What becomes owned, or joins, is kept from then on.
	must(t, l.PutPlays(map[string]int{"other-1": 9}))
	more := release("release", "Low tide", "A", 4)
	more.Tracks = append(more.Tracks, Track{ID: "bonus", Title: "Bonus"})
	must(t, l.PutOwned("bonus"))
	must(t, l.PutReleases(more))
	if w := value[[]Wanted](t)(l.Wanted()); fmt.Sprint(w) != "[{bonus true} {other-1 true} {release-1 true}]" {
		t.Errorf("wanted %v", w)
	}
	checkInvariants(t, l)
	// What leaves the playlist is only owned.
	list.Items = list.Items[:2]
	must(t, l.PutPlaylists(list))
	if w := value[[]Wanted](t)(l.Wanted()); fmt.Sprint(w) != "[{bonus true} {release-1 true} {other-1 false}]" {
		t.Errorf("wanted %v", w)
	}
	must(t, l.PinRelease("release", false))
	if on := value[bool](t)(l.ReleasePinned("release")); on {
		t.Error("pinned still")
	}
	if got := reasons(t, l, "release-2"); got != "owned, playlist Evenings" {
		t.Error(got)
	}
	must(t, l.RetainPlaylists(func(Playlist) bool { return false }))
	if got := reasons(t, l, "release-2"); got != "owned" {
		t.Errorf("after the playlist has gone: %s", got)
	}
	if err := l.PinRelease("nothing", true); !errors.Is(err, ErrNotFound) {
		t.Errorf("a release that is not there: %v", err)
	}
}

func TestAPinFollowsItsPlaylistToItsNewName(t *testing.T) {
	l := newLibrary(t)
	must(t, l.PutReleases(release("release", "R", "A", 2)))
	must(t, l.PutOwned("release-1"))
	p := value[Playlist](t)(l.CreatePlaylist("New", "", true))
	must(t, l.AddToPlaylist(p.ID, "release-1"))
	must(t, l.PinPlaylist(p.ID, true))
	in := value[[]Intent](t)(l.Outbox())[0]
	must(t, l.ConfirmCreated(in.ID, "named-by-coop"))
	for _, id := range []string{p.ID, "named-by-coop"} {
		if !value[bool](t)(l.PlaylistPinned(id)) {
			t.Errorf("%s is not pinned", id)
		}
	}
	if w := value[[]Wanted](t)(l.Wanted()); fmt.Sprint(w) != "[{release-1 true}]" {
		t.Errorf("wanted %v", w)
	}
	must(t, l.SignOut(true))
	if w := value[[]Wanted](t)(l.Wanted()); len(w) != 0 {
		t.Errorf("wanted after signing out: %v", w)
	}
}

func TestOwnDraftsArePinnedWithTheirRelease(t *testing.T) {
	l := newLibrary(t)
	draft := release("draft", "Draft", "Me", 2)
	draft.Own, draft.Draft = true, true
	must(t, l.PutReleases(draft))
	must(t, l.PinRelease("draft", true))
	if w := wantedIDs(t, l); fmt.Sprint(w) != "[draft-1 draft-2]" {
		t.Errorf("wanted %v", w)
	}
	wholeFile(t, l, "draft-1", "mine")
	if tr := value[Track](t)(l.Track("draft-1")); tr.Offline != Pinned {
		t.Errorf("offline %d", tr.Offline)
	}
	must(t, l.RetainOwn(func(string) bool { return false }))
	if w := wantedIDs(t, l); len(w) != 0 {
		t.Errorf("a draft that is gone is wanted: %v", w)
	}
}

func TestPinsAreListed(t *testing.T) {
	l := newLibrary(t)
	must(t, l.PutReleases(release("one", "One", "A", 2), release("two", "Two", "B", 1)))
	must(t, l.PutPlaylists(Playlist{ID: "list", Title: "List", Own: true}))
	must(t, errors.Join(l.PinRelease("two", true), l.PinPlaylist("list", true), l.PinRelease("one", true), l.Pin("one-1", true)))
	list := func(offset, limit int) (out string) {
		p := value[Page[Reason]](t)(l.Pins(offset, limit))
		for _, r := range p.Items {
			out += fmt.Sprint(r.Title, r.Why == WhyPlaylist, " ")
		}
		return out + fmt.Sprint(p.Total)
	}
	if got := list(0, 9); got != "Listtrue Onefalse Twofalse 3" {
		t.Errorf("pins %s", got)
	}
	if got := list(1, 1); got != "Onefalse 3" {
		t.Errorf("the second pin: %s", got)
	}
	must(t, l.PinRelease("one", false))
	must(t, l.RetainPlaylists(func(Playlist) bool { return false }))
	if got := list(0, 9); got != "Twofalse 1" {
		t.Errorf("pins after some went: %s", got)
	}
}

func TestLetGo(t *testing.T) {
	l := newLibrary(t)
	must(t, l.PutReleases(release("release", "R", "A", 3)))
	must(t, l.PutOwned("release-1"))
	must(t, l.Pin("release-2", true))
	for i := 1; i <= 3; i++ {
		wholeFile(t, l, fmt.Sprintf("release-%d", i), "0123456789")
	}
	if _, err := l.LetGo("nothing1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("what is not here: %v", err)
	}
	free, _ := l.Claim("release-3")
	if _, err := l.LetGo("release-3"); !errors.Is(err, ErrBusy) {
		t.Errorf("what is being fetched: %v", err)
	}
	free()
	var gone []*LetGone
	for i := 1; i <= 3; i++ {
		gone = append(gone, value[*LetGone](t)(l.LetGo(fmt.Sprintf("release-%d", i))))
	}
	if n, tracks, _ := l.DiskUse(); n != 0 || tracks != 0 {
		t.Errorf("%d bytes, %d tracks", n, tracks)
	}
	if w := wantedIDs(t, l); len(w) != 0 {
		t.Errorf("wanted again: %v", w)
	}
	for _, g := range gone {
		must(t, g.Undo())
	}
	if got := onDisk(t, l); fmt.Sprint(got) != "[release-1 release-2 release-3]" {
		t.Errorf("on disk %v", got)
	}
	for id, want := range map[string]string{"release-1": "owned", "release-2": "pinned", "release-3": "streamed"} {
		if got := reasons(t, l, id); got != want {
			t.Errorf("%s: %s", id, got)
		}
	}
	// For good: the owned one is not fetched again until it is pinned.
	must(t, value[*LetGone](t)(l.LetGo("release-1")).Settle())
	if got := onDisk(t, l); fmt.Sprint(got) != "[release-2 release-3]" {
		t.Errorf("on disk %v", got)
	}
	wholeFile(t, l, "release-1", "streamed again")
	if got := reasons(t, l, "release-1"); got != "streamed" {
		t.Errorf("an owned track that was let go and streamed again: %s", got)
	}
	must(t, l.Forget("release-1"))
	must(t, l.PinRelease("release", true))
	if w := wantedIDs(t, l); fmt.Sprint(w) != "[release-1]" {
		t.Errorf("wanted %v", w)
	}
}

func TestUndoAfterTheBytesAreGone(t *testing.T) {
	l := newLibrary(t)
	must(t, l.PutReleases(release("release", "R", "A", 1)))
	must(t, l.PutOwned("release-1"))
	wholeFile(t, l, "release-1", "0123456789")
	g := value[*LetGone](t)(l.LetGo("release-1"))
	must(t, l.Sweep(t.Context()))
	if got := onDisk(t, l); len(got) != 0 {
		t.Errorf("a sweep leaves %v", got)
	}
	must(t, g.Undo())
	if w := wantedIDs(t, l); fmt.Sprint(w) != "[release-1]" {
		t.Errorf("wanted %v", w)
	}
	// It has come anew before it is undone.
	wholeFile(t, l, "release-1", "0123456789")
	g = value[*LetGone](t)(l.LetGo("release-1"))
	wholeFile(t, l, "release-1", "0123456789")
	must(t, g.Undo())
	if got := onDisk(t, l); fmt.Sprint(got) != "[release-1]" || reasons(t, l, "release-1") != "owned" {
		t.Errorf("on disk %v, %s", got, reasons(t, l, "release-1"))
	}
}

// TestEvictionTouchesNoPins does what a person, a player and a sync do, in any
// order, and evicts with any quota: nothing that is pinned, owned or in use
// goes, the oldest go first, and no more than need be.
func TestEvictionTouchesNoPins(t *testing.T) {
	temp := t.TempDir
	rapid.Check(t, func(t *rapid.T) {
		l := openAt(t, temp())
		defer l.Close()
		must(t, l.PutReleases(release("one", "One", "A", 4), release("two", "Two", "B", 4)))
		must(t, l.PutPlaylists(Playlist{ID: "list", Title: "List", Own: true}))
		var tracks []string
		for i := 1; i <= 4; i++ {
			tracks = append(tracks, fmt.Sprint("one-", i), fmt.Sprint("two-", i))
		}
		track := rapid.SampledFrom(tracks)
		put := func(id string, n int) {
			full := value[string](t)(l.AudioPath(id))
			must(t, os.WriteFile(full, make([]byte, n), 0o600))
			must(t, l.SaveFile(File{TrackID: id, Path: PartPath(id), Size: int64(n), Ranges: []Range{{0, int64(n)}}, Used: l.now()}))
			must(t, l.Complete(id, int64(n), nil))
		}
		busy := map[string]func(){}
		t.Repeat(map[string]func(*rapid.T){
			"stream": func(t *rapid.T) {
				if id := track.Draw(t, "track"); value[File](t)(l.File(id)).Path == "" {
					put(id, rapid.IntRange(1, 50).Draw(t, "bytes"))
				}
			},
			"play": func(t *rapid.T) { must(t, l.Touch(track.Draw(t, "track"))) },
			"own":  func(t *rapid.T) { must(t, l.PutOwned(track.Draw(t, "track"))) },
			"pin":  func(t *rapid.T) { must(t, l.Pin(track.Draw(t, "track"), rapid.Bool().Draw(t, "on"))) },
			"release": func(t *rapid.T) {
				must(t, l.PinRelease(rapid.SampledFrom([]string{"one", "two"}).Draw(t, "id"), rapid.Bool().Draw(t, "on")))
			},
			"list": func(t *rapid.T) { must(t, l.PinPlaylist("list", rapid.Bool().Draw(t, "on"))) },
			"add":  func(t *rapid.T) { must(t, l.AddToPlaylist("list", track.Draw(t, "track"))) },
			"claim": func(t *rapid.T) {
				id := track.Draw(t, "track")
				if free, ok := l.Claim(id); ok {
					busy[id] = free
				} else {
					busy[id]()
					delete(busy, id)
				}
			},
			"let go": func(t *rapid.T) {
				g, err := l.LetGo(track.Draw(t, "track"))
				switch {
				case errors.Is(err, ErrBusy), errors.Is(err, ErrNotFound):
				case err != nil:
					t.Fatal(err)
				case rapid.Bool().Draw(t, "undo"):
					must(t, g.Undo())
				default:
					must(t, g.Settle())
				}
			},
			"evict": func(t *rapid.T) { evictAndLook(t, l, busy) },
			"":      func(t *rapid.T) { checkInvariants(t, l) },
		})
	})
}

func evictAndLook(t *rapid.T, l *Library, busy map[string]func()) {
	before := value[Page[Stored]](t)(l.Stored(0, 100)).Items
	files := map[string]File{}
	used := int64(0)
	for _, s := range before {
		files[s.Track.ID] = value[File](t)(l.File(s.Track.ID))
		used += s.Bytes
	}
	quota := rapid.Int64Range(0, 200).Draw(t, "quota")
	freed := value[int64](t)(l.Evict(t.Context(), quota))
	left := value[Page[Stored]](t)(l.Stored(0, 100)).Items
	n := int64(0)
	stays := map[string]bool{}
	for _, s := range left {
		stays[s.Track.ID] = true
		n += s.Bytes
	}
	if n != used-freed {
		t.Fatalf("%d freed of %d, %d left", freed, used, n)
	}
	for _, s := range before {
		id := s.Track.ID
		evictable := s.Reasons[0].Why == WhyStreamed && busy[id] == nil
		switch {
		case !stays[id] && !evictable:
			t.Fatalf("%s went, which was here because %v", id, s.Reasons)
		case stays[id] && evictable:
			if n > quota {
				t.Fatalf("%s stays, and %d are more than %d", id, n, quota)
			}
			for other, f := range files {
				if !stays[other] && f.Used.After(files[id].Used) {
					t.Fatalf("%s went before %s, which was used earlier", other, id)
				}
			}
		}
	}
	if l := last(files, stays); l != "" && n+files[l].Have() <= quota {
		t.Fatalf("%s went for nothing: %d and %d are within %d", l, n, files[l].Have(), quota)
	}
}

// last is what went last: of what went, what was used last.
func last(files map[string]File, stays map[string]bool) (id string) {
	for other, f := range files {
		if !stays[other] && (id == "" || f.Used.After(files[id].Used)) {
			id = other
		}
	}
	return id
}
