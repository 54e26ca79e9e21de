package library

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
)

// The seek indexes: what was learned of where things lie in the bytes of a
// track, so that its second play seeks exactly. What is in one is the player's
// affair. It outlives the bytes themselves, since it serves a track that is
// streamed again; it goes with the track, and when the track's bytes change.

const (
	// maxSeekIndex is the longest index that is kept, in bytes.
	maxSeekIndex = 256 << 10
	// maxSeekIndexes is how many bytes all of them may take: those of 100,000
	// songs of five minutes, which is more than anybody hears.
	maxSeekIndexes = 32 << 20
)

// SeekIndex is what SaveSeekIndex was given for a track; nil if nothing is
// kept. The caller owns it.
func (l *Library) SeekIndex(trackID string) (data []byte, err error) {
	err = l.view("reading a seek index", func(tx *txn) error {
		data = slices.Clone(tx.bucket(bSeek).Get([]byte(trackID)))
		return nil
	})
	return data, err
}

// SaveSeekIndex keeps an index in the place of the track's last one. One that
// is longer than 256 KiB is refused, and when all of them take more than 32 MiB,
// others are let go of by chance: it costs no more than learning them again.
func (l *Library) SaveSeekIndex(trackID string, data []byte) error {
	return l.update("storing a seek index", func(tx *txn) error {
		if err := checkID(trackID); err != nil {
			return err
		}
		if len(data) == 0 || len(data) > maxSeekIndex {
			return fmt.Errorf("an index of %d bytes", len(data))
		}
		return tx.saveSeekIndex(trackID, data, maxSeekIndexes)
	})
}

// saveSeekIndex keeps an index, and all of them within most bytes. The bucket's
// sequence is kept at how many there are.
func (tx *txn) saveSeekIndex(trackID string, data []byte, most uint64) error {
	if err := tx.dropSeekIndex(trackID); err != nil {
		return err
	}
	b := tx.bucket(bSeek)
	c := b.Cursor()
	for b.Sequence()+uint64(len(data)) > most {
		k, _ := c.Seek([]byte(chance()))
		if k == nil {
			k, _ = c.First()
		}
		if k == nil {
			return b.SetSequence(uint64(len(data)))
		}
		if err := tx.dropSeekIndex(string(k)); err != nil {
			return err
		}
	}
	if err := b.Put([]byte(trackID), data); err != nil {
		return err
	}
	return b.SetSequence(b.Sequence() + uint64(len(data)))
}

// chance is a place somewhere among ids, most of which are UUIDs.
func chance() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// dropSeekIndex forgets the index of a track.
func (tx *txn) dropSeekIndex(trackID string) error {
	b := tx.bucket(bSeek)
	old := b.Get([]byte(trackID))
	if old == nil {
		return nil
	}
	left := b.Sequence() - min(b.Sequence(), uint64(len(old)))
	if err := b.Delete([]byte(trackID)); err != nil {
		return err
	}
	return b.SetSequence(left)
}
