package library

import (
	"errors"
	"slices"
)

// A pin keeps a track on this machine, by itself (Pin) or with all that is on
// a release or a playlist (PinRelease, PinPlaylist). The latter keep what may
// be kept: the owned tracks among them and the person's own, also those that
// join or become so later.

// Keys of the index of pins begin with what is pinned.
const (
	pinnedRelease  = "r"
	pinnedPlaylist = "p"
)

func pinKey(kind, id string) []byte { return append([]byte(kind), id...) }

func (tx *txn) isPinned(kind, id string) bool {
	return id != "" && pinned.count(tx) > 0 && tx.bucket(string(pinned)).Get(pinKey(kind, id)) != nil
}

// PinRelease keeps what may be kept of a release on this machine until told
// otherwise; tracks that were let go come back. ErrNotFound.
func (l *Library) PinRelease(id string, on bool) error {
	return l.update("pinning a release", func(tx *txn) error {
		r, err := tx.releaseRecord(id)
		if err != nil {
			return err
		}
		return tx.pinAll(pinnedRelease, id, r.Tracks, on)
	})
}

// PinPlaylist is PinRelease for a playlist.
func (l *Library) PinPlaylist(id string, on bool) error {
	return l.update("pinning a playlist", func(tx *txn) error {
		id, r, err := tx.playlistRecord(id)
		if err != nil {
			return err
		}
		tx.change |= Playlists
		return tx.pinAll(pinnedPlaylist, id, r.trackIDs(), on)
	})
}

// ReleasePinned tells whether a release is pinned.
func (l *Library) ReleasePinned(id string) (on bool, err error) {
	err = l.view("looking for a pin", func(tx *txn) error {
		on = tx.isPinned(pinnedRelease, id)
		return nil
	})
	return on, err
}

// PlaylistPinned tells whether a playlist is pinned.
func (l *Library) PlaylistPinned(id string) (on bool, err error) {
	err = l.view("looking for a pin", func(tx *txn) error {
		id, _, err := tx.playlistRecord(id)
		on = tx.isPinned(pinnedPlaylist, id)
		return err
	})
	return on, err
}

func (tx *txn) pinAll(kind, id string, trackIDs []string, on bool) error {
	tx.change |= Files
	key := pinKey(kind, id)
	if on {
		if err := pinned.add(tx, key, id); err != nil {
			return err
		}
	} else if err := pinned.remove(tx, key); err != nil {
		return err
	}
	for _, t := range trackIDs {
		if err := tx.refile(t, func(f *File) { f.LetGo = f.LetGo && !on }); err != nil {
			return err
		}
	}
	return nil
}

// keepers are the pinned releases and playlists that keep a track, as keys of
// the index of pins. Only owned tracks and one's own are kept by them.
func (tx *txn) keepers(trackID string, owned bool) (keys [][]byte, err error) {
	if pinned.count(tx) == 0 {
		return nil, nil
	}
	var t trackRecord
	if _, err := get(tx.bucket(bTracks), []byte(trackID), &t); err != nil || !owned && !t.Own {
		return nil, err
	}
	if tx.isPinned(pinnedRelease, t.ReleaseID) {
		keys = append(keys, pinKey(pinnedRelease, t.ReleaseID))
	}
	prefix := joined(trackID, "")
	err = scan(tx.bucket(bHolders), prefix, func(k, _ []byte) (bool, error) {
		if id := string(k[len(prefix):]); tx.isPinned(pinnedPlaylist, id) {
			keys = append(keys, pinKey(pinnedPlaylist, id))
		}
		return true, nil
	})
	return keys, err
}

// refileHeld renews what pins make of tracks, after their release or a
// playlist that is pinned has changed.
func (tx *txn) refileHeld(kind, id string, trackIDs ...string) error {
	if !tx.isPinned(kind, id) {
		return nil
	}
	for _, t := range trackIDs {
		if err := tx.refile(t, func(*File) {}); err != nil {
			return err
		}
	}
	return nil
}

// refileIfPins renews what pins make of a track, of which the release or the
// owner may be another one now.
func (tx *txn) refileIfPins(trackID string) error {
	if pinned.count(tx) == 0 {
		return nil
	}
	return tx.refile(trackID, func(*File) {})
}

// unpin takes the pin from a release or playlist that goes.
func (tx *txn) unpin(kind, id string) error { return pinned.remove(tx, pinKey(kind, id)) }

// Why is a reason for which bytes are on this machine.
type Why int

// The reasons.
const (
	WhyOwned    Why = iota // owned tracks are fetched by themselves
	WhyPinned              // the track itself is pinned
	WhyRelease             // its release is pinned
	WhyPlaylist            // a playlist that it is on is pinned
	WhyStreamed            // it was played lately, and may be evicted
)

// Reason is one reason, and which release or playlist it is.
type Reason struct {
	Why   Why
	ID    string // of the release or playlist
	Title string
}

// Pins is a window on the pinned playlists and releases, as reasons.
func (l *Library) Pins(offset, limit int) (p Page[Reason], err error) {
	err = l.view("listing pins", func(tx *txn) error {
		p.Total = pinned.count(tx)
		return pinned.window(tx, offset, limit, false, func(k, _ []byte) error {
			r, err := tx.reason(string(k[:1]), string(k[1:]))
			p.Items = append(p.Items, r)
			return err
		})
	})
	return p, err
}

// Stored is what is on this machine of one track, and why.
type Stored struct {
	Track   Track
	Bytes   int64
	Whole   bool
	Reasons []Reason // never empty
}

// Stored is a window on everything that is on this machine of tracks,
// unfinished downloads and previews included, largest first.
func (l *Library) Stored(offset, limit int) (Page[Stored], error) {
	return page(l, "listing what is on disk", diskSize, offset, limit, (*txn).stored)
}

func (tx *txn) stored(trackID string) (s Stored, err error) {
	f, _, err := tx.file(trackID)
	if err != nil {
		return s, err
	}
	if s.Track, err = tx.listed(trackID); err != nil {
		return s, err
	}
	s.Bytes, s.Whole = f.Have(), f.Complete && !f.Preview
	s.Reasons, err = tx.reasons(f)
	return s, err
}

func (tx *txn) reasons(f File) (out []Reason, err error) {
	owned := tx.bucket(bOwned).Get([]byte(f.TrackID)) != nil
	if f.Pinned {
		out = append(out, Reason{Why: WhyPinned})
	}
	if owned && !f.LetGo {
		out = append(out, Reason{Why: WhyOwned})
	}
	if !f.LetGo {
		keys, err := tx.keepers(f.TrackID, owned)
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			r, err := tx.reason(string(k[:1]), string(k[1:]))
			if err != nil {
				return nil, err
			}
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		out = append(out, Reason{Why: WhyStreamed})
	}
	return out, nil
}

func (tx *txn) reason(kind, id string) (Reason, error) {
	if kind == pinnedRelease {
		r, err := tx.releaseRecord(id)
		return Reason{Why: WhyRelease, ID: id, Title: r.Title}, ignoreMissing(err)
	}
	_, p, err := tx.playlistRecord(id)
	return Reason{Why: WhyPlaylist, ID: id, Title: p.Title}, ignoreMissing(err)
}

func ignoreMissing(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Wanted is a track to download.
type Wanted struct {
	TrackID string
	Pinned  bool // by itself or with a release or playlist; otherwise only owned
}

// IsWanted tells whether a track is to be downloaded.
func (l *Library) IsWanted(trackID string) (is bool, err error) {
	err = l.view("looking for a download", func(tx *txn) error {
		b := tx.bucket(string(wanted))
		is = b.Get(append([]byte{0}, trackID...)) != nil || b.Get(append([]byte{1}, trackID...)) != nil
		return nil
	})
	return is, err
}

// Wanted are the tracks to download: pinned ones first, then owned ones, that
// are not here whole and were not let go.
func (l *Library) Wanted() (tracks []Wanted, err error) {
	err = l.view("listing downloads", func(tx *txn) error {
		tracks = slices.Grow(tracks, wanted.count(tx))
		return wanted.window(tx, 0, wanted.count(tx), false, func(k, id []byte) error {
			tracks = append(tracks, Wanted{string(id), k[0] == 0})
			return nil
		})
	})
	return tracks, err
}
