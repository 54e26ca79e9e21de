package media

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/Eyevinn/mp4ff/bits"
	"github.com/Eyevinn/mp4ff/mp4"
)

// PreviewLength is how much of a track everyone may hear.
const PreviewLength = 45 * time.Second

// ErrNoPreview means that a file is not an MP4 with one audio track, so that no
// preview can be cut from it.
var ErrNoPreview = errors.New("media: not an MP4 audio file that can be cut")

// errShort means that the whole file is no longer than a preview.
var errShort = errors.New("media: shorter than a preview")

// cutPreview writes the first [PreviewLength] of an MP4 audio file as a file of
// its own, moov before mdat. Nothing is decoded: whole access units are copied
// up to the end of the preview, and an edit list makes its length exact. It
// gives errShort, having written nothing, when there is nothing to cut.
func cutPreview(w io.Writer, r io.ReadSeeker) (err error) {
	// The parser is another's, and files come from uploads.
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrNoPreview, p)
		}
	}()
	ftyp, moov, err := readHead(r)
	if err != nil {
		return err
	}
	if moov.Trak == nil || len(moov.Traks) != 1 || moov.Mvex != nil {
		return ErrNoPreview
	}
	trak := moov.Trak
	start := int64(0) // media time of the first sound: encoder delay comes before it
	if trak.Edts != nil && len(trak.Edts.Elst) > 0 && len(trak.Edts.Elst[0].Entries) > 0 {
		start = max(trak.Edts.Elst[0].Entries[0].MediaTime, 0)
	}
	scale := int64(trak.Mdia.Mdhd.Timescale)
	length := scale * int64(PreviewLength/time.Second)
	n, end := samplesUntil(trak.Mdia.Minf.Stbl.Stts, start+length)
	if total := trak.Mdia.Minf.Stbl.Stsz.GetNrSamples(); n >= total || end < start+length {
		return errShort
	}
	ranges, err := trak.GetRangesForSampleInterval(1, n)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoPreview, err)
	}
	if err := shorten(moov, n, start, length, end); err != nil {
		return err
	}
	return writeCut(w, r, ftyp, moov, ranges)
}

// maxHead bounds the boxes that are read whole, in bytes. The tables of an hour
// of AAC are about 1 MB.
const maxHead = 32 << 20

// readHead finds the boxes ftyp and moov among those of the file and reads
// them. No size that a box claims is believed before the file has it.
func readHead(r io.ReadSeeker) (ftyp []byte, moov *mp4.MoovBox, err error) {
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, nil, fmt.Errorf("media: reading: %w", err)
	}
	for pos := int64(0); pos < size && (ftyp == nil || moov == nil); {
		if _, err := r.Seek(pos, io.SeekStart); err != nil {
			return nil, nil, fmt.Errorf("media: reading: %w", err)
		}
		h, err := mp4.DecodeHeader(r)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrNoPreview, err)
		}
		length := int64(h.Size)
		if length < int64(h.Hdrlen) || length > size-pos {
			return nil, nil, ErrNoPreview
		}
		if h.Name == "ftyp" || h.Name == "moov" {
			box, err := readBox(r, pos, length)
			if err != nil {
				return nil, nil, err
			}
			if h.Name == "ftyp" {
				ftyp = box
			} else if moov, err = parseMoov(box); err != nil {
				return nil, nil, err
			}
		}
		pos += length
	}
	if ftyp == nil || moov == nil {
		return nil, nil, ErrNoPreview
	}
	return ftyp, moov, nil
}

func readBox(r io.ReadSeeker, pos, length int64) ([]byte, error) {
	if length > maxHead {
		return nil, ErrNoPreview
	}
	if _, err := r.Seek(pos, io.SeekStart); err != nil {
		return nil, fmt.Errorf("media: reading: %w", err)
	}
	box := make([]byte, length)
	if _, err := io.ReadFull(r, box); err != nil {
		return nil, fmt.Errorf("media: reading: %w", err)
	}
	return box, nil
}

func parseMoov(data []byte) (*mp4.MoovBox, error) {
	data, err := plainMoov(data, 0)
	if err != nil {
		return nil, err
	}
	box, err := mp4.DecodeBoxSR(0, bits.NewFixedSliceReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoPreview, err)
	}
	moov, ok := box.(*mp4.MoovBox)
	if !ok {
		return nil, ErrNoPreview
	}
	return moov, nil
}

// samplesUntil counts the samples (access units) up to a media time, and gives
// the media time at which the last of them ends.
func samplesUntil(stts *mp4.SttsBox, until int64) (n uint32, end int64) {
	for i, count := range stts.SampleCount {
		delta := int64(stts.SampleTimeDelta[i])
		if delta <= 0 {
			n += count
			continue
		}
		need := max((until-end+delta-1)/delta, 0)
		take := min(need, int64(count))
		n += uint32(take)
		end += take * delta
		if end >= until {
			break
		}
	}
	return n, end
}

// shorten makes the tables describe the first n samples only, in one chunk.
func shorten(moov *mp4.MoovBox, n uint32, start, length, end int64) error {
	trak := moov.Trak
	stbl := trak.Mdia.Minf.Stbl
	stsd, stts, stsz := stbl.Stsd, stbl.Stts, stbl.Stsz

	left := n
	for i := range stts.SampleCount {
		stts.SampleCount[i] = min(stts.SampleCount[i], left)
		left -= stts.SampleCount[i]
		if left == 0 {
			stts.SampleCount, stts.SampleTimeDelta = stts.SampleCount[:i+1], stts.SampleTimeDelta[:i+1]
			break
		}
	}
	stsz.SampleNumber = n
	if stsz.SampleUniformSize == 0 {
		stsz.SampleSize = stsz.SampleSize[:n]
	}
	stsc := &mp4.StscBox{}
	if err := stsc.AddEntry(1, n, 1); err != nil {
		return fmt.Errorf("%w: %w", ErrNoPreview, err)
	}
	// Groups of samples and the like would have to be cut as well; audio plays
	// without them.
	*stbl = *mp4.NewStblBox()
	for _, box := range []mp4.Box{stsd, stts, stsc, stsz, &mp4.StcoBox{ChunkOffset: []uint32{0}}} {
		stbl.AddChild(box)
	}

	movieLength := uint64(length) * uint64(moov.Mvhd.Timescale) / uint64(trak.Mdia.Mdhd.Timescale)
	trak.Mdia.Mdhd.Duration = uint64(end)
	trak.Tkhd.Duration, moov.Mvhd.Duration = movieLength, movieLength
	edts := &mp4.EdtsBox{}
	edts.AddChild(&mp4.ElstBox{Entries: []mp4.ElstEntry{{SegmentDuration: movieLength, MediaTime: start, MediaRateInteger: 1}}})
	replaceChild(trak, edts)
	trak.Edts = edts

	// Tags go as well: among them iTunes writes the length of the whole track.
	kept := moov.Children[:0]
	for _, c := range moov.Children {
		if c.Type() != "udta" {
			kept = append(kept, c)
		}
	}
	moov.Children = kept
	return nil
}

func replaceChild(trak *mp4.TrakBox, edts *mp4.EdtsBox) {
	for i, c := range trak.Children {
		if c.Type() == "edts" {
			trak.Children[i] = edts
			return
		}
	}
	trak.Children = append(trak.Children[:1], append([]mp4.Box{edts}, trak.Children[1:]...)...)
}

// writeCut writes ftyp, moov and the bytes of the ranges as mdat.
func writeCut(w io.Writer, r io.ReadSeeker, ftyp []byte, moov *mp4.MoovBox, ranges []mp4.DataRange) error {
	var payload uint64
	for _, rg := range ranges {
		payload += rg.Size
	}
	const header = 8 // bytes of a box header
	offset := uint64(len(ftyp)) + moov.Size() + header
	if offset+payload > 1<<32-1 {
		return ErrNoPreview
	}
	moov.Trak.Mdia.Minf.Stbl.Stco.ChunkOffset[0] = uint32(offset)
	if _, err := w.Write(ftyp); err != nil {
		return fmt.Errorf("media: writing preview: %w", err)
	}
	if err := moov.Encode(w); err != nil {
		return fmt.Errorf("media: writing preview: %w", err)
	}
	if err := mp4.EncodeHeaderWithSize("mdat", payload+header, false, w); err != nil {
		return fmt.Errorf("media: writing preview: %w", err)
	}
	for _, rg := range ranges {
		if _, err := r.Seek(int64(rg.Offset), io.SeekStart); err != nil {
			return fmt.Errorf("media: reading: %w", err)
		}
		if _, err := io.CopyN(w, r, int64(rg.Size)); err != nil {
			return fmt.Errorf("media: cutting preview: %w", err)
		}
	}
	return nil
}
