package media

import "encoding/binary"

// clock is how many ticks the clock of MPEG-2 systems makes in a second, and
// clockMask what it counts to.
const (
	clock     = 90_000
	clockMask = 1<<33 - 1
)

// stamp is the time of the media's begin on that clock. Streams begin a second
// after its zero, so that nothing is decoded before it.
func (u *accessUnits) stamp(begin uint64) uint64 {
	return (clock + begin*clock/uint64(u.scale)) & clockMask
}

// packed writes ADTS frames behind ID3 tags (RFC 8216, 3.4).
type packed struct{ in *accessUnits }

func (p packed) begin() ([]byte, error) { return nil, nil }

func (p packed) segment(list [][]byte, _ uint32, begin uint64) ([]byte, error) {
	b := timeTag(p.in.stamp(begin))
	for _, unit := range list {
		b = p.in.appendADTS(b, unit)
	}
	return b, nil
}

// timeTag is an ID3v2.4 tag with a PRIV frame that tells a time.
func timeTag(stamp uint64) []byte {
	const owner, header = "com.apple.streaming.transportStreamTimestamp\x00", 10
	body := len(owner) + 8
	b := append([]byte("ID3\x04\x00\x00"), 0, 0, 0, byte(header+body)) // four times seven bits
	b = append(b, "PRIV\x00\x00\x00"...)
	b = append(b, byte(body), 0, 0)
	b = append(b, owner...)
	return binary.BigEndian.AppendUint64(b, stamp)
}
