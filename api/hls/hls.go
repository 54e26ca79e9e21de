// Package hls turns an HLS rendition (RFC 8216) into what the rest of the house
// knows: one file that can be read from any byte on.
//
// The file is the segments behind each other, their initialisation section in
// front: an MPEG transport stream, a fragmented MP4 file, or ADTS or MP3 frames.
// Where a segment lies in it is known by the lengths of those before, which
// servers tell when asked; where they do not, the file can only be read from
// its beginning. See [File].
//
// Of a master playlist the variant is taken, in this order: whose codecs can be
// decoded (AAC-LC, MP3, ALAC), before those that do not say, HE-AAC and the
// like last; sound alone before sound with a picture; of sound alone the highest
// bandwidth, of the others the lowest.
//
// Only what has an end is played. Segments may be encrypted with AES-128 if the
// key comes from where the playlist does. Live streams, SAMPLE-AES and DRM give
// an [UnsupportedError] that names them.
//
// The package reaches the network through a [Fetcher] alone, whose business
// redirects, tokens and hosts are.
package hls

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
)

// Errors that callers decide on.
var (
	// ErrPlaylist: the text is no HLS playlist, or one that makes no sense.
	ErrPlaylist = errors.New("hls: malformed playlist")
	// ErrChanged: a segment is not as long as the server said before.
	ErrChanged = errors.New("hls: a segment has changed")
	// ErrKey: a segment cannot be decrypted with the key that was given.
	ErrKey = errors.New("hls: the key does not fit")
)

// UnsupportedError names what a rendition needs and this package does not do,
// for example "a live HLS stream".
type UnsupportedError struct{ What string }

func (e *UnsupportedError) Error() string { return fmt.Sprintf("hls: %s is not supported", e.What) }

// Answer is what a server sends of a resource.
type Answer struct {
	Body   io.ReadCloser
	URL    *url.URL // where it came from, after redirects
	Offset int64    // where Body begins: what was asked for, or 0
	Size   int64    // bytes of the whole resource; -1 if the server does not say
	Tag    string   // whatever tells versions of it apart; may be empty
	Joined Joined   // of a playlist: what the server says of its segments
}

// Joined is what a server says of a rendition as one file. None need say it.
type Joined struct {
	Size   int64  // bytes; 0 if it does not say
	SHA256 []byte // nil if it does not say
}

// Fetcher reaches a server.
type Fetcher interface {
	// Fetch asks for length bytes of a resource from off on; length 0 is to the
	// end. A server without ranges begins at 0 and may send more. Reading ends
	// when ctx does; the caller closes the body.
	Fetch(ctx context.Context, address *url.URL, off, length int64) (*Answer, error)
	// Size asks how long a resource is in bytes, -1 if the server does not say.
	Size(ctx context.Context, address *url.URL) (int64, error)
}

const (
	// maxPlaylist bounds a playlist in bytes: ten hours in segments of a second
	// with long addresses.
	maxPlaylist = 8 << 20
	// maxSegments bounds a rendition: a day in segments of ten seconds, thrice.
	maxSegments = 26_000
	// maxVariants bounds a master playlist.
	maxVariants = 200
	// maxDuration bounds a segment in seconds.
	maxDuration = 24 * 60 * 60
)
