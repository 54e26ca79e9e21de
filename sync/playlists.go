package sync

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/library"
)

// sendCreate makes a playlist. Making is not repeatable without a key, so when
// an earlier answer was lost the co-op's lists are looked through first.
func (s *Syncer) sendCreate(ctx context.Context, in library.Intent) error {
	if in.State == library.IntentSending && !s.coop.KnowsKeys() {
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
		// Servers keep texts without the space around them.
		same := strings.TrimSpace(p.Title) == strings.TrimSpace(in.Title) && strings.TrimSpace(p.About) == strings.TrimSpace(in.About)
		if !same || p.Private != in.Private || len(p.Items) > 0 {
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

// sendUpdate joins a change of title, text and privacy with what the co-op
// says, and sends it. It may be repeated: what has arrived is no clash.
func (s *Syncer) sendUpdate(ctx context.Context, in library.Intent) error {
	p, err := s.coop.OwnPlaylist(ctx, in.PlaylistID)
	if err != nil {
		return s.unlessRemoved(ctx, in, err)
	}
	in, ok, err := s.mark(in)
	if err != nil || !ok {
		return err
	}
	theirs := playlist(p, true).Heading()
	joined, clash := in.Heading(), false
	if in.Was.Known {
		joined, clash = mergeHeading(in.Was, joined, theirs)
	}
	if joined.Known = true; joined != theirs {
		e := api.PlaylistEdit{Title: joined.Title, About: joined.About, Private: joined.Private}
		if _, err := s.coop.UpdatePlaylistIf(ctx, in.PlaylistID, p.Version, e); err != nil {
			return s.unlessRemoved(ctx, in, err)
		}
	}
	if clash {
		return s.lib.FailHeading(in.ID, ReasonListRenamed, joined)
	}
	return s.lib.ConfirmHeading(in.ID, joined)
}

// sendDelete removes a playlist, unless something was added to it elsewhere
// that the person has not seen.
func (s *Syncer) sendDelete(ctx context.Context, in library.Intent) error {
	p, err := s.coop.OwnPlaylist(ctx, in.PlaylistID)
	if err == nil {
		base, theirs := setOf(places(in.Base)), places(trackIDs(p.Items))
		if slices.ContainsFunc(theirs, func(p place) bool { return !base.has(p) }) {
			return s.lib.Fail(in.ID, ReasonListEdited)
		}
		var ok bool
		if in, ok, err = s.mark(in); err != nil || !ok {
			return err
		}
		err = s.coop.DeletePlaylistIf(ctx, in.PlaylistID, p.Version)
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
	if err != nil {
		return s.unlessRemoved(ctx, in, err)
	}
	if err := s.lib.PutTracks(met(p.Items)...); err != nil {
		return err
	}
	theirs := trackIDs(p.Items)
	joined, ok, err := s.join(in, p.Items)
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
		return s.unlessRemoved(ctx, in, err)
	}
	return s.lib.ConfirmItems(in.ID, joined...)
}

// join joins an edit with what the co-op has, and marks it as sending. The
// person may have gone on editing, or taken everything back (ok is false),
// while the co-op was asked: then it is joined once more, which nothing can
// come between, because what is being sent is not edited in its place.
func (s *Syncer) join(in library.Intent, there []api.PlaylistItem) (joined []string, ok bool, err error) {
	theirs := trackIDs(there)
	for range 2 {
		joined = merge(in.Base, in.Items, theirs)
		if in.Joined != nil {
			joined = merge(withoutRemoved(in, there), in.Joined, theirs)
		}
		err = s.lib.MarkJoined(in.ID, theirs, itemIDs(there), joined)
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

// withoutRemoved is what the co-op had before an edit was sent whose answer was
// lost, without the places that the edit removes and that are gone by now: a
// copy of the same track that stands there since is not to be removed in their
// place. Where the co-op names no items, nothing is known to be gone.
func withoutRemoved(in library.Intent, now []api.PlaylistItem) []string {
	there := make(map[string]bool, len(now))
	for _, it := range now {
		there[it.ID] = true
	}
	stays := setOf(places(in.Joined))
	var out []string
	for i, p := range places(in.Theirs) {
		named := i < len(in.TheirIDs) && in.TheirIDs[i] != ""
		if stays.has(p) || !named || there[in.TheirIDs[i]] {
			out = append(out, p.track)
		}
	}
	return out
}

// unlessRemoved is failed for an edit of a playlist, which is made again if it
// was removed elsewhere meanwhile. A 404 alone does not convince: the whole
// list of playlists has to come without it.
func (s *Syncer) unlessRemoved(ctx context.Context, in library.Intent, err error) error {
	if !errors.Is(err, api.ErrNotFound) {
		return s.failed(in, err, ReasonListForbidden)
	}
	for p, err := range s.coop.AllOwnPlaylists(ctx) {
		if err != nil {
			return err
		}
		if p.ID == in.PlaylistID {
			return s.lib.Fail(in.ID, ReasonListForbidden)
		}
	}
	_, err = s.lib.Recreate(in.PlaylistID)
	if errors.Is(err, library.ErrNotFound) {
		return s.lib.Confirm(in.ID) // removed here as well
	}
	return err
}
