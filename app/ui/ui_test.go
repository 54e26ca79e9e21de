package ui

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/uitest"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
)

var update = flag.Bool("update", false, "write the layouts in testdata anew")

var (
	deskSize  = fyne.NewSize(1280, 800)
	phoneSize = fyne.NewSize(412, 915)
)

// atOnce is how the window of a test works: nothing is left for later.
func atOnce(work func() func()) {
	if then := work(); then != nil {
		then()
	}
}

// openWindow shows a session in a window of the test's own. Timers never fire.
func openWindow(t *testing.T, s Session, size fyne.Size, scale float32, start string) *window {
	t.Helper()
	a := test.NewTempApp(t)
	if err := addTranslations(); err != nil {
		t.Fatal(err)
	}
	th, err := look.New(look.AlwaysDark, scale)
	if err != nil {
		t.Fatal(err)
	}
	win := test.NewTempWindow(t, nil)
	win.SetPadded(false)
	win.Resize(size)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	w := newWindow(ctx, a, win, th, Options{Open: opens(s, nil), Start: start, Now: uitest.Now}, hands{
		run: atOnce, after: func(time.Duration, func()) {}, follow: func(*shell) {},
	})
	w.begin()
	win.Resize(size)
	return w
}

// opens is a way to a session, or the failure to open one.
func opens(s Session, err error) func(context.Context) (Session, error) {
	return func(context.Context) (Session, error) { return s, err }
}

// listening is a session in the middle of "Slow telegraph".
func listening(t *testing.T) *uitest.Session {
	t.Helper()
	s := uitest.New(t)
	s.Hear(0, 98*time.Second, "low-3", "low-4", "low-5", "ledger-1", "night-1", "points-1", "bread-1")
	s.Keep(t, true, "low-1", "low-2", "ledger-1", "ripple-2")
	s.Keep(t, false, "low-3")
	return s
}

func checkLayout(t *testing.T, name string, root fyne.CanvasObject) {
	t.Helper()
	got, path := layoutOf(root), filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	a, b := strings.Split(got, "\n"), strings.Split(strings.ReplaceAll(string(want), "\r\n", "\n"), "\n")
	for i := range max(len(a), len(b)) {
		line := func(s []string) string {
			if i < len(s) {
				return s[i]
			}
			return "(nothing)"
		}
		if line(a) != line(b) {
			t.Fatalf("%s line %d:\n got %s\nwant %s\n(run with -update if the layout was meant to change)", path, i+1, line(a), line(b))
		}
	}
}

func TestLayouts(t *testing.T) {
	for _, c := range []struct {
		name, start string
		size        fyne.Size
	}{
		{"home-desk", "home", deskSize},
		{"release-desk", "release/low", deskSize},
		{"home-phone", "home", phoneSize},
		{"release-phone", "release/low", phoneSize},
		{"library-phone", "library", phoneSize},
		{"search-phone", "search/light", phoneSize},
		{"settings-desk", "settings", deskSize},
		{"releases-desk", "releases", deskSize},
		{"releases-phone", "releases/artist", phoneSize},
		{"search-empty-desk", "search", deskSize},
		{"lists-phone", "library/lists", phoneSize},
		{"rule-desk", "rule", deskSize},
		{"playlists-phone", "library/playlists", phoneSize},
		{"playlist-desk", "playlist/", deskSize},
		{"playlist-phone", "playlist/", phoneSize},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := listening(t)
			if strings.HasPrefix(c.name, "playlist") {
				walk := nightWalk(t, s.Library())
				if c.start == "playlist/" {
					c.start += walk.ID
				}
			}
			w := openWindow(t, s, c.size, 1, c.start)
			checkLayout(t, c.name, w.shell.root)
		})
	}
	t.Run("player-phone", func(t *testing.T) {
		w := openWindow(t, listening(t), phoneSize, 1, "home")
		p := w.shell.arranged.(*phone)
		p.mini.Tapped(nil)
		checkLayout(t, "player-phone", p.full.object)
	})
	t.Run("first-run", func(t *testing.T) {
		s := uitest.New(t)
		w := openWindow(t, s, deskSize, 1, "")
		w.ask(s)
		checkLayout(t, "first-run", w.win.Canvas().Content())
	})
}

// TestNothingIsCutAtAnyTextSize: labels are shown whole and no line is given
// less height than it has, from the least to the greatest size of text.
func TestNothingIsCutAtAnyTextSize(t *testing.T) {
	for _, scale := range []float32{look.MinScale, 1, look.MaxScale} {
		for _, size := range []fyne.Size{deskSize, phoneSize} {
			t.Run(fmt.Sprintf("%g-%.0f", scale, size.Width), func(t *testing.T) {
				s := listening(t)
				w := openWindow(t, s, size, scale, "home")
				for _, at := range []place{
					{atPlaylist, nightWalk(t, s.Library()).ID}, {atLibrary, chipPlaylists},
					{kind: atHome}, {atRelease, "low"}, {kind: atLibrary}, {kind: atSettings}, {atSearch, "light"},
					{kind: atReleases}, {kind: atStorage}, {atStorage, chipRules}, {kind: atSearch}, {kind: atStudio}, {atLibrary, chipLists}, {atList, listNearly}, {atRule, ""},
				} {
					w.shell.visit(at)
					checkNothingCut(t, w.shell.root)
				}
				if p, ok := w.shell.arranged.(*phone); ok {
					p.mini.Tapped(nil)
					checkNothingCut(t, p.full.object)
				}
			})
		}
	}
}

func checkNothingCut(t *testing.T, root fyne.CanvasObject) {
	t.Helper()
	whole := 0
	for _, o := range all[fyne.CanvasObject](root) {
		switch o := o.(type) {
		case *widgets.Text:
			if need := o.HeightAt(o.Size().Width); o.Size().Height < need-0.5 {
				t.Errorf("%q is %v high and needs %v", o.Content(), o.Size().Height, need)
			}
		case *widgets.Pill, *widgets.Chip, *widgets.NavItem, *widgets.CreditBox:
			for _, text := range all[*canvas.Text](o) {
				if text.Text == "" {
					continue
				}
				whole++
				if strings.HasSuffix(text.Text, "…") && text.Text != "New playlist…" {
					t.Errorf("%T is cut to %q", o, text.Text)
				}
			}
		}
	}
	if whole == 0 && len(root.(*fyne.Container).Objects) < 10 {
		t.Error("no label was looked at")
	}
}

func TestWidthChoosesTheArrangement(t *testing.T) {
	w := openWindow(t, listening(t), deskSize, 1, "release/low")
	if _, ok := w.shell.arranged.(*desk); !ok {
		t.Fatal("a wide window is no desk")
	}
	w.win.Resize(phoneSize)
	if _, ok := w.shell.arranged.(*phone); !ok {
		t.Fatal("a narrow window is no phone")
	}
	if h := w.shell.trail.here(); h.place != (place{atRelease, "low"}) {
		t.Errorf("the place was lost: %v", h.place)
	}
	w.win.Resize(deskSize)
	checkLayout(t, "release-desk", w.shell.root)
}

func TestEveryPlaceOpensInBothArrangements(t *testing.T) {
	for _, size := range []fyne.Size{deskSize, phoneSize} {
		w := openWindow(t, listening(t), size, 1, "home")
		p, err := w.shell.lib.CreatePlaylist("Rain", "", true)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.shell.lib.AddToPlaylist(p.ID, "low-1", "night-1"); err != nil {
			t.Fatal(err)
		}
		for _, at := range []place{
			{kind: atSearch}, {atSearch, "zzz"}, {kind: atLibrary}, {atLibrary, chipFavourites}, {atLibrary, chipPlaylists},
			{atLibrary, chipHistory}, {atLibrary, chipLocal}, {atLibrary, chipLists}, {atList, listRecent},
			{atList, listFollowed}, {atList, "unknown"}, {atRule, ""}, {atRule, "unknown"}, {kind: atStudio}, {kind: atSettings}, {kind: atYou}, {atRelease, "points"},
			{kind: atReleases}, {atReleases, chipTitle}, {atReleases, "unknown"}, {kind: atStorage}, {atStorage, chipRules},
			{atArtist, "artist-Marrow"}, {atPlaylist, p.ID}, {atRelease, "unknown"}, {atTag, "dub"},
		} {
			w.shell.visit(at)
			w.shell.changed(everything)
			if w.shell.screen.body().Size().Width < 300 {
				t.Errorf("%v is not shown", at)
			}
		}
	}
}

func TestPlayingIsFollowed(t *testing.T) {
	s := uitest.New(t)
	w := openWindow(t, s, deskSize, 1, "release/low")
	s.Hear(0, 5*time.Second, "low-4", "low-5")
	w.shell.heard(s.Now())
	if w.shell.m.track.ID != "low-4" {
		t.Fatalf("the track in the player is %q", w.shell.m.track.ID)
	}
	layout := layoutOf(w.shell.root)
	for _, want := range []string{`"Next play 0.256" 12`, `"0:05" 12`, `"1 track · 5 min · 0.004 credits" 12`} {
		if !strings.Contains(layout, want) {
			t.Errorf("%s is not shown", want)
		}
	}
	if w.shell.screen.(*releaseScreen).head.play.AccessibilityLabel() != "Pause" {
		t.Error("the release's button does not offer to pause")
	}
	s.Say(func(snap *player.Snapshot, _ *app.Status) { snap.State, snap.Err = player.Failed, os.ErrNotExist })
	w.shell.heard(s.Now())
	if layout := layoutOf(w.shell.root); !strings.Contains(layout, "There is no such file") {
		t.Error("what went wrong is not shown")
	}
}

func TestOwnershipIsFollowed(t *testing.T) {
	s := listening(t)
	w := openWindow(t, s, deskSize, 1, "release/low")
	if err := s.Library().PutOwned("low-3"); err != nil {
		t.Fatal(err)
	}
	w.shell.changed(library.Ownership)
	layout := layoutOf(w.shell.root)
	if !strings.Contains(layout, `"You own 3 of 8.`) || !strings.Contains(layout, `"plays anywhere, free" 12`) {
		t.Error("the window does not know that the track is owned")
	}
}

func TestBuyingAsksOnceWithThePrice(t *testing.T) {
	s := listening(t)
	w := openWindow(t, s, deskSize, 1, "release/low")
	w.shell.askToBuy(w.shell.m.track)
	pop := w.win.Canvas().Overlays().Top()
	if pop == nil {
		t.Fatal("nothing is asked")
	}
	if layout := layoutOf(pop); !strings.Contains(layout, "0.992") || !strings.Contains(layout, "€1.24") || !strings.Contains(layout, "12.480") {
		t.Errorf("price, euros or credits are missing:\n%s", layout)
	}
	tap[*widgets.Pill](t, pop, "Own it for 0.992")
	if !slices.Contains(s.Calls(), "buy low-3 for 0.992") {
		t.Errorf("it was not bought: %v", s.Calls())
	}
	if w.win.Canvas().Overlays().Top() != nil || w.shell.scrim.Visible() {
		t.Error("the question stays")
	}
}

func TestBuyingNeedsTheCredits(t *testing.T) {
	s := listening(t)
	w := openWindow(t, s, deskSize, 1, "release/low")
	w.shell.m.account.Credits = 10
	w.shell.askToBuy(w.shell.m.track)
	tap[*widgets.Pill](t, w.win.Canvas().Overlays().Top(), "All right")
	if len(s.Calls()) != 0 {
		t.Errorf("asked of the session: %v", s.Calls())
	}
}

func TestBudgetPausesAndAsksOnce(t *testing.T) {
	s := listening(t)
	if err := s.Library().SetSetting(settingBudget, "20"); err != nil {
		t.Fatal(err)
	}
	w := openWindow(t, s, deskSize, 1, "home")
	if got := s.Calls(); !slices.Equal(got, []string{"pause"}) {
		t.Fatalf("a play of 0.032 on a budget of 0.020: %v", got)
	}
	w.shell.heard(s.Now())
	w.shell.changed(everything)
	tap[*widgets.Pill](t, w.win.Canvas().Overlays().Top(), "Play on")
	w.shell.heard(s.Now())
	if got := s.Calls(); !slices.Equal(got, []string{"pause", "go on"}) {
		t.Errorf("asked of the session: %v", got)
	}
}
