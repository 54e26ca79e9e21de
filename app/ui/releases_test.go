package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/ninth-coop/ninth/app/ui/uitest"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
)

// cards is the names of the release cards in sight, row by row.
func cards(root fyne.CanvasObject) (labels []string) {
	type card struct {
		label string
		at    fyne.Position
	}
	var found []card
	walk(root, fyne.Position{}, func(o fyne.CanvasObject, at fyne.Position) {
		if c, ok := o.(*widgets.ReleaseCard); ok {
			found = append(found, card{c.AccessibilityLabel(), at})
		}
	})
	slices.SortFunc(found, func(a, b card) int {
		if a.at.Y != b.at.Y {
			return int(a.at.Y - b.at.Y)
		}
		return int(a.at.X - b.at.X)
	})
	for _, c := range found {
		labels = append(labels, c.label)
	}
	return labels
}

func TestSeeAllLeadsToEveryRelease(t *testing.T) {
	for _, size := range []fyne.Size{deskSize, phoneSize} {
		for _, from := range []string{"home", "search"} {
			w := openWindow(t, listening(t), size, 1, from)
			tap[*widgets.Link](t, w.shell.root, "See all")
			if h := w.shell.trail.here(); h.place != (place{kind: atReleases}) {
				t.Fatalf("from %s it leads to %v", from, h.place)
			}
			if got := len(cards(w.shell.root)); got < 6 { // as many as a phone has room for
				t.Errorf("%d releases are in sight", got)
			}
			if !strings.Contains(layoutOf(w.shell.root), `"8 releases"`) {
				t.Error("their number is not shown")
			}
			w.shell.step(-1)
			if h := w.shell.trail.here(); string(h.kind) != from {
				t.Errorf("back leads to %v", h.place)
			}
		}
	}
}

func TestReleasesStandInTheChosenOrder(t *testing.T) {
	w := openWindow(t, listening(t), deskSize, 1, "releases")
	for chip, want := range map[string]string{
		"Newest": "Low Water Marks, Ines Aguiar", "Title": "Bread and Static, Yusuf Kade", "Artist": "Low Water Marks, Ines Aguiar",
	} {
		tap[*widgets.Chip](t, w.shell.root, chip)
		if got := cards(w.shell.root); len(got) == 0 || got[0] != want {
			t.Errorf("by %s: %q", chip, got)
		}
	}
}

// TestACatalogueOfAnyLength: only the cards in sight exist, every release can
// be scrolled to, and news from the co-op keep the place.
func TestACatalogueOfAnyLength(t *testing.T) {
	s := uitest.New(t)
	const more = 500
	var releases []library.Release
	for i := range more {
		releases = append(releases, library.Release{
			ID: fmt.Sprintf("r%03d", i), Title: fmt.Sprintf("Release %03d", i), Artist: "Many", ArtistID: "many",
			Date: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -i).Format(time.DateOnly),
		})
	}
	if err := s.Library().PutReleases(releases...); err != nil {
		t.Fatal(err)
	}
	for _, size := range []fyne.Size{deskSize, phoneSize} {
		w := openWindow(t, s, size, 1, "releases")
		column := w.shell.screen.body()
		seen := map[string]bool{}
		for {
			here := cards(w.shell.root)
			if len(here) > 40 {
				t.Fatalf("%d cards exist at once", len(here))
			}
			for _, label := range here {
				seen[label] = true
			}
			before := column.Offset()
			column.ScrollTo(before + 300)
			if column.Offset() == before {
				break
			}
		}
		if want := more + len(uitest.Releases()); len(seen) != want || !seen["Release 499, Many"] {
			t.Errorf("%d releases were seen, want %d", len(seen), want)
		}
		column.ScrollTo(5000)
		before := cards(w.shell.root)
		w.shell.changed(library.Catalogue)
		if got := cards(w.shell.root); column.Offset() != 5000 || !slices.Equal(got, before) {
			t.Errorf("after news from the co-op at %v: %q, before %q", column.Offset(), got, before)
		}
	}
}

// TestAPlaceIsFoundAgainOnceItIsRead: the screen that one comes back to is
// empty until the library has answered.
func TestAPlaceIsFoundAgainOnceItIsRead(t *testing.T) {
	w := openWindow(t, listening(t), fyne.NewSize(1280, 500), 1, "releases")
	s := w.shell
	s.screen.body().ScrollTo(90)
	s.openRelease("low")
	var answers []func()
	s.run = func(work func() func()) { answers = append(answers, work()) }
	s.step(-1)
	if got := s.screen.body().Offset(); got != 0 {
		t.Fatalf("an empty screen is scrolled to %v", got)
	}
	for len(answers) > 0 {
		next := answers[0]
		answers = answers[1:]
		next()
	}
	if got := s.screen.body().Offset(); got != 90 {
		t.Errorf("scrolled to %v, want 90", got)
	}
}

func TestSearchBeginsWithWhatIsNew(t *testing.T) {
	w := openWindow(t, listening(t), deskSize, 1, "search")
	layout := layoutOf(w.shell.root)
	if !strings.Contains(layout, `"In the co-op"`) || strings.Contains(layout, `"Releases"`) || len(cards(w.shell.root)) != 8 {
		t.Errorf("before anything is typed:\n%s", layout)
	}
	w.shell.screen.(*searchScreen).field.SetText("light")
	layout = layoutOf(w.shell.root)
	if strings.Contains(layout, `"In the co-op"`) || !strings.Contains(layout, `"Releases"`) {
		t.Errorf("after a word:\n%s", layout)
	}
}

// TestHomeUsesTheRoomThatIsLeft: without releases of owned artists, what is
// new takes two rows.
func TestHomeUsesTheRoomThatIsLeft(t *testing.T) {
	s := listening(t)
	w := openWindow(t, s, deskSize, 1, "home")
	if got := len(cards(w.shell.screen.(*homeScreen).fresh)); got != 4 {
		t.Errorf("%d new releases beside those of owned artists, want 4", got)
	}
	if err := s.Library().SignOut(true); err != nil { // which forgets what is owned
		t.Fatal(err)
	}
	w.shell.changed(library.Ownership)
	h := w.shell.screen.(*homeScreen)
	if h.yours.Visible() {
		t.Fatal("nothing is owned and there are releases of owned artists")
	}
	if got := len(cards(h.fresh)); got != 8 {
		t.Errorf("%d new releases, want 8", got)
	}
}

func TestADraftIsMarked(t *testing.T) {
	w := openWindow(t, listening(t), deskSize, 1, "home")
	for want, r := range map[string]library.Release{
		"Draft":              {Draft: true, Date: "2026-11-01"},
		"Draft · 2026-12-12": {Draft: true, Date: "2026-12-12"},
	} {
		if got := draftLine(r, uitest.Now()); got != want {
			t.Errorf("%+v: %q, want %q", r, got, want)
		}
	}
	out := library.Release{ID: "out", Title: "Out already", Artist: "Mara", ArtistID: "mara", Date: "2027-01-01", Own: true}
	err := w.shell.lib.PutReleases(out, library.Release{
		ID: "tide", Title: "Spring Tide", Artist: "Mara", ArtistID: "mara", Kind: "single", Date: "2026-12-12", Own: true, Draft: true,
		Tracks: []library.Track{{ID: "tide-1", Title: "Spring tide", Artist: "Mara", Duration: time.Minute, Own: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.shell.visit(place{kind: atStudio})
	if got := cards(w.shell.root); !slices.Equal(got, []string{"Spring Tide, Draft · 2026-12-12", "Out already, Mara"}) {
		t.Errorf("the studio shows %q", got)
	}
	if layout := layoutOf(w.shell.root); !strings.Contains(layout, `"Drafts"`) || !strings.Contains(layout, `"In the co-op"`) {
		t.Errorf("the drafts are not apart:\n%s", layout)
	}
	w.shell.openRelease("tide")
	if layout := layoutOf(w.shell.root); !strings.Contains(layout, `"Single · Draft · 2026-12-12 · 1 track, 1 min"`) {
		t.Errorf("the draft's page:\n%s", layout)
	}
}

// TestAToastIsWholeAndOutOfTheWay: on a phone it is as high as its text needs
// there, and lies over nothing that can be pressed in the player.
func TestAToastIsWholeAndOutOfTheWay(t *testing.T) {
	w := openWindow(t, listening(t), phoneSize, 1, "home")
	const sentence = "This is a sentence that takes a good many words to say what it has to say, and then goes on " +
		"to say what can be done about it, because that is what it is there for."
	w.shell.toast(sentence, false, nil)
	p := w.shell.arranged.(*phone)
	p.mini.Tapped(nil)
	var said strings.Builder
	for line := range strings.Lines(layoutOfText(w.shell.toasts.object)) {
		said.WriteString(strings.TrimSpace(line) + " ")
	}
	if got := strings.TrimSpace(said.String()); got != sentence {
		t.Errorf("it says %q", got)
	}
	checkNothingCut(t, w.shell.root)
	toast := w.shell.toasts.object.Objects[0]
	if foot, cover := toast.Position().Y+toast.Size().Height, p.full.cover; foot > cover.Position().Y+cover.Size().Height {
		t.Errorf("it ends at %v, below the cover", foot)
	}
	p.escape()
	if foot := toast.Position().Y + toast.Size().Height; foot < 700 {
		t.Errorf("over the screen it ends at %v", foot)
	}
}
