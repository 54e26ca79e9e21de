package media

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
)

// Form is how the segments of an HLS rendition (RFC 8216) are packed.
type Form string

// The forms.
const (
	// Transport is a segment of MPEG-TS per file, as the reference server has them.
	Transport Form = "ts"
	// Fragments is one file of fragmented MP4 whose segments are ranges of
	// bytes, behind a master playlist that names its codec.
	Fragments Form = "fmp4"
	// Packed is ADTS frames, a file per segment, each behind an ID3 tag that
	// tells its time (§3.4).
	Packed Form = "packed"
)

// Rendition is a track in segments. It is a value: nothing is open.
type Rendition struct {
	Form Form
	// SHA256 and Size are those of the segments behind each other, in front of
	// them the initialisation section if there is one: what a player that keeps
	// the track has on its disk.
	SHA256    string
	Size      int64
	Init      int64 // bytes of the initialisation section
	Segments  []Segment
	Bandwidth int64 // bits per second of the segment that has the most

	path string // of the file that has it all
}

// Segment is one of a rendition.
type Segment struct {
	Size    int64
	Seconds float64
}

// Rendition cuts an MP4 file of AAC whose SHA-256 is known into segments of ten
// seconds: all of it, or what a preview shows of it. Nothing is decoded. whole is
// true when the preview is the whole track. ErrNoPreview, wrapped, is a file that
// cannot be cut.
func (l *Library) Rendition(path, sum string, cut bool, form Form) (r Rendition, whole bool, err error) {
	open := func() (*File, error) { return l.Open(path) }
	name := "hls-" + sum + "-" + string(form)
	if cut {
		f, isWhole, err := l.Preview(path, sum)
		if err != nil {
			return Rendition{}, false, err
		}
		if err := f.Close(); err != nil {
			return Rendition{}, false, fmt.Errorf("media: closing: %w", err)
		}
		if whole = isWhole; !whole {
			name = "hls-preview-" + sum + "-" + string(form)
			open = func() (*File, error) {
				f, _, err := l.Preview(path, sum)
				return f, err
			}
		}
	}
	r, err = l.rendition(name, open, form)
	return r, whole || !cut, err
}

// rendition makes a rendition, or reads what an earlier call has left of it in
// the cache: the bytes, and beside them what lies where.
func (l *Library) rendition(name string, open func() (*File, error), form Form) (r Rendition, err error) {
	index, err := l.made(name+".json", func(out io.Writer) error {
		original, err := open()
		if err != nil {
			return err
		}
		defer original.Close()
		var r Rendition
		err = l.build(filepath.Join(l.cache, name), func(out io.Writer) (err error) {
			r, err = cutSegments(out, original, form)
			return err
		})
		if err != nil {
			return err
		}
		return json.NewEncoder(out).Encode(r)
	})
	if err != nil {
		return Rendition{}, err
	}
	defer index.Close()
	if err := json.NewDecoder(index).Decode(&r); err != nil {
		return Rendition{}, fmt.Errorf("media: reading cache: %w", err)
	}
	r.path = filepath.Join(l.cache, name)
	return r, nil
}

// Part is a file of a rendition, as its playlists name them.
type Part struct {
	Mime string
	Tag  string // tells versions of it apart
	io.ReadSeeker
	close func() error
}

// Close frees the part.
func (p *Part) Close() error { return p.close() }

// Part opens a file of the rendition: its playlist is "playlist.m3u8", and prefix
// begins the names of all others. ok is false where there is none of that name.
func (r Rendition) Part(name, prefix string) (p *Part, ok bool, err error) {
	const playlist = "application/vnd.apple.mpegurl"
	text := func(b []byte) (*Part, bool, error) {
		sum := sha256.Sum256(b)
		return &Part{playlist, hex.EncodeToString(sum[:]), bytes.NewReader(b), func() error { return nil }}, true, nil
	}
	switch {
	case name == "playlist.m3u8" && r.Form == Fragments:
		return text(r.master(prefix))
	case name == "playlist.m3u8", name == prefix+".m3u8" && r.Form == Fragments:
		return text(r.media(prefix))
	case name == prefix+".mp4" && r.Form == Fragments:
		return r.open("audio/mp4", 0, r.Size, -1)
	}
	at := r.Init
	for i, s := range r.Segments {
		if r.Form != Fragments && name == r.segmentName(prefix, i) {
			return r.open(r.mime(), at, s.Size, i)
		}
		at += s.Size
	}
	return nil, false, nil
}

// open opens a stretch of the rendition, which is segment n, or all of it if
// that is negative.
func (r Rendition) open(mime string, from, length int64, n int) (*Part, bool, error) {
	f, err := os.Open(r.path)
	if err != nil {
		return nil, false, fmt.Errorf("media: opening cache: %w", err)
	}
	tag := r.SHA256
	if n >= 0 {
		tag = fmt.Sprintf("%s-%d", r.SHA256, n)
	}
	return &Part{mime, tag, io.NewSectionReader(f, from, length), f.Close}, true, nil
}

func (r Rendition) mime() string {
	if r.Form == Packed {
		return "audio/aac"
	}
	return "video/mp2t"
}

// segmentName is what the playlist calls segment n, as the reference server does.
func (r Rendition) segmentName(prefix string, n int) string {
	extension := "ts"
	if r.Form == Packed {
		extension = "aac"
	}
	return fmt.Sprintf("%s-%03d.%s", prefix, n, extension)
}

// master is a master playlist of one variant.
func (r Rendition) master(prefix string) []byte {
	return fmt.Appendf(nil, "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n"+
		"#EXT-X-STREAM-INF:BANDWIDTH=%d,CODECS=\"mp4a.40.2\"\n%s.m3u8\n", r.Bandwidth, prefix)
}

// media is the media playlist. Its addresses are relative to its own.
func (r Rendition) media(prefix string) []byte {
	version, longest := 3, 0.0
	for _, s := range r.Segments {
		longest = max(longest, s.Seconds)
	}
	if r.Form == Fragments {
		version = 7
	}
	var b strings.Builder
	fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-VERSION:%d\n#EXT-X-TARGETDURATION:%d\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n",
		version, int(math.Ceil(longest)))
	if r.Init > 0 {
		fmt.Fprintf(&b, "#EXT-X-MAP:URI=\"%s.mp4\",BYTERANGE=\"%d@0\"\n", prefix, r.Init)
	}
	at := r.Init
	for i, s := range r.Segments {
		fmt.Fprintf(&b, "#EXTINF:%.6f,\n", s.Seconds)
		if r.Form == Fragments {
			fmt.Fprintf(&b, "#EXT-X-BYTERANGE:%d@%d\n%s.mp4\n", s.Size, at, prefix)
		} else {
			fmt.Fprintln(&b, r.segmentName(prefix, i))
		}
		at += s.Size
	}
	b.WriteString("#EXT-X-ENDLIST\n")
	return []byte(b.String())
}

// packer writes access units in one of the forms.
type packer interface {
	// begin writes what comes before the first segment.
	begin() ([]byte, error)
	// segment writes the units that follow, of which first is the number and
	// begin the time of the first one, in the media's units.
	segment(units [][]byte, first uint32, begin uint64) ([]byte, error)
}

// cutSegments writes the rendition of an MP4 file.
func cutSegments(w io.Writer, original io.ReadSeeker, form Form) (r Rendition, err error) {
	// The parser is another's, and files come from uploads.
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrNoPreview, p)
		}
	}()
	in, err := openUnits(original)
	if err != nil {
		return r, err
	}
	var pack packer
	switch form {
	case Transport:
		pack = newTransport(in)
	case Fragments:
		pack = &fragmenter{in: in}
	case Packed:
		pack = packed{in}
	default:
		return r, errors.New("media: no such form of HLS")
	}
	r.Form = form
	hash := sha256.New()
	out := io.MultiWriter(w, hash)
	head, err := pack.begin()
	if err != nil {
		return r, err
	}
	if _, err := out.Write(head); err != nil {
		return r, fmt.Errorf("media: writing: %w", err)
	}
	r.Init = int64(len(head))
	for first := uint32(0); first < in.count; first += in.each {
		units, err := in.read(first, min(in.each, in.count-first))
		if err != nil {
			return r, err
		}
		begin, end := in.time(first), in.time(first+uint32(len(units)))
		body, err := pack.segment(units, first, begin)
		if err != nil {
			return r, err
		}
		if _, err := out.Write(body); err != nil {
			return r, fmt.Errorf("media: writing: %w", err)
		}
		s := Segment{Size: int64(len(body)), Seconds: float64(end-begin) / float64(in.scale)}
		r.Segments = append(r.Segments, s)
		r.Bandwidth = max(r.Bandwidth, int64(math.Ceil(float64(8*s.Size)/s.Seconds)))
		r.Size += s.Size
	}
	r.Size += r.Init
	r.SHA256 = hex.EncodeToString(hash.Sum(nil))
	return r, nil
}
