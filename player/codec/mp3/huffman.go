package mp3

import (
	"slices"
	"strings"
)

// codeTable decodes one Huffman code with at most two look-ups: the first
// rootBits select an entry, or the table of the codes that begin so.
type codeTable struct {
	entries []codeEntry
	linbits int // extra bits of a value of 15 (ISO/IEC 11172-3 §2.4.2.7)
}

// codeEntry is a code's length in bits and its value. If more is set, the code
// is longer than rootBits: the value is then where the second table begins,
// which more further bits select from.
type codeEntry struct {
	value  uint16
	length uint8
	more   uint8
}

const rootBits = 8

// find is the code that the upper bits of w begin with.
func (t *codeTable) find(w uint64) codeEntry {
	e := t.entries[w>>(64-rootBits)]
	if e.more != 0 {
		e = t.entries[int(e.value)+int(w<<rootBits>>(64-e.more))]
	}
	return e
}

// pairTables are the code tables by table_select; those that have no entries
// (0, 4 and 14) code nothing but zeros. quadTables are those of count1.
var (
	pairTables = makePairTables()
	quadTables = [2]codeTable{makeTable(huffmanCodes[32], 0), makeTable(huffmanCodes[33], 0)}
)

// linbits of tables 16 to 31, of which the first eight and the last eight
// share their codes.
var linbits = [16]int{1, 2, 3, 4, 6, 8, 10, 13, 4, 5, 6, 7, 8, 9, 11, 13}

func makePairTables() (tables [32]codeTable) {
	for i := range 16 {
		if codes, ok := huffmanCodes[i]; ok {
			tables[i] = makeTable(codes, 0)
		}
	}
	low, high := makeTable(huffmanCodes[16], 0), makeTable(huffmanCodes[24], 0)
	for i, n := range linbits {
		tables[16+i] = codeTable{low.entries, n}
		if i >= 8 {
			tables[16+i].entries = high.entries
		}
	}
	return tables
}

// leaf is a code: its bits, how many they are, and what they stand for.
type leaf struct {
	code   uint32
	length int
	value  uint16
}

// leaves reads a tree as huffmanCodes writes it.
func leaves(tree string) []leaf {
	const digits = "0123456789abcdefghijklmnopqrstuvwxyz"
	var all []leaf
	next := uint32(0) // the next code, left-aligned
	for ; len(tree) >= 3; tree = tree[3:] {
		length := strings.IndexByte(digits, tree[0])
		value := strings.IndexByte(digits, tree[1])<<4 | strings.IndexByte(digits, tree[2])
		all = append(all, leaf{next >> (32 - length), length, uint16(value)})
		next += 1 << (32 - length)
	}
	return all
}

func makeTable(tree string, linbits int) codeTable {
	all := leaves(tree)
	entries := make([]codeEntry, 1<<rootBits)
	for _, l := range all {
		if over := l.length - rootBits; over > 0 {
			root := &entries[l.code>>over]
			root.more = max(root.more, uint8(over))
		}
	}
	for i := range 1 << rootBits {
		if more := entries[i].more; more != 0 {
			entries[i].value = uint16(len(entries))
			entries = slices.Concat(entries, make([]codeEntry, 1<<more))
		}
	}
	for _, l := range all {
		first, bits := int(l.code), rootBits-l.length
		if bits < 0 {
			over := -bits
			root := entries[l.code>>over]
			bits = int(root.more) - over
			first = int(root.value) + int(l.code&(1<<over-1))<<bits
		} else {
			first <<= bits
		}
		for i := range 1 << bits {
			entries[first+i] = codeEntry{value: l.value, length: uint8(l.length)}
		}
	}
	return codeTable{entries, linbits}
}

// readLines decodes the spectral lines of one channel in a granule, as
// quantised values raised to the power of 4/3 with their sign, and returns how
// many lines there are before the rest, which is zero. end is the bit behind
// the granule's data; codes that would reach past it are not heard.
func readLines(r *bitReader, g *granuleInfo, end int, lines *[granuleSize]float64) (count int) {
	limit := 2 * g.bigValues
	begin := 0
	for region := range 3 {
		stop := limit
		if region < 2 {
			stop = min(limit, g.regionEnd[region])
		}
		if begin < stop {
			readPairs(r, &pairTables[g.tableSelect[region]], end, lines[begin:stop])
			begin = stop
		}
	}
	return readQuads(r, &quadTables[g.count1Table], end, lines, limit)
}

func readPairs(r *bitReader, t *codeTable, end int, lines []float64) {
	if t.entries == nil {
		clear(lines)
		return
	}
	for i := 0; i+1 < len(lines); i += 2 {
		if r.at >= end {
			clear(lines[i:])
			return
		}
		// The longest code, two values with linbits and their signs are
		// 19 + 2×13 + 2 bits: one peek holds them.
		w := r.peek()
		e := t.find(w)
		w <<= e.length
		left, n := signedPower(w, int(e.value>>4), t.linbits)
		w <<= n
		right, m := signedPower(w, int(e.value&15), t.linbits)
		lines[i], lines[i+1] = left, right
		r.at += int(e.length) + n + m
	}
}

// signedPower completes a value with what w begins with, its linbits and its
// sign, and returns its power and how many bits those were.
func signedPower(w uint64, v, linbits int) (power float64, used int) {
	if v == 0 {
		return 0, 0
	}
	if v == 15 && linbits > 0 {
		v += int(w >> (64 - linbits))
		w <<= linbits
		used = linbits
	}
	power = powers[v]
	if w>>63 != 0 {
		power = -power
	}
	return power, used + 1
}

// readQuads reads the count1 region from line at on, and clears the lines
// behind it.
func readQuads(r *bitReader, t *codeTable, end int, lines *[granuleSize]float64, at int) (count int) {
	for at+4 <= granuleSize && r.at < end {
		w := r.peek()
		e := t.find(w)
		w <<= e.length
		used := int(e.length)
		var quad [4]float64
		for i := range quad {
			if e.value&(8>>i) == 0 {
				continue
			}
			quad[i] = 1
			if w>>63 != 0 {
				quad[i] = -1
			}
			w <<= 1
			used++
		}
		if r.at+used > end {
			break
		}
		copy(lines[at:], quad[:])
		r.at += used
		at += 4
	}
	clear(lines[at:])
	return at
}
