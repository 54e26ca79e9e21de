package media

import "encoding/binary"

// maxDepth bounds how deep boxes lie within each other in a movie box.
const maxDepth = 8

// plainMoov is a movie box with nothing in it but what describes its sound. The
// parser makes room for as many entries as a table claims, so each table has to
// have them.
func plainMoov(box []byte, depth int) ([]byte, error) {
	const header = 8
	if len(box) < header || depth > maxDepth {
		return nil, ErrNoPreview
	}
	out := append([]byte(nil), box[:header]...)
	for rest := box[header:]; len(rest) >= header; {
		size := binary.BigEndian.Uint32(rest)
		if size < header || uint64(size) > uint64(len(rest)) {
			return nil, ErrNoPreview
		}
		child := rest[:size]
		rest = rest[size:]
		switch kind := string(child[4:header]); kind {
		case "trak", "edts", "mdia", "minf", "dinf", "stbl":
			inner, err := plainMoov(child, depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, inner...)
		case "mvhd", "tkhd", "mdhd", "hdlr", "smhd":
			out = append(out, child...)
		case "elst", "dref", "stsd", "stts", "stsc", "stsz", "stco", "co64":
			if !hasEntries(kind, child[header:]) {
				return nil, ErrNoPreview
			}
			out = append(out, child...)
		case "mvex":
			return nil, ErrNoPreview // fragments
		}
	}
	binary.BigEndian.PutUint32(out, uint32(len(out)))
	return out, nil
}

// hasEntries reports whether the body of a table is as long as it claims.
func hasEntries(kind string, body []byte) bool {
	width := map[string]uint64{"elst": 12, "dref": 12, "stsd": 16, "stts": 8, "stsc": 12, "stco": 4, "co64": 8}[kind]
	at := 4 // behind version and flags
	if kind == "stsz" {
		at, width = 8, 4
		if len(body) >= at && binary.BigEndian.Uint32(body[4:]) != 0 {
			width = 0 // all of one size
		}
	}
	if kind == "elst" && len(body) > 0 && body[0] == 1 {
		width = 20
	}
	if len(body) < at+4 {
		return false
	}
	return uint64(binary.BigEndian.Uint32(body[at:]))*width <= uint64(len(body)-at-4)
}
