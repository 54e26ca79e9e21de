package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
)

// failing gives the last intent of a library, which fails for a reason.
func failing(t *testing.T, lib *library.Library, reason string) library.Intent {
	t.Helper()
	intents, err := lib.Outbox()
	if err != nil {
		t.Fatal(err)
	}
	in := intents[len(intents)-1]
	if err := lib.Fail(in.ID, reason); err != nil {
		t.Fatal(err)
	}
	return in
}

func TestWhatWaitsForTheCoOpIsShown(t *testing.T) {
	for _, size := range []fyne.Size{deskSize, phoneSize} {
		s := listening(t)
		lib := s.Library()
		w := openWindow(t, s, size, 1, "settings")
		if strings.Contains(layoutOf(w.shell.root), "Waiting for the co-op") {
			t.Fatal("something waits in a library in step with its co-op")
		}
		if err := lib.SetFavourite("low-4", true); err != nil {
			t.Fatal(err)
		}
		if err := lib.SetFavourite("low-3", false); err != nil {
			t.Fatal(err)
		}
		if _, err := lib.CreatePlaylist("Rain", "", true); err != nil {
			t.Fatal(err)
		}
		if _, err := lib.Buy("low-5", 1020); err != nil {
			t.Fatal(err)
		}
		const reason = "The co-op refused this (422): refresh, and try again."
		failing(t, lib, reason)
		w.shell.changed(library.Outbox)
		layout := layoutOf(w.shell.root)
		for _, want := range []string{
			`"New favourite: Lanterns, lowered" 14`, `"No favourite any more: Slow telegraph" 14`,
			`"New playlist: Rain" 14`, `"Purchase of Undertow, 1.020" 14`, "· waits", "· failed", "The co-op refused this (422)",
		} {
			if !strings.Contains(layout, want) {
				t.Errorf("%s is not shown:\n%s", want, layout)
			}
		}
		if strings.Index(layout, "Purchase of") > strings.Index(layout, "New favourite") {
			t.Error("what failed does not come first")
		}
		checkNothingCut(t, w.shell.root)
	}
}

func TestAFailedPurchaseIsTriedAgainOrDismissed(t *testing.T) {
	for button, states := range map[string][]library.IntentState{
		"Try again": {library.IntentWaiting}, "Dismiss": nil,
	} {
		s := listening(t)
		if _, err := s.Library().Buy("low-5", 1020); err != nil {
			t.Fatal(err)
		}
		failing(t, s.Library(), "No.")
		w := openWindow(t, s, deskSize, 1, "settings")
		tap[*widgets.Pill](t, w.shell.root, button)
		left, err := s.Library().Outbox()
		if err != nil {
			t.Fatal(err)
		}
		if len(left) != len(states) || len(left) > 0 && left[0].State != states[0] {
			t.Errorf("after %q: %v", button, left)
		}
	}
}

func TestManyErrandsAreCounted(t *testing.T) {
	s := listening(t)
	for range mostErrands + 3 {
		if _, err := s.Library().CreatePlaylist("Rain", "", true); err != nil {
			t.Fatal(err)
		}
	}
	w := openWindow(t, s, deskSize, 1, "settings")
	layout := layoutOf(w.shell.root)
	if got := strings.Count(layout, "New playlist: Rain"); got != mostErrands || !strings.Contains(layout, `"and 3 more"`) {
		t.Errorf("%d are shown:\n%s", got, layout)
	}
}

func TestAFailureIsToldOnceAndLeadsToTheAnswer(t *testing.T) {
	s := listening(t)
	w := openWindow(t, s, phoneSize, 1, "home")
	w.shell.arranged.(*phone).mini.Tapped(nil)
	say := func(failed int) string {
		w.shell.toasts.object.Objects = nil
		s.Say(func(_ *player.Snapshot, st *app.Status) { st.Failed = failed })
		w.shell.reached(s.Status())
		return layoutOf(w.shell.toasts.object)
	}
	if told := say(1); !strings.Contains(told, "1 thing did not reach the co-op.") {
		t.Fatalf("told: %s", told)
	}
	tap[*widgets.Link](t, w.shell.toasts.object, "Show")
	if w.shell.trail.here().kind != atSettings || w.shell.arranged.(*phone).full.object.Visible() {
		t.Error("the button does not lead to the settings")
	}
	for _, same := range []int{1, 0} {
		if told := say(same); told != "" {
			t.Errorf("with %d failed, again: %s", same, told)
		}
	}
}
