package mp3

const (
	// maxReservoir is how far back main data may begin, in bytes: what nine
	// bits can say; at the low sampling frequencies it is 255.
	maxReservoir = 511
	// maxSide is the longest side information in bytes.
	maxSide = 32
	// maxFrame bounds a frame in bytes: 320 kbit/s at 32 kHz, 160 at 8 kHz.
	maxFrame = 1441
)

// decoder decodes frames of one stream. It is used by one goroutine at a time.
type decoder struct {
	bands   *bandTable
	layouts layouts
	// checked: the checksums of this stream are worth believing. Some
	// encoders wrote wrong ones throughout.
	checked bool

	side    sideInfo
	factors [2]scaleFactors
	lines   [2][granuleSize]float64
	hybrids [2]hybrid
	filters [2]polyphase
	slots   slots

	// main is the last main data, at most maxReservoir bytes before a frame is
	// added; stored counts them.
	main   [maxReservoir + maxFrame + readAhead]byte
	stored int

	out [2 * granuleSize][2]float64
}

// newDecoder returns a decoder for the stream that first belongs to.
func newDecoder(first header) *decoder {
	bands := bandsOf(first)
	return &decoder{bands: bands, layouts: makeLayouts(bands)}
}

// reset forgets all frames decoded so far.
func (d *decoder) reset() {
	d.lose()
	d.hybrids = [2]hybrid{}
	d.filters = [2]polyphase{}
}

// lose tells that frames are missing here: main data must not reach across.
func (d *decoder) lose() { d.stored = 0 }

// feed takes the frame's share of the main data, for frames that follow,
// without decoding it. It returns where the share begins.
func (d *decoder) feed(frame []byte, h header) (begin int) {
	if over := d.stored - maxReservoir; over > 0 {
		d.stored = copy(d.main[:], d.main[over:d.stored])
	}
	begin = d.stored
	d.stored += copy(d.main[begin:begin+maxFrame], frame[min(h.mainStart(), len(frame)):])
	clear(d.main[d.stored : d.stored+readAhead])
	return begin
}

// decode returns the samples of a frame, valid until the next call. What is
// damaged or lacks main data that came before fades to silence.
func (d *decoder) decode(frame []byte, h header) [][2]float64 {
	begin := d.feed(frame, h)
	if len(frame) < h.mainStart() || h.protected && d.checked && !h.checksumHolds(frame) {
		return d.conceal(h)
	}
	var side [maxSide + readAhead]byte
	copy(side[:], frame[h.sideStart():h.mainStart()])
	if !d.side.parse(&bitReader{bytes: side[:]}, h, d.bands) || d.side.mainDataBegin > begin {
		return d.conceal(h)
	}
	r := &bitReader{bytes: d.main[:], at: 8 * (begin - d.side.mainDataBegin)}
	for gr := range h.granules() {
		if !d.granule(r, h, gr) {
			d.silence(h, gr)
		}
	}
	return d.finish(h)
}

// conceal returns the fading silence that stands for a lost frame.
func (d *decoder) conceal(h header) [][2]float64 {
	for gr := range h.granules() {
		d.silence(h, gr)
	}
	return d.finish(h)
}

// silence puts a granule without any lines through the filters.
func (d *decoder) silence(h header, gr int) {
	for ch := range h.channels {
		d.filter(&granuleInfo{}, gr, ch, 0)
	}
}

// finish is the samples of the frame that was put through the filters.
func (d *decoder) finish(h header) [][2]float64 {
	out := d.out[:h.samples()]
	if h.channels == 1 {
		for i := range out {
			out[i][1] = out[i][0]
		}
	}
	return out
}

// granule decodes one granule; false if its data reaches past what there is.
func (d *decoder) granule(r *bitReader, h header, gr int) bool {
	info := &d.side.granules[gr]
	var counts [2]int
	for ch := range h.channels {
		g := &info[ch]
		end := r.at + g.part23Length
		if end > 8*d.stored {
			return false
		}
		d.readFactors(r, h, gr, ch)
		counts[ch] = readLines(r, g, end, &d.lines[ch])
		r.at = end
		requantise(&d.lines[ch], counts[ch], g, &d.factors[ch], d.layouts.of(g))
	}
	if h.midSide || h.intensity {
		right := &info[1]
		joinStereo(h, right, &d.factors[1], d.layouts.of(right), &d.lines[0], &d.lines[1], &counts)
	}
	for ch, count := range counts[:h.channels] {
		g := &info[ch]
		if g.blockType == blockShort {
			count = reorder(&d.lines[ch], count, d.layouts.of(g))
		}
		d.filter(g, gr, ch, count)
	}
	return true
}

// readFactors reads the scale factors of one channel in a granule.
func (d *decoder) readFactors(r *bitReader, h header, gr, ch int) {
	g := &d.side.granules[gr][ch]
	if h.lsf {
		d.factors[ch].parseLSF(r, g, h.intensity && ch == 1)
		return
	}
	var reuse [4]bool
	if gr == 1 {
		reuse = d.side.scfsi[ch]
	}
	d.factors[ch].parse(r, g, reuse)
}

// filter makes samples of the first count lines of one channel in a granule.
func (d *decoder) filter(g *granuleInfo, gr, ch, count int) {
	d.hybrids[ch].synthesise(&d.lines[ch], count, g, &d.slots)
	d.filters[ch].synthesise(&d.slots, ch, d.out[gr*granuleSize:(gr+1)*granuleSize])
}
