package local

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The library that reads tags trusts them in four places, which a file made to
// hurt would use. Before it sees a file, and while it reads one:
//
//   - the number of its reads is bounded, because it goes deeper into itself
//     with each atom of an MP4 that is in another one, and compares each frame
//     of an ID3 tag with all those of the same name;
//   - ID3 tags that are written without synchronisation, which it reads byte by
//     byte, are put right beforehand, so that this bound can be a small one;
//   - pictures in FLAC and Ogg are looked at beforehand, because it makes room
//     for as many bytes as they claim to have.
const (
	maxRead  = 48 << 20 // bytes of a file that are read for its tags
	maxReads = 10_000   // times that something is read; a file with all tags there are takes hundreds
	window   = 32 << 10 // bytes that are read at once
)

var (
	// errNoTags: there is nothing in a file that can be read as its tags.
	errNoTags = errors.New("the tags cannot be read")
	// errTrap: tags claim what cannot be.
	errTrap = fmt.Errorf("%w: they claim more than there is", errNoTags)
)

// guarded gives a file in such a way that its tags can be read by who trusts
// them.
func guarded(f io.ReaderAt, size int64) (io.ReadSeeker, error) {
	b := newBounded(f, size)
	head := make([]byte, 10)
	if _, err := io.ReadFull(b, head); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoTags, err)
	}
	const unsynchronised = 0x80
	switch {
	case bytes.HasPrefix(head, []byte("ID3")) && head[5]&unsynchronised != 0:
		return synchronised(b, head)
	case bytes.HasPrefix(head, []byte("fLaC")):
		if err := checkFLAC(newBounded(f, size)); err != nil {
			return nil, err
		}
	case bytes.HasPrefix(head, []byte("OggS")):
		if err := checkOgg(newBounded(f, size)); err != nil {
			return nil, err
		}
	}
	return newBounded(f, size), nil
}

// bounded is a file of which only so many bytes can be read, in so many
// pieces, wherever they are: a length in a tag is also how much memory is asked
// for.
type bounded struct {
	f         io.ReaderAt
	size, pos int64
	left      int64 // bytes
	reads     int   // times
	buf       []byte
	from      int64 // of buf in the file
}

func newBounded(f io.ReaderAt, size int64) *bounded {
	return &bounded{f: f, size: size, left: maxRead, reads: maxReads}
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.reads--; b.reads < 0 || b.left <= 0 {
		return 0, errTrap
	}
	if b.pos >= b.size {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), b.left, b.size-b.pos)]
	if len(p) >= window {
		n, err := b.f.ReadAt(p, b.pos)
		b.pos, b.left = b.pos+int64(n), b.left-int64(n)
		return n, atEnd(n, err)
	}
	if b.pos < b.from || b.pos+int64(len(p)) > b.from+int64(len(b.buf)) {
		buf := make([]byte, min(window, b.size-b.pos))
		n, err := b.f.ReadAt(buf, b.pos)
		if b.buf, b.from = buf[:n], b.pos; n == 0 {
			return 0, atEnd(n, err)
		}
	}
	n := copy(p, b.buf[b.pos-b.from:])
	b.pos, b.left = b.pos+int64(n), b.left-int64(n)
	return n, nil
}

// atEnd is the error of a read that gave n bytes: none if it gave any, for the
// end comes with the next one.
func atEnd(n int, err error) error {
	if n > 0 && errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (b *bounded) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += b.pos
	case io.SeekEnd:
		offset += b.size
	}
	if offset < 0 {
		return 0, errTrap
	}
	b.pos = offset
	return offset, nil
}

// synchronised is an ID3 tag as it was before zeros were put after its bytes
// of 255. The head has been read. Behind the tag there are zeros, which end it
// for who reads it.
func synchronised(b *bounded, head []byte) (io.ReadSeeker, error) {
	size := int64(head[6]&0x7f)<<21 | int64(head[7]&0x7f)<<14 | int64(head[8]&0x7f)<<7 | int64(head[9]&0x7f)
	tag, err := io.ReadAll(io.LimitReader(b, min(size, maxRead)))
	if err != nil {
		return nil, err
	}
	out := append(make([]byte, 0, len(tag)+64), head...)
	out[5] &^= 0x80
	before := byte(0)
	for _, c := range tag {
		if before != 0xff || c != 0 {
			out = append(out, c)
		}
		before = c
	}
	out = append(out, make([]byte, 32)...)
	return newBounded(bytes.NewReader(out), int64(len(out))), nil
}

// checkFLAC looks at the pictures of a FLAC file, RFC 9639 section 8.
func checkFLAC(r *bounded) error {
	const comment, picture = 4, 6
	r.pos = 4
	for {
		var head [4]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return ifTrap(err)
		}
		n := int64(head[1])<<16 | int64(head[2])<<8 | int64(head[3])
		kind := head[0] & 0x7f
		if kind != comment && kind != picture {
			r.pos += n
		} else {
			block, err := io.ReadAll(io.LimitReader(r, n))
			if err != nil {
				return err
			}
			check := checkComments
			if kind == picture {
				check = checkPicture
			}
			if err := check(block); err != nil {
				return err
			}
		}
		if head[0]&0x80 != 0 {
			return nil
		}
	}
}

// checkOgg looks at the pictures in the tags of an Ogg stream, RFC 3533
// section 6.
func checkOgg(r *bounded) error {
	packets := map[uint32][]byte{}
	for {
		var head [27]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return ifTrap(err)
		}
		table := make([]byte, head[26])
		if _, err := io.ReadFull(r, table); err != nil {
			return ifTrap(err)
		}
		length := 0
		for _, n := range table {
			length += int(n)
		}
		page := make([]byte, length)
		if _, err := io.ReadFull(r, page); err != nil {
			return ifTrap(err)
		}
		stream := binary.LittleEndian.Uint32(head[14:])
		const continued = 1
		if head[5]&continued == 0 {
			packets[stream] = nil
		}
		for _, n := range table {
			packets[stream] = append(packets[stream], page[:n]...)
			page = page[n:]
			if n == 255 {
				continue
			}
			for _, name := range []string{"\x03vorbis", "OpusTags"} {
				if rest, ok := bytes.CutPrefix(packets[stream], []byte(name)); ok {
					return checkComments(rest)
				}
			}
			packets[stream] = nil
		}
	}
}

// ifTrap is err if that is errTrap. What else is wrong with a file is met by
// who reads its tags, too.
func ifTrap(err error) error {
	if errors.Is(err, errTrap) {
		return err
	}
	return nil
}

// checkComments looks at the pictures in Vorbis comments.
func checkComments(b []byte) error {
	const picture = "metadata_block_picture="
	next := func() (piece []byte, ok bool) {
		if len(b) < 4 {
			return nil, false
		}
		n := int64(binary.LittleEndian.Uint32(b))
		if b = b[4:]; n > int64(len(b)) {
			return nil, false
		}
		piece, b = b[:n], b[n:]
		return piece, true
	}
	if _, ok := next(); !ok || len(b) < 4 { // who made it, then how many there are
		return nil
	}
	b = b[4:]
	for {
		entry, ok := next()
		if !ok {
			return nil
		}
		if len(entry) < len(picture) || !strings.EqualFold(string(entry[:len(picture)]), picture) {
			continue
		}
		block, err := base64.StdEncoding.DecodeString(string(entry[len(picture):]))
		if err != nil {
			continue // it is not looked at
		}
		if err := checkPicture(block); err != nil {
			return err
		}
	}
}

// checkPicture tells whether a picture as FLAC has it is as long as it says.
func checkPicture(b []byte) error {
	at := int64(4) // behind what it is of
	for range 2 {  // what kind of file, and what it shows
		if at+4 > int64(len(b)) {
			return nil // it ends before it can claim anything
		}
		at += 4 + int64(binary.BigEndian.Uint32(b[at:]))
	}
	at += 16 // width, height, colours
	if at+4 > int64(len(b)) {
		return nil
	}
	if n := int64(binary.BigEndian.Uint32(b[at:])); n > int64(len(b))-at-4 {
		return errTrap
	}
	return nil
}
