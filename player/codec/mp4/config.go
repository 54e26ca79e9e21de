package mp4

import (
	"fmt"

	"github.com/gopxl/beep/v2"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/aac"
	"github.com/ninth-coop/ninth/player/codec/alac"
)

// entryNames name the sample entries that cannot be decoded (mp4ra.org).
var entryNames = map[string]string{
	"enca": "an encrypted track",
	"drms": "an encrypted track",
	"aavd": "an encrypted track",
	"fLaC": "FLAC in MP4",
	"Opus": "Opus in MP4",
	".mp3": "MP3 in MP4",
	"ac-3": "AC-3",
	"ec-3": "Enhanced AC-3",
	"ac-4": "AC-4",
	"dtsc": "DTS",
	"samr": "AMR",
	"sawb": "AMR",
	"mhm1": "MPEG-H",
	"lpcm": "uncompressed sound in MP4",
	"sowt": "uncompressed sound in MP4",
	"twos": "uncompressed sound in MP4",
	"ipcm": "uncompressed sound in MP4",
}

// sound is what the packets of a track are, and what decodes them.
type sound struct {
	format    codec.Format
	frameSize int64 // frames that a packet decodes to; the last may give fewer
	preroll   int64 // packets to decode before the wanted one after a reset
	maxPacket int   // bytes
	decoder   decoder
	// extended tells, of AAC, whether what was decoded is HE-AAC after all.
	extended func() bool
}

// decoder turns one packet at a time into frames, a damaged one into silence
// of its length. The frames are valid until the next call.
type decoder interface {
	Decode(packet []byte) [][2]float64
	Reset()
}

// readSound reads the first sample description of a sound track.
func readSound(stsd boxes) (sound, error) {
	_, b := stsd.full()
	if len(b) < 4 {
		return sound{}, fmt.Errorf("%w: its sound is not described", codec.ErrDamaged)
	}
	for entry := range boxes(b[4:]).all {
		children := entryChildren(entry.body)
		if children.find("sinf") != nil {
			return sound{}, &codec.UnsupportedError{What: "an encrypted track"}
		}
		switch entry.kind {
		case "mp4a":
			return newAAC(inEntry(children, "esds"))
		case "alac":
			return newALAC(inEntry(children, "alac"))
		}
		if name, ok := entryNames[entry.kind]; ok {
			return sound{}, &codec.UnsupportedError{What: name}
		}
		return sound{}, &codec.UnsupportedError{What: fmt.Sprintf("sound of type %q in MP4", entry.kind)}
	}
	return sound{}, fmt.Errorf("%w: its sound is not described", codec.ErrDamaged)
}

// inEntry returns the content of a decoder's set-up box, which QuickTime
// nests deeper.
func inEntry(children boxes, kind string) []byte {
	set := children.find(kind)
	if set == nil {
		set = children.find("wave", kind)
	}
	_, body := set.full()
	return body
}

func newAAC(descriptor []byte) (sound, error) {
	config, err := parseDescriptor(descriptor)
	if err != nil {
		return sound{}, err
	}
	dec, err := aac.NewDecoder(config)
	if err != nil {
		return sound{}, err
	}
	return sound{
		format:    codec.Format{Codec: "AAC-LC", SampleRate: beep.SampleRate(config.Rate), Channels: config.Channels},
		frameSize: aac.FrameSize, preroll: aac.Preroll, maxPacket: aac.MaxUnit, decoder: dec, extended: dec.Extended,
	}, nil
}

func newALAC(cookie []byte) (sound, error) {
	config, err := alac.ParseConfig(cookie)
	if err != nil {
		return sound{}, err
	}
	return sound{
		format: codec.Format{
			Codec: "ALAC", SampleRate: beep.SampleRate(config.Rate), Channels: config.Channels,
			BitDepth: config.BitDepth, Lossless: true,
		},
		frameSize: int64(config.FrameSize), maxPacket: config.MaxPacket(), decoder: alac.NewDecoder(config),
	}, nil
}

// entryChildren are the boxes in an audio sample entry. Versions 1 and 2,
// which QuickTime writes, have more fields before them.
func entryChildren(body []byte) boxes {
	skip := 28
	if len(body) >= skip {
		switch body[9] {
		case 1:
			skip += 16
		case 2:
			skip += 36
		}
	}
	return boxes(body[min(skip, len(body)):])
}

// Descriptor tags and object types of ISO/IEC 14496-1, §7.2.
const (
	tagES             = 0x03
	tagDecoderConfig  = 0x04
	tagDecoderInfo    = 0x05
	objectMPEG4Audio  = 0x40
	objectMPEG2AACLow = 0x67
	objectMPEG2Audio  = 0x69
	objectMPEG1Audio  = 0x6B
)

// parseDescriptor digs the AudioSpecificConfig out of an elementary stream
// descriptor.
func parseDescriptor(b []byte) (aac.Config, error) {
	damaged := fmt.Errorf("%w: its AAC set-up is missing", codec.ErrDamaged)
	es := descriptor(b, tagES)
	if len(es) < 3 {
		return aac.Config{}, damaged
	}
	const dependent, url, clock = 0x80, 0x40, 0x20
	skip, flags := 3, es[2]
	if flags&dependent != 0 {
		skip += 2
	}
	if flags&url != 0 && len(es) > skip {
		skip += 1 + int(es[skip])
	}
	if flags&clock != 0 {
		skip += 2
	}
	config := descriptor(es[min(skip, len(es)):], tagDecoderConfig)
	const fixed = 13 // bytes of decoder configuration before its descriptors
	if len(config) < fixed {
		return aac.Config{}, damaged
	}
	switch config[0] {
	case objectMPEG4Audio, objectMPEG2AACLow:
		return aac.ParseConfig(descriptor(config[fixed:], tagDecoderInfo))
	case objectMPEG2Audio, objectMPEG1Audio:
		return aac.Config{}, &codec.UnsupportedError{What: "MP3 in MP4"}
	}
	return aac.Config{}, &codec.UnsupportedError{What: fmt.Sprintf("sound of type 0x%02X in MP4", config[0])}
}

// descriptor returns the content of the first descriptor with the given tag.
func descriptor(b []byte, tag byte) []byte {
	for len(b) >= 2 {
		got, size, n := b[0], 0, 1
		for more := true; more; n++ {
			if n >= len(b) || n > 4 {
				return nil
			}
			size, more = size<<7|int(b[n]&0x7F), b[n]&0x80 != 0
		}
		end := min(n+size, len(b))
		if got == tag {
			return b[n:end]
		}
		b = b[end:]
	}
	return nil
}
