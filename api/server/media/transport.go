package media

import "encoding/binary"

// What a transport stream of ours is made of (ISO/IEC 13818-1, 2.4).
const (
	packetSize = 188
	tablePID   = 0x1000
	soundPID   = 0x100
	typeADTS   = 0x0F
	// unitsInPES is how many units share a time stamp.
	unitsInPES = 6
	// ahead is how much earlier than the sound its clock is, in ticks.
	ahead = clock / 2
)

// transport writes MPEG transport streams. Each segment begins with the tables.
type transport struct {
	in       *accessUnits
	counters map[int]byte // the next continuity counter of each stream
}

func newTransport(in *accessUnits) *transport { return &transport{in, map[int]byte{}} }

func (t *transport) begin() ([]byte, error) { return nil, nil }

func (t *transport) segment(list [][]byte, _ uint32, begin uint64) ([]byte, error) {
	b := t.table(nil, 0, []byte{
		0x00, 0xB0, 13, 0, 1, 0xC1, 0, 0, // program association, of stream 1, version 0
		0, 1, 0xE0 | tablePID>>8, tablePID & 0xFF, // program 1
	})
	b = t.table(b, tablePID, []byte{
		0x02, 0xB0, 18, 0, 1, 0xC1, 0, 0, // program map, of program 1, version 0
		0xE0 | soundPID>>8, soundPID & 0xFF, 0xF0, 0, // its clock; nothing else
		typeADTS, 0xE0 | soundPID>>8, soundPID & 0xFF, 0xF0, 0,
	})
	for len(list) > 0 {
		n := min(unitsInPES, len(list))
		b = t.pes(b, list[:n], t.in.stamp(begin))
		list, begin = list[n:], begin+uint64(n)*unitFrames
	}
	return b, nil
}

// table appends a packet with a table, to which its checksum is added.
func (t *transport) table(b []byte, pid int, section []byte) []byte {
	section = binary.BigEndian.AppendUint32(section, checksum(section))
	b = t.header(b, pid, true, false)
	b = append(append(b, 0), section...) // the section begins at once
	for len(b)%packetSize != 0 {
		b = append(b, 0xFF)
	}
	return b
}

// header appends that of a packet.
func (t *transport) header(b []byte, pid int, starts, adapted bool) []byte {
	high, flags := byte(pid>>8), byte(0x10)
	if starts {
		high |= 0x40
	}
	if adapted {
		flags |= 0x20
	}
	b = append(b, 0x47, high, byte(pid), flags|t.counters[pid])
	t.counters[pid] = (t.counters[pid] + 1) & 15
	return b
}

// pes appends the packets of some units with their time.
func (t *transport) pes(b []byte, list [][]byte, stamp uint64) []byte {
	var sound []byte
	for _, unit := range list {
		sound = t.in.appendADTS(sound, unit)
	}
	const optional = 8 // bytes behind the length
	length := len(sound) + optional
	if length > 0xFFFF {
		length = 0 // as long as it is
	}
	body := []byte{0, 0, 1, 0xC0, byte(length >> 8), byte(length), 0x80, 0x80, 5,
		0x21 | byte(stamp>>29)&0x0E, byte(stamp >> 22), byte(stamp>>14) | 1, byte(stamp >> 7), byte(stamp<<1) | 1}
	body = append(body, sound...)
	for first := true; len(body) > 0; first = false {
		const header = 4
		var field []byte // adaptation field
		if first {
			clock := (stamp - ahead) & clockMask
			field = []byte{7, 0x10, byte(clock >> 25), byte(clock >> 17), byte(clock >> 9), byte(clock >> 1), byte(clock<<7) | 0x7E, 0}
		}
		if room := packetSize - header - len(field); len(body) < room {
			field = stuffed(field, room-len(body))
		}
		b = t.header(b, soundPID, first, len(field) > 0)
		b = append(b, field...)
		n := min(packetSize-header-len(field), len(body))
		b = append(b, body[:n]...)
		body = body[n:]
	}
	return b
}

// stuffed makes an adaptation field n bytes longer.
func stuffed(field []byte, n int) []byte {
	if len(field) == 0 {
		field = append(field, 0)
		if n--; n > 0 {
			field = append(field, 0) // no flags
			n--
		}
	}
	for range n {
		field = append(field, 0xFF)
	}
	field[0] = byte(len(field) - 1)
	return field
}

// checksum is the CRC-32 of MPEG-2 systems (Annex A): not reflected, not inverted.
func checksum(b []byte) uint32 {
	const polynomial = 0x04C11DB7
	sum := ^uint32(0)
	for _, c := range b {
		sum ^= uint32(c) << 24
		for range 8 {
			if sum>>31 == 1 {
				sum = sum<<1 ^ polynomial
			} else {
				sum <<= 1
			}
		}
	}
	return sum
}
