package export

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

func base64Of(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// Ogg's pages (RFC 3533).
const (
	pageHead  = 27
	maxPage   = pageHead + 255 + 255*255
	continued = 1 // flags
	first     = 2
	last      = 4

	maxHeaders = 32 << 20 // bytes of the packets before the audio that are read
)

// page is a page of Ogg.
type page struct {
	flags    byte
	granule  uint64
	serial   uint32
	number   uint32
	segments []byte
	body     []byte
}

func readPage(r *bufio.Reader) (p page, err error) {
	head := make([]byte, pageHead)
	if _, err := io.ReadFull(r, head); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return p, damaged("half a page")
		}
		return p, err
	}
	if string(head[:4]) != "OggS" || head[4] != 0 {
		return p, damaged("no page where one should be")
	}
	p = page{
		flags: head[5], granule: binary.LittleEndian.Uint64(head[6:]), serial: binary.LittleEndian.Uint32(head[14:]),
		number: binary.LittleEndian.Uint32(head[18:]), segments: make([]byte, head[26]),
	}
	if _, err := io.ReadFull(r, p.segments); err != nil {
		return p, damaged("half a page")
	}
	length := 0
	for _, n := range p.segments {
		length += int(n)
	}
	p.body = make([]byte, length)
	if _, err := io.ReadFull(r, p.body); err != nil {
		return p, damaged("half a page")
	}
	return p, nil
}

// bytes are the page as it is written, with its checksum.
func (p page) bytes() []byte {
	b := make([]byte, pageHead, maxPage)
	copy(b, "OggS")
	b[5] = p.flags
	binary.LittleEndian.PutUint64(b[6:], p.granule)
	binary.LittleEndian.PutUint32(b[14:], p.serial)
	binary.LittleEndian.PutUint32(b[18:], p.number)
	b[26] = byte(len(p.segments))
	b = append(append(b, p.segments...), p.body...)
	binary.LittleEndian.PutUint32(b[22:], checksum(b))
	return b
}

// checksum is Ogg's: polynomial 0x04c11db7, neither reflected nor inverted, of
// the page with its own field at zero.
func checksum(b []byte) (sum uint32) {
	for _, v := range b {
		sum = sum<<8 ^ remainders[byte(sum>>24)^v]
	}
	return sum
}

// remainders are the checksums of all bytes.
var remainders = func() (table [256]uint32) {
	for i := range table {
		sum := uint32(i) << 24
		for range 8 {
			over := sum >> 31
			sum = sum<<1 ^ over*0x04c11db7
		}
		table[i] = sum
	}
	return table
}()

// tagOgg rewrites the comment header. The pages of the stream behind it are
// numbered anew, when there are more or fewer before them than were.
func tagOgg(w io.Writer, r io.ReaderAt, size int64, t Tags) error {
	start, err := skipID3(r, size)
	if err != nil {
		return err
	}
	in := bufio.NewReaderSize(io.NewSectionReader(r, start, size-start), maxPage)
	begin, err := readPage(in)
	if err != nil {
		return endless(err)
	}
	if begin.flags&first == 0 {
		return damaged("it does not begin with a stream's beginning")
	}
	packets, pages, err := headers(in, begin.serial)
	if err != nil {
		return err
	}
	if packets[0], err = oggComment(begin.body, packets[0], t); err != nil {
		return err
	}
	number := begin.number + 1
	out := paged(packets, begin.serial, number)
	for _, p := range append([]page{begin}, out...) {
		if _, err := w.Write(p.bytes()); err != nil {
			return fmt.Errorf("export: writing: %w", err)
		}
	}
	return renumber(w, in, begin.serial, uint32(len(out))-uint32(pages))
}

// endless makes the end of the file damage, where more must come.
func endless(err error) error {
	if errors.Is(err, io.EOF) {
		return damaged("it ends before its audio")
	}
	return err
}

// headers reads the pages behind the first up to one that ends with the end of
// a packet, and gives their packets: the comment, and what shares pages with it.
func headers(in *bufio.Reader, serial uint32) (packets [][]byte, pages int, err error) {
	var packet []byte
	total := 0
	for {
		p, err := readPage(in)
		if err != nil {
			return nil, 0, endless(err)
		}
		if p.serial != serial {
			return nil, 0, damaged("several streams at once")
		}
		pages++
		if total += len(p.body); total > maxHeaders {
			return nil, 0, damaged("headers of more than %d bytes", maxHeaders)
		}
		body := p.body
		for _, n := range p.segments {
			packet, body = append(packet, body[:n]...), body[n:]
			if n < 255 {
				packets, packet = append(packets, packet), nil
			}
		}
		if len(packet) == 0 && len(packets) > 0 && len(p.segments) > 0 {
			return packets, pages, nil
		}
	}
}

// oggComment is the comment header of the stream that begins with packet begin.
func oggComment(begin, old []byte, t Tags) ([]byte, error) {
	switch {
	case bytes.HasPrefix(begin, []byte("OpusHead")) && bytes.HasPrefix(old, []byte("OpusTags")):
		return append([]byte("OpusTags"), comments(t, old[8:], true)...), nil
	case bytes.HasPrefix(begin, []byte("\x01vorbis")) && bytes.HasPrefix(old, []byte("\x03vorbis")):
		return append(append([]byte("\x03vorbis"), comments(t, old[7:], true)...), 1), nil
	case bytes.HasPrefix(begin, []byte("\x7fFLAC")) && len(old) >= 4 && old[0]&^flacLast == flacComment:
		body := comments(t, old[4:], true)
		if len(body) > maxBlock {
			return nil, damaged("a comment of %d bytes", len(body))
		}
		return flacBlock(old[0], body), nil
	}
	return nil, damaged("no comment where one should be")
}

// paged puts packets onto pages that are numbered from number on.
func paged(packets [][]byte, serial, number uint32) (out []page) {
	const none = ^uint64(0) // the granule position of a page on which no packet ends
	p := page{serial: serial, number: number, granule: none}
	flush := func(open bool) {
		out = append(out, p)
		number++
		p = page{serial: serial, number: number, granule: none}
		if open {
			p.flags = continued
		}
	}
	for _, packet := range packets {
		for left := packet; ; {
			n := min(len(left), 255)
			p.segments, p.body = append(p.segments, byte(n)), append(p.body, left[:n]...)
			left = left[n:]
			if n < 255 {
				p.granule = 0
				if len(p.segments) == 255 {
					flush(false)
				}
				break
			}
			if len(p.segments) == 255 {
				flush(true)
			}
		}
	}
	if len(p.segments) > 0 {
		flush(false)
	}
	return out
}

// renumber copies the pages that are left, with more added to the numbers of
// those of one stream up to its end.
func renumber(w io.Writer, in *bufio.Reader, serial, more uint32) error {
	for more != 0 {
		p, err := readPage(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		mine := p.serial == serial
		if mine {
			p.number += more
		}
		if _, err := w.Write(p.bytes()); err != nil {
			return fmt.Errorf("export: writing: %w", err)
		}
		if mine && p.flags&last != 0 {
			break
		}
	}
	if _, err := io.Copy(w, in); err != nil {
		return fmt.Errorf("export: writing: %w", err)
	}
	return nil
}
