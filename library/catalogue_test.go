package library

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestReleaseOrders(t *testing.T) {
	l := newLibrary(t)
	for _, r := range []Release{
		{ID: "1", Title: "Élan", Artist: "Zoe", Date: "2020-05-01"},
		{ID: "2", Title: "eland", Artist: "Émile", Date: "2024-01-01"},
		{ID: "3", Title: "Apples", Artist: "emile", Date: "2019-01-01"},
		{ID: "4", Title: "Zebra", Artist: "Adam"},
		{ID: "5", Title: "Draft", Artist: "Adam", Date: "2030-01-01", Draft: true, Own: true},
	} {
		must(t, l.PutReleases(r))
	}
	for order, want := range map[Order]string{Newest: "[2 1 3 4]", ByTitle: "[3 1 2 4]", ByArtist: "[4 2 3 1]"} {
		p := value[Page[Release]](t)(l.Releases(order, 0, 10))
		if got := fmt.Sprint(releaseIDs(p.Items)); got != want || p.Total != 4 {
			t.Errorf("order %d: %s of %d, want %s", order, got, p.Total, want)
		}
		rest := value[Page[Release]](t)(l.Releases(order, 3, 10))
		if len(rest.Items) != 1 || rest.Items[0].ID != p.Items[3].ID {
			t.Errorf("order %d: the last window is %v", order, releaseIDs(rest.Items))
		}
	}
	if p := value[Page[Release]](t)(l.OwnReleases(0, 10)); p.Total != 1 || p.Items[0].ID != "5" || !p.Items[0].Draft {
		t.Errorf("own %+v", p)
	}
	if _, err := l.Releases(Newest, -1, 5); err == nil {
		t.Error("a window before the first is accepted")
	}
	if p := value[Page[Release]](t)(l.Releases(Newest, 99, 5)); len(p.Items) != 0 || p.Total != 4 {
		t.Errorf("past the end: %+v", p)
	}
}

func TestRowsOfListsTakeNothingAway(t *testing.T) {
	l := newLibrary(t)
	full := release("r", "Title", "Artist", 2)
	full.About, full.Tags, full.Updated = "About it", []string{"Folk"}, start
	must(t, l.PutReleases(full))
	must(t, l.PutReleases(Release{ID: "r", Title: "New title", Artist: "Artist", Date: "2026-01-02"}))
	got := value[Release](t)(l.Release("r"))
	if got.Title != "New title" || got.About != "About it" || len(got.Tracks) != 2 || len(got.Tags) != 1 {
		t.Errorf("after a row: %+v", got)
	}
	// A track as a playlist knows it adds, and changes nothing.
	must(t, l.PutTracks(Track{ID: "r-1", Title: "other title", Year: 1999}))
	if tr := value[Track](t)(l.Track("r-1")); tr.Title != "Title part 1" || tr.Year != 1999 {
		t.Errorf("track %+v", tr)
	}
	full.About, full.Tracks = "", full.Tracks[:1]
	must(t, l.PutReleases(full))
	got = value[Release](t)(l.Release("r"))
	if got.About != "" || len(got.Tracks) != 1 {
		t.Errorf("after the whole: %+v", got)
	}
	if _, err := l.Track("r-2"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a track that left the release: %v", err)
	}
}

func TestStale(t *testing.T) {
	l := newLibrary(t)
	read := release("read", "Read", "Artist", 1)
	read.Updated = start
	mine := release("own", "Own", "Artist", 1)
	mine.Own = true
	must(t, l.PutReleases(read, mine, Release{ID: "row", Title: "Row"}))
	later := start.Add(time.Hour)
	got := value[[]string](t)(l.Stale(
		Release{ID: "read", Updated: start}, Release{ID: "read"}, Release{ID: "read", Updated: later},
		Release{ID: "own", Updated: later}, Release{ID: "row"}, Release{ID: "new"},
	))
	if fmt.Sprint(got) != "[read row new]" {
		t.Errorf("stale: %v", got)
	}
}

func TestWhatLeavesTheCatalogue(t *testing.T) {
	l := newLibrary(t)
	must(t, l.PutReleases(release("stays", "Stays", "A", 1), release("owned", "Owned", "B", 2), release("lost", "Lost", "C", 2)))
	mine := release("mine", "Mine", "Me", 1)
	mine.Own = true
	must(t, l.PutReleases(mine))
	must(t, l.PutOwned("owned-2"))
	must(t, l.RetainReleases(func(id string) bool { return id == "stays" }))

	if p := value[Page[Release]](t)(l.Releases(ByTitle, 0, 9)); fmt.Sprint(releaseIDs(p.Items)) != "[mine stays]" {
		t.Errorf("releases %v", releaseIDs(p.Items))
	}
	if _, err := l.Release("lost"); !errors.Is(err, ErrNotFound) {
		t.Errorf("the lost one: %v", err)
	}
	if _, err := l.Artist("by-C"); !errors.Is(err, ErrNotFound) {
		t.Errorf("its artist: %v", err)
	}
	gone := value[Release](t)(l.Release("owned"))
	if !gone.Gone || len(gone.Tracks) != 2 {
		t.Errorf("the one that is owned: %+v", gone)
	}
	if c := value[Page[Track]](t)(l.Collection(0, 9)); c.Total != 1 || c.Items[0].Title != "Owned part 2" {
		t.Errorf("collection %+v", c)
	}
	// It comes back.
	must(t, l.PutReleases(Release{ID: "owned", Title: "Owned", Artist: "B", ArtistID: "by-B", Date: "2026-01-02"}))
	if r := value[Results](t)(l.Search("owned", 9)); len(r.Releases) != 1 || r.Releases[0].Gone {
		t.Errorf("search after it came back: %+v", r.Releases)
	}
	must(t, l.RetainOwn(func(string) bool { return false }))
	if p := value[Page[Release]](t)(l.OwnReleases(0, 9)); p.Total != 0 {
		t.Errorf("own %+v", p)
	}
	if tr := value[Track](t)(l.Track("mine-1")); tr.Own {
		t.Error("the track is still the person's own")
	}
}

func TestArtists(t *testing.T) {
	l := newLibrary(t)
	old := release("old", "Old", "Björk", 1)
	old.Date = "1999-01-01"
	draft := release("draft", "Draft", "Björk", 1)
	draft.Own, draft.Draft = true, true
	must(t, l.PutReleases(old, release("new", "New", "Björk", 1), draft, release("x", "X", "Adam", 1)))
	must(t, l.PutArtists(Artist{ID: "by-Björk", Name: "Björk", About: "From Iceland"}))
	a := value[Artist](t)(l.Artist("by-Björk"))
	if fmt.Sprint(releaseIDs(a.Releases)) != "[new old]" || a.About != "From Iceland" {
		t.Errorf("artist %+v", a)
	}
	p := value[Page[Artist]](t)(l.Artists(0, 1))
	if p.Total != 2 || p.Items[0].Name != "Adam" {
		t.Errorf("artists %+v", p)
	}
	must(t, l.PutOwned("old-1"))
	if r := value[[]Release](t)(l.FromOwnedArtists(5)); fmt.Sprint(releaseIDs(r)) != "[new]" {
		t.Errorf("from owned artists: %v", releaseIDs(r))
	}
}

func TestNearlyOwned(t *testing.T) {
	l := newLibrary(t)
	must(t, l.PutReleases(release("r", "R", "A", 5)))
	must(t, l.PutPlays(map[string]int{"r-1": 7, "r-2": 8, "r-3": 9, "r-4": 2, "r-5": 8}))
	must(t, l.PutOwned("r-5"))
	if got := ids(value[Page[Track]](t)(l.NearlyOwned(7, 0, 9)).Items); fmt.Sprint(got) != "[r-2 r-1]" {
		t.Errorf("nearly owned: %v", got)
	}
	if got := ids(value[Page[Track]](t)(l.NearlyOwned(1, 0, 9)).Items); fmt.Sprint(got) != "[r-2 r-1 r-4]" {
		t.Errorf("on the way: %v", got)
	}
	must(t, l.PutPlays(map[string]int{"r-1": 0, "r-2": 9}))
	if got := ids(value[Page[Track]](t)(l.NearlyOwned(1, 0, 9)).Items); fmt.Sprint(got) != "[r-4]" {
		t.Errorf("afterwards: %v", got)
	}
}

// TestWindows compares every window of an index with the sorted list.
func TestWindows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := openAt(t, rapidFolder(t))
		defer func() { must(t, l.Close()) }()
		titles := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-d]{1,3}`), 0, 30, rapid.ID[string]).Draw(t, "titles")
		must(t, l.update("filling", func(tx *txn) error {
			for _, s := range titles {
				must(t, releasesByTitle.add(tx, []byte(s), s))
			}
			return nil
		}))
		slices.Sort(titles)
		offset, limit := rapid.IntRange(0, 40).Draw(t, "offset"), rapid.IntRange(0, 40).Draw(t, "limit")
		reverse := rapid.Bool().Draw(t, "reverse")
		if reverse {
			slices.Reverse(titles)
		}
		want := titles[min(offset, len(titles)):min(offset+limit, len(titles))]
		var got []string
		must(t, l.view("reading", func(tx *txn) error {
			return releasesByTitle.window(tx, offset, limit, reverse, func(_, v []byte) error {
				got = append(got, string(v))
				return nil
			})
		}))
		if !slices.Equal(got, want) {
			t.Fatalf("window %d+%d is %v, want %v", offset, limit, got, want)
		}
	})
}

func TestHistory(t *testing.T) {
	l := newLibrary(t)
	must(t, l.PutReleases(release("r", "R", "A", 3)))
	in := value[Intent](t)(l.Play("r-1", start, time.Minute))
	at := func(id string, at time.Time) HistoryEntry { return HistoryEntry{Track: Track{ID: id}, At: at} }
	// With times: ours is met, the other one is not.
	must(t, l.PutHistory(at("r-1", start.Add(90*time.Second)), at("r-1", start.Add(-time.Hour)), at("r-2", start)))
	must(t, l.PutHistory(at("r-1", start.Add(90*time.Second)), at("r-1", start.Add(-time.Hour)), at("r-2", start)))
	must(t, l.ConfirmPlay(in.ID, 1, 2, 0))
	// Without times: as many as are missing.
	rows := []HistoryEntry{at("r-1", time.Time{}), at("r-3", time.Time{}), at("r-3", time.Time{}), at("r-1", time.Time{})}
	must(t, l.PutHistory(rows...))
	must(t, l.PutHistory(rows...))
	p := value[Page[HistoryEntry]](t)(l.History(0, 99))
	var got []string
	for _, e := range p.Items {
		got = append(got, fmt.Sprintf("%s %v", e.Track.ID, !e.At.IsZero()))
	}
	if want := "[r-2 true r-1 true r-1 true r-3 false r-3 false]"; fmt.Sprint(got) != want || p.Total != 5 {
		t.Errorf("history %v of %d, want %s", got, p.Total, want)
	}
	if w := value[Page[HistoryEntry]](t)(l.History(1, 2)); len(w.Items) != 2 || w.Items[0].Heard != time.Minute && w.Items[0].Track.ID == "r-1" {
		t.Errorf("window %+v", w.Items)
	}
}

func TestSignOut(t *testing.T) {
	l := newLibrary(t)
	mine, draft := release("mine", "Mine", "Me", 1), release("draft", "Draft", "Me", 1)
	mine.Own, draft.Own, draft.Draft = true, true, true
	must(t, l.PutReleases(release("r", "R", "A", 2), mine, draft))
	must(t, l.PutAccount(Account{ID: "me", Known: true, Credits: 50}))
	must(t, l.PutPlays(map[string]int{"r-1": 9, "r-2": 3}))
	must(t, l.PutFavourites("r-2"))
	must(t, l.PutPlaylists(theirs("p", "List", "r-1")))
	must(t, l.SaveQueue(Queue{NextID: 4}))
	must(t, l.SetSetting("theme", "dark"))
	wholeFile(t, l, "r-1", "some bytes")
	_ = value[Intent](t)(l.Play("r-2", start, time.Minute))
	if err := l.SignOut(false); !errors.Is(err, ErrWaiting) {
		t.Fatalf("with a play in the outbox: %v", err)
	}
	must(t, l.SignOut(true))
	checkInvariants(t, l)
	tr := value[Track](t)(l.Track("r-1"))
	if tr.Owned || tr.Plays != 0 || tr.Offline != Cached {
		t.Errorf("track %+v", tr)
	}
	if a := value[Account](t)(l.Account()); a != (Account{}) {
		t.Errorf("account %+v", a)
	}
	for name, n := range map[string]int{
		"collection": value[Page[Track]](t)(l.Collection(0, 9)).Total,
		"favourites": value[Page[Track]](t)(l.Favourites(0, 9)).Total,
		"playlists":  value[Page[Playlist]](t)(l.Playlists(0, 9)).Total,
		"history":    value[Page[HistoryEntry]](t)(l.History(0, 9)).Total,
		"own":        value[Page[Release]](t)(l.OwnReleases(0, 9)).Total,
		"outbox":     len(value[[]Intent](t)(l.Outbox())),
		"found":      len(value[Results](t)(l.Search("list", 9)).Playlists),
	} {
		if n != 0 {
			t.Errorf("%s: %d left", name, n)
		}
	}
	if _, err := l.Release("draft"); !errors.Is(err, ErrNotFound) {
		t.Errorf("the draft: %v", err)
	}
	if p := value[Page[Release]](t)(l.Releases(ByTitle, 0, 9)); p.Total != 2 {
		t.Errorf("the catalogue has %d", p.Total)
	}
	if s := value[string](t)(l.Setting("theme")); s != "dark" {
		t.Errorf("setting %q", s)
	}
}
