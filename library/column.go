package library

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math"

	"github.com/ninth-coop/ninth/credits"
)

// A column holds one number of each track of the catalogue, by the number of
// the track's document. It repeats what records say, so that a condition can
// be held against all tracks without reading one record of them. Columns are
// kept in chunks; a chunk of zeros is left out.
type column byte

const (
	columnFlags column = 'a' + iota
	columnYear
	columnDuration // ns
	columnPlays
	columnHeard
	columnLastHeard      // ns, as are the next two; 0 for never
	columnOwnedSince     //
	columnFavouriteSince //
	columnRelease        // nameless, of its id
	columnArtist         // nameless, of its id
	columnReleaseName    // beginning
	columnsEnd
)

// Bits of columnFlags.
const (
	flagListed int64 = 1 << iota // the catalogue has it
	flagOwned
	flagFavourite
	flagLocal
	flagOnDisk
	flagOwn
	flagFree
)

// trackRow is what the columns have of one track.
type trackRow [columnsEnd - columnFlags]int64

func (r *trackRow) at(c column) *int64 { return &r[c-columnFlags] }

// chunkRows is how many tracks are in a chunk of a column: a multiple of 64,
// for sets have a word for so many, few enough that a play does not write
// much, and such that two chunks fill two pages of the file.
const chunkRows = 448

func chunkKey(c column, chunk uint64) []byte {
	return binary.BigEndian.AppendUint32([]byte{byte(c)}, uint32(chunk))
}

// readChunk is the chunk of a column, and which it is.
func readChunk(key, raw []byte) (chunk uint64, values []byte, err error) {
	if len(key) != 5 || len(raw) != 8*chunkRows {
		return 0, nil, fmt.Errorf("%w: %d bytes of a column", ErrDamaged, len(raw))
	}
	return uint64(binary.BigEndian.Uint32(key[1:])), raw, nil
}

// chunks calls fn with the chunks of a column, each with the number of the
// document that it begins with.
func (tx *txn) chunks(c column, fn func(first uint64, values []byte)) error {
	return scan(tx.bucket(bColumns), []byte{byte(c)}, func(k, v []byte) (bool, error) {
		chunk, values, err := readChunk(k, v)
		if err == nil {
			fn(chunk*chunkRows, values)
		}
		return true, err
	})
}

// where is the set of the tracks of which a column's number holds, among
// numbers up to the last document's. A number that no track has may be in it.
func (tx *txn) where(c column, holds func(int64) bool) (set, error) {
	s := newSet(tx.bucket(kindTrack.docs()).Sequence())
	zero := holds(0)
	if zero {
		s.fill()
	}
	err := tx.chunks(c, func(first uint64, values []byte) {
		for i := range chunkRows {
			if holds(int64(binary.BigEndian.Uint64(values[8*i:]))) != zero {
				s.flip(first + uint64(i))
			}
		}
	})
	return s, err
}

// numbers are those of a column, from document 0 to the last.
func (tx *txn) numbers(c column) ([]int64, error) {
	out := make([]int64, tx.bucket(kindTrack.docs()).Sequence()+1)
	err := tx.chunks(c, func(first uint64, values []byte) {
		for i := range uint64(chunkRows) {
			if at := first + i; at < uint64(len(out)) {
				out[at] = int64(binary.BigEndian.Uint64(values[8*i:]))
			}
		}
	})
	return out, err
}

// touch has the columns of a track written anew at the end of the transaction,
// after something has changed that they repeat. A track that is not in the
// catalogue has none.
func (tx *txn) touch(trackID string) error {
	n, err := tx.documentOf(trackID)
	if n != 0 {
		tx.touched[n] = struct{}{}
	}
	return err
}

// touchKeys is touch for all tracks that buckets have something of.
func (tx *txn) touchKeys(buckets ...string) error {
	for _, b := range buckets {
		keys, err := allKeys(tx.bucket(b))
		if err != nil {
			return err
		}
		for _, id := range keys {
			if err := tx.touch(id); err != nil {
				return err
			}
		}
	}
	return nil
}

// row is what the columns have to say of the track with a document number;
// zeros when there is none.
func (tx *txn) row(doc uint64) (row trackRow, err error) {
	id := tx.bucket(kindTrack.docs()).Get(be64(doc))
	if id == nil {
		return row, nil
	}
	var r trackRecord
	if _, err := get(tx.bucket(bTracks), id, &r); err != nil {
		return row, err
	}
	t, err := tx.laidOver(r.track(string(id)))
	if err != nil {
		return row, err
	}
	var h heardRecord
	if _, err := get(tx.bucket(bHeard), id, &h); err != nil {
		return row, err
	}
	waiting, err := tx.pending(t.ID)
	*row.at(columnFlags) = flags(t)
	*row.at(columnYear) = int64(r.Year)
	*row.at(columnDuration) = r.Duration
	*row.at(columnPlays) = int64(min(tx.confirmedPlays(t.ID)+waiting.Plays, credits.PlaysToOwn))
	*row.at(columnHeard) = int64(h.Count)
	*row.at(columnLastHeard) = h.Last
	*row.at(columnOwnedSince) = int64(number(tx.bucket(bOwned).Get(id)))
	*row.at(columnFavouriteSince) = int64(number(tx.bucket(bFavourites).Get(id)))
	*row.at(columnRelease) = nameless(r.ReleaseID)
	*row.at(columnArtist) = nameless(r.ArtistID)
	*row.at(columnReleaseName) = beginning(sortable(r.Release))
	return row, err
}

func flags(t Track) int64 {
	bits := flagListed
	add := func(flag int64, on bool) {
		if on {
			bits |= flag
		}
	}
	add(flagOwned, t.Owned)
	add(flagFavourite, t.Favourite)
	add(flagLocal, t.Local)
	add(flagOnDisk, t.Offline == Cached || t.Offline == Pinned)
	add(flagOwn, t.Own && !t.Local)
	add(flagFree, t.Status == Free)
	return bits
}

// nameless is a number for an id, 0 for none. Two ids with the same number are
// not to be expected; should somebody make them, a rule of this machine takes
// the one for the other.
func nameless(id string) int64 {
	if id == "" {
		return 0
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // never fails
	return int64(h.Sum64())
}

// beginning is a number for the first eight bytes of a text.
func beginning(text string) int64 {
	var first [8]byte
	copy(first[:], text)
	return int64(binary.BigEndian.Uint64(first[:]))
}

// flushColumns writes the columns of the tracks that were touched, each chunk
// once.
func (tx *txn) flushColumns() error {
	byChunk := map[uint64]map[uint64]trackRow{}
	for doc := range tx.touched {
		if doc > math.MaxUint32 {
			return fmt.Errorf("%w: document %d", ErrDamaged, doc)
		}
		row, err := tx.row(doc)
		if err != nil {
			return err
		}
		rows := byChunk[doc/chunkRows]
		if rows == nil {
			rows = map[uint64]trackRow{}
			byChunk[doc/chunkRows] = rows
		}
		rows[doc%chunkRows] = row
	}
	clear(tx.touched)
	for chunk, rows := range byChunk {
		for c := columnFlags; c < columnsEnd; c++ {
			if err := tx.writeChunk(c, chunk, rows); err != nil {
				return err
			}
		}
	}
	return nil
}

func (tx *txn) writeChunk(c column, chunk uint64, rows map[uint64]trackRow) error {
	b := tx.bucket(bColumns)
	key := chunkKey(c, chunk)
	values := make([]byte, 8*chunkRows)
	old := b.Get(key)
	copy(values, old)
	changed := false
	for i, row := range rows {
		v := uint64(*row.at(c))
		changed = changed || binary.BigEndian.Uint64(values[8*i:]) != v
		binary.BigEndian.PutUint64(values[8*i:], v)
	}
	switch {
	case !changed:
		return nil
	case zeros(values):
		return b.Delete(key)
	}
	return b.Put(key, values)
}

func zeros(raw []byte) bool {
	for _, b := range raw {
		if b != 0 {
			return false
		}
	}
	return true
}

// examineColumns compares the columns with the records.
func (tx *txn) examineColumns(e *examination) error {
	last := tx.bucket(kindTrack.docs()).Sequence()
	kept := map[column][]int64{}
	for c := columnFlags; c < columnsEnd; c++ {
		var err error
		if kept[c], err = tx.numbers(c); err != nil {
			e.tell(bColumns, "column %c: %v", c, err)
			return nil
		}
	}
	for doc := range last + 1 {
		row, err := tx.row(doc)
		if err != nil {
			return err
		}
		for c := columnFlags; c < columnsEnd; c++ {
			if have, want := kept[c][doc], *row.at(c); have != want {
				e.tell(bColumns, "column %c of document %d has %d, not %d", c, doc, have, want)
			}
		}
	}
	return tx.bucket(bColumns).ForEach(func(k, v []byte) error {
		chunk, _, err := readChunk(k, v)
		if err != nil || chunk*chunkRows > last {
			e.tell(bColumns, "a chunk %x of nothing", k)
		}
		return nil
	})
}

// mendColumns writes all columns anew.
func (tx *txn) mendColumns() error {
	err := scan(tx.bucket(kindTrack.docs()), nil, func(k, _ []byte) (bool, error) {
		tx.touched[number(k)] = struct{}{}
		return true, nil
	})
	return errors.Join(err, tx.clear(bColumns))
}
