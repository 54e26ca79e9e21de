package media

import (
	"fmt"
	"io"

	"github.com/Eyevinn/mp4ff/mp4"
)

const (
	// segmentSeconds is how long a segment is at least, the last one excepted.
	segmentSeconds = 10
	// maxUnit bounds an access unit in bytes: an ADTS header has 13 bits for it
	// and itself.
	maxUnit = 1<<13 - 1 - adtsHeader
	// unitFrames is how many samples of each channel an access unit decodes to.
	unitFrames = 1024
)

// accessUnits are those of an MP4 file of AAC-LC.
type accessUnits struct {
	r     io.ReadSeeker
	moov  *mp4.MoovBox
	trak  *mp4.TrakBox
	count uint32
	each  uint32 // in a segment
	scale uint32 // units of time in a second: the sampling rate

	// What an ADTS header says (ISO/IEC 14496-3, 1.6.2.1).
	rateIndex, channels byte
}

// openUnits reads the tables of a file.
func openUnits(r io.ReadSeeker) (*accessUnits, error) {
	_, moov, err := readHead(r)
	if err != nil {
		return nil, err
	}
	if moov.Trak == nil || len(moov.Traks) != 1 || moov.Mvex != nil {
		return nil, ErrNoPreview
	}
	u := &accessUnits{r: r, moov: moov, trak: moov.Trak}
	stbl := u.trak.Mdia.Minf.Stbl
	sound := stbl.Stsd.Mp4a
	if sound == nil || sound.Esds == nil {
		return nil, fmt.Errorf("%w: it is not AAC", ErrNoPreview)
	}
	config := sound.Esds.DecConfigDescriptor.DecSpecificInfo.DecConfig
	const aacLC = 2
	if len(config) < 2 || config[0]>>3 != aacLC {
		return nil, fmt.Errorf("%w: it is not AAC-LC", ErrNoPreview)
	}
	u.rateIndex = config[0]&7<<1 | config[1]>>7
	u.channels = config[1] >> 3 & 15
	const rates, layouts = 13, 7
	if u.rateIndex >= rates || u.channels < 1 || u.channels > layouts {
		return nil, fmt.Errorf("%w: no ADTS header can say what it is", ErrNoPreview)
	}
	u.count, u.scale = stbl.Stsz.GetNrSamples(), u.trak.Mdia.Mdhd.Timescale
	if u.count == 0 || u.scale == 0 || u.scale > 1<<20 {
		return nil, fmt.Errorf("%w: there is nothing in it", ErrNoPreview)
	}
	if _, frames := stbl.Stts.GetDecodeTime(1); frames != unitFrames {
		return nil, fmt.Errorf("%w: its units do not last 1024 samples", ErrNoPreview)
	}
	u.each = (segmentSeconds*u.scale + unitFrames - 1) / unitFrames
	return u, nil
}

// time is when a unit begins, counted from the first, in units of scale. Only the
// last one may be shorter than the others.
func (u *accessUnits) time(n uint32) uint64 {
	if n < u.count {
		return uint64(n) * unitFrames
	}
	last, frames := u.trak.Mdia.Minf.Stbl.Stts.GetDecodeTime(u.count)
	if last != uint64(u.count-1)*unitFrames || frames == 0 || frames > unitFrames {
		frames = unitFrames
	}
	return uint64(u.count-1)*unitFrames + uint64(frames)
}

// read returns n units from the one with number first on.
func (u *accessUnits) read(first, n uint32) ([][]byte, error) {
	ranges, err := u.trak.GetRangesForSampleInterval(first+1, first+n)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoPreview, err)
	}
	var data []byte
	for _, one := range ranges {
		if one.Size > uint64(n)*maxUnit {
			return nil, fmt.Errorf("%w: a unit is too long", ErrNoPreview)
		}
		stretch, err := readBox(u.r, int64(one.Offset), int64(one.Size))
		if err != nil {
			return nil, err
		}
		data = append(data, stretch...)
	}
	list := make([][]byte, 0, n)
	for i := first; i < first+n; i++ {
		size := int(u.trak.Mdia.Minf.Stbl.Stsz.GetSampleSize(int(i) + 1))
		if size > maxUnit || size > len(data) {
			return nil, fmt.Errorf("%w: a unit is too long", ErrNoPreview)
		}
		list = append(list, data[:size:size])
		data = data[size:]
	}
	return list, nil
}

// adtsHeader is the length in bytes of an ADTS header without a checksum.
const adtsHeader = 7

// appendADTS appends a unit with its header (ISO/IEC 13818-7, 6.2).
func (u *accessUnits) appendADTS(b, unit []byte) []byte {
	const profile = 1 // AAC-LC
	size := len(unit) + adtsHeader
	b = append(b, 0xFF, 0xF1,
		profile<<6|u.rateIndex<<2|u.channels>>2, u.channels<<6|byte(size>>11),
		byte(size>>3), byte(size<<5)|0x1F, 0xFC)
	return append(b, unit...)
}
