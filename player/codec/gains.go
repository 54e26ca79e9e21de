package codec

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
	"strings"
)

// Gain is how much louder something must be played to be as loud as the
// reference of ReplayGain 2: −18 LUFS.
type Gain struct {
	Known bool
	DB    float64 // in [−40, 40]
	Peak  float64 // greatest magnitude, as a factor of full scale; 0 if nobody said
}

// Gains is what is known of a track's loudness, and of its release's.
type Gains struct{ Track, Album Gain }

const (
	maxGain = 40.0 // dB: beyond it a tag is wrong
	// r128Above is how much louder ReplayGain's reference is than that of EBU
	// R128, −23 LUFS, which the tags of Opus files count from (RFC 7845, §5.2.1).
	r128Above = 5.0
)

// MeasuredGain is the gain of something that is this loud, in LUFS.
func MeasuredGain(lufs, peak float64) Gain { return gain(-18-lufs, peak) }

func gain(db, peak float64) Gain {
	if math.IsNaN(db) || math.Abs(db) > maxGain {
		return Gain{}
	}
	if !(peak > 0 && peak < 100) {
		peak = 0
	}
	return Gain{Known: true, DB: db, Peak: peak}
}

// GainTags gathers gains from a file's tags: those of ReplayGain, such as
// REPLAYGAIN_TRACK_GAIN "-6.52 dB" and REPLAYGAIN_TRACK_PEAK "0.988", and
// those of RFC 7845, such as R128_TRACK_GAIN "-1024" in 1/256 dB, which count
// only where there are no others. The zero GainTags is ready.
type GainTags struct {
	db, peak, r128 [2]float64
	has            [2]struct{ db, r128 bool }
}

// Tag takes in a tag; names are in any case. Other tags, and values that make
// no sense, are passed over.
func (t *GainTags) Tag(name, value string) {
	name = strings.ToLower(name)
	which, at := 0, -1
	for i, scope := range [...]string{"track", "album"} {
		for k, n := range [...]string{"replaygain_" + scope + "_gain", "replaygain_" + scope + "_peak", "r128_" + scope + "_gain"} {
			if name == n {
				which, at = k, i
			}
		}
	}
	if at < 0 {
		return
	}
	value = strings.TrimSpace(value)
	if which == 0 && len(value) > 2 && strings.EqualFold(value[len(value)-2:], "dB") {
		value = strings.TrimSpace(value[:len(value)-2])
	}
	v, err := strconv.ParseFloat(strings.Replace(value, ",", ".", 1), 64)
	if err != nil || math.IsNaN(v) {
		return
	}
	switch which {
	case 0:
		t.db[at], t.has[at].db = v, true
	case 1:
		t.peak[at] = v
	case 2:
		t.r128[at], t.has[at].r128 = v/256+r128Above, true
	}
}

// Gains is what the tags say.
func (t *GainTags) Gains() Gains {
	var found [2]Gain
	for i := range found {
		switch {
		case t.has[i].db:
			found[i] = gain(t.db[i], t.peak[i])
		case t.has[i].r128:
			found[i] = gain(t.r128[i], t.peak[i])
		}
	}
	return Gains{Track: found[0], Album: found[1]}
}

// CommentGains reads gains from a block of Vorbis comments, as FLAC, Vorbis
// and Opus carry them behind their signatures (Vorbis I, §5.2.1): what makes no
// sense is passed over.
func CommentGains(b []byte) Gains {
	var tags GainTags
	text := func() ([]byte, bool) {
		if len(b) < 4 {
			return nil, false
		}
		n := binary.LittleEndian.Uint32(b)
		if b = b[4:]; uint64(n) > uint64(len(b)) {
			return nil, false
		}
		out := b[:n]
		b = b[n:]
		return out, true
	}
	if _, ok := text(); !ok || len(b) < 4 { // the vendor
		return Gains{}
	}
	b = b[4:] // how many there are said to be
	for {
		comment, ok := text()
		if !ok {
			return tags.Gains()
		}
		const longest = 64 // bytes of a name and a number
		if name, value, ok := bytes.Cut(comment, []byte{'='}); ok && len(comment) <= longest {
			tags.Tag(string(name), string(value))
		}
	}
}
