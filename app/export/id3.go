package export

import (
	"fmt"
	"io"
	"slices"
)

// The sizes of ID3v2.
const (
	id3Head = 10
	maxID3  = 64 << 20 // of a tag that is read
)

// id3Size is how long the ID3v2 tag at the beginning of b is, its header and
// footer included; 0 when there is none.
func id3Size(b []byte) int64 {
	if len(b) < id3Head || string(b[:3]) != "ID3" || b[3] == 0xff || b[4] == 0xff {
		return 0
	}
	n, ok := synchsafe(b[6:10])
	if !ok {
		return 0
	}
	if b[5]&0x10 != 0 {
		n += id3Head // a footer
	}
	return n + id3Head
}

// synchsafe reads a number of four times seven bits.
func synchsafe(b []byte) (n int64, ok bool) {
	for _, v := range b[:4] {
		if v >= 0x80 {
			return 0, false
		}
		n = n<<7 | int64(v)
	}
	return n, true
}

func appendSynchsafe(b []byte, n int) []byte {
	return append(b, byte(n>>21&0x7f), byte(n>>14&0x7f), byte(n>>7&0x7f), byte(n&0x7f))
}

// skipID3 is where the audio begins, behind any ID3v2 tags.
func skipID3(r io.ReaderAt, size int64) (at int64, err error) {
	head := make([]byte, id3Head)
	const most = 8 // tags, one behind the other
	for range most {
		if at+id3Head > size {
			return at, nil
		}
		if _, err := r.ReadAt(head, at); err != nil {
			return 0, fmt.Errorf("export: reading the beginning: %w", err)
		}
		n := id3Size(head)
		if n == 0 {
			return at, nil
		}
		if at += n; at > size {
			return 0, damaged("a tag of %d bytes", n)
		}
	}
	return at, nil
}

// tagID3 puts an ID3v2.4 tag in front of the audio, in place of those that are
// there.
func tagID3(r io.ReaderAt, size int64, t Tags) ([]piece, error) {
	at, err := skipID3(r, size)
	if err != nil {
		return nil, err
	}
	var old []byte
	if at > 0 && at <= maxID3 {
		if old, err = readAt(r, 0, at, maxID3); err != nil {
			return nil, err
		}
	}
	return []piece{{data: id3Tag(t, old)}, {from: at, to: size}}, nil
}

// frame is a frame of an ID3v2.4 tag.
type frame struct {
	id   string
	body []byte
}

// id3Tag is a tag (ID3v2.4, id3.org) with what t says, and the frames of an old
// one that say something else.
func id3Tag(t Tags, old []byte) []byte {
	var frames []frame
	text := func(id, value string) {
		if value != "" {
			frames = append(frames, frame{id, append([]byte{3}, value...)}) // 3 is UTF-8
		}
	}
	text("TIT2", t.Title)
	text("TPE1", t.Artist)
	text("TALB", t.Album)
	text("TPE2", t.AlbumArtist)
	text("TDRC", t.Date)
	if t.Number > 0 {
		number := fmt.Sprint(t.Number)
		if t.Total >= t.Number {
			number += fmt.Sprint("/", t.Total)
		}
		text("TRCK", number)
	}
	if t.Cover != nil {
		body := append([]byte{0}, t.cover()...)
		body = append(body, 0, 3, 0) // the front cover, not described
		frames = append(frames, frame{"APIC", append(body, t.Cover...)})
	}
	written := map[string]bool{}
	for _, f := range frames {
		written[f.id] = true
	}
	if written["TDRC"] {
		written["TYER"], written["TDAT"] = true, true // how the version before says it
	}
	for _, f := range oldFrames(old) {
		if !written[f.id] {
			frames = append(frames, f)
		}
	}
	var body []byte
	for _, f := range frames {
		body = append(body, f.id...)
		body = appendSynchsafe(body, len(f.body))
		body = append(body, 0, 0)
		body = append(body, f.body...)
	}
	tag := appendSynchsafe([]byte{'I', 'D', '3', 4, 0, 0}, len(body))
	return append(tag, body...)
}

// maxKept is how many bytes of frames of an old tag are kept: with a cover, the
// new tag stays below what its size field can say.
const maxKept = 16 << 20

// oldFrames are the frames of a tag of version 2.3 or 2.4 that can be put into
// another one as they are: without flags. Of a tag in which bytes are escaped,
// there are none.
func oldFrames(tag []byte) (out []frame) {
	if len(tag) < id3Head || (tag[3] != 3 && tag[3] != 4) || tag[5]&0xc0 != 0 {
		return nil
	}
	kept := 0
	for b := tag[id3Head:min(id3Size(tag), int64(len(tag)))]; len(b) >= 10 && b[0] != 0; {
		n, ok := int64(b[4])<<24|int64(b[5])<<16|int64(b[6])<<8|int64(b[7]), true
		if tag[3] == 4 {
			n, ok = synchsafe(b[4:8])
		}
		if !ok || n > int64(len(b)-10) || !plainID(b[:4]) {
			return out
		}
		if kept += int(n); kept > maxKept {
			return out
		}
		if b[8] == 0 && b[9] == 0 {
			out = append(out, frame{string(b[:4]), slices.Clone(b[10 : 10+n])})
		}
		b = b[10+n:]
	}
	return out
}

func plainID(id []byte) bool {
	for _, c := range id {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
