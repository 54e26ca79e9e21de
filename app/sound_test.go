package app

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ninth-coop/ninth/assets/demo"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
	"github.com/ninth-coop/ninth/player/output"
)

func TestTheSoundIsKept(t *testing.T) {
	home, d := t.TempDir(), newDesk()
	s := openAt(t, home, d)
	want := player.Sound{Loudness: player.LoudnessAlbum, Preamp: -2, Crossfade: 4 * time.Second, PauseFade: time.Second}
	fast := want
	fast.Speed = 1.5
	if err := s.SetSound(fast); err != nil {
		t.Fatal(err)
	}
	s.SetSpeed(2)
	if fast.Speed = 2; s.Sound() != fast {
		t.Errorf("%+v, want %+v", s.Sound(), fast)
	}
	shut(t, s, d)

	d = newDesk()
	s = openAt(t, home, d)
	if s.Sound() != want {
		t.Errorf("%+v was kept as %+v", want, s.Sound())
	}
	if err := s.library.SetSetting(settingSound, "{"); err != nil {
		t.Fatal(err)
	}
	shut(t, s, d)

	d = newDesk()
	s = openAt(t, home, d)
	if s.Sound() != (player.Sound{}) {
		t.Errorf("what cannot be read is taken for %+v", s.Sound())
	}
	shut(t, s, d)
}

// A file is written as the tracks were recorded.
func TestAFileIsWrittenAsRecorded(t *testing.T) {
	home, d := t.TempDir(), newDesk()
	s := openAt(t, home, d)
	if err := s.SetSound(player.Sound{Loudness: player.LoudnessTrack}); err != nil {
		t.Fatal(err)
	}
	shut(t, s, d)
	file, err := output.WAV(filepath.Join(t.TempDir(), "out.wav"))
	if err != nil {
		t.Fatal(err)
	}
	s = openAt(t, home, file)
	defer shut(t, s, file)
	if s.Sound() != (player.Sound{}) {
		t.Errorf("%+v", s.Sound())
	}
}

// What was measured of a track is its gain; a release has one as soon as all
// of it was measured.
func TestGainsComeFromWhatWasMeasured(t *testing.T) {
	d := newDesk()
	s := openAt(t, t.TempDir(), d)
	defer shut(t, s, d)
	r := library.Release{ID: "r", Title: "Quiet and loud", Artist: "Somebody", ArtistID: "a"}
	for i, length := range []time.Duration{10 * time.Second, 30 * time.Second, 5 * time.Second} {
		r.Tracks = append(r.Tracks, library.Track{
			ID: string(rune('x' + i)), Title: "t", ReleaseID: "r", Release: r.Title, Number: i + 1, Duration: length, Status: library.Paid,
		})
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.library.PutReleases(r))
	must(s.library.SaveMeasured("x", library.Measured{Peaks: []byte{9}, Loud: true, LUFS: -10, TruePeak: 1.1}))
	item := func(id string) player.Item {
		t.Helper()
		item, err := s.resolve(t.Context(), player.Entry{ID: 1, Key: trackKeys([]string{id})[0]})
		must(err)
		return item
	}
	got := item("x")
	if got.Album != "r" || got.Number != 1 || got.Gains.Track.DB != -8 || got.Gains.Track.Peak != 1.1 {
		t.Errorf("%+v", got)
	}
	if got.Gains.Album.Known {
		t.Error("the release has a gain although two tracks were not measured")
	}
	if got := item("y").Gains; got.Track.Known || got.Album.Known {
		t.Errorf("of a track that was not measured is known %+v", got)
	}
	must(s.library.SaveMeasured("y", library.Measured{Peaks: []byte{1}, Loud: true, LUFS: -20, TruePeak: 0.5}))
	must(s.library.SaveMeasured("z", library.Measured{Peaks: []byte{0, 0}})) // silence
	// A quarter of the time at −10 LUFS, three at −20: a mean of 0.0325.
	want := -18 - 10*math.Log10(0.25*0.1+0.75*0.01)
	for _, id := range []string{"x", "y"} {
		if got := item(id).Gains.Album; !got.Known || math.Abs(got.DB-want) > 1e-9 || got.Peak != 1.1 {
			t.Errorf("the release's gain is %+v, want %v dB", got, want)
		}
	}
	if got := item("z").Gains.Track; got.Known {
		t.Errorf("silence has the gain %+v", got)
	}
}

// Files belong together as their tags say, if they lie together.
func TestFilesOfOneReleaseBelongTogether(t *testing.T) {
	d := newDesk()
	s := openAt(t, t.TempDir(), d)
	defer shut(t, s, d)
	var items []player.Item
	for i, folder := range []string{t.TempDir(), "", t.TempDir()} {
		if folder == "" {
			folder = filepath.Dir(items[0].Key[len("file:"):])
		}
		path := filepath.Join(folder, "track"+strconv.Itoa(i)+".m4a")
		audio, err := demo.FS.ReadFile(firstRelease(t).Tracks[i].Audio.Path)
		if err == nil {
			err = os.WriteFile(path, audio, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		item, err := s.resolve(t.Context(), player.Entry{ID: 1, Key: "file:" + path})
		if err != nil || item.Number != i+1 {
			t.Fatalf("%+v, %v", item, err)
		}
		items = append(items, item)
	}
	if items[0].Album == "" || items[0].Album != items[1].Album || items[0].Album == items[2].Album {
		t.Errorf("%q, %q in one folder; %q in another", items[0].Album, items[1].Album, items[2].Album)
	}
}

// Whoever falls asleep hears the track to its end, if that was asked for.
func TestSleepFinishesTheTrack(t *testing.T) {
	r := firstRelease(t)
	home := furnish(t, r, 0, 1)
	synctest.Test(t, func(t *testing.T) {
		d := newDesk()
		s := openAt(t, home, d)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- s.Serve(ctx) }()
		s.PlayTracks([]string{r.Tracks[0].ID, r.Tracks[1].ID}, 0)
		if err := s.SetSleepFinishes(true); err != nil {
			t.Fatal(err)
		}
		s.SleepIn(10 * time.Second)
		time.Sleep(15 * time.Second) // of the test's own clock
		synctest.Wait()
		if now := s.Now(); now.State != player.Playing || !now.StopAfter {
			t.Errorf("after its time it is %v, and to stop at the end: %v", now.State, now.StopAfter)
		}
		s.SleepIn(0)
		time.Sleep(time.Second)
		synctest.Wait()
		if s.Now().StopAfter {
			t.Error("awake again, it still stops at the end")
		}
		s.SleepAfterTrack()
		time.Sleep(time.Duration(r.Tracks[0].Duration * float64(time.Second)))
		synctest.Wait()
		if now := s.Now(); now.State != player.Stopped || trackKeys([]string{r.Tracks[1].ID})[0] != now.Entry.Key {
			t.Errorf("at the end of the track it is %v at %q", now.State, now.Entry.Key)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
