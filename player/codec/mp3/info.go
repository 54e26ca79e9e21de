package mp3

import (
	"encoding/binary"
	"math"

	"github.com/ninth-coop/ninth/player/codec"
)

// info is what the frame before the first with sound tells of the stream:
// the Xing tag ("Info" where the bit rate is constant) with LAME's extension,
// or Fraunhofer's VBRI tag. These are conventions, not of the standard.
type info struct {
	variable bool  // the bit rate is
	frames   int64 // with sound; 0 if not told
	bytes    int64 // of the stream, this frame included; 0 if not told
	// What the encoder put before and behind the sound, in samples per
	// channel, if gapless.
	gapless        bool
	delay, padding int64
	gains          codec.Gains
}

// gapless is where the sound lies in what the frames decode to.
type gapless struct {
	delay  int64 // samples that the encoder put before it
	length int64 // samples; -1 if not known
}

// decoderDelay is what decoding itself delays the sound by, in samples: 528 of
// the filter bank and one more.
const decoderDelay = 528 + 1

// parseInfo reads the tag in frame; false if it is a frame like any other.
func parseInfo(frame []byte, h header) (info, bool) {
	// LAME places the tag as if there were no checksum.
	for _, at := range []int{headerSize + h.sideSize(), h.mainStart()} {
		if len(frame) >= at+8 && (string(frame[at:at+4]) == "Xing" || string(frame[at:at+4]) == "Info") {
			i := parseXing(frame[at:])
			i.variable = frame[at] == 'X'
			return i, true
		}
	}
	const vbriAt, vbriSize = headerSize + 32, 18
	if len(frame) >= vbriAt+vbriSize && string(frame[vbriAt:vbriAt+4]) == "VBRI" {
		b := frame[vbriAt:]
		return info{variable: true, bytes: number(b[10:]), frames: number(b[14:])}, true
	}
	return info{}, false
}

// parseXing reads the tag that b begins with, which is at least 8 bytes.
func parseXing(b []byte) (i info) {
	const hasFrames, hasBytes, hasTable, hasQuality = 1, 2, 4, 8
	flags := b[7]
	b = b[8:]
	for _, field := range []struct {
		flag byte
		size int
		to   *int64
	}{{hasFrames, 4, &i.frames}, {hasBytes, 4, &i.bytes}, {hasTable, 100, nil}, {hasQuality, 4, nil}} {
		if flags&field.flag == 0 {
			continue
		}
		if len(b) < field.size {
			return i
		}
		if field.to != nil {
			*field.to = number(b)
		}
		b = b[field.size:]
	}
	// LAME's extension: 9 bytes of version, and at 21 two numbers of 12 bits.
	const delaysAt = 21
	if len(b) < delaysAt+3 {
		return i
	}
	switch string(b[:4]) {
	case "LAME", "Lavf", "Lavc":
		d := b[delaysAt:]
		i.delay = int64(d[0])<<4 | int64(d[1])>>4
		i.padding = int64(d[1]&15)<<8 | int64(d[2])
		i.gapless = true
		i.gains = lameGains(b)
	}
	return i
}

// lameGains reads LAME's gains: at 11 the peak, a float, or 0; at 15 and 17 two
// words of three bits that say what it is of (1 the track, 2 the album), three
// that say who wrote it, a sign, and tenths of decibels.
func lameGains(b []byte) (g codec.Gains) {
	peak := float64(math.Float32frombits(binary.BigEndian.Uint32(b[11:])))
	for _, at := range []int{15, 17} {
		word := binary.BigEndian.Uint16(b[at:])
		db := float64(word&511) / 10
		if word&(1<<9) != 0 {
			db = -db
		}
		switch written := word>>10&7 != 0; {
		case written && word>>13 == 1:
			g.Track = codec.Gain{Known: true, DB: db}
			if peak > 0 && peak < 100 {
				g.Track.Peak = peak
			}
		case written && word>>13 == 2:
			g.Album = codec.Gain{Known: true, DB: db}
		}
	}
	return g
}

func number(b []byte) int64 { return int64(binary.BigEndian.Uint32(b)) }

// plausible tells whether the tag can be of this stream, whose frames h is one
// of and which is size bytes long (-1 if not known): a file that was cut,
// joined or damaged often is not what its tag says.
func (i info) plausible(h header, size int64) bool {
	if i.frames <= 0 {
		return false
	}
	bytes := i.bytes
	if bytes == 0 {
		bytes = size
	}
	if bytes > 0 && (bytes/i.frames > maxFrame || bytes/i.frames < int64(h.sideSize())) {
		return false
	}
	// Behind the stream there may be a tag with pictures.
	const tail = 16 << 20
	return size < 0 || i.bytes == 0 || size+size/50 >= i.bytes && i.bytes+i.bytes/50+tail >= size
}

// length is how many samples per channel of sound the stream has, if the tag is
// to be believed.
func (i info) length(h header) int64 {
	decoded := i.frames * int64(h.samples())
	if !i.gapless {
		return decoded
	}
	return max(0, min(decoded-i.delay-i.padding, decoded-i.delay-decoderDelay))
}
