package mp4

import (
	"fmt"

	"github.com/ninth-coop/ninth/player/codec"
	"github.com/ninth-coop/ninth/player/codec/aac"
)

// entryNames name the sample entries that cannot be decoded (mp4ra.org).
var entryNames = map[string]string{
	"alac": "ALAC",
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

// readConfig reads the first sample description of a sound track.
func readConfig(stsd boxes) (aac.Config, error) {
	_, b := stsd.full()
	if len(b) < 4 {
		return aac.Config{}, fmt.Errorf("%w: its sound is not described", codec.ErrDamaged)
	}
	for entry := range boxes(b[4:]).all {
		if entry.kind != "mp4a" {
			if name, ok := entryNames[entry.kind]; ok {
				return aac.Config{}, &codec.UnsupportedError{What: name}
			}
			return aac.Config{}, &codec.UnsupportedError{What: fmt.Sprintf("sound of type %q in MP4", entry.kind)}
		}
		children := entryChildren(entry.body)
		if children.find("sinf") != nil {
			return aac.Config{}, &codec.UnsupportedError{What: "an encrypted track"}
		}
		esds := children.find("esds")
		if esds == nil {
			esds = children.find("wave", "esds") // QuickTime nests it
		}
		_, descriptor := esds.full()
		return parseDescriptor(descriptor)
	}
	return aac.Config{}, fmt.Errorf("%w: its sound is not described", codec.ErrDamaged)
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
