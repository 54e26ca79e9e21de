package library

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// smartLibrary has some tracks of which much is known.
func smartLibrary(t *testing.T) *Library {
	t.Helper()
	l := newLibrary(t)
	a := release("a", "Älteste Wellen", "Ana", 3)
	a.Tags = []string{"Dub", "ambient"}
	a.Tracks[0].Year, a.Tracks[1].Year, a.Tracks[2].Year = 1999, 2005, 2020
	a.Tracks[2].Status = Free
	b := release("b", "Bright Sun", "Ben", 3)
	b.Date = "2027-01-01"
	b.Tracks[0].Duration = 5 * time.Minute
	must(t, l.PutReleases(a, b))
	must(t, l.PutAccount(Account{ID: "me", Name: "Me", Credits: 100_000, Known: true}))
	must(t, l.PutPlays(map[string]int{"a-1": 8, "a-2": 7, "b-1": 2}))
	must(t, l.PutOwned("b-2"))
	must(t, l.SetFavourite("a-2", true))
	must(t, l.PutHistory(
		HistoryEntry{Track: Track{ID: "a-1"}, At: start.AddDate(0, 0, -40)},
		HistoryEntry{Track: Track{ID: "b-1"}, At: start.AddDate(0, 0, -3)},
		HistoryEntry{Track: Track{ID: "b-1"}, At: start.AddDate(0, 0, -2)},
		HistoryEntry{Track: Track{ID: "b-3"}},
	))
	must(t, l.PutPlaylists(theirs("p", "Mix", "b-3", "a-1")))
	must(t, l.SetFollowed("by-Ben", true))
	return l
}

func matching(t *testing.T, l *Library, r Rule) string {
	t.Helper()
	return fmt.Sprint(ids(value[Page[Track]](t)(l.Matching(r, 0, 100)).Items))
}

func one(f Field, r Relation, v any) Match {
	m := Match{Field: f, Relation: r}
	switch v := v.(type) {
	case string:
		m.Text = v
	case int:
		m.Number = v
	}
	return m
}

func TestConditions(t *testing.T) {
	l := smartLibrary(t)
	tests := []struct {
		match Match
		want  string
	}{
		{Match{}, "a-1 a-2 a-3 b-1 b-2 b-3"},
		{Match{Any: true}, "a-1 a-2 a-3 b-1 b-2 b-3"},
		{one(FieldTitle, Contains, "2 WELL"), "a-2"},
		{one(FieldTitle, ContainsNot, "well"), "b-1 b-2 b-3"},
		{one(FieldTitle, Contains, "!"), "a-1 a-2 a-3 b-1 b-2 b-3"},
		{one(FieldTitle, Is, "alteste wellen part 1"), "a-1"},
		{one(FieldTitle, Begins, "bright sun part"), "b-1 b-2 b-3"},
		{one(FieldTitle, Begins, "sun"), ""},
		{one(FieldArtist, Is, "ANA"), "a-1 a-2 a-3"},
		{one(FieldArtist, IsNot, "ana"), "b-1 b-2 b-3"},
		{one(FieldRelease, Contains, "brig"), "b-1 b-2 b-3"},
		{one(FieldTag, Is, "DUB"), "a-1 a-2 a-3"},
		{one(FieldTag, IsNot, "dub"), "b-1 b-2 b-3"},
		{one(FieldTag, Is, "du"), ""},
		{one(FieldPlaylist, Is, "p"), "a-1 b-3"},
		{one(FieldPlaylist, IsNot, "p"), "a-2 a-3 b-1 b-2"},
		{one(FieldPlaylist, Is, "gone"), ""},
		{one(FieldPlaylist, IsNot, "gone"), "a-1 a-2 a-3 b-1 b-2 b-3"},
		{one(FieldPlays, AtLeast, 7), "a-1 a-2"},
		{one(FieldPlays, AtMost, 0), "a-3 b-2 b-3"},
		{one(FieldPlays, Is, 2), "b-1"},
		{one(FieldPlays, IsNot, 0), "a-1 a-2 b-1"},
		{one(FieldHeard, AtLeast, 2), "b-1"},
		{one(FieldHeard, Is, 0), "a-2 a-3 b-2"},
		{one(FieldYear, AtLeast, 2005), "a-2 a-3"},
		{one(FieldDuration, AtLeast, 61), "b-1"},
		{one(FieldDuration, AtMost, 60), "a-1 a-2 a-3 b-2 b-3"},
		{one(FieldLastHeard, Within, 30), "b-1"},
		{one(FieldLastHeard, Within, 41), "a-1 b-1"},
		{one(FieldLastHeard, NotWithin, 30), "a-1 a-2 a-3 b-2 b-3"},
		{one(FieldOwnedSince, Within, 1), "b-2"},
		{one(FieldFavouriteSince, Within, 1), "a-2"},
		{one(FieldOwned, Is, nil), "b-2"},
		{one(FieldOwned, IsNot, nil), "a-1 a-2 a-3 b-1 b-3"},
		{one(FieldFavourite, Is, nil), "a-2"},
		{one(FieldFree, Is, nil), "a-3"},
		{one(FieldLocal, Is, nil), ""},
		{one(FieldOnDisk, IsNot, nil), "a-1 a-2 a-3 b-1 b-2 b-3"},
		{one(FieldOwn, Is, nil), ""},
		{one(FieldFollowed, Is, nil), "b-1 b-2 b-3"},
		{Match{Parts: []Match{one(FieldFollowed, Is, nil), one(FieldHeard, AtLeast, 1)}}, "b-1 b-3"},
		{Match{Any: true, Parts: []Match{one(FieldFavourite, Is, nil), one(FieldOwned, Is, nil)}}, "a-2 b-2"},
		{Match{Parts: []Match{
			{Any: true, Parts: []Match{one(FieldArtist, Is, "ana"), one(FieldOwned, Is, nil)}}, one(FieldYear, AtMost, 2005),
		}}, "a-1 a-2 b-2"},
		{NeverPlayed().Match, "a-3 b-2"},
	}
	for _, tt := range tests {
		if got := matching(t, l, Rule{Match: tt.match, Sort: SortTitle}); got != "["+tt.want+"]" {
			t.Errorf("%+v: %s, want %s", tt.match, got, tt.want)
		}
	}
}

func TestOrders(t *testing.T) {
	l := smartLibrary(t)
	tests := []struct {
		rule Rule
		want string
	}{
		{Rule{Descending: true}, "b-3 b-2 b-1 a-3 a-2 a-1"},
		{Rule{Sort: SortTitle, Descending: true, Limit: 2}, "b-3 b-2"},
		{Rule{Sort: SortYear, Match: one(FieldYear, AtLeast, 1), Descending: true}, "a-3 a-2 a-1"},
		{Rule{Sort: SortPlays, Descending: true, Limit: 3}, "a-1 a-2 b-1"},
		{Rule{Sort: SortHeard, Descending: true, Limit: 3}, "b-1 a-1 b-3"},
		{Rule{Sort: SortLastHeard, Descending: true, Limit: 2}, "b-1 a-1"},
		{Rule{Sort: SortDuration, Descending: true, Limit: 1}, "b-1"},
		{Rule{Sort: SortOwnedSince, Descending: true, Limit: 1}, "b-2"},
		{Rule{Sort: SortFavouriteSince, Descending: true, Limit: 1}, "a-2"},
		{NeverPlayed(), "b-2 a-3"},
		{Rule{Sort: SortAdded, Limit: 1}, "a-1"},
	}
	for _, tt := range tests {
		if got := matching(t, l, tt.rule); got != "["+tt.want+"]" {
			t.Errorf("%+v: %s, want %s", tt.rule, got, tt.want)
		}
	}
	chance := Rule{Sort: Shuffled}
	got := value[Page[Track]](t)(l.Matching(chance, 0, 9)).Items
	if again := matching(t, l, chance); again != fmt.Sprint(ids(got)) {
		t.Errorf("shuffled twice on a day: %v, %s", ids(got), again)
	}
	sorted := ids(got)
	slices.Sort(sorted)
	if fmt.Sprint(sorted) != "[a-1 a-2 a-3 b-1 b-2 b-3]" {
		t.Errorf("shuffled: %v", got)
	}
}

func TestMatchingIsAWindowAndFollowsChanges(t *testing.T) {
	l := smartLibrary(t)
	r := Rule{Match: one(FieldFavourite, Is, nil)}
	for _, id := range []string{"a-1", "a-3", "b-3"} {
		must(t, l.SetFavourite(id, true))
	}
	p := value[Page[Track]](t)(l.Matching(r, 1, 2))
	if p.Total != 4 || fmt.Sprint(ids(p.Items)) != "[a-2 a-3]" {
		t.Errorf("a window: %v of %d", ids(p.Items), p.Total)
	}
	if p := value[Page[Track]](t)(l.Matching(r, 9, 2)); p.Total != 4 || len(p.Items) != 0 {
		t.Errorf("past the end: %+v", p)
	}
	if _, err := l.Matching(r, -1, 2); err == nil {
		t.Error("a window from −1")
	}
	must(t, l.SetFavourite("a-2", false))
	if got := matching(t, l, r); got != "[a-1 a-3 b-3]" {
		t.Errorf("after a change: %s", got)
	}
	must(t, l.PutReleases(release("b", "Bright Sun", "Ben", 2)))
	if got := matching(t, l, r); got != "[a-1 a-3]" {
		t.Errorf("after b-3 left the catalogue: %s", got)
	}
}

func TestSmartLists(t *testing.T) {
	l := newLibrary(t)
	rule := Rule{Match: Match{Any: true, Parts: []Match{{Parts: []Match{{Any: true, Parts: []Match{one(FieldTitle, Contains, "sea")}}}}}}, Sort: Shuffled, Limit: 25}
	s := value[SmartList](t)(l.SaveSmartList(SmartList{Title: "Zum Meer", Rule: rule}))
	other := value[SmartList](t)(l.SaveSmartList(SmartList{Title: "älter"}))
	s.Title = "Am Meer"
	must(t, second(l.SaveSmartList(s)))
	if got := value[SmartList](t)(l.SmartList(s.ID)); fmt.Sprint(got) != fmt.Sprint(s) {
		t.Errorf("read %+v, stored %+v", got, s)
	}
	all := value[[]SmartList](t)(l.SmartLists())
	if len(all) != 2 || all[0].ID != other.ID || all[1].Title != "Am Meer" {
		t.Errorf("all: %+v", all)
	}
	must(t, l.SignOut(true))
	must(t, l.DeleteSmartList(other.ID))
	if all := value[[]SmartList](t)(l.SmartLists()); len(all) != 1 {
		t.Errorf("after deleting: %+v", all)
	}
	if _, err := l.SmartList(other.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("a deleted one: %v", err)
	}
	if _, err := l.SaveSmartList(other); !errors.Is(err, ErrNotFound) {
		t.Errorf("storing a deleted one: %v", err)
	}
	must(t, l.update("a rule of the future", func(tx *txn) error {
		return store(tx, bSmart, "new", smartRecord{Title: "New", Version: ruleVersion + 1, Rule: []byte{0xf6}})
	}))
	if _, err := l.SmartList("new"); !errors.Is(err, ErrNewer) {
		t.Errorf("a rule of the future: %v", err)
	}
	if all := value[[]SmartList](t)(l.SmartLists()); len(all) != 2 {
		t.Errorf("with one of the future: %+v", all)
	}
}

func TestRulesThatMakeNoSense(t *testing.T) {
	l := newLibrary(t)
	many := make([]Match, maxConditions+1)
	for i := range many {
		many[i] = one(FieldOwned, Is, nil)
	}
	for name, r := range map[string]Rule{
		"field":     {Match: one("colour", Is, nil)},
		"relation":  {Match: one(FieldOwned, Within, nil)},
		"text":      {Match: one(FieldTitle, Is, strings.Repeat("x", maxRuleText+1))},
		"no text":   {Match: one(FieldOwned, Is, "yes")},
		"no number": {Match: one(FieldTitle, Is, 5)},
		"negative":  {Match: one(FieldPlays, Is, -1)},
		"order":     {Sort: "colour"},
		"limit":     {Limit: -1},
		"many":      {Match: Match{Parts: many}},
		"deep":      {Match: Match{Parts: []Match{{Parts: []Match{{Parts: []Match{{}}}}}}}},
		"both":      {Match: Match{Field: FieldOwned, Relation: Is, Parts: []Match{one(FieldOwned, Is, nil)}}},
		"group":     {Match: Match{Relation: Is}},
	} {
		if _, err := l.SaveSmartList(SmartList{Title: name, Rule: r}); !errors.Is(err, ErrRule) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := l.Matching(r, 0, 1); !errors.Is(err, ErrRule) {
			t.Errorf("reading %s: %v", name, err)
		}
	}
	for _, f := range Fields() {
		if len(f.Relations()) == 0 {
			t.Errorf("%s has no relations", f)
		}
	}
}

// drawMatch makes a match that makes sense.
func drawMatch(t *rapid.T, depth int) Match {
	if depth > 0 && rapid.Bool().Draw(t, "group") {
		return Match{Any: rapid.Bool().Draw(t, "any"), Parts: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Match {
			return drawMatch(t, depth-1)
		}), 0, 3).Draw(t, "parts")}
	}
	f := rapid.SampledFrom(Fields()).Draw(t, "field")
	m := Match{Field: f, Relation: rapid.SampledFrom(f.Relations()).Draw(t, "relation")}
	if f.TakesText() {
		m.Text = rapid.SampledFrom([]string{"", "ana", "part 1", "p", "dub", "wellen", "älteste wellen part 2", "!", "zzz", "älteste", "alteste w", "alteste wo", "Älteste Wellen", "bri"}).Draw(t, "text")
	}
	if f.TakesNumber() {
		m.Number = rapid.SampledFrom([]int{0, 1, 2, 7, 30, 60, 2005}).Draw(t, "number")
	}
	return m
}

// TestRulesModel compares what Matching finds with a look at each track, while
// what rules look at is changed.
func TestRulesModel(t *testing.T) {
	l := smartLibrary(t)
	must(t, l.PutLocal(song("Bright", "Ana", 1)))
	local := value[Page[Track]](t)(l.LocalTracks(0, 1)).Items[0].ID
	wholeFile(t, l, "b-2", "owned and whole")
	tracks := []string{"a-1", "a-2", "a-3", "b-1", "b-2", "b-3", local}
	rapid.Check(t, func(t *rapid.T) {
		changeSomething(t, l, rapid.SampledFrom(tracks).Draw(t, "changed"))
		r := Rule{
			Match: drawMatch(t, maxDepth-1), Sort: rapid.SampledFrom(Sorts()).Draw(t, "sort"),
			Descending: rapid.Bool().Draw(t, "descending"), Limit: rapid.IntRange(0, 5).Draw(t, "limit"),
		}
		var want []string
		must(t, l.view("looking at each", func(tx *txn) (err error) {
			want, err = naively(tx, r)
			return err
		}))
		from, n := rapid.IntRange(0, 4).Draw(t, "from"), rapid.IntRange(0, 8).Draw(t, "limit of the window")
		p := value[Page[Track]](t)(l.Matching(r, from, n))
		total := len(want)
		from = min(from, total)
		want = want[from:min(from+n, total)]
		got := ids(p.Items)
		if r.Sort == Shuffled {
			if len(got) != len(want) || p.Total != total {
				t.Fatalf("%+v: %d of %d, want %d of %d", r, len(got), p.Total, len(want), total)
			}
			return
		}
		if !slices.Equal(got, want) || p.Total != total {
			t.Fatalf("%+v: %v of %d, want %v of %d", r, got, p.Total, want, total)
		}
	})
}

// changeSomething does something to a track that rules can tell.
func changeSomething(t *rapid.T, l *Library, id string) {
	again := func(id, title, artist string) Release {
		r := release(id, title, artist, rapid.IntRange(2, 3).Draw(t, "tracks"))
		r.Tags = rapid.SampledFrom([][]string{nil, {"Dub"}, {"ambient", "p"}}).Draw(t, "tags")
		for i := range r.Tracks {
			r.Tracks[i].Year = rapid.SampledFrom([]int{0, 1999, 2005, 2006}).Draw(t, "year")
		}
		return r
	}
	switch rapid.IntRange(0, 6).Draw(t, "change") {
	case 0:
		must(t, l.SetFavourite(id, rapid.Bool().Draw(t, "favourite")))
	case 1:
		must(t, l.PutReleases(again("a", rapid.SampledFrom([]string{"Älteste Wellen", "Part"}).Draw(t, "title"), "Ana")))
	case 2:
		must(t, l.PutReleases(again("b", "Bright Sun", rapid.SampledFrom([]string{"Ben", "Ana"}).Draw(t, "artist"))))
	case 3:
		must(t, l.SetFollowed("by-Ben", rapid.Bool().Draw(t, "followed")))
	case 4:
		must(t, l.PutHistory(HistoryEntry{Track: Track{ID: id}, At: start.Add(-time.Duration(rapid.IntRange(0, 90).Draw(t, "days")) * 24 * time.Hour)}))
	case 5:
		if !IsLocalTrack(id) {
			must(t, l.PutPlays(map[string]int{id: rapid.IntRange(0, 9).Draw(t, "plays")}))
		}
	default:
		if !IsLocalTrack(id) {
			must(t, l.PutPlaylists(theirs("p", "Mix", "b-3", id)))
		}
	}
}

func FuzzRule(f *testing.F) {
	for _, r := range []Rule{{}, NeverPlayed(), {Match: Match{Any: true, Parts: []Match{one(FieldTag, Is, "x")}}, Sort: Shuffled, Limit: 3}} {
		raw, err := encoding.Marshal(r)
		must(f, err)
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := smartRecord{Version: ruleVersion, Rule: raw}.list("x")
		if err != nil {
			return
		}
		again, err := encoding.Marshal(s.Rule)
		must(t, err)
		if _, err := (smartRecord{Version: ruleVersion, Rule: again}).list("x"); err != nil {
			t.Fatalf("a rule cannot be stored: %v", err)
		}
	})
}

func TestHeardMostAndLast(t *testing.T) {
	l := smartLibrary(t)
	show := func(p Page[Heard]) string {
		var out []string
		for _, h := range p.Items {
			out = append(out, fmt.Sprintf("%s×%d", h.Track.ID, h.Count))
		}
		return fmt.Sprint(strings.Join(out, " "), " of ", p.Total)
	}
	if got := show(value[Page[Heard]](t)(l.RecentlyPlayed(0, 9))); got != "b-1×2 a-1×1 b-3×1 of 3" {
		t.Errorf("last: %s", got)
	}
	for range 3 {
		must(t, second(l.Play("a-1", start.Add(time.Hour), time.Minute)))
	}
	if got := show(value[Page[Heard]](t)(l.MostPlayed(0, 2))); got != "a-1×4 b-1×2 of 3" {
		t.Errorf("most: %s", got)
	}
	for _, e := range value[Page[HistoryEntry]](t)(l.History(0, 9)).Items {
		if want := map[string]int{"a-1": 4, "b-1": 2, "b-3": 1}[e.Track.ID]; e.Count != want {
			t.Errorf("the history counts %d plays of %s, want %d", e.Count, e.Track.ID, want)
		}
	}
	if got := show(value[Page[Heard]](t)(l.RecentlyPlayed(0, 1))); got != "a-1×4 of 3" {
		t.Errorf("last, after plays: %s", got)
	}
	must(t, l.SignOut(true))
	if got := show(value[Page[Heard]](t)(l.MostPlayed(0, 9))); got != " of 0" {
		t.Errorf("after signing out: %s", got)
	}
}

func TestFollowed(t *testing.T) {
	l := newLibrary(t)
	for i, who := range []string{"Ana", "Ben", "Ana", "Cay", "Ben"} {
		r := release(fmt.Sprint("r", i), "T", who, 1)
		r.Date = fmt.Sprintf("20%02d-01-01", 10+i)
		must(t, l.PutReleases(r))
	}
	draft := release("draft", "T", "Ana", 1)
	draft.Draft, draft.Own = true, true
	must(t, l.PutReleases(draft))
	for _, who := range []string{"by-Ana", "by-Ben", "by-Cay"} {
		must(t, l.SetFollowed(who, true))
	}
	must(t, l.SetFollowed("by-Cay", false))
	must(t, l.SetFollowed("by-Cay", false))
	if err := l.SetFollowed("by-Nobody", true); !errors.Is(err, ErrNotFound) {
		t.Errorf("following nobody: %v", err)
	}
	p := value[Page[Release]](t)(l.NewFromFollowed(0, 9))
	if got := fmt.Sprint(releaseIDs(p.Items), p.Total); got != "[r4 r2 r1 r0] 4" {
		t.Errorf("new: %s", got)
	}
	p = value[Page[Release]](t)(l.NewFromFollowed(1, 2))
	if got := fmt.Sprint(releaseIDs(p.Items), p.Total); got != "[r2 r1] 4" {
		t.Errorf("a window: %s", got)
	}
	must(t, l.RetainReleases(func(string) bool { return false }))
	a := value[Page[Artist]](t)(l.Followed(0, 9))
	if a.Total != 2 || a.Items[0].ID != "by-Ben" || a.Items[1].ID != "by-Ana" {
		t.Errorf("artists without releases: %+v", a)
	}
	if on := value[bool](t)(l.Follows("by-Ana")); !on {
		t.Error("no longer followed")
	}
	must(t, l.SignOut(true))
	if a := value[Page[Artist]](t)(l.Followed(0, 9)); a.Total != 0 {
		t.Errorf("after signing out: %+v", a)
	}
}
