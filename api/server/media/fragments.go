package media

import (
	"bytes"
	"fmt"

	"github.com/Eyevinn/mp4ff/mp4"
)

// fragmenter writes a fragmented MP4 file, a fragment per segment.
type fragmenter struct {
	in     *accessUnits
	number uint32 // of the last fragment
}

// begin is the initialisation section: the original's, without its tables. The
// edit list stays, so that the length is exact.
func (f *fragmenter) begin() ([]byte, error) {
	moov, trak := f.in.moov, f.in.trak
	head := &mp4.MoovBox{}
	moov.Mvhd.Duration, trak.Tkhd.Duration, trak.Mdia.Mdhd.Duration = 0, 0, 0
	stsd := trak.Mdia.Minf.Stbl.Stsd
	stbl := mp4.NewStblBox()
	for _, box := range []mp4.Box{stsd, &mp4.SttsBox{}, &mp4.StscBox{}, &mp4.StszBox{}, &mp4.StcoBox{}} {
		stbl.AddChild(box)
	}
	minf := mp4.NewMinfBox()
	for _, box := range trak.Mdia.Minf.Children {
		if box.Type() == "stbl" {
			box = stbl
		}
		minf.AddChild(box)
	}
	mdia := mp4.NewMdiaBox()
	for _, box := range trak.Mdia.Children {
		if box.Type() == "minf" {
			box = minf
		}
		mdia.AddChild(box)
	}
	short := mp4.NewTrakBox()
	short.AddChild(trak.Tkhd)
	if trak.Edts != nil {
		short.AddChild(trak.Edts)
	}
	short.AddChild(mdia)
	mvex := mp4.NewMvexBox()
	mvex.AddChild(mp4.CreateTrex(trak.Tkhd.TrackID))
	for _, box := range []mp4.Box{moov.Mvhd, short, mvex} {
		head.AddChild(box)
	}
	var b bytes.Buffer
	for _, box := range []mp4.Box{mp4.NewFtyp("iso6", 1, []string{"iso6", "mp41", "dash"}), head} {
		if err := box.Encode(&b); err != nil {
			return nil, fmt.Errorf("media: writing the head: %w", err)
		}
	}
	return b.Bytes(), nil
}

func (f *fragmenter) segment(list [][]byte, first uint32, _ uint64) ([]byte, error) {
	f.number++
	fragment, err := mp4.CreateFragment(f.number, f.in.trak.Tkhd.TrackID)
	if err != nil {
		return nil, fmt.Errorf("media: writing a fragment: %w", err)
	}
	for i, unit := range list {
		at := f.in.time(first + uint32(i))
		fragment.AddFullSample(mp4.FullSample{
			Sample:     mp4.Sample{Flags: mp4.SyncSampleFlags, Dur: uint32(f.in.time(first+uint32(i)+1) - at), Size: uint32(len(unit))},
			DecodeTime: at,
			Data:       unit,
		})
	}
	var b bytes.Buffer
	if err := fragment.Encode(&b); err != nil {
		return nil, fmt.Errorf("media: writing a fragment: %w", err)
	}
	return b.Bytes(), nil
}
