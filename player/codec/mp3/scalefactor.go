package mp3

// scaleFactors are those of one channel in a granule, in the order of the
// bitstream: long bands first, then three windows for each short band. A band
// without a factor has 0.
type scaleFactors struct {
	values [maxFactors]uint8
	// illegal marks intensity positions that stand for "not intensity
	// coded" (ISO/IEC 13818-3 §2.4.3.2). Only the right channel of an
	// intensity coded frame has any.
	illegal [maxFactors]bool
}

// maxFactors is the bands of a short block, windows counted, which are more
// than those of a mixed or a long one.
const maxFactors = 3 * shortBands

// slenPairs is the bits per factor in the lower and upper bands, by
// scalefac_compress (ISO/IEC 11172-3 §2.4.2.7).
var slenPairs = [16][2]int{
	{0, 0}, {0, 1}, {0, 2}, {0, 3}, {3, 0}, {1, 1}, {1, 2}, {1, 3},
	{2, 1}, {2, 2}, {2, 3}, {3, 1}, {3, 2}, {3, 3}, {4, 2}, {4, 3},
}

// scfsiBands is where the groups of bands end that granule 1 can take over
// from granule 0.
var scfsiBands = [4]int{6, 11, 16, 21}

// parse reads factors as version 1 has them. reuse tells which groups of
// long bands stay as they are in s, from the granule before.
func (s *scaleFactors) parse(r *bitReader, g *granuleInfo, reuse [4]bool) {
	slen := slenPairs[g.scalefacCompress]
	if g.blockType == blockShort {
		split, end := 18, 36
		if g.mixed {
			split, end = 8+9, 8+27
		}
		*s = scaleFactors{}
		for i := range end {
			n := slen[0]
			if i >= split {
				n = slen[1]
			}
			s.values[i] = uint8(r.take(n))
		}
	} else {
		begin := 0
		for group, end := range scfsiBands {
			for i := begin; i < end && !reuse[group]; i++ {
				s.values[i] = uint8(r.take(slen[group/2]))
			}
			begin = end
		}
		clear(s.values[begin:])
	}
	const illegalPosition = 7
	for i, v := range s.values {
		s.illegal[i] = v == illegalPosition
	}
}

// lsfCounts is how many factors have each of four lengths, by the row that
// scalefac_compress selects and by the kind of block: long, short, mixed
// (ISO/IEC 13818-3 §2.4.3.2).
var lsfCounts = [6][3][4]int{
	{{6, 5, 5, 5}, {9, 9, 9, 9}, {6, 9, 9, 9}},
	{{6, 5, 7, 3}, {9, 9, 12, 6}, {6, 9, 12, 6}},
	{{11, 10, 0, 0}, {18, 18, 0, 0}, {15, 18, 0, 0}},
	{{7, 7, 7, 0}, {12, 12, 12, 0}, {6, 15, 12, 0}},
	{{6, 6, 6, 3}, {12, 9, 9, 6}, {6, 12, 9, 6}},
	{{8, 8, 5, 0}, {15, 12, 9, 0}, {6, 18, 9, 0}},
}

// parseLSF reads factors as the low sampling frequencies have them.
// positions tells that they are intensity positions.
func (s *scaleFactors) parseLSF(r *bitReader, g *granuleInfo, positions bool) {
	row, slen := lsfLengths(g.scalefacCompress)
	if positions {
		row, slen = lsfPositionLengths(g.scalefacCompress >> 1)
	}
	g.preflag = row == 2 && !positions
	kind := 0
	switch {
	case g.blockType == blockShort && g.mixed:
		kind = 2
	case g.blockType == blockShort:
		kind = 1
	}
	*s = scaleFactors{}
	i := 0
	for part, count := range lsfCounts[row][kind] {
		for range count {
			s.values[i] = uint8(r.take(slen[part]))
			s.illegal[i] = positions && slen[part] > 0 && int(s.values[i]) == 1<<slen[part]-1
			i++
		}
	}
}

func lsfLengths(compress int) (row int, slen [4]int) {
	switch c := compress; {
	case c < 400:
		return 0, [4]int{c >> 4 / 5, c >> 4 % 5, c >> 2 & 3, c & 3}
	case c < 500:
		c -= 400
		return 1, [4]int{c >> 2 / 5, c >> 2 % 5, c & 3}
	default:
		c -= 500
		return 2, [4]int{c / 3, c % 3}
	}
}

func lsfPositionLengths(compress int) (row int, slen [4]int) {
	switch c := compress; {
	case c < 180:
		return 3, [4]int{c / 36, c % 36 / 6, c % 6}
	case c < 244:
		c -= 180
		return 4, [4]int{c >> 4 & 3, c >> 2 & 3, c & 3}
	default:
		c -= 244
		return 5, [4]int{c / 3, c % 3}
	}
}
