package mp4

import (
	"encoding/binary"
	"fmt"
	"io"
	"sort"

	"github.com/ninth-coop/ninth/player/codec"
)

// table finds the place of each packet in the file. It keeps the boxes as
// they are and looks entries up, so it takes no memory beyond the movie box.
// ("Sample" in the standard's box names means packet.)
type table struct {
	count   int64 // packets
	uniform int64 // size of each packet in bytes; 0: see sizes
	sizes   []byte
	offsets []byte // chunk offsets
	wide    bool   // offsets have 64 bits
	chunks  int64
	runs    []run
	ticks   int64 // total duration in media time units

	// The packet looked up last: packets are mostly read in order.
	last       int64
	lastOffset int64
	lastChunk  int64
}

// run is a row of chunks with equally many packets.
type run struct {
	firstChunk  int64 // from 0
	firstPacket int64
	perChunk    int64
}

func newTable(stbl boxes) (table, error) {
	t := table{last: -1}
	damaged := func(what string) (table, error) {
		return table{}, fmt.Errorf("%w: its packet table has %s", codec.ErrDamaged, what)
	}
	_, b := stbl.find("stsz").full()
	if len(b) < 8 {
		return damaged("no sizes")
	}
	t.uniform = int64(binary.BigEndian.Uint32(b))
	t.count = int64(binary.BigEndian.Uint32(b[4:]))
	t.sizes = b[8:]
	if t.uniform == 0 {
		t.count = min(t.count, int64(len(t.sizes)/4))
	}
	if t.offsets = rows(stbl.find("stco"), 4); t.offsets == nil {
		t.offsets, t.wide = rows(stbl.find("co64"), 8), true
	}
	if t.chunks = int64(len(t.offsets) / 4); t.wide {
		t.chunks /= 2
	}
	if t.runs = readRuns(rows(stbl.find("stsc"), 12), t.chunks); t.chunks == 0 || len(t.runs) == 0 {
		return damaged("no chunks")
	}
	last := t.runs[len(t.runs)-1]
	t.count = min(t.count, last.firstPacket+(t.chunks-last.firstChunk)*last.perChunk)
	if t.count == 0 {
		return damaged("no packets")
	}
	t.ticks = totalTicks(rows(stbl.find("stts"), 8))
	return t, nil
}

// rows returns the rows of a full box that begins with their number, as many
// as really are there; nil if the box is not.
func rows(b boxes, size int) []byte {
	_, body := b.full()
	if len(body) < 4 {
		return nil
	}
	n := min(int64(binary.BigEndian.Uint32(body)), int64(len(body)-4)/int64(size))
	return body[4 : 4+n*int64(size)]
}

// readRuns reads the packet-to-chunk table; rows that do not ascend are left out.
func readRuns(b []byte, chunks int64) []run {
	runs := make([]run, 0, len(b)/12)
	for ; len(b) >= 12; b = b[12:] {
		r := run{
			firstChunk: int64(binary.BigEndian.Uint32(b)) - 1,
			perChunk:   int64(binary.BigEndian.Uint32(b[4:])),
		}
		if r.firstChunk < 0 || r.firstChunk >= chunks || r.perChunk == 0 {
			continue
		}
		if n := len(runs); n > 0 {
			before := runs[n-1]
			if r.firstChunk <= before.firstChunk {
				continue
			}
			r.firstPacket = before.firstPacket + (r.firstChunk-before.firstChunk)*before.perChunk
		} else if r.firstChunk != 0 {
			return nil
		}
		runs = append(runs, r)
	}
	return runs
}

// totalTicks adds up the time-to-packet table.
func totalTicks(b []byte) (ticks int64) {
	for ; len(b) >= 8; b = b[8:] {
		ticks += int64(binary.BigEndian.Uint32(b)) * int64(binary.BigEndian.Uint32(b[4:]))
		if ticks < 0 || ticks > 1<<53 {
			return 0 // nonsense counts as unknown
		}
	}
	return ticks
}

// packet returns the place of packet i; io.EOF past the last one.
func (t *table) packet(i int64) (offset, size int64, err error) {
	if i < 0 || i >= t.count {
		return 0, 0, io.EOF
	}
	n := sort.Search(len(t.runs), func(k int) bool { return t.runs[k].firstPacket > i }) - 1
	r := t.runs[n]
	chunk := r.firstChunk + (i-r.firstPacket)/r.perChunk
	if t.last >= 0 && i > t.last && chunk == t.lastChunk {
		offset = t.lastOffset
		for k := t.last; k < i; k++ {
			offset += t.size(k)
		}
	} else {
		offset = t.chunkOffset(chunk)
		for k := i - (i-r.firstPacket)%r.perChunk; k < i; k++ {
			offset += t.size(k)
		}
	}
	t.last, t.lastOffset, t.lastChunk = i, offset, chunk
	return offset, t.size(i), nil
}

// frames implements lister: the length of a table is cut by trim.
func (t *table) frames() int64 { return -1 }

func (t *table) size(i int64) int64 {
	if t.uniform > 0 {
		return t.uniform
	}
	return int64(binary.BigEndian.Uint32(t.sizes[4*i:]))
}

func (t *table) chunkOffset(chunk int64) int64 {
	if t.wide {
		return int64(binary.BigEndian.Uint64(t.offsets[8*chunk:]) & (1<<60 - 1))
	}
	return int64(binary.BigEndian.Uint32(t.offsets[4*chunk:]))
}
