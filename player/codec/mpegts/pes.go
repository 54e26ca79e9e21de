package mpegts

// noTime stands for a time stamp that is not there.
const noTime = -1

const (
	// tickRate is how many time stamps there are in a second.
	tickRate = 90_000
	// tickBits is how long a time stamp is; it begins anew after 26.5 hours.
	tickBits = 33
)

// parsePES reads the header of the PES packet that b begins with (ISO/IEC
// 13818-1, §2.4.3.6) and returns what follows it, and when that is presented.
func parsePES(b []byte) (body []byte, time int64, ok bool) {
	const fixed = 9
	if len(b) < fixed || b[0] != 0 || b[1] != 0 || b[2] != 1 || b[6]&0xC0 != 0x80 {
		return nil, noTime, false
	}
	end := fixed + int(b[8])
	if end > len(b) {
		return nil, noTime, false
	}
	time = noTime
	if b[7]&0x80 != 0 && b[8] >= 5 {
		t := b[fixed:]
		time = int64(t[0]>>1&7)<<30 | int64(t[1])<<22 | int64(t[2]>>1)<<15 | int64(t[3])<<7 | int64(t[4]>>1)
	}
	return b[end:], time, true
}

// isAudio tells whether b begins a PES packet of MPEG audio.
func isAudio(b []byte) bool {
	return len(b) >= 4 && b[0] == 0 && b[1] == 0 && b[2] == 1 && b[3]&0xE0 == 0xC0
}

// since is how long after another a time stamp is, less than half of what
// they can count in either direction.
func since(time, other int64) int64 {
	const shift = 64 - tickBits
	return (time - other) << shift >> shift
}
