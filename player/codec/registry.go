package codec

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/ninth-coop/ninth/player/source"
)

// sniffSize is how many bytes a Match function gets to see. It holds two
// MPEG audio frames of any bit rate, which is the longest evidence any format
// needs, and is one round trip on any network.
const sniffSize = 4 << 10

// Entry is one format that a Registry knows.
type Entry struct {
	// Name is how errors and listings call the format, for example "FLAC".
	Name string
	// Match tells whether head, the first bytes of a track after any ID3v2
	// tag (at most 4 KiB, fewer in a shorter track), begins this format.
	Match func(head []byte) bool
	// Open is called when Match has said yes.
	Open Opener
}

// Registry is a list of formats, asked in order. It is a plain value: With
// returns a longer one and leaves the receiver as it was. The zero Registry
// knows no format. It is safe for concurrent use.
type Registry struct{ entries []Entry }

// With returns a registry that asks the entries of r first, then the given ones.
func (r Registry) With(entries ...Entry) Registry {
	all := make([]Entry, 0, len(r.entries)+len(entries))
	return Registry{append(append(all, r.entries...), entries...)}
}

// Names lists the formats in the order in which they are asked.
func (r Registry) Names() []string {
	names := make([]string, len(r.entries))
	for i, e := range r.entries {
		names[i] = e.Name
	}
	return names
}

// Open finds the format of src by its content and returns a decoder at frame
// 0, guarded by Guard. It reads no more of src than the answer needs and never
// waits for the track's size.
//
// The error is ErrUnknownFormat, ErrDamaged or *UnsupportedError, wrapped, or
// what the source or the context reported.
func (r Registry) Open(ctx context.Context, src source.Source) (Decoder, error) {
	head, err := sniff(ctx, src)
	if err != nil {
		return nil, fmt.Errorf("codec: recognising the format: %w", err)
	}
	if len(head) == 0 {
		return nil, fmt.Errorf("%w: an empty file", ErrUnknownFormat)
	}
	for _, e := range r.entries {
		d, matched, err := e.try(ctx, src, head)
		if err != nil {
			return nil, err
		}
		if matched {
			return Guard(d), nil
		}
	}
	return nil, ErrUnknownFormat
}

// try asks one entry; a panic in it is damage, as in Guard.
func (e Entry) try(ctx context.Context, src source.Source, head []byte) (d Decoder, matched bool, err error) {
	defer rescue(&err)
	if !e.Match(head) {
		return nil, false, nil
	}
	d, err = e.Open(ctx, src)
	if err != nil {
		return nil, true, fmt.Errorf("codec: opening %s: %w", e.Name, err)
	}
	return d, true, nil
}

// sniff reads the bytes that Match functions judge by.
func sniff(ctx context.Context, src source.Source) ([]byte, error) {
	start, err := AudioStart(ctx, src)
	if err != nil {
		return nil, err
	}
	head := make([]byte, sniffSize)
	n, err := src.ReadAt(ctx, head, start)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return head[:n], nil
}

// Recognised returns an entry for a format that is known but cannot be
// decoded: its Open gives an *UnsupportedError that names it.
func Recognised(name string, match func(head []byte) bool) Entry {
	return Entry{Name: name, Match: match, Open: func(context.Context, source.Source) (Decoder, error) {
		return nil, &UnsupportedError{What: name}
	}}
}
