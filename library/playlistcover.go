package library

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// pictureScheme begins the address of a picture that the person gave, until
// the co-op has given it one.
const pictureScheme = "ninth-picture:"

// IsPicture tells the address of a picture that the person gave: it is on this
// machine only.
func IsPicture(address string) bool { return strings.HasPrefix(address, pictureScheme) }

// SetPlaylistCover gives a playlist of the person's own a picture, of at most
// 16 MiB, in a format that the co-op takes. ErrNotFound, ErrReadOnly.
func (l *Library) SetPlaylistCover(id string, picture []byte) error {
	sum := sha256.Sum256(picture)
	address := pictureScheme + hex.EncodeToString(sum[:])
	if err := l.SaveCover(address, picture); err != nil {
		return err
	}
	return l.editPlaylist("giving a playlist a cover", id, func(tx *txn, id string, r *playlistRecord) error {
		was := r.Cover
		if was == address {
			return nil
		}
		r.Cover = address
		tx.change |= Files
		key, in, err := tx.lastIntent(func(in Intent) bool {
			return in.PlaylistID == id && in.Kind == IntentPlaylistCover && in.State == IntentWaiting
		})
		if err != nil {
			return err
		}
		if key != nil && in.Version == "" && in.Cover == was { // it is not on its way
			in.Cover = address
			return tx.saveIntent(key, in)
		}
		_, err = tx.enqueue(intentRecord{Intent: Intent{
			Kind: IntentPlaylistCover, PlaylistID: id, Title: r.Title, Cover: address, CoverWas: was,
		}})
		return err
	})
}

// Picture reads the picture at an address; ErrNotFound when it is not on disk.
func (l *Library) Picture(address string) ([]byte, error) {
	name, ok, err := l.Cover(address)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("library: reading a picture: %w", ErrNotFound)
	}
	picture, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("library: reading a picture: %w", err)
	}
	return picture, nil
}

// MarkCover is MarkSending for a playlist's cover, on condition that the
// playlist is in the state that version names at the co-op. Sent again after a
// lost answer it keeps the first version, and so is the same request.
func (l *Library) MarkCover(intentID, version string) error {
	return l.changeIntent("marking a playlist's cover as sending", intentID, func(tx *txn, key []byte, in intentRecord) error {
		in.State, in.Sent = IntentSending, l.now()
		if in.Tries++; in.Version == "" {
			in.Version = version
		}
		return tx.saveIntent(key, in)
	})
}

// ReturnCover puts a cover back that did not arrive, because the playlist has
// changed: it will be sent on another condition.
func (l *Library) ReturnCover(intentID string) error {
	return l.changeIntent("returning a playlist's cover", intentID, func(tx *txn, key []byte, in intentRecord) error {
		in.State, in.Version = IntentWaiting, ""
		return tx.saveIntent(key, in)
	})
}

// ConfirmCover ends the sending of a playlist's cover: address is the one that
// the co-op has given it, or "" when it has not yet. It is shown unless a later
// one waits, which then began from it.
func (l *Library) ConfirmCover(intentID, address string) error {
	return l.changeIntent("confirming a playlist's cover", intentID, func(tx *txn, key []byte, in intentRecord) error {
		if address == "" {
			return tx.remove(key, in)
		}
		return errors.Join(tx.remove(key, in), tx.showCover(in, address, address))
	})
}

// FailCover is Fail for a cover that another one met: theirs is the address of
// what the co-op has now. It is shown, and is what the edit begins from if the
// person tries again, which then wins.
func (l *Library) FailCover(intentID, reason, theirs string) error {
	return l.changeIntent("failing a playlist's cover", intentID, func(tx *txn, key []byte, in intentRecord) error {
		was := in.CoverWas
		in.State, in.Reason, in.CoverWas, in.Version = IntentFailed, reason, theirs, ""
		return errors.Join(tx.saveIntent(key, in), tx.showCover(in, was, theirs))
	})
}

// showCover shows the cover that the co-op has after an edit has ended, unless
// a later one waits: then the one that began from it begins from was.
func (tx *txn) showCover(ended intentRecord, was, theirs string) error {
	waits := false
	var next intentRecord
	var at []byte
	err := tx.intents(func(k []byte, in intentRecord) (bool, error) {
		if in.PlaylistID == ended.PlaylistID && in.Kind == IntentPlaylistCover && in.State != IntentFailed && in.ID != ended.ID {
			waits = true
			if in.CoverWas == ended.Cover {
				at, next = append([]byte(nil), k...), in
			}
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	if !waits {
		return tx.reshow(ended.PlaylistID, func(r *playlistRecord) { r.Cover = theirs })
	}
	if at == nil {
		return nil
	}
	next.CoverWas = was
	return tx.saveIntent(at, next)
}
