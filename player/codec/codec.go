// Package codec turns the bytes of a track into samples.
//
// Each format has a folder of its own below this one; formats.All in
// player/codec/formats is the one place that knows them all. A registry goes
// by content, never by name. A demuxer of ours finds packets and their
// sample positions, a decoder turns packets into samples; third-party
// decoders see one packet at a time, never the file.
//
// A format is written as Packets over a Reader; FromPackets adds reading in any
// size, trimming, and positions; Downmix folds more channels than two; the
// registry adds Guard. The package codectest holds the result to the contract
// below.
package codec

import (
	"context"
	"errors"
	"fmt"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/source"
)

// Errors that callers decide on. Formats wrap them with what they found.
var (
	// ErrUnknownFormat: the bytes are of no format in the registry.
	ErrUnknownFormat = errors.New("codec: unknown format")
	// ErrDamaged: the format is known, but the file breaks its rules beyond
	// what can be concealed.
	ErrDamaged = errors.New("codec: damaged file")
)

// UnsupportedError names a recognised codec or feature that cannot be decoded,
// for example "HE-AAC", "AC-3" or "an encrypted track".
type UnsupportedError struct{ What string }

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("codec: %s is not supported", e.What)
}

// Format describes a decoded stream.
type Format struct {
	Codec      string          // as shown to a person: "FLAC", "AAC-LC", "WAV"
	SampleRate beep.SampleRate // frames per second of the samples that Stream gives
	Channels   int             // of the encoded stream; Stream always gives stereo frames
	BitDepth   int             // bits per sample of a lossless source; 0 for lossy codecs
	Lossless   bool
	Gains      Gains // as the track's tags say
}

// Decoder is a stage that begins the chain: a beep.Streamer of stereo float64
// frames, nominal range [-1, 1], exact in length (encoder delay and padding
// are already removed). A Decoder is used by one goroutine at a time.
//
// Stream may block on the source. A damaged packet is silence of its length;
// Err is set only when decoding had to be given up.
type Decoder interface {
	beep.Streamer

	Format() Format

	// Len is the length in frames, or -1 while it is not known. It is what
	// the file claims; when a file turns out to be cut short, Stream ends
	// there, without an error, and Len is corrected.
	Len() int64

	// Position is the frame that the next Stream call begins with.
	Position() int64

	// SeekTo moves to a frame in [0, Len]. It is sample exact, unless the decoder
	// is an Estimator and says otherwise: what follows is
	// what an uninterrupted decode would have given there, except for noise
	// that a codec leaves to the decoder to make up. It clears Err. After an
	// error the position is where it was.
	SeekTo(frame int64) error

	// Close frees the decoder. It does not close the source.
	Close() error
}

// Estimator is a Decoder, or its Packets, that may not know exactly where in
// the track it is: a seek into a stream of variable bit rate whose frames are
// not numbered, beyond what has been downloaded, goes to where the frame
// should be by the share of the bytes.
type Estimator interface {
	// Estimated reports whether Position is a guess, until the next SeekTo. It
	// does not jump when the truth becomes known. The track then ends where its
	// bytes do, with Position before or behind Len.
	Estimated() bool
}

// Opener reads the headers of src and returns a decoder at frame 0. The
// context governs the decoder's whole life: a Stream or SeekTo that waits for
// bytes returns when it ends.
type Opener func(ctx context.Context, src source.Source) (Decoder, error)
