package ui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/ui/look"
	"github.com/ninth-coop/ninth/app/ui/uitest"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/credits"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
)

// TestTrailIsAHistory: back undoes forward, going somewhere forgets what lay
// forward, and the trail never grows without bound.
func TestTrailIsAHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var trail trail
		var model []place // what a simple history holds
		at := -1
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				if trail.step(-1) != (at > 0) {
					t.Fatal("back is wrong about whether it could")
				}
				at = max(at-1, min(at, 0))
			case 1:
				if trail.step(+1) != (at < len(model)-1) {
					t.Fatal("forward is wrong about whether it could")
				}
				at = min(at+1, len(model)-1)
			default:
				p := place{atRelease, rapid.StringMatching(`[a-e]`).Draw(t, "id")}
				if at >= 0 && model[at] == p {
					trail.goTo(p)
					break
				}
				trail.goTo(p)
				model = append(model[:at+1], p)
				model = model[max(len(model)-longestTrail, 0):]
				at = len(model) - 1
			}
			if h := trail.here(); h != nil && h.place != model[at] {
				t.Fatalf("at %v, want %v", h.place, model[at])
			}
			if len(trail.visits) > longestTrail {
				t.Fatal("the trail is too long")
			}
		}
	})
}

func TestGoingBackKeepsThePlaceOnTheScreen(t *testing.T) {
	w := openWindow(t, listening(t), fyne.NewSize(1280, 500), 1, "release/low")
	s := w.shell
	s.screen.body().ScrollTo(120)
	s.visit(place{kind: atHome})
	s.step(-1)
	if got := s.screen.body().Offset(); got != 120 {
		t.Errorf("scrolled to %v, want 120", got)
	}
}

func TestTheLineShowsWhereADraggedEntryGoes(t *testing.T) {
	w := openWindow(t, listening(t), deskSize, 1, "home")
	q := w.shell.arranged.(*desk).queue
	top, pitch := q.column.RowTop(q.rows, 0), q.rows.Height
	for _, c := range []struct {
		from, to int
		want     float32 // rows above the line
	}{{2, 0, 0}, {2, 1, 1}, {2, 3, 4}, {0, 5, 6}} {
		q.mover.show(c.from, c.to)
		if got, ok := q.column.Marked(); !ok || got != top+c.want*pitch-1 {
			t.Errorf("from %d to %d the line is at %v, want %v rows below %v", c.from, c.to, got, c.want, top)
		}
	}
}

func TestWhatIsCuedHasALength(t *testing.T) {
	s := listening(t)
	s.Say(func(snap *player.Snapshot, _ *app.Status) { snap.State, snap.Duration = player.Stopped, 0 })
	w := openWindow(t, s, deskSize, 1, "home")
	if got := w.shell.arranged.(*desk).bar.length.Content(); got != "4:12" {
		t.Errorf("it is %q long", got)
	}
}

func TestTappingATrackPlaysItsReleaseFromThere(t *testing.T) {
	s := uitest.New(t)
	w := openWindow(t, s, deskSize, 1, "release/low")
	test.TapCanvas(w.win.Canvas(), fyne.NewPos(400, 401))
	if got := s.Calls(); !slices.Equal(got, []string{"play low from low-3"}) {
		t.Errorf("asked of the session: %v", got)
	}
	s.Hear(0, 0, "low-3")
	w.shell.heard(s.Now())
	test.TapCanvas(w.win.Canvas(), fyne.NewPos(400, 401))
	if got := s.Calls(); got[len(got)-1] != "toggle" {
		t.Errorf("tapped again: %v", got)
	}
}

func TestQueueIsReordered(t *testing.T) {
	s := listening(t)
	w := openWindow(t, s, deskSize, 1, "home")
	q := w.shell.arranged.(*desk).queue
	order := func() string {
		var ids []string
		for _, e := range s.Now().Queue.InOrder() {
			ids = append(ids, strings.TrimPrefix(e.Key, "track:"))
		}
		return strings.Join(ids[:4], " ")
	}
	for _, c := range []struct {
		from, to int
		want     string
	}{
		{0, 1, "low-3 low-5 low-4 ledger-1"},
		{2, 0, "low-3 ledger-1 low-5 low-4"},
		{0, 0, "low-3 ledger-1 low-5 low-4"},
		{0, 99, "low-3 ledger-1 low-5 low-4"},
	} {
		q.move(c.from, c.to)
		w.shell.heard(s.Now())
		if got := order(); got != c.want {
			t.Errorf("after moving %d to %d: %s, want %s", c.from, c.to, got, c.want)
		}
	}
	for y, want := range map[float32]int{0: 1, 30: 2, 54: 2, -27: 0, -900: 0, 9000: 5} {
		if got := q.mover.target(1, y); got != want {
			t.Errorf("dragged by %v dp: to %d, want %d", y, got, want)
		}
	}
}

func TestOfflineIsACalmLine(t *testing.T) {
	s := listening(t)
	w := openWindow(t, s, phoneSize, 1, "library")
	p := w.shell.arranged.(*phone)
	if p.banner.Visible() {
		t.Fatal("there is a line while the co-op answers")
	}
	s.Say(func(_ *player.Snapshot, st *app.Status) {
		st.Online, st.OfflineSince, st.WaitingPlays, st.WaitingEdits = false, uitest.Now(), 3, 1
	})
	w.shell.reached(s.Status())
	if layout := layoutOf(p.root); !strings.Contains(layout, `"Offline. 3 plays and 1 edit will be sent later." 12`) {
		t.Errorf("the line is missing:\n%s", layout)
	}
	for id, want := range map[string]bool{"low-1": false, "low-3": false, "night-1": true} {
		track, err := s.Library().Track(id)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.shell.m.away(track); got != want {
			t.Errorf("%s is away: %v, want %v", id, got, want)
		}
	}
}

func TestLookIsKeptAndTakenUp(t *testing.T) {
	s := listening(t)
	w := openWindow(t, s, deskSize, 1, "settings")
	w.shell.setLook(look.AlwaysLight, 1.5)
	if w.shell.theme.Scale() != 1.5 {
		t.Fatal("the size of text did not change")
	}
	th, err := look.New(look.Auto, 1)
	if err != nil {
		t.Fatal(err)
	}
	w.theme = th
	w.wear(s)
	if w.theme.Mode() != look.AlwaysLight || w.theme.Scale() != 1.5 {
		t.Errorf("after a new start: %s, %v", w.theme.Mode(), w.theme.Scale())
	}
}

func TestSigningOutAsksBeforeAnythingIsLost(t *testing.T) {
	s := &waiting{Session: listening(t)}
	w := openWindow(t, s, deskSize, 1, "settings")
	w.shell.signOut(false)
	if w.shell == nil {
		t.Fatal("signed out although plays wait")
	}
	tap[*widgets.Pill](t, w.win.Canvas().Overlays().Top(), "Give them up")
	if w.shell != nil || !slices.Equal(s.Calls(), []string{"sign out"}) {
		t.Errorf("after the second answer: %v", s.Calls())
	}
}

// waiting is a session whose outbox is not empty.
type waiting struct{ *uitest.Session }

func (w *waiting) SignOut(ctx context.Context, discard bool) error {
	if !discard {
		return library.ErrWaiting
	}
	return w.Session.SignOut(ctx, discard)
}

func TestFirstRunConnectsAndSaysWhatIsWrong(t *testing.T) {
	var choices []Choice
	answer := errors.New("no")
	var session Session
	w := openWindow(t, listening(t), deskSize, 1, "")
	w.opts.Connect = func(_ context.Context, c Choice) (Session, error) {
		choices = append(choices, c)
		return session, answer
	}
	w.shell.leave()
	content := w.win.Canvas().Content()
	tap[*widgets.Pill](t, content, "Sign in to your co-op")
	tap[*widgets.Pill](t, content, "Sign in")
	if len(choices) != 0 || !strings.Contains(layoutOf(content), "Type the address of your co-op first") {
		t.Fatal("an empty address is not refused")
	}
	first := newFirstRun(w, nil)
	first.connect(Choice{Address: " coop.example "})
	if len(choices) != 1 || choices[0].Address != "coop.example" || !first.fault.Visible() || first.fault.Content() != explain(answer) {
		t.Fatalf("after a refusal: %v, %q", choices, first.fault.Content())
	}
	session, answer = listening(t), nil
	first.connect(Choice{Demo: true})
	if w.shell == nil {
		t.Error("the demo is not shown")
	}
}

func TestCodeIsShown(t *testing.T) {
	w := openWindow(t, listening(t), deskSize, 1, "")
	first := newFirstRun(w, nil)
	w.opts.Connect = func(_ context.Context, c Choice) (Session, error) {
		c.ShowCode("https://coop.example/device", "WDJB-MJHT")
		if layout := layoutOf(first.object); !strings.Contains(layout, `"WDJB-MJHT" 40`) {
			t.Errorf("the code is not shown:\n%s", layout)
		}
		return nil, context.Canceled
	}
	first.connect(Choice{Address: "coop.example", ByCode: true})
}

func TestNoticesAreSentences(t *testing.T) {
	w := openWindow(t, listening(t), deskSize, 1, "home")
	undone := false
	for _, c := range []struct {
		notice app.Notice
		want   string
	}{
		{app.Notice{Kind: app.QueueReplaced, Count: 1, Undo: func() { undone = true }}, "1 track was taken out of the queue."},
		{app.Notice{Kind: app.NowOwned, Title: "Undertow"}, "Undertow is yours."},
		{app.Notice{Kind: app.PreviewOnly, Title: "Undertow"}, "Only the first 45 seconds of Undertow"},
		{app.Notice{Kind: app.Skipped, Title: "Undertow", Err: context.DeadlineExceeded}, "Undertow: "},
	} {
		w.shell.noticed(c.notice)
		if layout := layoutOf(w.shell.toasts.object); !strings.Contains(layout, c.want) {
			t.Errorf("%v is not said:\n%s", c.want, layout)
		}
	}
	w.shell.noticed(app.Notice{Kind: app.QueueReplaced, Count: 1, Undo: func() { undone = true }})
	for _, l := range all[*widgets.Link](w.shell.toasts.object) {
		test.Tap(l)
	}
	if !undone || len(w.shell.toasts.object.Objects) != 0 {
		t.Error("undo does not undo, or the toast stays")
	}
}

func TestAmountsAreRead(t *testing.T) {
	for text, want := range map[string]credits.Milli{
		"": 0, "4": 4000, "2.5": 2500, "2,05": 2050, " 0.001 ": 1,
		"-1": -1, "1.2345": -1, "4 credits": -1, "99999999999999999999": -1, "1.2.3": -1, "2000000": -1,
	} {
		got, err := parseCredits(text)
		if (err != nil) != (want < 0) || err == nil && got != want {
			t.Errorf("%q is read as %v, %v", text, got, err)
		}
	}
}

func TestGreetingFollowsTheClock(t *testing.T) {
	openWindow(t, uitest.New(t), deskSize, 1, "")
	for hour, want := range map[int]string{4: "Good evening", 5: "Good morning", 12: "Good afternoon", 18: "Good evening, Mara"} {
		name := ""
		if hour == 18 {
			name = "Mara"
		}
		if got := greeting(time.Date(2026, 11, 20, hour, 0, 0, 0, time.UTC), name); got != want {
			t.Errorf("at %d: %q, want %q", hour, got, want)
		}
	}
}

func TestEurosAreRounded(t *testing.T) {
	for m, want := range map[credits.Milli]string{0: "€0.00", 5906: "€7.38", 4000: "€5.00", 2: "€0.00", 1022: "€1.28"} {
		if got := euros(m); got != want {
			t.Errorf("%d milli-credits are %s, want %s", m, got, want)
		}
	}
}

func TestWhenSaysTheDay(t *testing.T) {
	openWindow(t, uitest.New(t), deskSize, 1, "")
	now := time.Date(2026, 11, 20, 1, 0, 0, 0, time.Local)
	for at, want := range map[time.Time]string{
		now.Add(-30 * time.Minute): "00:30",
		now.Add(-2 * time.Hour):    "yesterday 23:00",
		now.AddDate(0, 0, -9):      "2026-11-11",
	} {
		if got := when(at, now); got != want {
			t.Errorf("%v: %q, want %q", at, got, want)
		}
	}
}

func TestFollowingShowsTheNewestAndEnds(t *testing.T) {
	test.NewTempApp(t)
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	ctx, cancel := context.WithCancel(context.Background())
	values, seen, done := make(chan int), make(chan int, 3), make(chan struct{})
	go func() {
		follow(ctx, values, func(v int) { seen <- v })
		close(done)
	}()
	values <- 1
	values <- 2
	if a, b := <-seen, <-seen; a != 1 || b != 2 {
		t.Errorf("shown: %d, %d", a, b)
	}
	cancel()
	<-done
	closed := make(chan int)
	close(closed)
	follow(context.Background(), closed, func(int) { t.Error("a closed channel says something") })
}

func TestACardHasTheMenuOfItsRelease(t *testing.T) {
	s := listening(t)
	w := openWindow(t, s, deskSize, 1, "home")
	all[*widgets.ReleaseCard](w.shell.root)[0].TappedSecondary(&fyne.PointEvent{AbsolutePosition: fyne.NewPos(300, 300)})
	pop := w.win.Canvas().Overlays().Top()
	if pop == nil || !strings.Contains(layoutOfText(pop), "Add to the queue") {
		t.Fatal("there is no menu")
	}
}

func TestAPlayWithoutADateShowsNone(t *testing.T) {
	s := uitest.New(t)
	if err := s.Library().PutHistory(library.HistoryEntry{Track: library.Track{ID: "low-3"}, Sent: true}); err != nil {
		t.Fatal(err)
	}
	w := openWindow(t, s, deskSize, 1, "library/history")
	if layout := layoutOf(w.shell.root); strings.Contains(layout, "0001") || !strings.Contains(layout, "Slow telegraph") {
		t.Errorf("the history:\n%s", layout)
	}
}
