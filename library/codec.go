package library

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/fxamacker/cbor/v2"
	bolt "go.etcd.io/bbolt"
)

// Limits of a stored value. The file is ours, yet a damaged one must end in
// an error and not in an empty machine.
const (
	maxNesting  = 8
	maxElements = 1 << 20 // more than the longest playlist or peak list
	maxPairs    = 256
)

var encoding, decoding = modes()

func modes() (cbor.EncMode, cbor.DecMode) {
	enc, err := cbor.EncOptions{Sort: cbor.SortCoreDeterministic, Time: cbor.TimeRFC3339Nano}.EncMode()
	if err != nil {
		panic(err) // the options above are constants; they are valid or a test fails
	}
	dec, err := cbor.DecOptions{
		DupMapKey:        cbor.DupMapKeyEnforcedAPF,
		MaxNestedLevels:  maxNesting,
		MaxArrayElements: maxElements,
		MaxMapPairs:      maxPairs,
		IndefLength:      cbor.IndefLengthForbidden,
		TagsMd:           cbor.TagsForbidden,
	}.DecMode()
	if err != nil {
		panic(err)
	}
	return enc, dec
}

// get reads the value of a key into v. ok is false when there is none.
func get(b *bolt.Bucket, key []byte, v any) (ok bool, err error) {
	raw := b.Get(key)
	if raw == nil {
		return false, nil
	}
	return true, decode(raw, v)
}

func decode(raw []byte, v any) error {
	if err := decoding.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("%w: a value of %T: %w", ErrDamaged, v, err)
	}
	return nil
}

// put stores v under key, and reports whether that changed anything: writing
// what is there already would cost pages for nothing.
func put(b *bolt.Bucket, key []byte, v any) (changed bool, err error) {
	raw, err := encoding.Marshal(v)
	if err != nil {
		return false, fmt.Errorf("encoding a value of %T: %w", v, err)
	}
	if old := b.Get(key); old != nil && bytes.Equal(old, raw) {
		return false, nil
	}
	return true, b.Put(key, raw)
}

func be64(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// ordered turns a time in nanoseconds into key bytes that sort as the time
// does, also before 1970.
func ordered(ns int64) []byte { return be64(uint64(ns) ^ 1<<63) }

// newestFirst is ordered, the other way round.
func newestFirst(ns int64) []byte { return be64(^(uint64(ns) ^ 1<<63)) }

// number reads what be64 wrote; 0 when there is nothing.
func number(raw []byte) uint64 {
	if len(raw) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(raw)
}

// counter is a running total. Totals that lists and bars show are kept, so
// that reading them does not walk the data.
func (tx *txn) counter(name string) int64 {
	return int64(number(tx.bucket(bCounters).Get([]byte(name))))
}

func (tx *txn) addCounter(name string, by int64) error {
	if by == 0 {
		return nil
	}
	n := tx.counter(name)
	if (by > 0 && n > math.MaxInt64-by) || (by < 0 && n < math.MinInt64-by) {
		return fmt.Errorf("%w: counter %s overflows", ErrDamaged, name)
	}
	return tx.bucket(bCounters).Put([]byte(name), be64(uint64(n+by)))
}
