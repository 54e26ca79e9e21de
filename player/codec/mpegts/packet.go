package mpegts

import (
	"bytes"
	"errors"
	"io"

	"github.com/ninth-coop/ninth/player/codec"
)

const (
	// packetSize is the length of a transport packet in bytes (ISO/IEC 13818-1,
	// §2.4.3.2).
	packetSize = 188
	syncByte   = 0x47
	nullPID    = 0x1FFF
	// evidence is how many packets in a row make a transport stream.
	evidence = 5
)

// framing is how transport packets lie in a file: one begins every stride
// bytes. 188 is plain; 192 has a time stamp before each packet, as Blu-ray has;
// 204 has an error correction code behind it.
type framing struct{ stride int64 }

// findFraming finds the first packets in b, and where the first of them begins.
func findFraming(b []byte) (f framing, at int, ok bool) {
	for at := range b {
		if b[at] != syncByte {
			continue
		}
		for _, stride := range []int{packetSize, 192, 204} {
			if inRow(b[at:], stride, evidence) {
				return framing{int64(stride)}, at, true
			}
		}
	}
	return framing{}, 0, false
}

// inRow tells whether n packets begin in b, one every stride bytes.
func inRow(b []byte, stride, n int) bool {
	for i := range n {
		at := i * stride
		if at+4 > len(b) || b[at] != syncByte || b[at+3]&0x30 == 0 {
			return false
		}
	}
	return true
}

// packet is a transport packet with a payload.
type packet struct {
	at      int64 // byte offset in the file
	pid     int
	starts  bool // a section or PES packet begins in it
	counter byte // continuity counter, 4 bits
	// restarted: the stream says that its counters begin anew here.
	restarted bool
	scrambled bool
	damaged   bool   // the receiver could not correct it
	payload   []byte // valid until the next read
}

// reader walks transport packets. It is used by one goroutine at a time.
type reader struct {
	r      *codec.Reader
	frame  framing
	offset int64 // of the next packet
}

// next returns the next packet that has a payload. torn tells that bytes before
// it were none of a packet. A packet cut off by the end of the file is none.
func (r *reader) next() (p packet, torn bool, err error) {
	for {
		b, err := r.r.Bytes(r.offset, packetSize)
		if err != nil {
			return packet{}, torn, err
		}
		if b[0] != syncByte {
			torn = true
			if err := r.resync(); err != nil {
				return packet{}, torn, err
			}
			continue
		}
		at := r.offset
		r.offset += r.frame.stride
		if p, ok := parsePacket(b); ok {
			p.at = at
			return p, torn, nil
		}
	}
}

// parsePacket reads a packet; false if it has no payload.
func parsePacket(b []byte) (packet, bool) {
	p := packet{
		pid:       int(b[1]&0x1F)<<8 | int(b[2]),
		starts:    b[1]&0x40 != 0,
		damaged:   b[1]&0x80 != 0,
		scrambled: b[3]&0xC0 != 0,
		counter:   b[3] & 15,
	}
	const hasAdaptation, hasPayload = 0x20, 0x10
	body := b[4:packetSize]
	if b[3]&hasAdaptation != 0 {
		n := int(body[0])
		if n >= len(body) {
			return packet{}, false
		}
		p.restarted = n > 0 && body[1]&0x80 != 0
		body = body[1+n:]
	}
	p.payload = body
	return p, b[3]&hasPayload != 0 && len(body) > 0 && p.pid != nullPID
}

// resyncStep is how many bytes are looked at in one go for a packet.
const resyncStep = 8 << 10

// resync goes to the next place behind offset from which packets follow each
// other.
func (r *reader) resync() error {
	const row = 3
	for at := r.offset + 1; ; {
		b, err := r.r.Bytes(at, resyncStep)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		last := err != nil
		for i := 0; ; i++ {
			next := bytes.IndexByte(b[i:], syncByte)
			if next < 0 {
				break
			}
			i += next
			left := (len(b) - i + int(r.frame.stride) - packetSize) / int(r.frame.stride)
			if left >= row && inRow(b[i:], int(r.frame.stride), row) || last && left > 0 && inRow(b[i:], int(r.frame.stride), min(left, row)) {
				r.offset = at + int64(i)
				return nil
			}
		}
		if last {
			return io.EOF
		}
		at += int64(len(b)) - row*r.frame.stride
	}
}
