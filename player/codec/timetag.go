package codec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"time"
)

const (
	// maxInnerTag bounds in bytes what is taken for an ID3v2 tag between the
	// frames of a stream.
	maxInnerTag = 1 << 20
	// stampSearch is how many bytes of a tag are searched for a time stamp.
	stampSearch = 4 << 10
	// stampRate is how many ticks of a time stamp are a second, and stampBits
	// how many bits it has (ISO/IEC 13818-1, 2.4.3.7).
	stampRate, stampBits = 90_000, 33
	// stampOwner is whose frame in a tag tells the time (RFC 8216 §3.4).
	stampOwner = "com.apple.streaming.transportStreamTimestamp\x00"
	// placeMargin is by how much a place that the source names may be too late.
	placeMargin = 500 * time.Millisecond
)

// InnerTags steps over the ID3v2 tags at offset at of a stream of frames: those
// that begin the segments of HLS's packed audio, or files that were joined. end
// is where they end, at itself if there is none. stamp is the time that they
// tell of the frame behind, in ticks of 1/90,000 s modulo 2^33; -1 if they do
// not.
func InnerTags(r *Reader, at int64) (end, stamp int64, err error) {
	end, stamp = at, -1
	for range maxLeadingTags {
		head, err := r.Bytes(end, id3HeaderSize)
		size, ok := id3Size(head)
		if err != nil || !ok {
			return end, stamp, ignoreEnd(err)
		}
		if total := r.Size(); size > maxInnerTag || total >= 0 && end+size > total {
			break
		}
		tag, err := r.Bytes(end, int(min(size, stampSearch)))
		if err != nil && !errors.Is(err, io.EOF) {
			return end, stamp, err
		}
		if told := stampIn(tag); told >= 0 {
			stamp = told
		}
		end += size
	}
	return end, stamp, nil
}

// StampBefore is the time that a tag tells which ends at offset at, and does not
// begin before from; -1 if there is none.
func StampBefore(r *Reader, from, at int64) (int64, error) {
	from = max(from, at-stampSearch)
	b, err := r.Bytes(from, int(at-from))
	if err != nil {
		return -1, ignoreEnd(err)
	}
	for i := bytes.LastIndex(b, []byte("ID3")); i >= 0; i = bytes.LastIndex(b[:i], []byte("ID3")) {
		if size, ok := id3Size(b[i:]); ok && size == int64(len(b)-i) {
			return stampIn(b[i:]), nil
		}
	}
	return -1, nil
}

// stampIn is the time stamp in an ID3v2 tag, or in its beginning; -1 if there is
// none. The owner's name is too long to turn up by chance.
func stampIn(tag []byte) int64 {
	_, rest, ok := bytes.Cut(tag, []byte(stampOwner))
	if !ok || len(rest) < 8 {
		return -1
	}
	return int64(binary.BigEndian.Uint64(rest) & (1<<stampBits - 1))
}

// Stamps counts the packets of a stream, each of which decodes to the same
// number of frames, by time stamps.
type Stamps struct {
	Rate   int64 // frames per second
	Frames int64 // of a packet
	origin int64 // stamp of packet 0
	known  bool
}

// Learn takes note that the packet with a number has a stamp.
func (s *Stamps) Learn(unit, stamp int64) {
	s.origin, s.known = stamp-(unit*s.Frames*stampRate+s.Rate/2)/s.Rate, true
}

// Known reports whether Learn was called.
func (s *Stamps) Known() bool { return s.known }

// Unit is the number of the packet that a stamp belongs to, of those that have
// that stamp the one nearest to near: stamps begin anew after 26 hours.
func (s *Stamps) Unit(stamp, near int64) int64 {
	const period = 1 << stampBits
	expected := s.origin + (near*s.Frames*stampRate+s.Rate/2)/s.Rate
	ahead := ((stamp-expected)%period + period) % period
	if ahead >= period/2 {
		ahead -= period
	}
	each := float64(s.Frames) * stampRate / float64(s.Rate)
	if ahead < 0 {
		return near - int64(float64(-ahead)/each+0.5)
	}
	return near + int64(float64(ahead)/each+0.5)
}

// Place is a packet before the one with the number unit, and behind from: the
// first of the segment of packed audio that the source names. guessed tells that
// its number is only what the source's times say, because the segment tells none,
// or one of another recording. ok is false where the source knows of no segment
// there.
func (s *Stamps) Place(r *Reader, from Place, unit int64) (at Place, guessed, ok bool, err error) {
	off, begins, ok, err := r.Place(max(s.time(unit)-placeMargin, 0))
	if err != nil || !ok || off <= from.Offset {
		return from, false, false, err
	}
	end, stamp, err := InnerTags(r, off)
	if err != nil || end < off {
		return from, false, false, err
	}
	at = Place{Unit: s.near(begins), Offset: end}
	guessed = true
	if stamp >= 0 && s.known {
		told := s.Unit(stamp, at.Unit)
		if guessed = !Near(s.time(told), begins); !guessed {
			at.Unit = told
		}
	}
	return at, guessed, at.Unit > from.Unit && at.Unit <= unit, nil
}

// time is when a packet begins.
func (s *Stamps) time(unit int64) time.Duration {
	return time.Duration(float64(unit*s.Frames) / float64(s.Rate) * float64(time.Second))
}

// near is the packet that begins nearest to a time.
func (s *Stamps) near(t time.Duration) int64 {
	return int64(t.Seconds()*float64(s.Rate)/float64(s.Frames) + 0.5)
}

// Near reports whether a time in a track that its time stamps tell can be the one
// that a list of its segments tells. That adds up durations that may be rounded
// to whole seconds. Where it cannot, the two are of different recordings.
func Near(told, listed time.Duration) bool {
	return max(told-listed, listed-told) < time.Second+listed/16
}
