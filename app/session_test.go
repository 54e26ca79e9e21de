package app

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/ninth-coop/ninth/api/auth"
	"github.com/ninth-coop/ninth/assets/demo"
	"github.com/ninth-coop/ninth/atomicfile"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
	"github.com/ninth-coop/ninth/player/output"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// firstRelease is the first release of the demo catalogue.
func firstRelease(t *testing.T) demo.Release {
	t.Helper()
	c, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c.Releases[0]
}

// furnish makes a home whose library knows a release, and has the bytes of the
// given tracks on disk.
func furnish(t *testing.T, r demo.Release, onDisk ...int) (home string) {
	t.Helper()
	home = t.TempDir()
	lib, err := library.Open(filepath.Join(home, "library"), library.Options{})
	if err != nil {
		t.Fatal(err)
	}
	facts := library.Release{ID: r.ID, Title: r.Title, Artist: "Somebody", ArtistID: "00000000-0000-4000-8000-000000000001"}
	for i, track := range r.Tracks {
		facts.Tracks = append(facts.Tracks, library.Track{
			ID: track.ID, Title: track.Title, Release: r.Title, ReleaseID: r.ID, Number: i + 1,
			Duration: time.Duration(track.Duration * float64(time.Second)), Status: library.Paid,
		})
	}
	if err := lib.PutReleases(facts); err != nil {
		t.Fatal(err)
	}
	for _, i := range onDisk {
		keep(t, lib, r.Tracks[i])
	}
	if err := lib.Close(); err != nil {
		t.Fatal(err)
	}
	return home
}

// keep puts the bytes of a track on disk.
func keep(t *testing.T, lib *library.Library, track demo.Track) {
	t.Helper()
	content, err := demo.FS.ReadFile(track.Audio.Path)
	if err != nil {
		t.Fatal(err)
	}
	path, err := lib.AudioPath(track.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	size := int64(len(content))
	err = lib.SaveFile(library.File{
		TrackID: track.ID, Path: library.PartPath(track.ID), Size: size, Ranges: []library.Range{{From: 0, To: size}},
	})
	if err == nil {
		err = lib.Complete(track.ID, size, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// run opens a session on the clock of the bubble it is in, and serves it until
// stop is called.
func run(t *testing.T, home string) (s *Session, stop func()) {
	t.Helper()
	s, err := Open(t.Context(), Config{
		Home: home, Tokens: &auth.Memory{}, Device: output.Null(output.System{}, 0, nil), Network: &wire{},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx) }()
	return s, func() {
		t.Helper()
		cancel()
		if err := errors.Join(<-served, s.Close()); err != nil {
			t.Errorf("ending the session: %v", err)
		}
	}
}

func intents(t *testing.T, s *Session) []library.Intent {
	t.Helper()
	out, err := s.Library().Outbox()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAPlayCountsAfter45Seconds(t *testing.T) {
	r := firstRelease(t)
	home := furnish(t, r, 0, 1)
	synctest.Test(t, func(t *testing.T) {
		s, stop := run(t, home)
		defer stop()
		s.PlayTracks([]string{r.Tracks[0].ID, r.Tracks[1].ID}, 0)

		pass(44 * time.Second)
		s.Seek(time.Second) // a seek hears nothing and unhears nothing
		pass(500 * time.Millisecond)
		s.Pause()
		pass(time.Hour) // neither does a pause
		if got := intents(t, s); len(got) != 0 {
			t.Fatalf("before 45 s: %+v", got)
		}
		s.Play()
		pass(4 * time.Second)
		got := intents(t, s)
		if len(got) != 1 || got[0].Kind != library.IntentPlay || got[0].TrackID != r.Tracks[0].ID || got[0].Price != 2 {
			t.Fatalf("after 45 s: %+v", got)
		}
		if h := got[0].Heard; h <= 45*time.Second || h > 47*time.Second {
			t.Errorf("it says that %v were heard", h)
		}
		pass(30 * time.Second)
		if n := len(intents(t, s)); n != 1 {
			t.Errorf("one listen counted %d times", n)
		}
		track, err := s.Library().Track(r.Tracks[0].ID)
		if err != nil || track.Plays != 1 || track.Price() != 4 {
			t.Errorf("the track shows %d plays, next %s (%v)", track.Plays, track.Price(), err)
		}

		s.Next()
		pass(47 * time.Second)
		if n := len(intents(t, s)); n != 2 {
			t.Errorf("the next track made it %d plays, want 2", n)
		}
	})
}

func TestTheQueueAndThePlaceInItSurvive(t *testing.T) {
	r := firstRelease(t)
	home := furnish(t, r, 0, 1, 2)
	synctest.Test(t, func(t *testing.T) {
		s, stop := run(t, home)
		s.PlayTracks([]string{r.Tracks[0].ID, r.Tracks[1].ID, r.Tracks[1].ID, r.Tracks[2].ID}, 1)
		s.SetVolume(0.5)
		pass(20 * time.Second)
		before := s.Now()
		stop()

		s, stop = run(t, home)
		defer stop()
		synctest.Wait()
		after := s.Now()
		if after.State != player.Stopped || after.Entry != before.Entry || after.Queue.Len() != 4 || after.Volume != 0.5 {
			t.Fatalf("before %+v\nafter %+v", before, after)
		}
		if d := after.Position - before.Position; d < 0 || d > 200*time.Millisecond {
			t.Errorf("the place moved by %v", d)
		}
		s.Play()
		pass(2 * time.Second)
		if got := s.Now(); got.State != player.Playing || got.Position < after.Position+time.Second {
			t.Errorf("it goes on at %v in state %v, and was at %v", got.Position, got.State, after.Position)
		}
	})
}

func TestWhatTheQueueCosts(t *testing.T) {
	r := firstRelease(t)
	home := furnish(t, r, 0)
	synctest.Test(t, func(t *testing.T) {
		s, stop := run(t, home)
		defer stop()
		a, b := r.Tracks[0].ID, r.Tracks[1].ID
		if err := s.Library().PutPlays(map[string]int{b: 3}); err != nil {
			t.Fatal(err)
		}
		s.PlayTracks([]string{a, b, a, b, a}, 0)
		pass(time.Second)
		q, err := s.Queue()
		if err != nil {
			t.Fatal(err)
		}
		var prices []int64
		for _, row := range q.Rows {
			prices = append(prices, int64(row.Price))
		}
		// The current one is not to come; then b's 4th, a's 1st, b's 5th, a's 2nd.
		want := []int64{2, 16, 2, 32, 4}
		for i := range want {
			if prices[i] != want[i] {
				t.Fatalf("prices %v, want %v", prices, want)
			}
		}
		if q.Current != 0 || q.Upcoming != 4 || q.Cost != 54 {
			t.Errorf("current %d, %d to come for %s", q.Current, q.Upcoming, q.Cost)
		}
	})
}

func TestATrackThatIsNotHere(t *testing.T) {
	r := firstRelease(t)
	home := furnish(t, r)
	synctest.Test(t, func(t *testing.T) {
		s, stop := run(t, home)
		defer stop()
		s.PlayTracks([]string{r.Tracks[0].ID}, 0)
		pass(time.Second)
		if got := s.Now(); got.State != player.Failed || !errors.Is(got.Err, ErrNotHere) {
			t.Errorf("state %v, %v", got.State, got.Err)
		}
	})
}

func TestWhatCannotBePaidIsNotPlayedFromTheCache(t *testing.T) {
	r := firstRelease(t)
	home := furnish(t, r, 0, 1)
	synctest.Test(t, func(t *testing.T) {
		s, stop := run(t, home)
		defer stop()
		if err := s.Library().PutAccount(library.Account{ID: "me", CoOp: "http://127.0.0.1:1", Credits: 2, Known: true}); err != nil {
			t.Fatal(err)
		}
		if err := s.Library().PutPlays(map[string]int{r.Tracks[0].ID: 1, r.Tracks[1].ID: 0}); err != nil {
			t.Fatal(err)
		}
		s.PlayTracks([]string{r.Tracks[0].ID}, 0)
		pass(time.Second)
		if got := s.Now(); got.State != player.Failed || !errors.Is(got.Err, library.ErrCredits) {
			t.Errorf("4 milli-credits of 2: state %v, %v", got.State, got.Err)
		}
		s.PlayTracks([]string{r.Tracks[1].ID}, 0)
		pass(time.Second)
		if got := s.Now(); got.State != player.Playing {
			t.Errorf("2 milli-credits of 2: state %v, %v", got.State, got.Err)
		}
	})
}

func TestReplacingTheQueueCanBeUndone(t *testing.T) {
	r := firstRelease(t)
	home := furnish(t, r, 0, 1)
	synctest.Test(t, func(t *testing.T) {
		s, stop := run(t, home)
		defer stop()
		notices := s.Notices(t.Context())
		s.PlayTracks([]string{r.Tracks[0].ID, r.Tracks[1].ID}, 0)
		pass(time.Second)
		before := s.Now().Queue
		s.PlayTracks([]string{r.Tracks[1].ID}, 0)
		n := <-notices
		if n.Kind != QueueReplaced || n.Count != 1 || n.Undo == nil {
			t.Fatalf("the notice is %+v", n)
		}
		n.Undo()
		pass(time.Second)
		if got := s.Now().Queue; got.Len() != before.Len() || got.Entries[0] != before.Entries[0] {
			t.Errorf("the queue is %v, it was %v", got.Entries, before.Entries)
		}
	})
}

func TestDamagedFilesAreFoundAndForgotten(t *testing.T) {
	r := firstRelease(t)
	home := furnish(t, r, 0, 1, 2)
	s, err := Open(t.Context(), Config{Home: home, Tokens: &auth.Memory{}, Device: output.Null(output.System{}, 0, nil)})
	if err != nil {
		t.Fatal(err)
	}
	full := func(i int) string { return s.Library().Full(library.WholePath(r.Tracks[i].ID)) }
	content, err := os.ReadFile(full(0))
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)/2] ^= 1
	if err := errors.Join(os.WriteFile(full(0), content, 0o600), os.Remove(full(1))); err != nil {
		t.Fatal(err)
	}
	if err := s.Library().Pin(r.Tracks[1].ID, true); err != nil {
		t.Fatal(err)
	}
	found := map[FindingKind]Finding{}
	h, err := s.CheckUp(t.Context(), func(f Finding) { found[f.Kind] = f })
	if err != nil || h.Files != 3 || h.Findings != 2 || h.Again != 1 {
		t.Errorf("%+v, %v; want 3 files and 2 findings", h, err)
	}
	if f := found[FileDamaged]; f.Track.Title != r.Tracks[0].Title || f.Again {
		t.Errorf("damaged: %+v", f)
	}
	if f := found[FileMissing]; f.Track.Title != r.Tracks[1].Title || !f.Again {
		t.Errorf("missing: %+v", f)
	}
	h, err = s.CheckUp(t.Context(), nil)
	if err != nil || h.Files != 1 || h.Findings != 0 {
		t.Errorf("afterwards %+v, %v; want 1 file and no finding", h, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestCoOpFile(t *testing.T) {
	home := t.TempDir()
	if c, err := loadCoOp(home); err != nil || c != (CoOp{}) {
		t.Fatalf("with no file: %+v, %v", c, err)
	}
	want := CoOp{Address: "https://coop.example", ClientID: "ninth", ClientSecret: "s"}
	if err := saveCoOp(home, want); err != nil {
		t.Fatal(err)
	}
	if c, err := loadCoOp(home); err != nil || c != want {
		t.Errorf("%+v, %v", c, err)
	}
	info, err := os.Stat(filepath.Join(home, coopFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	left, err := os.ReadDir(home)
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if err := os.WriteFile(filepath.Join(home, coopFile), bytes.Repeat([]byte("{"), 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := loadCoOp(home); err == nil {
		t.Error("a damaged file is believed")
	}
}

func TestTidyAddress(t *testing.T) {
	for typed, want := range map[string]string{
		" coop.example/ ": "https://coop.example", "http://127.0.0.1:8099": "http://127.0.0.1:8099",
		"https://coop.example/music/": "https://coop.example/music", "[::1]:8099": "https://[::1]:8099",
	} {
		if got, err := tidyAddress(typed); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", typed, got, err, want)
		}
	}
	for _, typed := range []string{"", "   ", "two words", "ftp://coop.example", "https://me:secret@coop.example", "https://coop.example/?q=1", "https://", "http://%zz"} {
		if got, err := tidyAddress(typed); !errors.Is(err, ErrBadAddress) {
			t.Errorf("%q became %q (%v)", typed, got, err)
		}
	}
}

// pass lets time go by on the clock of the bubble that the test runs in:
// nobody waits.
func pass(d time.Duration) { time.Sleep(d) }

// TestWhatAKilledSessionLeftIsSwept: files that it was writing, and no others.
func TestWhatAKilledSessionLeftIsSwept(t *testing.T) {
	home := t.TempDir()
	var want []string
	for name, stays := range map[string]bool{
		"coop.json-1" + atomicfile.Suffix: false, "tokens/a.sealed-2" + atomicfile.Suffix: false,
		"scratch/stream-3": false, "note.txt": true, "tokens/a.sealed": true,
	} {
		path := filepath.Join(home, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		if stays {
			want = append(want, path)
		}
	}
	s := openSession(t, home, &auth.Memory{})
	for _, path := range want {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	for _, folder := range []string{home, filepath.Join(home, tokensFolder), filepath.Join(home, "scratch")} {
		left, err := filepath.Glob(filepath.Join(folder, "*-[0-9]*"))
		if err != nil || len(left) > 0 {
			t.Errorf("left: %v, %v", left, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
