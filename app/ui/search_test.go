package ui

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"pgregory.net/rapid"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/ui/uitest"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
)

func foundIDs(r library.Results) string {
	var out []string
	for _, t := range r.Tracks {
		out = append(out, t.ID)
	}
	for _, x := range r.Releases {
		out = append(out, x.ID)
	}
	for _, a := range r.Artists {
		out = append(out, a.ID)
	}
	return strings.Join(out, " ")
}

// rowsIn are the rows and cards of a search that can be seen, each with where
// it is and what it says.
func rowsIn(root fyne.CanvasObject) map[fyne.CanvasObject]string {
	out := map[fyne.CanvasObject]string{}
	walk(root, fyne.Position{}, func(o fyne.CanvasObject, at fyne.Position) {
		switch o := o.(type) {
		case *widgets.TrackTile:
			out[o] = fmt.Sprint(at, o.Size(), o.AccessibilityLabel())
		case *widgets.Tile:
			out[o] = fmt.Sprint(at, o.Size(), o.AccessibilityLabel())
		case *widgets.ReleaseCard:
			out[o] = fmt.Sprint(at, o.Size(), o.AccessibilityLabel())
		}
	})
	return out
}

// unmoved fails for each row of before that is another object now, or stands
// elsewhere, or says something else.
func unmoved(t *testing.T, before, after map[fyne.CanvasObject]string) {
	t.Helper()
	for o, was := range before {
		if now := after[o]; now != was {
			t.Errorf("what was %q is %q", was, now)
		}
	}
}

// TestTheCoOpsAnswerMovesNothing that is shown: what it adds stands under all
// that, in its order, and nothing is there twice.
func TestTheCoOpsAnswerMovesNothing(t *testing.T) {
	for _, size := range []fyne.Size{{Width: 1280, Height: 2400}, {Width: 412, Height: 2400}} {
		s := uitest.New(t)
		w := openWindow(t, s, size, 1, "search/light")
		v := w.shell.screen.(*searchScreen)
		before, first := rowsIn(w.shell.root), foundIDs(v.first.of)
		if first != "half-1 low-8 low-1 half" || len(before) != 4 {
			t.Fatalf("at first it finds %s, and shows %d rows", first, len(before))
		}
		s.Finds("light", app.Found{
			Tracks: []string{"bread-1", "low-8", "night-1", "half-1", "gone"}, Releases: []string{"ripple", "half", "gone"},
			Artists: []string{"artist-Marrow", "gone"},
		})
		v.askCoOp("light")
		after := rowsIn(w.shell.root)
		unmoved(t, before, after)
		if got := foundIDs(v.first.of); got != first {
			t.Errorf("what was shown became %s", got)
		}
		if got := foundIDs(v.more.of); got != "bread-1 night-1 ripple artist-Marrow" || len(after) != len(before)+4 {
			t.Errorf("the co-op added %s, in %d rows", got, len(after)-len(before))
		}
		s.Finds("light", app.Found{Tracks: []string{"ledger-1", "bread-1"}})
		v.askCoOp("light")
		unmoved(t, before, rowsIn(w.shell.root))
		if got := foundIDs(v.more.of); got != "bread-1 night-1 ledger-1 ripple artist-Marrow" {
			t.Errorf("a second answer made it %s", got)
		}
		v.field.SetText("ferry")
		if got := foundIDs(v.first.of) + "|" + foundIDs(v.more.of); got != "low-7|" {
			t.Errorf("other words find %s", got)
		}
	}
}

// TestASyncMovesNothing while its results are looked at, though what it brings
// would be found before them.
func TestASyncMovesNothing(t *testing.T) {
	s := uitest.New(t)
	w := openWindow(t, s, fyne.NewSize(1280, 2400), 1, "search/light")
	v := w.shell.screen.(*searchScreen)
	before, first := rowsIn(w.shell.root), foundIDs(v.first.of)
	if err := s.Library().PutReleases(library.Release{ID: "new", Title: "Light", Artist: "Light", ArtistID: "light", Tracks: []library.Track{{ID: "new-1", Title: "Light"}}}); err != nil {
		t.Fatal(err)
	}
	w.shell.changed(library.Catalogue)
	unmoved(t, before, rowsIn(w.shell.root))
	if got := foundIDs(v.first.of) + "|" + foundIDs(v.more.of); got != first+"|new-1 new light" {
		t.Errorf("after the sync it shows %s", got)
	}
	if err := s.Library().SetFavourite("low-1", true); err != nil {
		t.Fatal(err)
	}
	w.shell.changed(library.Ownership)
	i := slices.IndexFunc(v.first.of.Tracks, func(t library.Track) bool { return t.ID == "low-1" })
	if i < 0 || !v.first.of.Tracks[i].Favourite {
		t.Error("what is shown is not what is known now")
	}
	w.shell.visit(place{kind: atHome})
	w.shell.step(-1)
	if v = w.shell.screen.(*searchScreen); !strings.HasPrefix(foundIDs(v.first.of), "new-1 ") || v.more.of.Count() > 0 {
		t.Errorf("looked for anew it shows %s|%s", foundIDs(v.first.of), foundIDs(v.more.of))
	}
}

// TestAnswersThatComeLateOrEarly: one to other words is not shown, one before
// the library's own results comes under them.
func TestAnswersThatComeLateOrEarly(t *testing.T) {
	s := uitest.New(t)
	s.Finds("light", app.Found{Tracks: []string{"bread-1", "half-1"}})
	w := openWindow(t, s, deskSize, 1, "search")
	v := w.shell.screen.(*searchScreen)
	var held []func()
	w.shell.run = func(work func() func()) {
		held = append(held, work())
	}
	deliver := func(i int) {
		if held[i] != nil {
			held[i]()
		}
	}
	v.field.SetText("light")
	v.askCoOp("light")
	if len(held) != 2 {
		t.Fatalf("%d questions", len(held))
	}
	deliver(1)
	if v.words == "light" {
		t.Error("the co-op's answer is shown before the library's")
	}
	deliver(0)
	if got := foundIDs(v.first.of) + "|" + foundIDs(v.more.of); got != "half-1 low-8 low-1 half|bread-1" {
		t.Errorf("both show %s", got)
	}
	held = nil
	v.askCoOp("light")
	v.field.SetText("ferry")
	deliver(1)
	deliver(0)
	if got := foundIDs(v.first.of) + "|" + foundIDs(v.more.of); got != "low-7|" {
		t.Errorf("after a late answer it shows %s", got)
	}
}

func TestTheCoOpIsAskedOnlyWhereThatHelps(t *testing.T) {
	s := uitest.New(t)
	w := openWindow(t, s, deskSize, 1, "search")
	v := w.shell.screen.(*searchScreen)
	for _, words := range []string{"", " ", "x", " é "} {
		v.field.SetText(words)
		v.askCoOp(words)
	}
	v.field.SetText(" ab ")
	v.askCoOp(" ab ")
	w.shell.m.status.OfflineSince = uitest.Now()
	v.askCoOp("offline")
	if got := s.Calls(); !slices.Equal(got, []string{"search ab"}) {
		t.Errorf("asked of the session: %q", got)
	}
}

// TestJoined: whatever comes, in whatever order, what is shown only grows at
// its end and has nothing twice.
func TestJoined(t *testing.T) {
	id := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g"})
	rapid.Check(t, func(t *rapid.T) {
		some := func(label string) (out []library.Track) {
			for _, id := range rapid.SliceOfNDistinct(id, 0, 7, func(s string) string { return s }).Draw(t, label) {
				out = append(out, library.Track{ID: id, Plays: rapid.IntRange(0, 9).Draw(t, "plays")})
			}
			return out
		}
		ids := func(list []library.Track) (out []string) {
			for _, t := range list {
				out = append(out, t.ID)
			}
			return out
		}
		first, more := library.Results{Tracks: some("first")}, library.Results{}
		for range rapid.IntRange(1, 4).Draw(t, "answers") {
			later := library.Results{Tracks: some("later")}
			nowFirst, nowMore := joined(first, more, later)
			if !slices.Equal(ids(nowFirst.Tracks), ids(first.Tracks)) {
				t.Fatalf("what is shown became %v, was %v", ids(nowFirst.Tracks), ids(first.Tracks))
			}
			if n := len(more.Tracks); !slices.Equal(ids(nowMore.Tracks)[:n], ids(more.Tracks)) {
				t.Fatalf("what was added before became %v, was %v", ids(nowMore.Tracks), ids(more.Tracks))
			}
			first, more = nowFirst, nowMore
			all := map[string]library.Track{}
			for _, tr := range slices.Concat(first.Tracks, more.Tracks) {
				if _, twice := all[tr.ID]; twice {
					t.Fatalf("%s is there twice", tr.ID)
				}
				all[tr.ID] = tr
			}
			for _, tr := range later.Tracks {
				if all[tr.ID] != tr {
					t.Fatalf("%s is not as it is known now in %v", tr.ID, slices.Collect(maps.Values(all)))
				}
			}
		}
	})
}

func TestSearchFindsTags(t *testing.T) {
	s := uitest.New(t)
	r := uitest.Releases()[0]
	r.Tags = []string{"Dub Techno"}
	if err := s.Library().PutReleases(r); err != nil {
		t.Fatal(err)
	}
	w := openWindow(t, s, deskSize, 1, "search/techn")
	layout := layoutOf(w.shell.root)
	if !strings.Contains(layout, `"Tags"`) || !strings.Contains(layout, `"Dub Techno"`) {
		t.Fatalf("the tag is not found:\n%s", layout)
	}
	w.shell.visit(place{atTag, "Dub Techno"})
	if layout := layoutOf(w.shell.root); !strings.Contains(layout, `"1 release"`) || !strings.Contains(layout, `"Low Water Marks"`) {
		t.Errorf("the tag's page:\n%s", layout)
	}
}
