package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"pgregory.net/rapid"

	"github.com/ninth-coop/ninth/app/ui/uitest"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
)

// heardALot is a session with a history and a followed artist.
func heardALot(t *testing.T) *uitest.Session {
	t.Helper()
	s := uitest.New(t)
	at := func(hours int, id string) library.HistoryEntry {
		return library.HistoryEntry{Track: library.Track{ID: id}, At: uitest.Now().Add(-time.Duration(hours) * time.Hour)}
	}
	lib := s.Library()
	for _, err := range []error{
		lib.PutHistory(at(30, "low-3"), at(20, "low-3"), at(2, "night-1"), at(90, "low-3")),
		lib.SetFollowed("artist-Marrow", true),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestListsThatAreAlwaysThere(t *testing.T) {
	s := heardALot(t)
	for _, size := range []fyne.Size{deskSize, phoneSize} {
		w := openWindow(t, s, size, 1, "library/lists")
		for _, k := range listKinds() {
			if !strings.Contains(layoutOf(w.shell.root), `"`+k.title+`"`) {
				t.Errorf("at %v %s is not offered", size, k.title)
			}
		}
		for id, want := range map[string][]string{
			listRecent:   {`"2 tracks"`, `· 1 play · `, `· 3 plays · `},
			listMost:     {`"2 tracks"`, `· 3 plays · `},
			listNearly:   {`"3 tracks"`, `1 more to own"`, `2 more to own"`},
			listFollowed: {`"1 release"`},
			listNever:    {` tracks"`},
		} {
			w.shell.visit(place{atList, id})
			layout := layoutOf(w.shell.root)
			for _, text := range want {
				if !strings.Contains(layout, text) {
					t.Errorf("at %v the list %s does not say %s:\n%s", size, id, text, layout)
				}
			}
		}
		rows := func(id string) (ids []string) {
			w.shell.visit(place{atList, id})
			p, err := listPage(s.Library(), id, 0, 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range p.Items {
				ids = append(ids, e.ID)
			}
			return ids
		}
		if got := rows(listRecent); !slices.Equal(got, []string{"night-1", "low-3"}) {
			t.Errorf("played lately: %v", got)
		}
		if got := rows(listMost); !slices.Equal(got, []string{"low-3", "night-1"}) {
			t.Errorf("played most: %v", got)
		}
		if got := rows(listNever); slices.Contains(got, "low-3") || slices.Contains(got, "low-4") || len(got) == 0 {
			t.Errorf("never played: %v", got)
		}
	}
}

// TestAListIsPlayed from the row that is tapped on.
func TestAListIsPlayed(t *testing.T) {
	s := heardALot(t)
	w := openWindow(t, s, deskSize, 1, "list/"+listMost)
	tap[*widgets.Pill](t, w.shell.root, "Play")
	w.shell.screen.(*listScreen).take(1, func(ids []string) { w.shell.session.PlayTracks(ids, 0) })
	tap[*widgets.Pill](t, w.shell.root, "Queue")
	if got := s.Calls(); !slices.Equal(got, []string{"play low-3", "play night-1", "enqueue low-3"}) {
		t.Errorf("asked of the session: %v", got)
	}
}

func TestFollowingAnArtist(t *testing.T) {
	s := uitest.New(t)
	w := openWindow(t, s, deskSize, 1, "artist/artist-Marrow")
	tap[*widgets.Pill](t, w.shell.root, "Follow")
	w.shell.changed(library.Favourites)
	if on, err := s.Library().Follows("artist-Marrow"); err != nil || !on {
		t.Fatalf("not followed: %v", err)
	}
	w.shell.visit(place{kind: atHome})
	if !strings.Contains(layoutOf(w.shell.root), `"New from artists you follow"`) {
		t.Error("home does not show what they released")
	}
	w.shell.step(-1)
	tap[*widgets.Pill](t, w.shell.root, "Following")
	if on, err := s.Library().Follows("artist-Marrow"); err != nil || on {
		t.Errorf("still followed: %v", err)
	}
}

// TestARuleIsMadeChangedAndDeleted in the way a person does it.
func TestARuleIsMadeChangedAndDeleted(t *testing.T) {
	for _, size := range []fyne.Size{deskSize, phoneSize} {
		s := heardALot(t)
		w := openWindow(t, s, size, 1, "library/lists")
		tap[*widgets.Pill](t, w.shell.root, "New list")
		v := w.shell.screen.(*ruleScreen)
		v.save()
		if lists, err := s.Library().SmartLists(); err != nil || len(lists) > 0 {
			t.Fatalf("a rule without a value was stored: %v, %v", lists, err)
		}
		v.name.SetText(" Often ")
		w.shell.draft.conditions[0].value = "2"
		w.shell.draft.add(library.FieldTitle)
		w.shell.draft.conditions[1].value = "telegraph"
		w.shell.draft.sort = library.SortHeard
		v.setDescending(true)
		v.limit.SetText("10")
		v.ask()
		if !strings.Contains(layoutOf(w.shell.root), `"1 track meets this rule now."`) {
			t.Errorf("at %v the number of tracks is not shown:\n%s", size, layoutOf(w.shell.root))
		}
		other := deskSize
		if size == deskSize {
			other = phoneSize
		}
		w.win.Resize(other)
		v = w.shell.screen.(*ruleScreen)
		if v.name.Text != " Often " || len(w.shell.draft.conditions) != 2 || v.limit.Text != "10" {
			t.Errorf("what was typed is lost: %q", v.name.Text)
		}
		w.win.Resize(size)
		tap[*widgets.Pill](t, w.shell.root, "Store the list")
		lists, err := s.Library().SmartLists()
		if err != nil || len(lists) != 1 || lists[0].Title != "Often" {
			t.Fatalf("stored: %v, %v", lists, err)
		}
		if at := w.shell.trail.here().place; at != (place{atList, lists[0].ID}) {
			t.Fatalf("after storing it is at %v", at)
		}
		if !strings.Contains(layoutOf(w.shell.root), "Slow telegraph") {
			t.Error("its track is not shown")
		}
		tap[*widgets.Pill](t, w.shell.root, "Change the rule")
		v = w.shell.screen.(*ruleScreen)
		v.setAny(true)
		tap[*widgets.Pill](t, w.shell.root, "Store the list")
		list, err := s.Library().SmartList(lists[0].ID)
		want := library.Rule{Match: library.Match{Any: true, Parts: []library.Match{
			{Field: library.FieldHeard, Relation: library.AtLeast, Number: 2}, {Field: library.FieldTitle, Relation: library.Contains, Text: "telegraph"},
		}}, Sort: library.SortHeard, Descending: true, Limit: 10}
		if err != nil || !sameRule(list.Rule, want) {
			t.Errorf("changed to %+v, %v, want %+v", list.Rule, err, want)
		}
		w.shell.screen.(*listScreen).askToDelete()
		tap[*widgets.Pill](t, w.win.Canvas().Overlays().Top(), "Delete")
		if lists, err := s.Library().SmartLists(); err != nil || len(lists) > 0 {
			t.Errorf("deleted: %v, %v", lists, err)
		}
	}
}

func sameRule(a, b library.Rule) bool {
	same := func(x, y library.Match) bool {
		return x.Field == y.Field && x.Relation == y.Relation && x.Text == y.Text && x.Number == y.Number && x.Any == y.Any && len(x.Parts) == len(y.Parts)
	}
	if !same(a.Match, b.Match) || a.Sort != b.Sort || a.Descending != b.Descending || a.Limit != b.Limit {
		return false
	}
	for i := range a.Match.Parts {
		if !same(a.Match.Parts[i], b.Match.Parts[i]) {
			return false
		}
	}
	return true
}

// TestADraftChangesNothingByItself: a rule that is opened and stored again is
// the rule it was.
func TestADraftChangesNothingByItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var parts []library.Match
		for range rapid.IntRange(0, 4).Draw(t, "conditions") {
			f := rapid.SampledFrom(library.Fields()).Draw(t, "field")
			m := library.Match{Field: f, Relation: rapid.SampledFrom(f.Relations()).Draw(t, "relation")}
			if f.TakesText() {
				m.Text = rapid.StringMatching(`[a-zä]{1,9}`).Draw(t, "text")
			}
			if f.TakesNumber() {
				m.Number = rapid.IntRange(0, 20_000).Draw(t, "number")
			}
			if rapid.IntRange(0, 9).Draw(t, "group") == 0 {
				m = library.Match{Any: true, Parts: []library.Match{m}}
			}
			parts = append(parts, m)
		}
		want := library.Rule{
			Match: library.Match{Any: rapid.Bool().Draw(t, "any"), Parts: parts}, Sort: rapid.SampledFrom(library.Sorts()).Draw(t, "sort"),
			Descending: rapid.Bool().Draw(t, "descending"), Limit: rapid.IntRange(0, 99).Draw(t, "limit"),
		}
		got, err := newDraft(library.SmartList{ID: "x", Rule: want}).rule()
		if err != nil || !sameRule(got, want) {
			t.Fatalf("%+v became %+v, %v", want, got, err)
		}
	})
}

func TestEveryPartOfARuleHasWords(t *testing.T) {
	openWindow(t, uitest.New(t), deskSize, 1, "home")
	for _, f := range library.Fields() {
		if fieldWords(f) == "" {
			t.Errorf("the field %s has no name", f)
		}
		for _, r := range f.Relations() {
			if relationWords(f, r) == "" {
				t.Errorf("%s of %s has no name", r, f)
			}
		}
	}
	for _, o := range library.Sorts() {
		if sortWords(o) == "" {
			t.Errorf("the order %q has no name", o)
		}
	}
	if lang.L("Lists") == "" {
		t.Error("no words at all")
	}
}

func TestLengthsAreRead(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"3:30": 210 * time.Second, "90": 90 * time.Second, "1:00:01": time.Hour + time.Second, "0:05": 5 * time.Second,
		"": -1, "3:": -1, "-1": -1, "x": -1, "99999999999999999999": -1, "1000000:1000000:1000000:1": -1,
	} {
		got, err := parseLength(text)
		if want < 0 && err == nil || want >= 0 && (err != nil || got != want) {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for _, d := range []time.Duration{0, 59 * time.Second, 61 * time.Minute} {
		if got, err := parseLength(widgets.Clock(d)); err != nil || got != d {
			t.Errorf("%v is written %q and read %v, %v", d, widgets.Clock(d), got, err)
		}
	}
}
