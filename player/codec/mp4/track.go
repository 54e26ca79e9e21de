package mp4

import (
	"encoding/binary"
	"fmt"

	"github.com/ninth-coop/ninth/player/codec"
)

// track is what the movie box says about one sound track.
type track struct {
	sound      sound
	table      table
	defaults   defaults // of the packets in fragments
	fragmented bool
	timescale  int64 // units per second of media times
	movieScale int64 // units per second of edit durations
	edit       edit
	tag        *smpb // what iTunes wrote, if it did
}

// maxTracks bounds the search for a sound track.
const maxTracks = 64

// pickTrack returns the first sound track that can be decoded. If there is
// none, the error is about the first sound track.
func pickTrack(moov boxes) (track, error) {
	var firstErr error
	seen := 0
	for b := range moov.all {
		if b.kind != "trak" {
			continue
		}
		if seen++; seen > maxTracks {
			break
		}
		trak := boxes(b.body)
		if handler(trak) != "soun" {
			continue
		}
		t, err := readTrack(moov, trak)
		if err == nil {
			return t, nil
		}
		if firstErr == nil {
			firstErr = err
		}
	}
	if firstErr == nil {
		firstErr = &codec.UnsupportedError{What: "an MP4 file without sound"}
	}
	return track{}, firstErr
}

// handler is the kind of a track, for example "soun".
func handler(trak boxes) string {
	_, b := trak.find("mdia", "hdlr").full()
	if len(b) < 8 {
		return ""
	}
	return string(b[4:8])
}

func readTrack(moov, trak boxes) (track, error) {
	sound, err := readSound(trak.find("mdia", "minf", "stbl", "stsd"))
	if err != nil {
		return track{}, err
	}
	t := track{
		sound:      sound,
		timescale:  timescale(trak.find("mdia", "mdhd")),
		movieScale: timescale(moov.find("mvhd")),
		edit:       readEdit(trak.find("edts", "elst")),
		tag:        readSMPB(moov),
	}
	t.fragmented = moov.find("mvex") != nil
	t.defaults = readDefaults(moov, trak)
	// The movie box of a fragmented file need not know any packet.
	if t.table, err = newTable(trak.find("mdia", "minf", "stbl")); err != nil && !t.fragmented {
		return track{}, err
	}
	if t.timescale <= 0 {
		return track{}, fmt.Errorf("%w: its media has no time scale", codec.ErrDamaged)
	}
	return t, nil
}

// timescale reads the units per second of a movie or media header, 0 if absent.
func timescale(header boxes) int64 {
	version, b := header.full()
	at := 8 // after creation and modification time of 4 bytes each
	if version == 1 {
		at = 16
	}
	if len(b) < at+4 {
		return 0
	}
	return int64(binary.BigEndian.Uint32(b[at:]))
}
