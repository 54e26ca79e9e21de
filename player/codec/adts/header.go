package adts

// header is an ADTS frame header (ISO/IEC 13818-7, §6.2).
type header struct {
	object    byte // MPEG-4 audio object type
	rateIndex byte
	channels  byte // channel configuration
	size      int  // bytes of the whole frame
	prefix    int  // bytes of that before the access unit
	blocks    int  // access units in the frame
}

const (
	// headerSize is the shortest header in bytes; a checksum adds two.
	headerSize   = 7
	checksumSize = 2
)

// parseHeader reads the header that b begins with.
func parseHeader(b []byte) (header, bool) {
	if len(b) < headerSize || b[0] != 0xFF || b[1]&0xF6 != 0xF0 {
		return header{}, false
	}
	h := header{
		object:    b[2]>>6 + 1,
		rateIndex: b[2] >> 2 & 15,
		channels:  b[2]&1<<2 | b[3]>>6,
		size:      int(b[3]&3)<<11 | int(b[4])<<3 | int(b[5])>>5,
		prefix:    headerSize,
		blocks:    int(b[6]&3) + 1,
	}
	if b[1]&1 == 0 {
		h.prefix += checksumSize
	}
	const rates = 13 // sampling rate indices that mean something
	return h, h.rateIndex < rates && h.size > h.prefix
}

// kin tells whether both headers can belong to one stream.
func (h header) kin(other header) bool {
	return h.object == other.object && h.rateIndex == other.rateIndex && h.channels == other.channels
}
