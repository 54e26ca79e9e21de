// Package ogg plays codecs from Ogg streams (RFC 3533): pages with checksums,
// packets that span them, and granule positions, from which lengths and places
// follow. The codecs, Vorbis and Opus, are packages of their own that call Open.
//
// Sound is placed by runs: the packets that end on one page. The page's
// granule position is where its run ends, so a run that follows damage falls
// into its place, behind silence of the length that was lost. How long a run is
// its packets tell before they are decoded, which they are one by one: a page
// often holds a second of sound, and nobody waits for more than the first of it.
// A page whose
// checksum is wrong is skipped, up to the next one that is whole; only those of
// the headers are given a chance.
//
// The length comes from the last page, if the file is complete when it is
// opened; otherwise it is not known before the end. A seek bisects the file by
// granule positions; without a known size it walks on from the nearest page
// that was seen.
//
// Chained streams (RFC 3533 §4) play one after the other as long as the codec
// and the sampling rate stay the same; else decoding ends with an
// *codec.UnsupportedError. Streams that are multiplexed with the sound are
// left out.
package ogg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/source"
)

// Decoder turns the packets of one stream into frames.
type Decoder interface {
	// Lengths appends how many frames each packet has that is to be decoded
	// next, in their order.
	Lengths(lengths []int, packets [][]byte) []int
	// Decode returns the frames of a packet, none if it is damaged. They are
	// valid until the next call.
	Decode(packet []byte) [][2]float64
	// Reset forgets the packets before the next one.
	Reset()
}

// Stream is what the header packets of a stream say.
type Stream struct {
	Decoder Decoder
	Format  codec.Format
	Skip    int64 // frames at the beginning that are not to be heard
	Preroll int64 // frames before the wanted one to decode after a Reset
}

// Begin reads the headers of a stream: first is the packet that its first page
// holds, next gives those that follow. A packet is valid until the next call;
// of one that is longer than 256 KiB, as those with pictures are, nothing is
// given.
type Begin func(first []byte, next func() ([]byte, error)) (Stream, error)

// Match returns a function for codec.Entry that recognises a stream by how its
// first packet begins.
func Match(firstPacket string) func(head []byte) bool {
	return func(head []byte) bool {
		p, ok := parsePage(head)
		return ok && p.first && len(head) > p.header && bytes.HasPrefix(head[p.header:], []byte(firstPacket))
	}
}

// Open returns a decoder of the stream that src begins with; see codec.Opener.
func Open(ctx context.Context, src source.Source, begin Begin) (codec.Decoder, error) {
	start, err := codec.AudioStart(ctx, src)
	if err != nil {
		return nil, err
	}
	p := &packets{pages: pages{r: codec.NewReader(ctx, src), offset: start, lenient: true}, begin: begin}
	first, err := p.pages.next()
	if err == nil && !first.first {
		err = fmt.Errorf("%w: its first page is missing", codec.ErrDamaged)
	}
	if err == nil {
		err = p.enter(first)
	}
	if err == nil {
		err = p.prepare()
	}
	if errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w: it ends before its sound", codec.ErrDamaged)
	}
	if err != nil {
		return nil, err
	}
	length := int64(-1)
	if complete(src) {
		if length, err = p.measure(p.link); err != nil {
			return nil, err
		}
	}
	return codec.FromPackets(p.link.Format, codec.Trim{Length: length}, p), nil
}

// complete tells whether the end of src can be read without a wait.
func complete(src source.Source) bool {
	if _, sized := src.Size(); !sized {
		return false
	}
	download, ok := src.(interface{ Complete() bool })
	return !ok || download.Complete()
}
