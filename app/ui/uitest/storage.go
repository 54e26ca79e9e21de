package uitest

import (
	"context"
	"io"
	"path/filepath"

	"github.com/ninth-coop/ninth/app"
)

// FreeSpace is what SetFree said.
func (s *Session) FreeSpace() (int64, error) { return get(s, &s.free), nil }

// SetFree changes how much room is left.
func (s *Session) SetFree(bytes int64) { set(s, &s.free, bytes) }

// DownloadRule and CacheLimit are what was set last.
func (s *Session) DownloadRule() app.DownloadRule { return get(s, &s.rule) }

func (s *Session) CacheLimit() app.CacheLimit { return get(s, &s.limit) }

// SetDownloadRule and SetCacheLimit remember the choice.
func (s *Session) SetDownloadRule(r app.DownloadRule) error {
	set(s, &s.rule, r)
	return nil
}

func (s *Session) SetCacheLimit(l app.CacheLimit) error {
	set(s, &s.limit, l)
	return nil
}

// ExportName, ExportTrack and ExportTo write a word instead of sound.
func (s *Session) ExportName(id string) (string, error) { return id + ".flac", nil }

func (s *Session) ExportTrack(_ context.Context, id string, w io.Writer) error {
	s.called("export " + id)
	_, err := io.WriteString(w, "sound")
	return err
}

func (s *Session) ExportTo(_ context.Context, id, folder string) (string, error) {
	s.called("export " + id + " to " + folder)
	return filepath.Join(folder, id+".flac"), nil
}
