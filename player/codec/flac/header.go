package flac

// frameHeader is the header of one FLAC frame (RFC 9639, §9.1).
type frameHeader struct {
	start    int64 // first sample of the frame, counted per channel from the stream's beginning
	samples  int   // per channel
	rate     int   // 0: as in the stream information
	channels int
	bits     int  // per sample
	size     int  // bytes of the header itself
	fixed    bool // all frames of the stream are as long, but for the last
}

// maxHeaderSize is the longest frame header in bytes: 4 fixed, 7 of position,
// 2 of block size, 2 of sample rate, 1 of checksum.
const maxHeaderSize = 16

// Sync code: fourteen ones and a zero; the sixteenth bit is the blocking strategy.
const (
	syncFirst  = 0xFF
	syncSecond = 0xF8
	syncMask   = 0xFE
)

// parseHeader reads the frame header that b begins with. It reports false
// unless the CRC-8 is right and the frame can belong to the stream: such a
// header is real but for one chance in some ten million.
func parseHeader(b []byte, info streamInfo) (frameHeader, bool) {
	h, ok := parseAlone(b)
	if !ok || h.channels != info.channels || h.samples > info.maxBlock ||
		h.bits != 0 && h.bits != info.bits || h.rate != 0 && h.rate != info.rate {
		return frameHeader{}, false
	}
	if h.fixed {
		// The last frame is shorter than the others, so the stream's block
		// size counts, not the frame's.
		h.start *= int64(info.maxBlock)
	}
	h.bits = info.bits
	return h, true
}

// parseAlone reads the frame header that b begins with, of whatever stream. If
// that is of fixed blocks, start is the number of the frame.
func parseAlone(b []byte) (frameHeader, bool) {
	if len(b) < 6 || b[0] != syncFirst || b[1]&syncMask != syncSecond || b[3]&1 != 0 {
		return frameHeader{}, false
	}
	blockCode, rateCode := b[2]>>4, b[2]&15
	channelCode, bitsCode := b[3]>>4, b[3]>>1&7
	h := frameHeader{fixed: b[1]&1 == 0, channels: channelCount(channelCode), bits: sampleBits[bitsCode]}
	number, n := codedNumber(b[4:])
	if h.channels == 0 || h.bits < 0 || n == 0 || rateCode == 15 {
		return frameHeader{}, false
	}
	h.start = number
	rest := b[4+n:]
	need := trailing(blockCode, rateCode)
	if len(rest) < need+1 {
		return frameHeader{}, false
	}
	if h.samples, rest = blockSize(blockCode, rest); h.samples == 0 || h.samples > 1<<16-1 {
		return frameHeader{}, false
	}
	h.rate, rest = sampleRate(rateCode, rest)
	h.size = 4 + n + need + 1
	return h, crc8(b[:h.size-1]) == rest[0]
}

// agree makes the stream information agree with the first frame, where a frame
// is that b begins with: it has a checksum, and the information has none.
func (i *streamInfo) agree(b []byte) {
	h, ok := parseAlone(b)
	if !ok || h.start != 0 {
		return
	}
	i.channels = h.channels
	if h.bits != 0 {
		i.bits = h.bits
	}
	if h.rate != 0 {
		i.rate = h.rate
	}
	// Of fixed blocks all are of the first one's size, unless it is the last.
	if h.samples > i.maxBlock || h.fixed && h.samples == i.minBlock {
		i.maxBlock = h.samples
	}
}

// channelCount decodes the channel assignment; 0 if reserved.
func channelCount(code byte) int {
	switch {
	case code < 8:
		return int(code) + 1
	case code <= 10: // left/side, side/right, mid/side
		return 2
	}
	return 0
}

// sampleBits decodes the sample size; 3 is reserved.
var sampleBits = [8]int{0, 8, 12, -1, 16, 20, 24, 32}

// trailing is how many bytes of block size and sample rate follow the number.
func trailing(blockCode, rateCode byte) (n int) {
	switch blockCode {
	case 6:
		n++
	case 7:
		n += 2
	}
	switch rateCode {
	case 12:
		n++
	case 13, 14:
		n += 2
	}
	return n
}

// blockSize decodes the number of samples, 0 if reserved, and returns what
// follows it in b.
func blockSize(code byte, b []byte) (int, []byte) {
	switch {
	case code == 1:
		return 192, b
	case code >= 2 && code <= 5:
		return 576 << (code - 2), b
	case code == 6:
		return int(b[0]) + 1, b[1:]
	case code == 7:
		return int(b[0])<<8 + int(b[1]) + 1, b[2:]
	case code >= 8:
		return 256 << (code - 8), b
	}
	return 0, b
}

// fixedRates decodes the sample rates that need no further bytes.
var fixedRates = [12]int{0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000}

// sampleRate decodes the rate in Hz, 0 for "as the stream information says",
// and returns what follows it in b.
func sampleRate(code byte, b []byte) (int, []byte) {
	switch {
	case code < 12:
		return fixedRates[code], b
	case code == 12:
		return int(b[0]) * 1000, b[1:]
	case code == 13:
		return int(b[0])<<8 + int(b[1]), b[2:]
	case code == 14:
		return (int(b[0])<<8 + int(b[1])) * 10, b[2:]
	}
	return 0, b
}

// codedNumber decodes the frame or sample number, which is written like a
// UTF-8 character of up to 36 bits, and its length in bytes; 0 if malformed.
func codedNumber(b []byte) (int64, int) {
	first := b[0]
	if first < 0x80 {
		return int64(first), 1
	}
	n := 0
	for bit := byte(0x80); first&bit != 0 && bit > 1; bit >>= 1 {
		n++
	}
	if n < 2 || n > 7 || len(b) < n {
		return 0, 0
	}
	number := int64(first & (0x7F >> n))
	for _, c := range b[1:n] {
		if c&0xC0 != 0x80 {
			return 0, 0
		}
		number = number<<6 | int64(c&0x3F)
	}
	return number, n
}
