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
// that claims to reach past the end of the track gives that claim; reading
// there is io.EOF like any read past the end.
func AudioStart(ctx context.Context, src source.Source) (int64, error) {
	var start int64
	for range maxLeadingTags {
		var head [id3HeaderSize]byte
		n, err := src.ReadAt(ctx, head[:], start)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		size, ok := id3Size(head[:n])
		if !ok {
			break
		}
		start += size
	}
	return start, nil
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
