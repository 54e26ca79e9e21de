package app

import (
	"fmt"

	"github.com/ninth-coop/ninth/credits"
	"github.com/ninth-coop/ninth/library"
)

// Buy makes a track owned at once, for the price that the person was shown and
// agreed to. It records one intent; the sync sends it once. Errors are those of
// library.Buy.
func (s *Session) Buy(trackID string, price credits.Milli) error {
	if _, err := s.library.Buy(trackID, price); err != nil {
		return fmt.Errorf("app: buying a track: %w", err)
	}
	return nil
}

// SetFavourite stars a track, or takes the star away.
func (s *Session) SetFavourite(trackID string, on bool) error {
	if err := s.library.SetFavourite(trackID, on); err != nil {
		return fmt.Errorf("app: changing a favourite: %w", err)
	}
	return nil
}

// SetPinned keeps a track on this machine, or lets it go when room is needed.
// Only owned tracks, and one's own, may be kept.
func (s *Session) SetPinned(trackID string, on bool) error {
	t, err := s.library.Track(trackID)
	if err != nil {
		return fmt.Errorf("app: keeping a track: %w", err)
	}
	if on && !t.Owned && !t.Own {
		return fmt.Errorf("app: keeping %q: %w", t.Title, ErrNotOwned)
	}
	if err := s.library.Pin(trackID, on); err != nil {
		return fmt.Errorf("app: keeping a track: %w", err)
	}
	return nil
}

// Cover is the picture at an address, as a file on disk. When it is not there
// yet, ok is false; the sync fetches it, and the library tells of a change of
// its Files. The size that it will be shown at, in pixels, chooses nothing:
// one size of each picture is kept, the largest. The cover of local music is
// taken out of its file when it is first asked for, which takes a moment: call
// it where that may be.
func (s *Session) Cover(address string, _ int) (path string, ok bool) {
	path, ok, err := s.library.Cover(address)
	if id, isLocal := library.LocalCover(address); err == nil && !ok && isLocal {
		path, ok, err = s.localCover(address, id)
	}
	if err != nil {
		s.log.Warn("looking for a cover", "error", err)
	}
	return path, ok
}
