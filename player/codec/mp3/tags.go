package mp3

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/ninth-coop/ninth/player/codec"
)

// skipTags is the offset behind the tags that begin at offset: ID3v2, ID3v1
// and APE. There may be none; one that claims to reach past the end of the
// track is none.
func skipTags(r *codec.Reader, offset int64) (int64, error) {
	const longestHeader, maxTags = 32, 4
	for range maxTags {
		b, err := r.Bytes(offset, longestHeader)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		size := tagSize(b)
		if end := r.Size(); size == 0 || end >= 0 && offset+size > end {
			break
		}
		offset += size
	}
	return offset, nil
}

// tagSize is the length in bytes of the tag that b begins with, 0 if none does.
func tagSize(b []byte) int64 {
	const apeHeader = 32
	switch {
	case len(b) >= apeHeader && string(b[:8]) == "APETAGEX":
		return apeHeader + int64(binary.LittleEndian.Uint32(b[12:]))
	case len(b) >= id3Header && string(b[:3]) == "ID3" && b[3] < 0xFF:
		return id3Header + int64(syncsafe(b[6:10]))
	case len(b) >= 3 && string(b[:3]) == "TAG":
		return 128
	}
	return 0
}

const id3Header = 10

// syncsafe is a number of four times seven bits (ID3v2.4.0 §6.2).
func syncsafe(b []byte) int {
	return int(b[0]&127)<<21 | int(b[1]&127)<<14 | int(b[2]&127)<<7 | int(b[3]&127)
}

// Bounds of the search for iTunSMPB: a tag may lie about its frames.
const (
	maxID3Frames = 200
	maxComment   = 1 << 10
)

// id3 is what an ID3v2 tag says that matters here.
type id3 struct {
	trimmed gapless // by the comment of iTunes; delay is -1 if there is none
	gains   codec.Gains
}

// readID3 reads the tag that leads the track, if one does: the comment that
// iTunes writes (in hexadecimal, after a field of zeros, the encoder's delay,
// its padding and the length, in samples per channel), and the gains. Only the
// headers of the tag's other frames are read.
func readID3(ctx context.Context, r *codec.Reader) (tag id3, err error) {
	tag.trimmed = gapless{delay: -1, length: -1}
	b, err := r.Bytes(0, id3Header)
	if err != nil || string(b[:3]) != "ID3" {
		return tag, ignoreMiss(err)
	}
	version, end := b[3], id3Header+int64(syncsafe(b[6:10]))
	at := int64(id3Header)
	var gains codec.GainTags
	for range maxID3Frames {
		head := id3FrameHeader
		if version == 2 {
			head = id3v22FrameHeader
		}
		b, err := r.Bytes(at, head)
		if err != nil || at >= end || b[0] == 0 {
			tag.gains = gains.Gains()
			return tag, ignoreMiss(err)
		}
		name, size := id3Frame(b, version)
		if (name == "COM" || name == "TXX") && size <= maxComment {
			body, err := r.Bytes(at+int64(head), size)
			if err != nil {
				return tag, ignoreMiss(err)
			}
			if g, ok := parseITunSMPB(body); ok && name == "COM" {
				tag.trimmed = g
			}
			if name == "TXX" {
				gains.Tag(userText(body))
			}
		}
		at += int64(head + size)
	}
	tag.gains = gains.Gains()
	return tag, ctx.Err()
}

// userText splits a frame of a person's own text (ID3v2.4.0 §4.2.6): a byte
// that names the encoding, a description, a zero, and the text. Only ASCII
// matters here, which is alike in all encodings but for zeros between.
func userText(body []byte) (description, text string) {
	if len(body) == 0 {
		return "", ""
	}
	wide, body := body[0] == 1 || body[0] == 2, body[1:]
	var ascii []byte
	for i := 0; i < len(body); i++ {
		c := body[i]
		if wide && i+1 < len(body) {
			c |= body[i+1]
			i++
		}
		if c < 0x80 {
			ascii = append(ascii, c)
		}
	}
	description, text, _ = strings.Cut(string(ascii), "\x00")
	return description, strings.TrimRight(text, "\x00")
}

const (
	id3FrameHeader    = 10
	id3v22FrameHeader = 6
)

// id3Frame is the first three letters of a frame's name, which is all of it in
// ID3v2.2, and the size of its body.
func id3Frame(b []byte, version byte) (name string, size int) {
	name = string(b[:3])
	switch version {
	case 2:
		return name, int(b[3])<<16 | int(b[4])<<8 | int(b[5])
	case 3:
		return name, int(binary.BigEndian.Uint32(b[4:]) & (1<<28 - 1))
	}
	return name, syncsafe(b[4:8])
}

// parseITunSMPB reads the comment, which is ASCII in any of the text's
// encodings: without zeros and byte order marks they are one.
func parseITunSMPB(body []byte) (gapless, bool) {
	ascii := slices.DeleteFunc(slices.Clone(body), func(b byte) bool { return b == 0 || b >= 0x80 })
	_, text, ok := strings.Cut(string(ascii), "iTunSMPB")
	fields := strings.Fields(text)
	if !ok || len(fields) < 4 {
		return gapless{}, false
	}
	var numbers [4]int64
	for i := range numbers {
		n, err := strconv.ParseInt(fields[i], 16, 48)
		if err != nil || n < 0 {
			return gapless{}, false
		}
		numbers[i] = n
	}
	const most = 1 << 16 // no encoder delays by more
	if numbers[1] > most || numbers[3] == 0 {
		return gapless{}, false
	}
	return gapless{delay: numbers[1], length: numbers[3]}, true
}
