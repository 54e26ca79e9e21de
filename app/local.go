package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/ninth-coop/ninth/app/local"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/player"
	"github.com/ninth-coop/ninth/player/source"
)

// ErrNoFolder: what should be a folder of music is none.
var ErrNoFolder = errors.New("app: this is not a folder")

// LocalFolders are the folders of the person's own music, as absolute paths.
func (s *Session) LocalFolders() ([]string, error) {
	folders, err := s.library.LocalFolders()
	if err != nil {
		return nil, fmt.Errorf("app: listing folders of music: %w", err)
	}
	return folders, nil
}

// AddLocalFolder takes the music below a folder into the library: Serve scans
// it and follows its changes. It fails with ErrNoFolder, or the error of the
// disk, when the folder cannot be read.
func (s *Session) AddLocalFolder(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("app: adding a folder of music: %w", err)
	}
	info, err := os.Stat(path)
	if err == nil && !info.IsDir() {
		err = ErrNoFolder
	}
	if err == nil {
		_, err = os.ReadDir(path)
	}
	if err == nil {
		err = s.library.AddLocalFolder(path)
	}
	if err != nil {
		return fmt.Errorf("app: adding a folder of music: %w", err)
	}
	s.local.Wake()
	return nil
}

// RemoveLocalFolder takes the music below a folder out of the library. The
// files are not touched, and the history keeps what was heard.
func (s *Session) RemoveLocalFolder(path string) error {
	if err := s.library.RemoveLocalFolder(path); err != nil {
		return fmt.Errorf("app: removing a folder of music: %w", err)
	}
	s.local.Wake()
	return nil
}

// ScanLocal looks through all folders of music once, and returns when the
// library is in step with them.
func (s *Session) ScanLocal(ctx context.Context) (local.Report, error) {
	r, err := s.local.Scan(ctx)
	if err != nil {
		return r, fmt.Errorf("app: scanning folders of music: %w", err)
	}
	return r, nil
}

// RescanLocal has all folders of music looked through soon: Serve does it.
func (s *Session) RescanLocal() { s.local.Wake() }

// LocalScan is how the scan of the folders of music stands.
func (s *Session) LocalScan() local.Progress { return s.scanning.Get() }

// FollowLocalScan tells of the scan as it stands, and of each change. The
// channel is closed when the context ends; a slow reader misses what is in
// between.
func (s *Session) FollowLocalScan(ctx context.Context) <-chan local.Progress {
	return s.scanning.Follow(ctx)
}

// localItem makes a file that is in the library playable. One that is gone is
// looked for.
func (s *Session) localItem(item player.Item, t library.Track) (player.Item, error) {
	f, err := s.library.LocalFile(t.ID)
	if err != nil {
		return player.Item{}, fmt.Errorf("app: preparing a file: %w", err)
	}
	item.Open = func(context.Context) (source.Source, error) {
		src, err := openLocal(f.Path)
		if errors.Is(err, fs.ErrNotExist) {
			s.local.Wake()
		}
		return src, err
	}
	return item, nil
}

// longestOpen bounds how long a file may take to say how long it is: the
// length is nice to know, and a slow disk has better things to do.
const longestOpen = 5 * time.Second

// lengthOf is how long the sound of a file is, 0 when that cannot be told.
func (s *Session) lengthOf(ctx context.Context, path string) time.Duration {
	ctx, cancel := context.WithTimeout(ctx, longestOpen)
	defer cancel()
	src, err := source.OpenFile(path)
	if err != nil {
		return 0
	}
	defer src.Close()
	dec, err := s.codecs.Open(ctx, src)
	if err != nil {
		return 0
	}
	defer dec.Close()
	f := dec.Format()
	if dec.Len() <= 0 || f.SampleRate <= 0 {
		return 0
	}
	return time.Duration(float64(dec.Len()) / float64(f.SampleRate) * float64(time.Second))
}

// localCover takes the cover of local music out of its file.
func (s *Session) localCover(address, id string) (path string, ok bool, err error) {
	if s.coverless.has(address) {
		return "", false, nil
	}
	picture, err := local.Cover(s.library, id)
	if err != nil {
		return "", false, err
	}
	if picture == nil {
		s.coverless.add(address)
		return "", false, nil
	}
	if err := s.library.SaveCover(address, picture); err != nil {
		return "", false, err
	}
	return s.library.Cover(address)
}

// set remembers some texts. The zero value is ready.
type set struct {
	mu    sync.Mutex
	texts map[string]struct{}
}

// maxSet bounds a set; beyond it everything is forgotten.
const maxSet = 10_000

func (s *set) has(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.texts[text]
	return ok
}

func (s *set) add(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.texts == nil || len(s.texts) >= maxSet {
		s.texts = map[string]struct{}{}
	}
	s.texts[text] = struct{}{}
}
