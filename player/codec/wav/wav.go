// Package wav decodes RIFF/WAVE, RF64 included: integers of 8 to 32 bits and
// floats of 32 and 64, one to many channels.
//
// The sizes in the headers of WAVE files are often wrong: a recorder that was
// cut off leaves zeros, a pipe 0xFFFFFFFF. So only the order of the chunks is
// believed. Samples end where the data chunk or the file ends, whichever is
// first; a data size of 0 or 0xFFFFFFFF means until the end of the file.
package wav

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
func Entry() codec.Entry { return codec.Entry{Name: "WAV", Match: Match, Open: Open} }

// Match recognises the first 12 bytes of a WAVE file.
func Match(head []byte) bool {
	if len(head) < 12 || string(head[8:12]) != "WAVE" {
		return false
	}
	id := string(head[:4])
	return id == "RIFF" || id == "RF64"
}

// Open reads the chunks up to the samples; see codec.Opener.
func Open(ctx context.Context, src source.Source) (codec.Decoder, error) {
	start, err := codec.AudioStart(ctx, src)
	if err != nil {
		return nil, err
	}
	r := codec.NewReader(ctx, src)
	f, data, err := readChunks(r, start)
	if err != nil {
		return nil, err
	}
	frames := int64(-1)
	if size := available(data, r.Size()); size >= 0 {
		frames = size / int64(f.frameSize)
	}
	return codec.FromPackets(codec.Format{
		Codec:      f.name(),
		SampleRate: beep.SampleRate(f.rate),
		Channels:   f.channels,
		BitDepth:   f.validBits,
		Lossless:   true,
	}, codec.Trim{Length: frames}, pcm.NewPackets(r, f.layout(), data.start, frames)), nil
}

// extent is where the samples are: size is in bytes, -1 for "until the end".
type extent struct{ start, size int64 }

// available is how many bytes of data there are in a file of the given size,
// where -1 stands for not known.
func available(data extent, fileSize int64) int64 {
	if fileSize < 0 {
		return data.size
	}
	left := max(fileSize-data.start, 0)
	if data.size < 0 {
		return left
	}
	return min(data.size, left)
}

// maxChunks bounds the walk to the data chunk: files that people have hold a
// dozen chunks at most.
const maxChunks = 256

// unknownSize stands in 32-bit size fields for "see elsewhere" and for
// "not known when the header was written".
const unknownSize = 0xFFFFFFFF

// readChunks walks the chunks that begin at byte start, up to the data.
func readChunks(r *codec.Reader, start int64) (format, extent, error) {
	var (
		f       format
		found   bool
		ds64    int64 = -1 // the data size of an RF64 file
		offset        = start + 12
		fail          = func(err error) (format, extent, error) { return format{}, extent{}, err }
		damaged       = func(what string) (format, extent, error) {
			return fail(fmt.Errorf("%w: %s", codec.ErrDamaged, what))
		}
	)
	for range maxChunks {
		head, err := r.Bytes(offset, 8)
		if errors.Is(err, io.EOF) {
			return damaged("it ends before its samples")
		} else if err != nil {
			return fail(err)
		}
		id, size := string(head[:4]), int64(binary.LittleEndian.Uint32(head[4:]))
		offset += 8
		switch id {
		case "fmt ":
			if f, err = readFormat(r, offset, size); err != nil {
				return fail(err)
			}
			found = true
		case "ds64":
			if b, err := r.Bytes(offset+8, 8); err == nil {
				ds64 = int64(binary.LittleEndian.Uint64(b) & (1<<62 - 1))
			}
		case "data":
			if !found {
				return damaged("its samples come before their format")
			}
			switch {
			case size == unknownSize && ds64 > 0:
				size = ds64
			case size == unknownSize || size == 0:
				size = -1
			}
			return f, extent{offset, size}, nil
		}
		offset += size + size&1 // chunks are padded to even length
	}
	return damaged("it has too many chunks before its samples")
}
