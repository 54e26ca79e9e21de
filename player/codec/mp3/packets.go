package mp3

import (
	"bytes"
	"errors"
	"io"

	"github.com/ninth-coop/ninth/player/codec"
)

// packets walks and decodes the frames of a stream.
type packets struct {
	codec.Trail // the frames whose number is known

	r     *codec.Reader
	start int64  // byte offset of the first frame with sound
	first header // every frame of the stream is its kin
	dec   *decoder

	// variable tells that frames are known to differ in bit rate.
	variable bool
	total    int64 // frames that the file says it has; 0 if it does not

	estimated bool // unit is a guess

	offset  int64        // of the next frame
	unit    int64        // its number
	lost    int64        // frames still to be given as silence
	patched bool         // some were, as many as the bytes let guess
	stamps  codec.Stamps // what tags between the frames tell
}

const (
	// indexEvery is the spacing of the index in frames, about a second.
	indexEvery = 32
	// resyncStep is how many bytes are looked at in one go for a frame.
	resyncStep = 8 << 10
	// maxGap is how many seconds of sound may be missing, by the time stamps, and
	// still be given as silence.
	maxGap = 10
)

func newPackets(r *codec.Reader, start int64, first header) *packets {
	return &packets{r: r, start: start, first: first, dec: newDecoder(first),
		stamps: codec.Stamps{Rate: int64(first.rate), Frames: int64(first.samples())},
		offset: start, Trail: codec.NewTrail(start)}
}

func (p *packets) Next() ([][2]float64, error) {
	h, err := p.advance()
	if err != nil {
		return nil, err
	}
	frame, err := p.body(h)
	if err != nil {
		return nil, err
	}
	if frame == nil {
		p.dec.lose()
		return p.dec.conceal(p.first), nil
	}
	return p.dec.decode(frame, h), nil
}

// advance steps over one frame, reading its header alone. The header of a lost
// frame has no size.
func (p *packets) advance() (header, error) {
	if p.lost == 0 {
		h, err := p.headerAt(p.offset)
		switch {
		case err == nil:
			p.remember()
		case errors.Is(err, errNoFrame):
			err = p.resync()
		}
		if err != nil {
			return header{}, err
		}
		if p.lost == 0 {
			if h.size == 0 { // a tag was stepped over
				h, err = p.headerAt(p.offset)
			}
			p.offset += int64(h.size)
			p.unit++
			return h, err
		}
	}
	p.lost--
	p.unit++
	return header{}, nil
}

// body is the frame that advance has stepped over, nil if that is lost. Where
// the track ends within its main data it is shorter: its sound may begin in
// frames before.
func (p *packets) body(h header) ([]byte, error) {
	if h.size == 0 {
		return nil, nil
	}
	b, err := p.r.Bytes(p.offset-int64(h.size), h.size)
	if errors.Is(err, io.EOF) && len(b) > h.mainStart() {
		return b, nil
	}
	return b, err
}

// errNoFrame: no frame of the stream begins here.
var errNoFrame = errors.New("mp3: no frame")

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

// resync goes to the next frame behind offset, where none begins. A tag there,
// at the end or where files were joined, takes no time. Since frames are not
// numbered, the time that was lost is otherwise estimated from the bytes that
// were, by the average size of the frames so far.
func (p *packets) resync() error {
	from, err := skipTags(p.r, p.offset)
	if err != nil {
		return err
	}
	at, err := p.find(from)
	if err != nil {
		return err
	}
	stamp, err := codec.StampBefore(p.r, p.offset, at)
	if err != nil {
		return err
	}
	if at > from {
		p.lost = max(1, (at-from+p.average()/2)/p.average())
		p.patched = true
	}
	p.offset = at
	if stamp >= 0 && !p.estimated {
		p.observe(stamp, at > from)
	}
	return nil
}

// observe compares the time that a tag tells of the next frame with its number.
// Where something was lost, what is missing is silence; a jump in a stream that
// is whole is a splice, where the sound goes on.
func (p *packets) observe(stamp int64, torn bool) {
	gap := int64(0)
	if p.stamps.Known() {
		gap = p.stamps.Unit(stamp, p.unit) - p.unit
	}
	switch most := maxGap * p.stamps.Rate / p.stamps.Frames; {
	case !p.stamps.Known(), !torn && gap != 0, gap > most, gap < 0:
		p.stamps.Learn(p.unit+p.lost, stamp)
	default:
		p.lost = gap
	}
}

// find is the first offset from which two frames follow each other.
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
		at += int64(i)
		if found, err := p.followed(at); found || err != nil {
			return at, err
		}
		at++
	}
}

// followed tells whether a frame begins at offset and behind it another one, or
// the end of the track.
func (p *packets) followed(offset int64) (bool, error) {
	h, err := p.headerAt(offset)
	if err != nil {
		return false, ignoreMiss(err)
	}
	b, err := p.r.Bytes(offset, h.size+headerSize)
	if err != nil {
		return len(b) == h.size, ignoreMiss(err)
	}
	next, ok := parseHeader(b[h.size:])
	return ok && next.kin(p.first), nil
}

// ignoreMiss is err, unless it only says that there is no frame.
func ignoreMiss(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, errNoFrame) {
		return nil
	}
	return err
}

// average is the mean size of the frames before offset, in bytes.
func (p *packets) average() int64 {
	if p.unit == 0 {
		return int64(p.first.size)
	}
	return max((p.offset-p.start)/p.unit, headerSize)
}

// remember adds the frame at offset to the index, if it is far from the last.
func (p *packets) remember() {
	if !p.estimated {
		p.Pass(codec.Place{Unit: p.unit, Offset: p.offset}, indexEvery)
	}
}

// preroll is how many frames before the wanted one have to be known, and how
// many of those decoded, for it to come out as if all had been. The overlap and
// the filters need the granule before, and that one its own predecessor's
// overlap. Main data can begin 511 bytes back (255 at the low sampling
// frequencies), while the smallest frame (32 kbit/s at 48 kHz, 8 at 24) holds
// 58 bytes of it (1).
func (h header) preroll() (known, decoded int64) {
	if h.lsf {
		return 255 + 2, 2
	}
	return 9 + 1, 1
}

func (p *packets) SeekTo(frame int64) (int64, error) {
	samples := int64(p.first.samples())
	target := frame / samples
	known, decoded := p.first.preroll()
	from, err := p.Nearest(target-known, p.followed)
	if err != nil {
		return 0, err
	}
	if from, err = p.jump(from, target-known); err != nil {
		return 0, err
	}
	at, guessed, ok, err := p.named(from, target-known)
	if err == nil && !ok {
		at, ok, err = p.estimate(from, target-known)
		guessed = ok
	}
	if err != nil {
		return 0, err
	}
	if ok {
		from = at
	}
	p.estimated = guessed
	p.unit, p.offset, p.lost = from.Unit, from.Offset, 0
	p.dec.reset()
	for p.unit < target {
		if err := p.pass(target-known, target-decoded); err != nil {
			return 0, err
		}
	}
	return target * samples, nil
}

// pass steps over one frame on the way to another: from number known on its
// main data is kept, from decoded on it is decoded.
func (p *packets) pass(known, decoded int64) error {
	if p.unit >= decoded {
		_, err := p.Next()
		return err
	}
	wanted := p.unit >= known
	h, err := p.advance()
	if err != nil || !wanted {
		return err
	}
	frame, err := p.body(h)
	switch {
	case err != nil:
		return err
	case frame == nil:
		p.dec.lose()
	default:
		p.dec.feed(frame, h)
	}
	return nil
}
