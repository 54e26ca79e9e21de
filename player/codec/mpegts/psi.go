package mpegts

import (
	"fmt"

	"github.com/ninth-coop/ninth/player/codec"
)

// Tables and stream types of ISO/IEC 13818-1, §2.4.4, and of those who
// registered more.
const (
	patPID   = 0
	patTable = 0
	pmtTable = 2

	typeMPEG1Audio = 0x03
	typeMPEG2Audio = 0x04
	typeADTS       = 0x0F
)

// typeNames name the kinds of sound that cannot be decoded.
var typeNames = map[byte]string{
	0x11: "AAC in LATM framing",
	0x1C: "MPEG-4 audio without framing",
	0x80: "uncompressed sound in a transport stream",
	0x81: "AC-3",
	0x82: "DTS",
	0x83: "TrueHD",
	0x84: "Enhanced AC-3",
	0x87: "Enhanced AC-3",
	0xC1: "a SAMPLE-AES track",
	0xC2: "a SAMPLE-AES track",
	0xCF: "a SAMPLE-AES track",
}

// descriptorNames name sound by the tag of a descriptor, where the stream
// type is private; registrationNames by what is registered.
var (
	descriptorNames   = map[byte]string{0x6A: "AC-3", 0x7A: "Enhanced AC-3", 0x7B: "DTS", 0x7C: "AAC in a private stream"}
	registrationNames = map[string]string{"Opus": "Opus in a transport stream", "AC-3": "AC-3", "EAC3": "Enhanced AC-3", "DTS1": "DTS", "DTS2": "DTS", "DTS3": "DTS"}
)

// section puts a table together that may span packets.
type section struct{ data []byte }

// maxSection is the longest a table section can be, in bytes.
const maxSection = 3 + 0xFFF

// add takes the payload of a packet and returns the table's body, without
// header and checksum, when it is whole and its checksum holds.
func (s *section) add(p packet) (table byte, body []byte, ok bool) {
	b := p.payload
	if p.starts {
		skip := 1 + int(b[0])
		if skip > len(b) {
			return 0, nil, false
		}
		s.data = append(s.data[:0], b[skip:]...)
	} else if len(s.data) > 0 && len(s.data) < maxSection {
		s.data = append(s.data, b...)
	}
	const header, checksum = 8, 4
	if len(s.data) < header {
		return 0, nil, false
	}
	size := 3 + int(s.data[1]&0x0F)<<8 + int(s.data[2])
	if size < header+checksum || len(s.data) < size {
		return 0, nil, false
	}
	whole := s.data[:size]
	s.data = nil
	return whole[0], whole[header : size-checksum], crc32(whole) == 0
}

// crc32 is the checksum of tables (ISO/IEC 13818-1, annex A), which is zero
// over a whole one.
func crc32(b []byte) uint32 {
	crc := ^uint32(0)
	for _, c := range b {
		crc ^= uint32(c) << 24
		for range 8 {
			high := crc >> 31
			crc = crc<<1 ^ high*0x04C11DB7
		}
	}
	return crc
}

// programs lists the PIDs of the program maps in an association table.
func programs(body []byte) (pids []int) {
	for ; len(body) >= 4; body = body[4:] {
		if number := int(body[0])<<8 | int(body[1]); number != 0 {
			pids = append(pids, int(body[2]&0x1F)<<8|int(body[3]))
		}
	}
	return pids
}

// stream is an elementary stream of a program.
type stream struct {
	pid  int
	kind byte // its stream type; 0 if that is only guessed to be sound
}

// pickStream returns the first stream of sound in a program map that can be
// decoded; the error names the first that cannot.
func pickStream(body []byte) (stream, error) {
	var found error
	if len(body) < 4 {
		return stream{}, fmt.Errorf("%w: its program map is too short", codec.ErrDamaged)
	}
	skip := 4 + int(body[2]&0x0F)<<8 + int(body[3])
	for body = body[min(skip, len(body)):]; len(body) >= 5; {
		s := stream{pid: int(body[1]&0x1F)<<8 | int(body[2]), kind: body[0]}
		size := min(5+int(body[3]&0x0F)<<8+int(body[4]), len(body))
		switch s.kind {
		case typeADTS, typeMPEG1Audio, typeMPEG2Audio:
			return s, nil
		}
		if name := nameOf(s.kind, body[5:size]); name != "" && found == nil {
			found = &codec.UnsupportedError{What: name}
		}
		body = body[size:]
	}
	if found == nil {
		found = &codec.UnsupportedError{What: "a transport stream without sound"}
	}
	return stream{}, found
}

// nameOf names the sound of a stream, "" if it is none.
func nameOf(kind byte, descriptors []byte) string {
	if name, ok := typeNames[kind]; ok {
		return name
	}
	const private, registration = 0x06, 0x05
	for b := descriptors; kind == private && len(b) >= 2; {
		tag, content := b[0], b[2:min(2+int(b[1]), len(b))]
		if name, ok := descriptorNames[tag]; ok {
			return name
		}
		if tag == registration && len(content) >= 4 {
			if name, ok := registrationNames[string(content[:4])]; ok {
				return name
			}
		}
		b = b[2+len(content):]
	}
	return ""
}
