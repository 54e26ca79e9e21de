package sync

import (
	"context"
	"errors"
	"slices"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/library"
)

// sendCreate makes a playlist. Making is not repeatable, so when an earlier
// answer was lost the co-op's lists are looked through first.
func (s *Syncer) sendCreate(ctx context.Context, in library.Intent) error {
	if in.State == library.IntentSending {
		if left := SettleAfter - s.cfg.Now().Sub(in.Sent); left > 0 && left <= SettleAfter {
			return &laterError{"an answer about a playlist is missing", left}
		}
		id, err := s.findCreated(ctx, in)
		if err != nil {
			return err
		}
		if id != "" {
			return s.lib.ConfirmCreated(in.ID, id)
		}
	}
	in, ok, err := s.mark(in)
	if err != nil || !ok {
		return err
	}
	made, err := s.coop.CreatePlaylist(ctx, edit(in))
	switch {
	case err == nil:
		return s.lib.ConfirmCreated(in.ID, made.ID)
	case permanent(err):
		return s.failed(in, err, ReasonRefused)
	case neverActed(err):
		return errors.Join(err, s.lib.Retry(in.ID))
	}
	return err
}

// neverActed tells failures after which nothing has happened at the co-op.
func neverActed(err error) bool {
	var limited *api.RateLimitError
	var network *api.NetworkError
	return needsSignIn(err) || errors.As(err, &limited) || errors.As(err, &network) && !network.Sent
}

func edit(in library.Intent) api.PlaylistEdit {
	return api.PlaylistEdit{Title: in.Title, About: in.About, Private: in.Private}
}

// findCreated is an empty playlist with the intent's title and text of which
// the library has never heard; "" when there is none.
func (s *Syncer) findCreated(ctx context.Context, in library.Intent) (string, error) {
	for p, err := range s.coop.AllOwnPlaylists(ctx) {
		if err != nil {
			return "", err
		}
		if p.Title != in.Title || p.About != in.About || p.Private != in.Private || len(p.Items) > 0 {
			continue
		}
		if _, err := s.lib.Playlist(p.ID); errors.Is(err, library.ErrNotFound) {
			return p.ID, nil
		} else if err != nil {
			return "", err
		}
	}
	return "", nil
}

// sendUpdate sets title, text and privacy, which may be repeated.
func (s *Syncer) sendUpdate(ctx context.Context, in library.Intent) error {
	in, ok, err := s.mark(in)
	if err != nil || !ok {
		return err
	}
	_, err = s.coop.UpdatePlaylist(ctx, in.PlaylistID, edit(in))
	if errors.Is(err, api.ErrNotFound) {
		return s.keepRemoved(ctx, in)
	}
	if err != nil {
		return s.failed(in, err, ReasonListForbidden)
	}
	return s.lib.Confirm(in.ID)
}

// sendDelete removes a playlist, unless something was added to it elsewhere
// that the person has not seen.
func (s *Syncer) sendDelete(ctx context.Context, in library.Intent) error {
	in, ok, err := s.mark(in)
	if err != nil || !ok {
		return err
	}
	p, err := s.coop.OwnPlaylist(ctx, in.PlaylistID)
	if err == nil {
		base, theirs := setOf(places(in.Base)), places(trackIDs(p.Items))
		if slices.ContainsFunc(theirs, func(p place) bool { return !base.has(p) }) {
			return s.lib.Fail(in.ID, ReasonListEdited)
		}
		err = s.coop.DeletePlaylist(ctx, in.PlaylistID)
	}
	if err != nil && !errors.Is(err, api.ErrNotFound) {
		return s.failed(in, err, ReasonListForbidden)
	}
	return s.lib.Confirm(in.ID)
}

// sendItems joins an edit with what the co-op has. An addition made elsewhere
// in the same moment is not lost: what only adds to the end is sent as that,
// anything else is held to the version it was joined with, where the server
// looks at it. After a lost answer it goes on from what was sent: joining that
// with what is there now is right whether it had arrived or not.
func (s *Syncer) sendItems(ctx context.Context, in library.Intent) error {
	p, err := s.coop.OwnPlaylist(ctx, in.PlaylistID)
	if errors.Is(err, api.ErrNotFound) {
		return s.keepRemoved(ctx, in)
	}
	if err != nil {
		return s.failed(in, err, ReasonListForbidden)
	}
	if err := s.lib.PutTracks(met(p.Items)...); err != nil {
		return err
	}
	theirs := trackIDs(p.Items)
	joined, ok, err := s.join(in, theirs)
	if err != nil || !ok {
		return err
	}
	switch {
	case slices.Equal(joined, theirs):
	case len(joined) > len(theirs) && slices.Equal(joined[:len(theirs)], theirs):
		_, err = s.coop.AddToPlaylist(ctx, in.PlaylistID, joined[len(theirs):]...)
	default:
		_, err = s.coop.ReorderPlaylistIf(ctx, in.PlaylistID, p.Version, joined)
	}
	if err != nil {
		return s.failed(in, err, ReasonListForbidden)
	}
	return s.lib.ConfirmItems(in.ID, joined...)
}

// join joins an edit with what the co-op has, and marks it as sending. The
// person may have gone on editing, or taken everything back (ok is false),
// while the co-op was asked: then it is joined once more, which nothing can
// come between, because what is being sent is not edited in its place.
func (s *Syncer) join(in library.Intent, theirs []string) (joined []string, ok bool, err error) {
	for range 2 {
		joined = merge(in.Base, in.Items, theirs)
		if in.Joined != nil {
			joined = merge(in.Theirs, in.Joined, theirs)
		}
		err = s.lib.MarkJoined(in.ID, theirs, joined)
		wished := in.Items
		if err == nil {
			in, err = s.lib.Intent(in.ID)
		}
		if errors.Is(err, library.ErrNotFound) {
			return nil, false, nil
		}
		if err != nil || slices.Equal(in.Items, wished) {
			break
		}
		in.Joined = nil // of wishes that have changed
	}
	return joined, err == nil, err
}

// keepRemoved makes a playlist again that was removed elsewhere while it was
// edited here. A 404 alone does not convince: the whole list of playlists has
// to come without it.
func (s *Syncer) keepRemoved(ctx context.Context, in library.Intent) error {
	for p, err := range s.coop.AllOwnPlaylists(ctx) {
		if err != nil {
			return err
		}
		if p.ID == in.PlaylistID {
			return s.lib.Fail(in.ID, ReasonListForbidden)
		}
	}
	_, err := s.lib.Recreate(in.PlaylistID)
	if errors.Is(err, library.ErrNotFound) {
		return s.lib.Confirm(in.ID) // removed here as well
	}
	return err
}
