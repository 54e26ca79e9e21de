package mp4

import "encoding/binary"

// defaults are what a fragment falls back on where it does not say: the movie
// box's track extends (trex), overridden by the fragment header (tfhd).
type defaults struct {
	trackID  uint32
	duration int64 // of a packet, in media time units
	size     int64 // of a packet, in bytes
}

// readDefaults finds the track extends of the track with the given box.
func readDefaults(moov, trak boxes) defaults {
	d := defaults{trackID: trackID(trak.find("tkhd"))}
	for b := range moov.find("mvex").all {
		_, body := boxes(b.body).full()
		if b.kind == "trex" && len(body) >= 20 && binary.BigEndian.Uint32(body) == d.trackID {
			d.duration = int64(binary.BigEndian.Uint32(body[8:]))
			d.size = int64(binary.BigEndian.Uint32(body[12:]))
		}
	}
	return d
}

func trackID(tkhd boxes) uint32 {
	version, b := tkhd.full()
	at := 8 // after creation and modification time of 4 bytes each
	if version == 1 {
		at = 16
	}
	if len(b) < at+4 {
		return 0
	}
	return binary.BigEndian.Uint32(b[at:])
}

// fragment is one movie fragment: its packets, and when they are heard.
type fragment struct {
	at    int64 // byte offset of its box
	end   int64 // byte offset behind that
	time  int64 // decode time of its first packet in media time units; -1 if it does not say
	ticks int64 // duration of its packets in media time units
	count int64 // packets
	runs  []packetRun
}

// packetRun is a row of packets that lie behind each other (trun).
type packetRun struct {
	first  int64 // number of its first packet in the fragment
	count  int64
	offset int64  // of its first packet in bytes
	rows   []byte // what is said of each packet; empty if nothing is
	width  int    // bytes of a row
	sizeAt int    // where in a row the size stands; -1 if all are of one size
	size   int64  // that size
}

// maxRunPackets bounds a row of packets of which nothing is said one by one,
// and which therefore takes no bytes.
const maxRunPackets = 1 << 20

// Flags of tfhd and trun (ISO/IEC 14496-12, §8.8.7 and §8.8.8).
const (
	headBase, headDescription, headDuration, headSize             = 0x01, 0x02, 0x08, 0x10
	runOffset, runFirstFlags, runDuration, runSize, runFlags, cto = 0x001, 0x004, 0x100, 0x200, 0x400, 0x800
)

// parseFragment reads the content of a movie fragment box that lies in the
// file from at to end. It keeps references to body. Packets of other tracks are
// left out.
func parseFragment(body boxes, at, end int64, of defaults) fragment {
	f := fragment{at: at, end: end, time: -1}
	data := at // where data begins that no offset is given for
	for b := range body.all {
		if b.kind == "traf" {
			data = f.addTrack(b.body, data, of)
		}
	}
	return f
}

// addTrack adds the packets of a track fragment, if it is of the wanted track,
// and returns where its data ends.
func (f *fragment) addTrack(traf boxes, data int64, of defaults) int64 {
	flags, head := flagged(traf.find("tfhd"))
	if len(head) < 4 {
		return data
	}
	mine := binary.BigEndian.Uint32(head) == of.trackID
	base := f.at
	head = head[4:]
	if flags&headBase != 0 && len(head) >= 8 {
		// Segments are written each as a file of its own, so an offset that
		// is not within this fragment counts from another beginning.
		if given := int64(binary.BigEndian.Uint64(head)); given > f.at && given < f.at+maxFragment {
			base = given
		}
		head = head[8:]
	}
	if flags&headDescription != 0 && len(head) >= 4 {
		head = head[4:]
	}
	if flags&headDuration != 0 && len(head) >= 4 {
		of.duration, head = int64(binary.BigEndian.Uint32(head)), head[4:]
	}
	if flags&headSize != 0 && len(head) >= 4 {
		of.size = int64(binary.BigEndian.Uint32(head))
	}
	if mine && f.time < 0 {
		f.time = decodeTime(traf.find("tfdt"))
	}
	for b := range traf.all {
		if b.kind != "trun" {
			continue
		}
		run, ticks := parseRun(b.body, base, data, of)
		data = run.offset + run.bytes()
		if mine && run.count > 0 {
			run.first = f.count
			f.runs = append(f.runs, run)
			f.count += run.count
			f.ticks += ticks
		}
	}
	return data
}

// flagged splits a full box into its flags and the rest.
func flagged(b boxes) (flags uint32, body []byte) {
	if len(b) < 4 {
		return 0, nil
	}
	return binary.BigEndian.Uint32(b) & 0xFFFFFF, b[4:]
}

// decodeTime reads a track fragment decode time, -1 if there is none that
// makes sense.
func decodeTime(tfdt boxes) int64 {
	version, b := tfdt.full()
	switch {
	case version == 0 && len(b) >= 4:
		return int64(binary.BigEndian.Uint32(b))
	case version == 1 && len(b) >= 8 && binary.BigEndian.Uint64(b) < 1<<48:
		return int64(binary.BigEndian.Uint64(b))
	}
	return -1
}

// parseRun reads a trun box, whose data begins at an offset from base, or at
// next if it gives none. ticks is the duration of its packets.
func parseRun(b boxes, base, next int64, of defaults) (run packetRun, ticks int64) {
	flags, b2 := flagged(b)
	run = packetRun{offset: next, sizeAt: -1, size: of.size}
	if len(b2) < 4 {
		return run, 0
	}
	count, body := int64(binary.BigEndian.Uint32(b2)), b2[4:]
	if flags&runOffset != 0 && len(body) >= 4 {
		run.offset, body = base+int64(int32(binary.BigEndian.Uint32(body))), body[4:]
	}
	if flags&runFirstFlags != 0 && len(body) >= 4 {
		body = body[4:]
	}
	timed := flags&runDuration != 0
	if timed {
		run.width += 4
	}
	if flags&runSize != 0 {
		run.sizeAt = run.width
		run.width += 4
	}
	for _, more := range []uint32{runFlags, cto} {
		if flags&more != 0 {
			run.width += 4
		}
	}
	if run.width > 0 {
		run.count = min(count, int64(len(body)/run.width))
		run.rows = body[:run.count*int64(run.width)]
	} else if of.size > 0 {
		run.count = min(count, maxRunPackets)
	}
	if !timed {
		return run, run.count * of.duration
	}
	for row := run.rows; len(row) > 0; row = row[run.width:] {
		ticks += int64(binary.BigEndian.Uint32(row))
	}
	return run, ticks
}

// sizeOf is the size in bytes of packet i of the run.
func (r *packetRun) sizeOf(i int64) int64 {
	if r.sizeAt < 0 {
		return r.size
	}
	return int64(binary.BigEndian.Uint32(r.rows[int(i)*r.width+r.sizeAt:]))
}

// bytes is how long the data of the run is.
func (r *packetRun) bytes() (n int64) {
	if r.sizeAt < 0 {
		return r.count * r.size
	}
	for i := range r.count {
		n += r.sizeOf(i)
	}
	return n
}

// reference is one entry of a segment index: what begins at a byte.
type reference struct {
	unit   int64 // packet, from 0
	offset int64 // byte
}

// segmentIndex is what a sidx box tells.
type segmentIndex struct {
	entries []reference
	first   int64 // when its first entry is over, in its time units
	end     int64 // byte behind what it indexes
	ticks   int64 // when that is over, in its time units
	scale   int64 // those per second
}

// parseIndex reads a segment index that ends at byte end (ISO/IEC 14496-12,
// §8.16.3); false if it makes no sense or points to more indexes.
func parseIndex(b boxes, end int64, s sound) (x segmentIndex, ok bool) {
	version, body := b.full()
	fixed := 20 // identity, scale, two times of 4 bytes, two counts of 2
	if version > 0 {
		fixed = 28
	}
	if len(body) < fixed {
		return x, false
	}
	x.scale = int64(binary.BigEndian.Uint32(body[4:]))
	first, skip := int64(binary.BigEndian.Uint32(body[8:])), int64(binary.BigEndian.Uint32(body[12:]))
	if version > 0 {
		first, skip = int64(binary.BigEndian.Uint64(body[8:])), int64(binary.BigEndian.Uint64(body[16:]))
	}
	if x.scale == 0 || first < 0 || first >= 1<<48 || skip < 0 || skip >= 1<<48 {
		return x, false
	}
	x.end, x.ticks = end+skip, first
	if rows := body[fixed:]; len(rows) >= 12 {
		x.first = first + int64(binary.BigEndian.Uint32(rows[4:]))
	}
	for rows := body[fixed:]; len(rows) >= 12; rows = rows[12:] {
		size := binary.BigEndian.Uint32(rows)
		if size&(1<<31) != 0 {
			return x, false
		}
		x.entries = append(x.entries, reference{s.unitAt(x.ticks, x.scale), x.end})
		x.end += int64(size)
		x.ticks += int64(binary.BigEndian.Uint32(rows[4:]))
	}
	return x, true
}

// unitAt is the packet that begins at a time, in units of scale a second.
func (s sound) unitAt(time, scale int64) int64 {
	frames := float64(time) * float64(s.format.SampleRate) / float64(scale)
	return int64(frames/float64(s.frameSize) + 0.5)
}

// framesAt is a time in units of scale a second as frames.
func (s sound) framesAt(time, scale int64) int64 {
	return int64(float64(time)*float64(s.format.SampleRate)/float64(scale) + 0.5)
}
