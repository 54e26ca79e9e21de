package local

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fromBytes reads the tags of a file with a content.
func fromBytes(t *testing.T, content []byte) (Tags, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "name.mp3")
	must(t, os.WriteFile(path, content, 0o600))
	_, err := Picture(path)
	return ReadTags(path), err
}

func be32(n int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }
func le32(n int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(n)) }

// flacPicture is a picture block that claims to be claimed bytes long.
func flacPicture(picture []byte, claimed int) []byte {
	return slices.Concat(be32(3), be32(10), []byte("image/jpeg"), be32(0), make([]byte, 16), be32(claimed), picture)
}

func flacBlock(kind byte, block []byte) []byte {
	return append([]byte{kind, byte(len(block) >> 16), byte(len(block) >> 8), byte(len(block))}, block...)
}

func comments(texts ...string) []byte {
	b := append(le32(2), "us"...)
	b = append(b, le32(len(texts))...)
	for _, text := range texts {
		b = append(append(b, le32(len(text))...), text...)
	}
	return b
}

// oggPages are packets of one stream, each on pages of its own.
func oggPages(packets ...[]byte) (out []byte) {
	for _, p := range packets {
		for first := true; ; first = false {
			n := min(len(p), 255*255)
			table := bytes.Repeat([]byte{255}, n/255)
			last := n < 255*255
			if last {
				table = append(table, byte(n%255))
			}
			head := append([]byte("OggS\x00"), make([]byte, 22)...)
			if !first {
				head[5] = 1
			}
			head[26] = byte(len(table))
			page := slices.Concat(head, table, p[:n])
			binary.LittleEndian.PutUint32(page[22:], oggSum(page))
			out, p = append(out, page...), p[n:]
			if last {
				break
			}
		}
	}
	return out
}

// oggSum is the checksum of a page, of RFC 3533.
func oggSum(page []byte) (sum uint32) {
	for _, c := range page {
		sum ^= uint32(c) << 24
		for range 8 {
			if sum&0x80000000 != 0 {
				sum = sum<<1 ^ 0x04c11db7
			} else {
				sum <<= 1
			}
		}
	}
	return sum
}

func vorbis(block []byte) []byte {
	return oggPages([]byte("\x01vorbis and more"), append([]byte("\x03vorbis"), block...))
}

// TestTagsOfEachKind are read through the guard as they are without it.
func TestTagsOfEachKind(t *testing.T) {
	big := append(slices.Clone(jpeg), make([]byte, 300_000)...)
	inComment := func(claimed int) string {
		return "METADATA_block_picture=" + base64.StdEncoding.EncodeToString(flacPicture(big, claimed))
	}
	unsynchronised := tagged(map[string]string{"TIT2": "One"}, append(slices.Clone(jpeg), 0xff, 0, 0, 0xff, 0xe0))
	body := bytes.ReplaceAll(unsynchronised[10:], []byte{0xff, 0}, []byte{0xff, 0, 0})
	body = bytes.ReplaceAll(body, []byte{0xff, 0xe0}, []byte{0xff, 0, 0xe0})
	body = bytes.ReplaceAll(body, []byte{0xff, 0xd8}, []byte{0xff, 0, 0xd8})
	n := len(body)
	unsynchronised = append([]byte{'I', 'D', '3', 3, 0, 0x80, 0, byte(n >> 14), byte(n >> 7 & 0x7f), byte(n & 0x7f)}, body...)

	for name, content := range map[string][]byte{
		"ID3":                   tagged(map[string]string{"TIT2": "One"}, big),
		"unsynchronised ID3":    append(unsynchronised, "\xff\xfbsound"...),
		"FLAC":                  slices.Concat([]byte("fLaC"), flacBlock(4, comments("TITLE=One")), flacBlock(0x86, flacPicture(big, len(big)))),
		"FLAC, in its comments": slices.Concat([]byte("fLaC"), flacBlock(0x84, comments("TITLE=One", inComment(len(big))))),
		"Ogg":                   vorbis(comments("TITLE=One", inComment(len(big)))),
	} {
		tags, err := fromBytes(t, content)
		if err != nil || tags.Title != "One" || !tags.Picture {
			t.Errorf("%s: %+v, %v", name, tags, err)
		}
	}
	for name, content := range map[string][]byte{
		"FLAC":                  slices.Concat([]byte("fLaC"), flacBlock(4, comments("TITLE=One")), flacBlock(0x86, flacPicture(big, 1<<31))),
		"FLAC, in its comments": slices.Concat([]byte("fLaC"), flacBlock(0x84, comments("TITLE=One", inComment(1<<31)))),
		"Ogg":                   vorbis(comments("TITLE=One", inComment(1<<31))),
		"Opus":                  oggPages([]byte("OpusHead"), append([]byte("OpusTags"), comments("TITLE=One", inComment(1<<31))...)),
	} {
		if tags, err := fromBytes(t, content); err == nil || tags.Title != "name" {
			t.Errorf("%s with a picture of 2 GB: %+v", name, tags)
		}
	}
}

// TestTagsThatAreTraps would each take the whole process with them, or hold it
// for hours.
func TestTagsThatAreTraps(t *testing.T) {
	mp4 := []byte("\x00\x00\x00\x14ftypM4A \x00\x00\x00\x00\x00\x00\x00\x00")
	frame := "TXXX\x00\x00\x00\x04\x00\x00\x03a\x00b"
	many := strings.Repeat(frame, 1_000_000)
	n := len(many)
	id3 := func(flags byte) []byte {
		return append([]byte{'I', 'D', '3', 3, 0, flags, byte(n >> 21), byte(n >> 14 & 0x7f), byte(n >> 7 & 0x7f), byte(n & 0x7f)}, many...)
	}
	for name, content := range map[string][]byte{
		"atoms in atoms":                 append(slices.Clone(mp4), bytes.Repeat([]byte("\x00\x00\x00\x08moov"), 4_000_000)...),
		"a million frames":               id3(0),
		"a million frames, byte by byte": id3(0x80),
		"a million empty pages":          bytes.Repeat(oggPages(nil), 1_000_000),
		"a picture behind many pages": append(bytes.Repeat(oggPages(nil), 5_000), vorbis(comments("TITLE=One", "METADATA_BLOCK_PICTURE="+
			base64.StdEncoding.EncodeToString(flacPicture(nil, 1<<31))))...),
	} {
		if tags, err := fromBytes(t, content); err == nil || tags.Title != "name" {
			t.Errorf("%s: %+v", name, tags)
		}
	}
	long := tagged(map[string]string{"TIT2": strings.Repeat("long ", 2_000_000), "TCON": strings.Repeat("(4)", 2_000_000)}, nil)
	tags, err := fromBytes(t, long)
	if err != nil || !strings.HasSuffix(tags.Title, "…") || tags.Genre != "" {
		t.Errorf("long texts: %d runes, genre %.20q, %v", len([]rune(tags.Title)), tags.Genre, err)
	}
}

// TestBoundedIsTheFile as far as it may be read, whatever is read of it.
func TestBoundedIsTheFile(t *testing.T) {
	content := make([]byte, 3*window)
	for i := range content {
		content[i] = byte(i * 31 >> 3)
	}
	b := newBounded(bytes.NewReader(content), int64(len(content)))
	for _, at := range []int64{0, 5, window - 2, window, 2*window + 7, 1, 3*window - 3, 3 * window} {
		for _, n := range []int{1, 4, window - 1, window, 2 * window} {
			if _, err := b.Seek(at, 0); err != nil {
				t.Fatal(err)
			}
			p := make([]byte, n)
			got := 0
			for got < n {
				m, err := b.Read(p[got:])
				if got += m; err != nil {
					break
				}
			}
			want := content[at:min(at+int64(n), int64(len(content)))]
			if !bytes.Equal(p[:got], want) {
				t.Fatalf("%d bytes at %d are %d others", n, at, got)
			}
		}
	}
	if _, err := b.Seek(-1, 0); err == nil {
		t.Error("there is something before the beginning")
	}
	if at, err := b.Seek(-10, 2); err != nil || fmt.Sprint(at) != fmt.Sprint(len(content)-10) {
		t.Errorf("ten before the end is %d, %v", at, err)
	}
}
