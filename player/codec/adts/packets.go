package adts

import (
	"bytes"
	"errors"
	"io"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/aac"
)

// packets walks and decodes the frames of a stream.
type packets struct {
	codec.Trail // the frames whose number is known

	r     *codec.Reader
	start int64  // byte offset of the first frame
	first header // every frame of the stream is its kin
	dec   *aac.Decoder

	offset int64        // of the next frame
	unit   int64        // number of its access unit
	lost   int64        // access units still to be given as silence
	torn   bool         // units were lost since the last time stamp
	stamps codec.Stamps // what tags between the frames tell

	estimated bool // unit is a guess
}

const (
	// indexEvery is the spacing of the index in access units, about a second.
	indexEvery = 43
	// resyncStep is how many bytes are looked at in one go for a frame.
	resyncStep = 8 << 10
	// maxGap is how many seconds of sound may be missing, by the time stamps, and
	// still be given as silence.
	maxGap = 10
)

func newPackets(r *codec.Reader, start int64, first header, rate int, dec *aac.Decoder) *packets {
	return &packets{r: r, start: start, first: first, dec: dec, offset: start,
		stamps: codec.Stamps{Rate: int64(rate), Frames: aac.FrameSize},
		Trail:  codec.NewTrail(start)}
}

func (p *packets) Next() ([][2]float64, error) {
	unit, err := p.advance()
	if err != nil {
		return nil, err
	}
	return p.dec.Decode(unit), nil
}

// advance steps over one access unit and returns its bytes; none if it is
// lost or damaged.
func (p *packets) advance() ([]byte, error) {
	for p.lost == 0 {
		h, err := p.headerAt(p.offset)
		if err == nil {
			p.remember()
		}
		switch {
		case errors.Is(err, errNoFrame):
			err = p.between()
		case err == nil && h.blocks == 1:
			return p.take(h)
		case err == nil: // several units and nothing that says where each begins
			p.lost = int64(h.blocks)
			p.offset += int64(h.size)
		}
		if err != nil {
			return nil, err
		}
	}
	p.lost--
	p.unit++
	return nil, nil
}

// between steps over what stands where a frame should: tags, which take no time,
// or what damage has left.
func (p *packets) between() error {
	end, stamp, err := codec.InnerTags(p.r, p.offset)
	if err != nil {
		return err
	}
	if end == p.offset {
		return p.resync()
	}
	p.offset = end
	if stamp >= 0 && !p.estimated {
		p.observe(stamp)
	}
	return nil
}

// observe compares the time that a tag tells of the next access unit with its
// number. Where something is lost, what is missing is silence; a jump in a stream
// that is whole is a splice, where the sound goes on.
func (p *packets) observe(stamp int64) {
	gap := int64(0)
	if p.stamps.Known() {
		gap = p.stamps.Unit(stamp, p.unit) - p.unit
	}
	switch {
	case !p.stamps.Known(), !p.torn && gap != 0, gap > p.longest(), gap < -p.longest():
		p.stamps.Learn(p.unit, stamp)
	case gap > 0:
		p.lost = gap
	}
	p.torn = false
}

// longest is how many access units may be missing and still be given as silence.
func (p *packets) longest() int64 { return maxGap * p.stamps.Rate / aac.FrameSize }

// take returns the access unit of the frame at offset, whose header is h.
func (p *packets) take(h header) ([]byte, error) {
	b, err := p.r.Bytes(p.offset, h.size)
	if err != nil {
		return nil, err // a frame cut off by the end of the file is none
	}
	p.offset += int64(h.size)
	p.unit++
	return b[h.prefix:], nil
}

// errNoFrame: no frame of the stream begins here.
var errNoFrame = errors.New("adts: no frame")

func (p *packets) headerAt(offset int64) (header, error) {
	b, err := p.r.Bytes(offset, headerSize)
	if err != nil {
		return header{}, err
	}
	if h, ok := parseHeader(b); ok && h.kin(p.first) {
		return h, nil
	}
	return header{}, errNoFrame
}

// resync goes to the next frame behind offset. Where the tag of a segment is
// before it, its time tells what was lost. Since frames are not numbered, that
// is else estimated from the bytes that were lost, by the average size of the
// frames so far.
func (p *packets) resync() error {
	at, err := p.find(p.offset + 1)
	if err != nil {
		return err
	}
	p.lost = max(1, (at-p.offset+p.average()/2)/p.average())
	stamp, err := codec.StampBefore(p.r, p.offset, at)
	if err != nil {
		return err
	}
	p.offset, p.torn = at, true
	if stamp >= 0 && p.stamps.Known() && !p.estimated {
		if gap := p.stamps.Unit(stamp, p.unit) - p.unit; gap >= 0 && gap <= p.longest() {
			p.lost, p.torn = gap, false
		}
	}
	return nil
}

// find is the first offset from at on from which two frames follow each other.
func (p *packets) find(at int64) (int64, error) {
	for {
		b, err := p.r.Bytes(at, resyncStep)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		i := bytes.IndexByte(b, 0xFF)
		if i < 0 && err != nil {
			return 0, io.EOF
		}
		if i < 0 {
			at += int64(len(b))
			continue
		}
		if at += int64(i); p.followed(at) {
			return at, nil
		}
		at++
	}
}

// followed tells whether a frame begins at offset and another one behind it.
// Both are read in one stretch, so that looking on from offset reads nothing
// twice.
func (p *packets) followed(offset int64) bool {
	h, err := p.headerAt(offset)
	if err != nil {
		return false
	}
	b, err := p.r.Bytes(offset, h.size+headerSize)
	if err != nil {
		return false
	}
	next, ok := parseHeader(b[h.size:])
	return ok && next.kin(p.first)
}

// average is the mean size of the frames before offset, in bytes.
func (p *packets) average() int64 {
	if p.unit == 0 {
		return int64(p.first.size)
	}
	return max((p.offset-p.start)/p.unit, headerSize+1)
}

// remember adds the frame at offset to the index, if it is far from the last.
func (p *packets) remember() {
	if !p.estimated {
		p.Pass(codec.Place{Unit: p.unit, Offset: p.offset}, indexEvery)
	}
}

func (p *packets) SeekTo(frame int64) (int64, error) {
	target := frame / aac.FrameSize
	preroll := max(target-aac.Preroll, 0)
	from, err := p.nearest(preroll)
	if err != nil {
		return 0, err
	}
	at, guessed, err := p.look(from, preroll)
	if err != nil {
		return 0, err
	}
	p.unit, p.offset, p.lost, p.estimated, p.torn = at.Unit, at.Offset, 0, guessed, false
	p.dec.Reset()
	for p.unit < target {
		unit, err := p.advance()
		if err != nil {
			return 0, err
		}
		if p.unit > preroll {
			p.dec.Decode(unit)
		}
	}
	return target * aac.FrameSize, nil
}
