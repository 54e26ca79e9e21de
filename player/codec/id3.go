package codec

import (
	"context"
	"errors"
	"io"

	"github.com/ninth-coop/ninth/player/source"
)

const (
	id3HeaderSize = 10
	// maxLeadingTags bounds how many ID3v2 tags in a row are stepped over;
	// some taggers prepend a second one instead of replacing the first.
	maxLeadingTags = 4
)

// AudioStart returns the byte at which the audio data begins: 0, or the end
// of the ID3v2 tags that lead the track. Only the tag headers are read. A tag
// that claims to reach past the end of the track is taken to end with the last
// of its frames, and the zeros behind that.
func AudioStart(ctx context.Context, src source.Source) (int64, error) {
	var tag, start int64
	for range maxLeadingTags {
		var head [id3HeaderSize]byte
		n, err := src.ReadAt(ctx, head[:], start)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if n == 0 && start > tag {
			return framesEnd(NewReader(ctx, src), tag)
		}
		size, ok := id3Size(head[:n])
		if !ok {
			break
		}
		tag, start = start, start+size
	}
	return start, nil
}

// Bounds of the walk through a tag whose size is a lie.
const (
	maxTagFrames  = 1024
	maxTagPadding = 1 << 20 // bytes
)

// framesEnd is where the frames of the ID3v2 tag at offset tag end, and the
// zeros behind them.
func framesEnd(r *Reader, tag int64) (int64, error) {
	b, err := r.Bytes(tag, id3HeaderSize)
	if err != nil {
		return 0, err
	}
	version, at := b[3], tag+id3HeaderSize
	for range maxTagFrames {
		size, err := id3FrameSize(r, at, version)
		if err != nil {
			return 0, err
		}
		if size == 0 {
			break
		}
		at += size
	}
	return zerosEnd(r, at)
}

// zerosEnd is where the zeros that begin at offset at end.
func zerosEnd(r *Reader, at int64) (int64, error) {
	for limit := at + maxTagPadding; at < limit; {
		b, err := r.Bytes(at, sniffSize)
		zeros := 0
		for zeros < len(b) && b[zeros] == 0 {
			zeros++
		}
		at += int64(zeros)
		if zeros < len(b) || err != nil {
			return at, ignoreEnd(err)
		}
	}
	return at, nil
}

// id3FrameSize is the length of the frame at offset at, its header included; 0
// if none that the track has room for begins there. In version 2.4 a size has
// four times seven bits, in 2.3 four bytes, in 2.2 three, as has the name.
func id3FrameSize(r *Reader, at int64, version byte) (int64, error) {
	header, name := 10, 4
	if version == 2 {
		header, name = 6, 3
	}
	b, err := r.Bytes(at, header)
	if err != nil {
		return 0, ignoreEnd(err)
	}
	for _, c := range b[:name] {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return 0, nil
		}
	}
	var size int64
	for _, c := range b[name : 2*name] {
		if version >= 4 {
			size = size<<7 | int64(c&127)
		} else {
			size = size<<8 | int64(c)
		}
	}
	size += int64(header)
	if end := r.Size(); end >= 0 && at+size > end {
		return 0, nil
	}
	return size, nil
}

// id3Size is the length in bytes of the ID3v2 tag that head begins, header
// and footer included (ID3v2.4.0 §3.1: four bytes of seven bits each).
func id3Size(head []byte) (int64, bool) {
	if len(head) < id3HeaderSize || string(head[:3]) != "ID3" || head[3] == 0xFF || head[4] == 0xFF {
		return 0, false
	}
	size := int64(id3HeaderSize)
	var body int64
	for _, b := range head[6:10] {
		if b >= 0x80 {
			return 0, false
		}
		body = body<<7 | int64(b)
	}
	const footerPresent = 0x10
	if head[5]&footerPresent != 0 {
		size += id3HeaderSize
	}
	return size + body, true
}
