package app

import (
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/ninth-coop/ninth/cover"
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

// Bounds of a picture that is given to a playlist, and of what is made of it.
const (
	maxPictureBytes  = 64 << 20
	maxPicturePixels = 64_000_000
	coverSide        = 1200 // pixels; at most half a megabyte, which any co-op takes
)

// SetPlaylistCover gives a playlist of the person's own a picture, a JPEG or
// PNG: its middle, as a square. What else is in the file, such as the place
// where it was taken, stays here. Errors are [cover.ErrNoPicture] and those of
// the reader and of library.SetPlaylistCover.
func (s *Session) SetPlaylistCover(playlistID string, picture io.Reader) error {
	square, err := squareCover(picture)
	if err == nil {
		err = s.library.SetPlaylistCover(playlistID, square)
	}
	if err != nil {
		return fmt.Errorf("app: giving a playlist a cover: %w", err)
	}
	return nil
}

// squareCover is the middle of a picture as a JPEG.
func squareCover(picture io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(picture, maxPictureBytes+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > maxPictureBytes {
		return nil, fmt.Errorf("%w: more than %d bytes", cover.ErrNoPicture, maxPictureBytes)
	}
	return cover.Square(raw, maxPicturePixels, coverSide)
}
