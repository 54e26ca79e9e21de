package uitest

import (
	"io"

	"github.com/ninth-coop/ninth/credits"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/library/playlistfile"
)

// Buy, SetFavourite and SetPinned change the library, as the real ones do.
func (s *Session) Buy(id string, price credits.Milli) error {
	s.called("buy " + id + " for " + price.String())
	_, err := s.lib.Buy(id, price)
	return err
}

func (s *Session) SetFavourite(id string, on bool) error { return s.lib.SetFavourite(id, on) }

func (s *Session) SetPinned(id string, on bool) error { return s.lib.Pin(id, on) }

func (s *Session) KeepRelease(id string, on bool) (int, error) { return 2, s.lib.PinRelease(id, on) }

func (s *Session) KeepPlaylist(id string, on bool) error { return s.lib.PinPlaylist(id, on) }

func (s *Session) LetGo(id string) (undo func() error, err error) {
	gone, err := s.lib.LetGo(id)
	if err != nil {
		return nil, err
	}
	return gone.Undo, nil
}

// WantCovers fetches none.
func (s *Session) WantCovers() {}

// Cover is that of the library.
func (s *Session) Cover(address string, _ int) (path string, ok bool) {
	path, ok, err := s.lib.Cover(address)
	return path, ok && err == nil
}

// SetPlaylistCover takes any bytes for a picture.
func (s *Session) SetPlaylistCover(id string, picture io.Reader) error {
	b, err := io.ReadAll(picture)
	if err != nil {
		return err
	}
	return s.lib.SetPlaylistCover(id, b)
}

// ImportPlaylist and ExportPlaylist read and write files as the real ones do.
func (s *Session) ImportPlaylist(name string, r io.Reader) (library.Imported, error) {
	list, err := playlistfile.DecodeNamed(r, name)
	if err != nil {
		return library.Imported{}, err
	}
	return s.lib.ImportPlaylist(list, name)
}

func (s *Session) ExportPlaylist(id string, f playlistfile.Format, w io.Writer) (int, error) {
	list, err := s.lib.ExportPlaylist(id)
	if err != nil {
		return 0, err
	}
	return len(list.Entries), playlistfile.Encode(w, f, list)
}
