package ogg

// maxPacket bounds a packet in bytes. Packets of sound have a few thousand,
// the code books of Vorbis some ten thousand; only comments with pictures are
// longer, and nobody asks for those here.
const maxPacket = 256 << 10

// run is the packets that end on one page.
type run struct {
	packets [][]byte
	granule int64 // where the last of them ends
	last    bool  // the page is the last of its stream
	offset  int64 // of the page
	gap     bool  // bytes are missing before it
}

// assembler makes packets of the pages of one stream.
type assembler struct {
	serial   uint32
	sequence uint32 // expected of the next page
	synced   bool   // sequence is known
	gap      bool   // something is missing since the last run
	whole    bool   // the packet in buffer is known from its beginning
	tooLong  bool   // it is longer than maxPacket
	buffer   []byte // what is there of the packet that a page left unfinished
	store    []byte // what packets lie in
	ends     []int  // of the packets in store
}

func newAssembler(serial uint32) assembler { return assembler{serial: serial} }

// add takes the next page of the stream. The run is valid until the next call;
// ok is false if no packet ends on the page.
func (a *assembler) add(p page) (r run, ok bool) {
	if a.synced && p.sequence != a.sequence {
		a.gap, a.whole = true, false
	}
	a.sequence, a.synced = p.sequence+1, true
	if !p.continued || !a.whole {
		a.begin(!p.continued)
	}
	a.store, a.ends = a.store[:0], a.ends[:0]
	body := p.body
	ended := false
	for _, s := range p.segments {
		a.extend(body[:s])
		body = body[s:]
		if s < 255 {
			a.end()
			a.begin(true)
			ended = true
		}
	}
	if !ended {
		return run{}, false
	}
	r = run{granule: p.granule, last: p.last, offset: p.offset, gap: a.gap}
	a.gap = false
	from := 0
	for _, to := range a.ends {
		r.packets = append(r.packets, a.store[from:to])
		from = to
	}
	return r, true
}

func (a *assembler) begin(whole bool) {
	a.buffer, a.whole, a.tooLong = a.buffer[:0], whole, false
}

func (a *assembler) extend(b []byte) {
	if a.tooLong = a.tooLong || len(a.buffer)+len(b) > maxPacket; !a.tooLong {
		a.buffer = append(a.buffer, b...)
	}
}

// end closes the packet. One that is too long has no bytes; one whose
// beginning is missing is left out.
func (a *assembler) end() {
	if !a.whole {
		return
	}
	if !a.tooLong {
		a.store = append(a.store, a.buffer...)
	}
	a.ends = append(a.ends, len(a.store))
}
