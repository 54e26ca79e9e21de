// Package export writes a copy of a file of audio with tags and a cover, as
// other players read them. The audio itself stays as it is, byte for byte:
// nothing is decoded.
//
// FLAC gets a Vorbis comment and a picture (RFC 9639), Ogg Vorbis, Opus and FLAC
// in Ogg the same in their comment header (RFC 3533, RFC 7845), MP4 the atoms of
// iTunes, MP3 and ADTS an ID3v2.4 tag in front of them, WAV and AIFF one in a
// chunk. The sound of an MPEG transport stream, which has no room for them, is put
// into an MP4 or MP3 file. What a file says besides what is written stays, so gains and the
// lengths of padding are not lost. Any other format is copied as it is.
//
// What is read is taken for hostile: sizes are bounded, and a file that breaks
// the rules of its format is ErrDamaged.
package export

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// ErrDamaged: the file breaks the rules of its format, so that nothing can be
// put into it.
var ErrDamaged = errors.New("export: damaged file")

// Tags are what the copy says of itself. What is empty is not written, and what
// the file says of it stays.
type Tags struct {
	Title, Artist, Album, AlbumArtist string

	Date          string // YYYY, YYYY-MM or YYYY-MM-DD
	Number, Total int    // place on the album from 1, and how many are on it
	Cover         []byte // JPEG or PNG; anything else is not written
}

// maxCover is the largest picture that is written, in bytes: FLAC has 24 bits
// for the size of a block, and it is more than any cover needs.
const maxCover = 12 << 20

// cover is the kind of the picture, "" when there is none that can be written.
func (t Tags) cover() string {
	if len(t.Cover) == 0 || len(t.Cover) > maxCover {
		return ""
	}
	switch kind := http.DetectContentType(t.Cover); kind {
	case "image/jpeg", "image/png":
		return kind
	}
	return ""
}

// Format is a format of files.
type Format string

// The formats.
const (
	FLAC  Format = "FLAC"
	Ogg   Format = "Ogg"
	Opus  Format = "Opus" // in Ogg
	MP3   Format = "MP3"
	ADTS  Format = "ADTS"
	MP4   Format = "MP4"
	WAV   Format = "WAV"
	AIFF  Format = "AIFF"
	TS    Format = "MPEG-TS"
	Other Format = "" // copied as it is
)

// Extension is what names of files of the format end with, with its dot.
func (f Format) Extension() string {
	if ext, ok := map[Format]string{
		FLAC: ".flac", Ogg: ".ogg", Opus: ".opus", MP3: ".mp3", ADTS: ".aac", MP4: ".m4a", WAV: ".wav", AIFF: ".aiff", TS: ".ts",
	}[f]; ok {
		return ext
	}
	return ".audio"
}

// Detect tells the format of a file of size bytes by its beginning. A tag in
// front of the audio does not hide it.
func Detect(r io.ReaderAt, size int64) (Format, error) {
	at, err := skipID3(r, size)
	if err != nil {
		return Other, err
	}
	head := make([]byte, 200)
	n, err := r.ReadAt(head, at)
	if err != nil && !errors.Is(err, io.EOF) {
		return Other, fmt.Errorf("export: reading the beginning: %w", err)
	}
	head = head[:n]
	return formatOf(head, at > 0), nil
}

// Result is the format of what Write makes of a file.
func Result(r io.ReaderAt, size int64) (Format, error) {
	format, err := Detect(r, size)
	if err != nil || format != TS {
		return format, err
	}
	if s, err := openStream(r, size); err == nil {
		return s.format, nil
	}
	return TS, nil // which is copied as it is
}

// formatOf is the format of what begins with head; tagged when an ID3 tag came
// before, which not every format suffers.
func formatOf(head []byte, tagged bool) Format {
	for _, sign := range []struct {
		format Format
		bare   bool // nothing may be in front
		at     int
		text   string
		also   int // at which place stands
		second string
	}{
		{FLAC, false, 0, "fLaC", 0, ""},
		{Opus, false, 0, "OggS", 28, "OpusHead"},
		{Ogg, false, 0, "OggS", 29, "vorbis"},
		{Ogg, false, 0, "OggS", 28, "\x7fFLAC"},
		{MP4, true, 4, "ftyp", 0, ""},
		{WAV, true, 0, "RIFF", 8, "WAVE"},
		{AIFF, true, 0, "FORM", 8, "AIFF"},
		{AIFF, true, 0, "FORM", 8, "AIFC"},
		{TS, true, 0, "G", 188, "G"}, // the sync bytes of packets
	} {
		if stands(head, sign.at, sign.text) && stands(head, sign.also, sign.second) && !(sign.bare && tagged) {
			return sign.format
		}
	}
	switch {
	case len(head) < 4 || head[0] != 0xff:
		return Other
	case head[1]&0xf6 == 0xf0: // the sync word, and layer 0
		return ADTS
	case head[1]&0xe6 == 0xe2 && head[2]>>4 != 15 && head[2]>>2&3 != 3: // layer III
		return MP3
	}
	return Other
}

func stands(in []byte, at int, text string) bool {
	return len(in) >= at+len(text) && string(in[at:at+len(text)]) == text
}

// Write copies the size bytes of r to w, with tags. It does not close either.
// When it fails, something may have been written.
func Write(w io.Writer, r io.ReaderAt, size int64, t Tags) error {
	format, err := Detect(r, size)
	if err != nil {
		return err
	}
	if kind := t.cover(); kind == "" {
		t.Cover = nil
	}
	var pieces []piece
	switch format {
	case FLAC:
		pieces, err = tagFLAC(r, size, t)
	case Ogg, Opus:
		return tagOgg(w, r, size, t)
	case MP3:
		pieces, err = tagID3(r, size, t)
	case ADTS:
		if pieces, err = tagID3(r, size, t); err == nil {
			pieces = untagged(r, pieces)
		}
	case TS:
		if s, err := openStream(r, size); err == nil {
			return s.write(w, t)
		}
		pieces = []piece{{from: 0, to: size}}
	case MP4:
		pieces, err = tagMP4(r, size, t)
	case WAV:
		pieces, err = tagChunks(r, size, t, binary.LittleEndian, "id3 ")
	case AIFF:
		pieces, err = tagChunks(r, size, t, binary.BigEndian, "ID3 ")
	default:
		pieces = []piece{{from: 0, to: size}}
	}
	if err != nil {
		return err
	}
	for _, p := range pieces {
		if err := p.write(w, r); err != nil {
			return fmt.Errorf("export: writing: %w", err)
		}
	}
	return nil
}

// piece is a part of the copy: bytes, or a stretch of the file.
type piece struct {
	data     []byte
	from, to int64
}

func (p piece) write(w io.Writer, r io.ReaderAt) error {
	if p.data != nil {
		_, err := w.Write(p.data)
		return err
	}
	n, err := io.Copy(w, io.NewSectionReader(r, p.from, p.to-p.from))
	if err == nil && n != p.to-p.from {
		return io.ErrUnexpectedEOF
	}
	return err
}

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}

// readAt reads n bytes, no more than most.
func readAt(r io.ReaderAt, at, n, most int64) ([]byte, error) {
	if n < 0 || n > most {
		return nil, damaged("a part of %d bytes", n)
	}
	b := make([]byte, n)
	if _, err := r.ReadAt(b, at); err != nil && (!errors.Is(err, io.EOF) || n > 0) {
		if errors.Is(err, io.EOF) {
			return nil, damaged("it ends at %d", at)
		}
		return nil, fmt.Errorf("export: reading: %w", err)
	}
	return b, nil
}

// tagChunks puts an ID3 tag at the end of a file of chunks, RIFF or AIFF, in
// place of one that is there, and of what says the same in older ways.
func tagChunks(r io.ReaderAt, size int64, t Tags, order byteOrder, name string) ([]piece, error) {
	head, err := readAt(r, 0, 12, 12)
	if err != nil {
		return nil, err
	}
	pieces := []piece{{data: head}}
	for at := int64(12); at+8 <= size; {
		chunk, err := readAt(r, at, 8, 8)
		if err != nil {
			return nil, err
		}
		length := int64(order.Uint32(chunk[4:]))
		if at+8+length > size {
			// A recording that was cut off, or a size that was not known when it
			// was written: nothing can come after it.
			return []piece{{from: 0, to: size}}, nil
		}
		end := min(at+8+length+length%2, size)
		says, err := describes(r, at, string(chunk[:4]), length)
		if err != nil {
			return nil, err
		}
		if !says {
			pieces = append(pieces, piece{from: at, to: end})
			if end-at-8 < length+length%2 {
				pieces = append(pieces, piece{data: []byte{0}})
			}
		}
		at = end
	}
	tag := id3Tag(t, nil)
	if len(tag)%2 != 0 {
		tag = append(tag, 0)
	}
	chunk := order.AppendUint32([]byte(name), uint32(len(tag)))
	pieces = append(pieces, piece{data: append(chunk, tag...)})
	total := int64(-8)
	for _, p := range pieces {
		total += int64(len(p.data)) + p.to - p.from
	}
	if total > 1<<32-1 {
		return []piece{{from: 0, to: size}}, nil // no room in its header for a longer file
	}
	order.PutUint32(head[4:], uint32(total))
	return pieces, nil
}

// describes tells whether a chunk says what an ID3 tag says.
func describes(r io.ReaderAt, at int64, name string, length int64) (bool, error) {
	switch name {
	case "id3 ", "ID3 ", "NAME", "AUTH":
		return true, nil
	case "LIST":
		kind, err := readAt(r, at+8, min(4, length), 4)
		return string(kind) == "INFO", err
	}
	return false, nil
}

type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}
