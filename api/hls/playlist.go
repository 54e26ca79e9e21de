package hls

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Playlist is a playlist of either kind: Variants are those of a master
// playlist, Segments those of a media playlist.
type Playlist struct {
	Variants []Variant
	Segments []Segment
}

// Segment is a stretch of a rendition.
type Segment struct {
	URL *url.URL
	// From and Length are the bytes of the resource that are the segment;
	// Length is -1 for all of it.
	From, Length int64
	// Duration is how long it is heard; 0 for an initialisation section.
	Duration time.Duration
	Key      *Key // nil if it is not encrypted
}

// Key is how a segment is encrypted: AES-128 in CBC mode.
type Key struct {
	URL *url.URL
	IV  [16]byte
}

// Parse reads a playlist that lies at base. The error is ErrPlaylist, wrapped,
// or an *UnsupportedError.
func Parse(text []byte, base *url.URL) (Playlist, error) {
	if len(text) > maxPlaylist {
		return Playlist{}, fmt.Errorf("%w: it is too long", ErrPlaylist)
	}
	p := parser{base: base}
	body := strings.TrimPrefix(string(text), "\xEF\xBB\xBF")
	first := true
	for line := range strings.SplitSeq(body, "\n") {
		line = strings.TrimSpace(line)
		if first {
			if line != "#EXTM3U" {
				return Playlist{}, fmt.Errorf("%w: it does not begin with #EXTM3U", ErrPlaylist)
			}
			first = false
			continue
		}
		if err := p.line(line); err != nil {
			return Playlist{}, err
		}
	}
	return p.finish()
}

// parser is what the lines so far have said.
type parser struct {
	base *url.URL
	out  Playlist

	ended    bool // nothing will be added to it
	sequence int64
	number   int64 // segments so far
	duration time.Duration
	timed    bool // an EXTINF waits for its segment
	gap      bool // the next segment is not there
	span     *span
	after    map[string]int64 // where the last span of a resource ended
	key      *keyTag
	section  *Segment // the initialisation section that applies
	written  bool     // and it is in the list

	variant *Variant // waits for its address
	groups  map[string]Variant
}

func (p *parser) line(line string) error {
	switch {
	case line == "":
		return nil
	case !strings.HasPrefix(line, "#"):
		return p.address(line)
	case !strings.HasPrefix(line, "#EXT"):
		return nil // a comment
	}
	tag, value, _ := strings.Cut(line, ":")
	switch tag {
	case "#EXTINF", "#EXT-X-BYTERANGE", "#EXT-X-GAP", "#EXT-X-MEDIA-SEQUENCE":
		return p.segmentTag(tag, value)
	case "#EXT-X-KEY", "#EXT-X-SESSION-KEY":
		return p.keyTag(tag, value)
	case "#EXT-X-MAP":
		return p.mapTag(parseAttributes(value))
	case "#EXT-X-ENDLIST":
		p.ended = true
	case "#EXT-X-PLAYLIST-TYPE":
		p.ended = p.ended || value == "VOD"
	case "#EXT-X-I-FRAMES-ONLY":
		return &UnsupportedError{"a playlist of pictures"}
	case "#EXT-X-DEFINE":
		return &UnsupportedError{"a playlist with variables"}
	case "#EXT-X-STREAM-INF":
		return p.variantTag(parseAttributes(value))
	case "#EXT-X-MEDIA":
		return p.mediaTag(parseAttributes(value))
	}
	return nil // §6.3.1: unknown tags are ignored
}

// segmentTag reads a tag that applies to the next segment, or to all.
func (p *parser) segmentTag(tag, value string) error {
	switch tag {
	case "#EXTINF":
		text, _, _ := strings.Cut(value, ",")
		seconds, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil || math.IsNaN(seconds) || seconds < 0 || seconds > maxDuration {
			return fmt.Errorf("%w: a segment lasts %.40q", ErrPlaylist, text)
		}
		p.duration, p.timed = time.Duration(seconds*float64(time.Second)), true
	case "#EXT-X-BYTERANGE":
		s, ok := parseSpan(value)
		if !ok {
			return fmt.Errorf("%w: a range of bytes is %.40q", ErrPlaylist, value)
		}
		p.span = &s
	case "#EXT-X-GAP":
		p.gap = true
	case "#EXT-X-MEDIA-SEQUENCE":
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 0 {
			return fmt.Errorf("%w: its first segment has the number %.40q", ErrPlaylist, value)
		}
		p.sequence = n
	}
	return nil
}

// address ends what the tags before it said of a segment or a variant.
func (p *parser) address(text string) error {
	u, err := p.resolve(text)
	if err != nil {
		return err
	}
	if p.variant != nil {
		p.variant.URL = u
		p.out.Variants = append(p.out.Variants, *p.variant)
		p.variant = nil
		return nil
	}
	if !p.timed {
		return nil // no segment without a duration (§4.3.2.1)
	}
	s := Segment{URL: u, Length: -1, Duration: p.duration}
	if p.span != nil {
		p.place(&s, *p.span)
	}
	number := p.sequence + p.number
	p.number++
	gap := p.gap
	p.timed, p.gap, p.span = false, false, nil
	if gap {
		return nil
	}
	if p.section != nil && !p.written {
		p.out.Segments = append(p.out.Segments, *p.section)
		p.written = true
	}
	s.Key = p.key.at(number)
	p.out.Segments = append(p.out.Segments, s)
	if len(p.out.Segments) > maxSegments {
		return fmt.Errorf("%w: it has too many segments", ErrPlaylist)
	}
	return nil
}

// place says which bytes of its resource a segment is.
func (p *parser) place(s *Segment, given span) {
	if p.after == nil {
		p.after = map[string]int64{}
	}
	if given.from < 0 {
		given.from = p.after[s.URL.String()]
	}
	s.From, s.Length = given.from, given.length
	p.after[s.URL.String()] = s.From + s.Length
}

// resolve reads an address, which is relative to the playlist's.
func (p *parser) resolve(text string) (*url.URL, error) {
	u, err := p.base.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("%w: an address in it is none", ErrPlaylist)
	}
	u.Fragment = ""
	return u, nil
}

func (p *parser) mapTag(a attributes) error {
	if a["URI"] == "" {
		return fmt.Errorf("%w: an initialisation section has no address", ErrPlaylist)
	}
	u, err := p.resolve(a["URI"])
	if err != nil {
		return err
	}
	s := Segment{URL: u, Length: -1}
	if text, ok := a["BYTERANGE"]; ok {
		given, ok := parseSpan(text)
		if !ok {
			return fmt.Errorf("%w: a range of bytes is %.40q", ErrPlaylist, text)
		}
		p.place(&s, given)
	}
	if p.key != nil && p.key.iv == nil {
		// §4.3.2.5: such a section must say its IV; there is no number to take.
		if p.key.url != nil {
			return fmt.Errorf("%w: an encrypted section has no IV", ErrPlaylist)
		}
	}
	s.Key = p.key.at(0)
	p.section, p.written = &s, false
	return nil
}

// keyTag is what an EXT-X-KEY says; nil is no encryption.
type keyTag struct {
	url *url.URL
	iv  *[16]byte // nil: the segment's number
}

// at is the key of the segment with a number.
func (k *keyTag) at(number int64) *Key {
	if k == nil {
		return nil
	}
	key := Key{URL: k.url}
	if k.iv != nil {
		key.IV = *k.iv
	} else {
		binary.BigEndian.PutUint64(key.IV[8:], uint64(number))
	}
	return &key
}

// formats name the systems of DRM by what their keys are called.
var formats = map[string]string{
	"com.apple.streamingkeydelivery":                "a FairPlay track",
	"com.microsoft.playready":                       "a PlayReady track",
	"urn:uuid:9a04f079-9840-4286-ab92-e65be0885f95": "a PlayReady track",
	"urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed": "a Widevine track",
}

func (p *parser) keyTag(tag, value string) error {
	a := parseAttributes(value)
	if format := a["KEYFORMAT"]; format != "" && format != "identity" && a["METHOD"] != "NONE" {
		if name, ok := formats[strings.ToLower(format)]; ok {
			return &UnsupportedError{name}
		}
		return &UnsupportedError{named("a track encrypted for ", format)}
	}
	if tag == "#EXT-X-SESSION-KEY" {
		return nil // of a master playlist; its media playlists say it again
	}
	switch a["METHOD"] {
	case "NONE":
		p.key = nil
		return nil
	case "AES-128":
	case "SAMPLE-AES", "SAMPLE-AES-CTR":
		return &UnsupportedError{"a SAMPLE-AES track"}
	default:
		return &UnsupportedError{named("a track encrypted with ", a["METHOD"])}
	}
	u, err := p.resolve(a["URI"])
	if err != nil || a["URI"] == "" {
		return fmt.Errorf("%w: a key has no address", ErrPlaylist)
	}
	if u.Scheme != p.base.Scheme || u.Host != p.base.Host {
		return &UnsupportedError{"an HLS key from another host"}
	}
	p.key = &keyTag{url: u}
	if text := a["IV"]; text != "" {
		digits := strings.TrimPrefix(strings.ToLower(text), "0x")
		if len(digits)%2 == 1 {
			digits = "0" + digits
		}
		iv, err := hex.DecodeString(digits)
		if err != nil || len(iv) > 16 {
			return fmt.Errorf("%w: a key has the IV %.40q", ErrPlaylist, text)
		}
		p.key.iv = new([16]byte)
		copy(p.key.iv[16-len(iv):], iv)
	}
	return nil
}

// named puts what a playlist calls something behind words of our own, if it is
// a name that can be shown.
func named(words, name string) string {
	const longest = 40
	odd := func(r rune) bool { return r <= ' ' || r > '~' }
	if name == "" || len(name) > longest || strings.ContainsFunc(name, odd) {
		return "an encrypted track"
	}
	return words + name
}

func (p *parser) finish() (Playlist, error) {
	if len(p.out.Variants) > 0 {
		p.joinGroups()
		return p.out, nil
	}
	if len(p.out.Segments) == 0 {
		return Playlist{}, fmt.Errorf("%w: there is nothing in it", ErrPlaylist)
	}
	if !p.ended {
		return Playlist{}, &UnsupportedError{"a live HLS stream"}
	}
	return p.out, nil
}
