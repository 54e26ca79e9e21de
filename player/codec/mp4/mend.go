package mp4

import (
	"bytes"
	"encoding/binary"
)

// The boxes that a track is made of, and those around them. mend looks for the
// former by name and makes the latter anew.
var (
	mendedTables = []string{"stsd", "stts", "stsc", "stsz", "stco", "co64"}
	mendedOthers = []string{"mvhd", "tkhd", "elst", "mdhd", "trex"}
)

// mend makes a new movie box out of one whose boxes do not lie within each other
// as they should: a size or a name is wrong, or the end is missing. It is nil
// where that cannot be done, as where there is more than one track: nothing
// tells then whose a table is. Sizes that make no sense are those up to the next
// known name.
func mend(moov boxes) boxes {
	const handlerAt = 12 // bytes from the name of the handler box to what it tells
	h := bytes.Index(moov, []byte("hdlr"))
	video := h >= 0 && bytes.HasPrefix(moov[min(h+handlerAt, len(moov)):], []byte("vide"))
	if video || bytes.Count(moov, []byte("stsd")) != 1 {
		return nil
	}
	var starts []int
	for _, names := range [][]string{mendedTables, mendedOthers, {"minf", "stbl", "udta", "mvex"}} {
		for _, name := range names {
			if at := bytes.Index(moov, []byte(name)); at >= 4 {
				starts = append(starts, at-4)
			}
		}
	}
	wrap := func(name string, content ...[]byte) []byte {
		body := bytes.Join(content, nil)
		if len(body) == 0 {
			return nil
		}
		b := binary.BigEndian.AppendUint32(nil, uint32(8+len(body)))
		return append(append(b, name...), body...)
	}
	leaf := func(name string) []byte {
		at := bytes.Index(moov, []byte(name)) - 4
		if at < 0 {
			return nil
		}
		end := at + int(binary.BigEndian.Uint32(moov[at:]))
		if end < at+8 || end > len(moov) {
			end = len(moov)
			for _, s := range starts {
				if s > at {
					end = min(end, s)
				}
			}
		}
		return wrap(name, moov[min(at+8, end):end])
	}
	var tables []byte
	for _, name := range mendedTables {
		tables = append(tables, leaf(name)...)
	}
	sound := wrap("hdlr", []byte("\x00\x00\x00\x00\x00\x00\x00\x00soun"))
	return bytes.Join([][]byte{
		leaf("mvhd"),
		wrap("trak",
			leaf("tkhd"),
			wrap("edts", leaf("elst")),
			wrap("mdia", leaf("mdhd"), sound, wrap("minf", wrap("stbl", tables)))),
		wrap("mvex", leaf("trex")),
	}, nil)
}
