package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"

	"github.com/ninth-coop/ninth/app/local"
	"github.com/ninth-coop/ninth/app/ui/uitest"
	"github.com/ninth-coop/ninth/app/ui/widgets"
	"github.com/ninth-coop/ninth/library"
)

func TestFoldersOfMusicAreAddedAndRemoved(t *testing.T) {
	s := uitest.New(t)
	w := openWindow(t, s, deskSize, 1, "settings")
	shows := func(text string) bool { return strings.Contains(layoutOf(w.shell.root), text) }
	if shows("Look through them now") || !shows(`"Add a folder"`) {
		t.Error("without a folder it offers something else than to add one")
	}
	w.shell.addFolder(storage.NewFileURI("/music"))
	w.shell.changed(library.Files)
	if folders, err := s.LocalFolders(); err != nil || !slices.Equal(folders, []string{"/music"}) {
		t.Fatalf("folders: %q, %v", folders, err)
	}
	if !shows(`"/music"`) {
		t.Error("the folder is not shown")
	}
	tap[*widgets.Pill](t, w.shell.root, "Look through them now")
	if !slices.Contains(s.Calls(), "rescan") {
		t.Errorf("asked of the session: %v", s.Calls())
	}
	for _, c := range []struct {
		progress local.Progress
		want     string
	}{
		{local.Progress{Scanning: true}, "Looking through the folders…"},
		{local.Progress{Scanning: true, Total: 120, Done: 100}, "Reading 100 of 120 files…"},
		{local.Progress{Report: local.Report{Unreadable: []string{"/music"}}}, "/music cannot be read just now"},
		{local.Progress{}, "0 tracks are in the library."},
	} {
		s.Scan(c.progress)
		w.shell.scanned(c.progress)
		if !shows(c.want) {
			t.Errorf("%+v: %q is not shown", c.progress, c.want)
		}
	}
	w.shell.removeFolder("/music")
	w.shell.changed(library.Files)
	if folders, err := s.LocalFolders(); err != nil || len(folders) > 0 || shows(`"/music"`) {
		t.Errorf("folders: %q, %v", folders, err)
	}
	elsewhere, err := storage.ParseURI("content://documents/tree")
	if err != nil {
		t.Fatal(err)
	}
	w.shell.addFolder(elsewhere)
	if folders, err := s.LocalFolders(); err != nil || len(folders) > 0 {
		t.Errorf("a folder that is none of the disk was added: %q, %v", folders, err)
	}
}

// TestLocalMusicIsMarked in lists and on its page, and nothing is offered
// that only a co-op could do.
func TestLocalMusicIsMarked(t *testing.T) {
	s := uitest.New(t)
	s.AddFiles(t)
	for _, size := range []fyne.Size{deskSize, phoneSize} {
		w := openWindow(t, s, size, 1, "library/local")
		if layout := layoutOf(w.shell.root); !strings.Contains(layout, `"2 tracks from your own folders"`) || !strings.Contains(layout, `"Ana · local"`) {
			t.Errorf("at %v the list says\n%s", size, layout)
		}
		tracks, err := s.Library().LocalTracks(0, 1)
		if err != nil {
			t.Fatal(err)
		}
		w.shell.openRelease(tracks.Items[0].ReleaseID)
		layout := layoutOf(w.shell.root)
		for _, want := range []string{`"Local · 1999 · 2 tracks, 5 min"`, "Files of your own: plays cost nothing", `"Rafters"`} {
			if !strings.Contains(layout, want) {
				t.Errorf("at %v %s is not shown:\n%s", size, want, layout)
			}
		}
		w.shell.visit(place{atLibrary, chipLocal})
		tap[*widgets.Pill](t, w.shell.root, "As releases")
		if layout := layoutOf(w.shell.root); !strings.Contains(layout, `"1 release"`) || !strings.Contains(layout, `"Attic"`) {
			t.Errorf("at %v its releases are not shown:\n%s", size, layout)
		}
		for _, item := range w.shell.trackItems(tracks.Items[0]) {
			if l := item.Label; strings.Contains(l, "playlist") || strings.Contains(l, "Own it") || strings.Contains(l, "machine") {
				t.Errorf("a local track's menu offers %q", l)
			}
		}
	}
}

func TestAFolderIsChosenInTheWindow(t *testing.T) {
	w := openWindow(t, uitest.New(t), deskSize, 1, "settings")
	tap[*widgets.Pill](t, w.shell.root, "Add a folder")
	top := w.win.Canvas().Overlays().Top()
	if top == nil || !w.shell.scrim.Visible() {
		t.Fatal("no folder is asked for")
	}

}
