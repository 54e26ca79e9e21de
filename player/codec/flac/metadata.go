package flac

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/ninth-coop/ninth/player/codec"
)

// Metadata block types (RFC 9639, §8.1).
const (
	typeStreamInfo = 0
	typeSeekTable  = 3
	typeComments   = 4
	typeForbidden  = 127
)

const (
	// maxMetadataBlocks bounds the walk to the first frame.
	maxMetadataBlocks = 1024
	// maxComments bounds in bytes the comments that are looked at.
	maxComments = 256 << 10
	// maxSeekPoints is one for every 3 s of a whole day.
	maxSeekPoints = 28800
	seekPointSize = 18 // bytes
	// placeholder marks an unused seek point.
	placeholder = 0xFFFFFFFFFFFFFFFF
)

// streamInfo is the STREAMINFO block (RFC 9639, §8.2).
type streamInfo struct {
	minBlock, maxBlock int // samples per channel in a frame, the last excepted
	rate               int
	channels           int
	bits               int   // per sample
	frames             int64 // samples per channel in the stream; 0 if unknown
}

// seekPoint says that the FLAC frame at byte offset begins with sample frame.
type seekPoint struct{ frame, offset int64 }

// metadata is what precedes the frames.
type metadata struct {
	info   streamInfo
	points []seekPoint // as the file claims: ascending, offsets from the start of the file
	audio  int64       // byte offset of the first frame
	gains  codec.Gains
}

// readMetadata reads the stream whose marker is at byte start.
func readMetadata(r *codec.Reader, start int64) (metadata, error) {
	var m metadata
	var table []byte
	offset := start + int64(len(marker))
	for i := range maxMetadataBlocks {
		head, err := r.Bytes(offset, 4)
		if err != nil {
			return m, endsEarly(err)
		}
		last, kind := head[0]&0x80 != 0, head[0]&0x7F
		size := int(head[1])<<16 | int(head[2])<<8 | int(head[3])
		offset += 4
		switch {
		case kind == typeForbidden, i == 0 && kind != typeStreamInfo:
			return m, fmt.Errorf("%w: its metadata makes no sense", codec.ErrDamaged)
		case i == 0:
			body, err := r.Bytes(offset, min(size, 34))
			if err != nil {
				return m, endsEarly(err)
			}
			if m.info, err = parseStreamInfo(body); err != nil {
				return m, err
			}
		case kind == typeComments && size <= maxComments:
			body, err := r.Bytes(offset, size)
			if err != nil {
				return m, endsEarly(err)
			}
			m.gains = codec.CommentGains(body)
		case kind == typeSeekTable:
			body, err := r.Bytes(offset, min(size, maxSeekPoints*seekPointSize))
			if err != nil {
				return m, endsEarly(err)
			}
			table = append([]byte(nil), body...)
		}
		offset += int64(size)
		if last {
			m.audio = offset
			m.points = parseSeekTable(table, m)
			return m, nil
		}
	}
	return m, fmt.Errorf("%w: it has too many metadata blocks", codec.ErrDamaged)
}

// endsEarly makes the end of the file, met in the headers, a damage.
func endsEarly(err error) error {
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: it ends before its first frame", codec.ErrDamaged)
	}
	return err
}

func parseStreamInfo(b []byte) (streamInfo, error) {
	if len(b) < 34 {
		return streamInfo{}, fmt.Errorf("%w: its stream information is too short", codec.ErrDamaged)
	}
	packed := binary.BigEndian.Uint64(b[10:])
	info := streamInfo{
		minBlock: int(binary.BigEndian.Uint16(b)),
		maxBlock: int(binary.BigEndian.Uint16(b[2:])),
		rate:     int(packed >> 44),
		channels: int(packed>>41&7) + 1,
		bits:     int(packed>>36&31) + 1,
		frames:   int64(packed & (1<<36 - 1)),
	}
	if info.rate == 0 || info.maxBlock < 1 || info.bits < 4 {
		return streamInfo{}, fmt.Errorf("%w: its stream information makes no sense", codec.ErrDamaged)
	}
	return info, nil
}

// parseSeekTable keeps the points that ascend and lie in the stream. They are
// hints: a seek verifies the frame that it finds there.
func parseSeekTable(b []byte, m metadata) []seekPoint {
	var points []seekPoint
	last := seekPoint{-1, -1}
	for ; len(b) >= seekPointSize; b = b[seekPointSize:] {
		frame, offset := binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])
		if frame == placeholder || frame >= 1<<36 || offset >= 1<<48 {
			continue
		}
		p := seekPoint{int64(frame), m.audio + int64(offset)}
		if p.frame > last.frame && p.offset > last.offset && (m.info.frames == 0 || p.frame < m.info.frames) {
			points = append(points, p)
			last = p
		}
	}
	return points
}
