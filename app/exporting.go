package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/ninth-coop/ninth/app/export"
	"github.com/ninth-coop/ninth/library"
)

// Errors of an export.
var (
	// ErrNotWhole: the track is not on this machine, or not all of it.
	ErrNotWhole = errors.New("app: the track is not here whole")
	errIsFile   = errors.New("app: the track is a file of the person's own")
)

// exported is a track that is being exported: its file, and what is written
// into the copy.
type exported struct {
	file  *os.File
	size  int64
	tags  export.Tags // without the cover
	cover string      // its address
	name  string
}

// openExport opens a track that may be exported: owned, or one's own.
func (s *Session) openExport(trackID string) (x exported, err error) {
	t, err := s.library.Track(trackID)
	switch {
	case err != nil:
		return x, err
	case t.Local:
		return x, errIsFile
	case !t.Owned && !t.Own:
		return x, fmt.Errorf("%q: %w", t.Title, ErrNotOwned)
	}
	f, err := s.library.File(trackID)
	if err != nil {
		return x, err
	}
	if !f.Complete || f.Preview {
		return x, fmt.Errorf("%q: %w", t.Title, ErrNotWhole)
	}
	x.cover = t.Cover
	if x.tags, err = s.exportTags(t); err != nil {
		return x, err
	}
	if x.file, err = os.Open(s.library.Full(f.Path)); err != nil {
		return x, err
	}
	info, err := x.file.Stat()
	if err == nil {
		x.size = info.Size()
		var format export.Format
		format, err = export.Result(x.file, x.size)
		x.name = exportName(x.tags, format)
	}
	if err != nil {
		return x, errors.Join(err, x.file.Close())
	}
	return x, nil
}

// exportTags are what the library knows of a track, without its cover.
func (s *Session) exportTags(t library.Track) (tags export.Tags, err error) {
	tags = export.Tags{Title: t.Title, Artist: t.Artist, Album: t.Release, AlbumArtist: t.Artist, Number: t.Number}
	if t.Year > 0 {
		tags.Date = fmt.Sprintf("%04d", t.Year)
	}
	if t.ReleaseID != "" {
		r, err := s.library.Release(t.ReleaseID)
		if err != nil && !errors.Is(err, library.ErrNotFound) {
			return tags, err
		}
		if err == nil {
			tags.AlbumArtist, tags.Total = r.Artist, len(r.Tracks)
			if r.Date != "" {
				tags.Date = r.Date
			}
		}
	}
	return tags, nil
}

// coverPatience is how long an export waits for a cover from the co-op.
const coverPatience = 10 * time.Second

// exportCover is the picture of a track; nil when it is not here and the co-op
// does not give it now, which is no reason to export nothing.
func (s *Session) exportCover(ctx context.Context, address string) ([]byte, error) {
	path, ok := s.Cover(address, 0)
	if c := s.connection(); !ok && c != nil && address != "" {
		ctx, cancel := context.WithTimeout(ctx, coverPatience)
		defer cancel()
		if err := c.sync.FetchCover(ctx, address); err != nil {
			s.log.Info("a cover to export", "error", err)
			return nil, nil
		}
		path, ok = s.Cover(address, 0)
	}
	if !ok {
		return nil, nil
	}
	return os.ReadFile(path) // the library keeps none that is too large
}

// exportName is a name for the copy that every system accepts.
func exportName(t export.Tags, f export.Format) string {
	const most = 100 // runes
	title := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || strings.ContainsRune(`/\:*?"<>|`, r) || r == unicode.ReplacementChar {
			return '_'
		}
		return r
	}, t.Title)
	if cut := []rune(title); len(cut) > most {
		title = string(cut[:most])
	}
	if title = strings.Trim(title, " ."); title == "" {
		title = "_"
	}
	if t.Number > 0 {
		return fmt.Sprintf("%02d %s%s", t.Number, title, f.Extension())
	}
	// With a name before it, no title is one that a system keeps for itself.
	if artist := strings.Trim(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == ' ' {
			return r
		}
		return -1
	}, t.Artist), " "); artist != "" && len([]rune(artist)) <= most {
		title = artist + " - " + title
	} else {
		title = "- " + title
	}
	return title + f.Extension()
}

// ExportName is a file name for a track that ExportTrack writes. It fails as
// ExportTrack does.
func (s *Session) ExportName(trackID string) (string, error) {
	x, err := s.openExport(trackID)
	if err != nil {
		return "", fmt.Errorf("app: exporting a track: %w", err)
	}
	return x.name, x.file.Close()
}

// ExportTrack writes a copy of an owned track, or of one's own, with its tags
// and its cover, which is fetched when it is not here. It fails with ErrNotOwned, ErrNotWhole, or what the disk says.
// It takes as long as reading the file does.
func (s *Session) ExportTrack(ctx context.Context, trackID string, w io.Writer) error {
	x, err := s.openExport(trackID)
	if err != nil {
		return fmt.Errorf("app: exporting a track: %w", err)
	}
	if x.tags.Cover, err = s.exportCover(ctx, x.cover); err == nil {
		err = export.Write(untilDone{ctx, w}, x.file, x.size, x.tags)
	}
	if err = errors.Join(err, x.file.Close()); err != nil {
		return fmt.Errorf("app: exporting a track: %w", err)
	}
	return nil
}

// ExportTo is ExportTrack into a new file in a folder, and gives its path. No
// file that is there is touched: the copy gets another name then. It is there
// whole or not at all.
func (s *Session) ExportTo(ctx context.Context, trackID, folder string) (path string, err error) {
	name, err := s.ExportName(trackID)
	if err != nil {
		return "", err
	}
	if path, err = reserve(folder, name); err != nil {
		return "", fmt.Errorf("app: exporting a track: %w", err)
	}
	tmp, err := os.CreateTemp(folder, ".ninth-*.tmp")
	if err == nil {
		err = errors.Join(s.ExportTrack(ctx, trackID, tmp), tmp.Chmod(shared), tmp.Sync(), tmp.Close())
		if err == nil {
			err = os.Rename(tmp.Name(), path)
		}
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("app: exporting a track: %w", err), os.Remove(path))
	}
	return path, nil
}

// shared are the rights of a copy: it is made to be handed on.
const shared = 0o644

// reserve makes an empty file of that name, or of one like it where it is taken.
func reserve(folder, name string) (path string, err error) {
	const most = 1000
	ext := filepath.Ext(name)
	for i := 1; i <= most; i++ {
		path = filepath.Join(folder, name)
		if i > 1 {
			path = filepath.Join(folder, fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), i, ext))
		}
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, shared)
		if err == nil {
			return path, f.Close()
		}
		if !errors.Is(err, os.ErrExist) {
			return "", err
		}
	}
	return "", fmt.Errorf("%s: %w", path, os.ErrExist)
}

// untilDone is a writer that fails once a context has ended.
type untilDone struct {
	ctx context.Context
	w   io.Writer
}

func (u untilDone) Write(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.w.Write(p)
}
