package ogg

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"github.com/ninth-coop/ninth/player/codec"
)

const (
	capture    = "OggS"
	headerSize = 27 // bytes before the segment table
	// resyncStep is how many bytes are searched in one go for a page.
	resyncStep = 8 << 10
	// maxPage is the longest page in bytes.
	maxPage = headerSize + 255 + 255*255
)

// page is one page. Its bytes are valid until the next read.
type page struct {
	offset    int64 // in the file
	continued bool  // its first packet began on a page before
	first     bool  // of its stream
	last      bool  // of its stream
	granule   int64 // where the last packet that ends here ends; -1 if none does
	serial    uint32
	sequence  uint32
	segments  []byte
	header    int // bytes
	size      int // bytes, header included
	body      []byte
}

// parsePage reads a page header and its segment table.
func parsePage(b []byte) (page, bool) {
	if len(b) < headerSize || string(b[:4]) != capture || b[4] != 0 {
		return page{}, false
	}
	header := headerSize + int(b[26])
	if len(b) < header {
		return page{}, false
	}
	p := page{
		continued: b[5]&1 != 0, first: b[5]&2 != 0, last: b[5]&4 != 0,
		granule: int64(binary.LittleEndian.Uint64(b[6:])),
		serial:  binary.LittleEndian.Uint32(b[14:]), sequence: binary.LittleEndian.Uint32(b[18:]),
		segments: b[headerSize:header], header: header, size: header,
	}
	for _, s := range p.segments {
		p.size += int(s)
	}
	return p, true
}

// pages walks the pages of a file.
type pages struct {
	r      *codec.Reader
	offset int64 // of the next page
	// lenient accepts a page with a wrong checksum if another page follows it:
	// header packets with a few wrong bytes are better than none.
	lenient bool
}

// next returns the next whole page; io.EOF if there is none.
func (s *pages) next() (page, error) {
	for {
		p, ok, err := s.at(s.offset)
		if err != nil {
			return page{}, err
		}
		if ok {
			s.offset += int64(p.size)
			return p, nil
		}
		if err := s.resync(); err != nil {
			return page{}, err
		}
	}
}

// at reads the page at offset; ok is false if there is none.
func (s *pages) at(offset int64) (p page, ok bool, err error) {
	b, err := s.r.Bytes(offset, headerSize)
	if err != nil {
		return page{}, false, ignoreEnd(err)
	}
	if string(b[:4]) != capture {
		return page{}, false, nil
	}
	if b, err = s.r.Bytes(offset, headerSize+int(b[26])); err != nil {
		return page{}, false, ignoreEnd(err)
	}
	if p, ok = parsePage(b); !ok {
		return page{}, false, nil
	}
	if b, err = s.r.Bytes(offset, p.size); err != nil {
		return page{}, false, ignoreEnd(err)
	}
	if binary.LittleEndian.Uint32(b[22:]) != checksum(b) {
		if !s.lenient || !s.followed(offset+int64(p.size)) {
			return page{}, false, nil
		}
		if b, err = s.r.Bytes(offset, p.size); err != nil {
			return page{}, false, err
		}
	}
	p, _ = parsePage(b) // its slices are of b, no more of what was read before
	p.offset, p.body = offset, b[p.header:]
	return p, true, nil
}

// followed tells whether a page begins at offset.
func (s *pages) followed(offset int64) bool {
	b, err := s.r.Bytes(offset, len(capture))
	return err == nil && string(b) == capture
}

// ignoreEnd is err, unless it only says that the file ends within a page: such
// a page is none.
func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// resync moves offset on to where a page may begin.
func (s *pages) resync() error {
	for s.offset++; ; {
		b, err := s.r.Bytes(s.offset, resyncStep)
		if ignoreEnd(err) != nil {
			return err
		}
		if i := bytes.Index(b, []byte(capture)); i >= 0 {
			s.offset += int64(i)
			return nil
		}
		if err != nil {
			return io.EOF
		}
		s.offset += resyncStep - int64(len(capture)-1)
	}
}

// crcTable is of the polynomial 0x04C11DB7, most significant bit first
// (RFC 3533 §6, field 7).
var crcTable = func() (table [256]uint32) {
	for i := range table {
		c := uint32(i) << 24
		for range 8 {
			if c&(1<<31) != 0 {
				c = c<<1 ^ 0x04C11DB7
			} else {
				c <<= 1
			}
		}
		table[i] = c
	}
	return table
}()

// checksum is that of a whole page, whose own field counts as zero.
func checksum(b []byte) (c uint32) {
	for i, v := range b {
		if i >= 22 && i < 26 {
			v = 0
		}
		c = c<<8 ^ crcTable[byte(c>>24)^v]
	}
	return c
}
