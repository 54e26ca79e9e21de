package mp4

import (
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/ninth-coop/ninth/player/codec"
)

// edit is the part of the media that is to be heard.
type edit struct {
	present  bool
	start    int64 // in media time units
	duration int64 // in movie time units; 0: to the media's end
}

// readEdit reads an edit list. Empty edits, which only delay the track
// against a picture, are skipped; of several others the first counts, since
// music has no more than one.
func readEdit(elst boxes) edit {
	version, _ := elst.full()
	width := 12
	if version == 1 {
		width = 20
	}
	for b := rows(elst, width); len(b) >= width; b = b[width:] {
		var e edit
		if version == 1 {
			e = edit{true, int64(binary.BigEndian.Uint64(b[8:])), int64(binary.BigEndian.Uint64(b))}
		} else {
			e = edit{true, int64(int32(binary.BigEndian.Uint32(b[4:]))), int64(binary.BigEndian.Uint32(b))}
		}
		if e.start >= 0 && e.duration >= 0 && e.start < 1<<48 && e.duration < 1<<48 {
			return e
		}
	}
	return edit{}
}

// smpb is the content of an iTunSMPB tag: frames that the encoder put before
// and after the sound, and the frames of sound.
type smpb struct{ delay, padding, length int64 }

// readSMPB reads the tag iTunSMPB.
func readSMPB(moov boxes) (found *smpb) {
	freeTags(moov, func(name, text string) {
		if found == nil && name == "iTunSMPB" {
			found = parseSMPB(text)
		}
	})
	return found
}

// readGains reads the tags of ReplayGain.
func readGains(moov boxes) codec.Gains {
	var tags codec.GainTags
	freeTags(moov, tags.Tag)
	return tags.Gains()
}

// freeTags gives the free-form tags among the user data.
func freeTags(moov boxes, tag func(name, text string)) {
	meta := moov.find("udta", "meta")
	for _, list := range []boxes{meta.find("ilst"), afterFlags(meta).find("ilst")} {
		for item := range list.all {
			if item.kind != "----" {
				continue
			}
			_, name := boxes(item.body).find("name").full()
			const longest = 1 << 10
			if _, data := boxes(item.body).find("data").full(); len(data) > 4 && len(data) < longest {
				tag(string(name), string(data[4:])) // after the locale
			}
		}
	}
}

// afterFlags skips the version and flags of a meta box: in MP4 it is a full
// box, in QuickTime a plain one.
func afterFlags(b boxes) boxes {
	_, body := b.full()
	return boxes(body)
}

// parseSMPB reads the tag's text, hexadecimal words: one that is always zero,
// delay, padding, length, and more that do not matter.
func parseSMPB(text string) *smpb {
	words := strings.Fields(text)
	if len(words) < 4 {
		return nil
	}
	var n [4]int64
	for i, w := range words[:4] {
		v, err := strconv.ParseUint(w, 16, 48)
		if err != nil {
			return nil
		}
		n[i] = int64(v)
	}
	if n[3] == 0 || n[1] > maxDelay {
		return nil
	}
	return &smpb{delay: n[1], padding: n[2], length: n[3]}
}

// maxDelay bounds what is believed of an encoder delay, in frames: encoders
// add one to three packets.
const maxDelay = 1 << 16

// trim says which frames of the decoded packets are the sound.
//
// iTunSMPB counts frames and is believed first. Otherwise the edit list gives
// the delay exactly, but the length only in movie time units, often
// milliseconds, which is up to 22 frames off at 44.1 kHz. So the media's own
// total, in which muxers shorten the last packet to what is sound, is taken
// wherever the edit agrees with it to within one movie time unit; an edit
// that ends clearly earlier is a deliberate cut and is obeyed.
func (t track) trim() codec.Trim {
	rate := int(t.sound.format.SampleRate)
	packets := t.table.count * t.sound.frameSize
	if t.tag != nil && t.tag.delay+t.tag.length <= packets {
		return codec.Trim{Delay: t.tag.delay, Length: t.tag.length}
	}
	frames := func(units, scale int64) int64 {
		return int64(float64(units)*float64(rate)/float64(scale) + 0.5)
	}
	total := packets
	if media := frames(t.table.ticks, t.timescale); media > 0 {
		total = min(total, media)
	}
	if !t.edit.present {
		return codec.Trim{Length: total}
	}
	delay := min(frames(t.edit.start, t.timescale), total)
	length := total - delay
	if t.edit.duration > 0 && t.movieScale > 0 {
		edited := frames(t.edit.duration, t.movieScale)
		unit := int64(rate)/t.movieScale + 1
		if edited < length-unit {
			length = edited
		}
	}
	return codec.Trim{Delay: delay, Length: length}
}

// trimFragments is trim for a fragmented file that gives total frames, -1 if
// that is not known. Its movie box was written before its packets, so an edit
// says where they begin but seldom where they end; the packets' own durations do.
func (t track) trimFragments(total int64) codec.Trim {
	if t.tag != nil {
		return codec.Trim{Delay: t.tag.delay, Length: t.tag.length}
	}
	delay := t.fragmentDelay()
	if total < 0 {
		return codec.Trim{Delay: delay, Length: -1}
	}
	return codec.Trim{Delay: delay, Length: max(total-delay, 0)}
}

// fragmentDelay is how many frames the edit list of a fragmented file leaves
// out in front.
func (t track) fragmentDelay() int64 {
	if !t.edit.present {
		return 0
	}
	return min(t.sound.framesAt(t.edit.start, t.timescale), maxDelay)
}
