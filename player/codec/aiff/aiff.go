// Package aiff decodes AIFF and AIFF-C: integers of 1 to 32 bits in either
// byte order and floats of 32 and 64, one to many channels. Compressed sound
// in AIFF-C is refused by name.
//
// As in WAVE files, sizes are not believed beyond what is there: samples end
// where the format chunk, the sound chunk or the file says so, whichever is
// first; 0 in a header, which a recorder leaves that was cut off, says nothing.
// The chunks may come in any order. More than two channels are taken to be in
// the usual order (codec.DefaultSpeakers).
//
// Source: Audio Interchange File Format, version 1.3, and the AIFF-C draft of
// 1991-08-26, both Apple.
package aiff

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/pcm"
	"github.com/ninth-coop/ninth/player/source"
)

// Entry is the format for a codec.Registry.
func Entry() codec.Entry { return codec.Entry{Name: "AIFF", Match: Match, Open: Open} }

// Match recognises the first 12 bytes of an AIFF or AIFF-C file.
func Match(head []byte) bool {
	if len(head) < 12 || string(head[:4]) != "FORM" {
		return false
	}
	kind := string(head[8:12])
	return kind == "AIFF" || kind == "AIFC"
}

// Open reads the chunks until format and samples are found; see codec.Opener.
func Open(ctx context.Context, src source.Source) (codec.Decoder, error) {
	start, err := codec.AudioStart(ctx, src)
	if err != nil {
		return nil, err
	}
	r := codec.NewReader(ctx, src)
	f, data, err := readChunks(r, start+12)
	if err != nil {
		return nil, err
	}
	frames := f.available(data, r.Size())
	return codec.FromPackets(codec.Format{
		Codec:      f.name(),
		SampleRate: beep.SampleRate(f.rate),
		Channels:   f.layout.Channels,
		BitDepth:   f.bits,
		Lossless:   true,
	}, codec.Trim{Length: frames}, pcm.NewPackets(r, f.layout, data.start, frames)), nil
}

// extent is where the samples are: size is in bytes, -1 for "until the end".
type extent struct{ start, size int64 }

// available is how many frames there are in a file of the given size, where
// -1 stands for not known, in the answer too.
func (f format) available(data extent, fileSize int64) int64 {
	frames := f.frames
	limit := func(size int64) {
		if n := size / int64(f.layout.FrameSize()); frames < 0 || n < frames {
			frames = n
		}
	}
	if data.size >= 0 {
		limit(data.size)
	}
	if fileSize >= 0 {
		limit(max(fileSize-data.start, 0))
	}
	return frames
}

// maxChunks bounds the walk over the chunks: files that people have hold a
// dozen at most.
const maxChunks = 256

// readChunks walks the chunks that begin at byte offset until it has met both
// the format and the samples.
func readChunks(r *codec.Reader, offset int64) (f format, data extent, err error) {
	var haveFormat, haveData bool
	for range maxChunks {
		head, err := r.Bytes(offset, 8)
		if errors.Is(err, io.EOF) {
			return f, data, fmt.Errorf("%w: it ends before its format or its samples", codec.ErrDamaged)
		} else if err != nil {
			return f, data, err
		}
		size := int64(binary.BigEndian.Uint32(head[4:]))
		offset += 8
		switch string(head[:4]) {
		case "COMM":
			if f, err = readFormat(r, offset, size); err != nil {
				return f, data, err
			}
			haveFormat = true
		case "SSND":
			if data, err = readSound(r, offset, size); err != nil {
				return f, data, err
			}
			haveData = true
		}
		if haveFormat && haveData {
			return f, data, nil
		}
		offset += size + size&1 // chunks are padded to even length
	}
	return f, data, fmt.Errorf("%w: it has too many chunks before its samples", codec.ErrDamaged)
}

// readSound reads the beginning of the sound chunk of size bytes at offset:
// how far behind it the samples begin, and the size of blocks that nobody uses.
func readSound(r *codec.Reader, offset, size int64) (extent, error) {
	const fields = 8
	b, err := r.Bytes(offset, fields)
	if errors.Is(err, io.EOF) {
		return extent{}, fmt.Errorf("%w: it ends before its samples", codec.ErrDamaged)
	} else if err != nil {
		return extent{}, err
	}
	skip := fields + int64(binary.BigEndian.Uint32(b))
	data := extent{start: offset + skip, size: -1}
	if size > skip && size != unknownSize {
		data.size = size - skip
	}
	return data, nil
}

// unknownSize stands in size fields for "not known when this was written".
const unknownSize = 0xFFFFFFFF
