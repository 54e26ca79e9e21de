package mp3

// header is a Layer III frame header (ISO/IEC 11172-3 §2.4.1.3, 13818-3
// §2.4.1.3; version 2.5 is the usual extension to half those rates again).
type header struct {
	lsf       bool // low sampling frequencies: one granule a frame
	v25       bool // version 2.5, which is always lsf
	protected bool // a checksum follows the header
	rateIndex int  // 0 to 2
	rate      int  // frames of sound per second
	bitRate   int  // bits per second; 0 in free format
	size      int  // bytes of the whole frame; 0 in free format
	channels  int
	joint     bool
	// What joint stereo does in this frame.
	midSide, intensity bool
}

const (
	headerSize   = 4
	checksumSize = 2
	// granuleSize is the samples per channel of a granule; a frame has one
	// (lsf) or two.
	granuleSize = 576
)

// bitRates in kbit/s by index, of version 1 and of the low sampling
// frequencies.
var bitRates = [2][15]int{
	{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
	{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
}

// parseHeader reads the header that b begins with.
func parseHeader(b []byte) (header, bool) {
	const layer3 = 1
	if len(b) < headerSize || b[0] != 0xFF || b[1]&0xE0 != 0xE0 || b[1]>>1&3 != layer3 {
		return header{}, false
	}
	version := b[1] >> 3 & 3 // 3: version 1, 2: version 2, 0: version 2.5
	bitIndex, rateIndex := b[2]>>4, int(b[2]>>2&3)
	if version == 1 || bitIndex == 15 || rateIndex == 3 || b[3]&3 == 2 {
		return header{}, false
	}
	h := header{
		lsf:       version != 3,
		v25:       version == 0,
		protected: b[1]&1 == 0,
		rateIndex: rateIndex,
		rate:      [3]int{44100, 48000, 32000}[rateIndex],
		channels:  2,
	}
	row := 0
	if h.lsf {
		h.rate /= 2
		row = 1
	}
	if h.v25 {
		h.rate /= 2
	}
	if h.bitRate = bitRates[row][bitIndex] * 1000; h.bitRate > 0 {
		h.size = int(h.span(1)) + int(b[2]>>1&1)
	}
	switch b[3] >> 6 {
	case 1:
		h.joint = true
		h.intensity, h.midSide = b[3]&0x10 != 0, b[3]&0x20 != 0
	case 3:
		h.channels = 1
	}
	return h, true
}

// freeFormat tells whether the header leaves the size of the frame open.
func (h header) freeFormat() bool { return h.size == 0 }

// kin tells whether both headers can belong to one stream. The bit rate and
// the use of the two channels change freely.
func (h header) kin(other header) bool {
	return h.lsf == other.lsf && h.rate == other.rate && !h.freeFormat() && !other.freeFormat()
}

// granules is how many granules a frame has.
func (h header) granules() int {
	if h.lsf {
		return 1
	}
	return 2
}

// samples is how many samples per channel a frame decodes to.
func (h header) samples() int { return h.granules() * granuleSize }

// span is how many bytes n frames of this bit rate take; the padding bits keep
// a stream within a byte of that.
func (h header) span(n int64) int64 {
	return n * int64(h.samples()/8*h.bitRate) / int64(h.rate)
}

// sideStart is where the side information begins in the frame.
func (h header) sideStart() int {
	if h.protected {
		return headerSize + checksumSize
	}
	return headerSize
}

// sideSize is the length of the side information in bytes.
func (h header) sideSize() int {
	switch {
	case h.lsf && h.channels == 1:
		return 9
	case h.lsf || h.channels == 1:
		return 17
	}
	return 32
}

// mainStart is where the frame's share of the main data begins.
func (h header) mainStart() int { return h.sideStart() + h.sideSize() }

// checksumHolds verifies the checksum of a protected frame, which covers the
// second half of the header and the side information (ISO/IEC 11172-3
// §2.4.3.1).
func (h header) checksumHolds(frame []byte) bool {
	return h.checksum(frame) == uint16(frame[headerSize])<<8|uint16(frame[headerSize+1])
}

func (h header) checksum(frame []byte) uint16 {
	return crc16(crc16(0xFFFF, frame[2:headerSize]), frame[h.sideStart():h.mainStart()])
}

// crc16 continues a checksum with the polynomial x¹⁶+x¹⁵+x²+1.
func crc16(crc uint16, bytes []byte) uint16 {
	for _, b := range bytes {
		crc ^= uint16(b) << 8
		for range 8 {
			carry := crc&0x8000 != 0
			crc <<= 1
			if carry {
				crc ^= 0x8005
			}
		}
	}
	return crc
}
