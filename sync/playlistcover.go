package sync

import (
	"context"
	"errors"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/library"
)

// sendCover sends a playlist's cover, unless it got another one elsewhere. After
// a lost answer it is the same request under the same key: a co-op that knows
// keys tells whether it arrived, and one that does not has it once more.
func (s *Syncer) sendCover(ctx context.Context, in library.Intent) error {
	p, err := s.coop.OwnPlaylist(ctx, in.PlaylistID)
	if err != nil {
		return s.unlessRemoved(ctx, in, err)
	}
	again := in.State == library.IntentSending || in.Version != ""
	if err = s.lib.MarkCover(in.ID, p.Version); err == nil {
		in, err = s.lib.Intent(in.ID) // it may be another picture by now
	}
	if errors.Is(err, library.ErrNotFound) {
		return nil // taken back meanwhile
	}
	if err != nil {
		return err
	}
	if !again && p.CoverURL != in.CoverWas && !library.IsPicture(in.CoverWas) {
		return s.lib.FailCover(in.ID, ReasonListCovered, p.CoverURL)
	}
	picture, err := s.lib.Picture(in.Cover)
	if errors.Is(err, library.ErrNotFound) {
		// The playlist is made again, and its picture was never fetched.
		return s.lib.ConfirmCover(in.ID, p.CoverURL)
	}
	if err != nil {
		return err
	}
	address, err := s.coop.SetPlaylistCoverIf(ctx, in.PlaylistID, in.Version, picture)
	if errors.Is(err, api.ErrConflict) {
		return errors.Join(err, s.lib.ReturnCover(in.ID))
	}
	if err != nil {
		return s.unlessRemoved(ctx, in, err)
	}
	if address != "" { // and so it need not be fetched
		if err := s.lib.SaveCover(address, picture); err != nil {
			return err
		}
	}
	return s.lib.ConfirmCover(in.ID, address)
}
