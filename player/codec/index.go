package codec

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

// Place says that a packet whose number is Unit begins at byte Offset of the
// track. What is numbered is the format's own affair: frames of the sound,
// packets, granules.
type Place struct{ Unit, Offset int64 }

// Index is what a decoder has learned of where things lie in its bytes, so
// that the next one of the same bytes need not learn it again: a seek then goes
// to its place exactly, however far beyond the download that is.
type Index struct {
	Places []Place // ascending in both
	Length int64   // frames that the track decodes to; -1 if that is not known
}

// Indexed is a Decoder, or its Packets, that gives and takes an Index.
type Indexed interface {
	// Index is what is known by now. The caller owns it.
	Index() Index
	// UseIndex tells what was learned earlier of the same bytes. It is taken
	// as a hint: a place is looked at before it is believed, and a wrong index
	// costs a seek some reading, never its truth.
	UseIndex(Index)
}

// IndexOf is whose index it is. An index is not used for anything else.
type IndexOf struct {
	Codec string // as in Format
	Size  int64  // bytes of the track
	ETag  string // validator of the bytes; empty if nobody gave one
}

// ErrIndex: the bytes are no index, or that of another track.
var ErrIndex = errors.New("codec: not an index of this track")

// A stored index is, in version 1: a header of fixed length, which says of what
// it is; the length, the number of places, and for each place how far it is
// from the one before in units and in bytes, as unsigned varints; and the
// CRC-32 (IEEE) of all that.
const (
	indexVersion = 1
	indexMagic   = "nsx"
	indexHeader  = len(indexMagic) + 1 + 8 + 8 + 8 // version, codec, size, ETag
	indexSum     = 4
	// maxPlaces bounds what is stored: a place for each 5 s of a whole day.
	// More are thinned out evenly.
	maxPlaces = 16384
	// maxIndex bounds a stored index in bytes.
	maxIndex = 256 << 10
)

// header is what an index of these bytes begins with. Without an ETag its
// field is zero.
func (of IndexOf) header() []byte {
	b := append([]byte(indexMagic), indexVersion)
	sum := sha256.Sum256([]byte(of.Codec))
	b = append(b, sum[:8]...)
	b = binary.BigEndian.AppendUint64(b, uint64(of.Size))
	if of.ETag == "" {
		return append(b, make([]byte, 8)...)
	}
	sum = sha256.Sum256([]byte(of.ETag))
	return append(b, sum[:8]...)
}

// owns reports whether data begins as an index of these bytes does. Where one
// of the two has no ETag the size has to do.
func (of IndexOf) owns(data []byte) bool {
	if len(data) < indexHeader {
		return false
	}
	const etag = indexHeader - 8
	want, none := of.header(), make([]byte, 8)
	same := bytes.Equal(data[etag:indexHeader], want[etag:])
	same = same || of.ETag == "" || bytes.Equal(data[etag:indexHeader], none)
	return same && bytes.Equal(data[:etag], want[:etag])
}

// EncodeIndex writes x for storage; nil if there is nothing in it worth
// keeping, or the size is not known.
func EncodeIndex(x Index, of IndexOf) []byte {
	if len(x.Places) < 2 || of.Size <= 0 {
		return nil
	}
	step := (len(x.Places) + maxPlaces - 1) / maxPlaces
	count := (len(x.Places) + step - 1) / step
	b := of.header()
	b = binary.AppendUvarint(b, uint64(x.Length+1))
	b = binary.AppendUvarint(b, uint64(count))
	var last Place
	for i := 0; i < len(x.Places); i += step {
		p := x.Places[i]
		if p.Unit < last.Unit || p.Offset < last.Offset || i > 0 && (p.Unit == last.Unit || p.Offset == last.Offset) {
			return nil // it does not ascend: nothing to build on
		}
		b = binary.AppendUvarint(b, uint64(p.Unit-last.Unit))
		b = binary.AppendUvarint(b, uint64(p.Offset-last.Offset))
		last = p
	}
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	if len(b) > maxIndex {
		return nil
	}
	return b
}

// DecodeIndex reads what EncodeIndex wrote, if it is of the given bytes; else
// the error wraps ErrIndex. Nothing is allocated by what it claims, and what it
// gives ascends and lies within the track.
func DecodeIndex(data []byte, of IndexOf) (Index, error) {
	if !of.owns(data) || len(data) > maxIndex || len(data) < indexHeader+indexSum {
		return Index{}, ErrIndex
	}
	body, sum := data[:len(data)-indexSum], data[len(data)-indexSum:]
	if crc32.ChecksumIEEE(body) != binary.BigEndian.Uint32(sum) {
		return Index{}, fmt.Errorf("%w: it is damaged", ErrIndex)
	}
	r := bytes.NewReader(body[indexHeader:])
	next := func() int64 {
		n, err := binary.ReadUvarint(r)
		if err != nil || n > math.MaxInt64/4 {
			return -1
		}
		return int64(n)
	}
	length, count := next(), next()
	if length < 0 || count < 0 || count > int64(r.Len()/2) {
		return Index{}, fmt.Errorf("%w: it is cut short", ErrIndex)
	}
	x := Index{Length: length - 1, Places: make([]Place, 0, count)}
	var last Place
	for i := range count {
		units, way := next(), next()
		p := Place{last.Unit + units, last.Offset + way}
		ascends := i == 0 || units > 0 && way > 0
		if units < 0 || way < 0 || !ascends || p.Unit < 0 || p.Offset >= of.Size {
			return Index{}, fmt.Errorf("%w: its places make no sense", ErrIndex)
		}
		x.Places = append(x.Places, p)
		last = p
	}
	return x, nil
}

// BetterIndex reports whether a stored index is to take the place of another,
// which may be empty: it is of other bytes, or knows more of the same.
func BetterIndex(data, old []byte) bool {
	if len(data) < indexHeader {
		return false
	}
	same := len(old) >= indexHeader && bytes.Equal(data[:indexHeader], old[:indexHeader])
	return !same || len(data) > len(old)
}
