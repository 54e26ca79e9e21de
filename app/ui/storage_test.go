package ui

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/ninth-coop/ninth/app"
	"github.com/ninth-coop/ninth/app/ui/uitest"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/sync"
)

func TestWhatIsOnThisMachineAndWhy(t *testing.T) {
	for name, size := range map[string]fyne.Size{"desk": deskSize, "phone": phoneSize} {
		t.Run(name, func(t *testing.T) {
			s := listening(t)
			if err := s.Library().PinRelease("low", true); err != nil {
				t.Fatal(err)
			}
			w := openWindow(t, s, size, 1, "settings")
			tap[*widgets.Pill](t, w.shell.root, "What is here, and why")
			if h := w.shell.trail.here(); h.place != (place{kind: atStorage}) {
				t.Fatalf("it leads to %v", h.place)
			}
			checkLayout(t, "storage-"+name, w.shell.root)
			w.shell.visit(place{atStorage, chipRules})
			checkLayout(t, "storage-rules-"+name, w.shell.root)
			w.shell.step(-1)
			for _, words := range []string{"5 tracks take", "52.4 GB are free.", "kept by itself, owned, kept with its"} {
				if !shows(w.shell.root, words) {
					t.Errorf("%q is not shown", words)
				}
			}
		})
	}
}

func TestWhatIsKeptIsListed(t *testing.T) {
	for _, size := range []fyne.Size{deskSize, phoneSize} {
		s := listening(t)
		lib := s.Library()
		p, err := lib.CreatePlaylist("Rain", "", true)
		if err == nil {
			err = errors.Join(lib.PinPlaylist(p.ID, true), lib.PinRelease("low", true))
		}
		if err != nil {
			t.Fatal(err)
		}
		w := openWindow(t, s, size, 1, "storage")
		for _, words := range []string{"Kept releases and playlists", "Rain Playlist", "Low Water Marks Release"} {
			if !shows(w.shell.root, words) {
				t.Errorf("%q is not shown", words)
			}
		}
		tap[*widgets.IconButton](t, w.shell.root, "Keep Rain no longer")
		w.shell.changed(library.Files | library.Playlists)
		if on, err := lib.PlaylistPinned(p.ID); on || err != nil || shows(w.shell.root, "Rain Playlist") {
			t.Errorf("the playlist is kept still: %v, %v", on, err)
		}
		if !shows(w.shell.root, "Rain is kept no longer") {
			t.Error("nobody says so")
		}
		tap[*widgets.IconButton](t, w.shell.root, "Keep Low Water Marks no longer")
		w.shell.changed(library.Files)
		if shows(w.shell.root, "Kept releases and playlists") {
			t.Error("nothing is kept, and it has a section still")
		}
	}
}

func TestTheSizeOfTheLibraryLeadsToWhatTakesIt(t *testing.T) {
	w := openWindow(t, listening(t), phoneSize, 1, "library")
	tap[*widgets.Link](t, w.shell.root, "0 kB")
	if h := w.shell.trail.here(); h.place != (place{kind: atStorage}) {
		t.Errorf("it leads to %v", h.place)
	}
}

func TestReasonsInWords(t *testing.T) {
	openWindow(t, uitest.New(t), deskSize, 1, "home") // for the translations
	for _, tt := range []struct {
		x    library.Stored
		want string
	}{
		{library.Stored{Whole: true, Reasons: []library.Reason{{Why: library.WhyOwned}}}, "owned"},
		{library.Stored{Whole: true, Reasons: []library.Reason{{Why: library.WhyStreamed}}}, "heard lately"},
		{library.Stored{Reasons: []library.Reason{{Why: library.WhyPinned}}}, "kept by itself, not whole yet"},
		{library.Stored{Whole: true, Reasons: []library.Reason{
			{Why: library.WhyRelease, Title: "Low"}, {Why: library.WhyPlaylist, Title: "Rain"},
		}}, "kept with its release, kept with Rain"},
	} {
		if got := strings.Join(reasons(tt.x), ", "); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.x, got, tt.want)
		}
	}
}

func TestLettingGoWithAWayBack(t *testing.T) {
	s := listening(t)
	w := openWindow(t, s, deskSize, 1, "storage")
	here := func() bool {
		tr, err := s.Library().Track("low-1")
		if err != nil {
			t.Fatal(err)
		}
		return tr.Offline == library.Pinned
	}
	title := func() string {
		tr, err := s.Library().Track("low-1")
		if err != nil {
			t.Fatal(err)
		}
		return tr.Title
	}()
	tap[*widgets.IconButton](t, w.shell.root, "Let go of "+title)
	w.shell.changed(library.Files)
	if here() || !shows(w.shell.root, "4 tracks take") || !shows(w.shell.root, title+" is off this machine.") {
		t.Fatal("it was not let go, or nobody says so")
	}
	tap[*widgets.Link](t, w.shell.toasts.object.Objects[0], "Undo")
	w.shell.changed(library.Files)
	if !here() || !shows(w.shell.root, "5 tracks take") {
		t.Error("it did not come back")
	}
}

func TestRulesAndLimits(t *testing.T) {
	for _, size := range []fyne.Size{deskSize, phoneSize} {
		s := listening(t)
		w := openWindow(t, s, size, 1, "storage")
		tap[*widgets.Chip](t, w.shell.root, "Rules and limits")
		for label, want := range map[string]app.DownloadRule{
			"Never": app.DownloadNever, "Always": app.DownloadAlways, "On Wi-Fi and cables": app.DownloadUnmetered,
		} {
			if tap[*widgets.Chip](t, w.shell.root, label); s.DownloadRule() != want {
				t.Errorf("%s: the rule is %q", label, s.DownloadRule())
			}
		}
		tap[*widgets.Chip](t, w.shell.root, "16 GB")
		tap[*widgets.Chip](t, w.shell.root, "10 %")
		if want := (app.CacheLimit{Bytes: 16 << 30, Percent: 10}); s.CacheLimit() != want {
			t.Errorf("the limit is %+v", s.CacheLimit())
		}
		tap[*widgets.Chip](t, w.shell.root, "Any size")
		tap[*widgets.Chip](t, w.shell.root, "No part") // which would leave no limit at all
		if want := (app.CacheLimit{Percent: 10}); s.CacheLimit() != want {
			t.Errorf("the limit is %+v", s.CacheLimit())
		}
		if !shows(w.shell.root, "without any limit the disk would fill up") {
			t.Error("nobody says why that cannot be")
		}
	}
}

func TestALimitOfOnesOwnIsOffered(t *testing.T) {
	s := listening(t)
	if err := s.SetCacheLimit(app.CacheLimit{Bytes: 2_500_000_000, Percent: 33}); err != nil {
		t.Fatal(err)
	}
	w := openWindow(t, s, deskSize, 1, "storage/rules")
	for _, label := range []string{"2.5 GB", "33 %", "4 GB"} {
		if !shows(w.shell.root, label) {
			t.Errorf("%s is not offered", label)
		}
	}
}

func TestLittleRoomIsSaid(t *testing.T) {
	for _, from := range []string{"storage", "settings"} {
		s := listening(t)
		s.SetFree(100_000_000)
		w := openWindow(t, s, phoneSize, 1, from)
		if !shows(w.shell.root, "Only 100 MB are free") {
			t.Errorf("%s does not say so", from)
		}
	}
}

func TestAFullDiskIsSaidOnce(t *testing.T) {
	s := listening(t)
	w := openWindow(t, s, deskSize, 1, "home")
	status := s.Status()
	status.Downloads = []sync.Download{{TrackID: "low-2", Err: sync.ErrDiskFull}}
	w.shell.reached(status)
	if !shows(w.shell.root, "The disk is full: nothing more is fetched") {
		t.Fatal("nobody says so")
	}
	w.shell.visit(place{kind: atStorage})
	if !shows(w.shell.root, "The disk is full: make room, then try again.") {
		t.Error("the screen does not say so")
	}
	shown := w.shell.toasts.shown
	w.shell.reached(status)
	if w.shell.toasts.shown != shown {
		t.Error("it is said again")
	}
}

func TestPinsOfReleasesAndPlaylists(t *testing.T) {
	const keep, kept = "Keep what you own of it on this machine", "Kept on this machine: keep it no longer"
	for _, size := range []fyne.Size{deskSize, phoneSize} {
		s := listening(t)
		lib := s.Library()
		p, err := lib.CreatePlaylist("Rain", "", true)
		if err == nil {
			err = lib.AddToPlaylist(p.ID, "low-1")
		}
		if err != nil {
			t.Fatal(err)
		}
		w := openWindow(t, s, size, 1, "home")
		for _, c := range []struct {
			at     place
			pinned func(id string) (bool, error)
		}{{place{atRelease, "low"}, lib.ReleasePinned}, {place{atPlaylist, p.ID}, lib.PlaylistPinned}} {
			w.shell.visit(c.at)
			for i, label := range []string{keep, kept} {
				tap[*widgets.IconButton](t, w.shell.root, label)
				w.shell.changed(library.Files | library.Playlists)
				if on, err := c.pinned(c.at.id); err != nil || on != (i == 0) {
					t.Errorf("%v after %q: %v, %v", c.at, label, on, err)
				}
			}
			tap[*widgets.IconButton](t, w.shell.root, keep)
		}
	}
}

func TestTrackMenuKeepsLetsGoAndSaves(t *testing.T) {
	s := listening(t)
	w := openWindow(t, s, deskSize, 1, "home")
	for id, want := range map[string]string{
		"low-1": "Let go from this machine, Save as a file…", // owned and pinned
		"low-3": "Let go from this machine",                  // streamed
		"low-4": "",
	} {
		tr, err := s.Library().Track(id)
		if err != nil {
			t.Fatal(err)
		}
		var labels []string
		for _, item := range w.shell.keepItems(tr) {
			labels = append(labels, item.Label)
		}
		if got := strings.Join(labels, ", "); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
}

// unclosable is a file that cannot be closed.
type unclosable struct{ *os.File }

func (f unclosable) Close() error { return errors.Join(f.File.Close(), fs.ErrPermission) }

func TestSavingATrack(t *testing.T) {
	s := listening(t)
	w := openWindow(t, s, deskSize, 1, "home")
	tr, err := s.Library().Track("low-1")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "one.flac")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w.shell.save(tr, f, "one.flac", func() error { return os.Remove(name) })
	if b, err := os.ReadFile(name); err != nil || string(b) != "sound" || !shows(w.shell.root, tr.Title+" is in one.flac.") {
		t.Errorf("written %q, %v", b, err)
	}
	if f, err = os.Create(name); err != nil {
		t.Fatal(err)
	}
	w.shell.save(tr, unclosable{f}, "one.flac", func() error { return os.Remove(name) })
	if _, err := os.Stat(name); err == nil || !shows(w.shell.root, "Ninth may not read or write there") {
		t.Error("what failed is left behind, or nobody says so")
	}

	r, err := s.Library().Release("low")
	if err != nil {
		t.Fatal(err)
	}
	w.shell.saveAll(r, "/music")
	for _, id := range []string{"low-1", "low-2"} {
		if !slices.Contains(s.Calls(), "export "+id+" to /music") {
			t.Errorf("%s was not written: %v", id, s.Calls())
		}
	}
	if slices.Contains(s.Calls(), "export low-3 to /music") || !shows(w.shell.root, "2 tracks were written into the folder.") {
		t.Error("what is not owned was written, or nobody counts")
	}
}
