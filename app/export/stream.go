package export

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/ninth-coop/ninth/player/codec/adts"
	"github.com/ninth-coop/ninth/player/codec/mpegts"
)

const (
	// maxFrames bounds how many frames are taken out of a stream: a day of them.
	maxFrames = 5_000_000
	// unitFrames is how many samples of each channel an AAC frame decodes to.
	unitFrames = 1024
)

// errNoRoom: the sound of a stream fits no file of another kind.
var errNoRoom = errors.New("export: no other file has room for it")

// stream is the sound of an MPEG transport stream.
type stream struct {
	file   io.ReaderAt
	size   int64
	format Format // of the file that it goes into
	rate   uint32
	layout uint16 // channels
	config []byte // of AAC, as MP4 has it
}

// at is a file as the demuxer reads it.
type at struct {
	r    io.ReaderAt
	size int64
}

func (a at) ReadAt(_ context.Context, p []byte, off int64) (int, error) { return a.r.ReadAt(p, off) }
func (a at) Size() (int64, bool)                                        { return a.size, true }
func (a at) Close() error                                               { return nil }

func (s stream) frames() (*mpegts.Frames, error) {
	return mpegts.OpenFrames(context.Background(), at{s.file, s.size})
}

// openStream finds the sound of a transport stream, and a file for it.
func openStream(r io.ReaderAt, size int64) (s stream, err error) {
	s = stream{file: r, size: size, format: MP3}
	frames, err := s.frames()
	if err != nil {
		return s, err
	}
	sound := frames.Format()
	s.rate, s.layout = uint32(sound.SampleRate), uint16(sound.Channels)
	if sound.Codec == "MP3" {
		return s, nil
	}
	s.format = MP4
	for range maxFrames {
		first, err := frames.Next()
		if err != nil {
			return s, err
		}
		if f, ok := adts.ParseFrame(first); ok {
			if s.config = f.AudioSpecificConfig(); s.config == nil {
				return s, errNoRoom
			}
			return s, nil
		}
	}
	return s, errNoRoom
}

// write puts the frames into their file. Those that are lost leave no gap.
func (s stream) write(w io.Writer, t Tags) error {
	if s.format == MP3 {
		if _, err := w.Write(id3Tag(t, nil)); err != nil {
			return fmt.Errorf("export: writing: %w", err)
		}
		return s.each(func(frame []byte) error {
			_, err := w.Write(frame)
			return err
		})
	}
	var sizes []byte
	var total int64
	err := s.each(func(frame []byte) error {
		unit := accessUnit(frame)
		sizes = binary.BigEndian.AppendUint32(sizes, uint32(len(unit)))
		total += int64(len(unit))
		return nil
	})
	if err != nil {
		return err
	}
	head, err := s.head(t, sizes, total)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	if _, err := out.Write(head); err != nil {
		return fmt.Errorf("export: writing: %w", err)
	}
	if err := s.each(func(frame []byte) error {
		_, err := out.Write(accessUnit(frame))
		return err
	}); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("export: writing: %w", err)
	}
	return nil
}

// accessUnit is an ADTS frame without its header; nothing if that lies.
func accessUnit(frame []byte) []byte {
	f, ok := adts.ParseFrame(frame)
	if !ok || f.Size() > len(frame) {
		return nil
	}
	return frame[f.Prefix():f.Size()]
}

// each hands over the frames in order.
func (s stream) each(do func(frame []byte) error) error {
	frames, err := s.frames()
	if err != nil {
		return err
	}
	for range maxFrames {
		frame, err := frames.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && len(frame) > 0 {
			err = do(frame)
		}
		if err != nil {
			return fmt.Errorf("export: writing: %w", err)
		}
	}
	return errNoRoom
}

// head is all of an MP4 file but its access units, of which sizes has the sizes
// and total the sum.
func (s stream) head(t Tags, sizes []byte, total int64) ([]byte, error) {
	ftyp := makeBox("ftyp", []byte("M4A \x00\x00\x02\x00M4A mp42isom"))
	const mdat = 8
	moov, err := tagMoov(s.moov(sizes, 0), t)
	if err != nil {
		return nil, err
	}
	offset := int64(len(ftyp)+len(makeBox("moov", moov))) + mdat
	if offset+total > math.MaxUint32 {
		return nil, errNoRoom
	}
	if moov, err = tagMoov(s.moov(sizes, uint32(offset)), t); err != nil {
		return nil, err
	}
	head := bytes.Join([][]byte{ftyp, makeBox("moov", moov)}, nil)
	head = binary.BigEndian.AppendUint32(head, uint32(total+mdat))
	return append(head, "mdat"...), nil
}

// moov is the content of the movie box (ISO/IEC 14496-12, clause 8) of a track
// whose access units lie in one run from offset on.
func (s stream) moov(sizes []byte, offset uint32) []byte {
	count := uint32(len(sizes) / 4)
	duration := uint32(min(uint64(count)*unitFrames, math.MaxUint32))
	be := func(n ...uint32) (b []byte) {
		for _, v := range n {
			b = binary.BigEndian.AppendUint32(b, v)
		}
		return b
	}
	const one, volume = 1 << 16, 1 << 24
	matrix := be(one, 0, 0, 0, one, 0, 0, 0, 1<<30)
	const enabledInMovie, undetermined = 7, 0x55C4
	stbl := makeBox("stbl",
		makeBox("stsd", be(0, 1), s.entry()),
		makeBox("stts", be(0, 1, count, unitFrames)),
		makeBox("stsc", be(0, 1, 1, count, 1)),
		makeBox("stsz", be(0, 0, count), sizes),
		makeBox("stco", be(0, 1, offset)))
	minf := makeBox("minf",
		makeBox("smhd", be(0, 0)),
		makeBox("dinf", makeBox("dref", be(0, 1), makeBox("url ", be(1)))),
		stbl)
	mdia := makeBox("mdia",
		makeBox("mdhd", be(0, 0, 0, s.rate, duration, undetermined<<16)),
		makeBox("hdlr", be(0, 0), []byte("soun"), make([]byte, 13)),
		minf)
	trak := makeBox("trak",
		makeBox("tkhd", be(enabledInMovie, 0, 0, 1, 0, duration, 0, 0, 0, volume), matrix, be(0, 0)),
		mdia)
	return bytes.Join([][]byte{
		makeBox("mvhd", be(0, 0, 0, s.rate, duration, one, volume, 0, 0), matrix, make([]byte, 24), be(2)),
		trak,
	}, nil)
}

// entry describes the sound (ISO/IEC 14496-14, 5.6): an mp4a box with the
// descriptors of ISO/IEC 14496-1, 7.2.6.
func (s stream) entry() []byte {
	descriptor := func(tag byte, content ...[]byte) []byte {
		body := bytes.Join(content, nil)
		return append([]byte{tag, byte(len(body))}, body...)
	}
	const objectAAC, audioStream = 0x40, 5<<2 | 1
	decoder := descriptor(4, []byte{objectAAC, audioStream}, make([]byte, 11), descriptor(5, s.config))
	esds := makeBox("esds", make([]byte, 4), descriptor(3, make([]byte, 3), decoder, descriptor(6, []byte{2})))
	b := append(make([]byte, 6), 0, 1) // the first of the data references
	b = append(b, make([]byte, 8)...)
	b = binary.BigEndian.AppendUint16(b, s.layout)
	b = append(b, 0, 16, 0, 0, 0, 0) // bits of a sample, by custom
	rate := s.rate
	if rate > math.MaxUint16 {
		rate = 0 // what decodes it says so
	}
	b = binary.BigEndian.AppendUint32(b, rate<<16)
	return makeBox("mp4a", b, esds)
}

// untagged leaves out the ID3 tags between the frames of ADTS, as the segments of
// packed audio begin with them, from the one stretch of a file in pieces.
func untagged(r io.ReaderAt, pieces []piece) (out []piece) {
	for _, p := range pieces {
		if p.data != nil {
			out = append(out, p)
			continue
		}
		in := bufio.NewReaderSize(io.NewSectionReader(r, p.from, p.to-p.from), 64<<10)
		for from, pos := p.from, p.from; from < p.to; {
			head, _ := in.Peek(id3Head) // what is short at the end is no tag
			skip := id3Size(head)
			if f, ok := adts.ParseFrame(head); ok {
				if n, err := in.Discard(f.Size()); err == nil {
					pos += int64(n)
					continue
				}
			}
			if skip == 0 || pos+skip > p.to {
				out = append(out, piece{from: from, to: p.to}) // the rest is as it is
				break
			}
			if pos > from {
				out = append(out, piece{from: from, to: pos})
			}
			if _, err := in.Discard(int(skip)); err != nil {
				break
			}
			pos += skip
			from = pos
		}
	}
	return out
}
