package export

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
)

const (
	maxMoov  = 128 << 20 // bytes of what describes a file
	maxBoxes = 1 << 20   // at the top of a file
	maxDepth = 8
)

// box is a box of a file of the ISO base media file format (ISO/IEC 14496-12).
type box struct {
	kind     string
	from, to int64 // with its header
	head     int64 // bytes of the header
}

// topBoxes are the boxes of a file.
func topBoxes(r io.ReaderAt, size int64) (out []box, err error) {
	for at := int64(0); at < size; {
		head, err := readAt(r, at, min(16, size-at), 16)
		if err != nil {
			return nil, err
		}
		b, err := boxAt(head, at, size)
		if err != nil {
			return nil, err
		}
		if out = append(out, b); len(out) > maxBoxes {
			return nil, damaged("too many boxes")
		}
		at = b.to
	}
	return out, nil
}

// boxAt reads the header of a box at at, in what ends at end.
func boxAt(head []byte, at, end int64) (b box, err error) {
	if len(head) < 8 {
		return b, damaged("half a box at %d", at)
	}
	length := int64(binary.BigEndian.Uint32(head))
	b = box{kind: string(head[4:8]), from: at, head: 8}
	switch length {
	case 0:
		length = end - at // to the end
	case 1:
		if len(head) < 16 {
			return b, damaged("half a box at %d", at)
		}
		large := binary.BigEndian.Uint64(head[8:])
		if large > math.MaxInt64 {
			return b, damaged("a box of %d bytes", large)
		}
		length, b.head = int64(large), 16
	}
	if length < b.head || length > end-at {
		return b, damaged("a box of %d bytes at %d", length, at)
	}
	b.to = at + length
	return b, nil
}

// boxes are those in b, which follow one another.
func boxes(b []byte) (out []box, err error) {
	for at := int64(0); at < int64(len(b)); {
		if int64(len(b))-at < 8 { // QuickTime ends some lists with four zeros
			return out, nil
		}
		x, err := boxAt(b[at:], at, int64(len(b)))
		if err != nil {
			return nil, err
		}
		out, at = append(out, x), x.to
	}
	return out, nil
}

// makeBox is a box with its content.
func makeBox(kind string, content ...[]byte) []byte {
	body := bytes.Join(content, nil)
	b := binary.BigEndian.AppendUint32(make([]byte, 0, len(body)+8), uint32(len(body)+8))
	return append(append(b, kind...), body...)
}

// tagMP4 rewrites what describes the file, and moves what points behind it.
func tagMP4(r io.ReaderAt, size int64, t Tags) ([]piece, error) {
	top, err := topBoxes(r, size)
	if err != nil {
		return nil, err
	}
	var pieces []piece
	var moov []byte
	var end int64 // of the old one
	for _, b := range top {
		switch b.kind {
		case "moov":
			if moov != nil {
				return nil, damaged("it is described twice")
			}
			old, err := readAt(r, b.from+b.head, b.to-b.from-b.head, maxMoov)
			if err != nil {
				return nil, err
			}
			if moov, err = tagMoov(old, t); err != nil {
				return nil, err
			}
			moov, end = makeBox("moov", moov), b.to
			pieces = append(pieces, piece{data: moov})
		case "moof":
			// What points to the audio of a fragment may point from the beginning
			// of the file.
			fragment, err := readAt(r, b.from, b.to-b.from, maxMoov)
			if err != nil {
				return nil, err
			}
			pieces = append(pieces, piece{data: fragment})
		case "mfra": // it points to fragments, and may be left out
		default:
			pieces = append(pieces, piece{from: b.from, to: b.to})
		}
	}
	if moov == nil {
		return nil, damaged("nothing describes it")
	}
	var before int64
	for _, b := range top {
		if b.kind == "moov" {
			before = b.to - b.from
		}
	}
	move := shift{behind: end, by: int64(len(moov)) - before}
	for _, p := range pieces {
		if p.data == nil {
			continue
		}
		if err := move.in(p.data, 0); err != nil {
			return nil, err
		}
	}
	return pieces, nil
}

// shift moves what points behind a place in the file.
type shift struct{ behind, by int64 }

// in moves what is in boxes that follow one another.
func (s shift) in(b []byte, depth int) error {
	if s.by == 0 || depth > maxDepth {
		return nil
	}
	inside, err := boxes(b)
	if err != nil {
		return err
	}
	for _, x := range inside {
		body := b[x.from+x.head : x.to]
		switch x.kind {
		case "moov", "trak", "mdia", "minf", "stbl", "moof", "traf":
			err = s.in(body, depth+1)
		case "stco":
			err = s.table(body, 4)
		case "co64":
			err = s.table(body, 8)
		case "tfhd":
			const absolute = 1 // a flag: the base of its audio is said
			if len(body) >= 16 && body[3]&absolute != 0 {
				err = s.number(body[8:16])
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// table moves the entries of a table of offsets, each of so many bytes.
func (s shift) table(b []byte, width int) error {
	if len(b) < 8 {
		return damaged("half a table of offsets")
	}
	count, b := int64(binary.BigEndian.Uint32(b[4:])), b[8:]
	if count*int64(width) > int64(len(b)) {
		return damaged("a table of %d offsets", count)
	}
	for i := range int(count) {
		if err := s.number(b[i*width : (i+1)*width]); err != nil {
			return err
		}
	}
	return nil
}

// number moves one offset of four or eight bytes.
func (s shift) number(b []byte) error {
	var at int64
	if len(b) == 4 {
		at = int64(binary.BigEndian.Uint32(b))
	} else {
		at = int64(binary.BigEndian.Uint64(b))
	}
	if at < s.behind {
		return nil
	}
	at += s.by
	if at < 0 || len(b) == 4 && at > math.MaxUint32 {
		return damaged("an offset of %d", at)
	}
	if len(b) == 4 {
		binary.BigEndian.PutUint32(b, uint32(at))
	} else {
		binary.BigEndian.PutUint64(b, uint64(at))
	}
	return nil
}

// tagMoov replaces the tags in what describes a file: moov, udta, meta, ilst.
func tagMoov(moov []byte, t Tags) ([]byte, error) {
	return replaced(moov, "udta", func(udta []byte) ([]byte, error) {
		return replaced(udta, "meta", func(meta []byte) ([]byte, error) {
			old, err := oldAtoms(meta)
			if err != nil {
				return nil, err
			}
			// A handler that says: these are the tags of iTunes.
			hdlr := makeBox("hdlr", make([]byte, 8), []byte("mdirappl"), make([]byte, 9))
			return bytes.Join([][]byte{make([]byte, 4), hdlr, makeBox("ilst", atoms(t, old)...)}, nil), nil
		})
	})
}

// replaced gives boxes that follow one another with those of a kind replaced by
// one, behind the others, of which with makes the content from that of the first.
func replaced(b []byte, kind string, with func([]byte) ([]byte, error)) (out []byte, err error) {
	inside, err := boxes(b)
	if err != nil {
		return nil, err
	}
	var content []byte
	for _, x := range inside {
		switch {
		case x.kind != kind:
			out = append(out, b[x.from:x.to]...)
		case content == nil:
			content = b[x.from+x.head : x.to]
		}
	}
	made, err := with(content)
	return append(out, makeBox(kind, made)...), err
}

// oldAtoms are the boxes of the ilst in the content of a meta box, which in
// QuickTime has no version in front; none where they are not those of iTunes.
func oldAtoms(meta []byte) (out [][]byte, err error) {
	if len(meta) >= 8 && string(meta[4:8]) != "hdlr" {
		meta = meta[4:]
	}
	inside, err := boxes(meta)
	if err != nil {
		return nil, err
	}
	itunes := false
	for _, x := range inside {
		if body := meta[x.from+x.head : x.to]; x.kind == "hdlr" && len(body) >= 12 {
			itunes = string(body[8:12]) == "mdir"
		}
		if x.kind != "ilst" || !itunes {
			continue
		}
		list := meta[x.from+x.head : x.to]
		entries, err := boxes(list)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			out = append(out, list[e.from:e.to])
		}
	}
	return out, nil
}

// Kinds of the value of an atom.
const (
	atomBinary = 0
	atomText   = 1
	atomJPEG   = 13
	atomPNG    = 14
)

// atoms are the entries of an ilst: what t says, and of the old ones what it
// does not.
func atoms(t Tags, old [][]byte) (out [][]byte) {
	said := map[string]bool{}
	say := func(name string, kind uint32, value []byte) {
		if len(value) == 0 {
			return
		}
		said[name] = true
		head := binary.BigEndian.AppendUint32(nil, kind)
		out = append(out, makeBox(name, makeBox("data", head, make([]byte, 4), value)))
	}
	say("\xa9nam", atomText, []byte(t.Title))
	say("\xa9ART", atomText, []byte(t.Artist))
	say("\xa9alb", atomText, []byte(t.Album))
	say("aART", atomText, []byte(t.AlbumArtist))
	say("\xa9day", atomText, []byte(t.Date))
	if t.Number > 0 && t.Number <= math.MaxUint16 {
		b := binary.BigEndian.AppendUint16([]byte{0, 0}, uint16(t.Number))
		total := t.Total
		if total < t.Number || total > math.MaxUint16 {
			total = 0
		}
		say("trkn", atomBinary, append(binary.BigEndian.AppendUint16(b, uint16(total)), 0, 0))
	}
	if t.Cover != nil {
		kind := uint32(atomJPEG)
		if t.cover() == "image/png" {
			kind = atomPNG
		}
		say("covr", kind, t.Cover)
	}
	for _, b := range old {
		if !said[string(b[4:8])] {
			out = append(out, b)
		}
	}
	return out
}
