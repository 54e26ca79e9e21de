package export

import (
	"bytes"
	"encoding/binary"
	"image"
	_ "image/jpeg" // for the sizes of covers
	_ "image/png"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Kinds of metadata blocks of FLAC (RFC 9639, section 8.1).
const (
	flacPadding = 1
	flacComment = 4
	flacPicture = 6

	flacLast  = 0x80 // set in the kind of the last block
	maxBlock  = 1<<24 - 1
	maxBlocks = 256
)

// tagFLAC replaces the comment and the front cover among the metadata blocks.
// Padding goes: it was room for what is written now.
func tagFLAC(r io.ReaderAt, size int64, t Tags) ([]piece, error) {
	start, err := skipID3(r, size)
	if err != nil {
		return nil, err
	}
	var kept [][]byte // blocks with their headers
	var comment []byte
	at := start + 4
	for last := false; !last; {
		head, err := readAt(r, at, 4, 4)
		if err != nil {
			return nil, err
		}
		last = head[0]&flacLast != 0
		length := int64(head[1])<<16 | int64(head[2])<<8 | int64(head[3])
		body, err := readAt(r, at+4, length, maxBlock)
		if err != nil {
			return nil, err
		}
		at += 4 + length
		switch kind := head[0] &^ flacLast; {
		case kind == flacPadding:
		case kind == flacComment:
			comment = body
		case kind == flacPicture && t.Cover != nil && len(body) >= 4 && binary.BigEndian.Uint32(body) == frontCover:
		default:
			kept = append(kept, flacBlock(kind, body))
		}
		if len(kept) > maxBlocks {
			return nil, damaged("too many blocks")
		}
	}
	if len(kept) == 0 || kept[0][0] != 0 {
		return nil, damaged("it does not begin with its stream's description")
	}
	blocks := slices.Insert(kept, 1, flacBlock(flacComment, comments(t, comment, false)))
	if t.Cover != nil {
		blocks = append(blocks, flacBlock(flacPicture, picture(t)))
	}
	blocks[len(blocks)-1][0] |= flacLast
	return []piece{{data: append([]byte("fLaC"), bytes.Join(blocks, nil)...)}, {from: at, to: size}}, nil
}

func flacBlock(kind byte, body []byte) []byte {
	n := len(body)
	return append([]byte{kind, byte(n >> 16), byte(n >> 8), byte(n)}, body...)
}

// frontCover is the kind of a picture that is a cover.
const frontCover = 3

// picture is a picture block of FLAC, which Ogg uses as well.
func picture(t Tags) []byte {
	kind := t.cover()
	var b []byte
	number := func(n int) { b = binary.BigEndian.AppendUint32(b, uint32(n)) }
	number(frontCover)
	number(len(kind))
	b = append(b, kind...)
	number(0) // it is not described
	size, _, err := image.DecodeConfig(bytes.NewReader(t.Cover))
	if err != nil {
		size = image.Config{} // 0 is not known
	}
	depth := 24
	if err != nil {
		depth = 0
	}
	for _, n := range []int{size.Width, size.Height, depth, 0, len(t.Cover)} {
		number(n)
	}
	return append(b, t.Cover...)
}

// Bounds of a comment that is read.
const (
	maxComments = 4096
	maxComment  = 8 << 20 // bytes of all of them
	vendor      = "Ninth"
)

// comments is a Vorbis comment (xiph.org, "Vorbis I", section 5) with what t
// says, and what an old one says besides. pictures is whether the cover is among
// them, as in Ogg.
func comments(t Tags, old []byte, pictures bool) []byte {
	by, rest := oldComments(old)
	var lines []string
	said := map[string]bool{}
	say := func(name, value string) {
		if value != "" {
			lines, said[name] = append(lines, name+"="+value), true
		}
	}
	number := func(n int) string {
		if n <= 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	say("TITLE", t.Title)
	say("ARTIST", t.Artist)
	say("ALBUM", t.Album)
	say("ALBUMARTIST", t.AlbumArtist)
	say("DATE", t.Date)
	say("TRACKNUMBER", number(t.Number))
	if t.Total >= t.Number {
		say("TRACKTOTAL", number(t.Total))
	}
	if pictures && t.Cover != nil {
		say("METADATA_BLOCK_PICTURE", base64Of(picture(t)))
		said["COVERART"], said["COVERARTMIME"] = true, true
	}
	for _, line := range rest {
		name, _, _ := strings.Cut(line, "=")
		if !said[strings.ToUpper(name)] {
			lines = append(lines, line)
		}
	}
	var b []byte
	text := func(s string) { b = append(binary.LittleEndian.AppendUint32(b, uint32(len(s))), s...) }
	text(by)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(lines)))
	for _, line := range lines {
		text(line)
	}
	return b
}

// oldComments reads a comment as far as it makes sense.
func oldComments(b []byte) (by string, lines []string) {
	next := func() (string, bool) {
		if len(b) < 4 {
			return "", false
		}
		n := binary.LittleEndian.Uint32(b)
		if b = b[4:]; uint64(n) > uint64(len(b)) {
			b = nil
			return "", false
		}
		s := string(b[:n])
		b = b[n:]
		return s, true
	}
	by, ok := next()
	if !ok || len(b) < 4 {
		return vendor, nil
	}
	count := binary.LittleEndian.Uint32(b)
	b = b[4:]
	size := 0
	for range min(count, maxComments) {
		line, ok := next()
		if size += len(line); !ok || size > maxComment {
			break
		}
		lines = append(lines, line)
	}
	return by, lines
}
