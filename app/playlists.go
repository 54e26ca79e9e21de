package app

import (
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/library/playlistfile"
)

// ImportPlaylist reads a playlist's file and makes a private playlist of the
// person's own of it. name is the file's name without its folder: it tells the
// format, and is the title of a playlist that has none. What is not found here
// is told, and stays with the playlist. Errors are those of playlistfile and
// the reader; then there is no playlist.
func (s *Session) ImportPlaylist(name string, r io.Reader) (library.Imported, error) {
	list, err := playlistfile.DecodeNamed(r, name)
	if err != nil {
		return library.Imported{}, fmt.Errorf("app: importing a playlist: %w", err)
	}
	in, err := s.library.ImportPlaylist(list, strings.TrimSuffix(name, path.Ext(name)))
	if err != nil {
		return in, fmt.Errorf("app: importing a playlist: %w", err)
	}
	return in, nil
}

// ExportPlaylist writes a playlist as a file, and tells how many entries it
// has. Errors are those of library.ExportPlaylist, playlistfile and the writer.
func (s *Session) ExportPlaylist(playlistID string, f playlistfile.Format, w io.Writer) (entries int, err error) {
	list, err := s.library.ExportPlaylist(playlistID)
	if err == nil {
		err = playlistfile.Encode(w, f, list)
	}
	if err != nil {
		return 0, fmt.Errorf("app: exporting a playlist: %w", err)
	}
	return len(list.Entries), nil
}
