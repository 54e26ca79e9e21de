package app

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/dhowden/tag"

	"github.com/ninth-coop/ninth/app/export"
	"github.com/ninth-coop/ninth/library"
)

func TestExportingATrack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := firstRelease(t)
		s, stop := run(t, furnish(t, r, 0, 1))
		defer stop()
		lib, id := s.Library(), r.Tracks[0].ID
		if err := lib.PutOwned(id, r.Tracks[2].ID); err != nil {
			t.Fatal(err)
		}
		track, err := lib.Track(id)
		if err != nil {
			t.Fatal(err)
		}
		picture := append([]byte("\xff\xd8\xff\xe0"), bytes.Repeat([]byte("picture"), 100)...)
		if track.Cover != "" {
			if err := lib.SaveCover(track.Cover, picture); err != nil {
				t.Fatal(err)
			}
		}
		folder := t.TempDir()
		var names []string
		for range 2 { // the second copy does not touch the first
			path, err := s.ExportTo(t.Context(), id, folder)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, filepath.Base(path))
			checkExport(t, path, track, picture)
		}
		if names[0] == names[1] || !strings.HasPrefix(names[0], "01 ") || !strings.HasSuffix(names[0], ".m4a") {
			t.Errorf("written as %q", names)
		}
		if entries, err := os.ReadDir(folder); err != nil || len(entries) != 2 {
			t.Errorf("in the folder are %v, %v", entries, err)
		}

		for i, want := range map[int]error{1: ErrNotOwned, 2: ErrNotWhole} {
			empty := t.TempDir()
			if _, err := s.ExportTo(t.Context(), r.Tracks[i].ID, empty); !errors.Is(err, want) {
				t.Errorf("track %d: %v, want %v", i, err, want)
			}
			if entries, _ := os.ReadDir(empty); len(entries) != 0 {
				t.Errorf("track %d left %v", i, entries)
			}
		}
		if _, err := s.ExportTo(t.Context(), id, filepath.Join(folder, "missing")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("into a folder that is not there: %v", err)
		}
	})
}

func checkExport(t *testing.T, path string, track library.Track, picture []byte) {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := tag.ReadFrom(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	number, _ := m.Track()
	if m.Title() != track.Title || m.Artist() != track.Artist || m.Album() != track.Release || number != track.Number {
		t.Errorf("%s: %q by %q on %q, number %d", path, m.Title(), m.Artist(), m.Album(), number)
	}
	if p := m.Picture(); track.Cover != "" && (p == nil || !bytes.Equal(p.Data, picture)) {
		t.Errorf("%s: the cover is %v", path, p)
	}
}

func TestExportNames(t *testing.T) {
	for _, tt := range []struct {
		tags export.Tags
		want string
	}{
		{export.Tags{Title: "Low tide", Number: 3}, "03 Low tide.flac"},
		{export.Tags{Title: `..\../a:b*"c"?`, Number: 12}, "12 _.._a_b__c__.flac"},
		{export.Tags{Title: "\x00\n", Number: 1}, "01 __.flac"},
		{export.Tags{Title: " . ", Number: 1}, "01 _.flac"},
		{export.Tags{Title: "CON", Artist: "Zoë / Ana"}, "Zoë  Ana - CON.flac"},
		{export.Tags{Title: "NUL"}, "- NUL.flac"},
		{export.Tags{Title: strings.Repeat("長", 300), Number: 1}, "01 " + strings.Repeat("長", 100) + ".flac"},
	} {
		if got := exportName(tt.tags, export.FLAC); got != tt.want {
			t.Errorf("%+v is %q, want %q", tt.tags, got, tt.want)
		}
	}
}
