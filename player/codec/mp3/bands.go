package mp3

// longBands and shortBands are the scale factor bands of a long block and of
// each window of a short one, including the last, which has no factor of its
// own.
const (
	longBands  = 22
	shortBands = 13
)

// bandTable is the division of the spectrum into scale factor bands for one
// sampling frequency: where each begins, and where the last ends.
type bandTable struct {
	long  [longBands + 1]int
	short [shortBands + 1]int // of one window
	// mixedLong is how many long bands a mixed block has; short ones follow
	// from band 3 on.
	mixedLong int
}

// mixedShort is the first short band of a mixed block.
const mixedShort = 3

// bandsOf returns the division for the stream of h.
func bandsOf(h header) *bandTable {
	row := h.rateIndex
	switch {
	case h.v25:
		row += 6
	case h.lsf:
		row += 3
	}
	return &bandTables[row]
}

// bandTables: 44.1, 48, 32 kHz (ISO/IEC 11172-3 table B.8), 22.05, 24, 16 kHz
// (ISO/IEC 13818-3 table B.2), 11.025, 12, 8 kHz (version 2.5).
var bandTables = [9]bandTable{
	{
		[...]int{0, 4, 8, 12, 16, 20, 24, 30, 36, 44, 52, 62, 74, 90, 110, 134, 162, 196, 238, 288, 342, 418, 576},
		[...]int{0, 4, 8, 12, 16, 22, 30, 40, 52, 66, 84, 106, 136, 192}, 8,
	},
	{
		[...]int{0, 4, 8, 12, 16, 20, 24, 30, 36, 42, 50, 60, 72, 88, 106, 128, 156, 190, 230, 276, 330, 384, 576},
		[...]int{0, 4, 8, 12, 16, 22, 28, 38, 50, 64, 80, 100, 126, 192}, 8,
	},
	{
		[...]int{0, 4, 8, 12, 16, 20, 24, 30, 36, 44, 54, 66, 82, 102, 126, 156, 194, 240, 296, 364, 448, 550, 576},
		[...]int{0, 4, 8, 12, 16, 22, 30, 42, 58, 78, 104, 138, 180, 192}, 8,
	},
	{low, [...]int{0, 4, 8, 12, 18, 24, 32, 42, 56, 74, 100, 132, 174, 192}, 6},
	{
		[...]int{0, 6, 12, 18, 24, 30, 36, 44, 54, 66, 80, 96, 114, 136, 162, 194, 232, 278, 332, 394, 464, 540, 576},
		[...]int{0, 4, 8, 12, 18, 26, 36, 48, 62, 80, 104, 136, 180, 192}, 6,
	},
	{low, lowShort, 6},
	{low, lowShort, 6},
	{low, lowShort, 6},
	{
		[...]int{0, 12, 24, 36, 48, 60, 72, 88, 108, 132, 160, 192, 232, 280, 336, 400, 476, 566, 568, 570, 572, 574, 576},
		[...]int{0, 8, 16, 24, 36, 52, 72, 96, 124, 160, 162, 164, 166, 192}, 6,
	},
}

// Divisions that several sampling frequencies share.
var (
	low      = [...]int{0, 6, 12, 18, 24, 30, 36, 44, 54, 66, 80, 96, 116, 140, 168, 200, 238, 284, 336, 396, 464, 522, 576}
	lowShort = [...]int{0, 4, 8, 12, 18, 26, 36, 48, 62, 80, 104, 134, 174, 192}
)
