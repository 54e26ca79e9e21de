package mp3

// sideInfo is the side information of a frame (ISO/IEC 11172-3 §2.4.1.7,
// 13818-3 §2.4.1.7).
type sideInfo struct {
	mainDataBegin int // bytes before this frame's share where its main data begins
	scfsi         [2][4]bool
	granules      [2][2]granuleInfo // by granule and channel
}

// granuleInfo is what the side information tells of one channel in a granule.
type granuleInfo struct {
	part23Length     int // bits of scale factors and Huffman codes
	bigValues        int // pairs of lines in the big-values regions
	globalGain       int
	scalefacCompress int
	blockType        int
	mixed            bool // the two lowest subbands have a long block
	tableSelect      [3]int
	subblockGain     [3]int
	regionEnd        [2]int // lines at which regions 0 and 1 end
	preflag          bool
	scalefacScale    int // 0: scale factors count in steps of √2, 1: of 2
	count1Table      int
}

// Block types (ISO/IEC 11172-3 §2.4.2.7, block_type).
const (
	blockLong  = 0
	blockShort = 2
)

// parse reads the side information; r must stand at it. It is false where a
// value is forbidden.
func (s *sideInfo) parse(r *bitReader, h header, bands *bandTable) bool {
	*s = sideInfo{}
	if h.lsf {
		s.mainDataBegin = r.take(8)
		r.take(h.channels) // private bits
	} else {
		s.mainDataBegin = r.take(9)
		r.take(7 - 2*h.channels)
		for ch := range h.channels {
			for group := range s.scfsi[ch] {
				s.scfsi[ch][group] = r.flag()
			}
		}
	}
	for gr := range h.granules() {
		for ch := range h.channels {
			if !s.granules[gr][ch].parse(r, h, bands) {
				return false
			}
		}
	}
	return true
}

func (g *granuleInfo) parse(r *bitReader, h header, bands *bandTable) bool {
	g.part23Length = r.take(12)
	g.bigValues = r.take(9)
	g.globalGain = r.take(8)
	if h.lsf {
		g.scalefacCompress = r.take(9)
	} else {
		g.scalefacCompress = r.take(4)
	}
	if r.flag() {
		g.parseSwitched(r, bands)
		if g.blockType == blockLong {
			return false
		}
	} else {
		for i := range g.tableSelect {
			g.tableSelect[i] = r.take(5)
		}
		region0 := r.take(4) + 1
		region1 := region0 + r.take(3) + 1
		g.regionEnd[0] = bands.long[min(region0, longBands)]
		g.regionEnd[1] = bands.long[min(region1, longBands)]
	}
	if !h.lsf {
		g.preflag = r.flag()
	}
	g.scalefacScale = r.take(1)
	g.count1Table = r.take(1)
	return 2*g.bigValues <= granuleSize
}

// parseSwitched reads what follows window_switching_flag. Region 0 then
// covers a fixed number of bands, region 1 the rest.
func (g *granuleInfo) parseSwitched(r *bitReader, bands *bandTable) {
	g.blockType = r.take(2)
	g.mixed = r.flag()
	for i := range 2 {
		g.tableSelect[i] = r.take(5)
	}
	for i := range g.subblockGain {
		g.subblockGain[i] = r.take(3)
	}
	if g.blockType == blockShort {
		g.regionEnd[0] = 3 * bands.short[3]
	} else {
		g.mixed = false // means something for short blocks only
		g.regionEnd[0] = bands.long[8]
	}
	g.regionEnd[1] = granuleSize
}
