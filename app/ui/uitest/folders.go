package uitest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/app/local"
	"github.com/ninth-coop/ninth/library"
)

// AddFiles puts a release of files of the person's own into the library: two
// tracks of "Attic" by Ana, from the folder /music.
func (s *Session) AddFiles(t testing.TB) {
	t.Helper()
	file := func(number int, title string) library.LocalFile {
		return library.LocalFile{
			Path: fmt.Sprintf("/music/attic/%d.mp3", number), Size: 5, Modified: Now(), Title: title, Artist: "Ana", Release: "Attic",
			Number: number, Year: 1999, Duration: time.Duration(100*number) * time.Second,
		}
	}
	if err := errors.Join(s.lib.AddLocalFolder("/music"), s.lib.PutLocal(file(1, "Dust"), file(2, "Rafters"))); err != nil {
		t.Fatal(err)
	}
}

// Scan says how the scan of the folders gets on.
func (s *Session) Scan(p local.Progress) { set(s, &s.scan, p) }

// LocalFolders and those that change them are the library's: nothing is
// scanned.
func (s *Session) LocalFolders() ([]string, error)                       { return s.lib.LocalFolders() }
func (s *Session) AddLocalFolder(path string) error                      { return s.lib.AddLocalFolder(path) }
func (s *Session) RemoveLocalFolder(path string) error                   { return s.lib.RemoveLocalFolder(path) }
func (s *Session) RescanLocal()                                          { s.called("rescan") }
func (s *Session) FollowLocalScan(context.Context) <-chan local.Progress { return nil }

// LocalScan is what Scan said last.
func (s *Session) LocalScan() local.Progress { return get(s, &s.scan) }
